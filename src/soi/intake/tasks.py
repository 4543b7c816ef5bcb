"""What the worker does for intake at each of its looks: whatever is due by now, and nothing twice.

No queue remembers it (ADR 0008): what is to be erased says so itself, by its date; which tips were
not looked through for names, the journal says.
"""

from __future__ import annotations

import time

from soi.intake.actions import erase_due_contacts
from soi.intake.watching import watch_over_tips

EVERY = 60.0
"""Seconds between two looks for contacts whose day has come."""

NAMES_EVERY = 5.0
"""Seconds between two looks for names in tips."""

_BY = "worker"
_last_look = float("-inf")
_last_look_for_names = float("-inf")


def run_due() -> int:
    """Erase what is due, at most once in `EVERY` seconds; returns how many contacts went."""
    global _last_look
    now = time.monotonic()
    if now - _last_look < EVERY:
        return 0
    _last_look = now
    return erase_due_contacts(by=_BY)


def look_for_names() -> int:
    """Put names of new tips before the desk, at most once in `NAMES_EVERY` seconds."""
    global _last_look_for_names
    now = time.monotonic()
    if now - _last_look_for_names < NAMES_EVERY:
        return 0
    _last_look_for_names = now
    return watch_over_tips(by=_BY)
