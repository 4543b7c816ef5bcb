"""What readers may see: editions, corrections, challenges with their answers.

All of it comes from editions and decided challenges; nothing of a draft is read here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from soi.checking.access import known_id
from soi.checking.content import Content, Source, Words, read, sources_of, words_of
from soi.checking.errors import EditionUnknown
from soi.checking.models import Approval, Challenge, Edition
from soi.checking.types import ChallengeState, EditionKind
from soi.core.ledger import canonical_json
from soi.core.remembering import remembered
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
    first_published_at: dt.datetime
    """When the first edition of the check was published."""
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


def edition_names(ids: Collection[int]) -> dict[int, str]:
    """What names editions in public ("17.2": check 17, edition 2), by the numbers of their rows."""
    found = Edition.objects.filter(pk__in=ids).values_list("pk", "claim_id", "number")
    return {pk: f"{claim}.{number}" for pk, claim, number in found}


@dataclass(frozen=True, slots=True)
class PublicDigest:
    """Something public by the number of its row, its name, and the SHA-256 of its very bytes."""

    id: int
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CheckStanding:
    """Changes whenever the page of a check does: its editions, and what became of objections."""

    claim_id: int
    language: str
    editions: tuple[tuple[int, str], ...]
    """Number and digest, the oldest first."""
    challenges: tuple[tuple[str, int], ...]
    """States, with how many are in each."""


def standings() -> Iterator[CheckStanding]:
    """Every published check in two queries, by number."""
    counts: dict[int, list[tuple[str, int]]] = {}
    counted = Challenge.objects.values_list("edition__claim", "state").annotate(n=Count("pk"))
    for claim_id, state, number in counted.order_by("edition__claim", "state"):
        counts.setdefault(claim_id, []).append((state, number))
    rows = Edition.objects.order_by("claim_id", "number").values_list(
        "claim_id", "claim__language", "number", "digest"
    )
    for (claim_id, language), some in groupby(rows.iterator(chunk_size=2000), lambda r: r[:2]):
        editions = tuple((number, digest) for _, _, number, digest in some)
        yield CheckStanding(claim_id, language, editions, tuple(counts.get(claim_id, ())))


def edition_digests() -> Iterator[PublicDigest]:
    """Every edition with the hash of the bytes that are stored, not of what they are said to be."""
    found = Edition.objects.order_by("pk").values_list("pk", "claim_id", "number", "content")
    for pk, claim, number, content in found.iterator(chunk_size=500):
        digest = hashlib.sha256(content.encode()).hexdigest()
        yield PublicDigest(pk, f"{claim}.{number}", digest)


def answer_digests() -> Iterator[PublicDigest]:
    """The same for every decided challenge with its answer."""
    found = Challenge.objects.filter(state__in=_DECIDED).select_related("edition").order_by("pk")
    for row in found.iterator(chunk_size=500):
        content = canonical_json(answer_content(row, row.edition))
        yield PublicDigest(row.pk, str(row.pk), hashlib.sha256(content).hexdigest())


def challenge_record(challenge_id: int) -> Content | None:
    """What is public of a decided challenge, None for every other one."""
    found = Challenge.objects.filter(pk=known_id(challenge_id), state__in=_DECIDED)
    row = found.select_related("edition").first()
    return answer_content(row, row.edition) if row else None


@remembered
def editions(claim_id: int) -> list[EditionRow]:
    """All editions of a check, the newest first; none for what was never published."""
    found = _dated(Edition.objects.filter(claim=known_id(claim_id)))
    return [_row(each) for each in found.order_by("-number")]


def contents(claim_id: int) -> list[Content]:
    """What each edition of a check says, the oldest first; none for what was never published."""
    found = Edition.objects.filter(claim=known_id(claim_id)).order_by("number")
    return [read(plain) for plain in found.values_list("content", flat=True)]


@remembered
def edition(claim_id: int, number: int | None = None) -> EditionSheet:
    """One edition of a check, the one that stands now unless a number is given. Four queries.

    Raises `EditionUnknown`.
    """
    all_of_it = Edition.objects.filter(claim=known_id(claim_id))
    among = all_of_it if number is None else all_of_it.filter(number=known_id(number))
    last = all_of_it.order_by("-number").values("number")[:1]
    found = _dated(among).annotate(last_number=Subquery(last)).order_by("-number").first()
    if found is None:
        raise EditionUnknown(f"Check {claim_id} has no such edition.", claim=claim_id)
    approvers = list(
        Approval.objects.filter(edition=found).order_by("at", "pk").values_list("by", flat=True)
    )
    names = people.names_of(
        [found.written_by_id, found.edited_by_id, found.published_by_id, *approvers]
    )
    row = _row(found)
    return EditionSheet(
        row=row,
        content=found.content,
        sources=sources_of(read(found.content)),
        written_by=names[found.written_by_id],
        edited_by=names[found.edited_by_id],
        approved_by=tuple(names[each] for each in approvers),
        published_by=names[found.published_by_id],
        last_number=found.last_number,
        first_published_at=row.first_published_at,
    )


def newest_editions(
    *,
    with_withdrawn: bool = False,
    topic: str = "",
    language: str = "",
    concerns_owner: bool = False,
) -> Rows[EditionRow]:
    """What each check says now, the newest first, to be read page by page.

    `topic` and `language` are words of `types.Topic` and codes; what is none is found nowhere. With
    `concerns_owner` only those that concern the desk's own owner.
    """
    later = Edition.objects.filter(claim=OuterRef("claim")).order_by("-number").values("number")
    found = Edition.objects.filter(number=Subquery(later[:1]))
    if not with_withdrawn:
        found = found.exclude(kind=EditionKind.WITHDRAWAL.value)
    if concerns_owner:
        found = found.filter(content__contains='"concerns_owner":true')
    return _rows(_about(found, topic, language))


SLICE = 500
"""Editions that are read at a time."""


def current_editions() -> Iterator[EditionRow]:
    """What each check says now, by its number, withdrawn ones too; memory for a slice of them.

    Whatever is published meanwhile, none comes twice and none is missed.
    """
    later = Edition.objects.filter(claim=OuterRef("claim")).order_by("-number").values("number")
    found = _dated(Edition.objects.filter(number=Subquery(later[:1]))).order_by("claim_id")
    after = 0
    while some := [_row(each) for each in found.filter(claim_id__gt=after)[:SLICE]]:
        yield from some
        after = some[-1].claim_id


def corrections(kinds: Iterable[EditionKind] = (), *, language: str = "") -> Rows[EditionRow]:
    """Every edition after a first one, the newest first: what was corrected, and why."""
    found = Edition.objects.filter(number__gt=1)
    wanted = [each.value for each in kinds]
    return _rows(_about(found.filter(kind__in=wanted) if wanted else found, "", language))


def corrections_before(
    kinds: Iterable[EditionKind] = (),
    *,
    language: str = "",
    since: dt.datetime | None = None,
    before: int | None = None,
    limit: int,
) -> list[EditionRow]:
    """The next editions after a first one by number of their rows, the newest first.

    `since` leaves out what was published earlier, `before` what was read already.
    """
    found = _about(Edition.objects.filter(number__gt=1), "", language)
    if wanted := [each.value for each in kinds]:
        found = found.filter(kind__in=wanted)
    if since:
        found = found.filter(published_at__gte=since)
    if before is not None:
        found = found.filter(pk__lt=before)
    return [_row(each) for each in _dated(found).order_by("-pk")[:limit]]


def claims_about(topic: str) -> list[int]:
    """The numbers of the checks whose last edition is on a topic and not a withdrawal."""
    later = Edition.objects.filter(claim=OuterRef("claim")).order_by("-number").values("number")
    found = Edition.objects.filter(number=Subquery(later[:1]))
    found = found.exclude(kind=EditionKind.WITHDRAWAL.value)
    return list(_about(found, topic, "").values_list("claim_id", flat=True))


@remembered
def challenges(claim_id: int) -> list[ChallengeRow]:
    """The decided objections to a check with their answers, the newest first."""
    found = Challenge.objects.filter(edition__claim=known_id(claim_id), state__in=_DECIDED)
    return challenge_rows(found.order_by("-answered_at", "-pk"))


def newest_challenges() -> Rows[ChallengeRow]:
    """The decided objections to all checks, the newest answer first, to be read page by page."""
    found = Challenge.objects.filter(state__in=_DECIDED).order_by("-answered_at", "-pk")
    return Rows(found.count, lambda start, stop: challenge_rows(found[start:stop]))


@remembered
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


def _about(found: QuerySet[Edition], topic: str, language: str) -> QuerySet[Edition]:
    """Those on a topic, in a language. In canonical JSON a quotation mark inside a text is escaped,
    so that a name with its value is found as it is written, and in no text."""
    if topic:
        word = json.dumps(topic, ensure_ascii=False)
        found = found.filter(content__regex=rf'"topics":\[[^]]*{re.escape(word)}')
    if language:
        found = found.filter(content__contains=f'"language":{json.dumps(language)}')
    return found


def _rows(found: QuerySet[Edition]) -> Rows[EditionRow]:
    ordered = _dated(found).order_by("-published_at", "-pk")
    return Rows(found.count, lambda start, stop: [_row(each) for each in ordered[start:stop]])


def _dated(found: QuerySet[Edition]) -> QuerySet[Edition]:
    """Editions with all that `_row` needs."""
    first = Edition.objects.filter(claim=OuterRef("claim"), number=1).values("published_at")
    return found.select_related("claim").annotate(first_published_at=Subquery(first))


def _row(found: Edition) -> EditionRow:
    return EditionRow(
        id=found.pk,
        claim_id=found.claim_id,
        number=found.number,
        kind=EditionKind(found.kind),
        digest=found.digest,
        words=words_of(read(found.content)),
        published_at=found.published_at,
        first_published_at=vars(found)["first_published_at"],  # annotated by `_dated`
        is_demo=found.claim.is_demo,
    )
