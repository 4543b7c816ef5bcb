"""The words of the desk's work: where a claim stands, what evidence says, how a check changes."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final


class ClaimState(StrEnum):
    """Where a claim stands at the desk."""

    OPEN = "open"
    """In the queue; nobody has taken it."""
    WORKING = "working"
    """Somebody has taken it."""
    PUBLISHED = "published"
    """Its last edition is public; the draft may be ahead of it."""
    WITHDRAWN = "withdrawn"
    """Its last edition says that the check was withdrawn."""
    CLOSED = "closed"
    """Not checked, for the reason that is given."""
    MERGED = "merged"
    """Part of another claim, until that is undone."""


class CloseReason(StrEnum):
    """Why a claim is closed without a check of its own (charter rule C1)."""

    OPINION = "opinion"
    PREDICTION = "prediction"
    SATIRE = "satire"
    PRIVATE_MATTER = "private_matter"
    UNCLEAR = "unclear"
    ALREADY_ANSWERED = "already_answered"
    """A published check answers it; the claim holds its address."""


class Harm(IntEnum):
    """What believing the claim could do, if it is false."""

    UNSET = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Topic(StrEnum):
    """What a check is about."""

    HEALTH = "health"
    ELECTION = "election"
    LEGAL = "legal"
    MONEY = "money"
    DISASTER = "disaster"
    SCHOOL = "school"
    OTHER = "other"


SENSITIVE: Final = frozenset({Topic.HEALTH, Topic.ELECTION, Topic.LEGAL})
"""Topics whose checks need two approvals. The database holds to the same three."""


class Stance(StrEnum):
    """What a piece of evidence says of the claim."""

    SUPPORTS = "supports"
    REFUTES = "refutes"
    CONTEXT = "context"


class SourceKind(StrEnum):
    """How near a source is to what happened."""

    PRIMARY = "primary"
    """The document, the data, the place or the person itself."""
    SECONDARY = "secondary"
    """Somebody who reports it."""


class EditionKind(StrEnum):
    """What an edition is to the one before it."""

    FIRST = "first"
    MINOR = "minor"
    """Spelling, a dead link: nothing that changes what a reader understands."""
    UPDATE = "update"
    """Something new is known."""
    SUBSTANTIAL = "substantial"
    """Something was wrong."""
    WITHDRAWAL = "withdrawal"
    """The check no longer stands; its page says so, and why."""


class ChallengeState(StrEnum):
    """Where a reader's objection stands (charter rule C6)."""

    OPEN = "open"
    UPHELD = "upheld"
    """Right: the check is corrected or withdrawn."""
    REJECTED = "rejected"
    SET_ASIDE = "set_aside"
    """No objection to the check: advertising, abuse. Counted, not shown."""


class Gate(StrEnum):
    """What must hold before a check may be published; each belongs to a rule of the charter."""

    IS_CHECKABLE = "is_checkable"
    WORDING_IS_FAIR = "wording_is_fair"
    SELECTION_IS_GIVEN = "selection_is_given"
    SOURCES_ARE_INDEPENDENT = "sources_are_independent"
    SOURCE_IS_PRIMARY = "source_is_primary"
    SOURCES_ARE_CAPTURED = "sources_are_captured"
    QUOTES_ARE_FOUND = "quotes_are_found"
    INTERESTS_ARE_STATED = "interests_are_stated"
    VERDICT_IS_GIVEN = "verdict_is_given"
    EXPLANATION_IS_GIVEN = "explanation_is_given"
    PRIVATE_PEOPLE_ARE_MASKED = "private_people_are_masked"
    OWN_INTEREST_IS_SHOWN = "own_interest_is_shown"
    CORRECTION_IS_EXPLAINED = "correction_is_explained"
    SECOND_PERSON_APPROVED = "second_person_approved"
