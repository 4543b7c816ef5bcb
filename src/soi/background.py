"""Long work of the worker, each kind of it in a thread of its own.

A server may keep a fetch waiting for a minute or for an hour, and the worker has other things to
look after every second. Nothing is remembered here (ADR 0008): the rows say what is due, and a
killed worker leaves it to the next one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, connections

from soi.core.errors import SoiError

log = logging.getLogger(__name__)


class Background:
    """One kind of work, done by one thread at a time in this process.

    `work` does all that is due and returns. `is_due` says whether there is any; it is asked at most
    once in `every` seconds. What fails is logged under `name` and tried again when it is due again.
    """

    def __init__(
        self, name: str, work: Callable[[], object], *, is_due: Callable[[], bool], every: float = 0
    ) -> None:
        self.name = name
        self.every = every
        self._work = work
        self._is_due = is_due
        self._thread: threading.Thread | None = None
        self._last_look = float("-inf")

    def run_due(self) -> bool:
        """Have what is due done; returns at once, and says whether a thread is at it now."""
        if self._thread is not None and self._thread.is_alive():
            return True
        now = time.monotonic()
        if now - self._last_look < self.every:
            return False
        self._last_look = now
        if not self._is_due():
            return False
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()
        return True

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the thread, if there is one, has done its work."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self._work()
        except SoiError as error:
            log.warning("%s: what was due is not done: %s", self.name, error.code)
        except (OSError, DatabaseError) as error:  # a full disk, a busy database
            log.warning("%s: what was due is not done: %s", self.name, error)
        except Exception:
            log.exception("%s: what was due is not done", self.name)
        finally:
            connections.close_all()
