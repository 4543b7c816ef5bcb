"""A watched source is looked at again on schedule, and what has become of it is flagged."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from webserver import Web, redirect, reply

from soi.captures import actions, queries, rules, storage, tasks
from soi.captures.errors import CaptureStateRefused
from soi.captures.models import Watch
from soi.captures.problems import Problem
from soi.captures.rules import Version
from soi.captures.types import Seen
from soi.journal.queries import Asked, events_in_order
from tests.captures import pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]

START = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
CHANGED = pages.article(more="<p>Cập nhật: cầu mở lại sớm hơn dự kiến, từ ngày 20 tháng 12.</p>")
NOWHERE = reply("x", status="404 Not Found")


@pytest.fixture
def watched(web: Web, time_machine: Any) -> int:
    """The number of a capture that is watched."""
    time_machine.move_to(START, tick=False)
    number = actions.request(web.url(), by="an")
    actions.fetch(number, by="an", policy=web.policy)
    actions.watch(number, by="an")
    return number


def look(web: Web, number: int, said: bytes | None = None) -> Seen | None:
    if said is not None:
        web.says["/"] = said
    return actions.look(number, by="worker", policy=web.policy)


def verbs(number: int) -> list[str]:
    asked = Asked(subject="capture", subject_id=number)
    return [event.verb for event in events_in_order(asked)][2:]


def test_the_same_text_is_the_same_whatever_stands_around_it(
    web: Web, watched: int, settings: Any
) -> None:
    kept = sorted(Path(settings.SOI_CAPTURES_DIR).rglob("*"))
    beside = pages.article(beside="<script>nonce='7f'</script><aside>Giá nước tăng</aside>")

    assert look(web, watched, reply(beside)) is Seen.SAME
    assert queries.capture_with_id(watched).last_seen is Seen.SAME
    assert len(queries.captures()) == 1
    assert sorted(Path(settings.SOI_CAPTURES_DIR).rglob("*")) == kept


def test_another_text_is_kept_once_and_flagged_until_it_is_back(web: Web, watched: int) -> None:
    before = queries.capture_with_id(watched)

    assert look(web, watched, reply(CHANGED)) is Seen.CHANGED
    assert look(web, watched, reply(CHANGED)) is Seen.CHANGED

    first, second = queries.looks_at(watched)[:9][::-1]
    assert (first.seen, second.seen, second.capture_id) == (Seen.CHANGED, Seen.CHANGED, None)
    assert first.capture_id is not None
    assert "Cập nhật: cầu mở lại" in queries.text_of(first.capture_id)
    assert "Cập nhật" not in queries.text_of(watched)
    after = queries.capture_with_id(watched)
    assert (after.sha256, after.captured_at) == (before.sha256, before.captured_at)
    assert [each.id for each in queries.captures(seen=[Seen.CHANGED])[:9]] == [watched]

    assert look(web, watched, reply(pages.article())) is Seen.SAME
    assert look(web, watched, reply(CHANGED)) is Seen.CHANGED
    assert len(queries.captures()) == 2
    assert verbs(watched) == [
        "capture.watched",
        "capture.found_changed",
        "capture.found_same",
        "capture.found_changed",
    ]


@pytest.mark.parametrize("said", [NOWHERE, reply(pages.GONE["vi, removed"])])
def test_a_source_that_is_not_there_any_more_is_gone(web: Web, watched: int, said: bytes) -> None:
    assert look(web, watched, said) is Seen.GONE
    assert queries.capture_with_id(watched).last_seen is Seen.GONE
    assert len(queries.captures()) == 1


def test_a_source_that_leads_elsewhere_has_moved(web: Web, watched: int) -> None:
    web.says["/moi"] = reply(pages.article())
    assert look(web, watched, redirect("/moi", "301 Moved Permanently")) is Seen.MOVED
    assert queries.looks_at(watched)[0].url == web.url("/moi")
    assert len(queries.captures()) == 1

    web.says["/moi"] = reply(CHANGED)
    assert look(web, watched) is Seen.MOVED
    assert len(queries.captures()) == 2


def test_a_look_that_fails_says_nothing_until_it_has_failed_for_days(
    web: Web, watched: int, time_machine: Any
) -> None:
    web.says["/"] = reply(pages.SIGN_INS["en"])
    pauses = []
    for number in range(rules.GONE_AFTER):
        due_at = Watch.objects.get().due_at
        pauses.append(due_at - dt.datetime.now(dt.UTC))
        time_machine.move_to(due_at, tick=False)
        assert tasks.do_due(web.policy) == 1
        gone = number == rules.GONE_AFTER - 1
        assert queries.capture_with_id(watched).last_seen == (Seen.GONE if gone else None)
        assert queries.looks_at(watched)[0].problem == Problem.SIGN_IN

    assert dt.datetime.now(dt.UTC) - START > dt.timedelta(days=3)
    assert pauses[1:] == sorted(pauses[1:])
    assert look(web, watched, reply(pages.article())) is Seen.SAME
    assert Watch.objects.get().failures == 0


def test_looks_come_on_schedule_with_a_little_chance(
    web: Web, watched: int, settings: Any, time_machine: Any
) -> None:
    settings.SOI_WATCH_HOURS = 10
    pauses = set()
    for _ in range(8):
        time_machine.move_to(Watch.objects.get().due_at, tick=False)
        assert queries.is_something_due()
        assert tasks.do_due(web.policy) == 1
        assert not queries.is_something_due()
        pauses.add(Watch.objects.get().due_at - dt.datetime.now(dt.UTC))
    assert len(pauses) > 1
    assert min(pauses) >= dt.timedelta(hours=8)
    assert max(pauses) <= dt.timedelta(hours=12)


def test_a_killed_look_is_made_again(
    web: Web, watched: int, time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    time_machine.move_to(Watch.objects.get().due_at, tick=False)
    with monkeypatch.context() as patch:
        patch.setattr(actions.bringing, "from_address", killed)
        with pytest.raises(Killed):
            tasks.do_due(web.policy)
    assert tasks.do_due(web.policy) == 0
    time_machine.shift(rules.LEASE)
    assert tasks.do_due(web.policy) == 1
    assert [each.seen for each in queries.looks_at(watched)[:9]] == [Seen.SAME]


def test_a_source_is_watched_until_it_is_not(web: Web, watched: int, time_machine: Any) -> None:
    actions.watch(watched, by="an")
    assert queries.capture_with_id(watched).is_watched
    look(web, watched)

    actions.unwatch(watched, by="an")
    actions.unwatch(watched, by="an")
    time_machine.shift(dt.timedelta(days=9))
    found = queries.capture_with_id(watched)
    assert (found.is_watched, found.last_seen) == (False, Seen.SAME)
    assert tasks.do_due(web.policy) == 0
    with pytest.raises(CaptureStateRefused):
        look(web, watched)

    actions.watch(watched, by="an")
    assert look(web, watched) is Seen.SAME
    assert verbs(watched) == [
        "capture.watched",
        "capture.found_same",
        "capture.unwatched",
        "capture.watched",
    ]


def test_only_what_was_captured_at_an_address_is_watched(web: Web) -> None:
    import io

    waiting = actions.request(web.url(), by="an")
    brought = actions.keep_file("a.txt", io.BytesIO(b"Mot doan."), by="an")
    for number in (waiting, brought):
        with pytest.raises(CaptureStateRefused):
            actions.watch(number, by="an")


@pytest.mark.parametrize(
    ("url", "is_same"),
    [
        ("http://tin.example/a/", True),
        ("https://www.tin.example/a", True),
        ("https://tin.example:443/a#x", True),
        ("https://tin.example:8443/a", False),
        ("https://tin.example/a?b", False),
        ("https://tin.example/A", False),
        ("https://m.tin.example/a", False),
    ],
)
def test_scheme_www_and_a_final_slash_are_no_move(url: str, is_same: bool) -> None:
    was = Version("https://tin.example/a", "", "")
    assert Version(url, "", "").stands_where(was) is is_same


def test_without_text_the_bytes_count() -> None:
    was = Version("", "a", "")
    assert was.says_the_same(Version("", "a", ""))
    assert not was.says_the_same(Version("", "b", ""))
    assert not was.says_the_same(Version("", "a", "Chữ."))


def lose_text(number: int) -> None:
    storage.path_of(queries.digests_of(number)["text"]).unlink()


def test_without_the_captured_text_nothing_is_asked_and_the_look_has_a_problem(
    web: Web, watched: int, time_machine: Any
) -> None:
    asked = len(web.requests)
    lose_text(watched)
    for _ in range(3):
        time_machine.move_to(Watch.objects.get().due_at, tick=False)
        assert tasks.do_due(web.policy) == 1
        time_machine.shift(rules.LEASE)
        assert tasks.do_due(web.policy) == 0

    assert len(web.requests) == asked
    assert [each.problem for each in queries.looks_at(watched)[:9]] == ["capture_file_missing"] * 3
    assert queries.capture_with_id(watched).last_seen is None


def test_a_changed_text_that_was_lost_is_kept_anew_once(web: Web, watched: int) -> None:
    assert look(web, watched, reply(CHANGED)) is Seen.CHANGED
    (first,) = queries.looks_at(watched)[:9]
    assert first.capture_id is not None
    lose_text(first.capture_id)

    assert look(web, watched) is Seen.CHANGED
    assert look(web, watched) is Seen.CHANGED

    assert "Cập nhật" in queries.text_of(first.capture_id)
