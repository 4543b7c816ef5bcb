"""All reads of tips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from soi.core.checkable import StatementType
from soi.core.rows import Rows
from soi.intake import rules, sealing
from soi.intake.errors import TipUnknown
from soi.intake.models import Contact, Receipt, Saying, Tip
from soi.intake.types import Channel, Reason, State

_WAITING = (State.RECEIVED, State.CHECKING)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the sender of a tip sees: where it stands, and nothing of its text."""

    state: State
    reason: Reason | None
    link: str
    received_at: dt.datetime
    """When this sender's tip came."""


@dataclass(frozen=True, slots=True)
class TipRow:
    """One tip as the desk sees it."""

    id: int
    text: str
    language: str
    names: tuple[dict[str, str], ...]
    channel: Channel
    state: State
    reason: Reason | None
    link: str
    reach: int
    received_at: dt.datetime
    last_received_at: dt.datetime
    is_grouped: bool
    """False while the worker has not looked at it yet."""
    seems: StatementType | None
    """What it surely is, when it states no fact."""
    is_told_by_hand: bool
    """True once somebody told its senders something: its claims then tell nothing more."""


def standing_with_token(token: str) -> Standing:
    """Where the tip behind a status link stands; one query. Raises `TipUnknown`.

    A link is good for `rules.STATUS_DAYS`. A wrong one and an old one are told apart by nobody.
    """
    since = timezone.now() - dt.timedelta(days=rules.STATUS_DAYS)
    found = (
        Receipt.objects.filter(token_digest=rules.digest_of_token(token), received_at__gte=since)
        .select_related("tip")
        .first()
    )
    if found is None:
        raise TipUnknown("No tip has that status link.")
    tip = found.tip
    reason = Reason(tip.reason) if tip.reason else None
    return Standing(State(tip.state), reason, tip.link, found.received_at)


def waiting_count() -> int:
    """How many tips wait for the desk: received or being checked."""
    return Tip.objects.filter(state__in=_WAITING).count()


def tips(
    *,
    states: Sequence[State] = (),
    text: str = "",
    often_first: bool = False,
    is_alone: bool = False,
) -> Rows[TipRow]:
    """Tips, the newest first, to be read page by page; all states unless some are named.

    `text` filters by plain containment; `often_first` puts what came most often before the rest;
    `is_alone` leaves only those that stand under no claim.
    """
    found = Tip.objects.order_by(*(["-reach"] if often_first else []), "-received_at", "-pk")
    if states:
        found = found.filter(state__in=states)
    if text:
        found = found.filter(text__icontains=text)
    if is_alone:
        under = Saying.objects.filter(tip=OuterRef("pk"), form__claim__isnull=False)
        found = found.filter(~Exists(under), is_grouped=True)
    return Rows(found.count, lambda start, stop: [tip_row(tip) for tip in found[start:stop]])


def tip_with_id(tip_id: int) -> TipRow:
    """One tip. Raises `TipUnknown`."""
    found = Tip.objects.filter(pk=tip_id).first() if 0 < tip_id < 2**63 else None
    if found is None:
        raise TipUnknown(f"There is no tip {tip_id}.", tip=tip_id)
    return tip_row(found)


def receipts_by_channel(tip_id: int) -> list[tuple[Channel, int]]:
    """How many times a tip was sent by each way, the commonest first."""
    found = Receipt.objects.filter(tip=tip_id).values_list("channel").annotate(times=Count("pk"))
    return [(Channel(channel), times) for channel, times in found.order_by("-times", "channel")]


def contact_count(tip_id: int) -> int:
    """How many senders of a tip left a contact that is not erased yet."""
    return Contact.objects.filter(receipt__tip=tip_id).count()


def opened_contacts(tip_id: int) -> list[str]:
    """The contacts of a tip's senders, opened; for `actions.read_contacts`, which writes it down.

    Raises `ContactUnreadable`.
    """
    found = Contact.objects.filter(receipt__tip=tip_id).select_related("receipt").order_by("pk")
    return [
        sealing.unseal(bytes(each.sealed), bound_to=each.receipt.token_digest) for each in found
    ]


def tip_row(tip: Tip) -> TipRow:
    """What the desk sees of a tip."""
    return TipRow(
        id=tip.pk,
        text=tip.text,
        language=tip.language,
        names=tuple(tip.names),
        channel=Channel(tip.channel),
        state=State(tip.state),
        reason=Reason(tip.reason) if tip.reason else None,
        link=tip.link,
        reach=tip.reach,
        received_at=tip.received_at,
        last_received_at=tip.last_received_at,
        is_grouped=tip.is_grouped,
        seems=StatementType(tip.seems) if tip.seems else None,
        is_told_by_hand=tip.is_told_by_hand,
    )
