"""Write the stored checks as a feed or a table, for other desks and for keeping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from soi.claims.queries import all_checks
from soi.core.files import replacing
from soi.core.formats import CheckRecord, Format, write_csv, write_datafeed, write_jsonl
from soi.publishing.errors import FileUnwritable

WRITERS = {
    Format.DATAFEED: write_datafeed,
    Format.CSV: write_csv,
    Format.JSONL: write_jsonl,
}


def export_checks(
    path: Path, file_format: Format, *, progress: Callable[[int], None] | None = None
) -> int:
    """Write every check to `path`, whole or not at all; returns how many.

    The file appears under its name only when it is complete and on the disk. Raises
    `FileUnwritable` when it can't be made there, and `OSError` when the disk is full or fails.
    """
    written = 0

    def records() -> Iterator[CheckRecord]:
        nonlocal written
        for row in all_checks():
            yield row.record
            written += 1
            if progress:
                progress(written)

    with writing(path) as stream:
        WRITERS[file_format](records(), stream)
    return written


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file that stands under its name when it is whole. Raises `FileUnwritable`."""
    try:
        with replacing(path) as stream:
            yield stream
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        raise FileUnwritable(f"{path}: {error.strerror}", path=str(path)) from error
