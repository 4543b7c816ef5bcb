"""What every reader of checks yields: a record that can be stored, or a refusal that says why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """The normalised scale. The publisher's own words are always kept beside it."""

    TRUE = "true"
    MOSTLY_TRUE = "mostly_true"
    MISSING_CONTEXT = "missing_context"
    FALSE = "false"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One published check as read from a file, cleaned of markup and ready to store.

    The person who made the claim is deliberately not kept (charter C4).
    """

    key: str
    """Stable identity within its publisher: the record's own id, else its URL with a claim hash."""
    url: str
    publisher_name: str
    publisher_site: str
    """The publisher's host, lower case, without `www.`."""
    claim: str
    title: str
    summary: str
    verdict: Verdict | None
    """None when the publisher's words are on no known scale; then only the words are shown."""
    verdict_words: str
    language: str
    """BCP 47 primary tag ("vi"), "" when unknown."""
    claimed_on: dt.date | None
    published_on: dt.date | None
    modified_on: dt.date | None
    licence: str
    position: int = field(default=0, compare=False)
    """The record's number in the file it was read from, from 0: where to go on after it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that was not taken: where it stood, a stable code, and a sentence for a person."""

    position: int
    """The record's number in its file, from 0."""
    code: str
    why: str
    excerpt: str = ""
    """At most 200 characters of the offending value, cleaned of control characters."""
