"""The search of the exported site: small files that a page's script looks through.

In: the checks. Out: rows of what a search needs, in shards; the script folds what a reader types in
the same way (lower case, no marks) and looks for each word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from soi.claims import queries as claims
from soi.claims.queries import CheckRow
from soi.core.text import fold
from soi.publishing import sheets

SHARD = 1000
"""Checks in one file, some hundred kilobytes."""


def shards() -> Iterator[list[CheckRow]]:
    """The checks of each file, the newest first."""
    rows = claims.newest_checks()
    for start in range(0, len(rows), SHARD):
        yield rows[start : start + SHARD]


def shard(number: int) -> bytes | None:
    """File `number` (from 1) as JSON, None when there is none such.

    Each row: address without language, claim, verdict, publisher, day, and the folded text.
    """
    rows = claims.newest_checks()
    some = rows[(number - 1) * SHARD : number * SHARD]
    if number < 1 or (not some and number > 1):
        return None
    more = len(rows) > number * SHARD
    found = {"more": more, "rows": [_row(each) for each in some]}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _row(row: CheckRow) -> list[str]:
    own = sheets.claim_of(row)
    return [
        f"claims/{own}/" if own else f"checks/{row.id}/",
        row.claim,
        str(row.verdict or ""),
        row.publisher_name,
        row.published_on.isoformat() if row.published_on else "",
        fold(f"{row.claim} {row.title} {row.summary}"),
    ]
