"""Make one HTTP request to one address, within a time and a size that the server can't stretch.

In: a target, the addresses that were found allowed for it, a deadline. Out: status, headers, and
the body piece by piece, with every byte as it came. Connections go straight to the given address:
no name is looked up here, no proxy of the environment is used, nothing is kept for the next one.

`http.client` reads the reply; what it reads from is a stream of ours that knows the deadline, so
that a server which sends one byte at a time is stopped as well.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from soi.captures.addresses import Policy, Target
from soi.captures.errors import FetchFailed
from soi.captures.problems import Problem

HEAD_LIMIT = 128 * 1024
"""Bytes of status line and headers."""
_PIECE = 64 * 1024
_CONNECTING = 10.0
_SILENCE = 20.0
"""Seconds to connect, and seconds without a byte; both end at the deadline too."""


@dataclass(slots=True)
class Deadline:
    """The moment at which a fetch ends, whatever it is doing then."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._at = self.clock() + self.seconds

    def left(self, most: float = float("inf")) -> float:
        """Seconds that are left, at most `most`. Raises `FetchFailed` when none are."""
        left = self._at - self.clock()
        if left <= 0:
            raise FetchFailed(Problem.TOO_SLOW, f"It took longer than {self.seconds:g} seconds.")
        return min(left, most)


class _Incoming(io.RawIOBase):
    """What comes from a server: each read waits as long as the deadline lets it.

    All is kept, unless whoever asks writes it down elsewhere as it comes.
    """

    def __init__(self, connection: socket.socket, deadline: Deadline, *, keeps: bool) -> None:
        super().__init__()
        self._connection = connection
        self._deadline = deadline
        self._keeps = keeps
        self.room = HEAD_LIMIT
        self.taken = 0
        self.received = bytearray()

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Wait for some bytes; 0 at the end."""
        if self.taken > self.room:
            raise FetchFailed(Problem.TOO_LARGE, "The reply is larger than is taken.")
        self._connection.settimeout(self._deadline.left(_SILENCE))
        number = self._connection.recv_into(buffer)
        self.taken += number
        if self._keeps:
            self.received += memoryview(buffer)[:number]
        return number

    def makefile(self, _mode: str) -> io.BufferedReader:
        """As `http.client` asks a socket for its stream."""
        return io.BufferedReader(self, 8192)


@dataclass(slots=True)
class Reply:
    """One reply whose head has been read."""

    address: str
    request: bytes
    status: int
    headers: tuple[tuple[str, str], ...]
    _parsed: http.client.HTTPResponse
    _incoming: _Incoming

    def header(self, name: str) -> str:
        """The first header of that name, "" without one."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def body(self, limit: int) -> Iterator[bytes]:
        """The body as it is packed, at most `limit` bytes. Raises `FetchFailed`."""
        length = self._parsed.length
        if length is not None and length > limit:
            raise FetchFailed(Problem.TOO_LARGE, f"The body has more than {limit} bytes.")
        # Chunks bring their own heads along, which need room too.
        self._incoming.room = self._incoming.taken + 2 * limit + HEAD_LIMIT
        with _told():
            while piece := self._parsed.read(_PIECE):
                yield piece
            if self._parsed.length:
                raise FetchFailed(Problem.REPLY_BROKEN, "The reply was cut off.")

    def received(self) -> bytes:
        """Every byte that came so far, head and body as they were on the wire; b"" if not kept."""
        return bytes(self._incoming.received)


@contextmanager
def asking(
    target: Target,
    addresses: Sequence[str],
    *,
    headers: Sequence[tuple[str, str]],
    policy: Policy,
    deadline: Deadline,
    body: bytes = b"",
    keeps: bool = True,
) -> Iterator[Reply]:
    """Ask for the target at the first of the addresses that answers; closes behind itself.

    GET, or POST with a body. What comes is kept in memory, unless `keeps` is false. Raises
    `FetchFailed`.
    """
    with _told():
        connection, address = _connected(target, addresses, policy, deadline)
    with connection:
        request = _request(target, headers, body)
        with _told():
            connection.settimeout(deadline.left(_SILENCE))
            connection.sendall(request)
            incoming = _Incoming(connection, deadline, keeps=keeps)
            parsed = http.client.HTTPResponse(incoming)  # type: ignore[arg-type]  # asks only for makefile
            parsed.begin()
        if parsed.headers["transfer-encoding"] and not parsed.chunked:
            raise FetchFailed(Problem.REPLY_BROKEN, "The reply is coded in an unknown way.")
        head = tuple((name, str(value)) for name, value in parsed.headers.items())
        yield Reply(address, request, parsed.status, head, parsed, incoming)


def _request(target: Target, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    method = "POST" if body else "GET"
    lines = [f"{method} {target.path} HTTP/1.1", f"Host: {target.authority}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    # Ours all of it, but a line end from outside would make a second request of one.
    if any(not line.isprintable() or not line.isascii() for line in lines):
        raise FetchFailed(Problem.URL_INVALID, "The address can't be sent.")
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("ascii") + body


def _connected(
    target: Target, addresses: Sequence[str], policy: Policy, deadline: Deadline
) -> tuple[socket.socket, str]:
    """A connection to the first address that takes one."""
    last: OSError | None = None
    for address in addresses:
        try:
            plain = socket.create_connection((address, target.port), deadline.left(_CONNECTING))
        except OSError as error:
            last = error
            continue
        if target.scheme == "http":
            return plain, address
        return _secured(plain, target.host, policy, deadline), address
    raise FetchFailed(Problem.UNREACHABLE, f"{target.host} takes no connection.") from last


def _secured(plain: socket.socket, host: str, policy: Policy, deadline: Deadline) -> socket.socket:
    try:
        plain.settimeout(deadline.left(_CONNECTING))
        return policy.tls().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


@contextmanager
def _told() -> Iterator[None]:
    """Whatever goes wrong on the network, as a `FetchFailed`."""
    try:
        yield
    except ssl.SSLError as error:
        if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            raise FetchFailed(Problem.REPLY_BROKEN, "The connection was cut off.") from error
        raise FetchFailed(Problem.TLS_FAILED, "No secure connection could be made.") from error
    except TimeoutError as error:
        raise FetchFailed(Problem.TOO_SLOW, "The server was silent for too long.") from error
    except (http.client.HTTPException, ValueError) as error:  # it reads numbers as Python does
        raise FetchFailed(Problem.REPLY_BROKEN, "The reply is no whole HTTP.") from error
    except OSError as error:
        raise FetchFailed(Problem.UNREACHABLE, "The connection broke.") from error
