"""Decide what format a file of checks is in, by its content and never by its name.

In: a path, or the first bytes of a file. Out: a `Format`, or a `FormatError` that says what is
wrong with it.
"""

from __future__ import annotations

import codecs
import datetime as dt
import json
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from soi.core.formats.claimreview import read_claimreview
from soi.core.formats.codes import Code
from soi.core.formats.datafeed import read_datafeed
from soi.core.formats.encoding import check_head, decode, lines
from soi.core.formats.errors import FormatError
from soi.core.formats.page import read_page
from soi.core.formats.plain import excerpt
from soi.core.formats.records import CheckRecord, Refusal
from soi.core.formats.table import COLUMNS, REQUIRED, read_csv, read_jsonl

HEAD_LENGTH = 65_536
"""Bytes that are enough to tell; `detect` reads no more of a path."""
DOCUMENT_LIMIT = 40_000_000
"""Bytes of a file that is read as one piece: a page or a single JSON document."""

_FEED = re.compile(r'"@?type"\s*:\s*\[?\s*"[^"]{0,30}DataFeed"|"dataFeedElement"\s*:')
_REVIEW = re.compile(r'"[^"]{0,30}claimReviewed"\s*:|"[^"]{0,30}ClaimReview"')
_HTML = re.compile(r"<(?:!doctype|html|head|body|meta|script|title|\?xml|!--)", re.IGNORECASE)


class Format(StrEnum):
    """The formats in which checks are read."""

    DATAFEED = "datafeed"
    CLAIMREVIEW = "claimreview"
    CLAIMREVIEW_LINES = "claimreview_lines"
    PAGE = "page"
    CSV = "csv"
    JSONL = "jsonl"


def detect(source: Path | bytes) -> Format:
    """Return the format of a file or of its first bytes (`HEAD_LENGTH` of them are enough).

    Raises `FormatError`: `empty_file`, `not_utf8`, `unknown_format`.
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            source = stream.read(HEAD_LENGTH)
    text = _head_text(check_head(source[:HEAD_LENGTH])).lstrip()
    if not text:
        raise FormatError(Code.EMPTY_FILE, "The file holds nothing but white space.")
    found = _json_format(text) if text[0] in "{[" else _text_format(text)
    if found is None:
        known = ", ".join(Format)
        raise FormatError(Code.UNKNOWN_FORMAT, f"The file is none of these: {known}.")
    return found


def _head_text(head: bytes) -> str:
    # The head may end inside a character; an incremental decoder waits for the rest of it.
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return decode(head)


def _json_format(text: str) -> Format | None:
    if _is_row(text.partition("\n")[0]):
        return Format.JSONL
    feed, review = _FEED.search(text), _REVIEW.search(text)
    if review and _are_lines(text):
        return Format.CLAIMREVIEW_LINES
    if text[0] == "{" and feed and (review is None or feed.start() < review.start()):
        return Format.DATAFEED
    return Format.CLAIMREVIEW if review else None


def _are_lines(text: str) -> bool:
    """True if the first line is an object by itself and another begins below it."""
    first, _, rest = text.partition("\n")
    return rest.lstrip()[:1] == "{" and first[0] == "{" and _is_object(first)


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _is_row(line: str) -> bool:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and all(name in found for name in REQUIRED)


def _text_format(text: str) -> Format | None:
    if text[0] == "<":
        return Format.PAGE if _HTML.search(text) else None
    header = text.partition("\n")[0].lower()
    columns = {cell.strip(' "\r') for cell in re.split("[,;\t]", header)}
    return Format.CSV if columns & set(COLUMNS) and len(columns) > 1 else None


def read_checks(
    stream: BinaryIO, form: Format, *, start: int = 0, today: dt.date | None = None
) -> Iterator[CheckRecord | Refusal]:
    """Yield what the reader of this format yields, from position `start` on.

    Raises `FormatError` as that reader does, and `file_too_large` for a page or JSON document
    beyond `DOCUMENT_LIMIT`.
    """
    match form:
        case Format.DATAFEED:
            yield from read_datafeed(stream, start=start, today=today)
        case Format.CSV:
            yield from read_csv(stream, start=start, today=today)
        case Format.JSONL:
            yield from read_jsonl(stream, start=start, today=today)
        case Format.CLAIMREVIEW_LINES:
            yield from _review_lines(stream, start, today)
        case Format.PAGE:
            yield from _from(start, read_page(_document(stream), today=today))
        case Format.CLAIMREVIEW:
            yield from _from(start, _json_document(stream, today))


def _from(start: int, found: Iterator[CheckRecord | Refusal]) -> Iterator[CheckRecord | Refusal]:
    return (item for item in found if item.position >= start)


def _review_lines(
    stream: BinaryIO, start: int, today: dt.date | None
) -> Iterator[CheckRecord | Refusal]:
    """Yield the reviews of each line, a JSON document by itself; blank lines count for nothing."""
    written = ((raw, whole) for raw, whole in lines(stream) if raw.strip())
    for position, (raw, whole) in enumerate(written):
        if position < start:
            continue
        if not whole:
            yield Refusal(position, Code.ROW_TOO_LONG, "The line is too long.", excerpt(repr(raw)))
            continue
        line = decode(raw, position)
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield Refusal(position, Code.BROKEN_JSON, "The line is not JSON.", excerpt(line))
            continue
        yield from read_claimreview(value, position=position, today=today)


def _json_document(stream: BinaryIO, today: dt.date | None) -> Iterator[CheckRecord | Refusal]:
    """Yield the reviews of a JSON document, numbering the items of a list at its top."""
    try:
        value = json.loads(_document(stream))
    except (ValueError, RecursionError) as error:
        raise FormatError(Code.BROKEN_JSON, f"The file cannot be read as JSON: {error}.") from None
    for position, item in enumerate(value if isinstance(value, list) else [value]):
        yield from read_claimreview(item, position=position, today=today)


def _document(stream: BinaryIO) -> str:
    data = stream.read(DOCUMENT_LIMIT + 1)
    if len(data) > DOCUMENT_LIMIT:
        raise FormatError(Code.FILE_TOO_LARGE, f"The file exceeds {DOCUMENT_LIMIT} bytes.")
    return decode(check_head(data))
