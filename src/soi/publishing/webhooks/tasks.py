"""What the worker does for webhooks: a thread of its own sends what is due.

An endpoint may keep it waiting for seconds, and the worker has other things to look after. Nothing
is remembered here (ADR 0008): the rows and the journal say what is due, and a killed worker leaves
it to the next one.
"""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, connection

from soi.publishing.webhooks import delivering

log = logging.getLogger(__name__)
_thread: threading.Thread | None = None


def run_due() -> bool:
    """Have what is due sent in the background; says whether there is a thread at it now.

    Returns at once. Never two threads in one process.
    """
    global _thread
    if _thread is not None and _thread.is_alive():
        return True
    if not delivering.is_something_due():
        return False
    _thread = threading.Thread(target=_work, name="webhooks", daemon=True)
    _thread.start()
    return True


def _work() -> None:
    """The thread: what fails is logged, and tried again when it comes due again."""
    try:
        delivering.deliver_due()
    except (OSError, DatabaseError) as error:  # a full disk, a busy database
        log.warning("webhooks could not be delivered: %s", error)
    except Exception:
        log.exception("webhooks could not be delivered")
    finally:
        connection.close()
