"""See claims as they stand today: a part stands where the whole stands that it was merged into."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from soi.checking import queries as checking
from soi.checking.access import ClaimRow

_DEPTH = 20
"""So often a claim may have been merged on; nobody does it twice in earnest."""


def wholes_of(claim_ids: Collection[int]) -> dict[int, ClaimRow]:
    """For each claim the whole that it belongs to, itself when it is no part of another."""
    rows = checking.claims_with_ids(claim_ids) if claim_ids else {}
    for _ in range(_DEPTH):
        further = {row.merged_into for row in rows.values() if row.merged_into} - rows.keys()
        if not further:
            break
        rows |= checking.claims_with_ids(further)
    return {claim_id: _whole(claim_id, rows) for claim_id in claim_ids if claim_id in rows}


def families_of(claim_ids: Collection[int], *, depth: int = _DEPTH) -> dict[int, int]:
    """Every claim that is one of these or part of one, with the whole among these.

    Parts of parts are looked for to that depth, each by one query; none when no claim is asked for.
    """
    whole = {claim_id: claim_id for claim_id in claim_ids}
    newest: Iterable[int] = claim_ids
    for _ in range(depth if whole else 0):
        parts = checking.parts_of(newest)
        newest = [part for part in parts if part not in whole]
        if not newest:
            break
        whole |= {part: whole[parts[part]] for part in newest}
    return whole


def _whole(claim_id: int, rows: dict[int, ClaimRow]) -> ClaimRow:
    row = rows[claim_id]
    for _ in range(_DEPTH):
        if row.merged_into is None or row.merged_into not in rows:
            break
        row = rows[row.merged_into]
    return row
