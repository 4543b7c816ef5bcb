"""Pure decisions about holdings: how they are looked up, how they stand on a day, what may follow.

Nothing here reads the database or the clock.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from soi.core.formats import HoldingKind, HoldingRecord, HoldingState
from soi.core.ledger.canonical import digest
from soi.core.text import bank_code, fold
from soi.register.errors import HoldingInvalid, StateRefused
from soi.register.types import Period, PeriodKind, RoleWord, Standing

GRACE_DAYS: Final = 30
"""Days that a holding stays official after its proofs have stopped holding, if the desk does not
stand for it itself: long enough for somebody on holiday to mend a record."""
CUSTODY_DAYS: Final = 90
"""Days after which a keeper is asked again who holds the keys."""
CUSTODY_NOTICE_DAYS: Final = 14
"""So many days before, the reminder begins."""
HOLDERS_LIMIT: Final = 12

CONFIRMED: Final = frozenset({HoldingState.VERIFIED, HoldingState.ACTIVE, HoldingState.DORMANT})
HOSTS: Final = frozenset({HoldingKind.DOMAIN, HoldingKind.SUBDOMAIN, HoldingKind.EMAIL_DOMAIN})

_WORD = re.compile(r"\w+")
_FOLLOWING: Final[Mapping[HoldingState, frozenset[HoldingState]]] = {
    HoldingState.PROPOSED: frozenset({HoldingState.VERIFIED, HoldingState.RETIRED}),
    HoldingState.VERIFIED: CONFIRMED | {HoldingState.RETIRED, HoldingState.COMPROMISED},
    HoldingState.ACTIVE: CONFIRMED | {HoldingState.RETIRED, HoldingState.COMPROMISED},
    HoldingState.DORMANT: CONFIRMED | {HoldingState.RETIRED, HoldingState.COMPROMISED},
    HoldingState.RETIRED: frozenset({HoldingState.PROPOSED}),
    HoldingState.COMPROMISED: frozenset({HoldingState.ACTIVE, HoldingState.RETIRED}),
}


class Ending(Protocol):
    """The days on which something is theirs no more."""

    @property
    def valid_to(self) -> dt.date | None:
        """The last day on which it is theirs."""

    @property
    def compromised_from(self) -> dt.date | None:
        """The first day on which it is in other hands."""


class Dated(Ending, Protocol):
    """A holding, however it is carried: what its standing on a day follows from."""

    @property
    def state(self) -> str:
        """One of `HoldingState`."""

    @property
    def valid_from(self) -> dt.date | None:
        """The first day on which it is theirs."""

    @property
    def doubted_from(self) -> dt.date | None:
        """See `Standing.DOUBTED`."""

    @property
    def lapsed_from(self) -> dt.date | None:
        """From when on its proofs had stayed away too long."""


def key_of(record: HoldingRecord) -> str:
    """The value as it is looked up; readers have normalised it, only case and `www.` are left.

    Account names are compared without case: every platform of the list does so. An SMS sender is
    compared without spaces too, an address by its words without marks.
    """
    key = record.value
    if record.kind in HOSTS:
        return key.lower().removeprefix("www.")
    if record.kind is HoldingKind.SMS_SENDER:
        return sender_key(key)
    if record.kind is HoldingKind.ADDRESS:
        return address_key(key)
    return key.lower() if record.kind in ("account", "email") else key


def sender_key(name: str) -> str:
    """An SMS sender's name as two are compared."""
    return name.lower().replace(" ", "")


def address_key(text: str) -> str:
    """A physical address as two are compared: its words in order, without marks."""
    return " ".join(_WORD.findall(fold(text)))[:500]


def with_known_bank(record: HoldingRecord) -> HoldingRecord:
    """The record with its bank as messages are read: "VCB" and "Ngân hàng Ngoại thương" are one."""
    return dataclasses.replace(record, bank=bank_code(record.bank) or record.bank)


def standing(holding: Dated, on: dt.date, periods: Iterable[Period] = ()) -> Standing:
    """How the holding stood on that day, as far as is known now; the gravest that applies.

    `periods` are those that are over: without them an answer about today is still right.
    """
    over = [each for each in periods if _covers(each, on)]
    if holding.compromised_from and holding.compromised_from <= on:
        return Standing.COMPROMISED
    if any(each.kind is PeriodKind.COMPROMISED for each in over):
        return Standing.COMPROMISED
    was_owned = any(each.kind is PeriodKind.OWNED for each in over)
    if holding.state == HoldingState.PROPOSED:
        was_official = was_owned or (holding.lapsed_from is not None and on < holding.lapsed_from)
        if not was_official:
            return Standing.PROPOSED
    if was_owned:
        return Standing.OFFICIAL
    if holding.valid_to and holding.valid_to < on:
        return Standing.ENDED
    if holding.doubted_from and holding.doubted_from <= on:
        return Standing.DOUBTED
    if holding.valid_from and holding.valid_from > on:
        return Standing.COMING
    return Standing.OFFICIAL


def _covers(period: Period, on: dt.date) -> bool:
    return (period.since is None or period.since <= on) and on < period.until


def state_of(
    days: Ending, said: HoldingState | None, known: HoldingState | None, today: dt.date
) -> HoldingState:
    """The state that a row of the desk's own file gives: what it says, unless its days say more."""
    if days.compromised_from and days.compromised_from <= today:
        return HoldingState.COMPROMISED
    if days.valid_to and days.valid_to < today:
        return HoldingState.RETIRED
    if said is not None:
        return said
    return known if known in CONFIRMED else HoldingState.ACTIVE


def check_step(known: HoldingState, wanted: HoldingState) -> None:
    """Return if a holding may go from one state to the other. Raises `StateRefused`."""
    if wanted not in _FOLLOWING[known]:
        raise StateRefused(
            f"A holding that is {known.value} can't become {wanted.value}.",
            known=known.value,
            wanted=wanted.value,
        )


def following(known: HoldingState) -> frozenset[HoldingState]:
    """The states that a holding may go to from `known`."""
    return _FOLLOWING[known]


def checked_holders(members: Iterable[int], roles: Iterable[str]) -> list[str]:
    """Who holds the keys, as it is kept: `person:5` for people of the desk, `role:it` for a post.

    Raises `HoldingInvalid` for a post that is none of `RoleWord`, for nobody and for too many.
    """
    posts = sorted(set(roles))
    if unknown := [each for each in posts if each not in set(RoleWord)]:
        raise HoldingInvalid(f"{unknown[0][:40]!r} is no post.", reason="post_unknown")
    found = [f"person:{each}" for each in sorted(set(members))]
    found += [f"role:{each}" for each in posts]
    if not 1 <= len(found) <= HOLDERS_LIMIT:
        raise HoldingInvalid(
            f"Name 1 to {HOLDERS_LIMIT} who hold the keys.", reason="holders_missing"
        )
    return found


def digest_of(record: Mapping[str, object] | None) -> str:
    """SHA-256 in hex of a public record's canonical JSON, "" for none."""
    return digest(dict(record)).hex() if record is not None else ""
