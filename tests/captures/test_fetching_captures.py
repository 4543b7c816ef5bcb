"""A source that was asked for is fetched and kept, or has failed for a reason that is said."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation
from warcio.archiveiterator import ArchiveIterator
from webserver import Web, redirect, reply

from soi.answer.complaints import reason
from soi.captures import actions, queries, rules, storage
from soi.captures.errors import CaptureStateRefused, CaptureUnknown, FileAltered, FileMissing
from soi.captures.models import Capture as Row
from soi.captures.problems import Problem
from soi.captures.types import Capture, CaptureState
from soi.journal.queries import Asked, events, events_in_order
from tests.captures import pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]


def captured(web: Web, path: str = "/") -> Capture:
    number = actions.request(web.url(path), by="an")
    return actions.fetch(number, by="an", policy=web.policy)


def verbs() -> list[str]:
    return [event.verb for event in events_in_order(Asked(subject="capture"))]


def test_a_source_is_kept_with_what_is_known_of_it(web: Web) -> None:
    web.says["/cu"] = redirect("/")
    body = pages.article().encode()

    found = captured(web, "/cu")

    assert (found.state, found.problem) == (CaptureState.CAPTURED, "")
    assert (found.requested_url, found.url) == (web.url("/cu"), web.url("/"))
    assert found.sha256 == hashlib.sha256(body).hexdigest()
    assert (found.media_type, found.size) == ("text/html", len(body))
    assert (found.title, found.publisher) == ("Cầu Bến Sậy đóng cửa | Tin", "Báo Sông Xanh")
    assert found.captured_at is not None
    assert found.has_text
    assert queries.content_of(found.id).data == body
    assert "Không ai bị thương" in queries.text_of(found.id)
    assert verbs() == ["capture.requested", "capture.captured"]
    assert events(Asked(subject="capture"))[0].after == found.sha256


def test_the_record_holds_every_step_as_it_was_on_the_wire(web: Web) -> None:
    web.says["/cu"] = redirect("/")
    found = captured(web, "/cu")

    records = []
    for record in ArchiveIterator(io.BytesIO(queries.record_of(found.id)), check_digests="raise"):
        kind, url = record.rec_type, record.rec_headers.get_header("WARC-Target-URI")
        records.append((kind, url, record.content_stream().read()))

    assert [(kind, url) for kind, url, _ in records] == [
        ("warcinfo", None),
        ("response", web.url("/cu")),
        ("request", web.url("/cu")),
        ("response", web.url("/")),
        ("request", web.url("/")),
    ]
    assert records[3][2] == pages.article().encode()


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (reply("x", status="404 Not Found"), Problem.NOT_FOUND),
        (reply(pages.GONE["vi, removed"]), Problem.GONE),
        (reply(pages.SIGN_INS["en"]), Problem.SIGN_IN),
        (reply(pages.CONSENTS["vi"]), Problem.CONSENT),
        (reply(pages.EMPTY["an application"]), Problem.EMPTY),
        (reply(pages.CHALLENGES["en"], status="403 Forbidden"), Problem.CHALLENGE),
        (reply(pages.CHALLENGES["en"], status="503 Busy"), Problem.CHALLENGE),
        (reply("No.", status="403 Forbidden"), Problem.FORBIDDEN),
        (reply("", kind="text/plain"), Problem.EMPTY),
        (reply(b"MZ\x90\0", kind="text/html"), Problem.TYPE_REFUSED),
        (reply(b"x", kind="video/mp4"), Problem.TYPE_REFUSED),
        (reply(b"%PDF-1.7 broken", kind="application/pdf"), Problem.UNREADABLE),
        (redirect("http://127.0.0.1/"), Problem.URL_INVALID),
    ],
    ids=range(13),
)
def test_what_is_no_source_has_failed_for_a_reason(web: Web, said: bytes, problem: Problem) -> None:
    web.says["/"] = said

    found = captured(web)

    assert (found.state, found.problem) == (CaptureState.FAILED, problem)
    assert verbs() == ["capture.requested", "capture.failed"]
    assert queries.quotes_found([(found.id, "Đăng nhập")]) == {(found.id, "Đăng nhập"): False}


def test_somebody_may_overrule_a_wall(web: Web) -> None:
    web.says["/"] = reply(pages.GONE["vi, removed"])
    found = captured(web)

    actions.accept(found.id, by="binh")

    accepted = queries.capture_with_id(found.id)
    assert (accepted.state, accepted.problem) == (CaptureState.CAPTURED, "")
    assert accepted.sha256 == found.sha256
    assert verbs()[-1] == "capture.accepted"
    with pytest.raises(CaptureStateRefused):
        actions.accept(found.id, by="binh")


def test_nothing_is_accepted_where_nothing_came(web: Web) -> None:
    web.says["/"] = reply("x", status="404 Not Found")
    found = captured(web)
    with pytest.raises(CaptureStateRefused):
        actions.accept(found.id, by="binh")
    with pytest.raises(FileMissing):
        queries.content_of(found.id)
    assert queries.record_of(found.id) == b""


def test_what_may_pass_is_tried_again_later_and_later_and_then_given_up(
    web: Web, time_machine: Any
) -> None:
    start = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
    time_machine.move_to(start, tick=False)
    web.says["/"] = reply("x", status="500 Oops")
    number = actions.request(web.url(), by="an")
    pauses: list[dt.timedelta] = []

    while actions.take_due(by="worker", policy=web.policy):
        row = Row.objects.get(pk=number)
        if row.due_at is None:
            break
        assert (row.state, row.problem) == (CaptureState.WAITING, Problem.SERVER_FAILED)
        assert not actions.take_due(by="worker", policy=web.policy)
        pauses.append(row.due_at - dt.datetime.now(dt.UTC))
        time_machine.move_to(row.due_at, tick=False)

    found = queries.capture_with_id(number)
    assert (found.state, found.problem) == (CaptureState.FAILED, Problem.SERVER_FAILED)
    assert len(web.requests) == rules.TRIES
    assert pauses == sorted(pauses)
    assert pauses[-1] > dt.timedelta(hours=6)


def test_a_capture_that_failed_can_be_fetched_again_and_one_that_did_not_cannot(web: Web) -> None:
    web.says["/"] = reply("x", status="404 Not Found")
    found = captured(web)
    web.says["/"] = reply(pages.article())

    assert actions.fetch(found.id, by="an", policy=web.policy).state is CaptureState.CAPTURED
    with pytest.raises(CaptureStateRefused):
        actions.fetch(found.id, by="an", policy=web.policy)
    with pytest.raises(CaptureUnknown):
        actions.fetch(found.id + 1, by="an", policy=web.policy)


def test_a_try_that_is_cut_short_again_and_again_is_given_up(
    web: Web, time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    time_machine.move_to(dt.datetime(2026, 12, 1, tzinfo=dt.UTC), tick=False)
    monkeypatch.setattr(actions.bringing, "from_address", killed)
    number = actions.request(web.url(), by="an")
    for _ in range(rules.TRIES):
        with pytest.raises(Killed):
            actions.take_due(by="worker", policy=web.policy)
        assert not actions.take_due(by="worker", policy=web.policy)  # it is somebody's still
        time_machine.shift(rules.LEASE)

    assert actions.take_due(by="worker", policy=web.policy)
    found = queries.capture_with_id(number)
    assert (found.state, found.problem) == (CaptureState.FAILED, Problem.INTERRUPTED)


def test_two_at_once_keep_what_came_first(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    number = actions.request(web.url(), by="an")
    brought = actions.bringing.from_address(web.url(), web.policy)
    first = actions.fetch(number, by="an", policy=web.policy)
    web.says["/"] = reply("x", status="404 Not Found")

    actions._store(number, brought, by="worker")

    assert queries.capture_with_id(number) == first
    assert verbs() == ["capture.requested", "capture.captured"]


def test_a_full_disk_leaves_the_capture_waiting(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_content: bytes) -> str:
        raise OSError(28, "No space left on device")

    number = actions.request(web.url(), by="an")
    monkeypatch.setattr(storage, "keep", full)
    with pytest.raises(OSError, match="No space"):
        actions.fetch(number, by="an", policy=web.policy)
    assert queries.capture_with_id(number).state is CaptureState.WAITING


@pytest.mark.parametrize(
    "change",
    [
        "sha256 = repeat('0', 64)",
        "text_sha256 = ''",
        "record_sha256 = ''",
        "captured_at = '2020-01-01'",
        "captured_at = NULL",
        "url = 'https://khac.example/'",
        "title = 'x'",
        "publisher = 'x'",
        "media_type = 'text/plain'",
        "state = 'failed', problem = 'x'",
        "state = 'waiting'",
        "requested_url = 'https://khac.example/'",
    ],
)
def test_the_database_refuses_to_change_what_was_captured(web: Web, change: str) -> None:
    found = captured(web)
    change = change.replace("repeat('0', 64)", f"'{'0' * 64}'")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE captures_capture SET {change}")  # noqa: S608  # this file's own
    assert queries.capture_with_id(found.id) == found


def test_a_quote_is_found_in_the_capture_while_its_text_is_what_was_kept(web: Web) -> None:
    found = captured(web)
    text = queries.text_of(found.id)
    quotes = ["cầu Bến Sậy dài 3,5 km […] để sửa chữa lớn", "cầu Bến Sậy dài 3,6 km"]

    place = queries.place_of_quote(found.id, quotes[0])
    assert place is not None
    assert text[place.start : place.end].startswith("cầu Bến Sậy dài 3,5 km sẽ đóng cửa")
    assert queries.place_of_quote(found.id, quotes[1]) is None
    pairs = [(found.id, quotes[0]), (found.id, quotes[1]), (found.id + 1, quotes[0]), (-1, "x")]
    assert list(queries.quotes_found(pairs).values()) == [True, False, False, False]

    path = storage.path_of(Row.objects.get(pk=found.id).text_sha256)
    path.chmod(0o600)
    path.write_text(text.replace("3,5", "3,6"), encoding="utf-8")
    assert not any(queries.quotes_found(pairs).values())
    with pytest.raises(FileAltered):
        queries.place_of_quote(found.id, quotes[1])


def test_many_quotes_take_one_query(web: Web, django_assert_num_queries: Any) -> None:
    numbers = [captured(web).id for _ in range(3)]
    pairs = [(number, quote) for number in numbers for quote in ("Không ai bị thương", "không")]
    with django_assert_num_queries(1):
        found = queries.quotes_found(pairs)
    assert list(found.values()) == [True, False] * 3


def test_captures_are_listed_the_newest_first(web: Web) -> None:
    web.says["/no"] = reply("x", status="404 Not Found")
    numbers = [captured(web, path).id for path in ("/", "/no", "/")]

    assert [each.id for each in queries.captures()[:9]] == numbers[::-1]
    failed = queries.captures(states=[CaptureState.FAILED])
    assert [each.id for each in failed[:9]] == [numbers[1]]
    assert len(failed) == 1


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_is_said_in_both_languages(problem: Problem) -> None:
    said = []
    for language in ("vi", "en"):
        with translation.override(language):
            said.append(reason(problem))
    assert all(all(part for part in each) for each in said)
    assert said[0] != said[1]
