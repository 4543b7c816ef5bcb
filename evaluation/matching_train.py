"""Train the judge's model and write it into the package: `python -m evaluation.matching_train`.

In: the folder of data sets (`--data DIR`), of which only what may be shipped is read. Out: the
files `model.json` and `frequencies.json` in `soi.core.matching`. The seed is fixed: the same data
and the same libraries give the same files. Thresholds, calibration and the figures in the report
come from predictions out of fold, with all messages about one check in one fold.

The judge looks twice (`soi.core.matching.judge`). What the first look would leave possible, out of
fold, is what the forest of the closer look learns from: it sees near misses only.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

import soi.core.matching as package
from evaluation.matching_bench import Vectors, bench
from evaluation.matching_data import Check
from evaluation.matching_examples import COPIES, PAIRS, Case, Wanted, cases, training_corpus
from evaluation.matching_metrics import Answer, quality, threshold_for
from soi.core.matching.alignment import (
    ALIGNED,
    ALIGNED_RAISING,
    LOOKED_AT,
    Laid,
    aligned_features,
)
from soi.core.matching.features import (
    LOWERING,
    NAMES,
    RAISING,
    RankEvidence,
    Slots,
    cheap_features,
    field_of,
    rarity,
    slot_features,
)
from soi.core.matching.judge import POSSIBLE, best_candidates, is_turned_round, possible
from soi.core.matching.model import FORMAT
from soi.core.matching.reading import Reading
from soi.core.meaning import Understood, load_embedder

FOLDS: Final = 5
OWN: Final = "vi-own"
"""The set whose messages, with all its near misses, thresholds and figures come from."""

PRECISION: Final = 0.95
WRITTEN_PRECISION: Final = 0.85
"""Of the pairs written for training fewer must be right: they are near misses by design."""

CONFUSION: Final = 0.10
"""Of each kind of near miss at most this share may be called the same, on either."""

NEAR_PRECISION: Final = 0.7
SEED: Final = 20_251_123
RANK: Final[RankEvidence] = (1.0, 0.03, 0.03, 0.03)
"""Weights of cosine, words, and coverage by words and by grams. Chosen on development sets, see
`evaluation/README.md`. Weights fitted on the own messages alone did worse on every other set."""

RANK_MATTER: Final = 0.05
"""Moves a candidate that is surely about the matter past one that is not; 0.02 to 0.1 do alike."""

RANK_SAME: Final = 0.03
"""Times the log-odds of being the same claim; 0.02 to 0.05 do alike on the own messages."""

_SOURCE_WEIGHT: Final = {"opposites": 0.13, "xl-ntrex-vi-en": 0.3, COPIES: 0.4}
_PART_WEIGHT: Final = 0.5
"""The sentences of a long message are many and say little."""

_UNRELATED: Final = 10
"""Finds after this place that are not known to be related teach nothing more."""

_HARD_WEIGHT: Final = 3.0
"""Near misses are few against thousands of unrelated candidates, and matter most."""

_COMMON: Final = 3
"""Words in fewer texts than this are as rare as unseen ones."""

Array = NDArray[np.float64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Table:
    """Features of statement and candidate pairs, with what is known of each pair."""

    features: Array
    labels: NDArray[np.str_]
    groups: NDArray[np.str_]
    message: NDArray[np.int64]
    weight: Array
    lookup: NDArray[np.int64]
    """The number of the look-up that a row belongs to."""
    claims: NDArray[Any]

    def part(self, rows: NDArray[np.int64], features: Array) -> Table:
        """Some of the rows, with other features."""
        return Table(
            features, self.labels[rows], self.groups[rows], self.message[rows],
            self.weight[rows], self.lookup[rows], self.claims[rows],
        )  # fmt: skip


def main() -> None:
    """Read the command line, train, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "soi")
    arguments = parser.parse_args()
    train(arguments.data, arguments.cache, print)


def train(data: Path, cache: Path, progress: Callable[[str], None]) -> None:
    """Train on the shippable part of `data` and write the package's model."""
    target = Path(package.__file__).parent
    checks, wanted = training_corpus(data)
    texts = [want.text for want in wanted] + [check.claim for check in checks]
    _write(target / "frequencies.json", frequencies(texts), indent=None)
    rarity.cache_clear()
    embedder = load_embedder("int8", cache_dir=cache)
    vectors = Vectors(embedder, cache, lambda done: progress(f"{done} texts embedded"))
    with bench(checks, vectors) as place:
        found = list(cases(place, vectors, wanted))
    progress(f"{len(found)} look-ups among {len(checks)} checks")
    table = tabulate(found)
    model = fit(table, found, vectors, wanted, checks)
    _write(target / "model.json", model, indent=None)
    progress(json.dumps(model["report"], indent=1))


def frequencies(texts: Iterable[str]) -> dict[str, Any]:
    """In how many of the texts each common folded word stands."""
    seen: Counter[str] = Counter()
    documents = 0
    for text in dict.fromkeys(texts):
        seen.update(Reading(text).words)
        documents += 1
    words = {
        word: count
        for word, count in sorted(seen.items())
        if count >= _COMMON and not word[0].isdigit()
    }
    return {"documents": documents, "words": words}


def tabulate(found: Sequence[Case]) -> Table:
    """The features of the best candidates of each look-up and of those with a known relation."""
    rows: list[list[float]] = []
    labels: list[str] = []
    weights: list[float] = []
    numbers: list[int] = []
    claims: list[str] = []
    for number, case in enumerate(found):
        reading = Reading(case.lookup.text)
        slots, field = Slots(reading), field_of(case.candidates)
        language = case.lookup.language
        best = best_candidates(reading, language, case.candidates, RANK)
        for place, candidate in enumerate(best):
            label = case.wanted.relations.get(candidate.id, "none")
            cheap = cheap_features(reading, language, candidate, field)
            rows.append([*cheap, *slot_features(slots, candidate)])
            labels.append(label)
            numbers.append(number)
            weights.append(_weight(case, label, place))
            claims.append(candidate.claim)
    owners = [found[number].wanted for number in numbers]
    return Table(
        np.array(rows),
        np.array(labels),
        np.array([owner.group for owner in owners]),
        np.array([found[number].message for number in numbers]),
        np.array(weights),
        np.array(numbers),
        np.array(claims, object),
    )


def _weight(case: Case, label: str, place: int) -> float:
    """How much a pair counts in training.

    Which sentence of a long message carries its relation is not known: such pairs count nothing,
    but take part in the answers that thresholds and figures come from.
    """
    if label != "none" and not case.lookup.whole:
        return 0.0
    if label == "none" and place >= _UNRELATED:
        return 0.0
    hard = _HARD_WEIGHT if label not in ("same", "none") else 1.0
    part = 1.0 if case.lookup.whole else _PART_WEIGHT
    return _SOURCE_WEIGHT.get(case.wanted.source, 1.0) * hard * part


def fit(
    table: Table,
    found: Sequence[Case],
    vectors: Vectors,
    wanted: Sequence[Wanted],
    checks: Sequence[Check],
) -> dict[str, Any]:
    """The model as it is written, with thresholds and figures from predictions out of fold."""
    same, matter = table.labels == "same", table.labels != "none"
    matter_odds = _out_of_fold(table, matter, MATTER_GROWTH)
    matter_platt = _platt(matter_odds, matter, table.weight)
    near = _near_threshold(_calibrated(matter_odds, matter_platt), matter, table)
    same_odds = _out_of_fold(table, same, SAME_GROWTH)
    same_platt = _platt(same_odds, same, table.weight)
    first = _calibrated(same_odds, same_platt)
    centre = centre_of(vectors.claims(sorted({check.claim for check in checks})))
    rows, closer = closely(table, found, vectors, first, centre)
    is_same = closer.labels == "same"
    closer_odds = _out_of_fold(closer, is_same, CLOSER_GROWTH)
    closer_platt = _platt(closer_odds, is_same, closer.weight)
    second = np.minimum(first, POSSIBLE)
    second[rows] = _calibrated(closer_odds, closer_platt)
    threshold, report = _judged(table, wanted, first)
    closer_threshold, closer_report = _judged(table, wanted, second)
    return {
        "format": FORMAT,
        "trained_on": {
            "vi-own": "CC0-1.0", "opposites (NTREX part)": "CC BY-SA 4.0",
            "xl-ntrex-vi-en": "CC BY-SA 4.0", "evaluation/pairs": "Apache-2.0",
        },
        "trained_at": dt.datetime.now(dt.UTC).date().isoformat(),
        "features": list(NAMES),
        "aligned": list(ALIGNED),
        "thresholds": {
            "same": round(threshold, 4), "closer": round(closer_threshold, 4),
            "near": round(near, 4),
        },
        "report": {
            "how": f"out of fold, {FOLDS} folds grouped by check",
            "texts": len(wanted),
            "checks": len(checks),
            "looked_at_closely_a_look_up": round(len(rows) / len(found), 3),
            "same_not_looked_at": round(1 - float(is_same.sum()) / max(1, int(same.sum())), 4),
            **closer_report,
            **{f"first_look_alone_{name}": figures for name, figures in report.items()},
        },
        "rank": {
            "cosine": RANK[0], "words": RANK[1], "covered": RANK[2], "grams": RANK[3],
            "matter": RANK_MATTER, "same": RANK_SAME,
        },
        "centre": [round(float(value), 3) for value in centre],
        "same": _forest(table, same, SAME_GROWTH) | _named(same_platt),
        "closer": _forest(closer, is_same, CLOSER_GROWTH) | _named(closer_platt),
        "matter": _forest(table, matter, MATTER_GROWTH) | _named(matter_platt),
        "relation": _relation(table),
    }  # fmt: skip


def _judged(
    table: Table, wanted: Sequence[Wanted], probability: Array
) -> tuple[float, dict[str, Any]]:
    """The threshold for these probabilities, and the figures reached with it."""
    # A near copy that is turned round is never served as the same, whatever its probability.
    round_ = np.array([is_turned_round(row) for row in table.features])
    probability = np.where(round_, 0.0, probability)
    answers = _answers(table, wanted, probability, {OWN})
    written = {path.stem for path in PAIRS.glob("*.jsonl")}
    pairs = _answers(table, wanted, probability, written)
    # By either alone the precision on the other could be less than promised.
    threshold = max(
        threshold_for(answers, PRECISION, CONFUSION),
        threshold_for(pairs, WRITTEN_PRECISION, CONFUSION),
    )
    return threshold, {
        "at_shipped_threshold": quality(answers, threshold).as_dict(),
        "at_precision_0.92": quality(answers, threshold_for(answers, 0.92)).as_dict(),
        "at_precision_0.92_confusion_0.10": quality(
            answers, threshold_for(answers, 0.92, CONFUSION)
        ).as_dict(),
        "written_pairs_at_shipped_threshold": quality(pairs, threshold).as_dict(),
        "written_pairs_at_precision_0.85": quality(pairs, threshold_for(pairs, 0.85)).as_dict(),
    }


def centre_of(claims: Iterable[Understood]) -> Floats:
    """The mean state of the words of all claims."""
    states = [claim.states for claim in claims]
    centre: Floats = np.concatenate(states).astype(np.float64).mean(axis=0).astype(np.float32)
    return centre


def closely(
    table: Table, found: Sequence[Case], vectors: Vectors, first: Array, centre: Floats
) -> tuple[NDArray[np.int64], Table]:
    """The rows that the first look leaves possible, and what the closer look sees of them."""
    rows: list[int] = []
    seen: list[list[float]] = []
    begins = np.flatnonzero(np.diff(table.lookup, prepend=-1))
    for begin, end in zip(begins, [*begins[1:], len(table.lookup)], strict=True):
        places = [int(begin) + at for at in possible(first[begin:end])]
        statement = Laid(found[table.lookup[begin]].understood, centre)
        claims = vectors.claims([str(table.claims[at])[:LOOKED_AT] for at in places])
        for at, claim in zip(places, claims, strict=True):
            if aligned := aligned_features(statement, Laid(claim, centre)):
                rows.append(at)
                seen.append([*table.features[at], *aligned])
    chosen = np.array(rows)
    return chosen, table.part(chosen, np.array(seen))


@dataclass(frozen=True, slots=True)
class Growth:
    """How many trees, how fast, and how large."""

    trees: int
    rate: float
    leaves: int


SAME_GROWTH: Final = Growth(400, 0.03, 14)
CLOSER_GROWTH: Final = Growth(250, 0.04, 10)
MATTER_GROWTH: Final = Growth(120, 0.06, 8)


_DIRECTIONS: Final = [
    *((name in RAISING) - (name in LOWERING) for name in NAMES),
    *(1 if name in ALIGNED_RAISING else -1 for name in ALIGNED),
]


def _booster(growth: Growth, width: int) -> HistGradientBoostingClassifier:
    """Small trees, each split choosing among a third of the features, held to the direction in
    which each feature may speak."""
    return HistGradientBoostingClassifier(
        max_iter=growth.trees,
        learning_rate=growth.rate,
        max_leaf_nodes=growth.leaves,
        min_samples_leaf=20,
        max_features=0.3,
        l2_regularization=5.0,
        monotonic_cst=_DIRECTIONS[:width],
        random_state=SEED,
    )


def _out_of_fold(table: Table, target: NDArray[np.bool_], growth: Growth) -> Array:
    """The log-odds of each row from a model that saw nothing about its check."""
    odds = np.zeros(len(target))
    for seen, kept in GroupKFold(FOLDS).split(table.features, target, table.groups):
        seen = seen[table.weight[seen] > 0]
        booster = _booster(growth, table.features.shape[1])
        booster.fit(table.features[seen], target[seen], sample_weight=table.weight[seen])
        odds[kept] = booster.decision_function(table.features[kept])
    return odds


def _platt(odds: Array, target: NDArray[np.bool_], weight: Array) -> tuple[float, float]:
    model = LogisticRegression(C=1e6).fit(odds[:, None], target, sample_weight=weight)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _calibrated(odds: Array, platt: tuple[float, float]) -> Array:
    calibrated: Array = 1 / (1 + np.exp(-(platt[0] * odds + platt[1])))
    return calibrated


def _named(platt: tuple[float, float]) -> dict[str, float]:
    return {"slope": round(platt[0], 5), "offset": round(platt[1], 5)}


def _forest(table: Table, target: NDArray[np.bool_], growth: Growth) -> dict[str, Any]:
    """Trees fitted on everything, written as arrays of nodes; a leaf has the feature -1."""
    used = table.weight > 0
    booster = _booster(growth, table.features.shape[1]).fit(
        table.features[used], target[used], sample_weight=table.weight[used]
    )
    trees = []
    for predictors in booster._predictors:
        nodes = predictors[0].nodes
        leaf = nodes["is_leaf"].astype(bool)
        trees.append(
            {
                "feature": [
                    -1 if end else int(f) for end, f in zip(leaf, nodes["feature_idx"], strict=True)
                ],
                "threshold": _short(np.where(leaf, 0, nodes["num_threshold"])),
                "left": nodes["left"].astype(int).tolist(),
                "right": nodes["right"].astype(int).tolist(),
                "value": _short(np.where(leaf, nodes["value"], 0)),
            }
        )
    depth = max(int(predictors[0].nodes["depth"].max()) for predictors in booster._predictors)
    start = float(np.ravel(booster._baseline_prediction)[0])
    return {"start": round(start, 6), "depth": depth + 1, "trees": trees}


def _short(values: Array) -> list[float]:
    return [float(f"{value:.6g}") for value in values]


def _logistic(
    features: Array, target: NDArray[Any], weight: Array, strength: float
) -> dict[str, Any]:
    """A logistic model on standardised features; two classes are written as two rows."""
    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9)
    model = LogisticRegression(C=strength, max_iter=3000)
    model.fit((features - mean) / scale, target, sample_weight=weight)
    weights, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        weights, bias = np.vstack([0 * weights, weights]), np.concatenate([[0.0], bias])
    return {
        "classes": [str(name) for name in model.classes_],
        "weights": [_short(row) for row in weights],
        "bias": _short(bias),
        "mean": _short(mean),
        "scale": _short(scale),
    }


def _relation(table: Table) -> dict[str, Any]:
    """Which relation, given that the matter is the same."""
    about = (table.labels != "none") & (table.weight > 0)
    labels = table.labels[about]
    counts = Counter(labels.tolist())
    share = np.array([len(labels) / (len(counts) * counts[label]) for label in labels.tolist()])
    return _logistic(table.features[about], labels, np.sqrt(share), 0.3)


def _answers(
    table: Table, wanted: Sequence[Wanted], probability: Array, sources: set[str]
) -> list[Answer]:
    """The best candidate over all look-ups of a message, as a desk would have answered."""
    best: dict[int, int] = {}
    for row, number in enumerate(table.message.tolist()):
        if number not in best or probability[row] > probability[best[number]]:
            best[number] = row
    return [
        Answer(
            float(probability[best[number]]) if number in best else 0.0,
            str(table.labels[best[number]]) if number in best else "none",
            want.kind,
            want.register,
            want.covered,
        )
        for number, want in enumerate(wanted)
        if want.source in sources
    ]


def _near_threshold(probability: Array, target: NDArray[np.bool_], table: Table) -> float:
    """The least probability at which most of what is shown as near is about the matter."""
    order = np.argsort(-probability)
    weight = np.minimum(table.weight, 1.0)[order]
    precise = np.cumsum(target[order] * weight) / np.cumsum(weight)
    enough = np.flatnonzero(precise >= NEAR_PRECISION)
    return float(probability[order][enough[-1]]) if len(enough) else 0.5


def _write(path: Path, data: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=indent, separators=(",", ":"))
    path.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
