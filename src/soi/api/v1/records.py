"""What is read of the desk's public records, as OpenAPI sees it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from ninja import Field, Schema

from soi.api.v1.schemas import Check, Named

VerdictWord = Literal["true", "mostly_true", "missing_context", "false", "unproven"]
TopicWord = Literal["health", "election", "legal", "money", "disaster", "school", "other"]
CorrectionWord = Literal["minor", "update", "substantial", "withdrawal"]
StandingWord = Literal["official", "coming", "ended", "compromised", "doubted"]


class StoredCheck(Check):
    """A published check, of this desk or of another one."""

    claim_number: int | None = Field(
        description="What `/api/v1/editions/{claim}` names it by; null for another desk's check."
    )
    changed_at: dt.datetime = Field(description="When it was stored as it stands now.")


class Checks(Schema):
    """One page of checks."""

    items: list[StoredCheck]
    next_cursor: str | None = Field(description="Null on the last page.")


class Edition(Schema):
    """One edition of the desk's own check, for a list."""

    claim: int
    number: int
    kind: Literal["first", "minor", "update", "substantial", "withdrawal"]
    digest: str = Field(description="SHA-256 in hex of the bytes at `record`.")
    wording: str
    title: str
    summary: str
    verdict: VerdictWord
    language: str
    topics: list[str]
    concerns_owner: bool
    correction_note: str
    published_at: dt.datetime
    first_published_at: dt.datetime
    page: str
    record: str
    is_demo: bool


class Editions(Schema):
    """One page of editions."""

    items: list[Edition]
    next_cursor: str | None = Field(description="Null on the last page.")


class CheckWithEditions(StoredCheck):
    """A check, and its editions if it is the desk's own."""

    editions: list[Edition] = Field(description="The newest first; empty for another desk's check.")


class Challenge(Schema):
    """A reader's objection with the desk's answer."""

    id: int
    edition: int
    state: Literal["upheld", "rejected"]
    text: str
    answer: str = Field(description="Markdown.")
    received_at: dt.datetime
    answered_at: dt.datetime
    record: str


class ChallengeCounts(Schema):
    """How many objections there were, also those that are not shown."""

    open: int
    upheld: int
    rejected: int
    set_aside: int


class ClaimEditions(Schema):
    """Everything that was published of one claim."""

    editions: list[Edition] = Field(description="The newest first.")
    challenges: list[Challenge] = Field(description="The decided ones, the newest answer first.")
    challenge_counts: ChallengeCounts


class Source(Schema):
    """One piece of evidence, with what its kept copy is known by."""

    url: str = Field(description="Empty for a file that somebody brought.")
    sha256: str = Field(description="Of the kept bytes.")
    captured_at: str
    title: str
    publisher: str
    stance: str
    kind: str
    interest: str
    is_owners: bool
    quote: str


class WholeEdition(Edition):
    """One edition with all that its page shows."""

    explanation: str = Field(description="Markdown.")
    selected_because: str
    claimed_on: dt.date | None
    sources: list[Source]
    written_by: str
    edited_by: str
    approved_by: list[str]
    published_by: str
    is_newest: bool
    last_number: int
    leaf: int | None = Field(description="Its place in the public log, null until it is written.")


class Organisation(Schema):
    """One organisation of the directory."""

    slug: str
    name: str
    name_en: str
    aliases: list[str]
    holdings: int = Field(description="How many are or were confirmed.")
    page: str
    record: str
    is_demo: bool


class Organisations(Schema):
    """One page of organisations."""

    items: list[Organisation]
    next_cursor: str | None = Field(description="Null on the last page.")


class Spell(Schema):
    """A time that is over, from `since` until the day before `until`."""

    kind: Literal["owned", "compromised"]
    since: dt.date | None
    until: dt.date


class OwnHolding(Schema):
    """What is or was an organisation's own, and how it stood on the day that was asked for."""

    id: int
    kind: str
    platform: str
    platform_id: str
    value: str = Field(description="As it was called on that day.")
    bank: str
    standing: StandingWord
    state: str
    is_vouched: bool
    proved_by: list[str]
    handed_to: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    compromised_from: dt.date | None
    doubted_from: dt.date | None
    verified_on: dt.date | None
    note: str
    periods: list[Spell]
    badge: str
    is_demo: bool


class OrganisationWithHoldings(Organisation):
    """An organisation and what was its own on a day."""

    on: dt.date
    owns: list[OwnHolding]


class NamedHolding(Named):
    """A holding as a notice names it."""

    holding: int


class PublicNotice(Schema):
    """What an organisation itself says of holdings that are in other hands."""

    id: int
    organisation: str
    state: Literal["published", "ended", "retracted"]
    in_force: bool = Field(description="False too when the register says that all has come back.")
    since: dt.datetime
    published_at: dt.datetime
    ended_at: dt.datetime | None
    reason: str = Field(description="Why it ended or was retracted.")
    not_trusted: list[NamedHolding]
    trust_only: list[NamedHolding]
    words: str
    words_en: str
    page: str
    record: str
    is_demo: bool


class Notices(Schema):
    """One page of notices."""

    items: list[PublicNotice]
    next_cursor: str | None = Field(description="Null on the last page.")
