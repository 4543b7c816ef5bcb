"""One writer at a time, across threads and processes of one machine.

In: the path of a lock file, made with its directory when missing. Out: a block in which nobody
else writes. The kernel drops the lock when its holder dies, so a killed writer never blocks the
next one.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from soi.index.engine.errors import IndexBusy, engine_errors

_POLL_SECONDS = 0.01


class WriterLock:
    """A lock that its own thread may take again inside."""

    def __init__(self, path: Path, patience: float) -> None:
        self._path = path
        self._patience = patience
        self._threads = threading.RLock()
        self._depth = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; `IndexBusy` when it is not free within `patience` seconds."""
        deadline = time.monotonic() + self._patience
        if not self._threads.acquire(timeout=self._patience):
            raise self._busy()
        try:
            if self._depth:
                yield
                return
            with engine_errors():
                descriptor = self._lock_file(deadline)
            self._depth = 1
            try:
                yield
            finally:
                self._depth = 0
                os.close(descriptor)
        finally:
            self._threads.release()

    def _lock_file(self, deadline: float) -> int:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            while not _try_lock(descriptor):
                if time.monotonic() >= deadline:
                    raise self._busy()
                time.sleep(_POLL_SECONDS)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _busy(self) -> IndexBusy:
        return IndexBusy(f"another writer holds {self._path} (waited {self._patience:g} s)")


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
