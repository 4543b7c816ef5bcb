"""Put small checks, holdings and scams on the desk by its own actions, whole with their index."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from checks import check_record, holding_record

from soi.claims.actions import allow_publisher, store_checks
from soi.core.formats import HoldingKind, ScamKind, ScamRecord, Verdict
from soi.index import actions as index
from soi.register.actions import declare_holdings
from soi.watch.actions import ListDescription, import_scam_list

BY = "test"


def store_check(
    claim: str, verdict: Verdict | None = Verdict.FALSE, *, is_demo: bool = False, **changes: Any
) -> None:
    """Store one published check and let it be found by words and by meaning."""
    key = hashlib.sha256(claim.encode()).hexdigest()[:12]
    record = check_record(**{"key": key, "claim": claim, "title": "", "verdict": verdict} | changes)
    allow_publisher(site=record.publisher_site, name=record.publisher_name, by=BY)
    store_checks([record], by=BY, is_demo=is_demo)
    index.follow()


def declare(kind: HoldingKind, value: str, **changes: Any) -> None:
    """Register one holding of the bank of Hoa Mai, or of the organisation that `changes` name."""
    bank = {"organisation": "hoamaibank", "name": "Ngân hàng Hoa Mai", "name_en": "Hoa Mai Bank"}
    record = holding_record(kind, value, **bank | {"aliases": (), "bank": ""} | changes)
    declare_holdings([record], by=BY)


def list_scam(kind: ScamKind, value: str, listed_on: dt.date | None = None) -> None:
    """Put one name on the known-scam list."""
    about = ListDescription(name="Danh sách thử", licence="CC0", fetched_on=dt.date(2026, 11, 1))
    import_scam_list(about, [ScamRecord(kind, value, listed_on)], by=BY)
