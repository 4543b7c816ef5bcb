"""What the worker does for intake at each of its looks: whatever is due by now, and nothing twice.

No queue remembers it (ADR 0008): what is to be erased says so itself, by its date.
"""

from __future__ import annotations

import time

from soi.intake.actions import erase_due_contacts

EVERY = 60.0
"""Seconds between two looks for contacts whose day has come."""

_BY = "worker"
_last_look = float("-inf")


def run_due() -> int:
    """Erase what is due, at most once in `EVERY` seconds; returns how many contacts went."""
    global _last_look
    now = time.monotonic()
    if now - _last_look < EVERY:
        return 0
    _last_look = now
    return erase_due_contacts(by=_BY)
