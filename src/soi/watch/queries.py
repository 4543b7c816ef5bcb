"""All reads of known-scam lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from soi.core.formats import ScamKind
from soi.watch.models import ScamList, ScamName


@dataclass(frozen=True, slots=True)
class ScamRow:
    """One listed name with its list."""

    kind: ScamKind
    key: str
    listed_on: dt.date | None
    list_name: str
    list_url: str
    licence: str
    fetched_on: dt.date
    is_demo: bool


@dataclass(frozen=True, slots=True)
class ScamListRow:
    """One list and how many names it holds."""

    name: str
    url: str
    licence: str
    fetched_on: dt.date
    names: int


def scams_with_keys(kind: ScamKind, keys: Collection[str]) -> list[ScamRow]:
    """Every listing of any of `keys`, the earliest first; undated listings come last."""
    found = ScamName.objects.select_related("scam_list").filter(kind=kind, key__in=keys)
    rows = [
        ScamRow(
            kind=ScamKind(name.kind),
            key=name.key,
            listed_on=name.listed_on,
            list_name=name.scam_list.name,
            list_url=name.scam_list.url,
            licence=name.scam_list.licence,
            fetched_on=name.scam_list.fetched_on,
            is_demo=name.scam_list.is_demo,
        )
        for name in found
    ]
    return sorted(rows, key=lambda row: (row.listed_on or dt.date.max, row.list_name, row.key))


def scam_lists() -> list[ScamListRow]:
    """Every list, by name."""
    found = ScamList.objects.annotate(listed=Count("names")).order_by("name")
    return [ScamListRow(s.name, s.url, s.licence, s.fetched_on, s.listed) for s in found]


def scam_name_count() -> int:
    """How many names all lists hold together."""
    return ScamName.objects.count()
