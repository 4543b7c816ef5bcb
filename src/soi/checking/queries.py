"""All reads of the desk's own work. What readers may see is in `soi.checking.public`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from soi.captures import queries as captures
from soi.captures.types import Capture, Seen
from soi.checking.access import ClaimRow, claim_row, known_id
from soi.checking.content import read
from soi.checking.differences import FieldChange
from soi.checking.differences import differences as compared
from soi.checking.errors import ClaimUnknown, VersionUnknown
from soi.checking.models import (
    Approval,
    Challenge,
    Claim,
    Draft,
    Edition,
    Evidence,
    Note,
    QueueWeights,
    Recusal,
    Reminder,
    Revision,
)
from soi.checking.ordering import Factors, Weights, factors
from soi.checking.public import ChallengeRow, challenge_rows
from soi.checking.rules import LIMITS
from soi.checking.scratch import ScratchRow, scratch_of
from soi.checking.standing import Standing, standing_of
from soi.checking.types import ChallengeState, ClaimState, Harm
from soi.core.rows import Rows
from soi.core.text import clean
from soi.people import queries as people
from soi.people.types import Member

_IN_THE_QUEUE = (ClaimState.OPEN, ClaimState.WORKING)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which claims somebody wants to see in the queue; what is left as it is hides nothing more."""

    states: tuple[ClaimState, ...] = _IN_THE_QUEUE
    text: str = ""
    """Plain containment in the wording."""
    harm: Harm | None = None
    taken_by: int | None = None
    for_approval: bool = False
    """Only drafts that meet every gate but the second person's approval."""


_EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One claim in the queue, with what its place is made of."""

    claim: ClaimRow
    factors: Factors
    taken_by: str
    """The name of whoever works on it, "" for nobody."""
    parts: int
    """Claims that were merged into it."""
    has_draft: bool
    open_gates: int
    """Gates that were not met after the draft's last change, the second person's aside."""
    approvals: int
    """Of what the draft says now."""
    approvals_needed: int
    editions: int


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many claims stand where."""

    by_state: dict[ClaimState, int]
    for_approval: int
    """Drafts that only wait for somebody to approve them."""
    approved: int
    """Drafts that can be published."""
    open_challenges: int
    due_reminders: int

    @property
    def waiting(self) -> int:
        """Claims of the queue: open, or being worked on."""
        return sum(self.by_state[state] for state in _IN_THE_QUEUE)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One version of a draft."""

    version: int
    at: dt.datetime
    by: int
    name: str
    digest: str
    changed: tuple[str, ...]
    """The fields that differ from the version before."""
    edition: int | None
    """The number of the edition that was published from it."""


@dataclass(frozen=True, slots=True)
class ApprovalHistoryRow:
    """One approval, whatever became of it."""

    by: int
    name: str
    at: dt.datetime
    digest: str
    voided_at: dt.datetime | None
    edition: int | None


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A working note."""

    id: int
    text: str
    by: int
    name: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """A published check that is to be looked at again."""

    claim: ClaimRow
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class FlaggedRow:
    """A published check, and a source of it that is no longer what it was."""

    claim: ClaimRow
    capture: Capture


def weights() -> Weights:
    """How much each factor counts in the order of the queue."""
    row = QueueWeights.objects.filter(id=1).first()
    if row is None:
        return Weights()
    return Weights(row.reach, row.harm, row.checkability, row.half_life_hours)


def queue(wanted: Wanted = _EVERYTHING) -> Rows[QueueRow]:
    """The claims that are wanted, the weightiest first, to be read page by page.

    A page takes four queries, whatever its length.
    """
    found = _wanted(wanted)
    ordered = found.select_related("draft").annotate(
        given=Coalesce(Subquery(_approvals_given()), 0),
        part_count=_count(Claim.objects.filter(merged_into=OuterRef("pk")), "merged_into"),
        edition_count=_count(Edition.objects.filter(claim=OuterRef("pk")), "claim"),
    )
    page = ordered.order_by("-priority", "-pk")
    return Rows(found.count, lambda start, stop: _queue_rows(page[start:stop]))


def queue_counts() -> QueueCounts:
    """How many claims, approvals, challenges and reminders wait. Three queries."""
    states = dict(Claim.objects.values_list("state").annotate(Count("pk")))
    drafts = (
        Draft.objects.filter(open_gates=0)
        .exclude(claim__state__in=(ClaimState.CLOSED.value, ClaimState.MERGED.value))
        .annotate(given=Coalesce(Subquery(_approvals_given("claim")), 0))
        .aggregate(
            waiting=Count("pk", filter=Q(given__lt=F("approvals_needed"))),
            approved=Count("pk", filter=Q(given__gte=F("approvals_needed"))),
        )
    )
    challenges = Challenge.objects.filter(state=ChallengeState.OPEN.value)
    waiting = dict(
        challenges.order_by()
        .annotate(of=Value("challenges"))
        .values_list("of")
        .annotate(Count("pk"))
        .union(
            _due(timezone.localdate())
            .order_by()
            .annotate(of=Value("reminders"))
            .values_list("of")
            .annotate(Count("pk"))
        )
    )
    return QueueCounts(
        by_state={state: states.get(state.value, 0) for state in ClaimState},
        for_approval=drafts["waiting"],
        approved=drafts["approved"],
        open_challenges=waiting.get("challenges", 0),
        due_reminders=waiting.get("reminders", 0),
    )


def claim(claim_id: int) -> ClaimRow:
    """One claim, for programs; people get theirs by `access.claim_for`. Raises `ClaimUnknown`."""
    return claim_row(_claim(claim_id))


def draft(claim_id: int) -> Standing:
    """The check of a claim as it stands: words, evidence, gates, approvals, digest.

    Eleven queries at most, whatever the number of sources. Raises `ClaimUnknown`.
    """
    return standing_of(_claim(claim_id))


def history(claim_id: int) -> Rows[HistoryRow]:
    """Every version of a draft, the newest first, to be read page by page."""
    published = Edition.objects.filter(claim=OuterRef("claim"), digest=OuterRef("digest"))
    found = Revision.objects.filter(claim=known_id(claim_id), version__gt=0)
    ordered = (
        found.annotate(edition=Subquery(published.values("number")[:1]))
        .defer("content")
        .order_by("-version")
    )

    def rows(start: int, stop: int) -> list[HistoryRow]:
        page = list(ordered[start:stop])
        names = people.names_of(each.by_id for each in page)
        return [
            HistoryRow(
                each.version,
                each.at,
                each.by_id,
                names[each.by_id],
                each.digest,
                tuple(each.changed),
                each.edition,
            )
            for each in page
        ]

    return Rows(found.count, rows)


def differences(claim_id: int, *, before: int, after: int) -> list[FieldChange]:
    """What differs between two versions of a draft, field by field. Raises `VersionUnknown`."""
    found = dict(
        Revision.objects.filter(
            claim=known_id(claim_id), version__in=[_version(before), _version(after)]
        ).values_list("version", "content")
    )
    for version in (before, after):
        if version not in found:
            raise VersionUnknown(f"The draft has no version {version}.", version=version)
    return compared(read(found[before]), read(found[after]))


def approvals(claim_id: int) -> list[ApprovalHistoryRow]:
    """All approvals of a check, the newest first: those that stand, were used or ended."""
    found = list(
        Approval.objects.filter(claim=known_id(claim_id))
        .select_related("edition")
        .order_by("-at", "-pk")
    )
    names = people.names_of(each.by_id for each in found)
    return [
        ApprovalHistoryRow(
            each.by_id,
            names[each.by_id],
            each.at,
            each.digest,
            each.voided_at,
            each.edition.number if each.edition else None,
        )
        for each in found
    ]


def notes(claim_id: int) -> list[NoteRow]:
    """The working notes on a claim, the oldest first."""
    found = list(Note.objects.filter(claim=known_id(claim_id)).order_by("at", "pk"))
    names = people.names_of(each.by_id for each in found)
    return [NoteRow(each.pk, each.text, each.by_id, names[each.by_id], each.at) for each in found]


def recused(claim_id: int) -> frozenset[int]:
    """Who has left a claim to others."""
    found = Recusal.objects.filter(claim=known_id(claim_id))
    return frozenset(found.values_list("by", flat=True))


def parts(claim_id: int) -> list[ClaimRow]:
    """The claims that were merged into one, the most asked first."""
    found = Claim.objects.filter(merged_into=known_id(claim_id))
    return [claim_row(each) for each in found.order_by("-reach", "pk")]


def scratch(claim_id: int, member: Member) -> ScratchRow | None:
    """What somebody has typed on a claim and not saved."""
    return scratch_of(known_id(claim_id), member)


def desk_challenges(states: Iterable[ChallengeState] = ()) -> Rows[ChallengeRow]:
    """Readers' objections as the desk sees them, those that wait the longest first."""
    found = Challenge.objects.order_by("received_at", "pk")
    wanted = [each.value for each in states]
    found = found.filter(state__in=wanted) if wanted else found
    return Rows(found.count, lambda start, stop: challenge_rows(found[start:stop]))


def reminder(claim_id: int) -> dt.date | None:
    """The day on which a check is to be looked at again."""
    found = Reminder.objects.filter(claim=known_id(claim_id))
    return found.values_list("due_on", flat=True).first()


def due_reminders(day: dt.date) -> Rows[ReminderRow]:
    """The published checks that are to be looked at again by that day, the oldest first."""
    found = _due(day).select_related("claim").order_by("due_on", "pk")
    return Rows(
        found.count,
        lambda start, stop: [
            ReminderRow(claim_row(each.claim), each.due_on) for each in found[start:stop]
        ],
    )


def flagged_sources(most: int = 200) -> list[FlaggedRow]:
    """Sources of published checks that the watch found changed, moved or gone, the newest first.

    One leaves the list when no draft cites it any more, or when somebody watches it no more. Three
    queries.
    """
    seen = captures.captures(watched=True, seen=(Seen.CHANGED, Seen.MOVED, Seen.GONE))[:most]
    citing = claims_citing(each.id for each in seen)
    wanted = {claim_id for claims in citing.values() for claim_id in claims}
    found = Claim.objects.filter(pk__in=wanted, state=ClaimState.PUBLISHED.value)
    rows = {each.pk: claim_row(each) for each in found}
    return [
        FlaggedRow(rows[claim_id], capture)
        for capture in seen
        for claim_id in citing.get(capture.id, ())
        if claim_id in rows
    ]


def claims_citing(capture_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Which claims cite each capture now; captures that none cites are left out. One query."""
    wanted = [each for each in capture_ids if known_id(each)]
    found: dict[int, list[int]] = {}
    rows = Evidence.objects.filter(capture__in=wanted, is_cited=True).order_by("claim")
    for capture, claim_id in rows.values_list("capture", "claim").distinct():
        found.setdefault(capture, []).append(claim_id)
    return {capture: tuple(claims) for capture, claims in found.items()}


def _claim(claim_id: int) -> Claim:
    found = Claim.objects.filter(pk=known_id(claim_id)).first()
    if found is None:
        raise ClaimUnknown(f"There is no claim {claim_id}.", claim=claim_id)
    return found


def _version(number: int) -> int:
    return number if 0 <= number < 2**31 else -1


def _due(day: dt.date) -> QuerySet[Reminder]:
    return Reminder.objects.filter(due_on__lte=day, claim__state=ClaimState.PUBLISHED.value)


def _wanted(wanted: Wanted) -> QuerySet[Claim]:
    found = Claim.objects.filter(state__in=[state.value for state in wanted.states])
    if text := clean(wanted.text[: LIMITS["wording"]]).strip():
        found = found.filter(wording__icontains=text)
    if wanted.harm is not None:
        found = found.filter(harm=wanted.harm.value)
    if wanted.taken_by is not None:
        found = found.filter(taken_by=wanted.taken_by)
    if wanted.for_approval:
        found = found.filter(draft__open_gates=0).annotate(
            so_far=Coalesce(Subquery(_approvals_given()), 0)
        )
        found = found.filter(so_far__lt=F("draft__approvals_needed"))
    return found


def _approvals_given(claim: str = "pk") -> QuerySet[Any, Any]:
    """How many approvals stand of what a claim's draft says now, as a subquery."""
    digest = "draft__digest" if claim == "pk" else "digest"
    found = Approval.objects.filter(
        claim=OuterRef(claim),
        digest=OuterRef(digest),
        voided_at__isnull=True,
        edition__isnull=True,
    )
    return found.order_by().values("claim").annotate(n=Count("pk")).values("n")


def _count(found: QuerySet[Any], by: str) -> Coalesce:
    counted = found.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def _queue_rows(page: QuerySet[Any]) -> list[QueueRow]:
    found, counts, now = list(page), weights(), timezone.now()
    names = people.names_of(each.taken_by_id for each in found if each.taken_by_id)
    return [_queue_row(each, names, counts, now) for each in found]


def _queue_row(found: Any, names: dict[int, str], counts: Weights, now: dt.datetime) -> QueueRow:
    known = getattr(found, "draft", None)
    return QueueRow(
        claim=claim_row(found),
        factors=factors(
            reach=found.reach,
            harm=Harm(found.harm),
            checkability=found.checkability,
            last_asked_at=found.last_asked_at,
            weights=counts,
            now=now,
        ),
        taken_by=names.get(found.taken_by_id or 0, ""),
        parts=found.part_count,
        has_draft=known is not None,
        open_gates=known.open_gates if known else 0,
        approvals=found.given,
        approvals_needed=known.approvals_needed if known else 1,
        editions=found.edition_count,
    )


def claims_with_ids(claim_ids: Iterable[int]) -> dict[int, ClaimRow]:
    """Claims by number, parts of others too, those that exist. One query."""
    wanted = {each for each in claim_ids if known_id(each)}
    return {row.pk: claim_row(row) for row in Claim.objects.filter(pk__in=wanted)}


def parts_of(claim_ids: Iterable[int]) -> dict[int, int]:
    """The claims that were merged into these, each with what it is a part of. One query."""
    wanted = {each for each in claim_ids if known_id(each)}
    found = Claim.objects.filter(merged_into__in=wanted).values_list("pk", "merged_into")
    return {part: whole for part, whole in found if whole is not None}
