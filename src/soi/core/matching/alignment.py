"""Lay the words of a statement beside those of a claim, by what each means where it stands.

In: what the embedder made of both. Out: one vector of named features: how well each side's words
are met by some word of the other, weighted by how much they tell, and what is met worst. This works
across languages and for paraphrases, where comparing letters says nothing. Nothing here decides.

The idea is that of late interaction (Khattab and Zaharia 2020, arXiv:2004.12832), read as evidence
instead of as a score.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from soi.core.matching.features import Rarity, rarity
from soi.core.meaning import Understood
from soi.core.text import fold

ALIGNED: Final = (
    "claim_cosine", "claim_met", "statement_met", "claim_least_met", "claim_most_missed",
    "claim_three_missed", "claim_missed", "statement_least_met", "statement_most_missed",
    "statement_three_missed", "statement_missed", "claim_numbers_met", "claim_capitals_met",
    "claim_rarest_met", "claim_rarest_least_met",
)  # fmt: skip

ALIGNED_RAISING: Final = frozenset(name for name in ALIGNED if not name.endswith("_missed"))
"""More of these never makes "the same claim" less likely, more of the others never more likely."""

LOOKED_AT: Final = 400
"""Characters of a claim that are looked at closely: what is claimed stands at its beginning."""

_RAREST: Final = 4
_NO_CAPITALS: Final = 0.9
"""Capitals that are not there are met about as well as capitals usually are."""

Array = NDArray[np.float64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Look:
    """What a closer look at statement and claims needs."""

    statement: Understood
    claims: Callable[[Sequence[str]], Sequence[Understood]]
    """What the embedder makes of claims, as texts that are looked up."""


class Laid:
    """A text made ready to be laid beside another."""

    def __init__(self, text: Understood, centre: Floats) -> None:
        weigh: Rarity = rarity()
        self.vector = text.vector
        self.weights = np.array([weigh(_plain(word)) for word in text.words], np.float32)
        self.numbers = np.array([any(map(str.isdigit, word)) for word in text.words], bool)
        self.capitals = np.array([_bare(word)[:1].isupper() for word in text.words], bool)
        states = text.states - centre
        self.states = states / np.maximum(np.linalg.norm(states, axis=1, keepdims=True), 1e-9)

    def __len__(self) -> int:
        return len(self.weights)


def aligned_features(statement: Laid, claim: Laid) -> list[float] | None:
    """The features named in `ALIGNED`, in that order; None when a side has no words."""
    if not len(statement) or not len(claim):
        return None
    cosines = claim.states @ statement.states.T
    here, there = cosines.max(axis=1), cosines.max(axis=0)
    rarest = here[np.argsort(-claim.weights, kind="stable")[:_RAREST]]
    features = [
        statement.vector @ claim.vector,
        _mean(here, claim.weights),
        _mean(there, statement.weights),
        here.min(),
        *_missed(here, claim.weights),
        there.min(),
        *_missed(there, statement.weights),
        here[claim.numbers].min() if claim.numbers.any() else 1.0,
        here[claim.capitals].mean() if claim.capitals.any() else _NO_CAPITALS,
        rarest.mean(),
        rarest.min(),
    ]
    return [float(value) for value in features]


def _mean(met: Floats, weights: Floats) -> float:
    return float(met @ weights / weights.sum())


def _missed(met: Floats, weights: Floats) -> tuple[float, float, float]:
    """The weight of what is not met: of the word missed most, of three such, of all."""
    missed = np.sort(weights * (1 - met))[::-1]
    return float(missed[0]), float(missed[:3].sum()), float(missed.sum())


def _bare(word: str) -> str:
    return "".join(filter(str.isalnum, word))


def _plain(word: str) -> str:
    return fold(_bare(word).lower())
