"""Fetch what stands at an address of the public web, as one who trusts nobody on the way.

In: a URL from a stranger, limits, a policy. Out: a `Fetched` with the bytes, what they are said to
be, where they were found and each step of the way there; or a `FetchFailed` that says why not.

- Only `http` and `https`, only names, only some ports; no user names, no cookies, no referrer.
- A name is looked up once, each of its addresses must be public, and the connection goes to one of
  them. Every redirect goes through the same, from the beginning.
- One deadline for everything; one limit for the bytes, before and after unpacking.
- What the server says is checked against what is taken before the body is read.

Nothing is stored here, nothing of a page is run, nothing that it names is loaded.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from soi import __version__
from soi.captures.addresses import PUBLIC, Policy, Target, addresses_of, target_of
from soi.captures.bodies import Unpacking, charset_of, media_type_of, text_of
from soi.captures.errors import FetchFailed
from soi.captures.problems import Problem, problem_of_status
from soi.captures.transport import Deadline, Reply, asking

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNQUOTED = re.compile(r"[ \"<>^`{|}]")
_NAMING = 10.0
"""Seconds in which a name must be looked up."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a server's time and bytes is taken."""

    seconds: float = 60.0
    """From the first look-up to the last byte, redirects included."""
    size: int = 20_000_000
    """Bytes of the body, unpacked."""
    redirects: int = 5
    types: frozenset[str] | None = None
    """Media types that are taken, also `text/*`; None takes any. A reply that names none is taken:
    its bytes say what it is."""
    clock: Callable[[], float] = time.monotonic

    def takes(self, media_type: str) -> bool:
        """True if a body of that type is read."""
        if self.types is None or not media_type:
            return True
        return media_type in self.types or f"{media_type.partition('/')[0]}/*" in self.types


SMALL_TEXTS: Final = Limits(
    seconds=20.0,
    size=2_000_000,
    types=frozenset({"text/*", "application/json", "application/xhtml+xml", "application/xml"}),
)
"""Pages and small files that are read and not kept, such as a `trust.txt`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request and what came back, as it was on the wire."""

    url: str
    address: str
    at: dt.datetime
    request: bytes
    reply: bytes
    """Head and body; of a redirect what had come when its head was read."""
    status: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched."""

    requested_url: str
    url: str
    """Where it was found in the end."""
    status: int
    headers: tuple[tuple[str, str], ...]
    media_type: str
    """As the server calls it, "" when it does not."""
    charset: str
    """Python's name of the charset that the server names, "" when it names none."""
    content: bytes
    """Unpacked."""
    steps: tuple[Step, ...]
    """The last one is the reply that `content` came with; before it stand the redirects."""

    @property
    def was_redirected(self) -> bool:
        """True if it was found at another address than was asked for."""
        return len(self.steps) > 1

    def text(self) -> str:
        """The content as text; never raises."""
        return text_of(self.content, self.charset)


def fetch(
    url: str, limits: Limits = SMALL_TEXTS, policy: Policy = PUBLIC, *, agent: str = ""
) -> Fetched:
    """Fetch `url`. Raises `FetchFailed` for everything but a success that was read whole."""
    fetched = retrieve(url, limits, policy, agent=agent)
    if problem := problem_of_status(fetched.status):
        raise FetchFailed(problem, f"The server answered {fetched.status}.", status=fetched.status)
    return fetched


def retrieve(
    url: str, limits: Limits = SMALL_TEXTS, policy: Policy = PUBLIC, *, agent: str = ""
) -> Fetched:
    """As `fetch`, but also gives what came with a status that is no success, for who looks at it.

    Raises `FetchFailed` when nothing came whole.
    """
    with reaching(url, limits, policy, headers=headers_of(agent)) as (target, reply, at, steps):
        return _whole(url, target, reply, at, steps, limits)


@contextmanager
def reaching(
    url: str,
    limits: Limits,
    policy: Policy,
    *,
    headers: Sequence[tuple[str, str]],
    keeps: bool = True,
) -> Iterator[tuple[Target, Reply, dt.datetime, Sequence[Step]]]:
    """Ask for `url`, go where redirects lead, and give the reply at the end, its body unread.

    Raises `FetchFailed`.
    """
    deadline = Deadline(limits.seconds, limits.clock)
    steps: list[Step] = []
    wanted = url
    while True:
        target = target_of(wanted, policy)
        if len(steps) > limits.redirects or target.url in {step.url for step in steps}:
            raise FetchFailed(Problem.TOO_MANY_REDIRECTS, "It leads on and on.")
        at = dt.datetime.now(dt.UTC)
        addresses = addresses_of(target.host, policy, deadline.left(_NAMING))
        with asking(
            target, addresses, headers=headers, policy=policy, deadline=deadline, keeps=keeps
        ) as reply:
            location = reply.header("location")
            if reply.status in _REDIRECTS and location:
                steps.append(_step(target, reply, at))
                wanted = _following(target.url, location)
                continue
            yield target, reply, at, steps
            return


def _whole(
    url: str, target: Target, reply: Reply, at: dt.datetime, steps: Sequence[Step], limits: Limits
) -> Fetched:
    """Read the body of the reply at the end of the way."""
    content_type = reply.header("content-type")
    media_type = media_type_of(content_type)
    if problem_of_status(reply.status) is None and not limits.takes(media_type):
        raise FetchFailed(Problem.TYPE_REFUSED, f"The server says that it is {media_type}.")
    unpacking = Unpacking(reply.header("content-encoding"), limits.size)
    for piece in reply.body(limits.size):
        unpacking.feed(piece)
    return Fetched(
        requested_url=url,
        url=target.url,
        status=reply.status,
        headers=reply.headers,
        media_type=media_type,
        charset=charset_of(content_type),
        content=unpacking.whole(),
        steps=(*steps, _step(target, reply, at)),
    )


def _step(target: Target, reply: Reply, at: dt.datetime) -> Step:
    return Step(target.url, reply.address, at, reply.request, reply.received(), reply.status)


def headers_of(agent: str) -> tuple[tuple[str, str], ...]:
    """What is said of whoever asks: the program's own name, and nothing of its people."""
    return (
        ("User-Agent", agent or f"Mozilla/5.0 (compatible; Soi/{__version__})"),
        ("Accept", "text/html, application/xhtml+xml, application/pdf, */*;q=0.5"),
        ("Accept-Language", "vi, en;q=0.5"),
        ("Accept-Encoding", "gzip"),
    )


def _following(url: str, location: str) -> str:
    """Where a redirect leads. Raises `FetchFailed`.

    Many servers write UTF-8, which http.client reads as Latin-1, and leave blanks as they are.
    """
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    location = _UNQUOTED.sub(lambda match: f"%{ord(match[0]):02X}", location.strip())
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchFailed(Problem.URL_INVALID, "The redirect leads to no address.") from error
