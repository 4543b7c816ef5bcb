"""The weights of the judge: read from `model.json`, evaluated with numpy.

In: feature vectors. Out: probabilities. The file names its features, thresholds, calibration, the
data it was trained on and the figures it reached; `evaluation.matching_train` writes it. Nothing
here computes a feature.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from soi.core.matching.alignment import ALIGNED
from soi.core.matching.features import NAMES, RankEvidence

Array = NDArray[np.float64]

FORMAT: Final = 2


class ModelError(Exception):
    """The model file does not fit this code; the message says how."""


class Forest:
    """Boosted regression trees whose sum is a log-odds, then calibrated by Platt's method.

    Platt, "Probabilistic outputs for support vector machines" (1999): the log-odds times a slope
    plus an offset, both fitted on out-of-fold predictions.
    """

    def __init__(self, data: Mapping[str, Any], width: int) -> None:
        trees: Sequence[Mapping[str, Any]] = data["trees"]
        sizes = [len(tree["feature"]) for tree in trees]
        self._roots = np.cumsum([0, *sizes[:-1]])
        feature = np.array([node for tree in trees for node in tree["feature"]])
        leaf = feature < 0
        child = [
            np.repeat(self._roots, sizes) + [node for tree in trees for node in tree[side]]
            for side in ("left", "right")
        ]
        # A leaf leads to itself, so that all trees are walked to the same depth.
        here = np.arange(len(feature))
        self._child = np.where(leaf, here, child).T.ravel()
        self._feature = np.where(leaf, 0, feature)
        self._threshold = np.array([value for tree in trees for value in tree["threshold"]])
        self._value = np.array([value for tree in trees for value in tree["value"]])
        if feature.max() >= width or self._child.max() >= len(feature):
            raise ModelError("a tree points outside of its features or nodes")
        self._depth = int(data["depth"])
        self._start = float(data["start"])
        self._slope = float(data["slope"])
        self._offset = float(data["offset"])

    def probability(self, features: Array) -> Array:
        """The calibrated probability of each row of features."""
        flat = features.ravel()
        rows = np.arange(len(features))[:, None] * features.shape[1]
        at = np.broadcast_to(self._roots, (len(features), len(self._roots)))
        for _ in range(self._depth):
            right = flat.take(rows + self._feature.take(at)) > self._threshold.take(at)
            at = self._child.take(2 * at + right)
        odds = self._start + self._value.take(at).sum(axis=1)
        calibrated: Array = 1 / (1 + np.exp(-(self._slope * odds + self._offset)))
        return calibrated


class Logistic:
    """A multinomial logistic model over standardised features."""

    def __init__(self, data: Mapping[str, Any], width: int) -> None:
        self.classes: tuple[str, ...] = tuple(data["classes"])
        self._weights = np.array(data["weights"], np.float64)
        self._bias = np.array(data["bias"], np.float64)
        self._mean = np.array(data["mean"], np.float64)
        self._scale = np.array(data["scale"], np.float64)
        if self._weights.shape != (len(self.classes), width) or len(self._mean) != width:
            raise ModelError("the relation model does not fit its features")

    def odds(self, features: Array) -> Array:
        """The unnormalised log-odds of each class, one row for each row of features."""
        scaled = (features - self._mean) / self._scale
        odds: Array = scaled @ self._weights.T + self._bias
        return odds


@dataclass(frozen=True, slots=True)
class Model:
    """What the judge weighs with."""

    rank: RankEvidence
    """Weights of the rank evidence in the order of candidates."""
    rank_matter: float
    """How much the probability of being about the same matter moves a candidate."""
    rank_same: float
    """How much the log-odds of being the same claim move it."""
    same: Forest
    closer: Forest
    """What `same` says at the first look, this says after the closer one."""
    matter: Forest
    relation: Logistic
    centre: NDArray[np.float32]
    """The mean state of words, which says nothing of any one of them."""
    same_threshold: float
    closer_threshold: float
    near_threshold: float


@lru_cache(maxsize=1)
def load_model() -> Model:
    """The model in the package. Raises `ModelError` when it was trained for other features."""
    text = files("soi.core.matching").joinpath("model.json").read_text("utf-8")
    return model_from(json.loads(text))


def model_from(data: Mapping[str, Any]) -> Model:
    """The model in a parsed file. Raises `ModelError` when it was trained for other features."""
    names = (tuple(data["features"]), tuple(data["aligned"]))
    if data["format"] != FORMAT or names != (NAMES, ALIGNED):
        raise ModelError("model.json was trained for other features: train it again")
    return Model(
        rank=(
            float(data["rank"]["cosine"]),
            float(data["rank"]["words"]),
            float(data["rank"]["covered"]),
            float(data["rank"]["grams"]),
        ),
        rank_matter=float(data["rank"]["matter"]),
        rank_same=float(data["rank"]["same"]),
        same=Forest(data["same"], len(NAMES)),
        closer=Forest(data["closer"], len(NAMES) + len(ALIGNED)),
        matter=Forest(data["matter"], len(NAMES)),
        relation=Logistic(data["relation"], len(NAMES)),
        centre=np.array(data["centre"], np.float32),
        same_threshold=float(data["thresholds"]["same"]),
        closer_threshold=float(data["thresholds"]["closer"]),
        near_threshold=float(data["thresholds"]["near"]),
    )
