"""How much a run of letters takes to say in ordinary words: is a brand the better reading of it?

In: lower-case letters. Out: a cost, about the natural logarithm of how rare such a run is. It is
the cheapest way to cut the run into English words (`data/words.txt`), words of the web and
Vietnamese syllables, with a price on every letter left over. "vibes" is cheaper as a word than as
a bank called VIB with two letters behind it; "vibdangnhap" is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from soi.core.lookalike.words import word_classes
from soi.core.text.syllables import is_syllable

BRAND = 10.0
"""What a brand's name costs as a word: as much as one that a tenth of a percent of texts has."""
_TIERS = {"10": 7.0, "20": 8.5, "35": 9.5, "40": 10.0, "50": 10.5, "web": 9.0, "found": 9.5}
"""By how common a word is: the sections of `data/words.txt`."""
_SYLLABLE = 9.0
_SHORT = 9.5
"""Two letters are too often a word by chance to be cheaper."""
_LETTER_LEFT = 6.0
_LONGEST = 14
_LONGEST_RUN = 63  # a DNS label; of longer runs the rest is letters left over
_RUNS = re.compile(r"[a-z]+")


def cost(text: str) -> float:
    """The cost of the letters of `text`, its runs taken one by one; digits and signs are free."""
    return sum(_run_cost(run) for run in _RUNS.findall(text))


def letters(text: str) -> int:
    """How many letters `cost` pays for."""
    return sum(map(len, _RUNS.findall(text)))


@cache
def _words() -> Mapping[str, float]:
    tiers = word_classes("words")
    return {
        word: max(_TIERS[tier], _SHORT) if len(word) == 2 else _TIERS[tier]
        for word, tier in tiers.items()
    }


@lru_cache(maxsize=65536)
def _run_cost(run: str) -> float:
    words = _words()
    best = [0.0]
    for end in range(1, min(len(run), _LONGEST_RUN) + 1):
        least = best[end - 1] + _LETTER_LEFT
        for start in range(max(0, end - _LONGEST), end - 1):
            if best[start] + _TIERS["10"] < least:
                piece = run[start:end]
                price = words.get(piece) or _syllable_cost(piece)
                least = min(least, best[start] + price)
        best.append(least)
    return best[-1] + _LETTER_LEFT * max(0, len(run) - _LONGEST_RUN)


@lru_cache(maxsize=16384)
def _syllable_cost(piece: str) -> float:
    if len(piece) > 7 or not is_syllable(piece):
        return float("inf")
    return _SYLLABLE if len(piece) > 2 else _SYLLABLE + 1
