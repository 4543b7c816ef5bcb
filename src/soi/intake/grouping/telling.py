"""Tell the senders of tips where the claims of their tips stand.

In: tips. Out: their states, each decided from all the claims and checks that its statements stand
under. A tip whose senders somebody told something by hand is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from soi.checking.access import ClaimRow
from soi.checking.handing import address_of
from soi.checking.types import ClaimState, CloseReason
from soi.intake import rules
from soi.intake.grouping.wholes import families_of, wholes_of
from soi.intake.models import Saying, Tip
from soi.intake.types import Reason, State
from soi.journal.actions import Entry, append

_AT_ONCE = 500

_VERBS = {
    State.RECEIVED: "tip.received",
    State.CHECKING: "tip.checking",
    State.PUBLISHED: "tip.published",
    State.NOT_CHECKABLE: "tip.closed",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What senders are told."""

    state: State
    reason: str = ""
    link: str = ""


def tell_of_claims(claim_ids: Sequence[int], *, by: str) -> int:
    """Tell the senders of all tips of these claims and of their parts; says how many tips changed.

    Can be cut off and done again at any time.
    """
    family = list(families_of(claim_ids))
    changed, last = 0, 0
    while tips := list(
        Tip.objects.filter(pk__gt=last, sayings__form__claim__in=family)
        .order_by("pk")
        .values_list("pk", flat=True)
        .distinct()[:_AT_ONCE]
    ):
        changed += tell(tips, by=by)
        last = tips[-1]
    return changed


@transaction.atomic
def tell(tip_ids: Sequence[int], *, by: str) -> int:
    """Tell the senders of these tips where they stand; says for how many tips that was news."""
    tips = Tip.objects.select_for_update().filter(pk__in=tip_ids, is_told_by_hand=False)
    places = _places(tip_ids)
    entries: list[Entry] = []
    changed: list[Tip] = []
    for tip in tips.order_by("pk"):
        told = standing(places.get(tip.pk, ()), State(tip.state))
        if (tip.state, tip.reason, tip.link) == (told.state, told.reason, told.link):
            continue
        before = _digest(tip)
        tip.state, tip.reason, tip.link = told.state.value, told.reason, told.link
        changed.append(tip)
        verb = _VERBS[told.state]
        entries.append(Entry(verb, "tip", tip.pk, before=before, after=_digest(tip)))
    Tip.objects.bulk_update(changed, ["state", "reason", "link"])
    append(entries, by=by)
    return len(changed)


def standing(parts: Iterable[ClaimRow | str], now: State) -> Told:
    """What the senders of a tip are told that stands at `now` and under these.

    `parts` are claims, and addresses of published checks, in the order of the message. One answer
    is told at once, also while other parts are still being checked. Nobody is told that a tip which
    was being checked has only been received.
    """
    rows = list(parts)
    for each in rows:
        if link := _link(each):
            return Told(State.PUBLISHED, link=link)
    claims = [each for each in rows if isinstance(each, ClaimRow)]
    if any(claim.state is ClaimState.WORKING for claim in claims):
        return Told(State.CHECKING)
    if claims and all(claim.state is ClaimState.CLOSED for claim in claims):
        return Told(State.NOT_CHECKABLE, reason=_reason(claims[0]))
    return Told(State.RECEIVED if now is State.RECEIVED else State.CHECKING)


def _link(part: ClaimRow | str) -> str:
    if isinstance(part, str):
        return part
    if part.state in (ClaimState.PUBLISHED, ClaimState.WITHDRAWN):
        return address_of(part.id)
    return part.answered_by


def _reason(claim: ClaimRow) -> str:
    reason = claim.reason or CloseReason.UNCLEAR
    return reason.value if reason.value in set(Reason) else Reason.UNCLEAR.value


def _places(tip_ids: Sequence[int]) -> dict[int, list[ClaimRow | str]]:
    """What the statements of each tip stand under, in the order of the message."""
    sayings = list(
        Saying.objects.filter(tip__in=tip_ids)
        .order_by("tip", "place")
        .values_list("tip", "form__claim", "form__link")
    )
    wholes = wholes_of({claim for _, claim, _ in sayings if claim})
    places: dict[int, list[ClaimRow | str]] = {}
    for tip, claim, link in sayings:
        part = wholes.get(claim) if claim else link
        if part:
            places.setdefault(tip, []).append(part)
    return places


def _digest(tip: Tip) -> str:
    return rules.digest_of_standing(tip.digest, tip.state, tip.reason, tip.link)
