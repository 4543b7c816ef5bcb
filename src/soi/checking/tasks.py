"""What the worker does for the desk's own work at each of its looks."""

from __future__ import annotations

from soi.checking.drafting import take_in_captures

_BY = "worker"


def run_due() -> int:
    """Let drafts name the captures that have come since; says how many drafts changed."""
    return take_in_captures(by=_BY)
