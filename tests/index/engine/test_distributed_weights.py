"""Tokens as weights: with the server's idf on top they score as BM25 does."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from distributed_engines import distributed, local_client, require_client
from engine_entries import DIMENSION, unit
from exact_engine import ExactEngine
from hypothesis import given, settings
from hypothesis import strategies as st

from soi.index.engine import Engine, Entry

require_client()

from soi.index.engine.distributed import weights  # noqa: E402  # after the skip
from soi.index.engine.distributed.weights import (  # noqa: E402
    Weights,
    document_weights,
    query_terms,
    rarest,
    said_in,
    term,
)

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


def test_the_number_of_a_token_never_changes() -> None:
    """Or collections that other versions of Soi have filled would no longer be found in."""
    known = {"_tin": 3358598773, "=chữa": 1789088285, "a\ud800b": 1833886831}
    assert {token: term(token) for token in known} == known


def test_tokens_with_one_number_count_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "term", lambda token: 7)
    together = document_weights(["a", "b"])
    assert together.terms == [7]
    monkeypatch.undo()
    assert together.values == document_weights(["a", "a"]).values
    assert query_terms(["a", "a", "", "b"]) == [term("a"), term("b")]


def test_a_hundred_thousand_tokens_hardly_share_numbers() -> None:
    assert len({term(f"tu{number}") for number in range(100_000)}) > 99_990


def test_a_term_said_often_weighs_more_but_never_more_than_its_limit() -> None:
    once, often, ever = (document_weights(["a"] * n).values[0] for n in (1, 5, 100))
    assert once < often
    assert ever < weights.K1 + 1


def test_an_entry_without_tokens_has_no_weights() -> None:
    assert document_weights(["", ""]) == Weights([], [])


@settings(max_examples=15, deadline=None)
@given(CHANGES)
def test_after_any_changes_the_distributed_engine_finds_what_the_reference_finds(
    changes: list[list[Entry] | set[int]],
) -> None:
    exact = ExactEngine(DIMENSION)
    with tempfile.TemporaryDirectory() as directory:
        engine = distributed(local_client(), Path(directory))
        for change in changes:
            for each in (exact, engine):
                if isinstance(change, set):
                    each.delete(list(change))
                else:
                    each.upsert(change)
        for token in "abcdefgh":
            assert _ids(engine, token) == _ids(exact, token)
        assert _cosines(engine) == pytest.approx(_cosines(exact), abs=2e-3)
        assert engine.applied() == exact.applied()


def _ids(engine: Engine, token: str) -> set[int]:
    return {hit.id for hit in engine.search([token], None, 50)}


def _cosines(engine: Engine) -> dict[int, float]:
    return {hit.id: hit.meaning for hit in engine.search([], unit(3), 50) if hit.meaning}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), TOKENS), min_size=1, max_size=12), TOKENS)
def test_scores_are_those_of_bm25_where_the_average_length_is_the_assumed_one(
    rows: list[tuple[int, tuple[str, ...]]], query: tuple[str, ...]
) -> None:
    latest = {id_: Entry(id_, "vi", tokens) for id_, tokens in rows}
    lengths = [len(each.tokens or ()) for each in latest.values()]
    scores: list[dict[int, float | None]] = []
    with tempfile.TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr(weights, "AVERAGE_LENGTH", max(sum(lengths) / len(lengths), 1e-9))
        for engine in (ExactEngine(DIMENSION), distributed(local_client(), Path(directory))):
            engine.rebuild(latest.values(), words_seq=1, meaning_seq=1)
            scores.append({hit.id: hit.words for hit in engine.search(query, None, 50)})
    assert scores[1] == pytest.approx(scores[0], rel=1e-3)


def test_another_average_length_hardly_changes_the_order() -> None:
    """A collection whose entries are half as long as assumed keeps nine of the ten best."""
    draw = np.random.default_rng(3)
    tokens = [f"t{n}" for n in range(2000)]
    chances = 1 / np.arange(1, len(tokens) + 1)
    chances /= chances.sum()
    entries = [
        Entry(id_, "vi", tuple(draw.choice(tokens, draw.integers(80, 170), p=chances).tolist()))
        for id_ in range(300)
    ]
    queries = [draw.choice(tokens, 20, p=chances).tolist() for _ in range(20)]
    kept = []
    with tempfile.TemporaryDirectory() as directory:
        engines = ExactEngine(DIMENSION), distributed(local_client(), Path(directory))
        for engine in engines:
            engine.rebuild(entries, words_seq=1, meaning_seq=1)
        for query in queries:
            ours, exact = ({hit.id for hit in e.search(query, None, 10)} for e in engines)
            kept.append(len(ours & exact))
    assert np.mean(kept) >= 9


def test_of_many_terms_the_rarest_that_are_somewhere_are_kept() -> None:
    entries = said_in([document_weights([f"t{n}" for n in range(n, 99)]) for n in range(99)])
    terms = query_terms([f"t{n}" for n in range(99)] + ["nirgends"])
    assert rarest(terms, entries) == [term(f"t{n}") for n in range(weights.MAX_TERMS)]


def test_each_entry_counts_a_term_once() -> None:
    documents = [document_weights(["a", "a", "b"]), document_weights(["a"]), document_weights([])]
    assert said_in(documents) == {term("a"): 2, term("b"): 1}
