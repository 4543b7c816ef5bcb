"""On PostgreSQL an offer is withdrawn and answered at the same moment: one waits for the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event as Signal

import pytest
from django.db import connection, transaction

from soi.register import lifecycle
from soi.register.actions import open_organisation
from soi.register.errors import HandoverUnknown
from soi.register.models import Handover

pytestmark = pytest.mark.django_db(transaction=True)

BY = "person:1"
BANK, POWER = "song-xanh", "dien-luc"


@pytest.fixture(autouse=True)
def postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: nobody holds one row while waiting for another")


def wait_until_blocked(pid: int, asked: Future[object]) -> None:
    """Return when the server says that a connection waits for a lock of this one."""
    with connection.cursor() as cursor:
        while not asked.done():
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [pid])
            if cursor.fetchone()[0]:
                return


@pytest.mark.parametrize("answer", [lifecycle.take_over, lifecycle.decline])
def test_who_answers_an_offer_waits_for_who_withdraws_it(answer: Callable[..., object]) -> None:
    open_organisation(BANK, name="Ngân hàng Sông Xanh", aliases="", by=BY)
    open_organisation(POWER, name="Điện lực", aliases="", by=BY)
    cells = {"kind": "domain", "value": "songxanh.example"}
    number = lifecycle.propose(BANK, cells, by=BY, vouched=True)
    today = dt.datetime.now(dt.UTC).date()
    handover = lifecycle.offer(BANK, number, to=POWER, day=today, by=BY)
    pids: list[int] = []
    is_known = Signal()

    def other(step: Callable[[], object]) -> object:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pids.append(cursor.fetchone()[0])
            is_known.set()
            return step()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lifecycle.locked(BANK, number)  # as `withdraw_offer` begins
            asked = pool.submit(other, partial(answer, POWER, handover, by=BY))
            assert is_known.wait(timeout=20)
            wait_until_blocked(pids[0], asked)
            lifecycle.withdraw_offer(BANK, number, by=BY)
        with pytest.raises(HandoverUnknown):
            asked.result(timeout=20)
    assert Handover.objects.get().is_accepted is False
