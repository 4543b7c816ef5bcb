"""The set that no model learnt from stays such, and stays in the form that is measured."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import evaluation
from evaluation.matching_data import Relations, read_data, rows
from evaluation.matching_examples import PAIRS

UNSEEN = Path(evaluation.__file__).parent / "unseen"
LEARNT_FROM = ("pairs", "statement-types", "handles", "diacritics")


def _unseen() -> Relations:
    data = read_data(UNSEEN)
    assert isinstance(data, Relations)
    return data


def test_no_text_of_it_is_learnt_from():
    learnt = "\n".join(
        path.read_text("utf-8")
        for folder in LEARNT_FROM
        for path in sorted((PAIRS.parent / folder).rglob("*"))
        if path.is_file()
    )
    data = _unseen()
    texts = [check.claim for check in data.checks] + [message.text for message in data.messages]
    assert [text for text in texts if text in learnt] == []


def test_every_message_stands_to_a_check_of_the_set():
    data = _unseen()
    known = {check.id for check in data.checks}
    assert len(known) == len(data.checks)
    assert {message.check for message in data.messages} == known
    texts = Counter(message.text for message in data.messages)
    assert max(texts.values()) == 1


def test_every_check_has_messages_that_say_the_same_and_some_that_do_not():
    relations: dict[str, set[str]] = {}
    for row in rows(UNSEEN / "messages.jsonl"):
        relations.setdefault(row["check"], set()).add(row["relation"])
    assert all("same" in each and len(each) > 1 for each in relations.values())
    assert set().union(*relations.values()) == {
        "same", "opposite", "number", "entity", "denial", "related", "opinion",
    }  # fmt: skip
