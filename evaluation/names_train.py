"""Train the lookalike model and report how it does on brands that it has not seen.

    python -m evaluation.names_train --register REGISTER.csv --names NAMES.csv [--leave-out SOURCE]
        [--write src/soi/core/lookalike/model.json]

Folds are split by brand: a candidate is scored by weights learnt without any name of its brand,
benign names' candidates for that brand included, and with only those lures, technical words and
partners that names of the training brands bear out. scikit-learn is needed here and nowhere else.
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


def examples_of(
    brands: Sequence[Brand], names: Sequence[LabelledName], lists: Lists | None = None
) -> list[Example]:
    """Every candidate of every name, without a model."""
    register = compile_register(brands, lists=lists)
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


@dataclass(frozen=True, slots=True)
class Guess:
    """The best finding in a name: its score and the brand; "" and `NO_FINDING` without one."""

    score: float = NO_FINDING
    brand: str = ""


def cross_validate(
    brands: Sequence[Brand], names: Sequence[LabelledName], *, leave_out: str = ""
) -> list[Guess]:
    """One guess for every name, from weights and lists that have not seen the brand it is held to.

    Names from the source `leave_out` are scored, but teach nothing.
    """
    everything = [*names, *drawn_imitations(brands, teaching(names, leave_out))]
    touched = touched_brands(brands, everything)
    size = {brand.id: 0 for brand in brands}
    for found in touched.values():
        for brand in found:
            size[brand] += 1
    folds = folds_by_brand(sorted(size, key=lambda brand: (-size[brand], brand)))
    guesses = [Guess()] * len(names)
    for fold in range(FOLDS):
        taught = {b for b in folds if folds[b] != fold}
        lists = attested_lists([everything[i] for i, found in touched.items() if found & taught])
        examples = _examples_at(brands, everything, sorted(touched), lists)
        model = learn(
            [
                example
                for example in examples
                if example.brand in taught
                and not (leave_out and everything[example.name].source == leave_out)
            ]
        )
        for example in examples:
            if example.brand not in taught and example.name < len(names):
                score = model.probability(example.features)
                if score > guesses[example.name].score:
                    guesses[example.name] = Guess(score, example.brand)
    return guesses


def touched_brands(
    brands: Sequence[Brand], names: Sequence[LabelledName]
) -> dict[int, frozenset[str]]:
    """By place of a name, the brands that anything in it could stand for; no list is used."""
    found: dict[int, set[str]] = {}
    for example in examples_of(brands, names, Lists({}, {}, frozenset())):
        found.setdefault(example.name, set()).add(example.brand)
    return {name: frozenset(them) for name, them in found.items()}


def attested_lists(names: Sequence[LabelledName]) -> Lists:
    """The shipped lists without the entries that none of these names bears out."""
    hosts = [normalise_host(name.host) for name in names]
    longest = shipped_lists().longest_lure
    words = {
        label[i:j]
        for host in hosts
        for label in host.replace("-", "").split(".")
        for i in range(len(label))
        for j in range(i + 1, min(len(label), i + longest) + 1)
    }
    return shipped_lists().restricted(words, {p for host in hosts for p in parents(host)})


def _examples_at(
    brands: Sequence[Brand], names: Sequence[LabelledName], places: Sequence[int], lists: Lists
) -> list[Example]:
    found = examples_of(brands, [names[i] for i in places], lists)
    return [Example(places[e.name], e.brand, e.features, e.is_imitation) for e in found]


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


def figures(
    guesses: Sequence[Guess], names: Sequence[LabelledName], reader: float, watch: float
) -> dict[str, Any]:
    """What the model file and the training log say of a run."""
    scores, labels = [guess.score for guess in guesses], [name.imitates for name in names]
    hits = [
        guess.brand == name.brand
        for guess, name in zip(guesses, names, strict=True)
        if name.imitates and guess.score >= watch
    ]
    return {
        "at_reader": at_threshold(scores, labels, reader).as_dict(),
        "at_watch": at_threshold(scores, labels, watch).as_dict(),
        "best_f1": best_f1(scores, labels).as_dict(),
        "brand_right": sum(hits) / len(hits) if hits else 0.0,
        "recall_at_1_in_1000": recall_at_false_alarms(scores, labels, 1e-3),
        "recall_at_1_in_10000": recall_at_false_alarms(scores, labels, 1e-4),
    }


def train(
    brands: Sequence[Brand], names: Sequence[LabelledName], *, data: Sequence[str], leave_out: str
) -> dict[str, Any]:
    """The model file: weights from all brands, thresholds and report from cross-validation."""
    guesses = cross_validate(brands, names, leave_out=leave_out)
    reader, watch = choose_thresholds(
        [guess.score for guess in guesses], [name.imitates for name in names]
    )
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
            "protocol": f"{FOLDS} folds split by brand, lists as the training brands bear out",
            **figures(guesses, names, reader, watch),
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
