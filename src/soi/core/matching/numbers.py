"""Read the quantities of a text: how much, and of what.

In: a reading. Out: quantities as a value and a unit, so that "2 triệu", "2tr", "2.000.000đ" and
"two million" are the same. Dates and times of day are read by `dates` and left out here. Nothing
here decides whether two texts agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from soi.core.matching.reading import Reading, Token

MAX_QUANTITIES: Final = 40
"""A text with more is a table, not a claim; reading stops there."""

_MAGNITUDES: Final = {
    "k": 1e3, "ngan": 1e3, "nghin": 1e3, "thousand": 1e3,
    "tr": 1e6, "trieu": 1e6, "million": 1e6, "cu": 1e6, "mil": 1e6,
    "ty": 1e9, "ti": 1e9, "billion": 1e9, "bn": 1e9,
    "tram": 1e2, "hundred": 1e2, "chuc": 1e1, "dozen": 12.0, "lit": 1e5, "xi": 1e5,
}  # fmt: skip
_MONEY_SLANG: Final = frozenset({"k", "cu", "tr", "lit", "xi"})
_UNITS: Final = {
    "%": "%", "percent": "%", "pct": "%", "phan tram": "%", "per cent": "%", "pc": "%",
    "d": "vnd", "dong": "vnd", "vnd": "vnd", "vnđ": "vnd", "usd": "usd", "dollars": "usd",
    "do": "degree", "degrees": "degree", "degree": "degree", "c": "degree", "celsius": "degree",
    "kg": "kg", "ky": "kg", "ki": "kg", "kilo": "kg", "kilos": "kg", "can": "kg", "kilograms": "kg",
    "g": "g", "gam": "g", "gram": "g", "grams": "g", "mg": "mg", "tan": "t", "tons": "t",
    "tonnes": "t", "km": "km", "cay so": "km", "kilometres": "km", "kilometers": "km", "m": "m",
    "met": "m", "metres": "m", "meters": "m", "cm": "cm", "mm": "mm", "ml": "ml", "lit": "l",
    "litres": "l", "liters": "l", "giay": "second", "seconds": "second", "second": "second",
    "s": "second", "phut": "minute", "minutes": "minute", "minute": "minute", "mins": "minute",
    "gio": "hour", "tieng": "hour", "h": "hour", "hours": "hour", "hour": "hour", "ngay": "day",
    "days": "day", "day": "day", "hom": "day", "bua": "day", "tuan": "week", "weeks": "week",
    "week": "week", "thang": "month", "months": "month", "month": "month", "nam": "year",
    "years": "year", "year": "year", "tuoi": "age", "years old": "age", "lan": "times",
    "times": "times", "cap": "level", "nguoi": "person", "people": "person", "persons": "person",
    "mang": "person", "con": "animal", "chau": "person", "em": "person", "hoc sinh": "person",
    "students": "person", "ve": "ticket", "to": "sheet", "goi": "pack", "packs": "pack",
}  # fmt: skip
_DIGIT_WORDS: Final = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7,
    "bẩy": 7, "tám": 8, "chín": 9, "mười": 10, "one": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_BARE_DIGIT_WORDS: Final = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
    "muoi": 10,
}  # fmt: skip
_FRACTIONS: Final = {
    ("phân", "nửa"): (50.0, "%"), ("một", "nửa"): (50.0, "%"), ("half",): (50.0, "%"),
    ("gấp", "đôi"): (2.0, "times"), ("gap", "doi"): (2.0, "times"), ("double",): (2.0, "times"),
    ("twice",): (2.0, "times"), ("gấp", "ba"): (3.0, "times"), ("triple",): (3.0, "times"),
    ("tripled",): (3.0, "times"), ("doubled",): (2.0, "times"), ("a", "third"): (100 / 3, "%"),
    ("một", "phần", "ba"): (100 / 3, "%"), ("một", "phần", "tư"): (25.0, "%"),
    ("a", "quarter"): (25.0, "%"), ("nửa",): (50.0, "%"), ("halved",): (50.0, "%"),
}  # fmt: skip
_SCALES: Final = {"t": ("kg", 1e3), "g": ("kg", 1e-3), "mg": ("kg", 1e-6), "km": ("m", 1e3),
                  "cm": ("m", 1e-2), "mm": ("m", 1e-3), "ml": ("l", 1e-3)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its unit ("" when the word after it is not a known unit).

    `hard` is False for a number in words that may be no number at all ("ba" is also "father"):
    such a one can agree with another but never contradicts it.
    """

    value: float
    unit: str
    noun: str
    first: int
    last: int
    hard: bool


def quantities(reading: Reading, taken: frozenset[int] = frozenset()) -> tuple[Quantity, ...]:
    """The quantities of a text in its order, at most 40; tokens in `taken` are dates."""
    found: list[Quantity] = []
    at = 0
    tokens = reading.tokens
    while at < len(tokens) and len(found) < MAX_QUANTITIES:
        quantity = None if at in taken else _at(tokens, at)
        if quantity is None:
            at += 1
            continue
        found.append(quantity)
        at = quantity.last + 1
    return tuple(found)


def _at(tokens: tuple[Token, ...], at: int) -> Quantity | None:
    """The quantity that begins at this token, None when none does."""
    for length in (3, 2, 1):
        phrase = tuple(token.text for token in tokens[at : at + length])
        if phrase in _FRACTIONS:
            value, unit = _FRACTIONS[phrase]
            return Quantity(value, unit, "", at, at + len(phrase) - 1, hard=True)
    if tokens[at].text[0].isdigit():
        return _digits(tokens, at)
    return _words(tokens, at)


def _digits(tokens: tuple[Token, ...], at: int) -> Quantity | None:
    if "/" in tokens[at].text:
        return _fraction(tokens, at)
    value = decimal(tokens[at].text)
    if value is None:
        return None
    last, value, money = _magnified(tokens, at, value)
    value, last = _and_a_half(tokens, last, value)
    return _with_unit(tokens, at, last, value, money=money, hard=True)


def _fraction(tokens: tuple[Token, ...], at: int) -> Quantity | None:
    parts = tokens[at].text.split("/")
    if len(parts) != 2 or not all(part.isdigit() for part in parts) or len(parts[1]) > 6:
        return None
    above, below = int(parts[0][:9]), int(parts[1])
    if not below or above > below:
        return None
    return Quantity(100 * above / below, "%", "", at, at, hard=True)


def _words(tokens: tuple[Token, ...], at: int) -> Quantity | None:
    """A number in words. One alone is soft unless a magnitude or a unit follows."""
    value = _digit_word(tokens[at])
    if value is None:
        return None
    last = at
    total = value
    while last + 1 < len(tokens) and last - at < 3:
        following = tokens[last + 1]
        if following.text in ("mươi", "muoi", "chục") and total < 10:
            total *= 10
        elif (digit := _digit_word(following)) is not None and digit < 10 <= total < 100:
            total += digit
        else:
            break
        last += 1
    end, magnified, money = _magnified(tokens, last, total)
    magnified, end = _and_a_half(tokens, end, magnified)
    certain = end > at or total >= 10
    return _with_unit(tokens, at, end, magnified, money=money, hard=certain)


def _digit_word(token: Token) -> float | None:
    value = _DIGIT_WORDS.get(token.text)
    if value is None and token.text == token.folded:
        value = _BARE_DIGIT_WORDS.get(token.text)
    return value


def _magnified(tokens: tuple[Token, ...], at: int, value: float) -> tuple[int, float, bool]:
    """Multiply by the magnitude words that follow; say whether they are slang for money."""
    money = False
    while at + 1 < len(tokens) and (factor := _MAGNITUDES.get(tokens[at + 1].folded)):
        word = tokens[at + 1].folded
        apart = tokens[at + 1].start > tokens[at].end
        if word in ("lit", "xi", "cu") and not (apart and value < 1000 and factor == 1e5):
            break
        value *= factor
        money = money or word in _MONEY_SLANG
        at += 1
        if at + 1 < len(tokens) and tokens[at + 1].start == tokens[at].end:
            rest = tokens[at + 1].text
            if rest.isdigit() and len(rest) == 1:  # "2tr5" is 2.5 million
                value += int(rest) * factor / 10
                at += 1
                break
    return at, value, money


def _and_a_half(tokens: tuple[Token, ...], at: int, value: float) -> tuple[float, int]:
    if at + 1 < len(tokens) and tokens[at + 1].text in ("rưỡi", "ruoi", "rưởi"):
        factor = _MAGNITUDES.get(tokens[at].folded, 1.0)
        return value + factor / 2, at + 1
    return value, at


def _with_unit(
    tokens: tuple[Token, ...], first: int, last: int, value: float, *, money: bool, hard: bool
) -> Quantity:
    noun = tokens[last + 1].folded if last + 1 < len(tokens) else ""
    pair = f"{noun} {tokens[last + 2].folded}" if last + 2 < len(tokens) else ""
    if pair in _UNITS:
        unit, last = _UNITS[pair], last + 2
    elif noun in _UNITS:
        unit, last = _UNITS[noun], last + 1
    else:
        unit = "vnd" if money else ""
    if unit in _SCALES:
        unit, scale = _SCALES[unit]
        value *= scale
    hard = hard or (unit not in ("", "animal", "person", "year") and value != 1)
    return Quantity(value, unit, noun, first, last, hard=hard and value > 0)


def decimal(text: str) -> float | None:
    """The value of digits with Vietnamese or English separators, None when they are no number.

    "2.000.000" and "2,000,000" are two million; a single separator before exactly three digits
    separates thousands, any other is the decimal sign.
    """
    if len(text) > 24 or ":" in text or "/" in text:
        return None
    groups = text.replace(",", ".").split(".")
    if not all(group.isdecimal() for group in groups):
        return None
    if len(groups) == 1:
        return float(groups[0])
    if all(len(group) == 3 for group in groups[1:]) and groups[0] != "0" and len(groups[0]) <= 3:
        return float("".join(groups))
    if len(groups) == 2:
        return float(f"{groups[0]}.{groups[1]}")
    return None
