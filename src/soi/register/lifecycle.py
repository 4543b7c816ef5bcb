"""What happens to one holding: proposed, confirmed, used, renamed, handed over, taken, given up.

Each function is one step that a person (or the worker, for what its days say) takes: in one
transaction, checked against the state from which it may be taken, written into the history and the
journal. Who may take it is decided by `access`. Nothing here becomes official on one keeper's word:
what a keeper says is proposed until proofs or the desk confirm it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from soi.core.formats import HoldingKind, HoldingRecord, HoldingState
from soi.core.formats.admission import RefusedError
from soi.core.formats.names import handle
from soi.core.formats.register_csv import holding_of
from soi.core.formats.register_csv import platform_id as known_id
from soi.register import history, rules
from soi.register.actions import locked_organisation
from soi.register.errors import (
    HandoverUnknown,
    HoldingElsewhere,
    HoldingInvalid,
    HoldingKnown,
    HoldingUnknown,
    StateRefused,
)
from soi.register.history import Changed
from soi.register.models import FormerName, Handover, Holding, Period, Reuse, Seen
from soi.register.proofs import rule
from soi.register.proofs.types import ProofKind
from soi.register.records import Record, holding_record
from soi.register.types import PeriodKind, ReuseEnd

_EARLIEST = dt.date(1900, 1, 1)
_FURTHEST = dt.timedelta(days=3660)
"""So far ahead a handover may be agreed on."""


@transaction.atomic
def propose(slug: str, cells: Mapping[str, str], *, by: str, vouched: bool = False) -> int:
    """Say that something is an organisation's own; returns its number.

    `cells` are those of the register's CSV. It counts for nothing until it is confirmed, unless
    somebody of the desk stands for it (`vouched`). What had ended is taken up again. Raises
    `HoldingInvalid`, `HoldingKnown`, `HoldingElsewhere` and `OrganisationUnknown`.
    """
    organisation = locked_organisation(slug)
    record = _record({**cells, "organisation": slug, "name": organisation.name})
    holding = Holding.objects.filter(
        organisation=organisation,
        kind=record.kind.value,
        platform=record.platform,
        key=rules.key_of(record),
    ).first()
    before = None
    if holding is None:
        holding = Holding(
            organisation=organisation,
            kind=record.kind.value,
            platform=record.platform,
            key=rules.key_of(record),
            is_demo=organisation.is_demo,
        )
    else:
        before = holding_record(holding)
        _take_up_again(holding)
    if vouched:
        _refuse_if_elsewhere(holding)
    holding.value, holding.bank, holding.note = record.value, record.bank, record.note
    holding.platform_id = record.platform_id or holding.platform_id
    holding.valid_from, holding.valid_to = record.valid_from, None
    holding.is_vouched = vouched
    holding.state = (HoldingState.VERIFIED if vouched else HoldingState.PROPOSED).value
    holding.save()
    _write("holding.declared", holding, before, by=by)
    return holding.pk


def _record(cells: Mapping[str, str]) -> HoldingRecord:
    try:
        record = holding_of(cells)
    except RefusedError as error:
        raise HoldingInvalid(error.why, reason=error.code.value) from error
    return rules.with_known_bank(record)


def _take_up_again(holding: Holding) -> None:
    """What had ended begins anew, and what it was remains known."""
    if holding.state != HoldingState.RETIRED or holding.valid_to is None:
        raise HoldingKnown("The organisation has that holding.", holding=holding.pk)
    Period.objects.create(
        holding=holding,
        kind=PeriodKind.OWNED.value,
        since=holding.valid_from,
        until=holding.valid_to + dt.timedelta(days=1),
    )
    if holding.compromised_from:
        _end_compromise(holding, holding.valid_to + dt.timedelta(days=1))
    holding.handed_to = holding.lapsed_from = holding.unproved_since = holding.doubted_from = None
    # Somebody else may have had it in between.
    _forget_proofs(holding)


@transaction.atomic
def describe(slug: str, holding_id: int, *, note: str, platform_id: str, by: str) -> None:
    """Change a holding's note, and its platform's identifier while that is not known yet.

    Raises `HoldingInvalid`; another identifier is another account, which is declared anew.
    """
    holding = locked(slug, holding_id)
    before = holding_record(holding)
    said = _record(
        {
            "organisation": slug,
            "name": "-",
            "kind": holding.kind,
            "platform": holding.platform,
            "value": holding.value,
            "bank": holding.bank,
            "note": note,
            "platform_id": platform_id,
        }
    )
    if holding.platform_id and said.platform_id not in ("", holding.platform_id):
        raise HoldingInvalid("The account has another identifier.", reason="other_identifier")
    holding.note, holding.platform_id = said.note, said.platform_id or holding.platform_id
    if before != holding_record(holding):
        holding.save()
        _write("holding.changed", holding, before, by=by)


@transaction.atomic
def confirm(slug: str, holding_id: int, *, by: str) -> None:
    """Let the desk say that a proposed holding is theirs. Raises `HoldingElsewhere`.

    What is proved goes on by its proofs, and lapses with them. For what is not, the desk stands.
    """
    holding, before = _step(slug, holding_id, HoldingState.VERIFIED)
    _refuse_if_elsewhere(holding)
    _settle_open_reuse(holding, ReuseEnd.MISTAKE)
    holding.is_vouched = not rule.standing([ProofKind(each) for each in holding.proved_by]).is_met
    holding.lapsed_from = holding.unproved_since = None
    holding.save()
    _write("holding.verified", holding, before, by=by)


@transaction.atomic
def set_use(slug: str, holding_id: int, state: HoldingState, *, by: str) -> None:
    """Say whether a confirmed holding is in everyday use: verified, active or dormant."""
    if state not in rules.CONFIRMED:
        raise HoldingInvalid(f"{state.value} is no way of use.", reason="use_unknown")
    current = locked(slug, holding_id)
    if current.state not in rules.CONFIRMED:
        rules.check_step(HoldingState(current.state), HoldingState.DORMANT)
    holding, before = _step(slug, holding_id, state)
    holding.save()
    _write("holding.changed", holding, before, by=by)


@transaction.atomic
def retire(slug: str, holding_id: int, *, day: dt.date, by: str) -> None:
    """Say that `day` is the last on which a holding is theirs; it ends after that day.

    Raises `HoldingInvalid` for a day before it began.
    """
    today = timezone.localdate()
    holding = locked(slug, holding_id)
    before = holding_record(holding)
    _check_was_confirmed(holding)
    _check_day(holding, day)
    if holding.lapsed_from:
        day = min(day, holding.lapsed_from - dt.timedelta(days=1))
    holding.valid_to = day
    if day <= today:
        holding.state = HoldingState.RETIRED.value
    holding.save()
    _write("holding.retired", holding, before, by=by)


@transaction.atomic
def withdraw(slug: str, holding_id: int, *, by: str) -> None:
    """Take back what was proposed and never confirmed; it leaves nothing but its events.

    Raises `StateRefused` for what was confirmed once: that it was theirs stays known.
    """
    holding = locked(slug, holding_id)
    if holding.state != HoldingState.PROPOSED or holding.lapsed_from is not None:
        raise StateRefused("What was confirmed once is given up, not withdrawn.")
    removed = Changed(
        "holding.withdrawn", holding.organisation_id, holding.pk, holding_record(holding), None
    )
    holding.delete()
    history.write([removed], by=by)


def _check_was_confirmed(holding: Holding) -> None:
    """Raises `StateRefused` for what nobody has confirmed: it was theirs on no day."""
    rules.check_step(HoldingState(holding.state), HoldingState.RETIRED)
    if holding.state == HoldingState.PROPOSED and holding.lapsed_from is None:
        raise StateRefused("What was only proposed is withdrawn, not given up.")


@transaction.atomic
def retire_due(*, by: str) -> int:
    """Retire what has ended by its day; returns how much."""
    today = timezone.localdate()
    due = Holding.objects.filter(
        state__in=[each.value for each in rules.CONFIRMED], valid_to__lt=today
    ).select_related("organisation", "handed_to")
    changes = []
    for holding in due.select_for_update(of=("self",)):
        before = holding_record(holding)
        holding.state = HoldingState.RETIRED.value
        holding.save(update_fields=["state"])
        changes.append(_changed("holding.retired", holding, before))
    history.write(changes, by=by)
    return len(changes)


@transaction.atomic
def report_compromised(slug: str, holding_id: int, *, since: dt.date, by: str) -> None:
    """Say that a holding is in other hands since a day: from then on nothing of it is official.

    Raises `HoldingInvalid` for a day that is to come or before it was theirs.
    """
    holding, before = _step(slug, holding_id, HoldingState.COMPROMISED)
    if since > timezone.localdate():
        raise HoldingInvalid("That day is still to come.", reason="day_to_come")
    _check_day(holding, since)
    holding.compromised_from = since
    holding.save()
    _write("holding.compromised", holding, before, by=by)


@transaction.atomic
def recover(slug: str, holding_id: int, *, day: dt.date, by: str) -> None:
    """Say that a holding is theirs again from `day` on; that it was not is kept.

    Raises `HoldingInvalid` for a day that is to come or before it was taken.
    """
    holding, before = _step(slug, holding_id, HoldingState.ACTIVE)
    since = holding.compromised_from
    if since is None or day > timezone.localdate() or day < since:
        raise HoldingInvalid("It can't have come back on that day.", reason="day_impossible")
    _end_compromise(holding, day)
    holding.save()
    _write("holding.recovered", holding, before, by=by)


def _end_compromise(holding: Holding, until: dt.date) -> None:
    Period.objects.create(
        holding=holding,
        kind=PeriodKind.COMPROMISED.value,
        since=holding.compromised_from,
        until=until,
    )
    holding.compromised_from = None


@transaction.atomic
def rename_account(
    slug: str, holding_id: int, value: str, *, day: dt.date, by: str, vouched: bool = False
) -> None:
    """Give an account the name that it has from `day` on; the old one stays known as its own.

    The new name is proposed until proofs or the desk confirm it: a stolen sign-in must not make
    another account official by calling it a new name. Raises `HoldingInvalid` and `HoldingKnown`.
    """
    holding = locked(slug, holding_id)
    before = holding_record(holding)
    if holding.kind != HoldingKind.ACCOUNT or holding.state not in rules.CONFIRMED:
        raise HoldingInvalid("Only a confirmed account gets another name.", reason="not_an_account")
    name = _handle(value)
    today = timezone.localdate()
    if day > today or day < (holding.valid_from or _EARLIEST):
        raise HoldingInvalid("It can't have got that name on that day.", reason="day_impossible")
    others = Holding.objects.filter(
        organisation=holding.organisation,
        kind=holding.kind,
        platform=holding.platform,
        key=name.lower(),
    )
    if others.exclude(pk=holding.pk).exists():
        raise HoldingKnown("The organisation has that holding.")
    if name.lower() != holding.key:
        last = holding.former_names.order_by("-until").first()
        FormerName.objects.create(
            holding=holding,
            value=holding.value,
            key=holding.key,
            since=last.until + dt.timedelta(days=1) if last else holding.valid_from,
            until=day - dt.timedelta(days=1),
        )
        holding.is_vouched = vouched
        if not vouched:
            holding.state, holding.lapsed_from = HoldingState.PROPOSED.value, day
        _forget_proofs(holding)
        _settle_open_reuse(holding, ReuseEnd.TAKEN)
    holding.value, holding.key = name, name.lower()
    if vouched:
        _refuse_if_elsewhere(holding)
    holding.save()
    _write("holding.renamed", holding, before, by=by)


def _forget_proofs(holding: Holding) -> None:
    """What was proved or seen of another name, or of another time, says nothing of this one."""
    Seen.objects.filter(proof__holding=holding).delete()
    fresh = {"result": "", "problem": "", "held_at": None, "denied_since": None, "failures": 0}
    holding.proofs.update(**fresh)
    holding.proofs.exclude(kind=ProofKind.IN_PERSON.value).update(due_at=timezone.now())
    holding.proved_by = []


def _handle(value: str) -> str:
    try:
        return handle(value)
    except RefusedError as error:
        raise HoldingInvalid(error.why, reason=error.code.value) from error


@transaction.atomic
def note_platform_id(
    platform: str, name: str, platform_id: str, *, day: dt.date, by: str
) -> list[int]:
    """Say which identifier the account has that is found under a name on a day.

    An account of that name whose identifier is another one is doubted from that day on: somebody
    else has the name. Returns the numbers of the holdings that became doubted.
    """
    try:
        seen, key = known_id(platform_id), handle(name).lower()
    except RefusedError as error:
        raise HoldingInvalid(error.why, reason=error.code.value) from error
    found = Holding.objects.filter(
        kind=HoldingKind.ACCOUNT.value, platform=platform, key=key, doubted_from=None
    ).exclude(Q(platform_id="") | Q(platform_id=seen) | Q(state=HoldingState.RETIRED.value))
    changes = []
    for holding in found.select_related("organisation", "handed_to"):
        before = holding_record(holding)
        Reuse.objects.create(holding=holding, platform_id=seen, seen_on=day)
        holding.doubted_from = day
        holding.save(update_fields=["doubted_from"])
        changes.append(_changed("holding.doubted", holding, before))
    history.write(changes, by=by)
    return [each.holding_id for each in changes if each.holding_id is not None]


@transaction.atomic
def settle_reuse(slug: str, holding_id: int, end: ReuseEnd, *, by: str) -> None:
    """Say what came of a name that was seen with another identifier.

    `taken`: the account ended the day before it was seen. `ours`: it is a new account of theirs,
    with the identifier that was seen. `mistake`: nothing changed. Raises `HoldingInvalid` where
    nothing is in doubt.
    """
    holding = locked(slug, holding_id)
    before = holding_record(holding)
    doubted_from = holding.doubted_from
    reuse = _settle_open_reuse(holding, end)
    if reuse is None or doubted_from is None:
        raise HoldingInvalid("Nothing is in doubt about it.", reason="nothing_in_doubt")
    if end is ReuseEnd.OURS:
        holding.platform_id = reuse.platform_id
    elif end is ReuseEnd.TAKEN:
        begun = holding.valid_from or _EARLIEST
        holding.valid_to = max(doubted_from - dt.timedelta(days=1), begun)
        holding.state = HoldingState.RETIRED.value
    holding.save()
    _write("holding.settled", holding, before, by=by)


def _settle_open_reuse(holding: Holding, end: ReuseEnd) -> Reuse | None:
    holding.doubted_from = None
    found = Reuse.objects.filter(holding=holding, settled_at=None).first()
    if found is not None:
        found.settled_at, found.settled_as = timezone.now(), end.value
        found.save(update_fields=["settled_at", "settled_as"])
    return found


@transaction.atomic
def offer(slug: str, holding_id: int, *, to: str, day: dt.date, by: str) -> int:
    """Offer a holding to another organisation, `day` being its last here; returns the handover.

    Nothing changes until it is taken. Raises `HoldingInvalid`, `StateRefused`,
    `OrganisationUnknown`.
    """
    holding = locked(slug, holding_id)
    _check_was_confirmed(holding)
    _check_day(holding, day)
    if day > timezone.localdate() + _FURTHEST:
        raise HoldingInvalid("That day is too far ahead.", reason="day_impossible")
    other = locked_organisation(to)
    if other.pk == holding.organisation_id:
        raise HoldingInvalid("It is theirs already.", reason="theirs_already")
    if Handover.objects.filter(holding=holding, answered_at=None).exists():
        raise HoldingInvalid("It is offered to somebody already.", reason="offered_already")
    made = Handover.objects.create(holding=holding, to=other, day=day, offered_at=timezone.now())
    _write("holding.offered", holding, holding_record(holding), by=by)
    return made.pk


@transaction.atomic
def take_over(to: str, handover_id: int, *, by: str) -> int:
    """Take what was offered; returns the number of the new holding.

    It goes on as it stood for the one before: both sides have said so. What rested on proofs alone
    needs proofs of the new owner within the days of grace. Raises `HandoverUnknown`.
    """
    handover, old = _open_handover(to, handover_id)
    before = holding_record(old)
    _check_was_confirmed(old)
    was_confirmed = old.state in rules.CONFIRMED
    begins = handover.day + dt.timedelta(days=1)
    new, known = _successor(old, handover, begins)
    new.state = (HoldingState.VERIFIED if was_confirmed else HoldingState.PROPOSED).value
    new.is_vouched = old.is_vouched
    if was_confirmed and not old.is_vouched:
        new.unproved_since = timezone.localdate()
    old.valid_to, old.handed_to = handover.day, handover.to
    if handover.day <= timezone.localdate():
        old.state = HoldingState.RETIRED.value
    old.save()
    new.save()
    _answer(handover, is_accepted=True)
    history.write(
        [_changed("holding.handed_over", old, before), _changed("holding.taken_over", new, known)],
        by=by,
    )
    return new.pk


def _successor(old: Holding, handover: Handover, begins: dt.date) -> tuple[Holding, Record | None]:
    """The holding of the new owner: made, or one that it had before."""
    known = Holding.objects.filter(
        organisation=handover.to, kind=old.kind, platform=old.platform, key=old.key
    ).first()
    before = None
    if known is None:
        known = Holding(organisation=handover.to, kind=old.kind, platform=old.platform, key=old.key)
    else:
        before = holding_record(known)
        if known.state != HoldingState.PROPOSED:
            _take_up_again(known)
    known.value, known.bank, known.note = old.value, old.bank, old.note
    known.platform_id = old.platform_id
    known.valid_from, known.valid_to = begins, None
    known.is_demo = handover.to.is_demo
    return known, before


@transaction.atomic
def decline(to: str, handover_id: int, *, by: str) -> None:
    """Do not take what was offered. Raises `HandoverUnknown`."""
    handover, holding = _open_handover(to, handover_id)
    _answer(handover, is_accepted=False)
    _write("holding.declined", holding, holding_record(holding), by=by)


@transaction.atomic
def withdraw_offer(slug: str, holding_id: int, *, by: str) -> None:
    """Take back an offer that was not answered. Raises `HandoverUnknown`."""
    holding = locked(slug, holding_id)
    found = Handover.objects.filter(holding=holding, answered_at=None).first()
    if found is None:
        raise HandoverUnknown("It is offered to nobody.")
    _answer(found, is_accepted=False)
    _write("holding.offer_withdrawn", holding, holding_record(holding), by=by)


def _open_handover(to: str, handover_id: int) -> tuple[Handover, Holding]:
    """An offer that waits for an answer, and its holding, locked. Raises `HandoverUnknown`."""
    found = None
    if 0 < handover_id < 2**63:
        known = Handover.objects.select_related("holding__organisation", "to")
        offered = known.filter(pk=handover_id, to__slug=to, answered_at=None)
        found = offered.first()
    if found is not None:
        # The holding first, as every step does: two that answer one offer wait for each other.
        holding = locked(found.holding.organisation.slug, found.holding_id)
        found = offered.select_for_update(of=("self",)).first()
    if found is None:
        raise HandoverUnknown(f"Nothing is offered to {to[:100]} under {handover_id}.")
    return found, holding


def _answer(handover: Handover, *, is_accepted: bool) -> None:
    handover.answered_at, handover.is_accepted = timezone.now(), is_accepted
    handover.save(update_fields=["answered_at", "is_accepted"])


def _refuse_if_elsewhere(holding: Holding) -> None:
    """Raises `HoldingElsewhere` where another organisation's is confirmed under the same name."""
    if elsewhere(holding):
        raise HoldingElsewhere("Another organisation has that holding.")


def elsewhere(holding: Holding) -> bool:
    """Whether another organisation has a confirmed holding of the same name today."""
    same = Holding.objects.filter(
        kind=holding.kind,
        platform=holding.platform,
        key=holding.key,
        bank=holding.bank,
        state__in=[each.value for each in rules.CONFIRMED],
    )
    return same.exclude(organisation=holding.organisation).exists()


def _step(slug: str, holding_id: int, wanted: HoldingState) -> tuple[Holding, Record]:
    """The holding in its new state, not yet saved, and what it was. Raises `StateRefused`."""
    holding = locked(slug, holding_id)
    before = holding_record(holding)
    rules.check_step(HoldingState(holding.state), wanted)
    holding.state = wanted.value
    return holding, before


def locked(slug: str, holding_id: int) -> Holding:
    """Raises `HoldingUnknown`."""
    known = Holding.objects.select_for_update(of=("self",)).select_related(
        "organisation", "handed_to"
    )
    found = None
    if 0 < holding_id < 2**63:
        found = known.filter(pk=holding_id, organisation__slug=slug).first()
    if found is None:
        raise HoldingUnknown(f"{slug[:100]} has no holding {holding_id}.", holding=holding_id)
    return found


def _check_day(holding: Holding, day: dt.date) -> None:
    if day < (holding.valid_from or _EARLIEST):
        raise HoldingInvalid("It was not theirs yet on that day.", reason="day_before")


def _changed(verb: str, holding: Holding, before: Record | None) -> Changed:
    return Changed(verb, holding.organisation_id, holding.pk, before, holding_record(holding))


def _write(verb: str, holding: Holding, before: Record | None, *, by: str) -> None:
    history.write([_changed(verb, holding, before)], by=by)
