"""The message as the finders read it: three views of one text, place for place.

In: the message. Out: a `Reading`, whose views are all of one length, so that a place found in one
holds in the others and leads back to the original. Nothing here finds anything.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from soi.core.text.fold import base_letters
from soi.core.text.normalise import Normalised, normalise
from soi.core.text.parts import Span


@dataclass(frozen=True, slots=True)
class Reading:
    """A message in the views that the finders search."""

    message: str
    seen: Normalised
    plain: str
    """In NFC, without unseen characters, compatibility forms (fullwidth, bold) as plain ones."""
    base: str
    """`plain` in lower case without Vietnamese marks, for words of context."""

    def place(self, start: int, end: int) -> tuple[Span, str]:
        """Return where `plain[start:end]` stands in the message, and the exact slice there."""
        span = self.seen.span(start, end)
        return span, self.message[span.start : span.end]


def read(message: str) -> Reading:
    """Return `message` in the views of a `Reading`; linear in its length, never raises."""
    seen = normalise(message)
    text = seen.text
    plain = text if text.isascii() else "".join(map(_plain, text))
    return Reading(message, seen, plain, base_letters(plain))


@lru_cache(maxsize=20_000)
def _plain(letter: str) -> str:
    form = unicodedata.normalize("NFKC", letter)
    return form if len(form) == 1 else letter


def overlaps(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    """Whether `start:end` touches one of the ranges `taken`, which are sorted and apart."""
    at = bisect_left(taken, end, key=lambda piece: piece[0])
    return at > 0 and taken[at - 1][1] > start
