"""Train the lookalike model and report how it does on brands that it has not seen.

    python -m evaluation.names_train --register REGISTER.csv --names NAMES.csv [--leave-out SOURCE]
        [--write src/soi/core/lookalike/model.json]

Folds are split by brand: a candidate is scored by weights learnt without any name of its brand,
benign names' candidates for that brand included. scikit-learn is needed here and nowhere else.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from evaluation.names_data import LabelledName, read_names, read_register
from evaluation.names_drawn import drawn_imitations
from evaluation.names_metrics import (
    NO_FINDING,
    at_threshold,
    best_f1,
    operating_points,
    recall_at_false_alarms,
)
from soi.core.lookalike import Brand, NameKind, compile_register
from soi.core.lookalike.judge import score_all
from soi.core.lookalike.model import CHANCE_CEILING, Model

FOLDS = 5
STRENGTH = 0.3  # inverse of the L2 penalty; the middle of a flat optimum under cross-validation
ROUNDS = 3  # of choosing the best candidate of a name and learning again
READER_PRECISION = 0.9
WATCH_PRECISION = 0.75
_BLANK = Model({}, 0.0, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate in one labelled name; `is_imitation` when the name imitates this brand."""

    name: int
    brand: str
    features: Mapping[str, float]
    is_imitation: bool


def examples_of(brands: Sequence[Brand], names: Sequence[LabelledName]) -> list[Example]:
    """Every candidate of every name, without a model."""
    register = compile_register(brands)
    return [
        Example(i, s.lookalike.brand, s.features, name.imitates and s.lookalike.brand == name.brand)
        for i, name in enumerate(names)
        for s in score_all(name.host, NameKind.HOST, register, model=_BLANK)
    ]


def learn(examples: Sequence[Example]) -> Model:
    """Fit the weights; of several candidates of one imitated brand only the best one teaches.

    Thresholds are set to one half: `choose_thresholds` sets them.
    """
    names = sorted({feature for example in examples for feature in example.features})
    columns = {feature: i for i, feature in enumerate(names)}
    matrix = np.zeros((len(examples), len(names)))
    for row, example in enumerate(examples):
        for feature, value in example.features.items():
            matrix[row, columns[feature]] = value
    labels = np.array([example.is_imitation for example in examples])
    values = np.zeros(len(examples))
    for _ in range(ROUNDS):
        rows = _teaching_rows(examples, values)
        fit = LogisticRegression(C=STRENGTH, max_iter=2000).fit(matrix[rows], labels[rows])
        values = fit.decision_function(matrix)
    weights = dict(zip(names, map(float, fit.coef_[0]), strict=True))
    return Model(weights, float(fit.intercept_[0]), 0.5, 0.5)


def _teaching_rows(examples: Sequence[Example], values: Any) -> list[int]:
    """All candidates of benign names; the best right one of every imitation; wrong brands never."""
    best: dict[int, int] = {}
    imitations = {example.name for example in examples if example.is_imitation}
    rows = []
    for row, example in enumerate(examples):
        if not example.is_imitation:
            if example.name not in imitations:
                rows.append(row)
        elif example.name not in best or values[row] > values[best[example.name]]:
            best[example.name] = row
    return sorted(rows + list(best.values()))


def folds_by_brand(brands: Sequence[str], count: int = FOLDS) -> dict[str, int]:
    """A fold for every brand: dealt in the order given, so that the largest are spread."""
    return {brand: i % count for i, brand in enumerate(brands)}


def teaching(names: Sequence[LabelledName], leave_out: str) -> list[LabelledName]:
    """The names that may teach: all, or all but those of one source."""
    return [name for name in names if not leave_out or name.source != leave_out]


def cross_validate(
    brands: Sequence[Brand], names: Sequence[LabelledName], *, leave_out: str = ""
) -> list[float]:
    """One score for every name, from weights that have not seen the brand it is scored for.

    Names from the source `leave_out` are scored, but teach nothing.
    """
    drawn = drawn_imitations(brands, teaching(names, leave_out))
    everything = [*names, *drawn]
    examples = examples_of(brands, everything)
    size = {brand.id: 0 for brand in brands}
    for example in examples:
        size[example.brand] += 1
    folds = folds_by_brand(sorted(size, key=lambda brand: (-size[brand], brand)))
    scores = [NO_FINDING] * len(names)
    for fold in range(FOLDS):
        teachers = [e for e in examples if folds[e.brand] != fold]
        if leave_out:
            teachers = [e for e in teachers if everything[e.name].source != leave_out]
        model = learn(teachers)
        for example in examples:
            if folds[example.brand] == fold and example.name < len(names):
                found = model.probability(example.features)
                scores[example.name] = max(scores[example.name], found)
    return scores


def choose_thresholds(scores: Sequence[float], labels: Sequence[bool]) -> tuple[float, float]:
    """The lowest thresholds with `READER_PRECISION` and `WATCH_PRECISION`: reader, then watch.

    The reader's is always above `CHANCE_CEILING`.
    """
    points = operating_points(scores, labels)
    lowest = best_f1(scores, labels).threshold
    reader, watch = (
        min((p.threshold for p in points if p.precision >= precision), default=lowest)
        for precision in (READER_PRECISION, WATCH_PRECISION)
    )
    reader = max(reader, CHANCE_CEILING + 0.01)
    return reader, min(reader, watch)


def figures(scores: Sequence[float], labels: Sequence[bool], reader: float) -> dict[str, Any]:
    """What the model file and the training log say of a run."""
    return {
        "at_reader": at_threshold(scores, labels, reader).as_dict(),
        "best_f1": best_f1(scores, labels).as_dict(),
        "recall_at_1_in_1000": recall_at_false_alarms(scores, labels, 1e-3),
        "recall_at_1_in_10000": recall_at_false_alarms(scores, labels, 1e-4),
    }


def train(
    brands: Sequence[Brand], names: Sequence[LabelledName], *, data: Sequence[str], leave_out: str
) -> dict[str, Any]:
    """The model file: weights from all brands, thresholds and report from cross-validation."""
    scores = cross_validate(brands, names, leave_out=leave_out)
    labels = [name.imitates for name in names]
    reader, watch = choose_thresholds(scores, labels)
    taught = teaching(names, leave_out)
    drawn = drawn_imitations(brands, taught)
    model = learn(examples_of(brands, [*taught, *drawn]))
    return {
        "what": "logistic regression over the features of soi.core.lookalike.features",
        "trained_on": {
            "files": list(data),
            "left_out_source": leave_out,
            "imitations": sum(name.imitates for name in taught),
            "drawn": len(drawn),
            "benign": sum(not name.imitates for name in taught),
            "note": "No row of the data is shipped; the weights are figures learnt from it.",
        },
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "report": {
            "protocol": f"{FOLDS} folds split by brand, all names scored",
            **figures(scores, labels, reader),
        },
        "thresholds": {"reader": round(reader, 4), "watch": round(watch, 4)},
        "intercept": round(model.intercept, 4),
        "weights": {name: round(weight, 4) for name, weight in sorted(model.weights.items())},
    }


def main() -> None:
    """The command line; prints the cross-validated figures as JSON."""
    parser = argparse.ArgumentParser(description="Train the lookalike model.")
    parser.add_argument("--register", type=Path, required=True)
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--leave-out", default="", help="a source whose names must not teach")
    parser.add_argument("--write", type=Path, help="the model file to write")
    options = parser.parse_args()
    stored = train(
        read_register(options.register),
        read_names(options.names),
        data=(options.register.name, options.names.name),
        leave_out=options.leave_out,
    )
    print(json.dumps(stored["report"], indent=1))
    if options.write:
        options.write.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
