"""Read the stance of a text: what it negates, denies, plays down, or holds as a view.

In: a reading. Out: the places of negations, of markers of several kinds, and which pole of each
axis of opposites it speaks of ("tăng" against "giảm"), turned round when negated. Nothing here
compares two texts: `features` does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from importlib.resources import files
from typing import Final

from soi.core.matching.reading import Found, Phrases, Reading

_BEFORE: Final = 3
"""A negation reaches this many tokens ahead ("không hề bị tăng")."""

_AFTER: Final = 4
"""Vietnamese also negates from behind ("tăng gì đâu")."""


class Marker(IntEnum):
    """The kinds of markers in the lexicon, by the name of their list."""

    NEGATION = 0
    DENIAL = 1
    REASSURANCE = 2
    INTENSIFIED_NEGATION = 3
    AUTHORITY_DENIAL = 4
    OPINION = 5
    FIRST_PERSON = 6
    QUESTION = 7
    HEARSAY = 8


_BEHIND: Final = frozenset({"đâu", "dau"})


@dataclass(frozen=True, slots=True)
class Pole:
    """A word of an axis of opposites; `side` is +1 or -1, already turned round by a negation."""

    axis: int
    side: int
    negated: bool
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Stance:
    """What was found in one text."""

    markers: Mapping[Marker, tuple[Found, ...]]
    poles: tuple[Pole, ...]
    negated: frozenset[str]
    """The folded words that stand in the reach of a negation."""

    def count(self, marker: Marker) -> int:
        """How often markers of this kind stand in the text."""
        return len(self.markers.get(marker, ()))


@lru_cache(maxsize=1)
def _lexicon() -> tuple[dict[Marker, Phrases], Phrases]:
    text = files("soi.core.matching").joinpath("lexicon.json").read_text("utf-8")
    lists = json.loads(text)
    markers = {marker: Phrases({marker: lists[marker.name.lower()]}) for marker in Marker}
    axes: dict[int, list[str]] = {}
    for axis, (plus, minus) in enumerate(lists["axes"], start=1):
        axes[axis] = plus
        axes[-axis] = minus
    return markers, Phrases(axes)


def read_stance(reading: Reading) -> Stance:
    """The stance of a text; linear in its length."""
    phrases, axes = _lexicon()
    markers = {marker: tuple(phrases[marker].find(reading)) for marker in Marker}
    reach = _reach(reading, markers[Marker.NEGATION])
    poles = tuple(
        Pole(
            abs(found.label),
            (1 if found.label > 0 else -1) * (-1 if found.first in reach else 1),
            found.first in reach,
            found.first,
            found.last,
        )
        for found in axes.find(reading)
    )
    return Stance(markers, poles, frozenset(reading.tokens[at].folded for at in reach))


def _reach(reading: Reading, negations: tuple[Found, ...]) -> frozenset[int]:
    """The places of the tokens that negations reach."""
    reach: set[int] = set()
    for found in negations:
        reach.update(range(found.last + 1, min(found.last + 1 + _BEFORE, len(reading.tokens))))
    for at, token in enumerate(reading.tokens):
        if token.text in _BEHIND:
            reach.update(range(max(0, at - _AFTER), at))
    return frozenset(reach)
