"""Find where in a text a name, or the name with one letter wrong, stands.

In: names in class-folded ASCII, and class-folded text. Out: every place with what is wrong there.
One wrong letter leaves one half of a name whole, so the halves of all names are searched at once
(Aho-Corasick) and what stands beside each is compared; ten thousand names take tens of megabytes
where all their misspellings would take gigabytes. With few names a second automaton of all
misspellings passes over long blocks of text without looking at halves. Nothing here knows brands.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

import ahocorasick

from soi.core.lookalike.letters import class_fold

MIN_EDITED = 5
"""Shorter names get no wrong letters: those are other words."""
MIN_SHORTENED = 6
_WHOLE_VARIANTS = 5
"""Names up to this length are searched by their misspellings: their halves are everywhere."""
_MISSPELLINGS = 400_000
"""With more than these the second automaton would take hundreds of megabytes, and is left out."""
_LETTERS = "".join(sorted(set(class_fold(string.ascii_lowercase + string.digits))))
_KNOWN = frozenset(_LETTERS)
_DRAWN = (("m", "rn"), ("w", "vv"), ("d", "cl"))
"""Letters that two others draw."""

Name = TypeVar("Name")


class Edit(StrEnum):
    """How what was found differs from the name."""

    NONE = "none"
    DRAWN = "drawn"
    """Two letters that together look like one: rn for m."""
    SWAP = "swap"
    REPLACED = "replaced"
    DROPPED = "dropped"
    ADDED = "added"


NEAREST_FIRST = tuple(Edit)


@dataclass(frozen=True, slots=True)
class Place(Generic[Name]):
    """A name, or the name with one letter wrong, at `start:end` of the text."""

    name: Name
    edit: Edit
    start: int
    end: int


class Finder(Generic[Name]):
    """Finds any of many names; each stands for something of type `Name`."""

    def __init__(self, names: Iterable[tuple[str, Name]]) -> None:
        listed = [(class_fold(text), text, name) for text, name in names]
        self._halves = _automaton(_patterns(listed))
        self._misspelt = _misspelt_automaton([text for _, text, _ in listed])

    def find(self, folded: str) -> Iterator[Place[Name]]:
        """Every place in class-folded text; the same place may come with several edits."""
        for last, matches in self._halves.iter(folded):
            end = last + 1
            next_two = folded[end : end + 2]
            for name, whole, at, size, edit in matches:
                start = end - size
                if edit is not None:
                    yield Place(name, edit, start, end)
                elif at:
                    last_two = folded[max(0, start - 2) : start][::-1]
                    if _may_go_on(whole[at - 1], whole[at - 2], last_two):
                        for found, begin in _before(folded, start, whole, at):
                            yield Place(name, found, begin, end)
                elif _may_go_on(whole[size], whole[size + 1], next_two):
                    for found, stop in _after(folded, end, whole, size):
                        yield Place(name, found, start, stop)

    def ends(self, folded: str) -> Iterator[int]:
        """A position in each place that `find` finds, and possibly others, in ascending order."""
        if self._misspelt is not None:
            yield from (last for last, _ in self._misspelt.iter(folded))
        else:
            yield from sorted(place.end - 1 for place in self.find(folded))


_Pattern = tuple[str, str, int, int, Edit | None]
"""A pattern, the whole name, where in it the pattern stands, its size, and the edit if it is the
whole name already."""


def _patterns(listed: list[tuple[str, str, Name]]) -> Iterator[tuple[str, tuple[object, ...]]]:
    for folded, text, name in listed:
        size = len(folded)
        if size < MIN_EDITED:
            yield folded, (name, folded, 0, size, Edit.NONE)
        elif size <= _WHOLE_VARIANTS:
            for variant, edit in misspellings(text):
                yield variant, (name, folded, 0, len(variant), edit)
        else:
            half = size // 2
            yield folded[:half], (name, folded, 0, half, None)
            yield folded[half:], (name, folded, half, size - half, None)
            for variant in _drawn(text):
                yield variant, (name, folded, 0, len(variant), Edit.DRAWN)
            across = folded[: half - 1] + folded[half] + folded[half - 1] + folded[half + 1 :]
            if across != folded:
                yield across, (name, folded, 0, size, Edit.SWAP)


def _automaton(patterns: Iterator[tuple[str, tuple[object, ...]]]) -> ahocorasick.Automaton:
    matches: dict[str, list[tuple[object, ...]]] = {}
    for pattern, match in patterns:
        matches.setdefault(pattern, []).append(match)
    automaton = ahocorasick.Automaton()
    automaton.add_word("\0", ())  # an automaton without words cannot be searched
    for pattern, all_of_it in matches.items():
        automaton.add_word(pattern, tuple(all_of_it))
    automaton.make_automaton()
    return automaton


def _misspelt_automaton(texts: list[str]) -> ahocorasick.Automaton | None:
    per_letter = 2 * len(_LETTERS) + 2
    if sum(map(len, texts)) * per_letter > _MISSPELLINGS:
        return None
    automaton = ahocorasick.Automaton(ahocorasick.STORE_LENGTH)
    automaton.add_word("\0")
    for text in texts:
        for variant, _ in misspellings(text):
            automaton.add_word(variant)
    automaton.make_automaton()
    return automaton


def misspellings(text: str) -> Iterator[tuple[str, Edit]]:
    """Every class-folded spelling with at most one letter wrong that `Finder` finds."""
    folded = class_fold(text)
    yield folded, Edit.NONE
    if len(text) < MIN_EDITED:
        return
    yield from ((drawn, Edit.DRAWN) for drawn in _drawn(text))
    for i in range(len(folded)):
        left, letter, right = folded[:i], folded[i], folded[i + 1 :]
        if right and right[0] != letter:
            yield left + right[0] + letter + right[1:], Edit.SWAP
        yield from ((left + c + right, Edit.REPLACED) for c in _LETTERS if c != letter)
        if len(text) >= MIN_SHORTENED:
            yield left + right, Edit.DROPPED
        if left:
            yield from ((left + c + folded[i:], Edit.ADDED) for c in _LETTERS)


def _drawn(text: str) -> Iterator[str]:
    for letter, drawn in _DRAWN:
        for i, c in enumerate(text):
            if c == letter:
                yield class_fold(text[:i] + drawn + text[i + 1 :])


def _read(shown: str, rest: str, *, may_drop: bool) -> Iterator[tuple[Edit, int]]:
    """How much of `shown` is `rest` with at most one letter wrong; `shown` is a letter longer."""
    size = len(rest)
    if shown[:size] == rest:
        yield Edit.NONE, size
        return
    i = 0
    while i < min(len(shown), size) and shown[i] == rest[i]:
        i += 1
    is_letter = shown[i : i + 1] in _KNOWN
    if is_letter and shown[i + 1 : size] == rest[i + 1 :]:
        yield Edit.REPLACED, size
    if shown[i:size] == rest[i + 1 : i + 2] + rest[i] + rest[i + 2 :]:
        yield Edit.SWAP, size
    if may_drop and shown[i : size - 1] == rest[i + 1 :]:
        yield Edit.DROPPED, size - 1
    if is_letter and shown[i + 1 : size + 1] == rest[i:]:
        yield Edit.ADDED, size + 1


def _may_go_on(first: str, second: str, shown: str) -> bool:
    """Whether the two letters next to a half leave room for the other half with one wrong.

    Thousands of names may share a half ("bank"); this turns most of them away for a tenth of what
    reading on would cost.
    """
    return first in shown or second in shown


def _after(text: str, at: int, whole: str, half: int) -> Iterator[tuple[Edit, int]]:
    """What of `whole[half:]` follows at `at`, with at most one letter wrong, and where it ends."""
    shown = text[at : at + len(whole) - half + 1]
    for edit, size in _read(shown, whole[half:], may_drop=len(whole) >= MIN_SHORTENED):
        yield edit, at + size


def _before(text: str, at: int, whole: str, half: int) -> Iterator[tuple[Edit, int]]:
    """What of `whole[:half]` ends before `at`, with one letter wrong, and where it begins.

    Without a wrong letter it is not told: the first half has been found by itself then.
    """
    shown = text[max(0, at - half - 1) : at][::-1]
    for edit, size in _read(shown, whole[:half][::-1], may_drop=len(whole) >= MIN_SHORTENED):
        if edit is not Edit.NONE:
            yield edit, at - size
