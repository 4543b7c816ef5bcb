"""Pure decisions about sources: which addresses, whose checks, when again, what has shrunk.

Nothing here reads the database, the network or the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from soi.core.formats import CheckRecord, Code, Refusal
from soi.core.formats.dates import FUTURE_DAYS
from soi.core.formats.hosts import UnusableUrlError, same_owner, web_url, without_www
from soi.publishing.errors import SourceInvalid
from soi.publishing.importing import not_allowed

HOURS: Final = (1, 24 * 30)
"""The least and the most between two looks."""
SITES: Final = 200
FIRST_PAUSE: Final = dt.timedelta(minutes=5)
LONGEST_PAUSE: Final = dt.timedelta(hours=24)
READ_AGAIN: Final = dt.timedelta(days=7)
"""After so long a page is read again though its list says nothing new of it."""
_SPREAD = 0.1
_SHRUNK_FROM = 10
"""Below so many records half of them are no sign of anything."""


def source_address(url: str) -> str:
    """The address as it is kept. Raises `SourceInvalid`."""
    try:
        return web_url(url).url
    except UnusableUrlError as error:
        raise SourceInvalid("That is no address of the public web.", field="url") from error


def site_names(sites: Sequence[str], url: str) -> list[str]:
    """The hosts that a source may bring checks of; by default the one that it lies on.

    Raises `SourceInvalid`.
    """
    given = sites or [urlsplit(url).hostname or ""]
    found = sorted({without_www(each.strip().lower().rstrip("/")) for each in given})
    if len(found) > SITES:
        raise SourceInvalid(f"A source brings checks of at most {SITES} publishers.", field="sites")
    return found


def hours(every: int) -> int:
    """The same number. Raises `SourceInvalid` for one that is out of range."""
    least, most = HOURS
    if not least <= every <= most:
        raise SourceInvalid(f"Hours are from {least} to {most}.", field="every_hours")
    return every


def may_come_from(asked: str, found: str) -> bool:
    """True if a redirect from one to the other stays with the owner, and with TLS."""
    one, other = urlsplit(asked), urlsplit(found)
    is_weaker = one.scheme == "https" and other.scheme != "https"
    return not is_weaker and same_owner(one.hostname or "", other.hostname or "")


def is_page_of(url: str, sites: Collection[str]) -> bool:
    """True if the page stands with one of the publishers."""
    host = urlsplit(url).hostname or ""
    return any(same_owner(host, site) for site in sites)


def judge(
    record: CheckRecord, *, sites: Collection[str], allowed: Collection[str], today: dt.date
) -> Refusal | None:
    """Why a source may not bring this check, None if it may."""
    site = record.publisher_site
    if site not in allowed:
        return not_allowed(record)
    if site not in sites:
        why = f"{site} is not one of the publishers of this source."
        return Refusal(record.position, Code.PUBLISHER_NOT_NAMED, why, record.url[:200])
    if day := _ahead(record, today):
        why = f"It is dated {day.isoformat()}, the desk is at {today.isoformat()}."
        return Refusal(record.position, Code.DATE_AHEAD, why, record.url[:200])
    return None


def without_dates_ahead(record: CheckRecord, *, today: dt.date) -> CheckRecord:
    """The check without those of its dates that lie in the future."""
    last = today + dt.timedelta(days=FUTURE_DAYS)

    def kept(day: dt.date | None) -> dt.date | None:
        return day if day and day <= last else None

    return replace(
        record,
        claimed_on=kept(record.claimed_on),
        published_on=kept(record.published_on),
        modified_on=kept(record.modified_on),
    )


_DATES = ("claimed_on", "published_on", "modified_on")


def _ahead(record: CheckRecord, today: dt.date) -> dt.date | None:
    last = today + dt.timedelta(days=FUTURE_DAYS)
    days = (getattr(record, name) for name in _DATES)
    return next((day for day in days if day and day > last), None)


def pause(every_hours: int, *, failures: int, chance: float) -> dt.timedelta:
    """How long to wait until the next look; `chance`, from 0 to 1, spreads looks of many desks.

    After failures the pause doubles each time, up to a day; never longer than between two looks
    that succeed, unless that is short.
    """
    if not failures:
        return dt.timedelta(hours=every_hours) * (1 - _SPREAD + 2 * _SPREAD * chance)
    doubled: dt.timedelta = FIRST_PAUSE * 2 ** min(failures - 1, 12)
    return min(doubled, LONGEST_PAUSE) * (0.5 + chance)


def has_shrunk(before: int, now: int) -> bool:
    """True if less than half of what there was is left: cut off, emptied, or another file."""
    return before >= _SHRUNK_FROM and now * 2 < before
