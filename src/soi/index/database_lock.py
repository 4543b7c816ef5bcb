"""A lock that all machines of a desk share: one that PostgreSQL keeps.

In: a name. Out: a block in which nobody else is who asks for the same name on the same database.
PostgreSQL frees the lock when the connection of its holder ends, so a machine that dies never
blocks the others. SQLite has no such lock and needs none: its desk has one machine.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from soi.index.engine import IndexBusy

_POLL_SECONDS = 0.05


class DatabaseLock:
    """A lock that its own thread may take again inside."""

    def __init__(self, name: str, patience: float | None) -> None:
        """Writers wait `patience` seconds for one another; None waits until the lock is free."""
        self._name = name
        self._patience = patience
        self._threads = threading.RLock()
        self._depth = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; `IndexBusy` when it is not free within `patience` seconds."""
        started = time.monotonic()
        if not self._threads.acquire(timeout=-1 if self._patience is None else self._patience):
            raise self._busy()
        try:
            if self._depth:
                yield
                return
            # A connection of its own: the caller's may be inside a transaction that fails.
            own = connection.copy()
            try:
                self._wait(own, started)
                self._depth = 1
                yield
            finally:
                self._depth = 0
                own.close()
        finally:
            self._threads.release()

    def _wait(self, own: BaseDatabaseWrapper, started: float) -> None:
        while not self._try(own):
            if self._patience is not None and time.monotonic() - started >= self._patience:
                raise self._busy()
            time.sleep(_POLL_SECONDS)

    def _try(self, own: BaseDatabaseWrapper) -> bool:
        number = blake2b(self._name.encode(), digest_size=8).digest()
        with own.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_lock(%s)", [int.from_bytes(number, "big", signed=True)]
            )
            return bool(cursor.fetchone()[0])

    def _busy(self) -> IndexBusy:
        return IndexBusy(f"another writer holds {self._name} in the database")
