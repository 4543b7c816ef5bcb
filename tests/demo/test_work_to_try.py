"""The demonstration's desk has tips to check and sources to check them on."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from soi import demo as demonstration
from soi.captures import queries as captures
from soi.cli.program import soi
from soi.intake import queries as tips
from soi.watch import queries as watch
from soi.watch.types import State

pytestmark = pytest.mark.django_db


def test_there_are_tips_and_sources_that_can_be_quoted() -> None:
    given = demonstration.load_work()
    assert len(tips.tips()[:100]) == given.tips > 5
    kept = captures.captures()[:100]
    assert len(kept) == given.sources > 3
    assert all(row.problem == "" and row.has_text and row.publisher for row in kept)


def test_each_source_gives_the_words_that_a_checker_will_quote() -> None:
    demonstration.load_work()
    texts = [captures.text_of(row.id) for row in captures.captures()[:100]]
    assert sum("3.000 đồng một lượt" in text for text in texts) == 2
    assert sum("khu A" in text for text in texts) == 2


def test_names_imitate_its_organisations_and_most_are_confirmed() -> None:
    demonstration.load()
    given = demonstration.load_work()
    everything = watch.lookalikes(states=list(State))[:100]
    assert len(everything) == given.names
    confirmed = watch.confirmed_names(limit=100, on=timezone.localdate())
    assert len(confirmed) > 8
    assert len(watch.lookalikes()[:100]) > 2
    assert Client().get("/en/practice/").content.decode().count("<form") > 0


def test_it_is_given_once() -> None:
    first = demonstration.load_work()
    assert demonstration.load_work() == first
    assert len(tips.tips()[:100]) == first.tips
    assert len(captures.captures()[:100]) == first.sources


def test_two_people_can_join() -> None:
    said = CliRunner().invoke(soi, ["demo", "invite"])
    assert said.exit_code == 0
    assert "join as checker, once: http" in said.output
    assert "join as editor, once: http" in said.output
