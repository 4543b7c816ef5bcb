"""The words of incidents and notices, and the rows in which they leave."""

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
    incident_id: int | None = None
    """The incident in which it was published; for the desk and the organisation alone."""


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


class IncidentKind(StrEnum):
    """What happened. It is said when an incident is opened, and never changes."""

    IMPERSONATION = "impersonation"
    """Somebody pretends to be the organisation under a name like its own."""
    HIJACK = "hijack"
    """A holding of the organisation is in other hands."""
    PHISHING = "phishing"
    """A name like its own takes people's money, passwords or numbers."""
    MISUSE = "misuse"
    """Its name or account is used for what it is not for, and nobody is defrauded."""
    ANOMALY = "anomaly"
    """Something is odd, and nobody knows yet what it is."""


FRAUD = frozenset({IncidentKind.IMPERSONATION, IncidentKind.HIJACK, IncidentKind.PHISHING})
"""The kinds for which something may be prepared for a platform: charter rule C8."""


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    CLOSED = "closed"


class StepWord(StrEnum):
    """What is to be done about an incident, in this order."""

    STOP_USING = "stop_using"
    TELL_KEEPER = "tell_keeper"
    TELL_PLATFORM = "tell_platform"
    TELL_PUBLIC = "tell_public"
    RECOVER = "recover"
    CONFIRM = "confirm"
    """Look again whether it is over."""


class StepState(StrEnum):
    """Where a step stands."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


class Happening(StrEnum):
    """One line of an incident's timeline."""

    OPENED = "opened"
    STEP_DONE = "step_done"
    STEP_SKIPPED = "step_skipped"
    STEP_UNDONE = "step_undone"
    NOTED = "noted"
    CAPTURE_ADDED = "capture_added"
    CAPTURE_DROPPED = "capture_dropped"
    NOTICE_LINKED = "notice_linked"
    PREPARED = "prepared"
    CLOSED = "closed"
    REOPENED = "reopened"


class Form(StrEnum):
    """What is prepared for a platform."""

    BUNDLE = "bundle"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of an incident."""

    word: StepWord
    due_at: dt.datetime
    state: StepState
    at: dt.datetime | None
    by: str
    words: str
    """Why it was skipped; what was done, if somebody said."""
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident with its steps."""

    id: int
    organisation: str
    kind: IncidentKind
    state: IncidentState
    holding_id: int | None
    """The holding that it is about, by its number in the register."""
    lookalike_id: int | None
    """The name that it is about, by its number before the desk."""
    named: Named
    """What it is about, as it was when it was opened."""
    words: str
    since: dt.datetime | None
    """When it began, as far as somebody knows."""
    opened_at: dt.datetime
    opened_by: str
    closed_at: dt.datetime | None
    closed_by: str
    reason: str
    """Why it was closed."""
    is_demo: bool
    steps: tuple[StepRow, ...]

    @property
    def is_fraud(self) -> bool:
        """Whether something may be prepared for a platform (charter rule C8)."""
        return self.kind in FRAUD

    @property
    def overdue(self) -> int:
        """How many steps are late."""
        return sum(step.is_overdue for step in self.steps)

    @property
    def next_step(self) -> StepRow | None:
        """The open step that is due first."""
        waiting = [step for step in self.steps if step.state is StepState.OPEN]
        return min(waiting, key=lambda step: step.due_at, default=None)


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One line of an incident's timeline."""

    at: dt.datetime
    by: str
    what: Happening
    step: StepWord | None
    words: str
    number: int | None
    """Of the capture or notice that it is about."""


@dataclass(frozen=True, slots=True)
class PreparedRow:
    """That a bundle or a report was prepared."""

    id: int
    incident_id: int
    form: Form
    digest: str
    """SHA-256 in hex of the list of hashes of the bundle, or of the one that goes with a report."""
    at: dt.datetime
    by: str
