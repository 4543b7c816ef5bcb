"""On PostgreSQL several connections write at the same moment: one tip is still one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from soi.intake import actions
from soi.intake.actions import Acknowledgement
from soi.intake.models import Receipt, Tip
from soi.intake.types import Channel
from soi.journal.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE, ROUNDS = 6, 10


@pytest.fixture(autouse=True)
def postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite in memory has one writer; test_tips_processes writes to a file")


def together(send: Callable[[int], Acknowledgement]) -> list[Acknowledgement]:
    """What several threads get that call `send` at the same moment, each with its own number."""
    gate = Barrier(AT_ONCE)

    def one(number: int) -> Acknowledgement:
        try:
            gate.wait(timeout=20)
            return send(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def receive(message: str, **options: str) -> Acknowledgement:
    return actions.receive(message, channel=Channel.API, by="test", **options)


def test_the_same_call_at_the_same_moment_is_taken_once() -> None:
    for turn in range(ROUNDS):
        message = f"Cầu Bến Sậy đóng cửa lần thứ {turn} trong năm nay."
        taken = together(lambda _, m=message, t=turn: receive(m, key=f"the-same-key-of-all-{t}"))
        assert len({each.tip_id for each in taken}) == 1
        assert sum(not each.is_replay for each in taken) == 1

    assert list(Tip.objects.values_list("reach", flat=True)) == [1] * ROUNDS
    assert Event.objects.filter(verb="tip.received").count() == ROUNDS
    assert not Event.objects.filter(verb="tip.repeated").exists()


def test_the_same_message_from_many_at_the_same_moment_is_one_tip_that_came_often() -> None:
    for turn in range(ROUNDS):
        message = f"Chợ Bến Sậy mở cửa lần thứ {turn} trong năm nay."
        taken = together(lambda number, m=message: receive(m, source=f"source-{number}"))
        assert len({each.tip_id for each in taken}) == 1
        assert sum(each.is_new for each in taken) == 1

    assert list(Tip.objects.values_list("reach", flat=True)) == [AT_ONCE] * ROUNDS
    assert Receipt.objects.count() == AT_ONCE * ROUNDS
    numbers = list(Event.objects.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(numbers[0], numbers[0] + AT_ONCE * ROUNDS))
