"""The weights of the statement types: read from `model.json`, evaluated with numpy.

In: features and, where there is one, the vector of meaning. Out: a probability of each type. The
file names its terms, thresholds, calibration, training data with licences, and the figures it
reached; `evaluation.statements_train` writes it. Nothing here reads a text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from soi.core.checkable.features import SHAPE, Features
from soi.core.checkable.types import StatementType
from soi.core.meaning import Vector

Array = NDArray[np.float64]

FORMAT: Final = 1
DIMENSIONS: Final = 384
TERM_UNIT: Final = 0.01
"""Weights of terms are written as whole hundredths."""


class ModelError(Exception):
    """The model file does not fit this code; the message says how."""


class Weights:
    """Multinomial logistic regression, its log-odds divided by a temperature.

    A term counts 1 over the root of the number of known terms in the statement, so that a long
    statement does not speak louder. Guo et al., "On calibration of modern neural networks" (2017):
    one temperature for all types, fitted on predictions out of fold.

    `fact_threshold` and `other_threshold` are the least probabilities at which a fact, or any
    other type, is named.
    """

    def __init__(self, data: Mapping[str, Any], *, with_meaning: bool) -> None:
        types = len(StatementType)
        self._row = {term: row for row, term in enumerate(data["terms"])}
        if any(len(row) != types for row in data["terms"].values()):
            raise ModelError("a term of model.json has not one weight for each type")
        self._terms = np.array([*data["terms"].values(), [0] * types], np.float64) * TERM_UNIT
        self._shape = np.array(data["shape"], np.float64)
        self._bias = np.array(data["bias"], np.float64)
        self._meaning = np.array(data["meaning"], np.float64) if with_meaning else None
        self._temperature = float(data["temperature"])
        self.fact_threshold = float(data["thresholds"]["fact"])
        self.other_threshold = float(data["thresholds"]["other"])
        fits = (
            self._shape.shape == (types, len(SHAPE))
            and self._bias.shape == (types,)
            and (self._meaning is None or self._meaning.shape == (types, DIMENSIONS))
        )
        if not fits or self._temperature <= 0:
            raise ModelError("the weights of model.json do not fit the types and features")

    def probabilities(self, features: Features, vector: Vector | None) -> Array:
        """The calibrated probability of each type, in the order of `StatementType`."""
        odds = self._bias + self._shape @ np.array(features.shape)
        known = [row for term in features.terms if (row := self._row.get(term)) is not None]
        if known:
            odds = odds + self._terms[sorted(known)].sum(axis=0) / np.sqrt(len(known))
        if self._meaning is not None and vector is not None:
            odds = odds + self._meaning @ vector.astype(np.float64)
        powers = np.exp((odds - odds.max()) / self._temperature)
        shares: Array = powers / powers.sum()
        return shares


@dataclass(frozen=True, slots=True)
class Model:
    """What the judge weighs with."""

    with_meaning: Weights
    without_meaning: Weights


@lru_cache(maxsize=1)
def load_model() -> Model:
    """The model in the package. Raises `ModelError` when it was trained for other features."""
    return model_from(read_model())


def read_model() -> dict[str, Any]:
    """The parsed model file, with what it says of its training."""
    text = files("soi.core.checkable").joinpath("model.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def model_from(data: Mapping[str, Any]) -> Model:
    """The model in a parsed file. Raises `ModelError` when it was trained for other features."""
    written = (data["format"], tuple(data["types"]), tuple(data["shape"]))
    if written != (FORMAT, tuple(StatementType), SHAPE):
        raise ModelError("model.json was trained for other types or features: train it again")
    return Model(
        Weights(data["with_meaning"], with_meaning=True),
        Weights(data["without_meaning"], with_meaning=False),
    )
