"""Names in tips come before the desk by themselves, each once, whatever is killed in between."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from factories import declare

from soi.cli import serve
from soi.core.formats import HoldingKind
from soi.intake import actions, tasks, watching
from soi.intake.types import Channel, Reason
from soi.intake.watching import watch_over_tips
from soi.watch import noting
from soi.watch.queries import lookalikes, sightings_of, streams, waiting_count

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def register(time_machine: Any) -> None:
    time_machine.move_to(START, tick=False)
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.ACCOUNT, "hoamaibank")


def _tip(text: str = "Vào https://hoamaibank-login.top/qua nhận quà ngay hôm nay.") -> int:
    return actions.receive(text, channel=Channel.PAGE, by="test").tip_id


def test_a_link_in_a_tip_that_imitates_comes_before_the_desk() -> None:
    number = _tip()
    assert watch_over_tips(by="worker") == 1
    (row,) = lookalikes()[:5]
    (sighting,) = sightings_of(row.id)[:5]
    assert row.key == "hoamaibank-login.top"
    assert (sighting.source, sighting.noted_by) == (f"tip:{number}", "worker")


def test_an_account_in_a_tip_that_imitates_comes_before_the_desk() -> None:
    _tip("Hãy nhắn cho facebook.com/hoamaibank.hotro để được hỗ trợ nhé cả nhà.")
    watch_over_tips(by="worker")
    assert [(row.key, row.platform) for row in lookalikes()[:5]] == [
        ("hoamaibank.hotro", "facebook")
    ]


def test_each_tip_is_looked_through_once() -> None:
    _tip()
    watch_over_tips(by="worker")
    assert watch_over_tips(by="worker") == 0
    (row,) = lookalikes()[:5]
    assert len(sightings_of(row.id)) == 1
    assert streams()[0].source == "tips"


def test_a_tip_that_comes_again_another_day_is_seen_again_on_that_day(time_machine: Any) -> None:
    _tip()
    watch_over_tips(by="worker")
    time_machine.move_to(START + dt.timedelta(days=2), tick=False)
    _tip()
    watch_over_tips(by="worker")
    (row,) = lookalikes()[:5]
    assert [each.seen_on.day for each in sightings_of(row.id)[:5]] == [26, 24]


def test_what_the_desk_does_with_a_tip_is_no_sighting(time_machine: Any) -> None:
    number = _tip()
    watch_over_tips(by="worker")
    time_machine.move_to(START + dt.timedelta(days=2), tick=False)
    actions.close(number, reason=Reason.UNCLEAR, by="an")
    watch_over_tips(by="worker")
    (row,) = lookalikes()[:5]
    assert len(sightings_of(row.id)) == 1


def test_a_tip_that_waited_for_the_worker_was_seen_on_its_own_day(time_machine: Any) -> None:
    _tip()
    time_machine.move_to(START + dt.timedelta(days=3), tick=False)
    watch_over_tips(by="worker")
    (row,) = lookalikes()[:5]
    assert row.first_seen_on == dt.date(2026, 11, 24)


def test_official_and_masked_names_are_passed_over() -> None:
    _tip("Trang thật là hoamaibank.example, thư cho hoamaibank.hotro@gmail.com, 0901 234 567.")
    assert watch_over_tips(by="worker") == 0
    assert waiting_count() == 0


def test_many_tips_are_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "BATCH", 3)
    for number in range(7):
        _tip(f"Vào https://hoamaibank-login{number}.top/qua nhận quà ngay hôm nay.")
    assert [watch_over_tips(by="worker") for _ in range(4)] == [3, 3, 1, 0]


def test_what_breaks_half_way_is_done_again_and_counted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(3):
        _tip(f"Vào https://hoamaibank-login{number}.top/qua nhận quà ngay hôm nay.")
    keep = noting.keep

    def broken(found: Any, **options: Any) -> int:
        if options.get("place"):
            raise OSError("torn")
        return keep(found, **options)

    with monkeypatch.context() as patch:
        patch.setattr(noting, "keep", broken)
        with pytest.raises(OSError, match="torn"):
            watch_over_tips(by="worker")
    assert waiting_count() == 0
    assert watch_over_tips(by="worker") == 3


def test_the_worker_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_last_look_for_names", float("-inf"))
    monkeypatch.setattr(serve, "close_old_connections", lambda: None)  # the test's own is in use
    _tip()
    serve.look_once()
    assert waiting_count() == 1
