"""Let a test do to what is kept what nobody can: remove events, as a restored older copy would.

Only here: the product has no switch for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from soi.checking import triggers as checking
from soi.incidents.triggers import GUARDS as INCIDENTS
from soi.journal import triggers as journal

_TABLE, _KEY = "journal_event", "seq"


@contextmanager
def changeable_journal() -> Iterator[None]:
    """Without the triggers that make the journal append-only, inside a transaction or outside."""
    vendor = connection.vendor
    with _without(
        journal.dropping(vendor, _TABLE), journal.creating(vendor, _TABLE, key=_KEY), (_TABLE,)
    ):
        yield


@contextmanager
def changeable_checking() -> Iterator[None]:
    """Without the triggers that guard approvals, editions and challenges."""
    vendor = connection.vendor
    with _without(checking.dropping(vendor), checking.creating(vendor), checking.TABLES):
        yield


@contextmanager
def changeable_incidents() -> Iterator[None]:
    """Without the triggers that guard incidents, their timelines and what was prepared of them."""
    vendor = connection.vendor
    with _without(INCIDENTS.dropping(vendor), INCIDENTS.creating(vendor), INCIDENTS.tables):
        yield


@contextmanager
def _without(
    dropping: Sequence[str], creating: Sequence[str], tables: Sequence[str]
) -> Iterator[None]:
    if connection.vendor == "postgresql":
        connection.check_constraints()  # those that wait for the commit stand in the way
        dropping = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
        creating = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
    _run(dropping)
    try:
        yield
    finally:
        if connection.vendor == "postgresql":
            connection.check_constraints()
        _run(creating)


def _run(statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
