"""What the desk's own pages say and look up beside what all pages do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template

from soi.answer import wording
from soi.answer.complaints import reason

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
    """Why a capture failed, in the active language."""
    return Told(*reason(code))
