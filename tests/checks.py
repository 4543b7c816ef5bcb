"""Checks and holdings as readers give them, and feeds as publishers write them.

Every name is invented; hosts stand under .example.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from soi.core.formats import CheckRecord, HoldingKind, HoldingRecord, Verdict

SITE = "soisang.example"
"""The publisher of every check below, unless told otherwise."""


def check_record(number: int = 0, **changes: Any) -> CheckRecord:
    """A check as a reader gives it."""
    values: dict[str, Any] = {
        "key": f"check-{number}",
        "url": f"https://{SITE}/check/{number}",
        "publisher_name": "Soi Sáng",
        "publisher_site": SITE,
        "claim": f"Cây cầu số {number} ở Sông Xanh đã sập trong đêm qua.",
        "title": f"Cầu số {number} không sập",
        "summary": "",
        "verdict": Verdict.FALSE,
        "verdict_words": "Sai",
        "language": "vi",
        "claimed_on": None,
        "published_on": None,
        "modified_on": None,
        "licence": "",
    }
    return CheckRecord(**(values | changes))


def holding_record(kind: HoldingKind, value: str, **changes: Any) -> HoldingRecord:
    """A holding of the organisation song-xanh as a reader gives it."""
    values: dict[str, Any] = {
        "organisation": "song-xanh",
        "name": "Ngân hàng Sông Xanh",
        "name_en": "Song Xanh Bank",
        "kind": kind,
        "platform": "facebook" if kind is HoldingKind.ACCOUNT else "",
        "value": value,
        "bank": "songxanh" if kind is HoldingKind.BANK_ACCOUNT else "",
        "aliases": ("sxb",),
        "valid_from": None,
        "valid_to": None,
        "compromised_from": None,
        "verified_on": None,
        "note": "",
    }
    return HoldingRecord(**(values | changes))


def claim_review(number: int = 0, **changes: Any) -> dict[str, Any]:
    """A ClaimReview as publishers mark up their pages."""
    review: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": f"https://{SITE}/check/{number}",
        "claimReviewed": f"Cây cầu số {number} ở Sông Xanh đã sập trong đêm qua.",
        "author": {"@type": "Organization", "name": "Soi Sáng", "url": f"https://{SITE}"},
        "reviewRating": {"@type": "Rating", "alternateName": "Sai"},
        "datePublished": "2026-05-01",
        "inLanguage": "vi",
    }
    return review | changes


def datafeed(path: Path, reviews: Iterable[dict[str, Any]]) -> Path:
    """Write a DataFeed, one element a line."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"@context":"https://schema.org","@type":"DataFeed","dataFeedElement":[\n')
        for number, review in enumerate(reviews):
            element = json.dumps({"@type": "DataFeedItem", "item": [review]}, ensure_ascii=False)
            stream.write(f"{',' if number else ''}{element}\n")
        stream.write("]}\n")
    return path
