"""All writes of the register: import organisations and holdings, remove the demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from soi.core.formats import HoldingRecord
from soi.journal.actions import Entry, append
from soi.register import rules
from soi.register.models import Holding, Organisation
from soi.register.records import digests

_CONTENT = ("value", "bank", "valid_from", "valid_to", "compromised_from", "verified_on", "note")


@dataclass(frozen=True, slots=True)
class Declared:
    """How many holdings an import added, updated and left as they were."""

    added: int
    updated: int
    unchanged: int


@transaction.atomic
def declare_holdings(
    records: Sequence[HoldingRecord], *, by: str, is_demo: bool = False, keep_known: bool = False
) -> Declared:
    """Add or update the organisations and holdings of a file, all or none.

    With `keep_known` only what is new is added: a file that knows no dates (trust.txt) must not
    make a holding official again that has ended or is in other hands.

    Rows that a file does not name stay as they are: retiring a holding is said by its `valid_to`,
    never by leaving it out. The demonstration changes nothing that is real, and what it brought
    becomes real when a record names it that is not of the demonstration.
    """
    added: list[Holding] = []
    updated: list[Holding] = []
    touched: set[int] = set()
    records = [rules.with_known_bank(record) for record in records]
    before = _digests_of_known(records)
    organisations = _organisations(records, is_demo=is_demo, keep_known=keep_known, touched=touched)
    known = {
        (holding.organisation.slug, holding.kind, holding.platform, holding.key): holding
        for holding in Holding.objects.select_related("organisation").filter(
            organisation__in=organisations.values()
        )
    }
    latest = {
        (record.organisation, record.kind, record.platform, rules.key_of(record)): record
        for record in records
    }
    for identity, record in latest.items():
        slug, kind, platform, key = identity
        holding = known.get(identity)
        if holding is None:
            holding = Holding(
                organisation=organisations[slug],
                kind=kind,
                platform=platform,
                key=key,
                is_demo=is_demo,
            )
            added.append(holding)
        elif is_demo and not holding.is_demo:
            continue
        elif holding.is_demo != is_demo or (
            not keep_known
            and any(getattr(holding, field) != getattr(record, field) for field in _CONTENT)
        ):
            holding.is_demo = is_demo
            updated.append(holding)
        else:
            continue
        touched.add(organisations[slug].pk)
        for field in _CONTENT:
            setattr(holding, field, getattr(record, field))
    Holding.objects.bulk_create(added, batch_size=500)
    Holding.objects.bulk_update(updated, [*_CONTENT, "is_demo"], batch_size=100)
    append(_declared(before, touched), by=by)
    return Declared(len(added), len(updated), len(latest) - len(added) - len(updated))


def _digests_of_known(records: Sequence[HoldingRecord]) -> dict[int, str]:
    slugs = {record.organisation for record in records}
    return digests(Organisation.objects.filter(slug__in=slugs).values_list("pk", flat=True))


def _declared(before: dict[int, str], touched: set[int]) -> list[Entry]:
    """An event for each organisation whose public record has changed."""
    after = digests(sorted(touched))
    return [
        Entry("organisation.declared", "organisation", pk, before.get(pk, ""), after[pk])
        for pk in sorted(touched)
    ]


def _organisations(
    records: Sequence[HoldingRecord], *, is_demo: bool, keep_known: bool, touched: set[int]
) -> dict[str, Organisation]:
    """Each record's organisation by slug, made or, unless `keep_known`, brought up to date."""
    organisations: dict[str, Organisation] = {}
    for record in {record.organisation: record for record in records}.values():
        organisation, made = Organisation.objects.get_or_create(
            slug=record.organisation, defaults={"name": record.name, "is_demo": is_demo}
        )
        wanted = (record.name, record.name_en, list(record.aliases))
        known = (organisation.name, organisation.name_en, organisation.aliases)
        becomes_real = organisation.is_demo and not is_demo
        is_kept = keep_known or (is_demo and not organisation.is_demo)
        if made or becomes_real or (not is_kept and wanted != known):
            organisation.is_demo = is_demo
            organisation.name, organisation.name_en, organisation.aliases = wanted
            organisation.save()
            touched.add(organisation.pk)
        organisations[record.organisation] = organisation
    return organisations


@transaction.atomic
def remove_demo_organisations(*, by: str) -> int:
    """Remove the demonstration's organisations and holdings; returns how many organisations.

    A real organisation keeps what is its own.
    """
    gone = list(Organisation.objects.filter(is_demo=True).values_list("pk", flat=True))
    left = Holding.objects.filter(is_demo=True).exclude(organisation__in=gone)
    changed = set(left.values_list("organisation_id", flat=True))
    before = digests([*gone, *changed])
    Organisation.objects.filter(is_demo=True).delete()
    left.delete()
    append(
        [
            *(Entry("organisation.removed", "organisation", pk, before[pk]) for pk in gone),
            *_declared(before, changed),
        ],
        by=by,
    )
    return len(gone)
