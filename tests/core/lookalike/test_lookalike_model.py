"""The weights inside the package and what a model file must satisfy."""

import json
from importlib.resources import files

import pytest

from soi.core.lookalike.features import CHANCE
from soi.core.lookalike.model import Model, model_from, shipped_model


def test_the_shipped_model_says_what_it_was_trained_on() -> None:
    stored = json.loads(files("soi.core.lookalike").joinpath("model.json").read_text("utf-8"))
    assert stored["trained_on"]["files"]
    assert stored["date"]
    assert stored["report"]["protocol"]
    assert 0 < shipped_model().watch <= shipped_model().reader < 1


def test_thresholds_out_of_order_are_refused() -> None:
    stored = {"weights": {}, "intercept": 0, "thresholds": {"reader": 0.2, "watch": 0.4}}
    with pytest.raises(ValueError, match="thresholds"):
        model_from(stored)


def test_features_without_a_weight_count_nothing() -> None:
    model = Model({"known": 2.0}, -1.0, 0.5, 0.5)
    assert model.probability({"unknown": 9.0}) == model.probability({})
    assert model.probability({"known": 1.0}) > model.probability({})


def test_a_short_name_inside_words_never_reaches_the_reader() -> None:
    certain = Model({"x": 50.0}, 0.0, shipped_model().reader, 0.1)
    assert certain.probability({"x": 1.0, CHANCE: 1.0}) < shipped_model().reader


def test_extreme_weights_stay_probabilities() -> None:
    assert 0.0 < Model({"x": -1e9}, 0.0, 0.5, 0.5).probability({"x": 1.0}) < 1.0
    assert 0.0 < Model({"x": 1e9}, 0.0, 0.5, 0.5).probability({"x": 1.0}) < 1.0
