"""Which numbers could be taken for another: one digit wrong, missing, too many, or two swapped.

In: a phone number in E.164 or the digits of a bank account. Out: the numbers that it could be a
slip or an imitation of. Nothing here knows whose a number is. Short numbers give none: hotlines and
short codes lie so close together that their neighbours are other organisations' own.
"""

from __future__ import annotations

from collections.abc import Iterator

FEWEST = 8
"""Digits that a number must have, its country code not counted."""
MOST = 19
"""The longest number there is (ISO/IEC 7812); E.164 ends at 15."""
_HOTLINES = ("1800", "1900")
_DIGITS = "0123456789"
_HOME = "+84"


def near_numbers(number: str) -> frozenset[str]:
    """All numbers that differ from this one by one slip; the country code stays.

    About 220 for ten digits; none for hotlines, for what is shorter than `FEWEST` digits or longer
    than `MOST`, and for what holds anything but digits after a leading plus.
    """
    head = _HOME if number.startswith(_HOME) else number[:3] if number.startswith("+") else ""
    digits = number[len(head) :]
    if not FEWEST <= len(digits) <= MOST or not digits.isascii() or not digits.isdigit():
        return frozenset()
    if not head and digits.startswith(_HOTLINES):
        return frozenset()
    return frozenset(head + slip for slip in _slips(digits)) - {number}


def _slips(digits: str) -> Iterator[str]:
    for i, digit in enumerate(digits):
        left, right = digits[:i], digits[i + 1 :]
        yield left + right
        yield left + right[:1] + digit + right[1:]
        for other in _DIGITS:
            yield left + other + right
            yield left + other + digit + right
    yield from (digits + other for other in _DIGITS)
