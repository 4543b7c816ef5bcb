"""An outside authority signs the time of a capture, and only what holds is kept (RFC 3161)."""

from __future__ import annotations

import datetime as dt
import io
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from authority import Authority
from webserver import Web, reply, serving

from soi.captures import actions, queries, storage, tasks, timestamps
from soi.captures.addresses import Policy
from soi.captures.errors import CaptureStateRefused, TimestampFailed
from soi.captures.timestamps import OPERATORS, stamp, verified
from soi.journal.queries import last_event

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 12, 1, 8, 30, tzinfo=dt.UTC)
TEXT = "Cầu Bến Sậy đóng cửa.".encode()


class Served:
    """An authority that is asked over HTTP."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.authority = Authority(NOW)
        self.bodies: list[bytes] = []
        web.says["/tsr"] = self._say

    def _say(self, connection: socket.socket) -> None:
        body = self.web.requests[-1].partition(b"\r\n\r\n")[2]
        self.bodies.append(body)
        connection.sendall(reply(self.authority.answer(body), kind="application/timestamp-reply"))

    @property
    def policy(self) -> Policy:
        return replace(OPERATORS, resolve=self.web.policy.resolve)


@pytest.fixture
def served(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with serving() as web:
        found = Served(web)
        settings.SOI_TIMESTAMP_URL = web.url("/tsr")
        settings.SOI_TIMESTAMP_ROOTS = str(found.authority.write_root(tmp_path / "roots.pem"))
        monkeypatch.setattr(tasks, "_authority_rests_until", float("-inf"))
        yield found


@pytest.fixture
def number() -> int:
    return actions.keep_file("a.txt", io.BytesIO(TEXT), by="an")


def test_a_capture_gets_the_time_that_the_authority_signed(served: Served, number: int) -> None:
    assert actions.take_timestamp(number, by="an", policy=served.policy) == NOW

    found = queries.capture_with_id(number)
    assert found.timestamped_at == NOW
    kept = queries.timestamp_of(number)
    assert verified(kept, TEXT, [served.authority.root]) == NOW
    event = last_event("capture", number)
    assert event is not None
    assert event.verb == "capture.timestamped"
    assert event.after == queries.digests_of(number)["timestamp"]


def test_a_second_timestamp_does_not_replace_the_first(served: Served, number: int) -> None:
    actions.take_timestamp(number, by="an", policy=served.policy)
    kept = queries.timestamp_of(number)
    actions.take_timestamp(number, by="an", policy=served.policy)
    assert queries.timestamp_of(number) == kept
    assert len(served.bodies) == 1


def test_the_authority_learns_a_hash_and_nothing_else(served: Served, number: int) -> None:
    actions.take_timestamp(number, by="an", policy=served.policy)
    [body] = served.bodies
    assert bytes.fromhex(queries.capture_with_id(number).sha256) in body
    assert len(body) < 100
    assert TEXT[:8] not in body
    head = served.web.requests[0].lower()
    assert head.startswith(b"post /tsr http/1.1\r\n")
    assert not [name for name in (b"cookie:", b"referer:", b"user-agent:") if name in head]


@pytest.mark.parametrize(
    "wrong",
    ["refuses", "another_nonce", "another_digest", "wrong_purpose", "signs_wrongly"],
)
def test_a_reply_that_does_not_hold_is_not_kept(
    served: Served, number: int, wrong: str, settings: Any, tmp_path: Path
) -> None:
    served.authority = Authority(NOW, **{wrong: True})
    settings.SOI_TIMESTAMP_ROOTS = str(served.authority.write_root(tmp_path / "new.pem"))
    with pytest.raises(TimestampFailed):
        actions.take_timestamp(number, by="an", policy=served.policy)
    assert queries.capture_with_id(number).timestamped_at is None
    assert queries.timestamp_of(number) == b""


def test_an_authority_that_nobody_trusts_proves_nothing(served: Served, number: int) -> None:
    served.authority = Authority(NOW)  # the same names, another root
    with pytest.raises(TimestampFailed):
        actions.take_timestamp(number, by="an", policy=served.policy)


def test_a_timestamp_holds_for_its_bytes_alone_and_after_its_certificate_has_ended(
    served: Served, number: int, time_machine: Any
) -> None:
    actions.take_timestamp(number, by="an", policy=served.policy)
    kept = queries.timestamp_of(number)
    time_machine.move_to(NOW + dt.timedelta(days=3000))
    assert verified(kept, TEXT, [served.authority.root]) == NOW
    for content, answer in ((TEXT + b".", kept), (TEXT, kept[:-9]), (TEXT, b""), (TEXT, b"\x30")):
        with pytest.raises(TimestampFailed):
            verified(answer, content, [served.authority.root])


@pytest.mark.parametrize(
    "said",
    [
        reply("x", status="500 Oops"),
        reply(bytes(timestamps.SIZE + 1)),
        reply("no DER"),
        b"",
    ],
    ids=range(4),
)
def test_an_authority_that_fails_is_said_to_fail(served: Served, said: bytes) -> None:
    served.web.says["/tsr"] = said
    with pytest.raises(TimestampFailed):
        stamp(TEXT, served.web.url("/tsr"), [served.authority.root], served.policy)


def test_the_worker_stamps_what_has_no_timestamp_and_lets_a_failing_authority_rest(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = [
        actions.keep_file("a.txt", io.BytesIO(TEXT + bytes([65 + each])), by="an")
        for each in range(4)
    ]
    path = storage.path_of(queries.capture_with_id(numbers[0]).sha256)
    path.rename(path.with_name("away"))
    says, served.web.says = served.web.says, {}

    with caplog.at_level(logging.WARNING):
        assert tasks.do_due(authority=served.policy) == 0
    asked = len(served.web.requests)
    assert asked == 1  # the lost file is passed over, the authority is asked once
    assert "timestamp_failed" in caplog.text
    served.web.says = says
    assert tasks.do_due(authority=served.policy) == 0
    assert len(served.web.requests) == asked

    monkeypatch.setattr(tasks, "_authority_rests_until", float("-inf"))
    assert tasks.do_due(authority=served.policy) == 3
    found = queries.captures_with_ids(numbers)
    assert [bool(found[each].timestamped_at) for each in numbers] == [False, True, True, True]
    assert queries.without_timestamp() == numbers[0]


def test_a_desk_without_an_authority_takes_none(number: int, settings: Any) -> None:
    assert queries.without_timestamp() is None
    with pytest.raises(TimestampFailed):
        actions.take_timestamp(number, by="an")


def test_what_is_not_captured_gets_no_timestamp(served: Served) -> None:
    waiting = actions.request("https://tin.bensay.example/", by="an")
    with pytest.raises(CaptureStateRefused):
        actions.take_timestamp(waiting, by="an", policy=served.policy)


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_roots_that_cannot_be_read_are_said(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "roots.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TimestampFailed):
        timestamps.roots_in(path)
