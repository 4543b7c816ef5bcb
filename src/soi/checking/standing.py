"""Gather all that is known of a check at one moment: words, evidence, gates, approvals.

In: the number of a claim. Out: a `Standing`, made of one revision, so that what is shown and the
digest that is approved can't come apart. The number of queries does not grow with the evidence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import F

from soi.captures import queries as captures
from soi.captures.types import Capture, CaptureState
from soi.checking.content import Content, Source, Words, content_of, read, sources_of, words_of
from soi.checking.gates import CaptureFacts, GateResult, approvals_needed, gates, shown
from soi.checking.models import Approval, Claim, Edition, Revision
from soi.checking.rules import LIMITS
from soi.checking.types import Gate
from soi.core.text import clean
from soi.masking import masked
from soi.people import queries as people
from soi.people.rules import may
from soi.people.types import Permission


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """Somebody's approval that stands."""

    by: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One source, its capture as it is now, and whether the quote stands in it."""

    source: Source
    capture: Capture
    quote_is_found: bool
    """True too when there is no quote."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A check as it stands now."""

    claim_id: int
    version: int
    """0 while nobody has written anything."""
    digest: str
    """Of the content: what an approval signs; "" while nobody has written anything."""
    content: Content
    words: Words
    evidence: tuple[EvidenceRow, ...]
    gates: tuple[GateResult, ...]
    approvals: tuple[ApprovalRow, ...]
    approvals_needed: int
    edition: int
    """The number of the edition that this would be."""
    written_by: int | None
    edited_by: int | None
    edited_at: dt.datetime | None

    @property
    def open_gates(self) -> tuple[Gate, ...]:
        """The gates that must be met before somebody can approve."""
        return tuple(
            each.gate
            for each in self.gates
            if not each.is_met and each.gate is not Gate.SECOND_PERSON_APPROVED
        )

    @property
    def can_be_published(self) -> bool:
        """True when every gate is met."""
        return all(each.is_met for each in self.gates)


def standing_of(claim: Claim) -> Standing:
    """The check of a claim as it stands now."""
    revision = (
        Revision.objects.filter(claim=claim, version=F("claim__draft__version"))
        .select_related("claim__draft")
        .first()
    )
    published = last_content(claim.pk)
    if revision is None:
        return gathered(claim.pk, blank(claim), published)
    draft = revision.claim.draft
    approvals = standing_approvals(claim.pk, revision.digest)
    found = gathered(claim.pk, read(revision.content), published, approvals=approvals)
    return replace(
        found,
        version=revision.version,
        digest=revision.digest,
        written_by=draft.written_by_id,
        edited_by=draft.edited_by_id,
        edited_at=draft.edited_at,
    )


def gathered(
    claim_id: int,
    content: Content,
    published: Content | None,
    *,
    approvals: Sequence[ApprovalRow] = (),
    known: Mapping[int, Capture] | None = None,
) -> Standing:
    """What is known of a content that need not be stored yet; `known` are its captures."""
    words, sources = words_of(content), sources_of(content)
    if known is None:
        known = captures.captures_with_ids(each.capture for each in sources)
    evidence = _evidence(sources, known)
    text = shown(words, sources)
    found = gates(
        content,
        words,
        sources,
        {each.source.id: _facts(each) for each in evidence},
        published=published,
        shows_private=masked(text) != text,
        approvals=len(approvals),
    )
    return Standing(
        claim_id=claim_id,
        version=0,
        digest="",
        content=content,
        words=words,
        evidence=evidence,
        gates=tuple(found),
        approvals=tuple(approvals),
        approvals_needed=approvals_needed(words.topics),
        edition=content["edition"],
        written_by=None,
        edited_by=None,
        edited_at=None,
    )


def blank(claim: Claim) -> Content:
    """What a check says before anybody has written anything."""
    return content_of(claim.pk, 1, Words(wording=claim.wording, language=claim.language), ())


def last_content(claim_id: int) -> Content | None:
    """The content of the last edition, None before the first."""
    found = Edition.objects.filter(claim=claim_id).order_by("-number")
    plain = found.values_list("content", flat=True).first()
    return read(plain) if plain is not None else None


def standing_approvals(claim_id: int, digest: str) -> list[ApprovalRow]:
    """The approvals of exactly this content that were not ended and not used.

    One counts while whoever gave it may approve: somebody who was switched off since, perhaps
    because another had taken their place, is no second person.
    """
    found = list(
        Approval.objects.filter(
            claim=claim_id, digest=digest, voided_at__isnull=True, edition__isnull=True
        ).order_by("at", "pk")
    )
    if not found:
        return []
    able = {each.id for each in people.members() if may(each.role, Permission.APPROVE)}
    return [ApprovalRow(each.by_id, each.at) for each in found if each.by_id in able]


def with_captures(content: Content, known: Mapping[int, Capture]) -> Content:
    """The content, in which each source names the bytes that have been captured of it by now."""
    evidence = []
    for each in content["evidence"]:
        capture = known[each["capture"]]
        if capture.state is CaptureState.CAPTURED and capture.captured_at:
            evidence.append(
                each
                | {
                    "url": capture.url,
                    "sha256": capture.sha256,
                    "captured_at": capture.captured_at.astimezone(dt.UTC).isoformat(),
                    "title": each["title"] or _line(capture.title or capture.file_name, "title"),
                    "publisher": each["publisher"] or _line(capture.publisher, "publisher"),
                }
            )
        else:
            evidence.append(each)
    return content | {"evidence": evidence}


def _line(text: str, field: str) -> str:
    """What a site says of itself, as a field takes it."""
    return " ".join(clean(text).split())[: LIMITS[field]]


def _evidence(sources: Sequence[Source], known: Mapping[int, Capture]) -> tuple[EvidenceRow, ...]:
    quoted = {(each.capture, each.quote) for each in sources if each.quote}
    found = captures.quotes_found(quoted)
    return tuple(
        EvidenceRow(
            each,
            known[each.capture],
            not each.quote or found[each.capture, each.quote],
        )
        for each in sources
    )


def _facts(row: EvidenceRow) -> CaptureFacts:
    is_captured = row.capture.state is CaptureState.CAPTURED
    return CaptureFacts(
        # What is approved names its bytes. A capture does not change; if one did, it is seen here.
        is_captured=is_captured and row.source.sha256 == row.capture.sha256,
        has_text=row.capture.has_text,
        quote_is_found=row.quote_is_found,
    )
