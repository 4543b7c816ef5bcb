"""What readers may see: editions, corrections, challenges with their answers.

All of it comes from editions and decided challenges; nothing of a draft is read here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from soi.checking.access import known_id
from soi.checking.content import Content, Source, Words, read, sources_of, words_of
from soi.checking.errors import EditionUnknown
from soi.checking.models import Approval, Challenge, Edition
from soi.checking.types import ChallengeState, EditionKind
from soi.core.rows import Rows
from soi.people import queries as people

ANSWER_FORM = "soi challenge answer 1"

_DECIDED = (ChallengeState.UPHELD.value, ChallengeState.REJECTED.value)


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One edition, for a list."""

    id: int
    """What the journal and the public log name it by."""
    claim_id: int
    number: int
    kind: EditionKind
    digest: str
    words: Words
    published_at: dt.datetime
    is_demo: bool

    @property
    def is_withdrawn(self) -> bool:
        """True when this edition says that the check no longer stands."""
        return self.kind is EditionKind.WITHDRAWAL


@dataclass(frozen=True, slots=True)
class EditionSheet:
    """One edition with all that its page shows."""

    row: EditionRow
    content: str
    """The canonical JSON: the bytes whose SHA-256 is the digest."""
    sources: tuple[Source, ...]
    written_by: str
    edited_by: str
    approved_by: tuple[str, ...]
    published_by: str
    last_number: int
    """Of the edition that stands now."""
    first_published_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ChallengeRow:
    """One objection and, once decided, its answer."""

    id: int
    claim_id: int
    edition: int
    text: str
    received_at: dt.datetime
    state: ChallengeState
    answer: str
    """Markdown."""
    answered_by: str
    answered_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ChallengeCounts:
    """How many objections to a check there were, also those that are not shown."""

    open: int
    upheld: int
    rejected: int
    set_aside: int


def editions(claim_id: int) -> list[EditionRow]:
    """All editions of a check, the newest first; none for what was never published."""
    found = Edition.objects.filter(claim=known_id(claim_id)).select_related("claim")
    return [_row(each) for each in found.order_by("-number")]


def edition(claim_id: int, number: int | None = None) -> EditionSheet:
    """One edition of a check, the one that stands now unless a number is given. Four queries.

    Raises `EditionUnknown`.
    """
    all_of_it = Edition.objects.filter(claim=known_id(claim_id))
    among = all_of_it if number is None else all_of_it.filter(number=known_id(number))
    last = all_of_it.order_by("-number").values("number")[:1]
    first = all_of_it.filter(number=1).values("published_at")
    found = (
        among.select_related("claim")
        .annotate(last_number=Subquery(last), first_published_at=Subquery(first))
        .order_by("-number")
        .first()
    )
    if found is None:
        raise EditionUnknown(f"Check {claim_id} has no such edition.", claim=claim_id)
    approvers = list(
        Approval.objects.filter(edition=found).order_by("at", "pk").values_list("by", flat=True)
    )
    names = people.names_of(
        [found.written_by_id, found.edited_by_id, found.published_by_id, *approvers]
    )
    return EditionSheet(
        row=_row(found),
        content=found.content,
        sources=sources_of(read(found.content)),
        written_by=names[found.written_by_id],
        edited_by=names[found.edited_by_id],
        approved_by=tuple(names[each] for each in approvers),
        published_by=names[found.published_by_id],
        last_number=found.last_number,
        first_published_at=found.first_published_at,
    )


def newest_editions(*, with_withdrawn: bool = False) -> Rows[EditionRow]:
    """What each check says now, the newest first, to be read page by page."""
    later = Edition.objects.filter(claim=OuterRef("claim")).order_by("-number").values("number")
    found = Edition.objects.filter(number=Subquery(later[:1]))
    if not with_withdrawn:
        found = found.exclude(kind=EditionKind.WITHDRAWAL.value)
    return _rows(found)


def corrections(kinds: Iterable[EditionKind] = ()) -> Rows[EditionRow]:
    """Every edition after a first one, the newest first: what was corrected, and why."""
    found = Edition.objects.filter(number__gt=1)
    wanted = [each.value for each in kinds]
    return _rows(found.filter(kind__in=wanted) if wanted else found)


def challenges(claim_id: int) -> list[ChallengeRow]:
    """The decided objections to a check with their answers, the newest first."""
    found = Challenge.objects.filter(edition__claim=known_id(claim_id), state__in=_DECIDED)
    return challenge_rows(found.order_by("-answered_at", "-pk"))


def newest_challenges() -> Rows[ChallengeRow]:
    """The decided objections to all checks, the newest answer first, to be read page by page."""
    found = Challenge.objects.filter(state__in=_DECIDED).order_by("-answered_at", "-pk")
    return Rows(found.count, lambda start, stop: challenge_rows(found[start:stop]))


def challenge_counts(claim_id: int) -> ChallengeCounts:
    """How many objections to a check there were, by where they stand."""
    counts = Challenge.objects.filter(edition__claim=known_id(claim_id)).aggregate(
        **{state.value: Count("pk", filter=Q(state=state.value)) for state in ChallengeState}
    )
    return ChallengeCounts(**counts)


def challenge_rows(found: QuerySet[Challenge]) -> list[ChallengeRow]:
    """Rows of challenges with the names of those who answered. Two queries."""
    rows = list(found.select_related("edition"))
    names = people.names_of(each.answered_by_id for each in rows if each.answered_by_id)
    return [
        ChallengeRow(
            id=each.pk,
            claim_id=each.edition.claim_id,
            edition=each.edition.number,
            text=each.text,
            received_at=each.received_at,
            state=ChallengeState(each.state),
            answer=each.answer,
            answered_by=names.get(each.answered_by_id or 0, ""),
            answered_at=each.answered_at,
        )
        for each in rows
    ]


def answer_content(row: Challenge, of: Edition) -> Content:
    """What is public of a decided challenge, as its leaf in the public log hashes it."""
    return {
        "form": ANSWER_FORM,
        "challenge": row.pk,
        "claim": of.claim_id,
        "edition": of.number,
        "text": row.text,
        "state": row.state,
        "answer": row.answer,
    }


def _rows(found: QuerySet[Edition]) -> Rows[EditionRow]:
    ordered = found.select_related("claim").order_by("-published_at", "-pk")
    return Rows(found.count, lambda start, stop: [_row(each) for each in ordered[start:stop]])


def _row(found: Edition) -> EditionRow:
    return EditionRow(
        id=found.pk,
        claim_id=found.claim_id,
        number=found.number,
        kind=EditionKind(found.kind),
        digest=found.digest,
        words=words_of(read(found.content)),
        published_at=found.published_at,
        is_demo=found.claim.is_demo,
    )
