"""What an organisation's keepers and the desk see of its holdings: proofs, offers, doubts, keepers.

Reads only. `access` says who may ask.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from soi.core.formats import HoldingKind, HoldingState
from soi.people.queries import names_of
from soi.register import queries, rules
from soi.register.models import Handover, Keeper, Organisation, Proof, Reuse
from soi.register.proofs import rule
from soi.register.proofs.running import profile_url
from soi.register.proofs.types import ProofKind, Result
from soi.register.types import HoldingRow, Standing


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One proof as its keepers see it."""

    id: int
    holding_id: int
    kind: ProofKind
    where: str
    code: str
    result: Result | None
    """Of the last test, None before the first."""
    problem: str
    run_at: dt.datetime | None
    held_at: dt.datetime | None
    expires_at: dt.datetime | None
    due_at: dt.datetime | None
    counts: bool
    points: int
    capture_id: int | None
    seen_by: tuple[int, ...]
    """The people of the desk who have seen it, for `in_person`."""


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A holding that one organisation has offered to another."""

    id: int
    holding_id: int
    kind: HoldingKind
    platform: str
    value: str
    giver: str
    """The slug of the organisation that offers it."""
    giver_name: str
    taker: str
    taker_name: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for the desk's register people, of one organisation."""

    organisation: str
    organisation_name: str
    organisation_name_en: str
    proposed: int
    doubted: int
    unproved: int


def proofs_of(slug: str) -> dict[int, list[ProofRow]]:
    """The proofs of an organisation's holdings, by the holding's number."""
    found = Proof.objects.filter(holding__organisation__slug=slug).prefetch_related("seen")
    now = timezone.now()
    rows: dict[int, list[ProofRow]] = {}
    for each in found.order_by("holding_id", "pk"):
        rows.setdefault(each.holding_id, []).append(_proof(each, now))
    return rows


def _proof(proof: Proof, now: dt.datetime) -> ProofRow:
    kind = ProofKind(proof.kind)
    return ProofRow(
        id=proof.pk,
        holding_id=proof.holding_id,
        kind=kind,
        where=proof.where,
        code=proof.code,
        result=Result(proof.result) if proof.result else None,
        problem=proof.problem,
        run_at=proof.run_at,
        held_at=proof.held_at,
        expires_at=rule.expires_at(kind, proof.held_at) if proof.held_at else None,
        due_at=proof.due_at,
        counts=rule.counts(kind, held_at=proof.held_at, denied_since=proof.denied_since, now=now),
        points=rule.WEIGHTS[kind].points,
        capture_id=proof.capture_id,
        seen_by=tuple(sorted(each.member for each in proof.seen.all())),
    )


def ways_to_prove(holding: HoldingRow) -> tuple[ProofKind, ...]:
    """The ways in which a holding can be proved."""
    return rule.possible(holding.kind, holding.platform)


def official_sites(slug: str) -> list[str]:
    """The domains of an organisation that its other proofs may lean on today."""
    today = timezone.localdate()
    return [
        row.key
        for row in queries.holdings_of(slug)
        if row.kind is HoldingKind.DOMAIN and rules.standing(row, today) is Standing.OFFICIAL
    ]


def profile_of(holding: HoldingRow) -> str:
    """Where an account's profile is, or an app's page in its store, "" where it can't be said."""
    return profile_url(holding.platform, holding.value, holding.platform_id)


def offers_to(slug: str) -> list[OfferRow]:
    """What other organisations have offered to this one, and it has not answered."""
    return _offers(to__slug=slug)


def offer_of(holding_id: int) -> OfferRow | None:
    """To whom a holding is offered at present, None when to nobody."""
    return next(iter(_offers(holding=holding_id)), None)


def _offers(**where: object) -> list[OfferRow]:
    found = Handover.objects.filter(answered_at=None, **where).order_by("pk")
    return [
        OfferRow(
            id=each.pk,
            holding_id=each.holding_id,
            kind=HoldingKind(each.holding.kind),
            platform=each.holding.platform,
            value=each.holding.value,
            giver=each.holding.organisation.slug,
            giver_name=each.holding.organisation.name,
            taker=each.to.slug,
            taker_name=each.to.name,
            day=each.day,
        )
        for each in found.select_related("holding__organisation", "to")
    ]


def seen_instead(holding_id: int) -> str:
    """The identifier with which a doubted account's name was seen, "" when it is in no doubt."""
    found = Reuse.objects.filter(holding=holding_id, settled_at=None).first()
    return found.platform_id if found else ""


def keepers_of(slug: str) -> list[tuple[int, str]]:
    """Numbers and names of those who keep an organisation's holdings, by name."""
    kept = Keeper.objects.filter(organisation__slug=slug, dismissed_at=None)
    names = names_of(kept.values_list("member", flat=True))
    return sorted(names.items(), key=lambda each: (each[1], each[0]))


def waiting() -> list[Waiting]:
    """The organisations of which something waits for the desk's register people, by name."""
    found = Organisation.objects.annotate(
        proposed=Count("holdings", filter=Q(holdings__state=HoldingState.PROPOSED.value)),
        doubted=Count("holdings", filter=Q(holdings__doubted_from__isnull=False)),
        unproved=Count("holdings", filter=Q(holdings__unproved_since__isnull=False)),
    ).filter(Q(proposed__gt=0) | Q(doubted__gt=0) | Q(unproved__gt=0))
    return [
        Waiting(
            organisation=each.slug,
            organisation_name=each.name,
            organisation_name_en=each.name_en,
            proposed=each.proposed,
            doubted=each.doubted,
            unproved=each.unproved,
        )
        for each in found.order_by("name", "pk")
    ]
