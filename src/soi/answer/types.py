"""The one answer that the page, the API and the command line render.

An `Answer` is a value: it holds what was found in a message and why, refers to checks and holdings
by value, and is never stored. Codes travel here, sentences do not: each rendering says them in the
reader's language (`soi.answer.wording`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from soi.core.checkable import StatementType
from soi.core.formats import Verdict
from soi.core.lookalike import Lookalike
from soi.core.matching import Reason
from soi.core.text import BankAccount, Email, Handle, Link, Phone, Statement


class StatementState(StrEnum):
    """What is known of a statement. Only `CHECKED` carries a check's verdict."""

    CHECKED = "checked"
    OPPOSITE = "opposite"
    """The message says the opposite of a checked claim."""
    NEAR = "near"
    """A check on a near, but another, claim."""
    DENIAL = "denial"
    """The message itself passes on the correction of a checked claim."""
    NOT_CHECKED = "not_checked"
    NOT_CHECKABLE = "not_checkable"
    """Surely no statement of fact, and no check is about it (charter C1)."""


class NameState(StrEnum):
    """What is known of a link, handle, e-mail address, phone number or bank account."""

    OFFICIAL = "official"
    OFFICIAL_UNTIL = "official_until"
    COMPROMISED = "compromised"
    KNOWN_SCAM = "known_scam"
    LOOKALIKE = "lookalike"
    HIDDEN_TARGET = "hidden_target"
    """A shortener or open platform: where it leads cannot be told from the name."""
    UNKNOWN = "unknown"


class NoteCode(StrEnum):
    """Something that the reader of a name finding must know beside its state."""

    CALLER_ID_SPOOFABLE = "caller_id_spoofable"
    SENDER_SPOOFABLE = "sender_spoofable"
    SHARED_HOST = "shared_host"
    """An account on a platform that anybody may use: the platform being real proves nothing."""
    LISTED_BUT_OFFICIAL = "listed_but_official"
    """A scam list names it although it is official; the register is believed."""
    UNKNOWN_IS_NOT_SAFE = "unknown_is_not_safe"
    DORMANT = "dormant"
    """It is theirs, but they say that they do not use it at present."""
    PLATFORM_NOT_SAID = "platform_not_said"
    """An account name without its platform: elsewhere the same name may be somebody else's."""
    DESK_CONFIRMED = "desk_confirmed"
    ONE_DIGIT_OFF = "one_digit_off"
    """A number that is not the organisation's own, and differs from it by one slip."""
    """A person at the desk looked at the name and says that it imitates."""
    LOOKS_DIFFERENT = "looks_different"
    """The link hides its true host behind other letters or a user part."""


@dataclass(frozen=True, slots=True)
class CheckCard:
    """A published check as an answer shows it."""

    ref: str
    claim: str
    title: str
    summary: str
    verdict: Verdict | None
    verdict_words: str
    publisher_name: str
    publisher_site: str
    url: str
    language: str
    published_on: dt.date | None
    modified_on: dt.date | None
    licence: str
    is_demo: bool
    is_own: bool = False
    """True for what this desk itself has published; all else is another publisher's word."""
    origin: str = ""
    """The address that another publisher's check was fetched from, "" for a file."""
    brought_on: dt.date | None = None
    """The day on which another publisher's check was fetched or brought last."""


@dataclass(frozen=True, slots=True)
class HoldingCard:
    """One official holding of an organisation, with its validity in time."""

    organisation_ref: str
    organisation_name: str
    organisation_name_en: str
    kind: str
    platform: str
    value: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    compromised_from: dt.date | None
    verified_on: dt.date | None
    is_demo: bool


@dataclass(frozen=True, slots=True)
class ScamCard:
    """One row of a known-scam list: which list, under which licence, since when."""

    list_name: str
    list_url: str
    licence: str
    value: str
    listed_on: dt.date | None
    fetched_on: dt.date | None
    is_demo: bool


@dataclass(frozen=True, slots=True)
class NamedCard:
    """One holding as a notice names it."""

    kind: str
    platform: str
    value: str


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """A notice in force: since when not to trust a holding, and what to trust instead."""

    id: int
    since: dt.datetime
    published_at: dt.datetime
    trusted: tuple[NamedCard, ...]
    words: str
    words_en: str


@dataclass(frozen=True, slots=True)
class StatementFinding:
    """What is known of one statement, and why."""

    statement: Statement
    state: StatementState
    check: CheckCard | None
    probability: float | None
    reasons: tuple[Reason, ...]
    type: StatementType | None = None
    """What it does instead of stating a fact; only where it is not checkable."""


Name = Link | Email | Handle | Phone | BankAccount


@dataclass(frozen=True, slots=True)
class NameFinding:
    """What is known of one name, and why."""

    name: Name
    state: NameState
    holding: HoldingCard | None = None
    """The official holding that it is, or for a lookalike one holding of the imitated brand."""
    scams: tuple[ScamCard, ...] = ()
    lookalike: Lookalike | None = None
    notes: tuple[NoteCode, ...] = ()
    notice: NoticeCard | None = None
    """What the organisation itself says of a holding that is in other hands."""


Finding = StatementFinding | NameFinding


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the answer was looked up in, so that "not checked" can be weighed."""

    checks: int
    organisations: int
    scam_names: int
    meaning_pending: int
    """Checks that can be found by words but not yet by meaning."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Soi says of a message: findings, the gravest first, and what they rest on."""

    message: str
    findings: tuple[Finding, ...]
    truncated: bool
    coverage: Coverage
    seconds: float
