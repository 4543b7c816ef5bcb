"""Take tips in from a file: CSV or JSON Lines with the columns `text` and perhaps `id`.

In: a path. Out: a `TipsImport` with what was taken, counted again, known and refused. Every row is
one tip on its own: a refused one stops nothing. An `id` names the message in the system that it
comes from, never a person; a file that is imported again, or that comes again with more rows,
counts nothing twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from soi.answer.complaints import complaint
from soi.core.errors import SoiError
from soi.core.formats import Code, FormatError, Refusal
from soi.core.formats.admission import RefusedError
from soi.core.formats.encoding import decode, lines
from soi.core.formats.table import refuse_columns, rows
from soi.intake.actions import receive
from soi.intake.types import Channel

COLUMNS = ("id", "text")
BATCH = 100
"""Rows in one transaction: so long others wait who write to SQLite."""

Row = tuple[int, dict[str, str]]


@dataclass(slots=True)
class TipsImport:
    """How an import ended; `cut_off` is the error at which reading stopped, if it did."""

    added: int = 0
    repeated: int = 0
    """Came before, in another row or by another way, and counts once more."""
    known: int = 0
    """Taken from this file, or under this id, before."""
    refusals: list[Refusal] = field(default_factory=list)
    cut_off: FormatError | None = None


def import_tips(
    path: Path, *, by: str, progress: Callable[[int], object] | None = None
) -> TipsImport:
    """Take every row of a file in; `progress` is called with the bytes read after each batch.

    What stood before a cut-off is stored. Raises `FormatError` when nothing can be read, and
    `OSError` when the file can't be opened.
    """
    done = TipsImport()
    with path.open("rb") as stream:
        file_digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        try:
            for batch in _batches(_rows(stream)):
                _take(batch, file_digest, done, by=by)
                if progress:
                    progress(stream.tell())
        except FormatError as error:
            if error.position is None:
                raise
            done.cut_off = error
    return done


@transaction.atomic
def _take(batch: Sequence[Row | Refusal], file_digest: str, done: TipsImport, *, by: str) -> None:
    for item in batch:
        if isinstance(item, Refusal):
            done.refusals.append(item)
            continue
        position, cells = item
        name = f"id {cells['id']}" if cells.get("id") else f"row {position} of {file_digest}"
        key = _key(name)
        try:
            taken = receive(cells.get("text", ""), channel=Channel.FILE, by=by, key=key)
        except SoiError as error:
            told = complaint(error)
            done.refusals.append(Refusal(position, error.code, told.what if told else str(error)))
            continue
        done.known += taken.is_replay
        done.added += taken.is_new
        done.repeated += not taken.is_new and not taken.is_replay


def _key(name: str) -> str:
    return f"file:{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _rows(stream: BinaryIO) -> Iterator[Row | Refusal]:
    """JSON Lines when the first letter is a brace, else CSV."""
    head = stream.read(4096)
    stream.seek(0)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return _json_rows(stream)
    return rows(stream, _check_header)


def _batches(items: Iterable[Row | Refusal]) -> Iterator[list[Row | Refusal]]:
    """Rows in batches; when reading breaks off, what was read before it is given out first."""
    batch: list[Row | Refusal] = []
    try:
        for item in items:
            batch.append(item)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except FormatError:
        yield batch
        raise
    yield batch


def _check_header(columns: Sequence[str]) -> None:
    refuse_columns(columns, COLUMNS, [] if "text" in columns else ["text"])


def _json_rows(stream: BinaryIO) -> Iterator[Row | Refusal]:
    position = 0
    for raw, whole in lines(stream):
        if not raw.strip():
            continue
        try:
            if not whole:
                raise RefusedError(Code.ROW_TOO_LONG, "The line is too long.", repr(raw[:100]))
            yield position, _json_row(decode(raw, position))
        except RefusedError as error:
            yield error.refusal(position)
        position += 1


def _json_row(line: str) -> dict[str, str]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise RefusedError(Code.BROKEN_JSON, "The line is not JSON.", "") from None
    if not isinstance(found, dict):
        raise RefusedError(Code.FIELD_TYPE, "The line is not a JSON object.", "")
    if any(name not in COLUMNS for name in found):
        raise RefusedError(Code.FIELD_UNKNOWN, f"Known: {', '.join(COLUMNS)}.", "")
    if any(not isinstance(value, str) for value in found.values()):
        raise RefusedError(Code.FIELD_TYPE, "A value is not text.", "")
    return found
