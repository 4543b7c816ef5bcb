"""Store small checks, holdings and scams as the desk's own actions do, with what a test leaves out.

Names and hosts are invented; hosts end in what RFC 2606 keeps from ever being delegated.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from soi.claims.actions import allow_publisher, store_checks
from soi.core.formats import CheckRecord, HoldingKind, HoldingRecord, ScamKind, ScamRecord, Verdict
from soi.index import actions as index
from soi.register.actions import declare_holdings
from soi.watch.actions import ListDescription, import_scam_list

BY = "test"
LIST = "Danh sách thử"


def store_check(claim: str, verdict: Verdict | None = Verdict.FALSE, **fields: Any) -> None:
    """Store one published check and let it be found by words and by meaning."""
    store_many([record(claim, verdict, **fields)])


def store_many(records: list[CheckRecord]) -> None:
    """Store checks of allowed publishers and follow them into the index."""
    for each in records:
        allow_publisher(site=each.publisher_site, name=each.publisher_name, by=BY)
    store_checks(records, by=BY)
    index.follow()


def record(claim: str, verdict: Verdict | None = Verdict.FALSE, **fields: Any) -> CheckRecord:
    """A check as a reader of files gives it."""
    key = hashlib.sha256(claim.encode()).hexdigest()[:12]
    given: dict[str, Any] = {
        "key": key,
        "url": f"https://kiemchung.example/{key}",
        "publisher_name": "Bàn thử",
        "publisher_site": "kiemchung.example",
        "claim": claim,
        "title": "",
        "summary": "",
        "verdict": verdict,
        "verdict_words": "Sai",
        "language": "vi",
        "claimed_on": None,
        "published_on": dt.date(2026, 11, 1),
        "modified_on": None,
        "licence": "CC0-1.0",
    }
    return CheckRecord(**given | fields)


def declare(kind: HoldingKind, value: str, **fields: Any) -> None:
    """Register one holding of the bank of Hoa Mai, or of the organisation that `fields` name."""
    given: dict[str, Any] = {
        "organisation": "hoamaibank",
        "name": "Ngân hàng Hoa Mai",
        "name_en": "Hoa Mai Bank",
        "kind": kind,
        "platform": "",
        "value": value,
        "bank": "",
        "aliases": (),
        "valid_from": None,
        "valid_to": None,
        "compromised_from": None,
        "verified_on": None,
        "note": "",
    }
    declare_holdings([HoldingRecord(**given | fields)], by=BY)


def list_scam(kind: ScamKind, value: str, listed_on: dt.date | None = None) -> None:
    """Put one name on the known-scam list."""
    description = ListDescription(name=LIST, licence="CC0-1.0", fetched_on=dt.date(2026, 11, 1))
    import_scam_list(description, [ScamRecord(kind, value, listed_on)], by=BY)
