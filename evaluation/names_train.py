"""Train the lookalike model and report how it does on brands that it has not seen.

    python -m evaluation.names_train --register REGISTER.csv --names NAMES.csv
        [--accounts DIR] [--leave-out SOURCE] [--write src/soi/core/lookalike/model.json]

Folds are split by brand: a candidate is scored by weights learnt without any name of its brand,
benign names' candidates for that brand included, and with only those lures, technical words and
partners that names of the training brands bear out.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.names_data import LabelledName, read_names, read_register
from evaluation.names_drawn import drawn_imitations
from evaluation.names_learn import NO_LISTS, Example, Part, attested_lists, examples_of, learn
from evaluation.names_metrics import (
    NO_FINDING,
    at_threshold,
    best_f1,
    operating_points,
    recall_at_false_alarms,
)
from soi.core.lookalike.model import CHANCE_CEILING, Model

FOLDS = 5
READER_PRECISION = 0.9
WATCH_PRECISION = 0.75
OTHER_DEALS = (1, 2)
"""How the brands fall into folds moves the figures by more than most changes do."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The best finding in a name: its score and the brand; "" and `NO_FINDING` without one."""

    score: float = NO_FINDING
    brand: str = ""


def folds_by_brand(brands: Sequence[str], count: int = FOLDS) -> dict[str, int]:
    """A fold for every brand: dealt in the order given, so that the largest are spread."""
    return {brand: i % count for i, brand in enumerate(brands)}


def taught_by(part: Part, leave_out: str) -> Part:
    """The names that may teach: without those of one source, with misspelt twins of the rest."""
    names = [name for name in part.names if not leave_out or name.source != leave_out]
    return Part(part.brands, [*names, *drawn_imitations(part.brands, names)])


def cross_validate(
    parts: Sequence[Part], *, leave_out: str = "", deal: int = 0
) -> list[list[Guess]]:
    """One guess for every name of every part, from weights and lists that have not seen the brand
    it is held to. Names from the source `leave_out` are scored, but teach nothing; another `deal`
    puts other brands together.
    """
    teachers = [taught_by(part, leave_out) for part in parts]
    touching, taught = (_with_a_candidate(all_of_it) for all_of_it in (parts, teachers))
    folds = _deal(parts, touching, deal)
    guesses = [[Guess()] * len(part.names) for part in parts]
    for fold in range(FOLDS):
        known = {brand for brand, dealt in folds.items() if dealt != fold}
        lists = attested_lists(
            [t.names[i] for t, some in zip(teachers, taught, strict=True) for i in some
             if some[i] & known]
        )  # fmt: skip
        lessons = _examples_at(teachers, taught, lists)
        model = learn([example for example in lessons if example.brand in known])
        for example in _examples_at(parts, touching, lists):
            if example.brand not in known:
                _improve(guesses[example.part], example, model)
    return guesses


def _improve(guesses: list[Guess], example: Example, model: Model) -> None:
    score = model.probability(example.features)
    if score > guesses[example.name].score:
        guesses[example.name] = Guess(score, example.brand)


_Touching = dict[int, frozenset[str]]
"""By place of a name, the brands that anything in it could stand for."""


def _with_a_candidate(parts: Sequence[Part]) -> list[_Touching]:
    """For each part the names in which anything is found; no list is used."""
    found: list[dict[int, set[str]]] = [defaultdict(set) for _ in parts]
    for example in examples_of(parts, NO_LISTS):
        found[example.part][example.name].add(example.brand)
    return [{i: frozenset(brands) for i, brands in sorted(some.items())} for some in found]


def _deal(parts: Sequence[Part], touching: Sequence[_Touching], deal: int) -> dict[str, int]:
    """Folds of the brands of each part, the largest first, so that every fold has some of each."""
    chance = random.Random(deal)  # noqa: S311  repeatable folds, not a secret
    folds: dict[str, int] = {}
    for part, some in zip(parts, touching, strict=True):
        sizes = Counter(brand for brands in some.values() for brand in brands)
        ids = sorted((brand.id for brand in part.brands), key=lambda b: (-sizes[b], b))
        rounds = [ids[i : i + FOLDS] for i in range(0, len(ids), FOLDS)]
        for some_brands in rounds if deal else ():
            chance.shuffle(some_brands)
        folds |= folds_by_brand([brand for some_brands in rounds for brand in some_brands])
    return folds


def _examples_at(parts: Sequence[Part], touching: Sequence[_Touching], lists: Any) -> list[Example]:
    """The examples of names known to have any, with their places in the whole part."""
    places = [list(some) for some in touching]
    cut = [
        Part(part.brands, [part.names[i] for i in some])
        for part, some in zip(parts, places, strict=True)
    ]
    return [
        Example(e.part, places[e.part][e.name], e.brand, e.features, e.is_imitation, e.weight)
        for e in examples_of(cut, lists)
    ]


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


def _short(guesses: Sequence[Guess], names: Sequence[LabelledName]) -> dict[str, float]:
    scores, labels = [guess.score for guess in guesses], [name.imitates for name in names]
    return {
        "best_f1": best_f1(scores, labels).f1,
        "recall_at_1_in_1000": recall_at_false_alarms(scores, labels, 1e-3),
        "recall_at_1_in_10000": recall_at_false_alarms(scores, labels, 1e-4),
    }


def train(
    hosts: Part, accounts: Part | None = None, *, data: Sequence[str], leave_out: str
) -> dict[str, Any]:
    """The model file: weights from all brands, thresholds and report from cross-validation.

    The thresholds are those that suit hosts.
    """
    parts = [hosts, accounts] if accounts else [hosts]
    guesses = cross_validate(parts, leave_out=leave_out)
    reader, watch = choose_thresholds(
        [guess.score for guess in guesses[0]], [name.imitates for name in hosts.names]
    )
    taught = [taught_by(part, leave_out) for part in parts]
    model = learn(examples_of(taught))
    report = {
        "protocol": f"{FOLDS} folds split by brand, lists as the training brands bear out",
        **figures(guesses[0], hosts.names, reader, watch),
    }
    report["other_deals"] = [
        _short(cross_validate([hosts], leave_out=leave_out, deal=deal)[0], hosts.names)
        for deal in OTHER_DEALS
    ]
    if accounts:
        report["accounts"] = figures(guesses[1], accounts.names, reader, watch)
    return {
        "what": "logistic regression over the features of soi.core.lookalike.features",
        "trained_on": {
            "files": list(data),
            "left_out_source": leave_out,
            **_sizes(taught),
            "note": "No host of the data is shipped; the weights are figures learnt from it.",
        },
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "report": report,
        "thresholds": {"reader": round(reader, 4), "watch": round(watch, 4)},
        "intercept": round(model.intercept, 4),
        "weights": {name: round(weight, 4) for name, weight in sorted(model.weights.items())},
    }


def _sizes(taught: Sequence[Part]) -> dict[str, int]:
    names = taught[0].names
    drawn = sum(name.source == "drawn" for name in names)
    return {
        "imitations": sum(name.imitates for name in names) - drawn,
        "drawn": drawn,
        "benign": sum(not name.imitates for name in names),
        "accounts": sum(len(part.names) for part in taught[1:]),
    }


def main() -> None:
    """The command line; prints the cross-validated figures as JSON."""
    parser = argparse.ArgumentParser(description="Train the lookalike model.")
    parser.add_argument("--register", type=Path, required=True)
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--accounts", type=Path, help="a folder with register.csv and handles.csv")
    parser.add_argument("--leave-out", default="", help="a source whose names must not teach")
    parser.add_argument("--write", type=Path, help="the model file to write")
    options = parser.parse_args()
    files = [options.register, options.names]
    accounts = None
    if options.accounts:
        files += [options.accounts / "register.csv", options.accounts / "handles.csv"]
        accounts = Part(read_register(files[2]), read_names(files[3]))
    stored = train(
        Part(read_register(options.register), read_names(options.names)),
        accounts,
        data=[f"{path.parent.name}/{path.name}" for path in files],
        leave_out=options.leave_out,
    )
    print(json.dumps(stored["report"], indent=1))
    if options.write:
        options.write.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
