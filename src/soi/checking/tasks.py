"""What the worker does for the desk's own work at each of its looks."""

from __future__ import annotations

from soi.checking.drafting import take_in_captures
from soi.checking.reminding import watch_sources

_BY = "worker"


def run_due() -> int:
    """Let drafts name the captures that have come, and have sources of published checks watched.

    Says how many drafts and sources that were.
    """
    return take_in_captures(by=_BY) + watch_sources(by=_BY)
