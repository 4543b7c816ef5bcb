"""The words of notices, and the rows in which they leave."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class NoticeState(StrEnum):
    """Where a notice stands."""

    PREPARED = "prepared"
    """Signed, and seen by nobody but its organisation and the desk."""
    PUBLISHED = "published"
    """In force."""
    ENDED = "ended"
    """It was right, and what it warned of is over."""
    RETRACTED = "retracted"
    """It was a false alarm; that it stood stays public."""
    DISCARDED = "discarded"
    """Given up before it was ever published."""


PUBLIC = frozenset({NoticeState.PUBLISHED, NoticeState.ENDED, NoticeState.RETRACTED})
"""States that everybody sees."""


@dataclass(frozen=True, slots=True)
class Named:
    """One holding as a notice names it: as it was when the notice was signed."""

    id: int
    kind: str
    platform: str
    value: str


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice: what is not to be trusted, and what is instead."""

    id: int
    organisation: str
    state: NoticeState
    untrusted: tuple[Named, ...]
    trusted: tuple[Named, ...]
    words: str
    """A sentence of the keeper's own, "" for none."""
    words_en: str
    prepared_at: dt.datetime
    prepared_by: str
    prepared_note: str
    """The signed note that was prepared (C2SP signed-note)."""
    key: str
    """The verifier key of the recovery key, as one line."""
    since: dt.datetime | None
    """Since when not to trust, None while it is only prepared."""
    published_at: dt.datetime | None
    published_by: str
    note: str
    """The signed note that was published; "" when it was published without the recovery code."""
    ended_at: dt.datetime | None
    ended_by: str
    reason: str
    """Why it ended or was retracted; public."""
    is_demo: bool
    drilled_at: dt.datetime | None = None
    """When it was last tried without publishing anything."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A recovery key of an organisation: what the desk knows of it."""

    id: int
    organisation: str
    handle: str
    key: str
    made_at: dt.datetime
    made_by: str
    withdrawn_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class DrillRow:
    """One time that somebody practised."""

    at: dt.datetime
    by: str
    seconds: int | None
    """From opening the page to the end, None when that is not known."""
