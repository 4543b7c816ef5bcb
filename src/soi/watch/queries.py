"""All reads of known-scam lists."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Q

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


def scams_with_keys(
    keys: Collection[tuple[ScamKind, str]],
) -> dict[tuple[ScamKind, str], list[ScamRow]]:
    """By kind and key, every listing of any of `keys`, the earliest first; one query.

    Undated listings come last.
    """
    by_kind: defaultdict[ScamKind, set[str]] = defaultdict(set)
    for kind, key in keys:
        by_kind[kind].add(key)
    if not by_kind:
        return {}
    asked = reduce(or_, (Q(kind=kind, key__in=some) for kind, some in by_kind.items()))
    rows = [_row(name) for name in ScamName.objects.select_related("scam_list").filter(asked)]
    rows.sort(key=lambda row: (row.listed_on or dt.date.max, row.list_name, row.key))
    found: dict[tuple[ScamKind, str], list[ScamRow]] = {}
    for row in rows:
        found.setdefault((row.kind, row.key), []).append(row)
    return found


def _row(name: ScamName) -> ScamRow:
    return ScamRow(
        kind=ScamKind(name.kind),
        key=name.key,
        listed_on=name.listed_on,
        list_name=name.scam_list.name,
        list_url=name.scam_list.url,
        licence=name.scam_list.licence,
        fetched_on=name.scam_list.fetched_on,
        is_demo=name.scam_list.is_demo,
    )


def scam_lists() -> list[ScamListRow]:
    """Every list, by name."""
    found = ScamList.objects.annotate(listed=Count("names")).order_by("name")
    return [ScamListRow(s.name, s.url, s.licence, s.fetched_on, s.listed) for s in found]


def scam_name_count() -> int:
    """How many names all lists hold together."""
    return ScamName.objects.count()
