"""Read names out of a stream of bytes or messages: one a line, JSON lines, certificate logs.

In: what strangers wrote. Out: stretches of names with the place up to which they reach, so that
reading can go on from there. Memory is bounded by a stretch and a line; a line that names nothing
is counted and passed by. Nothing here judges a name or stores anything.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from soi.core.formats.encoding import LINE_LIMIT, check_head

CHUNK = 1 << 18
"""Bytes that are read at once; some ten thousand names."""
NAMES_A_LINE = 1000
"""Names that one line or message may bring. Certificates hold a hundred by common practice."""
_NAME_LIMIT = 2000
_FIRST_DAY = dt.date(2000, 1, 1)
_END = re.compile(r"[\s,;#]")
_KEYS = ("domain", "host", "hostname", "name", "url", "domains", "names", "dns_names")
"""Where the feeds of newly seen names that we know of put them."""


class Readable(Protocol):
    """Bytes that come when they come: a file, standard input."""

    def read1(self, size: int, /) -> bytes:
        """At most `size` bytes, as soon as there are any; none at the end."""


@dataclass(slots=True)
class Stretch:
    """Names that stand together, up to `end`; `seen_on` when the stream says the day."""

    end: int
    seen_on: dt.date | None = None
    names: list[str] = field(default_factory=list)
    refused: int = 0
    """Lines that named nothing."""


@dataclass(frozen=True, slots=True)
class Message:
    """What one line or message says."""

    names: list[str]
    seen: float | None = None
    """Seconds since 1970, None when it is not said."""
    is_empty: bool = False
    """It should name something and does not. Comments and heartbeats should not."""


_NOTHING = Message([], is_empty=True)
_SILENT = Message([])


def stretches(stream: Readable, *, today: dt.date, start: int = 0) -> Iterator[Stretch]:
    """Yield the names of a stream that has been read up to byte `start`.

    `end` is always the beginning of a line: a last line that is still being written is read, and
    read again when the stream is continued. Raises `FormatError` (`not_utf8`) for what is packed or
    in UTF-16.
    """
    line_start, rest, lost = start, b"", 0
    while block := stream.read1(CHUNK):
        if line_start == 0 and not rest and not lost:
            marked = len(block)
            block = check_head(block)
            line_start = marked - len(block)
        *lines, rest = (rest + block).split(b"\n")
        if lines and lost:
            line_start += lost + len(lines.pop(0)) + 1
            lost = 0
            yield Stretch(line_start, refused=1)
        for stretch in _by_day(lines, line_start, today):
            line_start = stretch.end
            yield stretch
        if len(rest) > LINE_LIMIT:
            lost, rest = lost + len(rest), b""
    if rest and not lost:
        for stretch in _by_day([rest], line_start, today):
            stretch.end = line_start
            yield stretch


def _by_day(lines: list[bytes], at: int, today: dt.date) -> Iterator[Stretch]:
    """The names of whole lines, cut where the day changes."""
    current = Stretch(at)
    for line in lines:
        message = read_line(line)
        day = day_of(message.seen, today=today) if message.seen is not None else None
        if day != current.seen_on and current.names:
            yield current
            current = Stretch(current.end)
        if message.names:
            current.seen_on = day
            current.names += message.names
        current.refused += message.is_empty
        current.end += len(line) + 1
    if current.end > at:
        yield current


def day_of(seen: float, *, today: dt.date) -> dt.date | None:
    """The day of a moment, None for one that can't be right."""
    try:
        day = dt.datetime.fromtimestamp(seen, dt.UTC).date()
    except (OverflowError, ValueError, OSError):
        return None
    return day if _FIRST_DAY <= day <= today else None


def read_line(line: bytes) -> Message:
    """What one line says; `_NOTHING` when it should name something and does not."""
    text = line.decode("utf-8", "replace").strip()
    if not text or text[0] in "#!;":
        return _SILENT
    return read_json(text) if text[0] in "{[" else _plain(text)


def _plain(text: str) -> Message:
    """The name at the beginning of a line: a list of names, or the first column of a table."""
    end = _END.search(text)
    name = _name(text[: end.start()] if end else text)
    return Message([name]) if name else _NOTHING


def read_json(text: str | bytes) -> Message:
    """The names of a JSON line, or of a message of certstream-server-go in any of its three forms.

    Those are documented in its README: the full and the lite stream (`certificate_update`) and the
    names alone (`dns_entries`).
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return _NOTHING
    if isinstance(found, dict):
        return _message(found)
    names = _names(found if isinstance(found, list) else [])
    return Message(names) if names else _NOTHING


def _message(found: dict[str, Any]) -> Message:
    kind, data = found.get("message_type"), found.get("data")
    if kind == "heartbeat":
        return _SILENT
    if kind == "dns_entries":
        names = _names(data if isinstance(data, list) else [])
        return Message(names) if names else _SILENT
    if kind == "certificate_update" and isinstance(data, dict):
        leaf = data.get("leaf_cert")
        listed = leaf.get("all_domains") if isinstance(leaf, dict) else None
        # Certificates for IP addresses and people name no host, and there are many.
        return Message(_names(listed if isinstance(listed, list) else []), _seconds(data))
    for key in _KEYS:
        value = found.get(key)
        if names := _names(value if isinstance(value, list) else [value]):
            return Message(names, _seconds(found))
    return _NOTHING


def _seconds(found: dict[str, Any]) -> float | None:
    seen = found.get("seen")
    return float(seen) if isinstance(seen, int | float) and abs(seen) < 1e12 else None


def _names(values: Iterable[Any]) -> list[str]:
    found = (_name(value) for value in values if isinstance(value, str))
    return list(dict.fromkeys(name for name in found if name))[:NAMES_A_LINE]


def _name(text: str) -> str:
    """A host as it is written, without what stands for anything below it; "" for none."""
    name = text.strip().removeprefix("*.").strip(' ."')
    return name if "." in name and len(name) <= _NAME_LIMIT else ""
