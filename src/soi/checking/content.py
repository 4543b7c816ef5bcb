"""What a check says, as data: what is approved, published, compared and kept.

In: words and sources. Out: a dict that `soi.core.ledger.canonical_json` writes, in one order and
one spelling, so that its SHA-256 names it; and the way back. An edition can be read again years
later from this alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from soi.checking.types import EditionKind
from soi.core.ledger import canonical_json

FORM: Final = "soi edition 1"
"""Names the form of the content; another number when a field changes its meaning."""

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """The fields of a check that its checkers write."""

    wording: str
    language: str
    title: str = ""
    summary: str = ""
    explanation: str = ""
    """Markdown."""
    verdict: str = ""
    """A `Verdict`, "" while there is none."""
    selected_because: str = ""
    claimed_on: dt.date | None = None
    topics: tuple[str, ...] = ()
    is_checkable: bool = False
    """A person says that the claim is a statement of fact."""
    is_fair: bool = False
    """A person says that whoever said it would call the wording fair."""
    is_masked: bool = False
    """A person says that no private person can be known from the text."""
    concerns_owner: bool | None = None
    """True when the check concerns the desk's own owner; None until somebody has said so."""
    correction_kind: str = ""
    """What the next edition is to the last one, "" for the first and while nobody has said so."""
    correction_note: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One piece of evidence with what its capture is known by."""

    id: int
    capture: int
    url: str = ""
    """Where it was found; "" for a file that somebody brought, whose name is its title then."""
    sha256: str = ""
    """Of the captured bytes; "" while there are none."""
    captured_at: str = ""
    """ISO 8601, in UTC."""
    title: str = ""
    publisher: str = ""
    """Who stands behind it: two sources of one publisher are not independent."""
    stance: str = ""
    kind: str = ""
    interest: str = ""
    """What the source has to gain or lose in the matter."""
    is_owners: bool = False
    """True when the desk's own owner controls the source."""
    quote: str = ""


def content_of(claim_id: int, edition: int, words: Words, sources: Sequence[Source]) -> Content:
    """The content of edition number `edition` of a claim."""
    return {
        "form": FORM,
        "claim": claim_id,
        "edition": edition,
        "wording": words.wording,
        "language": words.language,
        "title": words.title,
        "summary": words.summary,
        "explanation": words.explanation,
        "verdict": words.verdict,
        "selected_because": words.selected_because,
        "claimed_on": words.claimed_on.isoformat() if words.claimed_on else None,
        "topics": sorted(words.topics),
        "is_checkable": words.is_checkable,
        "is_fair": words.is_fair,
        "is_masked": words.is_masked,
        "concerns_owner": words.concerns_owner,
        "correction": (
            {"kind": words.correction_kind, "note": words.correction_note}
            if words.correction_kind or words.correction_note
            else None
        ),
        "evidence": [_written_source(source) for source in sources],
    }


def words_of(content: Content) -> Words:
    """The words of a content."""
    correction = content["correction"] or {"kind": "", "note": ""}
    return Words(
        wording=content["wording"],
        language=content["language"],
        title=content["title"],
        summary=content["summary"],
        explanation=content["explanation"],
        verdict=content["verdict"],
        selected_because=content["selected_because"],
        claimed_on=dt.date.fromisoformat(content["claimed_on"]) if content["claimed_on"] else None,
        topics=tuple(content["topics"]),
        is_checkable=content["is_checkable"],
        is_fair=content["is_fair"],
        is_masked=content["is_masked"],
        concerns_owner=content["concerns_owner"],
        correction_kind=correction["kind"],
        correction_note=correction["note"],
    )


def sources_of(content: Content) -> tuple[Source, ...]:
    """The evidence of a content, in its order."""
    return tuple(Source(**each) for each in content["evidence"])


def kind_of(content: Content) -> EditionKind:
    """What an edition with this content is to the one before it."""
    correction = content["correction"]
    return EditionKind(correction["kind"]) if correction else EditionKind.FIRST


def written(content: Content) -> tuple[str, str]:
    """The canonical JSON of a content, and its SHA-256 in hex."""
    plain = canonical_json(content)
    return plain.decode(), hashlib.sha256(plain).hexdigest()


def read(plain: str) -> Content:
    """The content that a canonical JSON holds."""
    found: Content = json.loads(plain)
    return found


def changed_fields(before: Content, after: Content) -> list[str]:
    """The names of the fields that differ, in their order."""
    return [field for field in after if before.get(field) != after[field]]


def _written_source(source: Source) -> Content:
    return {
        "id": source.id,
        "capture": source.capture,
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
