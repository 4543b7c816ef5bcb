"""Filters of the desk's own pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from soi.answer import wording

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
