"""Read a text once for the judge: its words, with and without diacritics, and where they stand.

In: a statement or a claim as written. Out: a `Reading` that every comparison starts from. Readings
of claims are kept, since the same checks come up again and again. Nothing here compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from soi.core.text import Normalised, Span, expand_teencode_aligned, fold, normalise

MAX_CHARACTERS: Final = 4_000
"""The judge reads this much of a text; callers cut long messages into statements anyway."""

_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,:/]\d+)*|%")
_BARE_ENOUGH: Final = 0.06
"""A Vietnamese text has a marked letter in about a quarter of its letters; below this share it was
typed without."""

_GRAM: Final = 4


@dataclass(frozen=True, slots=True)
class Token:
    """One word or number; `start` and `end` are places in the text with chat spellings expanded."""

    text: str
    """Lower case, with diacritics."""
    folded: str
    start: int
    end: int
    capital: bool


class Reading:
    """A text as the judge sees it; everything is worked out when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.source = text[:MAX_CHARACTERS]
        self._seen: Normalised = normalise(self.source)
        self.text, self._origin = expand_teencode_aligned(self._seen.text)
        self.tokens: tuple[Token, ...] = tuple(_tokens(self.text))

    @cached_property
    def bare(self) -> bool:
        """True when hardly any letter carries a Vietnamese mark (also true of English)."""
        letters = [letter for letter in self._seen.text if letter.isalpha()]
        marked = sum(letter > "\x7f" for letter in letters)
        return marked < _BARE_ENOUGH * max(1, len(letters))

    @cached_property
    def words(self) -> frozenset[str]:
        """The different folded tokens."""
        return frozenset(token.folded for token in self.tokens)

    @cached_property
    def joined(self) -> str:
        """The folded tokens with a space between."""
        return " ".join(token.folded for token in self.tokens)

    @cached_property
    def grams(self) -> frozenset[str]:
        """The different character 4-grams of the folded text."""
        padded = f" {self.joined} "
        return frozenset(padded[at : at + _GRAM] for at in range(len(padded) - _GRAM + 1))

    def span(self, first: int, last: int) -> Span:
        """The stretch of the original text from token `first` to token `last`, both included."""
        end = self.tokens[last].end
        stop = self._origin[end] if end < len(self._origin) else len(self._seen.text)
        return self._seen.span(self._origin[self.tokens[first].start], stop)

    def quote(self, span: Span) -> str:
        """The words of the original text in `span`."""
        return self.source[span.start : span.end]


@lru_cache(maxsize=4096)
def read_claim(text: str) -> Reading:
    """The reading of a check's text, kept for the next statement."""
    return Reading(text)


def _tokens(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        word = found[0]
        lower = word.lower()
        yield Token(lower, _folded(lower), found.start(), found.end(), word[:1].isupper())


@lru_cache(maxsize=32_768)
def _folded(word: str) -> str:
    return fold(word)


Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase of a lexicon in a reading: tokens `first` to `last`, both included."""

    first: int
    last: int
    label: int


class Phrases:
    """Finds the phrases of a lexicon in readings, the longest at each place.

    A text without diacritics is read by folded phrases, except those marked with "!", whose folded
    form is also another word ("chưa" and "chua").
    """

    def __init__(self, labelled: Mapping[int, Sequence[str]]) -> None:
        exact = [(p.lstrip("!"), label) for label, phrases in labelled.items() for p in phrases]
        bare = [
            (fold(p), label) for label, phrases in labelled.items() for p in phrases if p[0] != "!"
        ]
        self._exact = _by_first_word((tuple(_words(p)), label) for p, label in exact)
        self._bare = _by_first_word((tuple(_words(p)), label) for p, label in bare)

    def find(self, reading: Reading) -> list[Found]:
        """The phrases found, in the order of the text, none overlapping another."""
        words = [token.folded if reading.bare else token.text for token in reading.tokens]
        table = self._bare if reading.bare else self._exact
        found: list[Found] = []
        at = 0
        while at < len(words):
            step = 1
            for phrase, label in table.get(words[at], ()):
                if tuple(words[at : at + len(phrase)]) == phrase:
                    found.append(Found(at, at + len(phrase) - 1, label))
                    step = len(phrase)
                    break
            at += step
        return found


def _words(phrase: str) -> list[str]:
    return _TOKEN.findall(phrase.lower())


def _by_first_word(
    phrases: Iterable[tuple[Phrase, int]],
) -> dict[str, list[tuple[Phrase, int]]]:
    """The phrases by their first word, the longest first."""
    table: dict[str, list[tuple[Phrase, int]]] = {}
    for phrase, label in phrases:
        if phrase:
            table.setdefault(phrase[0], []).append((phrase, label))
    for entries in table.values():
        entries.sort(key=lambda entry: (-len(entry[0]), entry))
    return table
