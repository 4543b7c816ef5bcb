"""The words of captures: where one stands, what a later look at its source found."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class CaptureState(StrEnum):
    """Where a capture stands."""

    WAITING = "waiting"
    """Asked for; the worker fetches it."""
    CAPTURED = "captured"
    """Its bytes are kept, and they are what was asked for as far as can be told."""
    FAILED = "failed"
    """Nothing came, or what came is no source; `problem` says why."""


class Seen(StrEnum):
    """What a later look at a source found, next to the capture that is watched."""

    SAME = "same"
    """The same text, or the same bytes where there is no text."""
    CHANGED = "changed"
    """Another text; it is kept as a capture of its own."""
    GONE = "gone"
    """The server says that nothing is there, or has not answered for days."""
    MOVED = "moved"
    """The address leads elsewhere now."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One source as it was at one moment."""

    id: int
    requested_url: str
    """What was asked for, "" for a file that somebody brought."""
    url: str
    """Where it was found, after redirects; "" for a file and while nothing has come."""
    file_name: str
    """The name of the file that somebody brought, "" for an address."""
    state: CaptureState
    problem: str
    """Why it failed, or why the last try did, as a stable code; "" when all is well."""
    sha256: str
    """Of the bytes that came, in hex; "" while there are none."""
    captured_at: dt.datetime | None
    media_type: str
    """As the bytes are, for instance `text/html`; "" while there are none."""
    size: int
    title: str
    publisher: str
    """The site's own name for itself, "" when it gives none."""
    has_text: bool
    has_screenshot: bool
    timestamped_at: dt.datetime | None
    """The time that a timestamping authority signed for the bytes (RFC 3161), None without one."""
    is_watched: bool
    last_seen: Seen | None
    """What the last look of the watch found, None when there was none."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a watched source."""

    at: dt.datetime
    seen: Seen | None
    """What it found, None when the look itself failed."""
    problem: str
    url: str
    """Where the address led."""
    capture_id: int | None
    """What was kept of it, None when there was nothing new."""
