"""What is known of a message and one check says how it stands to that check's relatives."""

from __future__ import annotations

import json

import pytest

from evaluation.matching_examples import COUPLES, PAIRS, implied, read_couples

COUPLED = {"a": {"twin": "same", "rival": "opposite"}}


def test_who_says_the_same_stands_to_others_as_the_claim_does():
    assert implied("a", "same", COUPLED) == ({"a": "same", "twin": "same", "rival": "opposite"}, ())


def test_what_stands_apart_from_a_claim_stands_alike_to_its_twin_and_openly_to_others():
    relations, unknown = implied("a", "other_number", COUPLED)

    assert relations == {"a": "other_number", "twin": "other_number"}
    assert unknown == ("rival",)


def test_a_check_without_relatives_stands_alone():
    assert implied("b", "denial", COUPLED) == ({"b": "denial"}, ())


def test_every_couple_names_checks_that_are_there():
    lines = {path.stem: path.read_text("utf-8").splitlines() for path in PAIRS.glob("*.jsonl")}

    for check, others in read_couples().items():
        assert check not in others
        name, _, number = check.rpartition("-")
        if name:
            assert json.loads(lines[name][int(number)])["claim"]


@pytest.mark.parametrize("line", COUPLES.read_text("utf-8").splitlines())
def test_a_couple_has_a_relation_that_training_knows(line: str):
    known = {"same", "opposite", "other_number", "other_name", "near"}

    assert json.loads(line)["relation"] in known
