"""Remember for minutes what was found for a text, so that a forward that comes again costs little.

In: a text, the state of the index, and what was found. Out: the same, when the same text is asked
of the same index soon again. What is kept of the text is a keyed hash, under a key that is drawn
here, never leaves this process and is gone with all its hashes after ten minutes. Nothing is
written, and nothing here decides which texts are the same: those are that have the same characters.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")

MOST: Final = 10_000
"""So many texts are remembered; about 1 KB each with what was found, so 10 MB a process."""

SECONDS: Final = 600.0
"""After so long everything is forgotten. A forward that comes once in ten minutes costs little
anyway, and one that comes every second is looked up anew once in six hundred times."""


class _Era(Generic[Value]):
    """What is remembered under one key, for one process and one state of the index."""

    def __init__(self, state: Hashable, until: float) -> None:
        self.state = state
        self.until = until
        self.process = os.getpid()
        self.key = os.urandom(32)
        self.kept: dict[bytes, Value] = {}

    def stands(self, state: Hashable) -> bool:
        return self.state == state and time.monotonic() < self.until and self.process == os.getpid()


class Repeats(Generic[Value]):
    """A bounded memory of what was found for texts. Safe to share between threads and over forks.

    Everything is forgotten at once: when the index has changed, after `seconds`, at `most` texts,
    and in a process that was forked. So a flood of different messages can't make it grow, and of a
    text that goes round only the next look-up is dear. Values must hold no words of the text.
    """

    def __init__(self, most: int = MOST, seconds: float = SECONDS) -> None:
        self._most = most
        self._seconds = seconds
        # No lock: an era is replaced whole, and when two threads begin one at once, the loser's
        # look-ups are lost. A lock that somebody holds during a fork stays shut for ever.
        self._era: _Era[Value] = _Era(None, 0.0)

    def recall(self, text: str, state: Hashable) -> Value | None:
        """What was kept for exactly this text in this state of the index, if that was just now."""
        era = self._era
        if not era.stands(state):
            era = self._begin(state)
        return era.kept.get(_name(text, era.key))

    def keep(self, text: str, state: Hashable, value: Value) -> None:
        """Keep `value`, which the caller is sure was found in `state`, if that still stands."""
        era = self._era
        if not era.stands(state):
            return
        if len(era.kept) >= self._most:
            era = self._begin(state)
        era.kept[_name(text, era.key)] = value

    def forget(self) -> None:
        """Forget everything now."""
        self._begin(None)

    def __len__(self) -> int:
        return len(self._era.kept)

    def _begin(self, state: Hashable) -> _Era[Value]:
        era: _Era[Value] = _Era(state, time.monotonic() + self._seconds)
        self._era = era
        return era


def _name(text: str, key: bytes) -> bytes:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")
