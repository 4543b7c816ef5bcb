"""Pure decisions about captures: how often to try, when to look again, what a look has found.

Nothing here reads the database, the clock or the network.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from soi.captures.problems import Problem
from soi.captures.reading import main_of
from soi.captures.types import Seen

LEASE: Final = dt.timedelta(minutes=10)
"""For so long what somebody works on is left to them; no fetch takes as long."""
TRIES: Final = 5
DRAWN_WITHIN: Final = dt.timedelta(hours=1)
"""After a capture its picture is taken, or never."""
GONE_AFTER: Final = 5
"""Looks in a row that find nothing out before a source counts as gone: three days and a half."""
_FIRST_PAUSE: Final = dt.timedelta(minutes=1)
_FIRST_PAUSE_OF_WATCH: Final = dt.timedelta(hours=1)
_LONGEST_PAUSE: Final = dt.timedelta(days=7)

_SAID_TO_BE_GONE: Final = frozenset({Problem.NOT_FOUND, Problem.GONE})


def pause_before_try(tries: int) -> dt.timedelta:
    """How long to wait after so many tries: a minute, eight, an hour, half a day."""
    times: int = 8 ** (tries - 1)
    return _FIRST_PAUSE * times


def pause_before_look(failures: int, hours: int) -> dt.timedelta:
    """How long to wait before the next look: the schedule, and after failures longer and longer."""
    schedule = dt.timedelta(hours=hours)
    if not failures:
        return schedule
    times: int = 4 ** min(failures - 1, 10)
    return min(_FIRST_PAUSE_OF_WATCH * times, max(_LONGEST_PAUSE, schedule))


@dataclass(frozen=True, slots=True)
class Version:
    """A source as it was found once."""

    url: str
    sha256: str
    text: str

    def says_the_same(self, other: Version) -> bool:
        """True if the main text is the same, or the bytes where there is no text.

        Bytes alone would not do: most pages carry something new at every visit.
        """
        if self.text or other.text:
            return main_of(self.text).split() == main_of(other.text).split()
        return self.sha256 == other.sha256

    def stands_where(self, other: Version) -> bool:
        """True if both were found at one address; scheme, `www.` and a final slash aside."""
        return _plain(self.url) == _plain(other.url)


def _plain(url: str) -> tuple[str, int | None, str, str]:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = None if parts.port in (80, 443) else parts.port
    return host, port, parts.path.rstrip("/"), parts.query


def is_failure(problem: Problem | None) -> bool:
    """True if a look found nothing out, not even that the source is gone."""
    return problem is not None and problem not in _SAID_TO_BE_GONE


def seen(problem: Problem | None, was: Version, now: Version, *, failures: int) -> Seen | None:
    """What a look has found, None when it failed; `failures` is how many failed before it."""
    if problem in _SAID_TO_BE_GONE:
        return Seen.GONE
    if problem is not None:
        return Seen.GONE if failures + 1 >= GONE_AFTER else None
    if not now.stands_where(was):
        return Seen.MOVED
    return Seen.SAME if now.says_the_same(was) else Seen.CHANGED
