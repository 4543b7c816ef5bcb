"""The measures of matching do what their names say."""

from __future__ import annotations

import pytest

from evaluation.matching_metrics import (
    Answer,
    average_precision,
    quality,
    ranking,
    threshold_for,
    uncovered_weight,
)


def answer(
    probability: float, relation: str = "same", kind: str = "same", *, covered: bool = True
) -> Answer:
    return Answer(probability, relation, kind, "sms", covered)


def test_average_precision_counts_places_and_misses() -> None:
    assert average_precision(["a", "x", "b"], frozenset("ab")) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(["x"] * 5 + ["a"], frozenset("a")) == 0.0
    many = frozenset("abcdefg")
    assert average_precision(list("abcde"), many) == 1.0


def test_a_ranking_is_averaged_over_its_queries() -> None:
    figures = ranking([(["a", "b"], frozenset("a")), (["x", "b"], frozenset("b"))])
    assert figures.success1 == 0.5
    assert figures.mrr == 0.75
    assert figures.recall50 == 1.0


def test_uncovered_messages_weigh_as_much_as_covered_ones() -> None:
    answers = [answer(0.9), answer(0.9)] + [answer(0.1, "none", "none", covered=False)] * 8
    assert uncovered_weight(answers) == 0.25


def test_quality_counts_wrong_answers_by_their_weight() -> None:
    answers = [
        answer(0.9),
        answer(0.2),
        answer(0.8, "other_number", "number"),
        answer(0.9, "none", "none", covered=False),
    ]
    figures = quality(answers, 0.5)
    assert figures.precision == pytest.approx(1 / (1 + 1 + 3))
    assert figures.recall == 0.5
    assert figures.served_as_same == {"number": 1.0}
    assert figures.uncovered_served == 1.0
    assert figures.recall_by_register == {"sms": 0.5}


def test_nothing_served_has_no_precision() -> None:
    assert quality([answer(0.2)], 0.5).precision == 0.0


def test_the_threshold_is_the_least_that_is_precise_enough() -> None:
    right = [answer(1 - n / 100) for n in range(30)]
    wrong = [answer(0.5, "near", "related")] * 10
    assert threshold_for([*right, *wrong], 0.95) == pytest.approx(0.71)
    assert threshold_for([*right, *wrong], 0.75) == 0.5


def test_a_few_right_answers_prove_nothing() -> None:
    assert threshold_for([answer(0.9)] * 19, 0.95) > 1


def test_no_kind_of_near_miss_hides_behind_the_precision_of_all() -> None:
    right = [answer(1 - n / 1000) for n in range(200)]
    opposites = [answer(0.85, "opposite", "opposite"), *[answer(0.1, "none", "opposite")] * 4]
    assert threshold_for([*right, *opposites], 0.99) == pytest.approx(0.801)
    assert threshold_for([*right, *opposites], 0.99, confusion=0.2) == pytest.approx(0.801)
    assert threshold_for([*right, *opposites], 0.99, confusion=0.1) == pytest.approx(0.851)


def test_another_check_served_to_a_near_miss_is_no_confusion_with_its_own() -> None:
    right = [answer(1 - n / 1000) for n in range(200)]
    astray = [answer(0.85, "none", "opposite")]
    assert threshold_for([*right, *astray], 0.95, confusion=0.0) == pytest.approx(0.801)
