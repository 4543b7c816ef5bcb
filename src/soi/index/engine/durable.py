"""Write so that a power cut or `kill -9` leaves either the old bytes or the new ones.

In: bytes and where they belong. Out: files that are on the disk when the call returns. Nothing
here knows what the bytes mean.
"""

from __future__ import annotations

import os
from pathlib import Path


def write_all(descriptor: int, content: bytes | memoryview, offset: int) -> None:
    """Write every byte at `offset`; a short write goes on until the disk refuses (`OSError`)."""
    rest = memoryview(content).cast("B")
    while rest:
        written = os.pwrite(descriptor, rest, offset)
        rest, offset = rest[written:], offset + written


def sync_directory(directory: Path) -> None:
    """Make names created, renamed or removed in `directory` survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step: readers see the old file or the new one, whole."""
    beside = path.with_name(f"{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        write_all(descriptor, content, 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    beside.replace(path)
    sync_directory(path.parent)
