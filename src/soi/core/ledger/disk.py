"""Write the files of a log so that `kill -9` and a power cut leave whole files only.

In: bytes and where they belong. Out: files that are on the disk once `settle` has returned. Nothing
here knows what the bytes mean.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LogFault

LOCK = ".lock"
FRESH = ".new"
"""Where every file is written before it has its name. One is enough: one process writes."""
_PAUSE = 0.005


class Disk:
    """Writes below one directory. Everything raises `OSError`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._unsettled: set[Path] = set()

    def put(self, name: str, content: bytes) -> None:
        """Give `name` this content, whole or not at all. It lasts from the next `settle` on."""
        path, fresh = self._directory / name, self._directory / FRESH
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            _write_all(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self._make(path.parent)
        os.replace(fresh, path)  # noqa: PTH105 - tests kill the process at calls of `os`
        self._unsettled.add(path.parent)

    def settle(self) -> None:
        """Return when the names of all that was put are on the disk, too."""
        for directory in sorted(self._unsettled):
            sync_directory(directory)
        self._unsettled.clear()

    def _make(self, directory: Path) -> None:
        self._unsettled.update(make_directory(directory))


def make_directory(directory: Path) -> list[Path]:
    """Make a directory with those above it; returns what has to be synced for it to last."""
    if directory.is_dir():
        return []
    unsettled = make_directory(directory.parent)
    with suppress(FileExistsError):  # another process was faster
        os.mkdir(directory)  # noqa: PTH102 - tests kill the process at calls of `os`
    return [*unsettled, directory.parent]


def sync_directory(directory: Path) -> None:
    """Make names created, renamed or removed in `directory` survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(directory: Path, patience: float) -> Iterator[None]:
    """Hold the log's one lock; the kernel drops it when its holder dies.

    Raises `LogFault` (`log_busy`) when it is not free within `patience` seconds.
    """
    descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        until = time.monotonic() + patience
        while not _taken(descriptor):
            if time.monotonic() >= until:
                raise LogFault(Code.BUSY, "another process is writing the log")
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_all(descriptor: int, content: bytes) -> None:
    rest, at = memoryview(content), 0
    while rest:
        written = os.pwrite(descriptor, rest, at)
        rest, at = rest[written:], at + written
