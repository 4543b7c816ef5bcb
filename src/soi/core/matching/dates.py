"""Read the dates, days of the week and times of day of a text.

In: a reading. Out: dates with the parts that were given (day, month, year), days of the week and
hours of the day; "1/10", "ngày 1 tháng 10", "mùng 1 tháng 10" and "October 1" are the same. Nothing
here knows what day it is, and nothing here compares.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from soi.core.matching.reading import Reading, Token

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march", "april apr", "may", "june jun", "july jul",
            "august aug", "september sep sept", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH_WORDS: Final = {
    "giêng": 1, "một": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8,
    "chín": 9, "mười": 10, "chạp": 12,
}  # fmt: skip
_WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (
            "monday mon", "tuesday tue tues", "wednesday wed", "thursday thu thurs",
            "friday fri", "saturday sat", "sunday sun cn",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_SHORT: Final = frozenset(name for name in _WEEKDAYS if len(name) <= 3)
"""Short names of days that are other words, too: they need a word beside them that leads to a day.
"sat" is what a cat did."""
_AFTER_THU: Final = {
    "hai": 1, "2": 1, "ba": 2, "3": 2, "tư": 3, "tu": 3, "4": 3, "năm": 4, "nam": 4, "5": 4,
    "sáu": 5, "sau": 5, "6": 5, "bảy": 6, "bay": 6, "7": 6,
}  # fmt: skip
_LEADS_TO_DAY: Final = frozenset({
    "sang", "chieu", "toi", "trua", "dem", "vao", "tu", "den", "het", "moi", "cac", "ca", "hom",
    "on", "every", "this", "next", "last", "until",
})  # fmt: skip
_FOLLOWS_DAY: Final = frozenset({
    "nay", "toi", "tuan", "va", "hang", "morning", "afternoon", "evening", "night",
})  # fmt: skip
_PARTS_OF_DAY: Final = {
    "sang": 0, "chieu": 12, "toi": 12, "dem": 12, "trua": 12, "am": 0, "pm": 12,
}  # fmt: skip
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_MAX_DATES: Final = 40


@dataclass(frozen=True, slots=True)
class Date:
    """What was given of a date; the rest is None. `hour` stands alone for a time of day."""

    day: int | None
    month: int | None
    year: int | None
    hour: int | None
    first: int
    last: int
    weekday: int | None = None
    """1 is Monday, 7 Sunday; stands alone."""


def dates(reading: Reading) -> tuple[Date, ...]:
    """The dates and times of day of a text in its order, at most 40."""
    found: list[Date] = []
    at = 0
    while at < len(reading.tokens) and len(found) < _MAX_DATES:
        date = _at(reading.tokens, at)
        if date is None:
            at += 1
            continue
        found.append(date)
        at = date.last + 1
    return tuple(found)


def tokens_of(found: tuple[Date, ...]) -> frozenset[int]:
    """The places of the tokens that the dates are made of."""
    return frozenset(at for date in found for at in range(date.first, date.last + 1))


def _at(tokens: tuple[Token, ...], at: int) -> Date | None:
    return (
        _weekday(tokens, at)
        or _slashed(tokens, at)
        or _vietnamese(tokens, at)
        or _english(tokens, at)
        or _year(tokens, at)
        or _hour(tokens, at)
    )


def _weekday(tokens: tuple[Token, ...], at: int) -> Date | None:
    """Thứ bảy tuần này, chủ nhật, Sunday. "Thứ ba" alone may be the third of something."""
    word = tokens[at].folded
    after = [token.folded for token in tokens[at + 1 : at + 3]] + ["", ""]
    if (word, after[0]) == ("chu", "nhat"):
        return Date(None, None, None, None, at, at + 1, 7)
    before = tokens[at - 1].folded if at else ""
    if word == "thu" and (day := _AFTER_THU.get(after[0])):
        is_day = before in _LEADS_TO_DAY or after[1] in _FOLLOWS_DAY
        return Date(None, None, None, None, at, at + 1, day) if is_day else None
    named = _WEEKDAYS.get(word)
    if named is None:
        return None
    if word in _SHORT and before not in _LEADS_TO_DAY and after[0] not in _FOLLOWS_DAY:
        return None
    return Date(None, None, None, None, at, at, named)


def _slashed(tokens: tuple[Token, ...], at: int) -> Date | None:
    """12/6 or 12/6/2025. "1/3" may be a third: a date needs a word that leads to one."""
    match = _SLASHED.fullmatch(tokens[at].text)
    if not match:
        return None
    day, month = int(match[1]), int(match[2])
    before = tokens[at - 1].folded if at else ""
    leads = {"ngay", "tu", "den", "toi", "truoc", "sau", "hom", "sang", "dem", "chieu", "trua"}
    leads |= {"mung", "on", "from", "since", "until", "before", "by", "vao", "qua", "het"}
    if month > 12 or not 1 <= day <= 31 or not month:
        return None
    if match[3] is None and day < month and month <= 10 and before not in leads:
        return None
    year = int(match[3]) if match[3] else None
    if year is not None and year < 100:
        year += 2000
    return Date(day, month, year, None, at, at)


def _vietnamese(tokens: tuple[Token, ...], at: int) -> Date | None:
    """Ngày 1 tháng 10 (năm 2025), mùng 1 tháng 10, tháng 7; "7 tháng" is a duration."""
    word = tokens[at].folded
    if word in ("ngay", "mung", "mong", "hom") and (day := _number(tokens, at + 1, 31)):
        after = tokens[at + 2].folded if at + 2 < len(tokens) else ""
        if after == "thang" and (month := _month(tokens, at + 3)):
            year, last = _following_year(tokens, at + 3)
            return Date(day, month, year, None, at, last)
        if word in ("mung", "mong", "ngay"):
            return Date(day, None, None, None, at, at + 1)
    if word in ("thang", "thag") and (month := _month(tokens, at + 1)):
        year, last = _following_year(tokens, at + 1)
        return Date(None, month, year, None, at, last)
    return None


def _month(tokens: tuple[Token, ...], at: int) -> int | None:
    month = _number(tokens, at, 12)
    if month is None and at < len(tokens):
        month = _MONTH_WORDS.get(tokens[at].text)
    return month


def _following_year(tokens: tuple[Token, ...], at: int) -> tuple[int | None, int]:
    """The year after the token `at` ("năm 2025", ", 2025"), and the last token read."""
    for step in (1, 2):
        if (year := _number(tokens, at + step, 2100)) and year >= 1900:
            return year, at + step
    return None, at


def _english(tokens: tuple[Token, ...], at: int) -> Date | None:
    """July 7, 7 July, July 2025, or a month alone ("may" and "march" only with a number)."""
    month = _MONTHS.get(tokens[at].text)
    if month is None:
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        day = _number(tokens, at, 31)
        if day and after in _MONTHS:
            year, last = _following_year(tokens, at + 1)
            return Date(day, _MONTHS[after], year, None, at, last)
        return None
    if day := _number(tokens, at + 1, 31):
        year, last = _following_year(tokens, at + 1)
        return Date(day, month, year, None, at, last)
    if (year := _number(tokens, at + 1, 2100)) and year >= 1900:
        return Date(None, month, year, None, at, at + 1)
    if tokens[at].text in ("may", "march", "mar", "jan", "jun") or not tokens[at].capital:
        return None
    return Date(None, month, None, None, at, at)


def _year(tokens: tuple[Token, ...], at: int) -> Date | None:
    year = _number(tokens, at, 2100)
    if not year or year < 1900 or len(tokens[at].text) != 4:
        return None
    before = tokens[at - 1].folded if at else ""
    if before in ("nam", "in", "since", "year", "tu", "until", "from", "of", "by"):
        return Date(None, None, year, None, at, at)
    return None


def _hour(tokens: tuple[Token, ...], at: int) -> Date | None:
    """8h sáng, 20 giờ tối, 20h30, 8 am. Without a part of the day "8 giờ" is a duration."""
    hour = _number(tokens, at, 24)
    if hour is None or at + 1 >= len(tokens):
        return None
    next_ = tokens[at + 1].folded
    if next_ in ("am", "pm"):
        return Date(None, None, None, hour % 12 + _PARTS_OF_DAY[next_], at, at + 1)
    if next_ not in ("h", "gio", "g"):
        return None
    last = at + 1
    minutes = last + 1 < len(tokens) and _number(tokens, last + 1, 59) is not None
    if minutes and tokens[last + 1].start == tokens[last].end:
        last += 1
    part = tokens[last + 1].folded if last + 1 < len(tokens) else ""
    before = tokens[at - 1].folded if at else ""
    if part in _PARTS_OF_DAY:
        shift = _PARTS_OF_DAY[part] if hour < 12 and not (part == "trua" and hour > 9) else 0
        return Date(None, None, None, (hour + shift) % 24, at, last + 1)
    if before in ("luc", "tu", "den", "toi", "truoc", "sau", "at") or last > at + 1:
        return Date(None, None, None, hour % 24, at, last)
    return None


def _number(tokens: tuple[Token, ...], at: int, most: int) -> int | None:
    if not 0 <= at < len(tokens) or not tokens[at].text.isdecimal() or len(tokens[at].text) > 4:
        return None
    number = int(tokens[at].text)
    return number if 1 <= number <= most else None
