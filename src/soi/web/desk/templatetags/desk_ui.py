"""What the desk's own pages say and look up beside what all pages do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils import formats

from soi.answer import wording
from soi.answer.complaints import reason
from soi.intake.grouping.queries import Trend

register = template.Library()
register.simple_tag(wording.imitation_lines)


@register.filter
def at(found: Mapping[Any, Any], key: object) -> Any:
    """What stands under a key, None where nothing does."""
    return found.get(key)


@register.filter
def tip_number(source: str) -> int | None:
    """The number of the tip in which a name was seen, None for another source."""
    kind, _, number = source.partition(":")
    return int(number) if kind == "tip" and number.isdecimal() and len(number) < 19 else None


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, why, what to do."""

    what: str
    why: str
    next: str


@register.simple_tag
def problem(code: str) -> Told:
    """Why a capture or a source failed, in the active language."""
    return Told(*reason(code))


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of a trend, as a rectangle in a drawing of 20 by 5 for each day."""

    x: int
    y: int
    height: int


@register.filter
def bars(trend: Trend) -> list[Bar]:
    """A bar for each day; a day with tips is always seen."""
    most = max(1, trend.most)
    heights = [0 if not times else max(2, round(20 * times / most)) for _, times in trend.days]
    return [Bar(5 * place, 20 - height, height) for place, height in enumerate(heights)]


@register.filter
def factor(number: float) -> str:
    """A factor as people compare it: two digits that count."""
    if number >= 100:
        return formats.number_format(round(number), force_grouping=True)
    return formats.number_format(number, decimal_pos=1 if number >= 10 else 2)


@register.filter
def share(number: float) -> str:
    """A probability in per cent, never 0 and never 100."""
    return f"{min(99, max(1, round(100 * number)))} %"


@register.filter
def speakable(language: str) -> bool:
    """True for the code of a language that a screen reader can choose."""
    return language not in ("", "other", "und")
