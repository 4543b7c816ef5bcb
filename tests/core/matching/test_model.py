"""The model file is checked before it is believed."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from soi.core.matching.features import NAMES
from soi.core.matching.model import Forest, ModelError, load_model, model_from


def shipped() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(
        files("soi.core.matching").joinpath("model.json").read_text("utf-8")
    )
    return data


STUMP = {
    "start": 0.0, "depth": 2, "slope": 1.0, "offset": 0.0,
    "trees": [
        {"feature": [1, -1, -1], "threshold": [0.5, 0, 0], "left": [1, 0, 0], "right": [2, 0, 0],
         "value": [0, -2.0, 2.0]},
        {"feature": [-1], "threshold": [0], "left": [0], "right": [0], "value": [1.0]},
    ],
}  # fmt: skip


def test_a_forest_adds_up_its_trees() -> None:
    probability = Forest(STUMP, 2).probability(np.array([[9.0, 0.5], [0.0, 0.6]]))
    assert probability == pytest.approx([1 / (1 + np.exp(1)), 1 / (1 + np.exp(-3))])


def test_calibration_bends_the_odds() -> None:
    bent = Forest(STUMP | {"slope": 0.0, "offset": 0.0}, 2)
    assert bent.probability(np.zeros((1, 2))) == pytest.approx([0.5])


def test_a_tree_that_points_outside_is_refused() -> None:
    with pytest.raises(ModelError):
        Forest(STUMP, 1)


def test_a_model_for_other_features_is_refused() -> None:
    with pytest.raises(ModelError, match="train it again"):
        model_from(shipped() | {"features": list(NAMES)[1:]})


def test_the_shipped_model_says_what_it_was_trained_on_and_how_good_it_is() -> None:
    data = shipped()
    assert set(data["trained_on"].values()) <= {"CC0-1.0", "CC BY-SA 4.0", "Apache-2.0"}
    assert data["report"]["at_shipped_threshold"]["precision"] >= 0.94
    assert load_model().same_threshold == data["thresholds"]["same"]


def test_more_agreement_never_lowers_the_probability() -> None:
    model = load_model()
    row = np.zeros((1, len(NAMES)))
    row[0, NAMES.index("cosine")] = 0.9
    more = row.copy()
    more[0, NAMES.index("claim_covered")] = 1.0
    conflict = row.copy()
    conflict[0, NAMES.index("numbers_conflict")] = 2.0
    plain, agreeing, disputed = (
        float(model.same.probability(each)[0]) for each in (row, more, conflict)
    )
    assert disputed <= plain <= agreeing


def test_the_model_stays_small() -> None:
    assert len(files("soi.core.matching").joinpath("model.json").read_bytes()) < 500_000
