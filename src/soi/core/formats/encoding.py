"""Decide whether bytes are UTF-8 text, and hand them on line by line within a limit.

In: binary streams from strangers. Out: text without its byte order mark, or a `FormatError` that
names the encoding found. Never guesses a legacy encoding: wrong letters would be stored in silence.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from soi.core.formats.codes import Code
from soi.core.formats.errors import FormatError

LINE_LIMIT = 1_000_000
"""Bytes of one line; of a longer one only the beginning is handed on."""

_OTHERS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"PK\x03\x04", "zip-compressed (perhaps an Excel workbook)"),
)


def check_head(head: bytes) -> bytes:
    """Return the first bytes of a file without their byte order mark.

    Raises `FormatError` when they are empty, compressed, or in UTF-16 or UTF-32, with or without a
    byte order mark.
    """
    if not head:
        raise FormatError(Code.EMPTY_FILE, "The file is empty.")
    for mark, name in _OTHERS:
        if head.startswith(mark):
            raise FormatError(Code.NOT_UTF8, f"The file is {name}, not UTF-8 text.")
    if b"\0" in head[:2]:
        raise FormatError(Code.NOT_UTF8, "The file looks like UTF-16, not UTF-8 text.")
    return head.removeprefix(codecs.BOM_UTF8)


def decode(data: bytes, position: int | None = None) -> str:
    """Return the text of UTF-8 bytes; raises `FormatError` with the place of the first bad byte."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"Byte {data[error.start]:#04x} is not UTF-8 (offset {error.start} of its part)."
        raise FormatError(Code.NOT_UTF8, message, position) from None


def lines(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield each line with its line feed, and whether it is whole or was cut at `LINE_LIMIT`."""
    first = True
    while raw := stream.readline(LINE_LIMIT):
        whole = len(raw) < LINE_LIMIT or raw.endswith(b"\n")
        rest = raw
        while not rest.endswith(b"\n") and len(rest) == LINE_LIMIT:
            rest = stream.readline(LINE_LIMIT)
        if first:
            raw, first = check_head(raw), False
        if raw:
            yield raw, whole
