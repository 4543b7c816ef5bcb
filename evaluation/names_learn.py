"""Turn labelled names into examples, and examples into weights.

In: parts, each a register and names held against it. Out: one example for every place in a name
that could stand for a brand; a `Model` fitted to examples; the lists of the package cut down to
what given names bear out. scikit-learn is needed here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from evaluation.names_data import LabelledName
from soi.core.lookalike import (
    Brand,
    Lists,
    NameKind,
    compile_register,
    normalise_host,
    parents,
    shipped_lists,
)
from soi.core.lookalike.judge import score_all
from soi.core.lookalike.letters import view
from soi.core.lookalike.model import Model

STRENGTH = 0.3  # inverse of the L2 penalty; the middle of a flat optimum under cross-validation
ROUNDS = 3  # of choosing the best candidate of a name and learning again
ACCOUNT_IMITATION = 0.5
"""How much an imitating account name counts: the set written for it has more of them than benign
ones, and hosts with a brand's letters have half as many."""
NO_LISTS = Lists({}, {}, frozenset())
_BLANK = Model({}, 0.0, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Part:
    """Labelled names held against the register of these brands."""

    brands: Sequence[Brand]
    names: Sequence[LabelledName]


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate in one labelled name; `is_imitation` when the name imitates this brand."""

    part: int
    name: int
    brand: str
    features: Mapping[str, float]
    is_imitation: bool
    weight: float = 1.0


def examples_of(parts: Sequence[Part], lists: Lists | None = None) -> list[Example]:
    """Every candidate of every name, without a model."""
    found = []
    for number, part in enumerate(parts):
        register = compile_register(part.brands, lists=lists)
        for i, name in enumerate(part.names):
            for scored in score_all(name.host, name.what, register, model=_BLANK):
                brand = scored.lookalike.brand
                imitates = name.imitates and brand == name.brand
                is_account = name.what is NameKind.HANDLE
                weight = ACCOUNT_IMITATION if imitates and is_account else 1.0
                found.append(Example(number, i, brand, scored.features, imitates, weight))
    return found


def learn(examples: Sequence[Example]) -> Model:
    """Fit the weights; of several candidates of one imitated brand only the best one teaches.

    Thresholds are set to one half.
    """
    names = sorted({feature for example in examples for feature in example.features})
    columns = {feature: i for i, feature in enumerate(names)}
    matrix = np.zeros((len(examples), len(names)))
    for row, example in enumerate(examples):
        for feature, value in example.features.items():
            matrix[row, columns[feature]] = value
    labels = np.array([example.is_imitation for example in examples])
    weights = np.array([example.weight for example in examples])
    values = np.zeros(len(examples))
    for _ in range(ROUNDS):
        rows = _teaching_rows(examples, values)
        fit = LogisticRegression(C=STRENGTH, max_iter=2000)
        fit.fit(matrix[rows], labels[rows], sample_weight=weights[rows])
        values = fit.decision_function(matrix)
    learnt = dict(zip(names, map(float, fit.coef_[0]), strict=True))
    return Model(learnt, float(fit.intercept_[0]), 0.5, 0.5)


def _teaching_rows(examples: Sequence[Example], values: Any) -> list[int]:
    """All candidates of benign names; the best right one of every imitation; wrong brands never."""
    best: dict[tuple[int, int], int] = {}
    imitations = {(e.part, e.name) for e in examples if e.is_imitation}
    rows = []
    for row, example in enumerate(examples):
        name = (example.part, example.name)
        if not example.is_imitation:
            if name not in imitations:
                rows.append(row)
        elif name not in best or values[row] > values[best[name]]:
            best[name] = row
    return sorted(rows + list(best.values()))


def attested_lists(names: Sequence[LabelledName]) -> Lists:
    """The shipped lists without the entries that none of these names bears out."""
    hosts = [normalise_host(name.host) for name in names if name.what is not NameKind.HANDLE]
    labels = [label for host in hosts for label in host.replace("-", "").split(".")]
    shown = [name.host for name in names if name.what is NameKind.HANDLE]
    labels += ["".join(filter(str.isalnum, view(name, 0, len(name)).plain)) for name in shown]
    longest = shipped_lists().longest_lure
    words = {
        label[i:j]
        for label in labels
        for i in range(len(label))
        for j in range(i + 1, min(len(label), i + longest) + 1)
    }
    return shipped_lists().restricted(words, {p for host in hosts for p in parents(host)})
