"""Read the names of a text: places, organisations, products.

In: a reading. Out: names in one folded form, places under one name whatever they are called
("TP HCM" and "Sài Gòn"). A name is a known place, or a run of capitalised words that does not just
begin a sentence. Nothing here knows who or what a name stands for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from soi.core.matching.reading import Phrases, Reading
from soi.core.text import fold

MAX_NAMES: Final = 40
_LONGEST: Final = 5
_SHOUTED: Final = 0.6
"""Above this share of capital letters capitals say nothing."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in folded form; `place` tells that it is a known place."""

    key: str
    place: bool
    first: int
    last: int


@lru_cache(maxsize=1)
def _places() -> tuple[Phrases, list[str]]:
    data = json.loads(files("soi.core.matching").joinpath("places.json").read_text("utf-8"))
    labelled: dict[int, list[str]] = {}
    keys: list[str] = []
    for place in dict.fromkeys([*data["provinces"], *data["other_names"]]):
        labelled[len(keys)] = [place, *data["other_names"].get(place, [])]
        keys.append(fold(place))
    return Phrases(labelled), keys


@lru_cache(maxsize=1)
def _starters() -> frozenset[str]:
    """Folded words that often begin a sentence before a name ("Ngân hàng Lúa Vàng")."""
    data = json.loads(files("soi.core.matching").joinpath("places.json").read_text("utf-8"))
    return frozenset(data["starters"])


def names(reading: Reading) -> tuple[Name, ...]:
    """The names of a text in its order, at most 40."""
    phrases, keys = _places()
    letters = [letter for letter in reading.text if letter.isalpha()]
    shouted = sum(letter.isupper() for letter in letters) > _SHOUTED * len(letters)
    found = [
        Name(keys[place.label], True, place.first, place.last)
        for place in phrases.find(reading)
        if _is_place(reading, place.first, place.last)
    ]
    taken = {at for name in found for at in range(name.first, name.last + 1)}
    if not shouted:
        found += _capitalised(reading, taken)
    return tuple(sorted(found, key=lambda name: name.first)[:MAX_NAMES])


def _is_place(reading: Reading, first: int, last: int) -> bool:
    """One-word place names are also words ("anh", "Vinh", "us"): they need their capital."""
    return last > first or reading.tokens[first].capital


def _capitalised(reading: Reading, taken: set[int]) -> list[Name]:
    found: list[Name] = []
    at = 0
    tokens = reading.tokens
    starters = _starters()
    while at < len(tokens):
        end = at
        while (
            end < len(tokens)
            and tokens[end].capital
            and end not in taken
            and end - at < _LONGEST
            and (end == at or reading.text[tokens[end - 1].end : tokens[end].start] == " ")
        ):
            end += 1
        if end == at:
            at += 1
            continue
        begins = at == 0 or reading.text[tokens[at - 1].end : tokens[at].start].strip() != ""
        first = at + 1 if begins and end - at >= 2 and tokens[at].folded in starters else at
        if not (begins and end - at == 1):
            key = " ".join(token.folded for token in tokens[first:end])
            found.append(Name(key, False, first, end - 1))
        at = end
    return found
