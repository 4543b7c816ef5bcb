"""Read a day from the many ways in which publishers write one.

In: a string or number. Out: a `date`, or None when it cannot be read, is written in a way that
means two things, or cannot be right. The day is taken as written; time zones never move it.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from email.utils import parsedate

EARLIEST = dt.date(1900, 1, 1)
"""Days before this are typing errors or the zero of some machine."""
FUTURE_DAYS = 2
"""A day further ahead than this is implausible; two days cover every time zone and clock."""

_TEXT_LIMIT = 100
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sep sept", "october oct", "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ,].*)?", re.DOTALL)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T[0-9]{2}.*)?", re.DOTALL)
_DAY_FIRST = re.compile(r"(?:.*?\s)??([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})(?:[ ,].*)?")
_VIETNAMESE = re.compile(
    r"(?:.*?\s)??(?:ngày )?([0-9]{1,2}) ?tháng ([0-9]{1,2})(?:,| năm|, năm)? ([0-9]{4})\b.*"
)
_DAY_MONTH = re.compile(r"(?:[a-z]+,? )?([0-9]{1,2})(?:st|nd|rd|th)? ([a-z]+)\.?,? ([0-9]{4})\b.*")
_MONTH_DAY = re.compile(r"(?:[a-z]+, )?([a-z]+)\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})\b.*")
_EPOCH = re.compile(r"-?[0-9]{9,13}(?:\.[0-9]+)?")
_MILLISECONDS_FROM = 1e11


def read_date(value: object, *, today: dt.date) -> dt.date | None:
    """Return the day, None unless it lies between 1900 and `FUTURE_DAYS` after `today`.

    Read are ISO 8601, RFC 2822, "26 May 2015", "May 26, 2015", "ngày 26 tháng 5 năm 2015",
    dd/mm/yyyy, and seconds or milliseconds since 1970. "05/26/2015" is read, since it means one
    thing only; "05/06/2015" is 5 June, as in Vietnam and most of the world.
    """
    day = read_any_date(value)
    if day is None or not EARLIEST <= day <= today + dt.timedelta(days=FUTURE_DAYS):
        return None
    return day


def read_any_date(value: object) -> dt.date | None:
    """Return the day that is written, however implausible."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _from_epoch(float(value)) if abs(value) < 1e14 else None
    if not isinstance(value, str) or len(value) > _TEXT_LIMIT:
        return None
    text = " ".join(value.split())
    if _EPOCH.fullmatch(text):
        return _from_epoch(float(text))
    return _from_digits(text) or _from_words(text.lower()) or _from_rfc2822(text)


def _from_digits(text: str) -> dt.date | None:
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = map(int, match.groups())
        return _day(year, month, day)
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, match.groups())
        return _day(year, month, day) or _day(year, day, month)
    return None


def _from_words(text: str) -> dt.date | None:
    if match := _VIETNAMESE.fullmatch(text):
        day, month, year = map(int, match.groups())
        return _day(year, month, day)
    if match := _DAY_MONTH.fullmatch(text):
        return _day(int(match[3]), _MONTHS.get(match[2], 0), int(match[1]))
    if match := _MONTH_DAY.fullmatch(text):
        return _day(int(match[3]), _MONTHS.get(match[1], 0), int(match[2]))
    return None


def _from_rfc2822(text: str) -> dt.date | None:
    try:
        parsed = parsedate(text)
    except (ValueError, IndexError, TypeError):
        return None
    return _day(*parsed[:3]) if parsed else None


def _from_epoch(number: float) -> dt.date | None:
    if not math.isfinite(number) or abs(number) < 1e8:
        return None
    seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
    try:
        return (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)).date()
    except OverflowError:
        return None


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except (ValueError, OverflowError):
        return None
