"""Follow a live stream of names over a WebSocket for as long as somebody wants it.

In: the address of a certstream-server-go, or of anything that sends JSON as `streams` reads it.
Out: names before the desk. A lost connection is made again, after ever longer waits; what was sent
meanwhile is lost, as these servers repeat nothing. A slow database makes the server wait or drop
messages, and never fills memory.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidURI, WebSocketException
from websockets.sync.client import connect
from websockets.sync.connection import Connection
from websockets.uri import parse_uri

from soi.watch import rules
from soi.watch.errors import StreamAddressInvalid
from soi.watch.scanning import Scanned, scan_stretches
from soi.watch.streams import Message, Stretch, day_of, read_json

MESSAGE_LIMIT = 4 << 20
"""Bytes of one message; a certificate with its chain has some ten thousand."""
PING_EVERY = 20.0
"""certstream-server-go drops whoever sends no ping for 65 seconds."""
PING_TIMEOUT = 60.0
"""A server that answers no ping for so long is gone; a slow write of ours must not look like it."""
OPEN_TIMEOUT = 10.0
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
"""Seconds before the next try: twice as many after each that brought no message."""
GATHER = 4096
"""Names that are judged together,"""
GATHER_FOR = 1.0
"""and seconds for which they are gathered at most."""

Wait = Callable[[float], bool]
"""Waits so many seconds, less if nothing more is wanted; says whether that is so."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The stream flows."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The stream does not flow; `seconds` until the next try."""

    why: str
    seconds: float


Tell = Callable[[Connected | Lost], object]


def follow(url: str, *, by: str, wait: Wait, tell: Tell, source: str = "") -> Scanned:
    """Follow a stream until `wait` says that nothing more is wanted; what was found is written.

    Raises `StreamAddressInvalid`.
    """
    _check(url)
    parts = urlsplit(url)
    # A user part and a query hold keys, which are nobody's business on a page.
    place = f"{parts.hostname}:{parts.port or ''}{parts.path}"
    name = rules.source_name("live", source or place)
    return scan_stretches(_stretches(url, wait, tell), source=name, by=by)


def _check(url: str) -> None:
    try:
        parse_uri(url)
    except (InvalidURI, ValueError) as error:
        raise StreamAddressInvalid("A stream begins with wss:// or ws://.") from error


def _stretches(url: str, wait: Wait, tell: Tell) -> Iterator[Stretch | None]:
    pause = FIRST_WAIT
    while not wait(0):
        why = "closed"
        try:
            with connect(
                url,
                open_timeout=OPEN_TIMEOUT,
                ping_interval=PING_EVERY,
                ping_timeout=PING_TIMEOUT,
                close_timeout=1,
                max_size=MESSAGE_LIMIT,
                proxy=None,
            ) as connection:
                tell(Connected())
                for stretch in _gathered(connection, wait):
                    if stretch:
                        pause = FIRST_WAIT
                    yield stretch
        except (WebSocketException, OSError, EOFError) as error:
            why = str(error) or type(error).__name__
        yield None
        if wait(0):
            return
        tell(Lost(why, pause))
        if wait(pause):
            return
        pause = min(2 * pause, LONGEST_WAIT)


def _gathered(connection: Connection, wait: Wait) -> Iterator[Stretch | None]:
    """The names of messages put together until there are many, the day changes or a second is over.

    None when a second brought nothing. Raises `ConnectionClosed` when the other end has closed.
    """
    current = _Gathering()
    while not wait(0):
        try:
            message = read_json(connection.recv(timeout=GATHER_FOR, decode=False))
        except TimeoutError:
            yield current.stretch
            current = _Gathering()
            continue
        except ConnectionClosed:
            yield current.stretch
            raise
        if not current.has_room_for(message):
            yield current.stretch
            current = _Gathering()
        current.add(message)
    yield current.stretch


class _Gathering:
    """Messages that become one stretch."""

    def __init__(self) -> None:
        self.stretch: Stretch | None = None
        self._began = time.monotonic()

    def has_room_for(self, message: Message) -> bool:
        if self.stretch is None:
            return True
        is_young = time.monotonic() - self._began < GATHER_FOR
        same_day = not message.names or _day(message) == self.stretch.seen_on
        return is_young and same_day and len(self.stretch.names) < GATHER

    def add(self, message: Message) -> None:
        if self.stretch is None:
            self.stretch = Stretch(0, _day(message))
        elif not self.stretch.names and message.names:
            self.stretch.seen_on = _day(message)
        self.stretch.end = int(timezone.now().timestamp() * 1000)
        self.stretch.names += message.names
        self.stretch.refused += message.is_empty


def _day(message: Message) -> dt.date | None:
    return None if message.seen is None else day_of(message.seen, today=timezone.localdate())
