"""The embedded engine finds what the reference finds, whatever was done to both."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from engine_entries import DIMENSION, opened, unit
from exact_engine import ExactEngine
from hypothesis import given, settings
from hypothesis import strategies as st

from soi.index.engine import Engine, Entry

TOKENS = st.lists(st.sampled_from("abcdefgh"), max_size=8).map(tuple)
ENTRIES = st.builds(
    Entry,
    id=st.integers(0, 6),
    language=st.sampled_from(["vi", "en"]),
    tokens=st.none() | TOKENS,
    vector=st.none() | st.integers(0, 20).map(unit),
)
CHANGES = st.lists(
    st.lists(ENTRIES, max_size=4) | st.sets(st.integers(0, 6), max_size=3), max_size=6
)


def cosines(engine: Engine, seed: int) -> dict[int, float]:
    return {hit.id: hit.meaning for hit in engine.search([], unit(seed), 50) if hit.meaning}


@settings(max_examples=12, deadline=None)
@given(CHANGES)
def test_after_any_changes_both_find_the_same_entries(
    changes: list[list[Entry] | set[int]],
) -> None:
    exact = ExactEngine(DIMENSION)
    with tempfile.TemporaryDirectory() as directory:
        embedded = opened(Path(directory))
        for change in changes:
            for engine in (exact, embedded):
                if isinstance(change, set):
                    engine.delete(list(change))
                else:
                    engine.upsert(change)
        for token in "abcdefgh":
            found = [{hit.id for hit in e.search([token], None, 50)} for e in (exact, embedded)]
            assert found[0] == found[1]
        assert cosines(embedded, 3) == pytest.approx(cosines(exact, 3), abs=2e-3)
        assert embedded.applied().words_count == exact.applied().words_count


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), TOKENS), min_size=1, max_size=12), TOKENS)
def test_after_a_rebuild_both_score_alike(
    rows: list[tuple[int, tuple[str, ...]]], query: tuple[str, ...]
) -> None:
    exact = ExactEngine(DIMENSION)
    with tempfile.TemporaryDirectory() as directory:
        embedded = opened(Path(directory))
        for engine in (exact, embedded):
            latest = {id_: Entry(id_, "vi", tokens) for id_, tokens in rows}
            engine.rebuild(latest.values(), words_seq=1, meaning_seq=1)
        scores = [
            {hit.id: hit.words for hit in e.search(query, None, 50)} for e in (exact, embedded)
        ]
        assert scores[1] == pytest.approx(scores[0], rel=1e-3)
