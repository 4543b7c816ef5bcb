"""Make the statement types' training data ready: features, vectors of every form, vocabulary.

In: labelled statements. Out: `Example`s, and the table that logistic regression is fitted on. A
statement takes part in several forms, because the model must not depend on whether somebody
restored the diacritics before embedding, nor on their being restored rightly. Nothing is fitted
here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]  # publishes no types

from evaluation.matching_bench import Vectors
from evaluation.statements import RESTORED, TYPED, WORDS
from evaluation.statements_data import Labelled
from soi.core.checkable.features import SHAPE, Features, read
from soi.core.checkable.model import Array
from soi.core.diacritics import restore
from soi.core.meaning import Vector
from soi.core.text import fold

FORMS: Final = {TYPED: 0.35, RESTORED: 0.35, "bare, restored": 0.2, "bare": 0.1}
"""The forms of a statement that its vector is made of, and what each counts."""

LEAST_TEXTS: Final = 2
LEAST_PAIRS: Final = 12
"""A term is kept that stands in so many statements, or in so many messages of the pairs."""

SHAPE_SCALE: Final = 0.2
MEANING_SCALE: Final = 2.0
"""How freely figures and vector may weigh, against 1 for the terms; 1 to 3 do alike for vectors."""


@dataclass(frozen=True, slots=True)
class Example:
    """A statement made ready for training and for measuring."""

    statement: Labelled
    weight: float
    """What it counts; 1 for a statement whose type somebody gave."""
    features: Features
    forms: tuple[tuple[Vector, float], ...]
    """The vectors of its different forms, with the share of each."""
    views: Mapping[str, Vector | None]
    """The vectors that it is measured with, by the way of measuring."""

    @property
    def certain(self) -> bool:
        """Whether somebody gave its type, rather than a relation implying it."""
        return self.weight == 1.0


@dataclass(frozen=True, slots=True)
class Setting:
    """Which parts the weights are fitted on."""

    meaning: bool = True
    terms: bool = True
    shape: bool = True
    forms: bool = True
    """Whether a statement is embedded in all its forms, or only as typed."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to fit on, and what is needed to write the weights down."""

    rows: Any
    """A sparse matrix: terms, then figures, then the vector, where there are any."""
    types: list[str]
    weights: list[float]
    terms: list[str]
    centre: Array
    """The mean vector that was taken off."""


def examples(statements: Sequence[Labelled], vectors: Vectors, weight: float) -> list[Example]:
    """Statements with their features and vectors."""
    texts = [_forms(one) for one in statements]
    different = list(dict.fromkeys(text for forms in texts for text in forms.values()))
    vector = dict(zip(different, vectors.queries(different), strict=True))
    made = []
    for one, forms in zip(statements, texts, strict=True):
        shares: defaultdict[str, float] = defaultdict(float)
        for name, text in forms.items():
            shares[text] += FORMS[name]
        weighed = tuple((vector[text], share) for text, share in shares.items())
        views = {TYPED: vector[forms[TYPED]], RESTORED: vector[forms[RESTORED]], WORDS: None}
        made.append(Example(one, weight, read(one.text), weighed, views))
    return made


def _forms(statement: Labelled) -> dict[str, str]:
    """The texts that stand for a statement, by the names in `FORMS`."""
    text = statement.text
    bare = fold(text) if statement.language == "vi" else text
    return {TYPED: text, RESTORED: restore(text), "bare, restored": restore(bare), "bare": bare}


def tabulate(every: Sequence[Example], setting: Setting) -> Table:
    """The table of a training; types weigh alike, however many statements each has."""
    forms = [_embedded(one, setting) for one in every]
    numbers = [number for number, own in enumerate(forms) for _ in own]
    terms = vocabulary(every) if setting.terms else []
    columns = [_terms(every, terms)[numbers]]
    if setting.shape:
        columns.append(csr_matrix([every[n].features.shape for n in numbers]) * SHAPE_SCALE)
    centre = np.zeros(0)
    if setting.meaning:
        vectors = np.array([vector for own in forms for vector, _ in own], np.float64)
        centre = vectors.mean(axis=0)
        columns.append(csr_matrix((vectors - centre) * MEANING_SCALE))
    counts = Counter(one.statement.type for one in every if one.certain)
    weights = [
        share * one.weight / counts[one.statement.type] * counts.total() / len(counts)
        for one, own in zip(every, forms, strict=True)
        for _, share in own
    ]
    types = [every[number].statement.type.value for number in numbers]
    return Table(hstack(columns).tocsr(), types, weights, terms, centre)


def _embedded(one: Example, setting: Setting) -> tuple[tuple[Vector | None, float], ...]:
    if not setting.meaning:
        return ((None, 1.0),)
    return one.forms if setting.forms else ((one.views[TYPED], 1.0),)


def vocabulary(every: Sequence[Example]) -> list[str]:
    """The terms that are common enough to be learnt, in order."""
    certain: Counter[str] = Counter()
    implied: Counter[str] = Counter()
    for one in every:
        (certain if one.certain else implied).update(one.features.terms)
    common = {term for term, count in certain.items() if count >= LEAST_TEXTS}
    return sorted(common | {term for term, count in implied.items() if count >= LEAST_PAIRS})


def _terms(every: Sequence[Example], terms: Sequence[str]) -> Any:
    """One row a statement; its known terms share a length of one."""
    column = {term: number for number, term in enumerate(terms)}
    values: list[float] = []
    places: list[int] = []
    ends = [0]
    for one in every:
        known = sorted(column[term] for term in one.features.terms if term in column)
        places += known
        values += [len(known) ** -0.5] * len(known) if known else []
        ends.append(len(places))
    return csr_matrix((values, places, ends), shape=(len(every), len(terms)))


def coefficients(table: Table, weights: Array, bias: Array, setting: Setting) -> dict[str, Any]:
    """Fitted coefficients as they are written: scales and centre taken in, numbers short."""
    at, figures = len(table.terms), len(SHAPE) if setting.shape else 0
    terms = weights[:, :at].T
    shape = weights[:, at : at + figures] * SHAPE_SCALE
    written: dict[str, Any] = {
        "bias": bias,
        "shape": shape if setting.shape else np.zeros((len(bias), len(SHAPE))),
    }
    if setting.meaning:
        meaning = weights[:, at + figures :] * MEANING_SCALE
        written |= {"bias": bias - meaning @ table.centre, "meaning": meaning}
    return {name: np.round(values, 3).tolist() for name, values in written.items()} | {
        "terms": dict(zip(table.terms, np.rint(100 * terms).astype(int).tolist(), strict=True))
    }
