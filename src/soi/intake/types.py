"""The words of intake: where a tip came from, where it stands, and why one is not checked."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How a tip came in."""

    PAGE = "page"
    API = "api"
    FILE = "file"
    COMMAND = "command"


class State(StrEnum):
    """Where a tip stands. Its sender sees this, and nothing else of the desk's work."""

    RECEIVED = "received"
    CHECKING = "checking"
    PUBLISHED = "published"
    NOT_CHECKABLE = "not_checkable"


class Reason(StrEnum):
    """Why a tip is closed without a check (charter rule C1)."""

    OPINION = "opinion"
    PREDICTION = "prediction"
    SATIRE = "satire"
    PRIVATE_MATTER = "private_matter"
    UNCLEAR = "unclear"


class Decision(StrEnum):
    """What somebody decided about a suggestion."""

    SAME = "same"
    OTHER = "other"
