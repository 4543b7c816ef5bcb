"""Endpoints are told of what is published, in the form of Standard Webhooks, by a server here.

What a receiver checks is computed below from the specification, not by the code under test.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from checking_desk import CheckingDesk
from django.db import connection
from django.utils import timezone
from factories import declare

from soi.captures.addresses import PUBLIC
from soi.checking import actions as checking
from soi.checking import public
from soi.checking.types import ChallengeState
from soi.core.formats import HoldingKind
from soi.core.ledger import canonical_json
from soi.incidents import actions as incidents
from soi.incidents import codes
from soi.journal.models import Event
from soi.publishing.webhooks import actions, delivering, queries, rules, tasks
from soi.publishing.webhooks.errors import (
    DeliveryUnknown,
    WebhookInvalid,
    WebhookStateRefused,
    WebhookUnknown,
)
from soi.publishing.webhooks.models import Delivery, Endpoint
from soi.publishing.webhooks.types import WANTED, DeliveryState, EndpointState, EventKind, Pause
from soi.register import lifecycle
from tests.webserver import HOST, Certificate, Web, redirect, reply, serving

pytestmark = pytest.mark.django_db
BY = "person:1"
ROOT = Path(__file__).resolve().parents[2]
OK = reply("", status="204 No Content", kind="")


@pytest.fixture(autouse=True)
def settled(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SOI_BASE_URL = "https://desk.example"
    settings.SOI_WEBHOOK_PRIVATE_HOSTS = (HOST,)
    monkeypatch.setattr(codes, "COST", 2**4)  # slow on purpose; the tests are not about that
    monkeypatch.setattr(rules, "SECONDS", 2.0)


@pytest.fixture
def web() -> Iterator[Web]:
    with serving({"/hook": OK}) as server:
        yield server


@pytest.fixture
def desk() -> CheckingDesk:
    return CheckingDesk()


@pytest.fixture
def endpoint(web: Web) -> tuple[int, str]:
    """The number of an endpoint that wants everything, and its secret."""
    return added(web)


def added(web: Web, path: str = "/hook", *kinds: EventKind) -> tuple[int, str]:
    wanted = [each.value for each in kinds or WANTED]
    return actions.add(url=web.url(path), label=f"Báo {path}", kinds=wanted, by=BY)


def deliver(web: Web) -> int:
    return delivering.deliver_due(lambda host: web.policy)


class Received:
    """A request, as a receiver reads it."""

    def __init__(self, request: bytes) -> None:
        head, _, self.body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        self.method = first.split()[0]
        self.headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def is_signed_by(self, secret: str) -> bool:
        """The specification's own recipe."""
        assert secret.startswith("whsec_")
        key = base64.b64decode(secret[len("whsec_") :])
        at = self.headers["webhook-timestamp"]
        assert abs(int(at) - timezone.now().timestamp()) < 300
        signed = f"{self.id}.{at}.".encode() + self.body
        mac = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return f"v1,{mac}" in self.headers["webhook-signature"].split(" ")


def received(web: Web) -> list[Received]:
    return [Received(each) for each in web.requests]


def later() -> None:
    """Let time pass for what waits."""
    back = timezone.now() - dt.timedelta(seconds=1)
    Delivery.objects.filter(state="waiting").update(next_at=back)
    Endpoint.objects.update(resting_until=None)


class TestWhatIsSent:
    def test_a_receiver_can_prove_who_sent_it(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk
    ) -> None:
        number = desk.published()
        assert deliver(web) == 1
        [got] = received(web)
        assert got.method == "POST"
        assert got.headers["content-type"] == "application/json"
        assert got.is_signed_by(endpoint[1])
        assert not got.is_signed_by("whsec_" + base64.b64encode(b"0" * 32).decode())
        content = got.content
        assert set(content) == {"type", "timestamp", "data"}
        assert content["type"] == "edition.published"
        assert content["data"]["id"] == f"{number}.1"
        assert content["data"]["url"] == f"https://desk.example/claims/{number}/"
        record = content["data"]["record"]
        assert hashlib.sha256(canonical_json(record)).hexdigest() == content["data"]["digest"]
        assert deliver(web) == 0

    def test_each_kind_is_told_with_its_public_record(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk, client: Any
    ) -> None:
        number = desk.published()
        desk.correct(number)
        objection = checking.send_challenge(number, 1, text="Ảnh là thật.", by="page")
        checking.answer_challenge(
            objection, state=ChallengeState.REJECTED, answer="Bài vẫn đúng.", by=desk.chi
        )
        desk.withdraw(number)
        declare(HoldingKind.DOMAIN, "hoamaibank.example")
        kit = incidents.make_kit("hoamaibank", by=BY)
        incidents.publish(kit.notices[0].id, since=timezone.now(), by=BY)
        incidents.end(kit.notices[0].id, reason="Đã lấy lại được.", by=BY)
        deliver(web)
        told = [each.content for each in received(web)]
        kinds = [each["type"] for each in told]
        assert kinds[:4] == [
            "edition.published",
            "correction.published",
            "challenge.answered",
            "withdrawal.published",
        ]
        assert set(kinds[4:]) == {"register.changed", "notice.changed"}
        assert kinds.count("notice.changed") == 2
        assert {each["data"]["sequence"] for each in told} == set(
            Delivery.objects.values_list("seq", flat=True)
        )
        with_record = [each["data"] for each in told if each["data"]["record"]]
        assert len(with_record) >= 6
        for data in with_record:
            public = client.get(data["record_url"].removeprefix("https://desk.example"))
            assert json.loads(public.content) == data["record"]
            assert hashlib.sha256(public.content).hexdigest() == data["digest"]
            page = client.get(data["url"].removeprefix("https://desk.example"))
            assert page.status_code == 200

    def test_what_has_changed_since_is_not_told_as_if_it_stood(
        self, web: Web, endpoint: tuple[int, str]
    ) -> None:
        declare(HoldingKind.DOMAIN, "hoamaibank.example")
        declare(HoldingKind.DOMAIN, "hoamaibank2.example")
        deliver(web)
        first, second = (each.content["data"] for each in received(web))
        assert (first["record"], len(second["record"]["holdings"])) == (None, 2)
        assert first["digest"] != second["digest"]

    def test_nothing_is_told_that_is_not_public(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk
    ) -> None:
        desk.ready()
        checking.send_challenge(desk.published(), 1, text="BIMAT phản biện.", by="page")
        declare(HoldingKind.DOMAIN, "hoamaibank.example")
        lifecycle.propose("hoamaibank", {"kind": "domain", "value": "bimat.example"}, by=BY)
        incidents.make_kit("hoamaibank", by=BY)
        deliver(web)
        told = [each.content["type"] for each in received(web)]
        assert told == ["edition.published", "register.changed"]
        assert not [each for each in web.requests if b"bimat" in each.lower()]

    def test_an_endpoint_is_told_of_what_it_wants_from_when_it_was_entered(
        self, web: Web, desk: CheckingDesk
    ) -> None:
        number = desk.published()
        added(web, "/hook", EventKind.CORRECTION, EventKind.WITHDRAWAL)
        declare(HoldingKind.DOMAIN, "hoamaibank.example")
        desk.correct(number)
        assert deliver(web) == 1
        assert received(web)[0].content["data"]["id"] == f"{number}.2"

    def test_a_large_record_is_read_at_its_address(
        self, web: Web, endpoint: tuple[int, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("soi.publishing.webhooks.messages.LARGEST", 100)
        declare(HoldingKind.DOMAIN, "hoamaibank.example")
        deliver(web)
        [got] = received(web)
        assert got.content["data"]["record"] is None
        assert got.content["data"]["record_url"].endswith("/organisations/hoamaibank/record.json")

    def test_a_test_says_nothing(self, web: Web, endpoint: tuple[int, str]) -> None:
        number = actions.send_test(endpoint[0], by=BY)
        outcome = delivering.deliver_now(number, lambda host: web.policy)
        assert outcome == delivering.Outcome(204)
        [got] = received(web)
        assert got.content["type"] == "test.sent"
        assert got.is_signed_by(endpoint[1])


def hang(connection: socket.socket) -> None:
    """Say nothing until the other side has gone."""
    connection.recv(1)


def drip(connection: socket.socket) -> None:
    """A whole reply, so slowly that nobody waits for it."""
    connection.settimeout(0.1)
    for letter in b"HTTP/1.1 200 OK\r\n\r\n":
        connection.sendall(bytes([letter]))
        with suppress(TimeoutError):
            connection.recv(1)


class TestWhenItFails:
    @pytest.mark.parametrize(
        ("said", "status", "problem"),
        [
            (reply("", status="500 Internal Server Error"), 500, "fetch_server_failed"),
            (reply("", status="429 Too Many Requests"), 429, "fetch_busy"),
            (reply("", status="404 Not Found"), 404, "fetch_not_found"),
            (redirect("/other"), 302, "fetch_status_refused"),
            (b"HTTP/1.1 2", 0, "fetch_reply_broken"),
            (b"nonsense\r\n\r\n", 0, "fetch_reply_broken"),
            (hang, 0, "fetch_too_slow"),
            (drip, 0, "fetch_too_slow"),
            (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 40_000, 0, "fetch_reply_broken"),
        ],
        ids=["fails", "busy", "missing", "leads-on", "cut", "nonsense", "hangs", "drips", "huge"],
    )
    def test_it_is_tried_again_under_the_same_id_and_those_behind_wait(
        self,
        web: Web,
        endpoint: tuple[int, str],
        desk: CheckingDesk,
        monkeypatch: pytest.MonkeyPatch,
        said: Any,
        status: int,
        problem: str,
    ) -> None:
        monkeypatch.setattr(rules, "SECONDS", 0.7)
        web.says |= {"/hook": said, "/other": OK}
        number = desk.published()
        desk.correct(number)
        assert deliver(web) == 1
        assert set(web.paths) == {"/hook"}
        behind, first = queries.deliveries()[:2]
        assert (first.status, first.problem, first.attempts) == (status, problem, 1)
        assert (first.state, behind.attempts) == (DeliveryState.WAITING, 0)
        assert first.next_at > timezone.now()
        assert deliver(web) == 0

        web.says["/hook"] = OK
        later()
        assert deliver(web) == 2
        ids = [each.id for each in received(web)]
        assert ids == [first.message_id, first.message_id, behind.message_id]
        assert {row.state for row in queries.deliveries()[:2]} == {DeliveryState.DELIVERED}

    def test_a_message_that_is_refused_holds_up_no_other(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk
    ) -> None:
        web.says["/hook"] = reply("", status="422 Unprocessable Content")
        number = desk.published()
        desk.correct(number)
        assert deliver(web) == 2
        assert [row.attempts for row in queries.deliveries()[:2]] == [1, 1]
        assert queries.endpoint(endpoint[0]).state is EndpointState.ACTIVE

    def test_one_endpoint_that_fails_holds_up_no_other(self, web: Web, desk: CheckingDesk) -> None:
        web.says["/bad"] = reply("", status="500 Internal Server Error")
        added(web, "/bad")
        added(web)
        number = desk.published()
        desk.correct(number)
        deliver(web)
        assert web.paths.count("/hook") == 2
        assert web.paths.count("/bad") == 1

    def test_news_go_before_what_is_tried_again(self, web: Web, desk: CheckingDesk) -> None:
        web.says["/bad"] = reply("", status="500 Internal Server Error")
        added(web, "/bad")
        added(web)
        number = desk.published()
        deliver(web)
        desk.correct(number)
        later()
        web.requests.clear()
        deliver(web)
        assert web.paths == ["/hook", "/bad"]

    def test_what_happens_while_it_sends_is_sent_in_the_same_go(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk, monkeypatch: Any
    ) -> None:
        number = desk.published()
        sending = delivering.send

        def slowly(taken: Any, policies: Any) -> Any:
            if taken.attempts == 1 and taken.ref == f"{number}.1":
                desk.correct(number)
            return sending(taken, policies)

        monkeypatch.setattr(delivering, "send", slowly)
        assert deliver(web) == 2

    def test_a_fault_of_ours_in_one_message_holds_up_no_other_endpoint(
        self, web: Web, desk: CheckingDesk, monkeypatch: Any, caplog: Any
    ) -> None:
        added(web, "/hook", EventKind.EDITION)
        added(web, "/hook", EventKind.REGISTER)
        desk.published()
        declare(HoldingKind.DOMAIN, "hoamaibank.example")

        def faulty(*given: Any) -> None:
            raise RuntimeError("nobody foresaw it")

        monkeypatch.setattr("soi.publishing.webhooks.messages._edition", faulty)
        assert deliver(web) == 2
        [got] = received(web)
        assert got.content["type"] == "register.changed"
        [row] = queries.deliveries(state=DeliveryState.WAITING)[:5]
        assert (row.problem, row.attempts) == ("fetch_interrupted", 1)
        assert "nobody foresaw it" in caplog.text

    def test_gone_pauses_it_and_it_goes_on_where_it_stopped(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk
    ) -> None:
        web.says["/hook"] = reply("", status="410 Gone")
        number = desk.published()
        deliver(web)
        row = queries.endpoint(endpoint[0])
        assert (row.state, row.pause, row.waiting) == (EndpointState.PAUSED, Pause.GONE, 1)
        desk.correct(number)
        later()
        assert deliver(web) == 0
        web.says["/hook"] = OK
        actions.resume(endpoint[0], by=BY)
        assert deliver(web) == 2
        assert [each.content["data"]["id"] for each in received(web)][1:] == [
            f"{number}.1",
            f"{number}.2",
        ]

    def test_after_three_days_it_is_dead_and_can_be_sent_again(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk
    ) -> None:
        web.says["/hook"] = reply("", status="503 Service Unavailable")
        desk.published()
        waits = []
        for _ in range(len(rules.WAITS)):
            deliver(web)
            [row] = queries.deliveries()[:1]
            assert row.tried_at
            waits.append((row.next_at - row.tried_at).total_seconds())
            later()
        assert 2.4 * 86_400 < sum(waits) < 3.9 * 86_400
        assert all(
            0.79 * usual.total_seconds() <= waited <= 1.21 * usual.total_seconds() + 3
            for usual, waited in zip(rules.WAITS, waits, strict=True)
        )
        deliver(web)
        [row] = queries.deliveries(state=DeliveryState.DEAD)[:5]
        assert row.attempts == len(rules.WAITS) + 1
        assert queries.endpoint(endpoint[0]).pause is Pause.FAILING
        with pytest.raises(WebhookStateRefused):
            actions.replay(endpoint[0], by=BY)

        web.says["/hook"] = OK
        actions.resume(endpoint[0], by=BY)
        assert deliver(web) == 0
        assert actions.replay(endpoint[0], by=BY) == 1
        assert deliver(web) == 1
        assert len({each.id for each in received(web)}) == 1

    @pytest.mark.parametrize(
        ("said", "least"),
        [("3600", 3590), ("99999999999999", 86_000), ("-5", 3), ("x", 3), ("Tue, 1 Jan", 3)],
    )
    def test_it_waits_as_long_as_the_receiver_asks_up_to_a_day(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk, said: str, least: float
    ) -> None:
        web.says["/hook"] = reply("", f"Retry-After: {said}", status="503 Busy")
        desk.published()
        deliver(web)
        [row] = queries.deliveries()[:1]
        wait = (row.next_at - timezone.now()).total_seconds()
        assert least <= wait <= 86_400


class TestWhereItMayLead:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "http://hook.example/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://2130706433/x",
            "https://localhost/x",
            "https://user:pass@hook.example/x",
            "https://hook.example:22/x",
            "ftp://hook.example/x",
            "javascript:alert(1)",
            "https://hook.example/\r\nX: y",
            "https://hook.example/" + "x" * 500,
        ],
    )
    def test_an_address_that_is_none_of_the_public_web_is_not_taken(self, url: str) -> None:
        with pytest.raises(WebhookInvalid):
            actions.add(url=url, label="x", kinds=["edition.published"], by=BY)
        assert not Endpoint.objects.exists()

    @pytest.mark.parametrize(
        ("label", "kinds"),
        [("", ["edition.published"]), ("x" * 101, ["edition.published"]), ("x", []),
         ("x", ["test.sent"]), ("x", ["edition.published", "all"])],
    )  # fmt: skip
    def test_it_needs_a_label_and_known_kinds(self, label: str, kinds: list[str]) -> None:
        with pytest.raises(WebhookInvalid):
            actions.add(url="https://hook.example/", label=label, kinds=kinds, by=BY)

    def test_a_name_that_leads_inside_is_sent_nothing(
        self, web: Web, desk: CheckingDesk, settings: Any
    ) -> None:
        added(web)
        desk.published()
        settings.SOI_WEBHOOK_PRIVATE_HOSTS = ()

        def here(host: str) -> Any:
            strict = delivering.usual(host)
            assert strict == rules.PUBLIC_HTTPS
            return type(PUBLIC)(
                ports=web.policy.ports, is_allowed=strict.is_allowed, resolve=web.policy.resolve
            )

        delivering.deliver_due(here)
        [row] = queries.deliveries()[:1]
        assert row.problem == "fetch_address_refused"
        assert web.connections == 0

    def test_a_certificate_of_nobody_known_is_sent_nothing(
        self, desk: CheckingDesk, tmp_path: Path
    ) -> None:
        certificate = Certificate.made(tmp_path)
        with serving({"/hook": OK}, certificate=certificate) as web:
            added(web)
            desk.published()
            strict = replace(web.policy, tls=PUBLIC.tls)
            delivering.deliver_due(lambda host: strict)
            assert queries.deliveries()[0].problem == "fetch_tls_failed"
            assert web.requests == []
            later()
            assert deliver(web) == 1
            assert len(web.requests) == 1

    def test_a_host_that_the_setting_names_may_be_inside(self, web: Web) -> None:
        inside = delivering.usual(HOST)
        assert web.port in inside.ports
        assert "http" in inside.schemes


class TestSecrets:
    def test_none_lies_open_in_the_database(self, web: Web, endpoint: tuple[int, str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM publishing_webhook_endpoint")
            stored = repr(cursor.fetchall())
        assert endpoint[1] not in stored
        assert endpoint[1].removeprefix("whsec_") not in stored
        assert not hasattr(queries.endpoint(endpoint[0]), "secret")

    def test_two_sign_until_the_overlap_ends(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk
    ) -> None:
        new = actions.rotate(endpoint[0], by=BY)
        number = desk.published()
        deliver(web)
        both = received(web)[-1]
        assert both.is_signed_by(endpoint[1])
        assert both.is_signed_by(new)
        Endpoint.objects.update(old_secret_until=timezone.now())
        desk.correct(number)
        deliver(web)
        one = received(web)[-1]
        assert one.is_signed_by(new)
        assert not one.is_signed_by(endpoint[1])
        newest = actions.rotate(endpoint[0], overlap=dt.timedelta(), by=BY)
        desk.withdraw(number)
        deliver(web)
        assert received(web)[-1].is_signed_by(newest)
        assert not received(web)[-1].is_signed_by(new)
        with pytest.raises(WebhookInvalid):
            actions.rotate(endpoint[0], overlap=dt.timedelta(days=31), by=BY)

    def test_another_secret_key_pauses_it_until_it_gets_a_new_one(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk, settings: Any
    ) -> None:
        settings.SECRET_KEY = "another"
        desk.published()
        assert deliver(web) == 0
        assert queries.endpoint(endpoint[0]).pause is Pause.SECRET
        new = actions.rotate(endpoint[0], overlap=dt.timedelta(), by=BY)
        actions.resume(endpoint[0], by=BY)
        assert deliver(web) == 1
        assert received(web)[0].is_signed_by(new)


class TestKeeping:
    def test_a_paused_one_misses_nothing(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk
    ) -> None:
        actions.pause(endpoint[0], by=BY)
        number = desk.published()
        desk.correct(number)
        assert deliver(web) == 0
        actions.resume(endpoint[0], by=BY)
        assert deliver(web) == 2

    def test_a_removed_one_is_told_nothing_and_what_it_was_told_stays_known(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk
    ) -> None:
        number = desk.published()
        deliver(web)
        actions.remove(endpoint[0], by=BY)
        desk.correct(number)
        assert deliver(web) == 0
        assert queries.endpoints() == []
        [reached] = queries.reached(EventKind.EDITION, f"{number}.1")
        assert reached.label == "Báo /hook"
        assert reached.delivered_at is not None
        assert len(reached.digest) == 64
        for step in (actions.pause, actions.resume, actions.remove, actions.rotate):
            with pytest.raises(WebhookUnknown):
                step(endpoint[0], by=BY)

    def test_which_channel_got_which_edition_when_is_known(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk
    ) -> None:
        web.says["/bad"] = reply("", status="500 Internal Server Error")
        added(web, "/bad")
        number = desk.published()
        digest = public.edition(number).row.digest
        deliver(web)
        good, bad = queries.reached(EventKind.EDITION, f"{number}.1")
        assert (good.digest, bad.digest) == (digest, digest)
        assert good.delivered_at is not None
        assert (bad.delivered_at, bad.state) == (None, DeliveryState.WAITING)

    def test_a_message_is_sent_again_by_its_number(
        self, web: Web, endpoint: tuple[int, str], desk: CheckingDesk
    ) -> None:
        desk.published()
        deliver(web)
        [row] = queries.deliveries()[:1]
        assert actions.replay(endpoint[0], [row.id], by=BY) == 1
        with pytest.raises(DeliveryUnknown):
            actions.replay(endpoint[0], [row.id], by=BY)
        for unknown in ([], [0], [row.id + 1], [2**70]):
            with pytest.raises(DeliveryUnknown):
                actions.replay(endpoint[0], unknown, by=BY)
        assert deliver(web) == 1
        assert len({each.id for each in received(web)}) == 1

    def test_what_people_do_is_in_the_journal(self, web: Web, endpoint: tuple[int, str]) -> None:
        number = endpoint[0]
        actions.pause(number, by=BY)
        actions.pause(number, by=BY)
        actions.resume(number, by=BY)
        actions.rotate(number, by=BY)
        actions.send_test(number, by=BY)
        actions.remove(number, by=BY)
        events = Event.objects.filter(subject="webhook", subject_id=number).order_by("seq")
        assert [each.verb.removeprefix("webhook.") for each in events] == [
            "added", "paused", "resumed", "rotated", "tested", "removed",
        ]  # fmt: skip
        assert {each.actor for each in events} == {BY}

    def test_an_idle_worker_asks_little(
        self, web: Web, endpoint: tuple[int, str], django_assert_max_num_queries: Any
    ) -> None:
        deliver(web)
        with django_assert_max_num_queries(3):
            assert tasks.run_due() is False

    def test_no_more_messages_wait_than_is_said(
        self, web: Web, endpoint: tuple[int, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivering, "_MOST_WAITING", 3)
        monkeypatch.setattr(delivering, "_BATCH", 1)
        web.says["/hook"] = reply("", status="500 Internal Server Error")
        for number in range(6):
            declare(HoldingKind.DOMAIN, f"hoamai{number}.example")
        deliver(web)
        assert Delivery.objects.count() == 3
        web.says["/hook"] = OK
        later()
        sent = [deliver(web) for _ in range(3)]
        assert sum(sent) == 6
        assert sorted(each.content["data"]["sequence"] for each in received(web)[1:]) == sorted(
            Delivery.objects.values_list("seq", flat=True)
        )


def test_the_receiver_of_the_guide_takes_what_is_sent(
    web: Web, endpoint: tuple[int, str], desk: CheckingDesk
) -> None:
    guide = (ROOT / "docs/howto/webhooks.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    receiver: dict[str, Any] = {}
    exec(code, receiver)  # noqa: S102  # the guide's own code is what is tried
    desk.published()
    deliver(web)
    [got] = received(web)
    assert receiver["message"](got.headers, got.body, endpoint[1]) == got.content
    with pytest.raises(ValueError, match="not signed"):
        receiver["message"](got.headers, got.body + b" ", endpoint[1])
    for kind in EventKind:
        assert f"`{kind.value}`" in guide
