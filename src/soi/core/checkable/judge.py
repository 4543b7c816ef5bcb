"""Tell what type a statement is, or say that it cannot be told.

In: a statement, its language and, where there is one, its vector of meaning. Out: a `Judged`. The
judge says whether a statement could be checked, never whether it is true, and nothing of whoever
wrote it. Vietnamese and English are read, with and without diacritics and in chat spelling; any
other language is abstained from.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from soi.core.checkable.features import has_letters, read
from soi.core.checkable.model import DIMENSIONS, Array, Model, load_model
from soi.core.checkable.types import Judged, StatementType
from soi.core.meaning import Vector
from soi.core.text import Language

_TYPES: Final = tuple(StatementType)
_NOTHING: Final = Judged(None, 0.0, MappingProxyType({}))


def statement_type(text: str, language: Language, vector: Vector | None) -> Judged:
    """The type of a statement in Vietnamese or English, or None for a type that is not sure.

    `vector` is the statement's from `Embedder.query`, best made of the text with its diacritics
    restored; without one the words alone decide, less surely. The thresholds are such that, among
    the statements and messages of `model.json`'s report, nine in ten called a fact are one,
    nineteen in twenty called anything else are that, and at most one in fifty that passes on a
    checked claim is called anything else. Other texts, such as debates, do worse:
    `evaluation/README.md`. Reads the first 1,000 characters, is pure, and never raises for any
    text; a vector of other than 384 numbers is a `ValueError`.
    """
    return judged(load_model(), text, language, vector)


def judged(model: Model, text: str, language: Language, vector: Vector | None) -> Judged:
    """`statement_type` by the given model."""
    if vector is not None and vector.shape != (DIMENSIONS,):
        raise ValueError(f"a vector of meaning has {DIMENSIONS} numbers, not {vector.shape}")
    if language is Language.OTHER or not has_letters(text):
        return _NOTHING
    weights = model.without_meaning if vector is None else model.with_meaning
    shares = weights.probabilities(read(text), vector)
    return named(shares, weights.fact_threshold, weights.other_threshold)


def named(shares: Array, fact_threshold: float, other_threshold: float) -> Judged:
    """The likeliest type, if it reaches its threshold."""
    best = _TYPES[int(shares.argmax())]
    probability = float(shares.max())
    enough = fact_threshold if best is StatementType.FACT else other_threshold
    probabilities = dict(zip(_TYPES, map(float, shares), strict=True))
    type_ = best if probability >= enough else None
    return Judged(type_, probability, MappingProxyType(probabilities))
