"""`GET /api/v1/editions` and `/corrections`: what the desk itself has published, each in its time.

An edition never changes. Its bytes, whose hash the public log holds, stand at `record`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from ninja import Field, Query, Router

from soi.api.v1.reading import (
    Moment,
    Page,
    Words,
    admit_reader,
    changed,
    like,
    page_of,
    place_in,
    reads,
)
from soi.api.v1.records import ClaimEditions, CorrectionWord, Editions, WholeEdition
from soi.checking import public
from soi.checking.content import Source
from soi.checking.errors import EditionUnknown
from soi.checking.public import ChallengeRow, EditionRow
from soi.checking.types import EditionKind
from soi.publishing import sheets

router = Router()
Data = dict[str, Any]


class Wanted(Page):
    """Which corrections."""

    kind: CorrectionWord | None = Field(None, json_schema_extra=like("substantial"))
    language: Words = ""
    since: Moment | None = Field(
        None,
        description="Published at or after this time.",
        json_schema_extra=like("2026-01-01T00:00:00Z"),
    )


@reads(
    router,
    "corrections",
    Editions,
    summary="Corrections and withdrawals, the newest first",
)
def list_corrections(request: HttpRequest, response: HttpResponse, wanted: Query[Wanted]) -> Data:
    """Every edition after a first one."""
    admit_reader(request)
    asked = ("corrections", wanted.kind, wanted.language, wanted.since)
    before = place_in(wanted, asked, int)
    rows = public.corrections_before(
        [EditionKind(wanted.kind)] if wanted.kind else [],
        language=wanted.language,
        since=wanted.since,
        before=before[0] if before else None,
        limit=wanted.limit + 1,
    )
    some, cursor = page_of(rows, wanted, asked, lambda row: [row.id])
    changed(response, max((row.published_at for row in some), default=None))
    return {"items": [edition_data(row) for row in some], "next_cursor": cursor}


@reads(
    router, "editions/{int:claim}", ClaimEditions, summary="All editions of the desk's own check"
)
def list_editions(request: HttpRequest, response: HttpResponse, claim: int) -> Data:
    """What was published of a claim, also what was withdrawn, with the decided challenges."""
    admit_reader(request)
    rows = public.editions(claim)
    if not rows:
        raise EditionUnknown(f"Check {claim} was never published.", claim=claim)
    counts = public.challenge_counts(claim)
    challenges = public.challenges(claim)
    answered = [row.answered_at for row in challenges if row.answered_at]
    changed(response, max([rows[0].published_at, *answered]))
    return {
        "editions": [edition_data(row) for row in rows],
        "challenges": [_challenge_data(row) for row in challenges],
        "challenge_counts": counts,
    }


@reads(router, "editions/{int:claim}/{int:number}", WholeEdition, summary="One edition")
def read_edition(request: HttpRequest, response: HttpResponse, claim: int, number: int) -> Data:
    """One edition with its evidence and who stands behind it."""
    admit_reader(request)
    found = public.edition(claim, number)
    leaf = sheets.leaf_of(found.row)
    changed(response, found.row.published_at)
    return edition_data(found.row) | {
        "explanation": found.row.words.explanation,
        "selected_because": found.row.words.selected_because,
        "claimed_on": found.row.words.claimed_on,
        "sources": [_source_data(each) for each in found.sources],
        "written_by": found.written_by,
        "edited_by": found.edited_by,
        "approved_by": found.approved_by,
        "published_by": found.published_by,
        "is_newest": found.row.number == found.last_number,
        "last_number": found.last_number,
        "leaf": leaf.index if leaf and leaf.is_written else None,
    }


def edition_data(row: EditionRow) -> Data:
    """An edition, its page in the language in which it is written."""
    with translation.override(sheets.page_language(row.words.language)):
        page = sheets.address_of(row, number=row.number)
    record = reverse("edition-record", args=[row.claim_id, row.number])
    return {
        "claim": row.claim_id,
        "number": row.number,
        "kind": row.kind.value,
        "digest": row.digest,
        "wording": row.words.wording,
        "title": row.words.title,
        "summary": row.words.summary,
        "verdict": row.words.verdict,
        "language": row.words.language,
        "topics": row.words.topics,
        "concerns_owner": bool(row.words.concerns_owner),
        "correction_note": row.words.correction_note,
        "published_at": row.published_at,
        "first_published_at": row.first_published_at,
        "page": page,
        "record": settings.SOI_BASE_URL + record,
        "is_demo": row.is_demo,
    }


def _source_data(source: Source) -> Data:
    return {
        "url": source.url,
        "sha256": source.sha256,
        "captured_at": source.captured_at,
        "title": source.title,
        "publisher": source.publisher,
        "stance": source.stance,
        "kind": source.kind,
        "interest": source.interest,
        "is_owners": source.is_owners,
        "quote": source.quote,
    }


def _challenge_data(row: ChallengeRow) -> Data:
    return {
        "id": row.id,
        "edition": row.edition,
        "state": row.state.value,
        "text": row.text,
        "answer": row.answer,
        "received_at": row.received_at,
        "answered_at": row.answered_at,
        "record": settings.SOI_BASE_URL + reverse("challenge-record", args=[row.id]),
    }
