"""Count syllables, pairs and triples of Vietnamese text, and make the model's costs of them.

In: sentences and words with their diacritics. Out: the arrays of `model.npz`. Probabilities are
interpolated: P(c|ab) = (n(abc) + k T(ab) P(c|b)) / (n(ab) + k T(ab)), where T counts the different
followers (Witten and Bell 1991, with a factor k), and so on down to the syllable alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluation.diacritics_spelling import canonical
from soi.core.diacritics.model import BREAK, CLASSES, FOREIGN, NUMBER, STEP
from soi.core.diacritics.tokens import Kind, tokens
from soi.core.text import clean

_MOST: Final = 255
_CLASS_SHARE: Final = 0.02
"""How often a break, a number and a foreign word are taken to stand in running text. They are never
chosen among syllables, so this only has to be about right."""

Gram = tuple[str, ...]
"""One, two or three syllables in a row."""


@dataclass(frozen=True, slots=True)
class Smoothing:
    """How much the model leans on what it knows beside the counts of triples."""

    pair_factor: float
    """How much pairs lean on the syllable alone."""
    triple_factor: float
    """How much triples lean on pairs."""
    counted_share: float
    """The share of the counts in the frequency of a syllable; the rest is the word list's."""


@dataclass(slots=True)
class Counts:
    """How often what stands in a text."""

    singles: Counter[str] = field(default_factory=Counter)
    pairs: Counter[Gram] = field(default_factory=Counter)
    triples: Counter[Gram] = field(default_factory=Counter)

    def add_sentences(self, lines: Iterable[str]) -> None:
        """Count sentences; each begins and ends with a break."""
        for line in lines:
            self._add([CLASSES[BREAK], *syllables(line), CLASSES[BREAK]])

    def add_words(self, words: Iterable[str]) -> None:
        """Count words of a list: nothing is said of what stands before or after them."""
        for word in words:
            self._add(list(syllables(word)))

    def add(self, other: Counts) -> None:
        """Add what another counted."""
        self.singles.update(other.singles)
        self.pairs.update(other.pairs)
        self.triples.update(other.triples)

    def _add(self, found: list[str]) -> None:
        self.singles.update(found)
        self.pairs.update(pairwise(found))
        self.triples.update(zip(found, found[1:], found[2:], strict=False))


def syllables(line: str) -> Iterator[str]:
    """The syllables of a line in their common spelling; numbers, breaks and the rest as classes."""
    for token in tokens(clean(line)):
        if token.kind is Kind.WORD:
            yield canonical(token.text) or CLASSES[FOREIGN]
        elif token.kind is Kind.KEPT:
            yield CLASSES[FOREIGN]
        else:
            yield CLASSES[NUMBER if token.kind is Kind.NUMBER else BREAK]


def model_arrays(
    counts: Counts, frequencies: Mapping[str, float], smoothing: Smoothing
) -> dict[str, NDArray[Any]]:
    """The arrays of the model file; `frequencies` are shares of running words by syllable."""
    alone = _alone(counts, frequencies, smoothing.counted_share)
    pairs, after_one = _interpolated(counts.pairs, alone, smoothing.pair_factor)
    triples, after_two = _interpolated(counts.triples, pairs, smoothing.triple_factor)
    names = [name for (name,) in alone]
    pair_counts, seconds, pair_costs = _followers(list(alone), pairs, names)
    known = [
        (first, names[second])
        for first, second in zip(np.repeat(names, pair_counts).tolist(), seconds, strict=True)
    ]
    triple_counts, thirds, triple_costs = _followers(known, triples, names)
    return {
        "syllables": np.frombuffer("\n".join(names).encode(), np.uint8),
        "alone": _costs(alone.values()),
        "after_one": _costs(after_one.get(one, 1.0) for one in alone),
        "pair_counts": pair_counts,
        "seconds": seconds,
        "pairs": pair_costs,
        "after_two": _costs(after_two.get(pair, 1.0) for pair in known),
        "triple_counts": triple_counts,
        "thirds": thirds,
        "triples": triple_costs,
    }


def _alone(
    counts: Counts, frequencies: Mapping[str, float], counted_share: float
) -> dict[Gram, float]:
    """The share of each syllable, the classes first."""
    counted = {name: n for name, n in counts.singles.items() if name not in CLASSES}
    total, known = sum(counted.values()), sum(frequencies.values())
    shares: dict[Gram, float] = {
        (name,): counted_share * counted.get(name, 0) / total
        + (1 - counted_share) * frequencies.get(name, 0.0) / known
        for name in sorted(counted.keys() | frequencies.keys())
    }
    return {(name,): _CLASS_SHARE for name in CLASSES} | shares


def _interpolated(
    counts: Mapping[Gram, int], shorter: Mapping[Gram, float], factor: float
) -> tuple[dict[Gram, float], dict[Gram, float]]:
    """The probability of what ends each counted gram, given what it begins with; and by beginning
    the share that is left to the shorter grams."""
    total: Counter[Gram] = Counter()
    followers: Counter[Gram] = Counter()
    for gram, n in counts.items():
        total[gram[:-1]] += n
        followers[gram[:-1]] += 1
    rest = {
        history: factor * followers[history] / (n + factor * followers[history])
        for history, n in total.items()
    }
    given = {
        gram: n / total[gram[:-1]] * (1 - rest[gram[:-1]]) + rest[gram[:-1]] * shorter[gram[1:]]
        for gram, n in counts.items()
    }
    return given, rest


def _followers(
    histories: Sequence[Gram], given: Mapping[Gram, float], names: Sequence[str]
) -> tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint8]]:
    """For each history how many follow; then one after the other their numbers and costs."""
    number = {name: place for place, name in enumerate(names)}
    rows: dict[Gram, list[tuple[int, float]]] = {history: [] for history in histories}
    for gram, probability in given.items():
        rows[gram[:-1]].append((number[gram[-1]], probability))
    ordered = [sorted(row) for row in rows.values()]
    return (
        np.array([len(row) for row in ordered], np.uint16),
        np.array([place for row in ordered for place, _ in row], np.uint16),
        _costs(probability for row in ordered for _, probability in row),
    )


def _costs(probabilities: Iterable[float]) -> NDArray[np.uint8]:
    costs = [min(_MOST, round(-log(p) / STEP)) if p > 0 else _MOST for p in probabilities]
    return np.array(costs, np.uint8)
