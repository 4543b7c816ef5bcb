"""Get a claim for somebody: the one place that decides whether they may.

A role decides what somebody may do at all (`soi.people.rules`). Beside it, whoever has recused from
a claim may only read it: they leave it to others (charter rule C3).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from soi.checking.errors import ClaimUnknown, Recused
from soi.checking.models import Claim, Recusal
from soi.checking.types import ClaimState, CloseReason, Harm
from soi.people.access import require
from soi.people.types import Member, Permission

READING = frozenset({Permission.READ_DESK})
"""What somebody may still do with a claim that they have recused from."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim as the desk sees it."""

    id: int
    wording: str
    language: str
    state: ClaimState
    reason: CloseReason | None
    answered_by: str
    merged_into: int | None
    taken_by: int | None
    reach: int
    """How often tips of it and of its parts came."""
    harm: Harm
    checkability: float
    opened_at: dt.datetime
    last_asked_at: dt.datetime
    is_demo: bool


def claim_for(member: Member, claim_id: int, *, to: Permission) -> ClaimRow:
    """The claim, if `member` may do that to it. One query.

    Raises `NotAllowed`, `ClaimUnknown` and `Recused`.
    """
    return claim_row(_allowed(member, claim_id, to, Claim.objects.all()))


def locked_claim(member: Member, claim_id: int, *, to: Permission) -> Claim:
    """The same for actions: nobody else changes the claim or its draft until commit."""
    return _allowed(member, claim_id, to, Claim.objects.select_for_update(of=("self",)))


def claim_row(claim: Claim) -> ClaimRow:
    """What other packages see of a claim."""
    return ClaimRow(
        id=claim.pk,
        wording=claim.wording,
        language=claim.language,
        state=ClaimState(claim.state),
        reason=CloseReason(claim.reason) if claim.reason else None,
        answered_by=claim.answered_by,
        merged_into=claim.merged_into_id,
        taken_by=claim.taken_by_id,
        reach=claim.reach,
        harm=Harm(claim.harm),
        checkability=claim.checkability,
        opened_at=claim.opened_at,
        last_asked_at=claim.last_asked_at,
        is_demo=claim.is_demo,
    )


def known_id(number: int) -> int:
    """The number, 0 (which nothing has) for one that is too large for the database."""
    return number if 0 < number < 2**63 else 0


def _allowed(member: Member, claim_id: int, to: Permission, among: QuerySet[Claim]) -> Claim:
    require(member, to)
    recusal = Recusal.objects.filter(claim=OuterRef("pk"), by=member.id)
    found = among.annotate(is_recused=Exists(recusal)).filter(pk=known_id(claim_id)).first()
    if found is None:
        raise ClaimUnknown(f"There is no claim {claim_id}.", claim=claim_id)
    if found.is_recused and to not in READING:
        raise Recused("Whoever has recused from a claim leaves it to others.", claim=claim_id)
    return found
