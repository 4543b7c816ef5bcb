"""What the worker does for grouping at each of its looks. No queue remembers it (ADR 0008): a tip
that is not grouped, a receipt that is not counted and an event that was not followed say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from soi.index import engines
from soi.index.database_lock import DatabaseLock
from soi.index.engine import IndexBusy
from soi.index.engine.lock import WriterLock
from soi.intake.grouping import actions, counting

SECONDS = 5.0
"""So long one look may group, so that the worker's other work waits no longer."""

_BY = "worker"


def run_due() -> int:
    """Group what waits and follow the claims; returns how many tips were grouped.

    One process of the desk at a time: another that holds the lock does it.
    """
    try:
        with _alone():
            actions.follow_claims(by=_BY)
            grouped = actions.group_waiting(by=_BY, seconds=SECONDS)
            counting.count_new()
            return grouped
    except IndexBusy:
        return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Be the one process, of all machines of the desk, that groups. Raises `IndexBusy`."""
    if connection.vendor == "postgresql":
        with DatabaseLock("soi tips are grouped", 0).held():
            yield
    else:
        with WriterLock(engines.directory() / "grouping.lock", 0).held():
            yield
