"""Read and write checks in the desk's own columns, as CSV and as JSON Lines.

In: UTF-8 files from a spreadsheet or a script. Out: a record or a refusal for each row; a wrong
header stops the file, a wrong row only itself. Unlike in a stranger's feed, a date, language or
verdict that cannot be read is refused here: somebody typed it and wants to know.

Spreadsheets run cells that begin with = + - or @ as formulas. Such a cell is written with one
apostrophe before it, as people type it there, and read back without; the same is done to a cell
that begins with apostrophes and then one of these, so that nothing is lost either way.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

from soi.core.formats.admission import Draft, RefusedError, admit, primary_language
from soi.core.formats.codes import Code
from soi.core.formats.dates import read_date
from soi.core.formats.encoding import decode, lines
from soi.core.formats.errors import FormatError
from soi.core.formats.plain import excerpt
from soi.core.formats.records import CheckRecord, Refusal, Verdict
from soi.core.formats.verdicts import verdict_of

COLUMNS = (
    "id", "url", "publisher_name", "publisher_site", "claim", "title", "summary", "verdict",
    "verdict_words", "language", "claimed_on", "published_on", "modified_on", "licence",
)  # fmt: skip
REQUIRED = ("url", "claim")
"""And one of `verdict` and `verdict_words`."""
NO_VERDICT = "none"
"""In the verdict column: judged by nobody, whatever the words say. Empty: as the words say."""

_GUARDED = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_GUARD = "'"

Row = Mapping[str, str]
Taken = tuple[int, dict[str, str]] | Refusal


def read_csv(
    stream: BinaryIO, *, start: int = 0, today: dt.date | None = None
) -> Iterator[CheckRecord | Refusal]:
    """Yield a record or refusal for each row, from row number `start` on.

    Commas, semicolons and tabs are told apart by the header; a byte order mark is accepted. Raises
    `FormatError` (`columns`, `not_utf8`, `empty_file`); `columns` names what is missing, repeated
    and unknown, and which columns are known.
    """
    yield from _admitted(rows(stream, check_header), start, today)


def read_jsonl(
    stream: BinaryIO, *, start: int = 0, today: dt.date | None = None
) -> Iterator[CheckRecord | Refusal]:
    """Yield a record or refusal for each line, from record number `start` on.

    Keys are those of `COLUMNS`; null is the same as absent, except for `verdict`, where null says
    that nothing was judged. An empty file holds no records. Raises
    `FormatError` (`not_utf8`).
    """
    yield from _admitted(_json_rows(stream), start, today)


def _admitted(
    taken: Iterator[Taken], start: int, today: dt.date | None
) -> Iterator[CheckRecord | Refusal]:
    day = today or dt.datetime.now(dt.UTC).date()
    for found in taken:
        if isinstance(found, Refusal):
            if found.position >= start:
                yield found
        elif found[0] >= start:
            yield _record(*found, day)


def _record(position: int, row: Row, today: dt.date) -> CheckRecord | Refusal:
    try:
        return admit(_draft(row, today), position)
    except RefusedError as error:
        return error.refusal(position)


def _draft(row: Row, today: dt.date) -> Draft:
    words = row.get("verdict_words", "")
    site = row.get("publisher_site", "").strip()
    return Draft(
        url=row.get("url", ""),
        key=row.get("id", ""),
        publisher_name=row.get("publisher_name", ""),
        publisher_url=f"https://{site}" if site and "://" not in site else site,
        claim=row.get("claim", ""),
        title=row.get("title", ""),
        summary=row.get("summary", ""),
        verdict=_verdict(row.get("verdict", ""), words),
        verdict_words=words,
        language=_language(row.get("language", "")),
        claimed_on=_date(row, "claimed_on", today),
        published_on=_date(row, "published_on", today),
        modified_on=_date(row, "modified_on", today),
        licence=row.get("licence", ""),
    )


def _verdict(cell: str, words: str) -> Verdict | None:
    name = cell.strip().lower().replace(" ", "_")
    if not name:
        return verdict_of(words)
    if name == NO_VERDICT:
        return None
    if name in set(Verdict):
        return Verdict(name)
    known = ", ".join([*Verdict, NO_VERDICT])
    raise RefusedError(Code.VERDICT_UNKNOWN, f"The verdict is none of {known}.", cell)


def _language(cell: str) -> str:
    if cell.strip() and not primary_language(cell):
        raise RefusedError(Code.LANGUAGE_UNKNOWN, "The language is no BCP 47 tag.", cell)
    return cell


def _date(row: Row, column: str, today: dt.date) -> dt.date | None:
    cell = row.get(column, "").strip()
    day = read_date(cell, today=today)
    if cell and day is None:
        raise RefusedError(Code.DATE_UNREADABLE, f"The date in {column} cannot be read.", cell)
    return day


def check_header(columns: Sequence[str]) -> None:
    """Raise `FormatError` unless these are the columns of checks."""
    missing = [name for name in REQUIRED if name not in columns]
    if "verdict" not in columns and "verdict_words" not in columns:
        missing.append("verdict or verdict_words")
    refuse_columns(columns, COLUMNS, missing)


def refuse_columns(columns: Sequence[str], known: Sequence[str], missing: Sequence[str]) -> None:
    """Raise `FormatError` naming the missing, repeated and unknown columns, if there are any."""
    faults = {
        "missing": missing,
        "repeated": sorted({name for name in columns if columns.count(name) > 1}),
        "unknown": [excerpt(name) or "(no name)" for name in columns if name not in known],
    }
    said = "; ".join(f"{fault}: {', '.join(names)}" for fault, names in faults.items() if names)
    if said:
        raise FormatError(Code.COLUMNS, f"Columns {said}. Known: {', '.join(known)}.")


def rows(stream: BinaryIO, check: Callable[[Sequence[str]], None]) -> Iterator[Taken]:
    """Yield each row of a CSV file as its number and its cells by column, or a refusal.

    Rows are numbered from 0 after the header; blank lines are no rows. `check` gets the columns,
    trimmed and in lower case, and raises `FormatError` when they are wrong.
    """
    source = _Lines(stream)
    reader, columns = _open(source)
    check(columns)
    while (found := _next_row(reader, columns, source.position)) is not None:
        if found:
            yield found
            source.position += 1


def _open(source: _Lines) -> tuple[Iterator[list[str]], list[str]]:
    """Return a reader that stands behind the header, and the columns of the header."""
    try:
        header = next(source)
        lines_left = itertools.chain([header], source)
        reader = csv.reader(lines_left, delimiter=_delimiter(header), strict=True)
        return reader, [cell.strip().lower() for cell in next(reader)]
    except StopIteration:
        raise FormatError(Code.EMPTY_FILE, "The file is empty.") from None
    except (csv.Error, RefusedError) as error:
        raise FormatError(Code.COLUMNS, f"The header cannot be read: {error}.") from None


def _next_row(
    reader: Iterator[list[str]], columns: Sequence[str], position: int
) -> Taken | tuple[()] | None:
    """Return the next row, () for a blank one, None at the end."""
    try:
        cells = next(reader, None)
    except csv.Error as error:
        return Refusal(position, Code.ROW_UNREADABLE, f"The row cannot be read: {error}.")
    except RefusedError as error:
        return error.refusal(position)
    if not cells:
        return None if cells is None else ()
    if len(cells) != len(columns):
        why = f"The row has {len(cells)} cells, the header {len(columns)}."
        return Refusal(position, Code.ROW_CELLS, why, excerpt(cells[0]))
    if any("\0" in cell for cell in cells):
        return Refusal(position, Code.NUL, "The row holds a NUL character.", excerpt(cells[0]))
    return position, {name: unguarded(cell) for name, cell in zip(columns, cells, strict=True)}


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


class _Lines:
    """The lines of a file as text. Not a generator: it goes on after a line that was too long."""

    def __init__(self, stream: BinaryIO) -> None:
        self._lines = lines(stream)
        self.position = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw, whole = next(self._lines)
        if not whole:
            raise RefusedError(Code.ROW_TOO_LONG, "The line is too long.", repr(raw[:100]))
        return decode(raw, self.position)


def _json_rows(stream: BinaryIO) -> Iterator[Taken]:
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
        raise RefusedError(Code.BROKEN_JSON, "The line is not JSON.", line) from None
    if not isinstance(found, dict):
        raise RefusedError(Code.FIELD_TYPE, "The line is not a JSON object.", line)
    if unknown := [excerpt(name) for name in found if name not in COLUMNS]:
        why = f"Unknown: {', '.join(unknown[:5])}. Known: {', '.join(COLUMNS)}."
        raise RefusedError(Code.FIELD_UNKNOWN, why, line)
    if "verdict" in found and found["verdict"] is None:
        found["verdict"] = NO_VERDICT
    return {name: _cell(name, value) for name, value in found.items() if value is not None}


def _cell(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise RefusedError(Code.FIELD_TYPE, f"The value of {name} is not text.", value)
    if "\0" in value:
        raise RefusedError(Code.NUL, f"The value of {name} holds a NUL character.", value)
    return value


def write_csv(records: Iterable[CheckRecord], stream: BinaryIO) -> None:
    """Write the records in `COLUMNS`, safe to open in a spreadsheet; reading gives them back."""
    write_rows(COLUMNS, map(_cells, records), stream)


def write_jsonl(records: Iterable[CheckRecord], stream: BinaryIO) -> None:
    """Write one JSON object a line, in `COLUMNS`; reading gives the equal records."""
    for record in records:
        found: dict[str, str | None] = {**_cells(record)}
        found["verdict"] = record.verdict and record.verdict.value
        stream.write(json.dumps(found, ensure_ascii=False).encode() + b"\n")


def _cells(record: CheckRecord) -> dict[str, str]:
    return {
        "id": record.key,
        "url": record.url,
        "publisher_name": record.publisher_name,
        "publisher_site": record.publisher_site,
        "claim": record.claim,
        "title": record.title,
        "summary": record.summary,
        "verdict": record.verdict or NO_VERDICT,
        "verdict_words": record.verdict_words,
        "language": record.language,
        "claimed_on": iso(record.claimed_on),
        "published_on": iso(record.published_on),
        "modified_on": iso(record.modified_on),
        "licence": record.licence,
    }


def iso(day: dt.date | None) -> str:
    """Return the day as year-month-day, "" for none."""
    return day.isoformat() if day else ""


def write_rows(columns: Sequence[str], cells: Iterable[Row], stream: BinaryIO) -> None:
    """Write a CSV file that `rows` reads back, guarded against running as formulas."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in itertools.chain([dict(zip(columns, columns, strict=True))], cells):
        writer.writerow([guarded(row[name]) for name in columns])
        stream.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()


def guarded(cell: str) -> str:
    """Return the cell so that no spreadsheet runs it."""
    return _GUARD + cell if _GUARDED.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if cell.startswith(_GUARD) and _GUARDED.match(cell) else cell
