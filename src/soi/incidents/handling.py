"""All writes of incidents: opening, steps, notes, captures, closing, what is prepared.

Each is one transaction with its line of the timeline and its journal event. What an incident is
about and its kind are said once, when it is opened: nothing here changes them, and the database
would refuse it (`soi.incidents.triggers`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.utils import timezone

from soi.captures import actions as captures
from soi.captures.queries import capture_with_id
from soi.incidents import clocks, following, queries, rules
from soi.incidents.errors import IncidentInvalid, IncidentKnown, IncidentUnknown
from soi.incidents.models import Evidence, Incident, Notice, Prepared, Step, TimelineEntry
from soi.incidents.types import (
    Form,
    Happening,
    IncidentKind,
    IncidentRow,
    IncidentState,
    Named,
    NoticeRow,
    NoticeState,
    PreparedRow,
    StepState,
    StepWord,
)
from soi.journal.actions import Entry, append
from soi.register.queries import holding_with_id, known_organisation
from soi.register.types import HoldingRow
from soi.watch.noting import report
from soi.watch.queries import lookalike_with_id
from soi.watch.rules import source_name
from soi.watch.types import LookalikeRow, Name

CAPTURES_LIMIT = 50
"""Captures of one incident."""


@transaction.atomic
def open_incident(
    organisation: str,
    kind: IncidentKind,
    *,
    words: str,
    by: str,
    holding: int | None = None,
    lookalike: int | None = None,
    since: dt.datetime | None = None,
) -> int:
    """Open an incident about a holding or a name before the desk; its clocks run from now on.

    Returns its number. A notice in force that warns of the holding belongs to it from now on.
    Raises `OrganisationUnknown`, `HoldingUnknown`, `LookalikeUnknown`, `IncidentInvalid`, and
    `IncidentKnown` where one of that kind is open about the same.
    """
    known = known_organisation(organisation)
    held, seen = subject_of(organisation, holding, lookalike)
    clocks.check_subject(kind, held, seen)
    named = rules.named(held) if held else _named(seen)
    now = timezone.now()
    incident = Incident(
        organisation=organisation,
        kind=kind.value,
        holding=holding,
        lookalike=lookalike,
        named=asdict(named),
        words=rules.said(words, rules.WHAT_LIMIT, needed=True),
        since=rules.begun(since, now=now),
        opened_at=now,
        opened_by=by,
        is_demo=known.is_demo,
    )
    try:
        with transaction.atomic():
            incident.save()
    except IntegrityError as error:
        raise IncidentKnown("An incident of that kind is open about this.") from error
    Step.objects.bulk_create(
        [
            Step(incident=incident, word=word.value, place=place, due_at=now + time)
            for place, (word, time) in enumerate(
                clocks.steps_of(kind, is_of_holding=held is not None)
            )
        ]
    )
    _line(incident, Happening.OPENED, by=by, words=incident.words)
    _write("incident.opened", incident, "", by=by)
    if holding is not None and kind is IncidentKind.HIJACK:
        for notice in queries.notices_about([holding]).values():
            _link(incident, notice, by=notice.published_by)
    return incident.pk


@transaction.atomic
def open_about_name(
    organisation: str,
    kind: IncidentKind,
    name: Name,
    *,
    words: str,
    by: str,
    since: dt.datetime | None = None,
) -> int:
    """Put a name before the desk, and open an incident about it; both or neither.

    Raises `NameInvalid` and `NameIsOfficial`, else as `open_incident`.
    """
    seen = report(name, organisation=organisation, source=source_name("person", by), by=by)
    return open_incident(organisation, kind, words=words, by=by, lookalike=seen, since=since)


def subject_of(
    organisation: str, holding: int | None, lookalike: int | None
) -> tuple[HoldingRow | None, LookalikeRow | None]:
    """What an incident is about, as it stands today.

    Raises `HoldingUnknown`, `LookalikeUnknown`, and `IncidentInvalid` for a name that could be
    taken for another organisation's.
    """
    held = holding_with_id(organisation, holding) if holding is not None else None
    seen = lookalike_with_id(lookalike) if lookalike is not None else None
    if seen is not None and seen.organisation != organisation:
        raise IncidentInvalid("The name is like another organisation's.", reason="of_another")
    return held, seen


def _named(seen: LookalikeRow | None) -> Named:
    if seen is None:
        raise IncidentInvalid("It is about one holding or one name.", reason="one_thing")
    return Named(seen.id, seen.kind.value, seen.platform, seen.key)


def do_step(number: int, step: StepWord, *, by: str, words: str = "") -> None:
    """Say that a step is done, with what was done if somebody wants to.

    Raises `IncidentUnknown`, `IncidentInvalid` for a step that it does not have, and
    `IncidentStateRefused`.
    """
    _move(number, step, StepState.DONE, rules.said(words, rules.REASON_LIMIT), by=by)


def skip_step(number: int, step: StepWord, *, reason: str, by: str) -> None:
    """Say that a step is not needed, and why. Raises as `do_step`."""
    said = rules.said(reason, rules.REASON_LIMIT, needed=True)
    _move(number, step, StepState.SKIPPED, said, by=by)


def undo_step(number: int, step: StepWord, *, by: str) -> None:
    """Let a step wait again; its clock has run on. Raises as `do_step`."""
    _move(number, step, StepState.OPEN, "", by=by)


_STEPPED = {
    StepState.DONE: (Happening.STEP_DONE, "incident.step_done"),
    StepState.SKIPPED: (Happening.STEP_SKIPPED, "incident.step_skipped"),
    StepState.OPEN: (Happening.STEP_UNDONE, "incident.step_undone"),
}


@transaction.atomic
def _move(number: int, word: StepWord, state: StepState, words: str, *, by: str) -> None:
    incident = _open(number)
    before = _digest(incident)
    step = Step.objects.select_for_update().filter(incident=incident, word=word.value).first()
    if step is None:
        raise IncidentInvalid("It has no such step.", reason="no_such_step")
    clocks.check_step(StepState(step.state), state)
    _set(step, state, words, by=by)
    what, verb = _STEPPED[state]
    _line(incident, what, by=by, words=words, step=word)
    _write(verb, incident, before, by=by)


def _set(step: Step, state: StepState, words: str, *, by: str) -> None:
    step.state, step.words = state.value, words
    step.at, step.by = (None, "") if state is StepState.OPEN else (timezone.now(), by)
    step.save(update_fields=["state", "words", "at", "by"])


@transaction.atomic
def note(number: int, *, words: str, by: str) -> None:
    """Put a note into the timeline; also once the incident is closed.

    Raises `IncidentUnknown` and `IncidentInvalid`.
    """
    incident = _locked(number)
    _line(incident, Happening.NOTED, by=by, words=rules.said(words, rules.WHAT_LIMIT, needed=True))
    _write("incident.noted", incident, _digest(incident), by=by)


@transaction.atomic
def capture_address(number: int, url: str, *, by: str) -> int:
    """Have the page at an address captured as evidence; the worker fetches it.

    Returns the capture's number. Raises `IncidentUnknown`, `IncidentStateRefused`,
    `IncidentInvalid` for too many, and `AddressInvalid`.
    """
    incident = _open(number)
    _check_room(incident)
    capture = captures.request(url, by=by)
    _add(incident, capture, by=by)
    return capture


@transaction.atomic
def add_capture(number: int, capture: int, *, by: str) -> None:
    """Take what is captured already as evidence; again changes nothing.

    Raises `IncidentUnknown`, `IncidentStateRefused`, `IncidentInvalid` and `CaptureUnknown`.
    """
    incident = _open(number)
    known = capture_with_id(capture).id
    if Evidence.objects.filter(incident=incident, capture=known).exists():
        return
    _check_room(incident)
    _add(incident, known, by=by)


def _check_room(incident: Incident) -> None:
    if Evidence.objects.filter(incident=incident).count() >= CAPTURES_LIMIT:
        raise IncidentInvalid(f"It has {CAPTURES_LIMIT} captures.", reason="too_many_captures")


def _add(incident: Incident, capture: int, *, by: str) -> None:
    Evidence.objects.create(incident=incident, capture_id=capture)
    _line(incident, Happening.CAPTURE_ADDED, by=by, number=capture)
    _write("incident.capture_added", incident, _digest(incident), by=by)


@transaction.atomic
def drop_capture(number: int, capture: int, *, by: str) -> None:
    """Take a capture out of the evidence; the capture itself is kept, and the timeline says so.

    Raises `IncidentUnknown`, `IncidentStateRefused` and `IncidentInvalid`.
    """
    incident = _open(number)
    known = 0 < capture < 2**63
    if not known or not Evidence.objects.filter(incident=incident, capture=capture).delete()[0]:
        raise IncidentInvalid("It has no such capture.", reason="no_such_capture")
    _line(incident, Happening.CAPTURE_DROPPED, by=by, number=capture)
    _write("incident.capture_dropped", incident, _digest(incident), by=by)


@transaction.atomic
def close(number: int, *, reason: str, by: str) -> None:
    """Close an incident; steps that are open are skipped for the same reason.

    Raises `IncidentUnknown`, `IncidentInvalid` and `IncidentStateRefused`.
    """
    incident = _open(number)
    before = _digest(incident)
    said = rules.said(reason, rules.REASON_LIMIT, needed=True)
    waiting = Step.objects.select_for_update().filter(incident=incident, state=StepState.OPEN)
    for step in waiting.order_by("place"):
        _set(step, StepState.SKIPPED, said, by=by)
        _line(incident, Happening.STEP_SKIPPED, by=by, words=said, step=StepWord(step.word))
    incident.state, incident.reason = IncidentState.CLOSED.value, said
    incident.closed_at, incident.closed_by = timezone.now(), by
    incident.save()
    _line(incident, Happening.CLOSED, by=by, words=said)
    _write("incident.closed", incident, before, by=by)


@transaction.atomic
def reopen(number: int, *, reason: str, by: str) -> None:
    """Open an incident again that was closed; its steps stay as they are, and can be undone.

    Raises `IncidentUnknown`, `IncidentInvalid`, `IncidentStateRefused` for one that is open, and
    `IncidentKnown` where another of its kind was opened about the same.
    """
    incident = _locked(number)
    clocks.check_closed(IncidentState(incident.state))
    before = _digest(incident)
    said = rules.said(reason, rules.REASON_LIMIT, needed=True)
    incident.state, incident.reason = IncidentState.OPEN.value, ""
    incident.closed_at, incident.closed_by = None, ""
    try:
        with transaction.atomic():
            incident.save()
    except IntegrityError as error:
        raise IncidentKnown("An incident of that kind is open about this.") from error
    _line(incident, Happening.REOPENED, by=by, words=said)
    _write("incident.reopened", incident, before, by=by)


def note_published(notice: Notice, *, by: str) -> None:
    """Link a notice that is being published with the open incident that it warns of.

    That does its step of telling the public. Called in the transaction that publishes; a notice
    belongs to the first of several such incidents.
    """
    row = queries.row_of(notice)
    warned_of = {named.id for named in row.untrusted}
    hijacks = Incident.objects.select_for_update().filter(
        holding__in=warned_of, kind=IncidentKind.HIJACK, state=IncidentState.OPEN
    )
    for incident in hijacks.filter(organisation=row.organisation).order_by("pk")[:1]:
        _link(incident, row, by=by)
        notice.incident = incident


def _link(incident: Incident, notice: NoticeRow, *, by: str) -> None:
    before = _digest(incident)
    Notice.objects.filter(pk=notice.id).update(incident=incident)
    _line(incident, Happening.NOTICE_LINKED, by=by, number=notice.id)
    step = incident.steps.filter(word=StepWord.TELL_PUBLIC, state=StepState.OPEN).first()
    if step is not None and notice.state is NoticeState.PUBLISHED:
        _set(step, StepState.DONE, "", by=by)
        _line(incident, Happening.STEP_DONE, by=by, step=StepWord.TELL_PUBLIC)
    _write("incident.notice_linked", incident, before, by=by)


@transaction.atomic
def note_prepared(number: int, form: Form, digest: str, *, by: str) -> PreparedRow:
    """Write down that a bundle or a report with that SHA-256 was prepared for a platform.

    Nothing is handed out that is not written down here, and the database takes it for fraud alone.
    Raises `IncidentUnknown`, `OnlyForFraud` (charter C8) and `NotConfirmedYet`.
    """
    incident = _locked(number)
    check_may_prepare(following.row_of(incident))
    made = Prepared.objects.create(
        incident=incident, form=form.value, digest=digest, at=timezone.now(), by=by
    )
    _line(incident, Happening.PREPARED, by=by, words=form.value)
    append([Entry("incident.prepared", "incident_prepared", number, after=digest)], by=by)
    return following.prepared_with_id(number, made.pk, form)


def check_may_prepare(row: IncidentRow) -> tuple[HoldingRow | None, LookalikeRow | None]:
    """What an incident is about, if something may be prepared for a platform.

    Raises as `note_prepared`.
    """
    clocks.check_fraud(row.kind)
    held, seen = subject_of(row.organisation, row.holding_id, row.lookalike_id)
    clocks.check_confirmed(held, seen)
    return held, seen


def _locked(number: int) -> Incident:
    found = None
    if 0 < number < 2**63:
        found = Incident.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise IncidentUnknown(f"There is no incident {number}.", incident=number)
    return found


def _open(number: int) -> Incident:
    incident = _locked(number)
    clocks.check_open(IncidentState(incident.state))
    return incident


def _digest(incident: Incident) -> str:
    return following.digest_of(following.row_of(incident))


def _line(
    incident: Incident,
    what: Happening,
    *,
    by: str,
    words: str = "",
    step: StepWord | None = None,
    number: int | None = None,
) -> None:
    TimelineEntry.objects.create(
        incident=incident,
        at=timezone.now(),
        by=by,
        what=what.value,
        step=step.value if step else "",
        words=words,
        number=number,
    )


def _write(verb: str, incident: Incident, before: str, *, by: str) -> None:
    append([Entry(verb, "incident", incident.pk, before=before, after=_digest(incident))], by=by)


@transaction.atomic
def remove_demo(*, by: str) -> int:
    """Remove the demonstration's incidents; returns how many."""
    gone = list(Incident.objects.filter(is_demo=True).order_by("pk"))
    entries = [
        Entry("incident.removed", "incident", each.pk, before=_digest(each)) for each in gone
    ]
    Incident.objects.filter(is_demo=True).delete()
    append(entries, by=by)
    return len(gone)
