"""Pure decisions about notices and words: what one can name, since when, what may follow.

Nothing here reads the database or the clock.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Final

from soi.core.formats import HoldingKind
from soi.core.text import clean
from soi.incidents.errors import IncidentInvalid, NoticeInvalid, NoticeStateRefused
from soi.incidents.types import Named, NoticeState
from soi.register.rules import CONFIRMED, standing
from soi.register.types import HoldingRow, Standing

WORDS_LIMIT: Final = 500
REASON_LIMIT: Final = 500
WHAT_LIMIT: Final = 1000
"""Characters of what happened, and of a note."""
BEGAN_DAYS: Final = 3660
NAMED_LIMIT: Final = 20
"""Holdings on either side of one notice: more is no warning that anybody reads."""
TRUSTED_LIMIT: Final = 6
"""Holdings that a notice of the kit names as the real ones."""
EARLIEST_DAYS: Final = 366
_CLOCKS_DIFFER: Final = dt.timedelta(minutes=5)

WARNED_OF: Final = frozenset(
    {
        HoldingKind.ACCOUNT,
        HoldingKind.DOMAIN,
        HoldingKind.SUBDOMAIN,
        HoldingKind.PHONE,
        HoldingKind.SMS_SENDER,
        HoldingKind.EMAIL,
        HoldingKind.EMAIL_DOMAIN,
        HoldingKind.BANK_ACCOUNT,
        HoldingKind.APP,
    }
)
"""Kinds that somebody can take over."""
_TRUSTED_KINDS: Final = (HoldingKind.DOMAIN, HoldingKind.PHONE, HoldingKind.ACCOUNT)
_FOLLOWING: Final = {
    NoticeState.PREPARED: frozenset({NoticeState.PUBLISHED, NoticeState.DISCARDED}),
    NoticeState.PUBLISHED: frozenset({NoticeState.ENDED, NoticeState.RETRACTED}),
    NoticeState.ENDED: frozenset[NoticeState](),
    NoticeState.RETRACTED: frozenset[NoticeState](),
    NoticeState.DISCARDED: frozenset[NoticeState](),
}


def check_step(known: NoticeState, wanted: NoticeState) -> None:
    """Return if a notice may go from one state to the other. Raises `NoticeStateRefused`."""
    if wanted not in _FOLLOWING[known]:
        raise NoticeStateRefused(
            f"A notice that is {known.value} can't become {wanted.value}.",
            known=known.value,
            wanted=wanted.value,
        )


def since_when(since: dt.datetime, *, now: dt.datetime) -> dt.datetime:
    """Since when not to trust, as a whole second. Raises `NoticeInvalid` for what can't be."""
    if since > now + _CLOCKS_DIFFER:
        raise NoticeInvalid("That is still to come.", reason="since_to_come")
    if since < now - dt.timedelta(days=EARLIEST_DAYS):
        raise NoticeInvalid(f"That is more than {EARLIEST_DAYS} days ago.", reason="since_too_old")
    return min(since, now).replace(microsecond=0)


def can_be_taken(holding: HoldingRow, *, on: dt.date) -> bool:
    """Whether a notice can warn of a holding: it is confirmed, theirs on that day, and no place."""
    is_theirs = standing(holding, on) in (Standing.OFFICIAL, Standing.COMPROMISED)
    return holding.kind in WARNED_OF and holding.state in CONFIRMED and is_theirs


def real_ones(
    taken: HoldingRow, holdings: Iterable[HoldingRow], *, on: dt.date
) -> list[HoldingRow]:
    """Where to send people instead of what was taken: sites first, then phones, then accounts."""
    others = [
        each
        for each in holdings
        if each.id != taken.id
        and each.kind in _TRUSTED_KINDS
        and each.state in CONFIRMED
        and standing(each, on) is Standing.OFFICIAL
    ]
    others.sort(key=lambda each: (_TRUSTED_KINDS.index(each.kind), len(each.key), each.key))
    return others[:TRUSTED_LIMIT]


def is_still_theirs(holding: HoldingRow) -> bool:
    """Whether a holding is confirmed and was not called compromised yet."""
    return holding.state in CONFIRMED


def named(holding: HoldingRow) -> Named:
    """The holding as a notice names it."""
    return Named(holding.id, holding.kind.value, holding.platform, holding.value)


def check_sides(untrusted: Sequence[Named], trusted: Sequence[Named]) -> None:
    """Return if a notice can name these. Raises `NoticeInvalid`."""
    if not 1 <= len(untrusted) <= NAMED_LIMIT or len(trusted) > NAMED_LIMIT:
        raise NoticeInvalid(f"A notice names 1 to {NAMED_LIMIT} holdings.", reason="too_many")
    if {each.id for each in untrusted} & {each.id for each in trusted}:
        raise NoticeInvalid("It can't be both trusted and not.", reason="both_sides")


def line(text: str, limit: int, *, needed: bool = False) -> str:
    """A text on one line. Raises `NoticeInvalid` for one that is too long, or empty if needed."""
    shown = " ".join(clean(text[: 4 * limit]).split())
    if len(text) > 4 * limit or len(shown) > limit:
        raise NoticeInvalid(f"At most {limit} characters.", reason="too_long", limit=limit)
    if needed and not re.search(r"\w", shown):
        raise NoticeInvalid("A reason is needed, in words.", reason="reason_missing")
    return shown


def said(text: str, limit: int, *, needed: bool = False) -> str:
    """What somebody says of an incident, on one line. Raises `IncidentInvalid`."""
    try:
        return line(text, limit, needed=needed)
    except NoticeInvalid as error:
        raise IncidentInvalid(str(error), **error.params) from error


def begun(since: dt.datetime | None, *, now: dt.datetime) -> dt.datetime | None:
    """When an incident began, as a whole second. Raises `IncidentInvalid` for what can't be."""
    if since is None:
        return None
    if since > now + _CLOCKS_DIFFER:
        raise IncidentInvalid("That is still to come.", reason="since_to_come")
    if since < now - dt.timedelta(days=BEGAN_DAYS):
        raise IncidentInvalid("That is more than ten years ago.", reason="since_too_old")
    return min(since, now).replace(microsecond=0)
