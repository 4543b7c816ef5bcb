"""What the worker does for the register: proofs that are due are run, days that passed are seen.

No queue remembers it (ADR 0008): each proof says when it is due. Servers may be slow, so proofs are
run in a thread of their own, one after another, while the worker looks after the rest. A worker
that is killed leaves them due again.
"""

from __future__ import annotations

import logging
import threading
import time

from django.db import connections

from soi.core.errors import SoiError
from soi.register import lifecycle, proving

log = logging.getLogger(__name__)

EVERY = 10.0
"""Seconds between two looks for proofs that are due."""
WEIGHED_EVERY = 3600.0
"""Seconds between two looks for what time alone has changed."""

_BY = "worker"
_last_look = float("-inf")
_last_weighing = float("-inf")
_running: threading.Thread | None = None


def run_due() -> None:
    """Start what is due, unless it runs; returns at once."""
    global _last_look, _running
    now = time.monotonic()
    if now - _last_look < EVERY or (_running is not None and _running.is_alive()):
        return
    _last_look = now
    _running = threading.Thread(target=_work, name="proofs", daemon=True)
    _running.start()


def _work() -> None:
    try:
        look()
    except SoiError as error:
        log.warning("proofs could not be run: %s", error.code)
    except Exception:
        log.exception("proofs could not be run")
    finally:
        connections.close_all()


def look() -> None:
    """Run the proofs that are due; once an hour, let time count."""
    global _last_weighing
    proving.run_due(by=_BY)
    if time.monotonic() - _last_weighing >= WEIGHED_EVERY:
        lifecycle.retire_due(by=_BY)
        proving.weigh_due(by=_BY)
        _last_weighing = time.monotonic()
