"""What the worker does for sources: looks at those that are due, beside its other work.

A look may take an hour, so a thread of its own goes from one source to the next; `run_due` only
sees to it that the thread is there while it has work. Nothing is remembered (ADR 0008): the rows
say what is due, and a look that was killed is taken up when its lease has run out.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from django.db import DatabaseError, connection

from soi.captures.errors import FetchFailed
from soi.core.formats import FormatError
from soi.publishing.errors import SourceBusy, SourceUnknown
from soi.publishing.sources import queries
from soi.publishing.sources.looking import WEB, Reach, look

EVERY: Final = 20.0
"""Seconds between two looks for sources whose time has come."""

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
    if not queries.due_sources():
        return False
    _thread = threading.Thread(target=_work, name="sources", daemon=True)
    _thread.start()
    return True


def _work() -> None:
    """The thread: what fails is logged, and tried again when it comes due again."""
    try:
        do_due()
    except (OSError, DatabaseError) as error:  # a full disk, a busy database
        log.warning("sources of checks could not be looked at: %s", error)
    except Exception:
        log.exception("sources of checks could not be looked at")
    finally:
        connection.close()


def do_due(reach: Reach = WEB) -> int:
    """Look once at each source that is due, here and now; returns how many that were."""
    due = queries.due_sources()
    for source_id in due:
        try:
            look(source_id, by=_BY, reach=reach)
        except (FetchFailed, FormatError) as error:
            log.warning("source %d could not be read: %s", source_id, error.code)
        except (SourceBusy, SourceUnknown):
            continue  # another worker has it, or it was removed meanwhile
    return len(due)
