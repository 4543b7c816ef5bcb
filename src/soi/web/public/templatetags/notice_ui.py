"""Filters of the pages of notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import get_language

from soi.incidents.types import NoticeRow

register = template.Library()


@register.filter
def at(found: Mapping[Any, Any], key: object) -> Any:
    """What stands under a key, None where nothing does."""
    return found.get(key)


@register.filter
def own_words(notice: NoticeRow) -> str:
    """The organisation's own sentence in the reader's language, "" for none."""
    return (get_language() == "en" and notice.words_en) or notice.words
