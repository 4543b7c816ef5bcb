"""The word channel's own files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from soi.index.engine import words
from soi.index.engine.words import Words


@pytest.fixture
def index(tmp_path: Path) -> Words:
    return Words.create(tmp_path / "words")


def write(index: Words, *entries: tuple[int, Any]) -> None:
    with index.writing() as writer:
        for id_, tokens in entries:
            writer.add(id_, "vi", tokens)


def test_small_segments_do_not_pile_up(index: Words, tmp_path: Path) -> None:
    for id_ in range(40):
        write(index, (id_, ["bao"]))
    assert len(list((tmp_path / "words").glob("*.term"))) < 15
    assert len(index.search(["bao"], 100)) == 40


def test_a_batch_that_raises_is_forgotten(index: Words) -> None:
    with pytest.raises(TypeError, match="not iterable"):
        write(index, (1, ["bao"]), (2, None))
    assert index.count() == 0
    write(index, (2, ["bao"]))
    assert [id_ for id_, _ in index.search(["bao"], 5)] == [2]


def test_of_too_many_tokens_the_rarest_are_kept(
    index: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "MAX_TERMS", 2)
    write(index, (1, ["a"]), (2, ["a", "b"]), (3, ["a", "b", "c"]))
    assert {id_ for id_, _ in index.search(["nowhere", "a", "b", "c"], 5)} == {2, 3}
    assert {id_ for id_, _ in index.search(["a", "nowhere"], 5)} == {1, 2, 3}
