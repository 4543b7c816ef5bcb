"""What the worker does for the watch at each of its looks: whatever is due by now.

No queue remembers it (ADR 0008): a list on schedule says itself when its file is read again.
"""

from __future__ import annotations

import time

from soi.watch.importing import import_due_lists

EVERY = 60.0
"""Seconds between two looks for lists whose time has come."""

_BY = "worker"
_last_look = float("-inf")


def run_due() -> int:
    """Import the lists that are due, at most once in `EVERY` seconds; returns how many."""
    global _last_look
    now = time.monotonic()
    if now - _last_look < EVERY:
        return 0
    _last_look = now
    return import_due_lists(by=_BY)
