"""Read a schema.org DataFeed of ClaimReviews as a stream, and write one.

In: a file of any size, from 60 MB upwards in practice. Out: records and refusals in the order of
the feed, with memory for one element at a time. A position is the number of the feed's element,
the same in every run over the same bytes, so that an interrupted import goes on with `start`.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Generator, Iterable, Iterator
from decimal import Decimal
from typing import BinaryIO

import ijson

from soi.core.formats.admission import RefusedError
from soi.core.formats.claimreview import CONTEXT, claimreview_of, read_claimreview
from soi.core.formats.codes import Code
from soi.core.formats.encoding import check_head
from soi.core.formats.errors import FormatError
from soi.core.formats.escapes import without_half_pairs
from soi.core.formats.jsonld import DEPTH_LIMIT, NODE_LIMIT, too_deep, too_many_values
from soi.core.formats.records import CheckRecord, Refusal

ELEMENT_LIMIT = 4_000_000
"""Bytes of one element; honest ones have some thousands."""
_CHUNK = 65_536
_FEED_KEY = "dataFeedElement"
_OPENING = frozenset({"start_map", "start_array"})
_CLOSING = frozenset({"end_map", "end_array"})

Event = tuple[str, object]


def read_datafeed(
    stream: BinaryIO, *, start: int = 0, today: dt.date | None = None
) -> Iterator[CheckRecord | Refusal]:
    """Yield the records and refusals of a feed, from element number `start` on.

    Raises `FormatError` with the position reached: `feed_truncated` when the feed ends or breaks
    (after everything whole before it was yielded), `not_a_datafeed`, `not_utf8`, `empty_file`, and
    `record_too_large` when an element exceeds `ELEMENT_LIMIT`.
    """
    for position, element in _Elements(stream, start).read():
        if isinstance(element, RefusedError):
            yield element.refusal(position)
        elif element is None or (isinstance(element, dict) and not element.get("item", True)):
            yield Refusal(position, Code.ITEM_MISSING, "The element or its item is empty.")
        else:
            yield from read_claimreview(element, position=position, today=today)


class _Elements:
    """The elements of `dataFeedElement`, built one at a time from the parser's events.

    Events rather than finished objects, because elements before `start` are then never built, and
    one that is too deep or too large is left before it fills the memory.
    """

    def __init__(self, stream: BinaryIO, start: int) -> None:
        self._stream = stream
        self._start = start
        self._position = 0

    def read(self) -> Iterator[tuple[int, object]]:
        """Yield position and value of each element from `start` on."""
        events = self._events()
        if next(events)[0] != "start_map":
            raise FormatError(Code.NOT_A_DATAFEED, "The file does not begin with a JSON object.")
        found = False
        for event, value in events:
            if event == "map_key" and value == _FEED_KEY:
                found = (yield from self._feed(events)) or found
            elif event in _OPENING:
                _skip(events)
        if not found:
            raise FormatError(Code.NOT_A_DATAFEED, f"The object has no {_FEED_KEY}.")

    def _feed(self, events: Iterator[Event]) -> Generator[tuple[int, object], None, bool]:
        """Yield the elements of the value that begins here; a lone object is one element."""
        event, value = next(events)
        if event == "start_map":
            yield from self._element(event, value, events)
        elif event == "start_array":
            while (head := next(events))[0] != "end_array":
                yield from self._element(*head, events)
        return event in _OPENING

    def _element(
        self, event: str, value: object, events: Iterator[Event]
    ) -> Iterator[tuple[int, object]]:
        if self._position >= self._start:
            yield self._position, _build(event, value, events)
        elif event in _OPENING:
            _skip(events)
        self._position += 1

    def _events(self) -> Iterator[Event]:
        events = ijson.sendable_list()
        parser = ijson.basic_parse_coro(events)
        reached, unfinished = 0, 0
        for chunk in itertools.chain(without_half_pairs(self._chunks()), [b""]):
            error = _advance(parser, chunk)
            # What the parser understood before an error is whole, and is handed on first.
            yield from events
            del events[:]
            if error:
                raise FormatError(_fault(error), _message(error), self._position) from None
            unfinished = unfinished + len(chunk) if reached == self._position else 0
            reached = self._position
            if unfinished > ELEMENT_LIMIT:
                why = f"A record takes more than {ELEMENT_LIMIT} bytes."
                raise FormatError(Code.RECORD_TOO_LARGE, why, reached)

    def _chunks(self) -> Iterator[bytes]:
        yield check_head(self._stream.read(_CHUNK))
        while chunk := self._stream.read(_CHUNK):
            yield chunk


def _advance(parser: Generator[None, bytes, None], chunk: bytes) -> ValueError | None:
    """Feed the parser, or end it with an empty chunk; return its complaint."""
    try:
        if chunk:
            parser.send(chunk)
        else:
            parser.close()
    except (ijson.JSONError, ValueError) as error:
        return ValueError(error)
    return None


def _fault(error: ValueError) -> Code:
    return Code.NOT_UTF8 if "UTF8" in str(error) else Code.FEED_TRUNCATED


def _message(error: ValueError) -> str:
    if _fault(error) is Code.NOT_UTF8:
        return "The feed holds bytes that are not UTF-8."
    if "premature EOF" in str(error):
        return "The feed ends in the middle."
    return "The feed is broken: from here on it is not JSON."


def _skip(events: Iterator[Event]) -> None:
    """Pass over the rest of an object or list that has just begun."""
    depth = 1
    while depth:
        event, _ = next(events)
        if event in _OPENING:
            depth += 1
        elif event in _CLOSING:
            depth -= 1


def _build(event: str, value: object, events: Iterator[Event]) -> object:
    """Return the value that begins with this event, or a `RefusedError` in its place.

    Its events are consumed either way, so the next element can be read.
    """
    if event not in _OPENING:
        return _scalar(value)
    root: dict[str, object] | list[object] = {} if event == "start_map" else []
    stack, keys = [root], [""]
    for count, (event, value) in enumerate(events):
        if len(stack) > DEPTH_LIMIT or count > 2 * NODE_LIMIT:
            refused = too_deep() if len(stack) > DEPTH_LIMIT else too_many_values()
            stack_left = len(stack) + (event in _OPENING) - (event in _CLOSING)
            for _ in range(stack_left):
                _skip(events)
            return refused
        if event == "map_key":
            keys[-1] = str(value)
        elif event in _CLOSING:
            stack.pop()
            keys.pop()
            if not stack:
                break
        else:
            child: object = {} if event == "start_map" else [] if event == "start_array" else value
            _put(stack[-1], keys[-1], _scalar(child))
            if isinstance(child, (dict, list)):
                stack.append(child)
                keys.append("")
    return root


def _put(holder: dict[str, object] | list[object], key: str, child: object) -> None:
    if isinstance(holder, dict):
        holder[key] = child
    else:
        holder.append(child)


def _scalar(value: object) -> object:
    # The parser gives Decimal for fractions; nothing here needs more than a float.
    return float(value) if isinstance(value, Decimal) else value


def write_datafeed(records: Iterable[CheckRecord], stream: BinaryIO) -> None:
    """Write the records as one DataFeed, one element a line; reading gives the equal records."""
    stream.write(f'{{"@context":"{CONTEXT}","@type":"DataFeed","{_FEED_KEY}":['.encode())
    separator = b"\n"
    for record in records:
        element: dict[str, object] = {"@type": "DataFeedItem", "item": [claimreview_of(record)]}
        if record.published_on:
            element["dateCreated"] = record.published_on.isoformat()
        stream.write(separator + json.dumps(element, ensure_ascii=False).encode())
        separator = b",\n"
    stream.write(b"\n]}\n")
