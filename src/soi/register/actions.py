"""Writes of the register as a whole: files of organisations and holdings, organisations, keepers.

What happens to one holding is in `lifecycle`, who holds its keys in `custody`, how it is proved in
`proving`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from soi.core.formats import HoldingRecord, HoldingState
from soi.core.formats.admission import RefusedError
from soi.core.formats.register_csv import aliases_of, full_name, short_name
from soi.journal.actions import Entry, append
from soi.journal.queries import last_event
from soi.people.queries import member_with_id
from soi.people.rules import may
from soi.people.types import Permission
from soi.register import history, rules
from soi.register.errors import HoldingInvalid, OrganisationTaken, OrganisationUnknown
from soi.register.history import DECLARED, Changed
from soi.register.models import Holding, Keeper, Organisation, Period
from soi.register.records import Record, all_digests, digests, facts_of, holding_record
from soi.register.types import PeriodKind

_CONTENT = ("value", "bank", "valid_from", "valid_to", "compromised_from", "verified_on", "note")
_STATE = ("state", "platform_id", "handed_to", "is_vouched", "lapsed_from", "unproved_since")


@dataclass(frozen=True, slots=True)
class Declared:
    """How many holdings an import added, updated and left as they were."""

    added: int
    updated: int
    unchanged: int


@transaction.atomic
def declare_holdings(
    records: Sequence[HoldingRecord],
    *,
    by: str,
    is_demo: bool = False,
    keep_known: bool = False,
    proposed: bool = False,
) -> Declared:
    """Add or update the organisations and holdings of a file, all or none.

    The file is the desk's own word, so what is new counts at once; with `proposed` it is somebody
    else's, what is new waits to be confirmed, and what is known keeps its state. With `keep_known`
    only what is new is added: a file that knows no dates (trust.txt) must not make a holding
    official again that has ended or is in other hands.

    Rows that a file does not name stay as they are: retiring a holding is said by its `valid_to`,
    never by leaving it out. The demonstration changes nothing that is real, and what it brought
    becomes real when a record names it that is not of the demonstration.
    """
    records = [rules.with_known_bank(record) for record in records]
    slugs = {record.organisation for record in records}
    digests_before = digests(
        Organisation.objects.filter(slug__in=slugs).values_list("pk", flat=True)
    )
    organisations, changes = _organisations(records, is_demo=is_demo, keep_known=keep_known)
    owners = {**organisations, **_successors(records, organisations)}
    known = {
        (holding.organisation.slug, holding.kind, holding.platform, holding.key): holding
        for holding in Holding.objects.select_related("organisation", "handed_to").filter(
            organisation__in=organisations.values()
        )
    }
    latest = {
        (record.organisation, record.kind, record.platform, rules.key_of(record)): record
        for record in records
    }
    added: list[Holding] = []
    updated: list[tuple[Holding, Record]] = []
    for identity, record in latest.items():
        slug, kind, platform, key = identity
        holding = known.get(identity)
        if holding is None:
            holding = Holding(
                organisation=organisations[slug], kind=kind, platform=platform, key=key
            )
            added.append(holding)
        elif (is_demo and not holding.is_demo) or (keep_known and holding.is_demo == is_demo):
            continue
        before, was_demo, seen = holding_record(holding), holding.is_demo, holding.verified_on
        is_new = holding.pk is None
        holding.is_demo = is_demo
        if is_new or not keep_known:
            _take(holding, record, owners, proposed=proposed, is_new=is_new)
        is_same = before == holding_record(holding) and seen == holding.verified_on
        if not is_new and not (is_same and was_demo == is_demo):
            updated.append((holding, before))
    Holding.objects.bulk_create(added, batch_size=500)
    fields = [*_CONTENT, *_STATE, "is_demo"]
    Holding.objects.bulk_update([each for each, _ in updated], fields, batch_size=100)
    changes += [
        Changed("holding.declared", each.organisation_id, each.pk, None, holding_record(each))
        for each in added
    ]
    changes += [
        Changed("holding.changed", each.organisation_id, each.pk, before, holding_record(each))
        for each, before in updated
        if before != holding_record(each)
    ]
    touched = [each.organisation_id for each, _ in updated]
    history.write(changes, by=by, touched=touched, before=digests_before)
    return Declared(len(added), len(updated), len(latest) - len(added) - len(updated))


def _take(
    holding: Holding,
    record: HoldingRecord,
    owners: dict[str, Organisation],
    *,
    proposed: bool,
    is_new: bool,
) -> None:
    """Bring a holding to what a record says of it.

    A row that does not know that the holding was compromised does not undo it: an old file must not
    make official again what a keeper has just warned of. A row that says `active` does.
    """
    was_compromised = holding.compromised_from
    for field in _CONTENT:
        setattr(holding, field, getattr(record, field))
    if was_compromised and record.compromised_from is None:
        if record.state not in rules.CONFIRMED:
            holding.compromised_from = was_compromised
        else:
            Period.objects.create(
                holding=holding,
                kind=PeriodKind.COMPROMISED.value,
                since=was_compromised,
                until=timezone.localdate(),
            )
    holding.platform_id = record.platform_id or holding.platform_id
    if record.handed_to:
        holding.handed_to = owners[record.handed_to]
    if proposed:
        if is_new:
            holding.state = HoldingState.PROPOSED.value
        return
    known = None if is_new else HoldingState(holding.state)
    holding.state = rules.state_of(holding, record.state, known, timezone.localdate()).value
    holding.is_vouched = holding.state != HoldingState.PROPOSED
    if holding.is_vouched:
        holding.lapsed_from = holding.unproved_since = None


def _organisations(
    records: Sequence[HoldingRecord], *, is_demo: bool, keep_known: bool
) -> tuple[dict[str, Organisation], list[Changed]]:
    """Each record's organisation by slug, made or, unless `keep_known`, brought up to date."""
    latest = {record.organisation: record for record in records}
    known = {each.slug: each for each in Organisation.objects.filter(slug__in=latest)}
    made: list[Organisation] = []
    updated: list[tuple[Organisation, Record]] = []
    for slug, record in latest.items():
        organisation = known.get(slug)
        if organisation is None:
            organisation = known[slug] = Organisation(slug=slug)
            made.append(organisation)
            _name(organisation, record, is_demo=is_demo)
            continue
        wanted = (record.name, record.name_en, list(record.aliases))
        has = (organisation.name, organisation.name_en, organisation.aliases)
        becomes_real = organisation.is_demo and not is_demo
        is_kept = keep_known or (is_demo and not organisation.is_demo)
        if becomes_real or (not is_kept and wanted != has):
            updated.append((organisation, facts_of(organisation)))
            _name(organisation, record, is_demo=is_demo)
    Organisation.objects.bulk_create(made, batch_size=500)
    named = ["name", "name_en", "aliases", "is_demo"]
    Organisation.objects.bulk_update([each for each, _ in updated], named, batch_size=500)
    changes = [_declared(each, None) for each in made]
    return known, changes + [_declared(each, before) for each, before in updated]


def _name(organisation: Organisation, record: HoldingRecord, *, is_demo: bool) -> None:
    organisation.name, organisation.name_en = record.name, record.name_en
    organisation.aliases, organisation.is_demo = list(record.aliases), is_demo


def _declared(organisation: Organisation, before: Record | None) -> Changed:
    return Changed(DECLARED, organisation.pk, None, before, facts_of(organisation))


def _successors(
    records: Iterable[HoldingRecord], known: dict[str, Organisation]
) -> dict[str, Organisation]:
    """The organisations that holdings were handed to. Raises `OrganisationUnknown`."""
    wanted = {record.handed_to for record in records if record.handed_to} - set(known)
    found = {each.slug: each for each in Organisation.objects.filter(slug__in=wanted)}
    for slug in sorted(wanted - set(found)):
        raise OrganisationUnknown(f"No organisation is called {slug}.", organisation=slug)
    return found


@transaction.atomic
def open_organisation(
    slug: str, *, name: str, name_en: str = "", aliases: str = "", by: str
) -> None:
    """Enter an organisation. Raises `HoldingInvalid` and `OrganisationTaken`."""
    said = _names(slug, name, name_en, aliases)
    try:
        with transaction.atomic():
            made = Organisation.objects.create(slug=slug, **said)
    except IntegrityError as error:
        raise OrganisationTaken(f"There is an organisation {slug}.", organisation=slug) from error
    history.write([_declared(made, None)], by=by)


@transaction.atomic
def describe_organisation(
    slug: str, *, name: str, name_en: str = "", aliases: str = "", by: str
) -> None:
    """Change what an organisation is called; its short name stays.

    Raises `HoldingInvalid` and `OrganisationUnknown`.
    """
    said = _names(slug, name, name_en, aliases)
    organisation = locked_organisation(slug)
    before = facts_of(organisation)
    for field, value in said.items():
        setattr(organisation, field, value)
    if before == facts_of(organisation):
        return
    organisation.save(update_fields=list(said))
    history.write([_declared(organisation, before)], by=by)


def _names(slug: str, name: str, name_en: str, aliases: str) -> dict[str, Any]:
    try:
        short_name(slug)
        english = full_name(name_en) if name_en.strip() else ""
        found = {"name": full_name(name), "name_en": english, "aliases": list(aliases_of(aliases))}
    except RefusedError as error:
        raise HoldingInvalid(error.why, reason=error.code.value) from error
    return found


@transaction.atomic
def appoint_keeper(slug: str, person_id: int, *, by: str) -> None:
    """Let somebody of the desk keep an organisation's holdings. Nothing changes the second time.

    Raises `OrganisationUnknown`, `PersonUnknown`, and `HoldingInvalid` for somebody whose role does
    not include the register.
    """
    organisation = locked_organisation(slug)
    if not may(member_with_id(person_id).role, Permission.KEEP_REGISTER):
        raise HoldingInvalid("Their role does not include it.", reason="role_without_register")
    found, made = Keeper.objects.get_or_create(
        organisation=organisation,
        member=person_id,
        dismissed_at=None,
        defaults={"appointed_at": timezone.now()},
    )
    if made:
        append([Entry("keeper.appointed", "keeper", found.pk)], by=by)


@transaction.atomic
def dismiss_keeper(slug: str, person_id: int, *, by: str) -> None:
    """Let somebody keep an organisation's holdings no more. Raises `OrganisationUnknown`."""
    organisation = locked_organisation(slug)
    for found in Keeper.objects.filter(
        organisation=organisation, member=person_id, dismissed_at=None
    ):
        found.dismissed_at = timezone.now()
        found.save(update_fields=["dismissed_at"])
        append([Entry("keeper.dismissed", "keeper", found.pk)], by=by)


@transaction.atomic
def declare_again(*, by: str) -> int:
    """Declare every organisation anew whose public record is not what was declared last.

    That is so after an update of the program that has given records another form; returns how many
    that were. Safe to call again.
    """
    entries = []
    for pk, digest in all_digests():
        last = last_event("organisation", pk)
        before = last.after if last else ""
        if before != digest:
            entries.append(Entry(DECLARED, "organisation", pk, before, digest))
    append(entries, by=by)
    return len(entries)


def locked_organisation(slug: str) -> Organisation:
    """The organisation, locked until the transaction ends. Raises `OrganisationUnknown`."""
    found = Organisation.objects.select_for_update().filter(slug=slug).first()
    if found is None:
        raise OrganisationUnknown(f"No organisation is called {slug[:100]}.")
    return found


@transaction.atomic
def remove_demo_organisations(*, by: str) -> int:
    """Remove the demonstration's organisations and holdings; returns how many organisations.

    A real organisation keeps what is its own.
    """
    gone = list(Organisation.objects.filter(is_demo=True).values_list("pk", flat=True))
    left = Holding.objects.filter(is_demo=True).exclude(organisation__in=gone)
    left = left.select_related("organisation", "handed_to")
    removed = [
        Changed("holding.removed", each.organisation_id, each.pk, holding_record(each), None)
        for each in left
    ]
    before = digests([*gone, *(each.organisation_id for each in removed)])
    Organisation.objects.filter(is_demo=True).delete()
    Holding.objects.filter(is_demo=True).delete()
    append([Entry("organisation.removed", "organisation", pk, before[pk]) for pk in gone], by=by)
    history.write(removed, by=by, before=before)
    return len(gone)
