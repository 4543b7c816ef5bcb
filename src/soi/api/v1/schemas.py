"""What the API takes and gives, as OpenAPI sees it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from ninja import Field, Schema

from soi.answer.answering import LIMITS


class Message(Schema):
    """A message to look at. It is not stored."""

    message: str = Field(
        max_length=4 * LIMITS.characters,
        description=f"Its text, at most {LIMITS.characters} characters.",
        examples=["Uong nuoc chanh nong moi sang chua khoi ung thu. songxanhbank-vn.test"],
    )
    language: Literal["vi", "en"] | None = Field(
        None, description="Of the sentences in the answer; else Accept-Language decides."
    )


class Problem(Schema):
    """What happened, why, and what to do; the code is stable."""

    code: str
    what: str
    why: str
    next: str


class Failure(Schema):
    """No answer."""

    error: Problem


class Why(Schema):
    """One reason, with what it quotes of the message and of the check."""

    code: str
    label: str
    text: str
    message_quote: str
    check_quote: str


class Check(Schema):
    """A published check."""

    ref: str
    claim: str
    title: str
    summary: str
    verdict: Literal["true", "mostly_true", "missing_context", "false", "unproven"] | None
    verdict_words: str
    publisher_name: str
    publisher_site: str
    url: str
    page: str
    language: str
    published_on: dt.date | None
    modified_on: dt.date | None
    licence: str
    is_demo: bool
    is_own: bool
    origin: str
    brought_on: dt.date | None


class Holding(Schema):
    """One official holding of an organisation, with its validity in time."""

    organisation: str
    organisation_name: str
    kind: str
    platform: str
    value: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    compromised_from: dt.date | None
    verified_on: dt.date | None
    is_demo: bool


class Scam(Schema):
    """One row of a known-scam list: which list, under which licence, since when."""

    list_name: str
    list_url: str
    licence: str
    value: str
    listed_on: dt.date | None
    fetched_on: dt.date | None
    is_demo: bool


class Imitation(Schema):
    """Whom a name imitates and where; it does not say that the name is fraud."""

    brand: str
    kind: str
    probability: float
    span: tuple[int, int]


class Named(Schema):
    """One holding as a notice names it."""

    kind: str
    platform: str
    value: str


class Notice(Schema):
    """What an organisation itself says of a holding that is in other hands."""

    id: int
    since: dt.datetime
    published_at: dt.datetime
    trust_only: list[Named]
    words: str
    words_en: str
    page: str


class Finding(Schema):
    """What is known of one part of the message, why, and what to do.

    `span` counts code points of the message as sent. Statements carry `check` and `probability`;
    the other kinds carry `name`, `holding`, `scams`, `lookalike` and `notice`.
    """

    kind: Literal["statement", "link", "email", "handle", "phone", "bank_account"]
    state: Literal[
        "checked",
        "opposite",
        "near",
        "denial",
        "not_checked",
        "not_checkable",
        "official",
        "official_until",
        "compromised",
        "known_scam",
        "lookalike",
        "hidden_target",
        "unknown",
    ]
    span: tuple[int, int]
    text: str
    headline: str
    explanation: str
    reasons: list[Why]
    advice: str
    language: str | None = None
    type: (
        Literal["opinion", "prediction", "question", "instruction", "greeting", "satire"] | None
    ) = None
    probability: float | None = None
    check: Check | None = None
    name: dict[str, str] | None = None
    holding: Holding | None = None
    scams: list[Scam] = []
    lookalike: Imitation | None = None
    notice: Notice | None = None


class Coverage(Schema):
    """What the message was looked up in."""

    checks: int
    organisations: int
    scam_names: int
    meaning_pending: int


class Answer(Schema):
    """Findings, the gravest first."""

    findings: list[Finding]
    truncated: bool
    coverage: Coverage
    seconds: float
