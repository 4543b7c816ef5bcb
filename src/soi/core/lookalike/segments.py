"""Take apart what stands beside a brand in a name: which words it is made of.

In: letters without separators ("xacthuctaikhoan") and the lists. Out: known words with their class,
and how many letters no word explains.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from soi.core.lookalike.lists import Lists

_RUNS = re.compile(r"[a-z]+|[0-9]+")
_LONGEST_PIECE = 63  # a DNS label; longer pieces stay unexplained
_UNEXPLAINED_LETTER = 1.0
_WORD = 0.4  # a word must explain at least this many letters to be worth taking
_SHORT_WORD = 0.9


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the lexicon at `start:end` of the piece it was found in."""

    text: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The cheapest reading of a piece: its known words and the letters left over."""

    words: tuple[Word, ...]
    unexplained: int
    digits: int


@lru_cache(maxsize=65536)
def read_letters(letters: str, lists: Lists) -> tuple[tuple[Word, ...], int]:
    """Known words and number of unexplained letters of a run of letters, by dynamic programming."""
    if len(letters) > _LONGEST_PIECE:
        return (), len(letters)
    costs = [0.0]
    last: list[Word | None] = [None]
    for end in range(1, len(letters) + 1):
        best, word = costs[end - 1] + _UNEXPLAINED_LETTER, None
        for candidate in _words_ending(letters, end, lists):
            weight = _WORD if candidate.end - candidate.start > 2 else _SHORT_WORD
            if costs[candidate.start] + weight < best:
                best, word = costs[candidate.start] + weight, candidate
        costs.append(best)
        last.append(word)
    return _trace(last)


def _words_ending(letters: str, end: int, lists: Lists) -> list[Word]:
    found = []
    for start in range(max(0, end - lists.longest_lure), end):
        text = letters[start:end]
        kind = lists.lures.get(text)
        if kind and (len(text) > 2 or start == 0 or end == len(letters)):
            found.append(Word(text, kind, start, end))
    return found


def _trace(last: list[Word | None]) -> tuple[tuple[Word, ...], int]:
    words: list[Word] = []
    unexplained = 0
    end = len(last) - 1
    while end > 0:
        word = last[end]
        if word is None:
            unexplained += 1
            end -= 1
        else:
            words.append(word)
            end = word.start
    return tuple(reversed(words)), unexplained


def read(text: str, lists: Lists) -> Reading:
    """Read a piece of a label: runs of letters one by one, parted by digits and hyphens.

    Words written apart are put together where that explains more: `dang-nhap` is one word.
    """
    parted = _read(text, lists)
    if "-" not in text or not parted.unexplained:
        return parted
    joined = _read(text.replace("-", ""), lists)
    if joined.unexplained >= parted.unexplained:
        return parted
    places = [i for i, c in enumerate(text) if c != "-"]
    words = tuple(
        Word(w.text, w.kind, places[w.start], places[w.end - 1] + 1) for w in joined.words
    )
    return Reading(words, joined.unexplained, joined.digits)


def _read(text: str, lists: Lists) -> Reading:
    words: list[Word] = []
    unexplained = digits = 0
    for run in _RUNS.finditer(text):
        if run[0].isdigit():
            digits += len(run[0])
            continue
        known, left = read_letters(run[0], lists)
        words += [Word(w.text, w.kind, run.start() + w.start, run.start() + w.end) for w in known]
        unexplained += left
    return Reading(tuple(words), unexplained, digits)


def read_all(pieces: list[str], lists: Lists) -> Reading:
    """The readings of several pieces taken together; places are those within each piece."""
    readings = [read(piece, lists) for piece in pieces]
    return Reading(
        tuple(word for reading in readings for word in reading.words),
        sum(reading.unexplained for reading in readings),
        sum(reading.digits for reading in readings),
    )


def kinds(reading: Reading) -> Counter[str]:
    """How many words of every class there are."""
    return Counter(word.kind for word in reading.words)
