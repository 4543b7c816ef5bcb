"""Let a test do to the journal what nobody can: remove events, as a restored older copy would.

Only here: the product has no switch for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from soi.journal.triggers import creating, dropping

_TABLE, _KEY = "journal_event", "seq"


@contextmanager
def changeable_journal() -> Iterator[None]:
    """Without the triggers that make the journal append-only, inside a transaction or outside."""
    _run(dropping(connection.vendor, _TABLE))
    try:
        yield
    finally:
        _run(creating(connection.vendor, _TABLE, key=_KEY))


def _run(statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
