"""What the worker does for the public log at each of its looks.

It brings the log up to the journal. Witnesses are asked by a thread of its own: one may keep it
waiting for half a minute, and the next leaf is to be written within a second.
"""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, connection

from soi.core.errors import SoiError
from soi.core.ledger import LogFault
from soi.core.ledger.codes import Code
from soi.publishing.log import actions, witnessing

log = logging.getLogger(__name__)
_thread: threading.Thread | None = None


def run_due() -> None:
    """Write what the journal has and the log has not. Another process that does it is enough."""
    try:
        actions.follow()
    except LogFault as error:
        if error.code != Code.BUSY:
            raise


def ask_witnesses() -> threading.Thread | None:
    """Have the witnesses that are due asked in the background; the thread that is at it, or None.

    Returns at once. Never two threads in one process.
    """
    global _thread
    if _thread is not None and _thread.is_alive():
        return _thread
    if not witnessing.is_something_due():
        return None
    _thread = threading.Thread(target=_ask, name="witnesses", daemon=True)
    _thread.start()
    return _thread


def _ask() -> None:
    """The thread: what fails is logged, and tried again when it comes due again."""
    try:
        witnessing.submit_due()
    except (OSError, DatabaseError, SoiError) as error:
        log.warning("witnesses could not be asked: %s", error)
    except Exception:
        log.exception("witnesses could not be asked")
    finally:
        connection.close()
