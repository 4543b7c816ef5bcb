"""The weights of the lookalike score and its two thresholds, read from `model.json`.

In: named features. Out: the probability that the name imitates, under the mix of imitations and
benign names it was trained on. The file is a plain logistic regression that a person can read:
every weight has a name. It is written by `python -m evaluation.names_train`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from soi.core.lookalike.features import CHANCE

CHANCE_CEILING = 0.25
"""The highest probability of a short name inside words (see `features.CHANCE`)."""


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression. `reader`: tell the reader from here; `watch`: show a desk member."""

    weights: Mapping[str, float]
    intercept: float
    reader: float
    watch: float

    def probability(self, features: Mapping[str, float]) -> float:
        """The probability for one candidate; unknown features count nothing.

        Short names with letters on both sides stay at or below `CHANCE_CEILING` whatever else
        speaks against them, and no reader is told.
        """
        total = self.intercept + sum(
            self.weights.get(name, 0.0) * value for name, value in features.items()
        )
        probability = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
        return min(probability, CHANCE_CEILING) if features.get(CHANCE) else probability


def model_from(stored: Mapping[str, Any]) -> Model:
    """A model from its JSON form.

    Raises `ValueError` unless 0 < watch <= reader < 1 and `CHANCE_CEILING` < reader.
    """
    weights = {name: float(weight) for name, weight in stored["weights"].items()}
    reader, watch = float(stored["thresholds"]["reader"]), float(stored["thresholds"]["watch"])
    if not 0.0 < watch <= reader < 1.0 or reader <= CHANCE_CEILING:
        raise ValueError(
            f"thresholds must satisfy 0 < watch <= reader and {CHANCE_CEILING} < reader"
        )
    return Model(weights, float(stored["intercept"]), reader, watch)


@cache
def shipped_model() -> Model:
    """The model inside the package."""
    path = files("soi.core.lookalike").joinpath("model.json")
    return model_from(json.loads(path.read_text("utf-8")))
