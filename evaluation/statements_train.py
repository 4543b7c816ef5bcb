"""Train the statement types: `python -m evaluation.statements_train --data DIR`.

In: the statements written for training, the messages of `pairs/`, and the set `vi-own` below
`--data DIR`. Out: `model.json` in `soi.core.checkable`. Two trainings take part. The first never
sees vi-own and is measured on the whole of it: these figures are the honest ones. The second,
which is shipped, is trained on everything and measured out of fold. Each of its thresholds is the
strictest that one of these measurements asks for; hardly any message of the pairs or of vi-own
that passes on a claim may be called something that cannot be checked. The same data and the same
libraries give the same file. `--ablate` measures what each part is worth, and writes nothing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

import soi.core.checkable as package
from evaluation.matching_bench import Vectors
from evaluation.statements import RESTORED, TYPED, WORDS, grouped, measure, waved_away
from evaluation.statements_data import (
    FILE,
    Labelled,
    find_statements,
    from_pairs,
    read_statements,
    repeating,
    written,
)
from evaluation.statements_examples import Example, Setting, coefficients, examples, tabulate
from soi.core.checkable import Judged, StatementType
from soi.core.checkable.features import MAX_CHARACTERS, SHAPE
from soi.core.checkable.judge import named
from soi.core.checkable.model import FORMAT, Array, Weights, model_from
from soi.core.meaning import load_embedder

OWN: Final = "vi-own"
"""The set that the honest figures are measured on."""

LICENCES: Final = {
    "evaluation/statement-types": "Apache-2.0",
    "evaluation/pairs": "Apache-2.0",
    OWN: "CC0-1.0",
}
FOLDS: Final = 5

STRENGTH: Final = 10.0
"""Inverse of the ridge; 5 to 20 do alike."""

PAIR_WEIGHT: Final = 0.1
"""What a message of the pairs counts against a statement whose type somebody gave: with more,
facts swallow the rest; with none, rumours pass for satire."""

FACT_PRECISION: Final = 0.9
OTHER_PRECISION: Final = 0.95
"""What is called not checkable is sent away, so it has to be right more often."""

MOST_WAVED_AWAY: Final = 0.02
"""The share of messages passing on a claim that may be called anything but a fact."""

PARTS: Final = {
    "with_meaning": (Setting(), (RESTORED, TYPED)),
    "without_meaning": (Setting(meaning=False), (WORDS,)),
}
"""The weights in the file: what each is fitted on, and the ways it is measured."""

ABLATIONS: Final = {
    "shipped": Setting(),
    "without meaning": Setting(meaning=False),
    "meaning alone": Setting(terms=False, shape=False),
    "without figures": Setting(shape=False),
    "words alone, without figures": Setting(meaning=False, shape=False),
    "embedded as typed only": Setting(forms=False),
}
TYPES: Final = tuple(StatementType)
_TEMPERATURES: Final = np.geomspace(0.3, 3.0, 150)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prediction:
    """The probabilities that a model gives to a statement that it did not see."""

    statement: Labelled
    shares: Array
    certain: bool
    """Whether somebody gave the statement's type, rather than a relation implying it."""


Predictions = dict[str, list[Prediction]]
"""By the way of measuring."""


def main() -> None:
    """Read the command line, train, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "soi")
    parser.add_argument("--ablate", action="store_true", help="measure the parts, write nothing")
    arguments = parser.parse_args()
    work = ablate if arguments.ablate else train
    work(arguments.data, arguments.cache, print)


def train(data: Path, cache: Path, progress: Progress) -> None:
    """Train on everything and write the package's model."""
    folder = find_statements(data)[OWN]
    vectors = embedding(cache, progress)
    seen, kept = learnt(vectors), examples(read_statements(folder / FILE), vectors, 1.0)
    spared = examples(repeating(folder), vectors, PAIR_WEIGHT)

    def measured(blind: dict[str, Any]) -> dict[str, Any]:
        return measure(model_from(blind), folder, vectors)

    model = trained(seen, kept, spared, measured, progress)
    Path(package.__file__).with_name("model.json").write_text(as_lines(model), "utf-8")
    for name, part in model["report"].items():
        for way, found in part["ways"].items():
            progress(f"{name}, {way}: macro F1 {found['macro_f1']}")


def trained(
    seen: Sequence[Example],
    kept: Sequence[Example],
    spared: Sequence[Example],
    measured: Callable[[dict[str, Any]], dict[str, Any]],
    progress: Progress,
) -> dict[str, Any]:
    """The model as it is written, with its report; `kept` is unknown to the honest training,
    whose model is given to `measured`, and `spared`, claims that are not to be waved away, are
    learnt by none."""
    blind: dict[str, Any] = {}
    full: dict[str, Any] = {}
    held: Predictions = {}
    for part, (setting, ways) in PARTS.items():
        blind[part] = calibrated(fit(seen, setting), out_of_fold(seen, setting, ways))
        everything = [*seen, *kept]
        folds = out_of_fold(everything, setting, ways)
        honest = predicted(blind[part], kept, ways)
        full[part] = calibrated(fit(everything, setting), folds, honest, spared)
        held |= {way: tempered(found, full[part]["temperature"]) for way, found in folds.items()}
        progress(f"trained {part.replace('_', ' ')}")
    report = {
        "honest": {"how": f"Trained without {OWN}, measured on all of it."}
        | measured(document(blind)),
        "out_of_fold": {
            "how": f"Trained on everything in {FOLDS} folds, measured on {OWN}.",
            "ways": held_out(held, full, {one.statement.group for one in kept}),
        },
        "out_of_fold_written": {
            "how": f"Trained on everything in {FOLDS} folds, measured on what was written for it.",
            "ways": held_out(held, full, {one.statement.group for one in seen}),
            "claims": held_out_claims(held, full),
        },
    }
    return document(full) | {"report": report}


def embedding(cache: Path, progress: Progress) -> Vectors:
    """Embeds as the product does, and keeps the vectors for the next training."""
    embedder = load_embedder("int8", cache_dir=cache)
    return Vectors(embedder, cache, lambda done: progress(f"{done} texts embedded"))


def learnt(vectors: Vectors) -> list[Example]:
    """What every training sees: the statements written for it, and the messages of the pairs."""
    return [*examples(written(), vectors, 1.0), *examples(from_pairs(), vectors, PAIR_WEIGHT)]


def fit(every: Sequence[Example], setting: Setting) -> dict[str, Any]:
    """Weights fitted on the examples, not yet calibrated."""
    table = tabulate(every, setting)
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    model.fit(table.rows, table.types, sample_weight=table.weights)
    order = [list(model.classes_).index(type_.value) for type_ in TYPES]
    return coefficients(table, model.coef_[order], model.intercept_[order], setting) | {
        "temperature": 1.0, "thresholds": {"fact": 0.0, "other": 0.0},
    }  # fmt: skip


def out_of_fold(every: Sequence[Example], setting: Setting, ways: Sequence[str]) -> Predictions:
    """What models say of the statements and messages that they did not see."""
    found: Predictions = {way: [] for way in ways}
    groups = [one.statement.group for one in every]
    for seen, kept in GroupKFold(FOLDS).split(groups, groups=groups):
        weights = fit([every[number] for number in seen], setting)
        asked = [every[number] for number in kept]
        for way, predictions in predicted(weights, asked, ways).items():
            found[way] += predictions
    return found


def predicted(
    data: Mapping[str, Any], every: Sequence[Example], ways: Sequence[str]
) -> Predictions:
    """What weights say of statements."""
    weights = Weights(data, with_meaning="meaning" in data)
    return {
        way: [
            Prediction(
                one.statement, weights.probabilities(one.features, one.views[way]), one.certain
            )
            for one in every
        ]
        for way in ways
    }


def calibrated(
    data: dict[str, Any],
    folds: Predictions,
    honest: Mapping[str, Sequence[Prediction]] = MappingProxyType({}),
    spared: Sequence[Example] = (),
) -> dict[str, Any]:
    """The weights with their temperature, and with thresholds that keep the promised precision
    out of fold and on the honest predictions, and that wave away no more claims than promised, out
    of fold and of those to be `spared`."""
    temperature = _temperature([one for found in folds.values() for one in found if one.certain])
    warm = data | {"temperature": temperature}
    every = [tempered(found, temperature) for found in folds.values()]
    certain = [[one for one in found if one.certain] for found in every] + list(honest.values())
    passing = [*map(claims, every), *predicted(warm, spared, list(folds)).values()]
    fact = max(threshold(found, FACT_PRECISION, fact=True) for found in certain)
    other = max(threshold(found, OTHER_PRECISION, fact=False) for found in certain)
    least = max(threshold_sparing(found, MOST_WAVED_AWAY) for found in passing)
    return warm | {"thresholds": {"fact": fact, "other": max(other, least)}}


def claims(predictions: Sequence[Prediction]) -> list[Prediction]:
    """Those on messages that pass on a claim."""
    return [
        one for one in predictions if not one.certain and one.statement.type is StatementType.FACT
    ]


def _temperature(predictions: Sequence[Prediction]) -> float:
    """The temperature with the least log loss."""
    logs = np.log(np.array([one.shares for one in predictions]) + 1e-12)
    true = np.array([TYPES.index(one.statement.type) for one in predictions])
    losses = []
    for temperature in _TEMPERATURES:
        scaled = logs / temperature
        losses.append(
            float(np.mean(np.logaddexp.reduce(scaled, 1) - scaled[range(len(true)), true]))
        )
    return round(float(_TEMPERATURES[int(np.argmin(losses))]), 3)


def tempered(predictions: Sequence[Prediction], temperature: float) -> list[Prediction]:
    """The predictions at another temperature than 1."""
    changed = []
    for one in predictions:
        powers = np.power(one.shares, 1 / temperature)
        changed.append(replace(one, shares=powers / powers.sum()))
    return changed


def threshold(predictions: Sequence[Prediction], precision: float, *, fact: bool) -> float:
    """The least probability from which those called a fact (or any other type) are right often
    enough; 1 when they never are."""
    called = [
        (float(one.shares.max()), TYPES[int(one.shares.argmax())] is one.statement.type)
        for one in predictions
        if (TYPES[int(one.shares.argmax())] is StatementType.FACT) is fact
    ]
    called.sort(reverse=True)
    least, right = 1.0, 0
    for count, (probability, is_right) in enumerate(called, start=1):
        right += is_right
        if right >= precision * count:
            least = probability
    return float(np.floor(least * 1000) / 1000)


def threshold_sparing(facts: Sequence[Prediction], share: float) -> float:
    """The least probability from which at most this share of facts is called anything else."""
    called = sorted(
        (
            float(one.shares.max())
            for one in facts
            if TYPES[int(one.shares.argmax())] is not StatementType.FACT
        ),
        reverse=True,
    )
    allowed = int(share * len(facts))
    if len(called) <= allowed:
        return 0.0
    return round(float(np.floor(called[allowed] * 1000) + 1) / 1000, 3)


def held_out(
    held: Predictions, full: Mapping[str, Any], groups: AbstractSet[str]
) -> dict[str, Any]:
    """The figures of predictions out of fold on the statements of these groups."""
    figures = {}
    for way, every in held.items():
        chosen = [one for one in every if one.certain and one.statement.group in groups]
        figures[way] = grouped([one.statement for one in chosen], decided(chosen, way, full))
    return figures


def held_out_claims(held: Predictions, full: Mapping[str, Any]) -> dict[str, Any]:
    """What becomes, out of fold, of the pairs' messages that pass on a claim."""
    return {way: waved_away(decided(claims(every), way, full)) for way, every in held.items()}


def decided(predictions: Sequence[Prediction], way: str, full: Mapping[str, Any]) -> list[Judged]:
    """The judgements at the thresholds of the weights that are measured this way."""
    limits = next(full[part]["thresholds"] for part, (_, ways) in PARTS.items() if way in ways)
    return [named(one.shares, limits["fact"], limits["other"]) for one in predictions]


def document(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The file without its report."""
    return {
        "format": FORMAT,
        "trained_on": LICENCES,
        "trained_at": dt.datetime.now(dt.UTC).date().isoformat(),
        "reads": f"the first {MAX_CHARACTERS} characters; weights of terms in hundredths",
        "types": [type_.value for type_ in TYPES],
        "shape": list(SHAPE),
        **parts,
    }


def as_lines(model: Mapping[str, Any]) -> str:
    """The file as text, with one term a line, so that a change can be read."""

    def written(value: Any, depth: int) -> str:
        if isinstance(value, dict) and (depth < 2 or len(value) > len(TYPES)):
            items = (f"{_json(key)}:{written(value[key], depth + 1)}" for key in value)
            return "{\n" + ",\n".join(items) + "\n}"
        return _json(value)

    return written(dict(model), 0) + "\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def ablate(data: Path, cache: Path, progress: Progress) -> None:
    """Say what each part is worth on the set that the honest training does not see."""
    folder = find_statements(data)[OWN]
    vectors = embedding(cache, progress)
    seen = learnt(vectors)
    trials = {name: (setting, seen) for name, setting in ABLATIONS.items()}
    trials["without the pairs"] = (Setting(), [one for one in seen if one.certain])
    for name, (setting, every) in trials.items():
        weights = fit(every, setting)
        whole = {"with_meaning": weights | {"meaning": weights.get("meaning", _NO_MEANING)},
                 "without_meaning": weights}  # fmt: skip
        found = measure(model_from(document(whole)), folder, vectors)
        way = RESTORED if setting.meaning else WORDS
        typed = found["ways"][TYPED if setting.meaning else WORDS]["macro_f1"]
        progress(
            f"{name}: macro F1 {found['ways'][way]['macro_f1']}, as typed {typed},"
            f" claims taken for something else {found['claims'][way]['called_otherwise']}"
        )


_NO_MEANING: Final = np.zeros((len(TYPES), 384)).tolist()


if __name__ == "__main__":
    main()
