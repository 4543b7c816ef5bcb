"""What the worker does for captures: whatever is due by now, beside its other work.

A source may take a minute to come, and the worker has other things to look after every second. So
what is due is done by a thread of its own, one source after the other; `run_due` only sees to it
that the thread is there while it has work. Nothing is remembered (ADR 0008): the rows say what is
due, and whoever works on one puts it off first. A killed worker leaves it to the next one.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from django.db import DatabaseError, connection

from soi.captures import actions, queries
from soi.captures.addresses import PUBLIC, Policy

EVERY: Final = 2.0
"""Seconds between two looks for something that is due."""

_BY = "worker"
_last_look = float("-inf")
_thread: threading.Thread | None = None
log = logging.getLogger(__name__)


def run_due() -> bool:
    """Have what is due done in the background; says whether there is a thread at it now.

    Returns at once. Never two threads in one process.
    """
    global _last_look, _thread
    if _thread is not None and _thread.is_alive():
        return True
    now = time.monotonic()
    if now - _last_look < EVERY:
        return False
    _last_look = now
    if not queries.is_something_due():
        return False
    _thread = threading.Thread(target=_work, name="captures", daemon=True)
    _thread.start()
    return True


def _work() -> None:
    """The thread: what fails is logged, and tried again when it comes due again."""
    try:
        do_due()
    except (OSError, DatabaseError) as error:  # a full disk, a busy database
        log.warning("captures could not be fetched: %s", error)
    except Exception:
        log.exception("captures could not be fetched")
    finally:
        connection.close()


def do_due(policy: Policy = PUBLIC) -> int:
    """Do everything that is due, here and now; returns how much that was."""
    done = 0
    # What people wait for comes before what is only looked at again.
    while actions.take_due(by=_BY, policy=policy) or actions.take_due_look(by=_BY, policy=policy):
        done += 1
    return done
