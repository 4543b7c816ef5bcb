"""Read an organisation's public record, as a desk publishes it, and files of many of them.

In: the JSON of one record (`record.json`), or lines of JSON that each hold one (`register.jsonl`).
Out: a `HoldingRecord` or a refusal for each holding, through the same strict door as the CSV. What
another desk says is its word: nothing here decides what becomes of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from soi.core.formats.admission import RefusedError
from soi.core.formats.codes import Code
from soi.core.formats.errors import FormatError
from soi.core.formats.records import Refusal
from soi.core.formats.register_csv import ALIAS_SEPARATOR, COLUMNS, HoldingRecord, holding_of

FORM = "soi organisation 1"
"""What a record calls its form; another one may mean other things by the same names."""
RECORD_LIMIT = 16_000_000
"""Bytes of one record."""
HOLDINGS_LIMIT = 50_000

_OF_ORGANISATION = ("organisation", "name", "name_en")
_OF_HOLDING = tuple(column for column in COLUMNS if column not in (*_OF_ORGANISATION, "aliases"))


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """One line of a file of many: the record as its bytes, and the note that signs them."""

    record: bytes
    signature: str
    position: int


def read_register_json(data: bytes, *, start: int = 0) -> Iterator[HoldingRecord | Refusal]:
    """Yield a holding or a refusal for each holding of one record, numbered from `start`.

    Raises `FormatError`: `file_too_large`, `not_utf8`, `broken_json`, and `unknown_format` for what
    is no record of this form.
    """
    record = _record(data)
    shared = {name: _text(record.get(name)) for name in _OF_ORGANISATION}
    aliases = record.get("aliases")
    names = aliases if isinstance(aliases, list) else []
    shared["aliases"] = ALIAS_SEPARATOR.join(_text(each) for each in names)
    for position, holding in enumerate(record["holdings"][:HOLDINGS_LIMIT], start=start):
        try:
            yield _holding(holding, shared, position)
        except RefusedError as error:
            yield error.refusal(position)


def _holding(holding: object, shared: Mapping[str, str], position: int) -> HoldingRecord:
    if not isinstance(holding, dict):
        raise RefusedError(Code.FIELD_TYPE, "The holding is no object.", holding)
    cells = {name: _text(holding.get(name)) for name in _OF_HOLDING}
    if any("\0" in cell for cell in cells.values()):
        raise RefusedError(Code.NUL, "The holding holds a NUL character.")
    return holding_of({**cells, **shared}, position)


def read_register_lines(stream: BinaryIO) -> Iterator[SignedRecord | Refusal]:
    """Yield the record and signature of each line; blank lines are none.

    A line beyond `RECORD_LIMIT` is read in pieces, each of which is refused.
    """
    position = 0
    for line in iter(lambda: stream.readline(RECORD_LIMIT + 1), b""):
        if not line.strip():
            continue
        try:
            yield _signed(line, position)
        except RefusedError as error:
            yield error.refusal(position)
        position += 1


def _signed(line: bytes, position: int) -> SignedRecord:
    found = _json(line)
    record = found.get("record") if isinstance(found, dict) else None
    signature = found.get("signature") if isinstance(found, dict) else None
    if not isinstance(record, str) or not isinstance(signature, str):
        raise RefusedError(Code.FIELD_TYPE, "The line holds no record and signature.", line[:200])
    return SignedRecord(record.encode("utf-8", "surrogatepass"), signature, position)


def _record(data: bytes) -> dict[str, Any]:
    try:
        found = _json(data)
    except RefusedError as error:
        raise FormatError(error.code, error.why) from error
    is_record = isinstance(found, dict) and isinstance(found.get("holdings"), list)
    if not is_record or found.get("form") != FORM:
        raise FormatError(Code.UNKNOWN_FORMAT, f"This is no record of the form {FORM!r}.")
    known: dict[str, Any] = found
    return known


def _json(data: bytes) -> Any:
    if len(data) > RECORD_LIMIT:
        raise RefusedError(Code.FILE_TOO_LARGE, f"The record exceeds {RECORD_LIMIT} bytes.")
    try:
        return json.loads(data.decode())
    except UnicodeDecodeError:
        raise RefusedError(Code.NOT_UTF8, "The record is not UTF-8.") from None
    except (ValueError, RecursionError):
        raise RefusedError(Code.BROKEN_JSON, "The record is not JSON.", data[:200]) from None


def _text(value: object) -> str:
    """A text as a cell; null, and what is no text, is an empty one."""
    return value if isinstance(value, str) else ""
