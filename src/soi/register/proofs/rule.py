"""Decide when proofs make a holding verified, for how long each counts, and when it is run again.

The rule, which the public page and the documentation say in the same words:

    A proof counts as long as it holds and has not expired. Proofs by the same channel count once,
    with the most points. A holding is proved with 3 points by at least two channels, or when two
    people of the desk have seen in person that it is theirs. What is proved becomes verified by
    itself if something that is official already says that it is theirs; else a person of the desk
    confirms it.

So one proof that one server alone could forge is never enough, and a stolen sign-in, which can put
a code into whatever the thief owns, makes nothing official. Nothing here reads the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from soi.core.formats import HoldingKind
from soi.register.proofs.types import Channel, ProofKind, Result

POINTS_NEEDED: Final = 3
CHANNELS_NEEDED: Final = 2
PEOPLE_NEEDED: Final = 2

_DAY = dt.timedelta(days=1)
_HOUR = dt.timedelta(hours=1)

EVERY: Final = _DAY
"""A proof that holds is run again after so long, give or take `JITTER`."""
JITTER: Final = 0.2
RETRIES: Final = (_HOUR, 4 * _HOUR, 12 * _HOUR, _DAY)
"""After so long it is run again when it did not hold, the longer the more often it did not."""
EVIDENCE_EVERY: Final = 30 * _DAY
"""A proof that goes on holding gets a new copy of its evidence after so long."""
DENIED_FOR: Final = 3 * _DAY
"""So long a proof counts on after it was denied first: a server that is being moved is no fraud."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a proof counts for, and for how long after it held last."""

    points: int
    channel: Channel
    lasts: dt.timedelta = 30 * _DAY
    needs_anchor: bool = False
    """Whether it leans on a site that is official already, or on an association's."""


WEIGHTS: Final[Mapping[ProofKind, Weight]] = MappingProxyType(
    {
        ProofKind.DNS_TXT: Weight(2, Channel.DNS),
        ProofKind.WELL_KNOWN: Weight(1, Channel.SITE),
        ProofKind.META_TAG: Weight(1, Channel.SITE),
        ProofKind.TRUST_TXT: Weight(2, Channel.OFFICIAL_SITE, needs_anchor=True),
        ProofKind.TRUST_MEMBER: Weight(1, Channel.ASSOCIATION, needs_anchor=True),
        ProofKind.TRUST_SOCIAL: Weight(2, Channel.OFFICIAL_SITE, needs_anchor=True),
        ProofKind.TRUST_CONTACT: Weight(1, Channel.OFFICIAL_SITE, needs_anchor=True),
        ProofKind.REL_ME: Weight(2, Channel.OFFICIAL_SITE, needs_anchor=True),
        ProofKind.PROFILE_CODE: Weight(1, Channel.PROFILE),
        ProofKind.BLUESKY: Weight(2, Channel.DNS),
        ProofKind.ANDROID_LINKS: Weight(2, Channel.OFFICIAL_SITE, needs_anchor=True),
        ProofKind.APPLE_LINKS: Weight(2, Channel.OFFICIAL_SITE, needs_anchor=True),
        ProofKind.IN_PERSON: Weight(3, Channel.DESK, lasts=365 * _DAY),
    }
)

LINKING: Final = frozenset(
    {kind for kind, weight in WEIGHTS.items() if weight.needs_anchor}
    | {ProofKind.BLUESKY, ProofKind.IN_PERSON}
)
"""Proofs by which the official side says that it is theirs. The others only show that whoever asked
for them controls it. A Bluesky name is itself a domain of theirs."""

_SITES = (ProofKind.DNS_TXT, ProofKind.WELL_KNOWN, ProofKind.META_TAG)
_LINKED = (ProofKind.TRUST_TXT, ProofKind.TRUST_MEMBER)
_ACCOUNTS = (ProofKind.PROFILE_CODE, ProofKind.REL_ME, ProofKind.TRUST_SOCIAL)
_POSSIBLE: Final[Mapping[HoldingKind, tuple[ProofKind, ...]]] = {
    HoldingKind.DOMAIN: (*_SITES, *_LINKED),
    HoldingKind.SUBDOMAIN: _SITES,
    HoldingKind.EMAIL_DOMAIN: (ProofKind.DNS_TXT, *_LINKED),
    HoldingKind.ACCOUNT: _ACCOUNTS,
    HoldingKind.PHONE: (ProofKind.TRUST_CONTACT,),
    HoldingKind.EMAIL: (ProofKind.TRUST_CONTACT,),
    HoldingKind.SMS_SENDER: (),
    HoldingKind.BANK_ACCOUNT: (),
    HoldingKind.APP: (ProofKind.PROFILE_CODE,),
    HoldingKind.ADDRESS: (),
}
_BY_PLATFORM: Final[Mapping[str, tuple[ProofKind, ...]]] = {
    "bluesky": (ProofKind.BLUESKY,),
    "android": (ProofKind.ANDROID_LINKS,),
    "ios": (ProofKind.APPLE_LINKS,),
}


def possible(kind: HoldingKind, platform: str) -> tuple[ProofKind, ...]:
    """The ways in which a holding of that kind can be proved; in person always, as the last."""
    return (*_POSSIBLE[kind], *_BY_PLATFORM.get(platform, ()), ProofKind.IN_PERSON)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the proofs that count come to."""

    points: int
    channels: int
    is_met: bool
    is_linked: bool
    """Whether something that is official already says that it is theirs."""


def standing(counting: Collection[ProofKind]) -> Standing:
    """Whether these proofs, all of which count, make a holding verified."""
    best: dict[Channel, int] = {}
    for kind in counting:
        weight = WEIGHTS[kind]
        best[weight.channel] = max(best.get(weight.channel, 0), weight.points)
    points = sum(best.values())
    by_many = points >= POINTS_NEEDED and len(best) >= CHANNELS_NEEDED
    return Standing(
        points=points,
        channels=len(best),
        is_met=by_many or ProofKind.IN_PERSON in counting,
        is_linked=any(kind in LINKING for kind in counting),
    )


def counts(
    kind: ProofKind,
    *,
    held_at: dt.datetime | None,
    denied_since: dt.datetime | None,
    now: dt.datetime,
) -> bool:
    """Whether a proof counts now: it held, has not expired, and is not denied for too long."""
    if held_at is None or now >= expires_at(kind, held_at):
        return False
    return denied_since is None or now < denied_since + DENIED_FOR


def expires_at(kind: ProofKind, held_at: dt.datetime) -> dt.datetime:
    """When a proof that held then, and never again, counts no more."""
    return held_at + WEIGHTS[kind].lasts


def next_run(result: Result, *, failures: int, now: dt.datetime, spread: float) -> dt.datetime:
    """When a proof is run again; `spread` between 0 and 1 keeps many from coming due at once."""
    pause = EVERY if result is Result.HOLDS else RETRIES[min(failures, len(RETRIES)) - 1]
    return now + pause * (1 - JITTER + 2 * JITTER * spread)
