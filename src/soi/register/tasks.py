"""What the worker does for the register: proofs that are due are run, days that passed are seen.

No queue remembers it (ADR 0008): each proof says when it is due. Servers may be slow, so proofs are
run in a thread of their own, one after another, while the worker looks after the rest. A worker
that is killed leaves them due again.
"""

from __future__ import annotations

import time

from soi.background import Background
from soi.register import lifecycle, proving

EVERY = 10.0
"""Seconds between two looks for proofs that are due."""
WEIGHED_EVERY = 3600.0
"""Seconds between two looks for what time alone has changed."""

_BY = "worker"
_last_weighing = float("-inf")


def look() -> None:
    """Run the proofs that are due; once an hour, let time count."""
    global _last_weighing
    proving.run_due(by=_BY)
    if time.monotonic() - _last_weighing >= WEIGHED_EVERY:
        lifecycle.retire_due(by=_BY)
        proving.weigh_due(by=_BY)
        _last_weighing = time.monotonic()


background = Background("proofs", lambda: look(), is_due=lambda: True, every=EVERY)
run_due = background.run_due
