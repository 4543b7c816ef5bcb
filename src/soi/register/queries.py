"""All reads of the register. Rows leave as frozen values, so that models stay private."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Q

from soi.core.formats import HoldingKind
from soi.core.lookalike import Brand
from soi.core.rows import Rows
from soi.journal.queries import last_mark
from soi.register import records
from soi.register.models import Holding, Organisation


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """A holding with its organisation, as other packages see it."""

    organisation: str
    """The organisation's slug."""
    organisation_name: str
    organisation_name_en: str
    kind: HoldingKind
    platform: str
    key: str
    value: str
    bank: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    compromised_from: dt.date | None
    verified_on: dt.date | None
    note: str
    is_demo: bool


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation as the directory lists it."""

    slug: str
    name: str
    name_en: str
    aliases: tuple[str, ...]
    holdings: int
    is_demo: bool


def _row(holding: Holding) -> HoldingRow:
    return HoldingRow(
        organisation=holding.organisation.slug,
        organisation_name=holding.organisation.name,
        organisation_name_en=holding.organisation.name_en,
        kind=HoldingKind(holding.kind),
        platform=holding.platform,
        key=holding.key,
        value=holding.value,
        bank=holding.bank,
        valid_from=holding.valid_from,
        valid_to=holding.valid_to,
        compromised_from=holding.compromised_from,
        verified_on=holding.verified_on,
        note=holding.note,
        is_demo=holding.is_demo,
    )


def _rows(where: Q) -> list[HoldingRow]:
    found = Holding.objects.filter(where).select_related("organisation")
    return [_row(holding) for holding in found.order_by("organisation__slug", "kind", "key")]


def holdings_with_keys(
    keys: Collection[tuple[HoldingKind, str]],
) -> dict[tuple[HoldingKind, str], list[HoldingRow]]:
    """The holdings by kind and look-up key, for those of `keys` that there are; one query."""
    by_kind: defaultdict[HoldingKind, set[str]] = defaultdict(set)
    for kind, key in keys:
        by_kind[kind].add(key)
    if not by_kind:
        return {}
    rows = _rows(reduce(or_, (Q(kind=kind, key__in=some) for kind, some in by_kind.items())))
    found: dict[tuple[HoldingKind, str], list[HoldingRow]] = {}
    for row in rows:
        found.setdefault((row.kind, row.key), []).append(row)
    return found


def holdings_of(slug: str) -> list[HoldingRow]:
    """Every holding of one organisation."""
    return _rows(Q(organisation__slug=slug))


def organisations(*, text: str = "") -> Rows[OrganisationRow]:
    """The directory by name, to be read page by page; `text` filters names and holdings."""
    found = Organisation.objects.annotate(owned=Count("holdings", distinct=True))
    if text:
        listed = Holding.objects.filter(value__icontains=text).values("organisation")
        found = found.filter(
            Q(name__icontains=text)
            | Q(name_en__icontains=text)
            | Q(slug__icontains=text)
            | Q(pk__in=listed)
        )
    ordered = found.order_by("name", "slug")
    return Rows(
        found.count,
        lambda start, stop: [_organisation_row(row, row.owned) for row in ordered[start:stop]],
    )


def organisation_with_slug(slug: str) -> OrganisationRow | None:
    """The organisation, or None."""
    found = Organisation.objects.annotate(owned=Count("holdings")).filter(slug=slug).first()
    return _organisation_row(found, found.owned) if found else None


def public_record(slug: str) -> records.Record | None:
    """What the desk publishes of an organisation, as its page and the public log have it."""
    found = Organisation.objects.filter(slug=slug).prefetch_related("holdings").first()
    return records.record_of(found) if found else None


def public_digests() -> Iterator[tuple[int, str]]:
    """The id of every organisation with the SHA-256 in hex of its public record."""
    return records.all_digests()


def public_digest(organisation_id: int) -> str:
    """The same for one organisation, "" when there is none."""
    return records.digests([organisation_id]).get(organisation_id, "")


def slugs_of(ids: Collection[int]) -> dict[int, str]:
    """The slugs of organisations by id; those that there are."""
    return dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "slug"))


def _organisation_row(organisation: Organisation, holdings: int) -> OrganisationRow:
    return OrganisationRow(
        slug=organisation.slug,
        name=organisation.name,
        name_en=organisation.name_en,
        aliases=tuple(organisation.aliases),
        holdings=holdings,
        is_demo=organisation.is_demo,
    )


def organisation_count() -> int:
    """How many organisations are registered."""
    return Organisation.objects.count()


def version() -> str:
    """Changes whenever the register does: what was compiled from it may be kept until then."""
    return last_mark("organisation")


def main_holdings(*, on: dt.date) -> dict[str, HoldingRow]:
    """By slug, where to send somebody who looks for the real one: what is in force on that day.

    A domain if there is one, else an account, else a phone number; of several the shortest.
    """
    ranks = {HoldingKind.DOMAIN: 0, HoldingKind.ACCOUNT: 1, HoldingKind.PHONE: 2}
    in_force = (
        (Q(compromised_from=None) | Q(compromised_from__gt=on))
        & (Q(valid_from=None) | Q(valid_from__lte=on))
        & (Q(valid_to=None) | Q(valid_to__gte=on))
    )
    rows = _rows(Q(kind__in=ranks) & in_force)
    rows.sort(key=lambda row: (ranks[row.kind], len(row.key), row.key), reverse=True)
    return {row.organisation: row for row in rows}


def brands() -> Iterable[Brand]:
    """Every organisation as the lookalike engine wants it, retired domains included.

    A retired domain is still not a lookalike of its old owner; that it is retired is said apart.
    """
    for organisation in Organisation.objects.prefetch_related("holdings").order_by("slug"):
        owned = list(organisation.holdings.all())
        yield Brand(
            id=organisation.slug,
            display=organisation.name,
            tokens=(organisation.slug.replace("-", ""),),
            aliases=tuple(organisation.aliases),
            hosts=tuple(h.key for h in owned if h.kind == HoldingKind.DOMAIN),
            handles=tuple(h.key for h in owned if h.kind == HoldingKind.ACCOUNT),
        )
