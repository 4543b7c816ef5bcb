"""One source can't crowd out the others, and nothing that was taken is ever thrown away."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from soi.intake import actions, floods, queries, rules
from soi.intake.actions import Acknowledgement
from soi.intake.errors import QueueFull, TooManyTips
from soi.intake.models import Tip
from soi.intake.types import Channel, Reason

pytestmark = pytest.mark.django_db

CLAIM = "Từ ngày mai, cầu Bến Sậy đóng cửa 3 tháng để sửa chữa lớn."


def send(message: str = CLAIM, source: str = "a", **options: Any) -> Acknowledgement:
    return actions.receive(message, channel=Channel.PAGE, by="test", source=source, **options)


def send_until_refused(source: str, *, most: int = 1000) -> int:
    """How many different tips one source gets in."""
    for number in range(most):
        try:
            send(f"{CLAIM} {source} {number}", source)
        except (TooManyTips, QueueFull):
            return number
    return most


def test_one_source_can_send_so_much_in_a_day_and_is_told_when_to_come_back(settings: Any) -> None:
    settings.SOI_TIPS_PER_DAY = 3
    for number in range(3):
        send(f"{CLAIM} {number}")

    with pytest.raises(TooManyTips) as refused:
        send()
    assert 0 < refused.value.params["seconds"] <= floods.DAY
    assert send(source="b").is_new


def test_one_source_cannot_fill_the_queue(settings: Any) -> None:
    settings.SOI_TIPS_WAITING = 110

    taken = send_until_refused("a")

    assert taken == 10
    assert send_until_refused("b") == 9
    assert Tip.objects.count() == 19


@given(places=st.integers(1, 5000), held=st.integers(0, 5000))
def test_whatever_is_waiting_one_source_leaves_nine_tenths_of_the_room(
    places: int, held: int
) -> None:
    free = found = max(0, places - held)
    taken = 0
    while free and taken < rules.share_of(free):
        taken, free = taken + 1, free - 1

    assert taken <= max(1, found // 10)
    assert free == found - taken


def test_a_full_queue_takes_nothing_new_and_loses_nothing(settings: Any) -> None:
    settings.SOI_TIPS_WAITING = 4
    known = send(f"{CLAIM} 0", "s0").tip_id
    for number in range(1, 4):
        send(f"{CLAIM} {number}", f"s{number}")

    with pytest.raises(QueueFull):
        send(source="late")
    assert Tip.objects.count() == 4
    # What is known already takes no place, and still counts.
    assert send(f"{CLAIM} 0", "late").tip_id == known
    assert queries.tip_with_id(known).reach == 2


def test_a_place_is_free_again_when_the_desk_has_dealt_with_a_tip(settings: Any) -> None:
    settings.SOI_TIPS_WAITING = 1
    taken = send(source="a")
    with pytest.raises(QueueFull):
        send(f"{CLAIM} 2", "b")

    actions.close(taken.tip_id, Reason.UNCLEAR, by="an")
    cache.delete("tips:waiting")  # believed for `floods.WAITING_FOR` seconds
    assert send(f"{CLAIM} 2", "b").is_new
    assert Tip.objects.count() == 2


def test_a_refusal_does_not_count_against_the_share(settings: Any) -> None:
    settings.SOI_TIPS_WAITING = 10
    first = send(source="a")
    for number in range(5):
        with pytest.raises(TooManyTips):
            send(f"{CLAIM} {number}", "a")

    actions.close(first.tip_id, Reason.UNCLEAR, by="an")
    cache.delete("tips:waiting")
    settings.SOI_TIPS_WAITING = 30
    assert send(f"{CLAIM} 7", "a").is_new


def test_one_source_counts_once_a_day_in_a_tips_reach() -> None:
    tip_id = {send().tip_id for _ in range(5)}.pop()
    assert queries.tip_with_id(tip_id).reach == 1

    send(source="b")
    assert queries.tip_with_id(tip_id).reach == 2


def test_the_desks_own_files_are_not_bound(settings: Any) -> None:
    settings.SOI_TIPS_PER_DAY = settings.SOI_TIPS_WAITING = 1

    for number in range(3):
        send(f"{CLAIM} {number}", source="")
    assert Tip.objects.count() == 3


def test_a_source_names_nobody_and_changes_every_day(time_machine: Any) -> None:
    request = RequestFactory().post("/tips/", REMOTE_ADDR="192.0.2.1")
    time_machine.move_to("2026-11-24T23:59:00Z", tick=False)
    today = floods.source_of(request)
    time_machine.move_to("2026-11-25T00:01:00Z", tick=False)

    assert floods.source_of(request) != today
    assert "192.0.2" not in today
    assert floods.source_of(RequestFactory().post("/tips/", REMOTE_ADDR="192.0.2.2")) != today


def test_no_table_holds_the_source() -> None:
    send(source="f" * 64)

    with connection.cursor() as cursor:
        for table in ("intake_tip", "intake_receipt", "journal_event"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  # our own tables' names
            assert "ffffffff" not in repr(cursor.fetchall())
