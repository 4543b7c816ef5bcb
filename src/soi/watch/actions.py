"""All writes of the watch but sightings: lists come and expire, people decide on names.

Sightings are written by `noting`. Files are read by `importing`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction
from django.utils import timezone

from soi.core.formats import Refusal, ScamRecord
from soi.core.lookalike import NameKind
from soi.journal.actions import Entry, append
from soi.register.queries import holdings_with_keys
from soi.watch import queries, rules
from soi.watch.errors import (
    DecisionRefused,
    LookalikeUnknown,
    NameIsOfficial,
    NothingToUndo,
    ScamListInvalid,
    ScamListUnknown,
)
from soi.watch.models import Decision, ListImport, Lookalike, ScamList, ScamName
from soi.watch.rules import Identity
from soi.watch.types import ConflictRow, State

_BATCH = 2000
CONFLICTS_KEPT = 100
"""Conflicts with the register that are kept of one import."""


@dataclass(frozen=True, slots=True)
class Listed:
    """How many rows an import added, updated and left, and what it refused.

    A row whose expiry alone moved is unchanged. `conflicts` are rows that the register calls
    official: they are stored, as the list's word, and believed by nobody.
    """

    added: int
    updated: int
    unchanged: int
    refusals: tuple[Refusal, ...]
    conflicts: tuple[ConflictRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """A file that is read again every so many hours; somebody else brings it up to date."""

    path: str
    every_hours: int


@dataclass(frozen=True, slots=True)
class ListDescription:
    """What is said of a list beside its rows.

    Its rows count for `keep_days` after the file that named them last was fetched, None for ever.
    """

    name: str
    licence: str
    fetched_on: dt.date
    url: str = ""
    keep_days: int | None = None
    digest: str = ""
    """SHA-256 of the file in hex, "" when there is none."""
    schedule: Schedule | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Imitation:
    """Whom a name could be taken for, and why; the columns of `Lookalike` that say so."""

    organisation: str
    is_demo: bool
    imitation: str = ""
    probability: float | None = None
    reasons: list[str] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def import_scam_list(
    description: ListDescription,
    records: Iterable[ScamRecord | Refusal],
    *,
    by: str,
    is_demo: bool = False,
) -> Listed:
    """Bring one list up to date from a file, all or nothing.

    A row keeps its earliest date. Rows that the file no longer names stay until they expire: a list
    that arrives cut short must not make known scams unknown. A list takes the place of the
    demonstration's of that name. Raises `ScamListInvalid`.
    """
    _check(description)
    if not is_demo:
        ScamList.objects.filter(name=description.name, is_demo=True).delete()
    scam_list = _described(description, is_demo=is_demo)
    until = rules.expiry(description.fetched_on, description.keep_days)
    if until:
        scam_list.names.filter(expires_on=None).update(expires_on=until)
    refusals: list[Refusal] = []
    added = updated = total = 0
    for batch in _batches(records, refusals):
        new, changed = _store(scam_list, batch, until)
        added, updated, total = added + new, updated + changed, total + len(batch)
    listed = Listed(added, updated, total - added - updated, tuple(refusals))
    conflicts = tuple(queries.conflicts(list_name=description.name))
    _note_import(scam_list, listed, conflicts, by=by)
    append([Entry("scam_list.imported", "scam_list", scam_list.pk)], by=by)
    return dataclasses.replace(listed, conflicts=conflicts)


def _check(description: ListDescription) -> None:
    schedule = description.schedule
    if description.keep_days is not None and not 0 <= description.keep_days < 2**31:
        raise ScamListInvalid("The days that a row counts must be a number from 0 on.")
    if schedule and not (0 < schedule.every_hours <= 24 * 366 and 0 < len(schedule.path) <= 1000):
        raise ScamListInvalid("A schedule needs a file, and hours from 1 to 8784.")


def _described(description: ListDescription, *, is_demo: bool) -> ScamList:
    schedule = description.schedule
    said = {
        "licence": description.licence,
        "fetched_on": description.fetched_on,
        "url": description.url,
        "keep_days": description.keep_days,
        "digest": description.digest,
        "failure": "",
        "path": schedule.path if schedule else "",
        "every_hours": schedule.every_hours if schedule else None,
        "due_at": _next_look(schedule.every_hours) if schedule else None,
    }
    scam_list, _ = ScamList.objects.update_or_create(
        name=description.name, defaults=said, create_defaults={**said, "is_demo": is_demo}
    )
    return scam_list


def _next_look(every_hours: int) -> dt.datetime:
    return timezone.now() + dt.timedelta(hours=every_hours)


def _note_import(
    scam_list: ScamList, listed: Listed, conflicts: Sequence[ConflictRow], *, by: str
) -> None:
    ListImport.objects.create(
        scam_list=scam_list,
        at=timezone.now(),
        imported_by=by,
        fetched_on=scam_list.fetched_on,
        digest=scam_list.digest,
        added=listed.added,
        updated=listed.updated,
        unchanged=listed.unchanged,
        refused=len(listed.refusals),
        official=len(conflicts),
        conflicts=[
            [row.kind.value, row.key, row.organisation] for row in conflicts[:CONFLICTS_KEPT]
        ],
    )


def _batches(
    records: Iterable[ScamRecord | Refusal], refusals: list[Refusal]
) -> Iterator[dict[tuple[str, str], ScamRecord]]:
    """Records by identity in batches, each once, at its earliest; refusals are put aside."""
    stream = iter(records)
    while chunk := list(islice(stream, _BATCH)):
        refusals.extend(item for item in chunk if isinstance(item, Refusal))
        found = [item for item in chunk if isinstance(item, ScamRecord)]
        found.sort(key=lambda item: item.listed_on or dt.date.max, reverse=True)
        yield {(item.kind, item.value): item for item in found}


def _store(
    scam_list: ScamList, batch: dict[tuple[str, str], ScamRecord], until: dt.date | None
) -> tuple[int, int]:
    """Write one batch; returns how many rows are new and how many got an earlier date."""
    known = {
        (name.kind, name.key): name
        for name in scam_list.names.filter(key__in={value for _, value in batch})
    }
    new: list[ScamName] = []
    changed: list[ScamName] = []
    kept: list[int] = []
    for identity, record in batch.items():
        name = known.get(identity)
        if name is None:
            kind, key = identity
            name = ScamName(scam_list=scam_list, kind=kind, key=key, listed_on=record.listed_on)
            name.expires_on = until
            new.append(name)
            continue
        if record.listed_on and (name.listed_on is None or record.listed_on < name.listed_on):
            name.listed_on = record.listed_on
            changed.append(name)
        if name.expires_on != rules.later_expiry(name.expires_on, until):
            kept.append(name.pk)
    ScamName.objects.bulk_create(new, batch_size=_BATCH)
    ScamName.objects.bulk_update(changed, ["listed_on"], batch_size=500)
    ScamName.objects.filter(pk__in=kept).update(expires_on=until)
    return len(new), len(changed)


@transaction.atomic
def expire_scam_list(name: str, *, by: str) -> int:
    """Believe a list no longer from today on; returns how many rows that ends.

    Its rows stay readable, and it is no longer read on schedule. Importing it again brings back the
    rows that the new file names. Raises `ScamListUnknown`.
    """
    scam_list = ScamList.objects.select_for_update().filter(name=name).first()
    if scam_list is None:
        raise ScamListUnknown(f"There is no list {name!r}.", name=name)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    standing = scam_list.names.filter(queries.in_force(timezone.localdate()))
    ended = standing.update(expires_on=yesterday)
    scam_list.path, scam_list.every_hours, scam_list.due_at = "", None, None
    scam_list.save(update_fields=["path", "every_hours", "due_at"])
    append([Entry("scam_list.expired", "scam_list", scam_list.pk)], by=by)
    return ended


def put_off(name: str, *, failure: str = "") -> None:
    """Look at a list's file again after its hours have passed; `failure` says what went wrong."""
    for scam_list in ScamList.objects.filter(name=name, due_at__isnull=False):
        scam_list.due_at = _next_look(scam_list.every_hours or 1)
        scam_list.failure = failure
        scam_list.save(update_fields=["due_at", "failure"])


@transaction.atomic
def remove_demo_lists(*, by: str) -> int:
    """Remove the demonstration's lists with their rows, and names that imitate its organisations.

    Returns how many lists.
    """
    gone = list(ScamList.objects.filter(is_demo=True).values_list("pk", flat=True))
    ScamList.objects.filter(is_demo=True).delete()
    names = Lookalike.objects.filter(is_demo=True)
    decided = list(names.filter(decisions__isnull=False).order_by("pk").distinct())
    entries = [
        *(Entry("scam_list.removed", "scam_list", pk) for pk in gone),
        *(
            Entry("lookalike.removed", "lookalike", each.pk, before=_standing(each))
            for each in decided
        ),
    ]
    names.delete()
    append(entries, by=by)
    return len(gone)


def confirm(
    lookalike_ids: Sequence[int],
    *,
    state: State,
    reason: str,
    by: str,
    days: int = rules.CONFIRMED_DAYS,
) -> None:
    """Say that names imitate (`State.LOOKALIKE`) or are used for fraud (`State.SCAM`), all or none.

    What was said to imitate can be said to be used for fraud without undoing the first.
    It counts for `days` from today on: names change hands. Raises `LookalikeUnknown`,
    `DecisionRefused` when somebody was faster, `NameIsOfficial` and `ReasonInvalid`.
    """
    if state not in (State.LOOKALIKE, State.SCAM):
        raise ValueError(f"{state} is no confirmation")
    until = rules.expiry(timezone.localdate(), days)
    _decide(lookalike_ids, state, reason, "lookalike.confirmed", until, by=by)


def dismiss(lookalike_ids: Sequence[int], *, reason: str, by: str) -> None:
    """Say that names do not imitate the organisations that they were put here for, all or none.

    They stay dismissed when they are seen again, unless it is against another organisation.
    Raises `LookalikeUnknown`, `DecisionRefused` and `ReasonInvalid`.
    """
    _decide(lookalike_ids, State.DISMISSED, reason, "lookalike.dismissed", None, by=by)


@transaction.atomic
def _decide(
    lookalike_ids: Sequence[int],
    state: State,
    reason: str,
    verb: str,
    until: dt.date | None,
    *,
    by: str,
) -> None:
    reason = rules.reason_line(reason)
    found = _locked(lookalike_ids)
    before = {each.pk: _standing(each) for each in found}
    today = timezone.localdate()
    ended = [
        each
        for each in found
        if rules.has_run_out(each.expires_on, on=today)
        or (each.state, state) == (State.LOOKALIKE, State.SCAM)
    ]
    _end(ended, by=by)
    for each in found:
        if each.state != State.WAITING:
            raise DecisionRefused(f"{each.key} is {each.state} already.", name=each.key)
        if state is not State.DISMISSED:
            check_not_official(_identity(each))
        each.state, each.expires_on = state.value, until
    Decision.objects.bulk_create(
        [
            Decision(
                lookalike=each,
                state=state,
                reason=reason,
                expires_on=until,
                at=timezone.now(),
                decided_by=by,
            )
            for each in found
        ]
    )
    Lookalike.objects.bulk_update(found, ["state", "expires_on"], batch_size=500)
    append([_entry(verb, each, before[each.pk]) for each in found], by=by)


def _locked(lookalike_ids: Sequence[int]) -> list[Lookalike]:
    wanted = sorted({each for each in lookalike_ids if 0 < each < 2**63})
    found = list(Lookalike.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    missing = set(lookalike_ids) - {each.pk for each in found}
    if missing:
        number = min(missing)
        raise LookalikeUnknown(f"There is no name {number}.", lookalike=number)
    return found


def check_not_official(identity: Identity) -> None:
    """Return if the register does not call the name somebody's own. Raises `NameIsOfficial`."""
    today = timezone.localdate()
    owned = holdings_with_keys(rules.holding_keys_of(identity))
    for holding in (row for rows in owned.values() for row in rows):
        here = not identity.platform or holding.platform == identity.platform
        if rules.is_owned(holding, on=today) and here:
            name, owner = identity.key, holding.organisation
            raise NameIsOfficial(f"{name} is registered as {owner}'s own.", name=name)


@transaction.atomic
def undo(*lookalike_ids: int, by: str, spare: Collection[State] = ()) -> None:
    """Take back the decisions on names, all or none, which then wait again.

    What was decided stays readable. Raises `LookalikeUnknown` and `NothingToUndo`, and
    `DecisionRefused` for a name that is in a state to `spare`: somebody was faster.
    """
    found = _locked(lookalike_ids)
    for each in found:
        if each.state in spare:
            raise DecisionRefused(f"{each.key} is {each.state} already.", name=each.key)
        if each.state == State.WAITING:
            raise NothingToUndo(f"Nobody has decided on {each.key}.", name=each.key)
    _reopen(found, by=by)


@transaction.atomic
def reopen_run_out(lookalike_ids: Iterable[int], *, by: str) -> int:
    """Let those of the names wait again whose confirmation has run out; returns how many."""
    today = timezone.localdate()
    found = Lookalike.objects.filter(pk__in=lookalike_ids, expires_on__lt=today)
    ended = _locked(list(found.values_list("pk", flat=True)))
    ended = [each for each in ended if rules.has_run_out(each.expires_on, on=today)]
    _reopen(ended, by=by)
    return len(ended)


@transaction.atomic
def reopen_against(against: Mapping[int, Imitation], *, by: str) -> int:
    """Let dismissed names wait again that imitate another organisation than was judged.

    Each is before the desk for that one from now on; what was decided stays readable. Returns how
    many names that were.
    """
    dismissed = Lookalike.objects.filter(pk__in=against, state=State.DISMISSED.value)
    wanted = [
        pk
        for pk, organisation in dismissed.values_list("pk", "organisation")
        if organisation != against[pk].organisation
    ]
    found = [
        each
        for each in _locked(wanted)
        if each.state == State.DISMISSED and each.organisation != against[each.pk].organisation
    ]
    _reopen(found, by=by)
    for each in found:
        for name, value in dataclasses.asdict(against[each.pk]).items():
            setattr(each, name, value)
    fields = [each.name for each in dataclasses.fields(Imitation)]
    Lookalike.objects.bulk_update(found, fields, batch_size=500)
    return len(found)


def _reopen(found: Sequence[Lookalike], *, by: str) -> None:
    before = {each.pk: _standing(each) for each in found}
    _end(found, by=by)
    Lookalike.objects.bulk_update(found, ["state", "expires_on"], batch_size=500)
    append([_entry("lookalike.reopened", each, before[each.pk]) for each in found], by=by)


def _end(found: Sequence[Lookalike], *, by: str) -> None:
    """End the decisions that stand on names; whoever calls stores the names."""
    standing = Decision.objects.filter(lookalike__in=found, undone_at=None)
    standing.update(undone_at=timezone.now(), undone_by=by)
    for each in found:
        each.state, each.expires_on = State.WAITING.value, None


def _identity(lookalike: Lookalike) -> Identity:
    return Identity(NameKind(lookalike.kind), lookalike.platform, lookalike.key)


def _standing(lookalike: Lookalike) -> str:
    return rules.digest_of_standing(_identity(lookalike), lookalike.state, lookalike.expires_on)


def _entry(verb: str, lookalike: Lookalike, before: str) -> Entry:
    return Entry(verb, "lookalike", lookalike.pk, before=before, after=_standing(lookalike))
