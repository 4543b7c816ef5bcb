"""Read a known-scam list from a file, by hand or on schedule.

In: a file that somebody fetched, and what is said of it. Out: the list, up to date, with the file's
digest and day as its provenance. Nothing is fetched here (ADR 0009).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from io import BufferedReader
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from soi.core.formats import (
    FormatError,
    Refusal,
    ScamRecord,
    detect_scamlist,
    read_scamlist,
)
from soi.watch.actions import ListDescription, Listed, Schedule, import_scam_list, put_off
from soi.watch.models import ScamList
from soi.watch.queries import scam_lists
from soi.watch.types import ScamListRow

_HEAD = 65_536

FILE_UNREADABLE = "file_unreadable"
"""Kept as a list's failure when its file is away or closed to the desk."""

Progress = Callable[[int], object]
"""Called with how many bytes were read."""


def import_list_file(
    path: Path, description: ListDescription, *, by: str, progress: Progress | None = None
) -> Listed:
    """Import a list from a file, all or nothing, and keep the file's SHA-256 with it.

    Raises `FormatError`, `ScamListInvalid` and `OSError`.
    """
    with path.open("rb") as stream:
        digest = _digest(stream)
        form = detect_scamlist(stream.read(_HEAD))
        stream.seek(0)
        records = _watched(read_scamlist(stream, form), stream, progress)
        described = dataclasses.replace(description, digest=digest)
        return import_scam_list(described, records, by=by)


def as_before(description: ListDescription) -> ListDescription:
    """The description with the days and the schedule that the list has already, if it is there."""
    known = ScamList.objects.filter(name=description.name).first()
    if known is None:
        return description
    schedule = Schedule(known.path, known.every_hours) if known.every_hours else None
    return dataclasses.replace(description, keep_days=known.keep_days, schedule=schedule)


def day_of_file(path: Path) -> dt.date:
    """The day on which a file was written last: so old is what it says. Raises `OSError`."""
    written = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    return min(timezone.localdate(written), timezone.localdate())


def import_due_lists(*, by: str) -> int:
    """Read the files whose time has come; returns how many lists were imported.

    A file is imported when its bytes or its day have changed. What can't be read is kept as the
    list's failure and tried again after its hours; the rows that it has go on until they expire.
    Killed half-way, the next call begins anew.
    """
    now = timezone.now()
    due = [row for row in scam_lists() if row.due_at and row.due_at <= now]
    return sum(_look(row, by=by) for row in due)


def _look(row: ScamListRow, *, by: str) -> bool:
    path = Path(row.path)
    try:
        day = day_of_file(path)
        with path.open("rb") as stream:
            digest = _digest(stream)
        if (digest, day) == (row.digest, row.fetched_on):
            put_off(row.name)
            return False
        with transaction.atomic():
            if not _is_still_due(row):
                return False  # another worker was faster
            import_list_file(path, _described(row, day), by=by)
    except (FormatError, OSError) as error:
        code = error.code if isinstance(error, FormatError) else FILE_UNREADABLE
        put_off(row.name, failure=str(code))
        return False
    return True


def _is_still_due(row: ScamListRow) -> bool:
    waiting = ScamList.objects.select_for_update().filter(name=row.name, due_at=row.due_at)
    return waiting.first() is not None


def _described(row: ScamListRow, day: dt.date) -> ListDescription:
    return ListDescription(
        name=row.name,
        licence=row.licence,
        fetched_on=day,
        url=row.url,
        keep_days=row.keep_days,
        schedule=Schedule(row.path, row.every_hours or 1),
    )


def _digest(stream: BufferedReader) -> str:
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return digest


def _watched(
    items: Iterable[ScamRecord | Refusal], stream: BufferedReader, progress: Progress | None
) -> Iterator[ScamRecord | Refusal]:
    """The same items; how far was read is told at every thousandth."""
    for number, item in enumerate(items):
        if progress and number % 1000 == 0:
            progress(stream.tell())
        yield item
