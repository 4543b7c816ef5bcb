"""The words of the watch, and the rows in which its names leave it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone

from soi.core.formats import ScamKind
from soi.core.lookalike import LookalikeKind, LookalikeReason, NameKind


class State(StrEnum):
    """Where a name that could be taken for another stands. Only a person moves it on."""

    WAITING = "waiting"
    LOOKALIKE = "lookalike"
    """Somebody looked: it imitates, and nothing more is said of it."""
    SCAM = "scam"
    """Somebody looked: it is used for fraud."""
    DISMISSED = "dismissed"


class ExportForm(StrEnum):
    """How names are written for programs that block them."""

    HOSTS = "hosts"
    RPZ = "rpz"
    """A response policy zone for DNS servers."""
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Name:
    """A name as somebody saw it; `platform` says where an account is, "" when nobody knows."""

    kind: NameKind
    value: str
    platform: str = ""


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A list names what the register calls official. The register is believed."""

    list_name: str
    kind: ScamKind
    key: str
    organisation: str
    organisation_name: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import of a list."""

    at: dt.datetime
    by: str
    fetched_on: dt.date
    digest: str
    added: int
    updated: int
    unchanged: int
    refused: int
    official: int
    """Rows that named what was official on that day."""
    conflicts: tuple[ConflictRow, ...]
    """The first of them."""


@dataclass(frozen=True, slots=True)
class LookalikeRow:
    """A name before the desk. Nothing in it says that the name is fraud, unless `state` does."""

    id: int
    kind: NameKind
    platform: str
    key: str
    organisation: str
    imitation: LookalikeKind | None
    """None for a name that somebody put here although the engine sees nothing in it."""
    probability: float | None
    is_clear: bool
    """Sure enough to tell a reader, or put here by a person; the rest is a guess for the desk."""
    reasons: tuple[LookalikeReason, ...]
    details: dict[str, str]
    campaign: str
    first_seen_on: dt.date
    state: State
    expires_on: dt.date | None
    is_demo: bool


@dataclass(frozen=True, slots=True)
class SightingRow:
    """Where and on which day a lookalike was seen."""

    source: str
    seen_on: dt.date
    noted_by: str


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What somebody decided, and whether it still stands."""

    state: State
    reason: str
    at: dt.datetime
    by: str
    expires_on: dt.date | None
    undone_at: dt.datetime | None
    undone_by: str

    @property
    def has_run_out(self) -> bool:
        """Whether it ended by itself: nobody took it back while it counted."""
        return bool(
            self.expires_on
            and self.undone_at
            and timezone.localdate(self.undone_at) > self.expires_on
        )


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """What the desk says of a name today."""

    kind: NameKind
    platform: str
    key: str
    organisation: str
    state: State
    """Any but waiting."""
    since: dt.date
    is_demo: bool


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """Names made after one pattern that could be taken for one organisation."""

    organisation: str
    campaign: str
    names: int
    waiting: int
    first_seen_on: dt.date
    last_seen_on: dt.date
    probability: float | None
    """The highest of its names."""


@dataclass(frozen=True, slots=True)
class StreamRow:
    """How far a source of names has been read."""

    source: str
    position: int
    names: int
    read_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ScamListRow:
    """One list and how many names it holds."""

    name: str
    url: str
    licence: str
    fetched_on: dt.date
    names: int
    expired: int
    """How many of them count no longer."""
    keep_days: int | None
    path: str
    every_hours: int | None
    due_at: dt.datetime | None
    digest: str
    """SHA-256 of the file that was imported last, "" when it is not known."""
    failure: str
    """Why the last look at its file failed, "" when it did not."""
    is_demo: bool
