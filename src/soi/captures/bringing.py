"""Bring a source home: fetch it, see what it is, read it; and then keep its bytes.

In: an address, or the bytes of a file. Out: a `Brought` with what came and what is wrong with it.
`keep` puts its bytes, text and record on the disk. The database is not touched: killed here,
nothing is left but files that nobody names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.utils import timezone

from soi import __version__
from soi.captures import kinds, storage, walls
from soi.captures.addresses import Policy
from soi.captures.archive import record_of
from soi.captures.errors import FetchFailed
from soi.captures.fetching import Fetched, Limits, retrieve
from soi.captures.problems import Problem, problem_of_status
from soi.captures.reading import Reading, read

LIMITS: Final = Limits(types=kinds.TYPES)
_TURNED_AWAY: Final = frozenset({Problem.FORBIDDEN, Problem.BUSY})


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of an address or a file."""

    problem: Problem | None
    """None when it is what was asked for as far as can be told."""
    url: str = ""
    http_status: int | None = None
    at: dt.datetime | None = None
    """When its last byte was here; None when nothing came that could be kept."""
    content: bytes = b""
    kind: str = ""
    charset: str = ""
    title: str = ""
    publisher: str = ""
    text: str = ""
    record: bytes = b""

    @property
    def sha256(self) -> str:
        """Of the bytes; "" when nothing came that could be kept."""
        return _digest(self.content) if self.at else ""

    @property
    def text_sha256(self) -> str:
        """Of the text; "" without any."""
        return _digest(self.text.encode()) if self.text else ""

    @property
    def record_sha256(self) -> str:
        """Of the record of how it came; "" for a file."""
        return _digest(self.record) if self.record else ""


def keep(brought: Brought) -> None:
    """Put what came on the disk for good. Raises `OSError`."""
    if brought.at:
        for content in (brought.content, brought.text.encode(), brought.record):
            if content or content is brought.content:
                storage.keep(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def from_address(url: str, policy: Policy, limits: Limits = LIMITS) -> Brought:
    """Fetch a source and read it. Never raises for what a server does."""
    try:
        fetched = retrieve(url, limits, policy, agent=agent())
    except FetchFailed as failure:
        return Brought(failure.problem, http_status=failure.status)
    if problem := problem_of_status(fetched.status):
        return Brought(
            _why_turned_away(fetched, problem), url=fetched.url, http_status=fetched.status
        )
    return from_fetched(fetched)


def from_fetched(fetched: Fetched) -> Brought:
    """A source that was fetched already, as it was read."""
    kind = kinds.kind_of(fetched.content, said=fetched.media_type)
    if kind is None:
        return Brought(Problem.TYPE_REFUSED, url=fetched.url, http_status=fetched.status)
    reading = read(fetched.content, kind, charset=fetched.charset)
    return replace(
        _read(fetched.content, kind, reading),
        problem=problem_of(reading, kind, requested=fetched.requested_url, url=fetched.url),
        url=fetched.url,
        http_status=fetched.status,
        charset=fetched.charset,
        record=record_of(fetched.steps),
    )


def from_file(content: bytes, kind: str, reading: Reading) -> Brought:
    """A file that somebody brought, as it was read."""
    problem = problem_of(reading, kind, requested="", url="")
    return replace(_read(content, kind, reading), problem=problem)


def problem_of(reading: Reading, kind: str, *, requested: str, url: str) -> Problem | None:
    """What is wrong with what came, None when it may be the source."""
    if reading.is_locked:
        return Problem.LOCKED
    if not reading.is_readable:
        return Problem.UNREADABLE
    if kind == kinds.HTML:
        return walls.problem_of(reading, requested=requested, url=url)
    # A picture and a scanned PDF have no text, and are sources all the same.
    return Problem.EMPTY if kind == kinds.PLAIN and not reading.text else None


def _read(content: bytes, kind: str, reading: Reading) -> Brought:
    return Brought(
        problem=None,
        at=timezone.now(),
        content=content,
        kind=kind,
        title=reading.title,
        publisher=reading.publisher,
        text=reading.text,
    )


def _why_turned_away(fetched: Fetched, problem: Problem) -> Problem:
    """Whether a refusal is a test for people, which a person can pass by hand."""
    if problem not in _TURNED_AWAY or fetched.media_type != kinds.HTML:
        return problem
    reading = read(fetched.content, kinds.HTML, charset=fetched.charset)
    found = walls.problem_of(reading, requested=fetched.requested_url, url=fetched.url)
    return found if found is Problem.CHALLENGE else problem


def agent() -> str:
    """The name under which the desk asks: the program's, and where the desk is if it is public."""
    host = settings.SOI_BASE_URL.partition("://")[2].partition("/")[0].partition(":")[0]
    about = "" if host in ("", "localhost", "127.0.0.1") else f"; +{settings.SOI_BASE_URL}/"
    return f"Mozilla/5.0 (compatible; Soi/{__version__}{about})"
