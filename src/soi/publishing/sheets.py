"""Gather what the public page of a check shows: an edition and all that belongs to it.

In: the number of a check, and of an edition. Out: a frozen `Sheet`. The page, its JSON-LD, its
card and its proof are made of the same edition, so that they agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from soi.checking import public
from soi.checking.content import Content
from soi.checking.differences import FieldChange, differences
from soi.checking.handing import PRODUCT, verdict_words
from soi.checking.public import ChallengeCounts, ChallengeRow, EditionRow, EditionSheet
from soi.checking.types import EditionKind
from soi.claims.actions import OWN_KEY
from soi.claims.queries import CheckRow
from soi.claims.rules import site_of
from soi.core.formats import CheckRecord, Verdict, claimreview_of
from soi.core.ledger import CardCode, LeafKind
from soi.publishing.log import queries as log
from soi.publishing.log.queries import LeafRow

LEAF_KINDS = {
    EditionKind.FIRST: LeafKind.EDITION,
    EditionKind.WITHDRAWAL: LeafKind.WITHDRAWAL,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One edition of a check with what belongs to it."""

    edition: EditionSheet
    editions: tuple[EditionRow, ...]
    """All of them, the newest first."""
    challenges: tuple[ChallengeRow, ...]
    challenge_counts: ChallengeCounts
    leaf: LeafRow | None
    """Of this edition in the public log, None until it is written."""

    @property
    def row(self) -> EditionRow:
        """The edition itself."""
        return self.edition.row

    @property
    def is_newest(self) -> bool:
        """False for an edition that another has replaced."""
        return self.row.number == self.edition.last_number

    @property
    def corrections(self) -> tuple[EditionRow, ...]:
        """The editions after the first, up to this one, the newest first."""
        return tuple(row for row in self.editions if 1 < row.number <= self.row.number)

    @property
    def code(self) -> CardCode:
        """What the square code of its card says."""
        return card_code(self.row)


@dataclass(frozen=True, slots=True)
class Step:
    """An edition and what it changed; `changes` is empty for the first one."""

    row: EditionRow
    note: str
    changes: tuple[FieldChange, ...]


def sheet(claim_id: int, number: int | None = None) -> Sheet:
    """The page of a check: the edition that stands now, or the one with this number.

    Raises `EditionUnknown`.
    """
    edition = public.edition(claim_id, number)
    return Sheet(
        edition=edition,
        editions=tuple(public.editions(claim_id)),
        challenges=tuple(public.challenges(claim_id)),
        challenge_counts=public.challenge_counts(claim_id),
        leaf=leaf_of(edition.row),
    )


def history(claim_id: int) -> list[Step]:
    """What each edition of a check changed, the newest first; none for what was never published."""
    rows, contents = public.editions(claim_id), public.contents(claim_id)
    before = [None, *contents]
    return [
        Step(row, row.words.correction_note, _changes(before[row.number - 1], content))
        for row, content in zip(rows, reversed(contents), strict=True)
    ]


def _changes(before: Content | None, after: Content) -> tuple[FieldChange, ...]:
    """What readers would notice: not the number of the edition, and not that it is a correction."""
    found = differences(before, after) if before else []
    return tuple(change for change in found if change.field not in ("edition", "correction"))


def claim_of(check: CheckRow) -> int | None:
    """The number of the check of the desk's own that is stored so, None for one of others."""
    number = check.key.removeprefix(OWN_KEY)
    is_own = check.publisher_site == site_of(settings.SOI_BASE_URL) and number != check.key
    return int(number) if is_own and number.isdecimal() else None


def check_path(ref: str, url: str) -> str:
    """The address of a stored check's page here; the desk's own checks have pages of their own."""
    own = re.fullmatch(rf"{re.escape(settings.SOI_BASE_URL)}/claims/([0-9]{{1,18}})/", url)
    return path_of(int(own[1])) if own else reverse("public:check", args=[ref])


def leaf_of(row: EditionRow) -> LeafRow | None:
    """The leaf of an edition in the public log."""
    kind = LEAF_KINDS.get(row.kind, LeafKind.CORRECTION)
    return log.leaf_about(kind, f"{row.claim_id}.{row.number}")


def card_code(row: EditionRow) -> CardCode:
    """The code that leads to an edition and proves which it is."""
    return card_code_of(row.claim_id, row.number, row.digest)


def card_code_of(claim_id: int, number: int, digest: str) -> CardCode:
    """The same for an edition of which no more is known."""
    return CardCode(settings.SOI_BASE_URL, f"{claim_id}.{number}", bytes.fromhex(digest))


def page_language(language: str) -> str:
    """The language of the pages in which something in `language` is best read."""
    known = {code for code, _ in settings.LANGUAGES}
    return language if language in known else "en"


def address_of(row: EditionRow, *, number: int | None = None) -> str:
    """The address of a check in the language that is active, or of one edition of it."""
    return settings.SOI_BASE_URL + path_of(row.claim_id, number)


def path_of(claim_id: int, number: int | None = None) -> str:
    """The same without the desk's own address."""
    if number is None:
        return reverse("public:claim", args=[claim_id])
    return reverse("public:claim-edition", args=[claim_id, number])


def claimreview(found: EditionSheet) -> dict[str, object] | None:
    """The ClaimReview of the edition that stands now; None for one that is withdrawn or replaced.

    Dates are those that the page shows, the claim and the verdict are its words.
    """
    if found.row.is_withdrawn or found.row.number != found.last_number:
        return None
    return claimreview_of(record_of(found.row, found))


def record_of(row: EditionRow, found: EditionSheet) -> CheckRecord:
    """An edition as other desks take it in."""
    words = row.words
    verdict = Verdict(words.verdict)
    return CheckRecord(
        key=f"{OWN_KEY}{row.claim_id}",
        url=address_of(row),
        publisher_name=desk_name(),
        publisher_site=site_of(settings.SOI_BASE_URL),
        claim=words.wording,
        title=words.title,
        summary=words.summary,
        verdict=verdict,
        verdict_words=verdict_words(verdict, words.language),
        language=words.language,
        claimed_on=words.claimed_on,
        published_on=timezone.localdate(found.first_published_at),
        modified_on=timezone.localdate(row.published_at) if row.number > 1 else None,
        licence="",
    )


def desk_name() -> str:
    """The name under which the desk publishes (charter rule C7)."""
    return str(settings.SOI_DESK_NAME or PRODUCT)
