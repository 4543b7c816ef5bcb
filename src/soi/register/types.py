"""The words of the register: how a holding stands on a day, and its rows as others see them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from soi.core.formats import HoldingKind, HoldingState


class Standing(StrEnum):
    """Whether a holding was its organisation's on a day."""

    OFFICIAL = "official"
    PROPOSED = "proposed"
    """Said to be theirs, and not confirmed: it counts for nothing."""
    COMING = "coming"
    ENDED = "ended"
    COMPROMISED = "compromised"
    DOUBTED = "doubted"
    """The name was seen with another platform's identifier: somebody else may have taken it."""


class PeriodKind(StrEnum):
    """What a period that is over was."""

    OWNED = "owned"
    COMPROMISED = "compromised"


class RoleWord(StrEnum):
    """Who holds keys, where it is nobody of the desk: a post, never a name (charter rule C4)."""

    MANAGEMENT = "management"
    COMMUNICATIONS = "communications"
    CUSTOMER_SERVICE = "customer_service"
    IT = "it"
    FINANCE = "finance"
    LEGAL = "legal"
    AGENCY = "agency"
    """Another firm that works for the organisation."""


class TwoFactor(StrEnum):
    """Whether a second step guards a holding's keys."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"
    NONE_THERE = "none_there"
    """There is nothing to sign in to, as with an address."""


class ReuseEnd(StrEnum):
    """What came of a name that was seen with another identifier."""

    TAKEN = "taken"
    """Somebody else has the name now."""
    OURS = "ours"
    """The organisation made the account anew."""
    MISTAKE = "mistake"
    """It was read wrongly."""


@dataclass(frozen=True, slots=True)
class Period:
    """A time that is over, from `since` until the day before `until`."""

    kind: PeriodKind
    since: dt.date | None
    until: dt.date


@dataclass(frozen=True, slots=True)
class FormerName:
    """A name that an account had; `until` is the last day."""

    value: str
    key: str
    since: dt.date | None
    until: dt.date


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """A holding with its organisation, as other packages see it."""

    organisation: str
    """The organisation's slug."""
    organisation_name: str
    organisation_name_en: str
    kind: HoldingKind
    platform: str
    key: str
    value: str
    bank: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    compromised_from: dt.date | None
    verified_on: dt.date | None
    note: str
    is_demo: bool
    id: int = 0
    state: HoldingState = HoldingState.ACTIVE
    platform_id: str = ""
    handed_to: str = ""
    """The slug of the organisation that has it now."""
    is_vouched: bool = False
    """The desk's own people stand for it."""
    unproved_since: dt.date | None = None
    doubted_from: dt.date | None = None
    lapsed_from: dt.date | None = None
    proved_by: tuple[str, ...] = ()
    """The kinds of proofs that count, as they were weighed last."""
    periods: tuple[Period, ...] = ()
    """Only where the history was asked for."""
    former_names: tuple[FormerName, ...] = ()
    """Only where the history was asked for."""


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation as the directory lists it."""

    slug: str
    name: str
    name_en: str
    aliases: tuple[str, ...]
    holdings: int
    is_demo: bool
    id: int = 0
    revision: int = 0
    """The number of its last change."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of an organisation's register, by its number; records as they are public."""

    organisation: str
    number: int
    at: dt.datetime
    verb: str
    holding_id: int | None
    before: dict[str, object] | None
    after: dict[str, object] | None
