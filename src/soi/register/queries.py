"""All reads of the register that others make. Rows leave as frozen values; models stay private.

What is only proposed is in none of them but those that say so: nobody has confirmed it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache, reduce
from operator import or_

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from soi.core.formats import HoldingKind, HoldingRecord, HoldingState
from soi.core.lookalike import Brand, Register, compile_register, lists_with
from soi.core.rows import Rows
from soi.journal.queries import last_stamp
from soi.register import records, rules
from soi.register.errors import HoldingUnknown, OrganisationUnknown
from soi.register.models import Change, FormerName, Holding, Organisation
from soi.register.probes import holds_any
from soi.register.types import (
    ChangeRow,
    HoldingRow,
    OrganisationRow,
    Period,
    PeriodKind,
    Standing,
)
from soi.register.types import (
    FormerName as FormerNameRow,
)

__all__ = ["HoldingRow", "OrganisationRow"]

KnownAs = tuple[HoldingKind, str]
"""A kind and a look-up key."""

_PUBLIC = ~Q(state=HoldingState.PROPOSED.value) | Q(lapsed_from__isnull=False)
"""What was once confirmed stays in the directory: it was theirs on some days."""


def row_of(holding: Holding, *, with_history: bool = False) -> HoldingRow:
    """The holding as others see it; its history costs two queries unless it was fetched before."""
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
        id=holding.pk,
        state=HoldingState(holding.state),
        platform_id=holding.platform_id,
        handed_to=holding.handed_to.slug if holding.handed_to else "",
        is_vouched=holding.is_vouched,
        unproved_since=holding.unproved_since,
        doubted_from=holding.doubted_from,
        lapsed_from=holding.lapsed_from,
        proved_by=tuple(holding.proved_by),
        periods=_periods(holding) if with_history else (),
        former_names=_former_names(holding) if with_history else (),
    )


def _periods(holding: Holding) -> tuple[Period, ...]:
    found = sorted(holding.periods.all(), key=lambda each: (each.until, each.pk))
    return tuple(Period(PeriodKind(each.kind), each.since, each.until) for each in found)


def _former_names(holding: Holding) -> tuple[FormerNameRow, ...]:
    found = sorted(holding.former_names.all(), key=lambda each: (each.until, each.pk))
    return tuple(FormerNameRow(e.value, e.key, e.since, e.until) for e in found)


def _holdings(where: Q) -> QuerySet[Holding]:
    return _in_any_order(where).order_by("organisation__slug", "kind", "key", "pk")


def _in_any_order(where: Q) -> QuerySet[Holding]:
    return Holding.objects.filter(where).select_related("organisation", "handed_to")


def holdings_with_keys(keys: Collection[KnownAs]) -> dict[KnownAs, list[HoldingRow]]:
    """The holdings by kind and look-up key, for those of `keys` that there are.

    One query, two when there are any, and one more when accounts are among them: an account is
    also found under a name that it had, as one that ended with that name. What is only proposed
    is left out.
    """
    by_kind: defaultdict[HoldingKind, set[str]] = defaultdict(set)
    for kind, key in keys:
        by_kind[kind].add(key)
    if not by_kind:
        return {}
    if HoldingKind.ACCOUNT not in by_kind and not holds_any(Holding, by_kind):
        return {}
    where = reduce(or_, (Q(kind=kind, key__in=some) for kind, some in by_kind.items()))
    found: dict[KnownAs, list[HoldingRow]] = {}
    rows = [row_of(each) for each in _in_any_order(where & ~Q(state=HoldingState.PROPOSED.value))]
    # A handful: the database's own order would take a fifth of the whole look-up to ask for.
    for row in sorted(rows, key=lambda each: (each.organisation, each.kind, each.key, each.id)):
        found.setdefault((row.kind, row.key), []).append(row)
    if accounts := by_kind.get(HoldingKind.ACCOUNT):
        for row in _under_former_names(accounts):
            found.setdefault((HoldingKind.ACCOUNT, row.key), []).append(row)
    return found


def _under_former_names(keys: Collection[str]) -> Iterable[HoldingRow]:
    former = FormerName.objects.filter(key__in=keys).select_related(
        "holding__organisation", "holding__handed_to"
    )
    never_confirmed = Q(holding__state=HoldingState.PROPOSED.value, holding__lapsed_from=None)
    for name in former.exclude(never_confirmed).order_by("pk"):
        holding = name.holding
        holding.value, holding.key = name.value, name.key
        holding.valid_from = name.since or holding.valid_from
        holding.valid_to = min(filter(None, (name.until, holding.valid_to)))
        holding.doubted_from, holding.state = None, HoldingState.RETIRED.value
        yield row_of(holding)


def holdings_of(slug: str) -> list[HoldingRow]:
    """Every holding of one organisation that is or was confirmed."""
    return [row_of(each) for each in _holdings(Q(organisation__slug=slug) & _PUBLIC)]


def history_of(slug: str) -> list[HoldingRow]:
    """The same with former names and past periods."""
    found = _holdings(Q(organisation__slug=slug) & _PUBLIC)
    return [row_of(each, with_history=True) for each in _with_history(found)]


def _with_history(found: QuerySet[Holding]) -> QuerySet[Holding]:
    return found.prefetch_related("periods", "former_names")


def official_holdings(slugs: Collection[str], *, on: dt.date) -> list[HoldingRow]:
    """Sites and accounts of these organisations that are confirmed, in use and theirs on that day.

    One query, none for no organisation.
    """
    if not slugs:
        return []
    found = _holdings(
        Q(
            organisation__slug__in=slugs,
            kind__in=[HoldingKind.DOMAIN, HoldingKind.SUBDOMAIN, HoldingKind.ACCOUNT],
            state__in=[HoldingState.VERIFIED, HoldingState.ACTIVE],
        )
    )
    rows = [row_of(each) for each in found]
    return [row for row in rows if rules.standing(row, on) is Standing.OFFICIAL]


def all_holdings_of(slug: str) -> list[HoldingRow]:
    """Every holding of one organisation, also what is only proposed: for its keepers."""
    return [row_of(each) for each in _holdings(Q(organisation__slug=slug))]


def records_of(slug: str, *, with_proposed: bool = False) -> list[HoldingRecord]:
    """An organisation's holdings as its CSV file writes them."""
    organisation = known_organisation(slug)
    rows = all_holdings_of(slug) if with_proposed else holdings_of(slug)
    return [
        HoldingRecord(
            organisation=row.organisation,
            name=row.organisation_name,
            name_en=row.organisation_name_en,
            kind=row.kind,
            platform=row.platform,
            value=row.value,
            bank=row.bank,
            aliases=organisation.aliases,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            compromised_from=row.compromised_from,
            verified_on=row.verified_on,
            note=row.note,
            state=row.state,
            platform_id=row.platform_id,
            handed_to=row.handed_to,
        )
        for row in rows
    ]


def holding_with_id(slug: str, holding_id: int) -> HoldingRow:
    """One holding of an organisation with its history. Raises `HoldingUnknown`."""
    found = None
    if 0 < holding_id < 2**63:
        found = _holdings(Q(organisation__slug=slug, pk=holding_id)).first()
    if found is None:
        raise HoldingUnknown(f"{slug} has no holding {holding_id}.", holding=holding_id)
    return row_of(found, with_history=True)


def standings_on(keys: Collection[KnownAs], day: dt.date) -> list[tuple[HoldingRow, Standing]]:
    """Whose the names were on that day and how they stood; nobody's are left out.

    An account is found under the name that it had on that day and under no other.
    """
    by_kind: defaultdict[HoldingKind, set[str]] = defaultdict(set)
    for kind, key in keys:
        by_kind[kind].add(key)
    if not by_kind:
        return []
    where = reduce(
        or_,
        (
            Q(kind=k, key__in=some) | Q(kind=k, former_names__key__in=some)
            for k, some in by_kind.items()
        ),
    )
    found: list[tuple[HoldingRow, Standing]] = []
    for holding in _with_history(_holdings(where & _PUBLIC).distinct()):
        row = row_of(holding, with_history=True)
        if name_on(row, day) in by_kind[row.kind]:
            found.append((row, rules.standing(row, day, row.periods)))
        elif row.key in by_kind[row.kind]:
            # A new name that nobody has confirmed is nobody's word of what is to come.
            is_confirmed = row.state is not HoldingState.PROPOSED
            found.append((row, Standing.COMING if is_confirmed else Standing.PROPOSED))
        else:
            found.append((row, Standing.ENDED))
    return [each for each in found if each[1] is not Standing.PROPOSED]


def compromised_ids(holding_ids: Collection[int]) -> set[int]:
    """Of these holdings, those that are in other hands today; one query, none for none."""
    if not holding_ids:
        return set()
    taken = Holding.objects.filter(pk__in=holding_ids, state=HoldingState.COMPROMISED.value)
    return set(taken.values_list("pk", flat=True))


def name_on(row: HoldingRow, day: dt.date) -> str:
    """The look-up key that an account had on that day; needs the row's former names."""
    for former in row.former_names:
        if day <= former.until:
            return former.key
    return row.key


def organisations(*, text: str = "", slugs: Collection[str] | None = None) -> Rows[OrganisationRow]:
    """The directory by name, to be read page by page; `text` filters names and holdings.

    With `slugs` only these organisations.
    """
    owned = Count("holdings", filter=_public_holdings(), distinct=True)
    found = Organisation.objects.annotate(owned=owned)
    if slugs is not None:
        found = found.filter(slug__in=slugs)
    if text:
        listed = Holding.objects.filter(_PUBLIC, value__icontains=text).values("organisation")
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


def organisations_after(slug: str = "", *, text: str = "", limit: int) -> list[OrganisationRow]:
    """The next organisations by short name, which never changes; `text` filters names."""
    owned = Count("holdings", filter=_public_holdings())
    found = Organisation.objects.annotate(owned=owned).filter(slug__gt=slug)
    if text:
        found = found.filter(
            Q(name__icontains=text) | Q(name_en__icontains=text) | Q(slug__icontains=text)
        )
    return [_organisation_row(row, row.owned) for row in found.order_by("slug")[:limit]]


def _public_holdings() -> Q:
    return ~Q(holdings__state=HoldingState.PROPOSED.value) | Q(holdings__lapsed_from__isnull=False)


def organisation_with_slug(slug: str) -> OrganisationRow | None:
    """The organisation, or None."""
    owned = Count("holdings", filter=_public_holdings())
    found = Organisation.objects.annotate(owned=owned).filter(slug=slug).first()
    return _organisation_row(found, found.owned) if found else None


def public_record(slug: str) -> records.Record | None:
    """What the desk publishes of an organisation, as its page and the public log have it."""
    return records.record_with_slug(slug)


def public_digests() -> Iterator[tuple[int, str]]:
    """The id of every organisation with the SHA-256 in hex of its public record."""
    return records.all_digests()


def public_digest(organisation_id: int) -> str:
    """The same for one organisation, "" when there is none."""
    return records.digests([organisation_id]).get(organisation_id, "")


def names_of(slugs: Collection[str]) -> dict[str, OrganisationRow]:
    """Organisations by slug, those that there are; one query."""
    found = Organisation.objects.filter(slug__in=slugs).annotate(owned=Count("holdings"))
    return {each.slug: _organisation_row(each, each.owned) for each in found}


def slugs() -> list[str]:
    """The short names of all organisations, in order."""
    return list(Organisation.objects.order_by("slug").values_list("slug", flat=True))


def slugs_of(ids: Collection[int]) -> dict[int, str]:
    """The slugs of organisations by id; those that there are."""
    return dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "slug"))


def known_organisation(slug: str) -> OrganisationRow:
    """The organisation. Raises `OrganisationUnknown`."""
    found = organisation_with_slug(slug)
    if found is None:
        raise OrganisationUnknown(f"No organisation is called {slug[:100]}.")
    return found


def slugs_of_all() -> dict[int, str]:
    """The slugs of all organisations by id."""
    return dict(Organisation.objects.values_list("pk", "slug"))


def _organisation_row(organisation: Organisation, holdings: int) -> OrganisationRow:
    return OrganisationRow(
        slug=organisation.slug,
        name=organisation.name,
        name_en=organisation.name_en,
        aliases=tuple(organisation.aliases),
        holdings=holdings,
        is_demo=organisation.is_demo,
        id=organisation.pk,
        revision=organisation.revision,
    )


def organisation_count() -> int:
    """How many organisations are registered."""
    return Organisation.objects.count()


def changes_of(slug: str) -> Rows[ChangeRow]:
    """What changed of an organisation and its confirmed holdings, the newest first."""
    proposed = HoldingState.PROPOSED.value
    # What nobody confirmed is no public matter, neither its coming nor its going.
    unseen = (Q(before=None) | Q(before__state=proposed)) & (
        Q(after=None) | Q(after__state=proposed)
    )
    found = Change.objects.filter(organisation__slug=slug).exclude(
        unseen & ~Q(verb="organisation.declared")
    )
    ordered = found.select_related("organisation").order_by("-number")
    return Rows(found.count, lambda start, stop: [_change(row) for row in ordered[start:stop]])


def _change(row: Change) -> ChangeRow:
    return ChangeRow(
        organisation=row.organisation.slug,
        number=row.number,
        at=row.at,
        verb=row.verb,
        holding_id=row.holding_id,
        before=row.before,
        after=row.after,
    )


def version() -> str:
    """Changes whenever the register does: what was compiled from it may be kept until then."""
    return last_stamp("organisation")


def main_holdings(*, on: dt.date, slugs: Collection[str] | None = None) -> dict[str, HoldingRow]:
    """By slug, where to send somebody who looks for the real one: what is in force on that day.

    A domain if there is one, else an account, else a phone number; what is in use before what is
    dormant; of several the shortest. With `slugs` only of these organisations.
    """
    ranks = {HoldingKind.DOMAIN: 0, HoldingKind.ACCOUNT: 1, HoldingKind.PHONE: 2}
    in_force = (
        ~Q(state=HoldingState.PROPOSED.value)
        & (Q(compromised_from=None) | Q(compromised_from__gt=on))
        & (Q(doubted_from=None) | Q(doubted_from__gt=on))
        & (Q(valid_from=None) | Q(valid_from__lte=on))
        & (Q(valid_to=None) | Q(valid_to__gte=on))
    )
    if slugs is not None:
        in_force &= Q(organisation__slug__in=slugs)
    rows = [row_of(each) for each in _holdings(Q(kind__in=ranks) & in_force)]

    def rank(row: HoldingRow) -> tuple[int, bool, int, str]:
        return ranks[row.kind], row.state is HoldingState.DORMANT, len(row.key), row.key

    rows.sort(key=rank, reverse=True)
    return {row.organisation: row for row in rows}


def compiled(at: str | None = None) -> Register:
    """The register as the lookalike engine wants it, compiled again only when it has changed.

    One for the process, whoever asks; `at` is today's `version`, if the caller knows it. The
    desk's partners (`SOI_PARTNER_DOMAINS`) are vouched for.
    """
    return _compiled(version() if at is None else at, settings.SOI_PARTNER_DOMAINS)


@lru_cache(maxsize=1)
def _compiled(at: str, partners: tuple[str, ...]) -> Register:
    return compile_register(brands(), lists=lists_with(partners))


def brands() -> Iterable[Brand]:
    """Every organisation as the lookalike engine wants it, retired domains included.

    A retired domain is still not a lookalike of its old owner; that it is retired is said apart.
    What is only proposed is nobody's yet: an unproved name that looks like theirs is a lookalike.
    A domain whose proofs have lapsed was theirs, so it is none.
    """
    for organisation in Organisation.objects.prefetch_related("holdings").order_by("slug"):
        everything = organisation.holdings.all()
        owned = [h for h in everything if h.state != HoldingState.PROPOSED]
        hosts = [h for h in everything if h.state != HoldingState.PROPOSED or h.lapsed_from]
        yield Brand(
            id=organisation.slug,
            display=organisation.name,
            tokens=(organisation.slug.replace("-", ""),),
            aliases=tuple(organisation.aliases),
            hosts=tuple(h.key for h in hosts if h.kind in rules.HOSTS),
            handles=tuple(h.key for h in owned if h.kind == HoldingKind.ACCOUNT),
        )
