"""All reads of incidents: their steps and clocks, timelines, captures. Rows leave as values.

Who may see which is decided in `soi.incidents.access`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Min, Prefetch, Q, QuerySet
from django.utils import timezone

from soi.captures.queries import captures_with_ids
from soi.captures.types import Capture
from soi.core.ledger import digest
from soi.core.rows import Rows
from soi.incidents import queries
from soi.incidents.errors import IncidentUnknown
from soi.incidents.models import Evidence, Incident, Prepared, Step, TimelineEntry
from soi.incidents.statements import moment
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
    StepRow,
    StepState,
    StepWord,
    TimelineRow,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which incidents somebody wants to see; what is empty leaves nothing out."""

    state: IncidentState | None = None
    kind: IncidentKind | None = None
    organisation: str = ""
    is_overdue: bool = False
    """Only those with a step that is late."""


def incidents(asked: Asked, *, organisations: Collection[str] | None = None) -> Rows[IncidentRow]:
    """Incidents, what is open and due first before the rest, to be read page by page.

    With `organisations` only theirs.
    """
    now = timezone.now()
    waiting = Q(steps__state=StepState.OPEN)
    found = Incident.objects.annotate(due=Min("steps__due_at", filter=waiting))
    if organisations is not None:
        found = found.filter(organisation__in=organisations)
    for field in ("state", "kind", "organisation"):
        if wanted := getattr(asked, field):
            found = found.filter(**{field: wanted})
    if asked.is_overdue:
        found = found.filter(state=IncidentState.OPEN, due__lt=now)
    ordered = _with_steps(found).order_by("-state", F("due").asc(nulls_last=True), "-pk")
    return Rows(found.count, lambda start, stop: [_row(each, now) for each in ordered[start:stop]])


def incident_with_id(number: int) -> IncidentRow:
    """One incident. Raises `IncidentUnknown`."""
    known = 0 < number < 2**63
    found = _with_steps(Incident.objects.filter(pk=number)).first() if known else None
    if found is None:
        raise IncidentUnknown(f"There is no incident {number}.", incident=number)
    return _row(found, timezone.now())


def open_about(
    *, holding_ids: Collection[int] = (), lookalike_ids: Collection[int] = ()
) -> list[IncidentRow]:
    """The open incidents about any of these holdings or names."""
    about = Q(holding__in=holding_ids) | Q(lookalike__in=lookalike_ids)
    found = Incident.objects.filter(about, state=IncidentState.OPEN).order_by("pk")
    now = timezone.now()
    return [_row(each, now) for each in _with_steps(found)]


def timeline_of(number: int) -> list[TimelineRow]:
    """What was done about an incident, the first first."""
    return [
        TimelineRow(
            at=each.at,
            by=each.by,
            what=Happening(each.what),
            step=StepWord(each.step) if each.step else None,
            words=each.words,
            number=each.number,
        )
        for each in TimelineEntry.objects.filter(incident=number).order_by("pk")
    ]


def captures_of(number: int) -> list[Capture]:
    """What was captured of an incident, in the order in which it was asked for."""
    ids = Evidence.objects.filter(incident=number).order_by("capture")
    found = captures_with_ids(ids.values_list("capture", flat=True))
    return [found[each] for each in sorted(found)]


def notices_in(row: IncidentRow) -> list[NoticeRow]:
    """What the organisation says of the holding: prepared notices, and those of this incident."""
    if row.holding_id is None:
        return []
    return [
        each
        for each in queries.notices_of(row.organisation)
        if each.incident_id == row.id
        or (
            each.state is NoticeState.PREPARED
            and row.holding_id in {named.id for named in each.untrusted}
        )
    ]


def prepared_of(number: int) -> list[PreparedRow]:
    """What was prepared for a platform, the newest first."""
    return [_prepared(each) for each in Prepared.objects.filter(incident=number).order_by("-pk")]


def prepared_with_id(incident: int, number: int, form: Form) -> PreparedRow:
    """One of them. Raises `IncidentUnknown`."""
    known = 0 < number < 2**63
    found = Prepared.objects.filter(incident=incident, pk=number, form=form) if known else ()
    for each in found:
        return _prepared(each)
    raise IncidentUnknown(f"Nothing {number} was prepared.", incident=incident)


def record_of(row: IncidentRow) -> dict[str, Any]:
    """An incident as data that can be hashed; whoever acted is named by number."""
    return {
        "incident": row.id,
        "organisation": row.organisation,
        "kind": row.kind.value,
        "state": row.state.value,
        "about": {
            "holding": row.holding_id,
            "lookalike": row.lookalike_id,
            "kind": row.named.kind,
            "platform": row.named.platform,
            "value": row.named.value,
        },
        "words": row.words,
        "since": _moment(row.since),
        "opened": moment(row.opened_at),
        "closed": _moment(row.closed_at),
        "reason": row.reason,
        "is_demo": row.is_demo,
        "steps": [
            {
                "step": step.word.value,
                "due": moment(step.due_at),
                "state": step.state.value,
                "at": _moment(step.at),
                "words": step.words,
            }
            for step in row.steps
        ],
    }


def _moment(at: dt.datetime | None) -> str | None:
    return moment(at) if at else None


def digest_of(row: IncidentRow) -> str:
    """SHA-256 in hex of an incident's record, for the journal."""
    return digest(record_of(row)).hex()


def _with_steps(found: QuerySet[Incident]) -> QuerySet[Incident]:
    return found.prefetch_related(Prefetch("steps", Step.objects.order_by("place")))


def row_of(incident: Incident) -> IncidentRow:
    """The incident as others see it; one query."""
    return _row(incident, timezone.now(), Step.objects.filter(incident=incident).order_by("place"))


def _row(incident: Incident, now: dt.datetime, steps: Iterable[Step] | None = None) -> IncidentRow:
    named = incident.named
    is_open = incident.state == IncidentState.OPEN
    return IncidentRow(
        id=incident.pk,
        organisation=incident.organisation,
        kind=IncidentKind(incident.kind),
        state=IncidentState(incident.state),
        holding_id=incident.holding,
        lookalike_id=incident.lookalike,
        named=Named(named["id"], named["kind"], named["platform"], named["value"]),
        words=incident.words,
        since=incident.since,
        opened_at=incident.opened_at,
        opened_by=incident.opened_by,
        closed_at=incident.closed_at,
        closed_by=incident.closed_by,
        reason=incident.reason,
        is_demo=incident.is_demo,
        steps=tuple(
            _step(each, now if is_open else None)
            for each in (incident.steps.all() if steps is None else steps)
        ),
    )


def _step(step: Step, now: dt.datetime | None) -> StepRow:
    """A step; of an incident that is closed none is late."""
    is_late = now is not None and step.state == StepState.OPEN and step.due_at < now
    return StepRow(
        StepWord(step.word),
        step.due_at,
        StepState(step.state),
        step.at,
        step.by,
        step.words,
        is_late,
    )


def _prepared(each: Prepared) -> PreparedRow:
    return PreparedRow(each.pk, each.incident_id, Form(each.form), each.digest, each.at, each.by)
