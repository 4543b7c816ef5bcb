"""What every engine promises, whoever stores the entries."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from engine_entries import by_meaning, by_words, entry, hit_of, holds, own_token, unit

from soi.index.engine import Applied, Engine, Entry, EntryRejected, Hit


def test_an_empty_engine_answers_nothing(engine: Engine) -> None:
    assert engine.search(["bão"], unit(1), 5) == []
    assert engine.applied() == Applied(0, 0, 0, 0)


def test_an_entry_is_found_by_both_channels_as_soon_as_upsert_returns(engine: Engine) -> None:
    engine.upsert([entry(1), entry(2)])
    assert holds(engine, 1)
    assert holds(engine, 2)


def test_replaced_tokens_are_no_longer_found(engine: Engine) -> None:
    engine.upsert([Entry(1, "vi", ("cu", "chung"))])
    engine.upsert([Entry(1, "vi", ("moi", "chung"))])
    assert by_words(engine, "cu") == []
    assert by_words(engine, "moi") == by_words(engine, "chung") == [1]


def test_a_replaced_vector_is_no_longer_found(engine: Engine) -> None:
    engine.upsert([entry(1), entry(2)])
    engine.upsert([Entry(1, "vi", vector=unit(1, edition=1))])
    [best, other] = engine.search([], unit(1, edition=1), 5)
    assert (best.id, other.id) == (1, 2)
    assert best.meaning == pytest.approx(1, abs=2e-3)
    assert engine.applied().meaning_count == 2


def test_none_leaves_a_channel_as_it_is(engine: Engine) -> None:
    engine.upsert([entry(1)])
    engine.upsert([Entry(1, "vi", vector=unit(9))])
    assert by_words(engine, own_token(1)) == [1]
    engine.upsert([Entry(1, "vi", tokens=("khac",))])
    assert hit_of_vector(engine, 9).meaning == pytest.approx(1, abs=2e-3)


def hit_of_vector(engine: Engine, seed: int) -> Hit:
    return engine.search([], unit(seed), 1)[0]


def test_no_tokens_at_all_replace_the_old_ones(engine: Engine) -> None:
    engine.upsert([entry(1)])
    engine.upsert([Entry(1, "vi", tokens=())])
    assert by_words(engine, own_token(1)) == []


def test_of_one_id_twice_in_a_batch_the_later_counts(engine: Engine) -> None:
    engine.upsert([entry(1, edition=0), entry(1, edition=1)])
    assert holds(engine, 1, edition=1)
    assert by_words(engine, own_token(1, edition=0)) == []
    assert engine.applied().words_count == engine.applied().meaning_count == 1


def test_one_id_twice_in_a_batch_with_one_channel_each_keeps_both(engine: Engine) -> None:
    engine.upsert([Entry(1, "vi", (own_token(1),)), Entry(1, "vi", vector=unit(1))])
    assert holds(engine, 1)


def test_the_same_batch_twice_changes_nothing(engine: Engine) -> None:
    batch = [entry(id_) for id_ in range(5)]
    engine.upsert(batch, words_seq=5, meaning_seq=5)
    before = engine.applied()
    engine.upsert(batch, words_seq=5, meaning_seq=5)
    assert engine.applied() == before
    assert all(holds(engine, id_) for id_ in range(5))


def test_a_rare_token_outranks_a_common_one(engine: Engine) -> None:
    engine.upsert([Entry(id_, "vi", ("chung", f"t{id_}")) for id_ in range(5)])
    engine.upsert([Entry(9, "vi", ("hiem", "t9"))])
    assert by_words(engine, "chung", "hiem")[0] == 9


def test_a_short_entry_outranks_a_long_one_with_the_same_token(engine: Engine) -> None:
    engine.upsert([Entry(1, "vi", ("bao", *"abcdefgh")), Entry(2, "vi", ("bao",))])
    assert by_words(engine, "bao") == [2, 1]


def test_a_token_said_twice_in_a_query_counts_once(engine: Engine) -> None:
    engine.upsert([entry(1, "bao")])
    [once], [twice] = (engine.search(tokens, None, 1) for tokens in (["bao"], ["bao", "bao"]))
    assert once == twice


def test_ranks_count_from_one_in_each_channel(engine: Engine) -> None:
    engine.upsert([entry(id_, *["bao"] * id_) for id_ in range(1, 6)])
    hits = engine.search(["bao"], unit(3), 3)
    assert sorted(hit.words_rank for hit in hits if hit.words_rank) == [1, 2, 3]
    assert sorted(hit.meaning_rank for hit in hits if hit.meaning_rank) == [1, 2, 3]
    assert all(hit.words_rank or hit.meaning_rank for hit in hits)


def test_what_both_channels_found_comes_first(engine: Engine) -> None:
    engine.upsert([entry(1, "bao"), Entry(2, "vi", ("bao",)), Entry(3, "vi", vector=unit(3))])
    hits = engine.search(["bao"], unit(1), 3)
    assert hits[0].id == 1
    assert {hit.id for hit in hits} == {1, 2, 3}


def test_the_cosine_of_an_entry_that_words_alone_found_is_told(engine: Engine) -> None:
    engine.upsert([entry(id_) for id_ in range(9)])
    [found] = [hit for hit in engine.search([own_token(4)], unit(5), 1) if hit.id == 4]
    assert found.meaning_rank is None
    assert found.meaning == pytest.approx(float(unit(4) @ unit(5)), abs=2e-3)


def test_an_entry_without_a_vector_has_no_cosine(engine: Engine) -> None:
    engine.upsert([Entry(1, "vi", ("bao",)), entry(2)])
    [found] = [hit for hit in engine.search(["bao"], unit(2), 5) if hit.id == 1]
    assert (found.meaning, found.meaning_rank) == (None, None)


def test_without_a_vector_only_words_are_searched(engine: Engine) -> None:
    engine.upsert([entry(1, "bao"), entry(2)])
    [hit] = engine.search(["bao"], None, 5)
    assert (hit.id, hit.meaning, hit.meaning_rank) == (1, None, None)


def test_without_tokens_only_meaning_is_searched(engine: Engine) -> None:
    engine.upsert([entry(1), Entry(2, "vi", ("bao",))])
    [hit] = engine.search([], unit(1), 5)
    assert (hit.id, hit.words, hit.words_rank) == (1, None, None)


def test_without_tokens_and_vector_nothing_is_found(engine: Engine) -> None:
    engine.upsert([entry(1)])
    assert engine.search([], None, 5) == []


def test_more_wanted_than_there_are_gives_all(engine: Engine) -> None:
    engine.upsert([entry(id_, "bao") for id_ in range(3)])
    assert {hit.id for hit in engine.search(["bao"], unit(0), 10_000)} == {0, 1, 2}


@pytest.mark.parametrize("k", [0, -1])
def test_nothing_wanted_gives_nothing(engine: Engine, k: int) -> None:
    engine.upsert([entry(1)])
    assert engine.search([own_token(1)], unit(1), k) == []


def test_a_deleted_entry_is_gone_from_both_channels(engine: Engine) -> None:
    engine.upsert([entry(1, "bao"), entry(2, "bao")])
    engine.delete([1, 404], words_seq=3)
    assert by_words(engine, "bao") == by_meaning(engine, unit(1), k=5) == [2]
    applied = engine.applied()
    assert (applied.words_count, applied.meaning_count, applied.words_seq) == (1, 1, 3)


def test_a_deleted_entry_can_come_back(engine: Engine) -> None:
    engine.upsert([entry(1)])
    engine.delete([1])
    engine.upsert([entry(1)])
    assert holds(engine, 1)
    assert engine.applied().meaning_count == 1


def test_deleting_from_an_empty_engine_is_no_error(engine: Engine) -> None:
    engine.delete([1, -1, 2**70])
    assert engine.search(["bao"], unit(1), 5) == []


def test_sequence_numbers_move_forward_only(engine: Engine) -> None:
    engine.upsert([entry(1)], words_seq=7, meaning_seq=4)
    engine.upsert([entry(2)], words_seq=5)
    engine.upsert([entry(3)])
    applied = engine.applied()
    assert (applied.words_seq, applied.meaning_seq) == (7, 4)


def test_an_empty_batch_moves_the_numbers_too(engine: Engine) -> None:
    engine.upsert([], words_seq=7)
    assert engine.applied() == Applied(7, 0, 0, 0)


def test_a_rebuild_replaces_everything_and_sets_the_numbers(engine: Engine) -> None:
    engine.upsert([entry(id_) for id_ in range(5)], words_seq=50, meaning_seq=50)
    told: list[int] = []
    rows = (entry(id_, edition=1) for id_ in range(3, 8))
    engine.rebuild(rows, words_seq=9, meaning_seq=8, progress=told.append)
    assert engine.applied() == Applied(9, 8, 5, 5)
    assert all(holds(engine, id_, edition=1) for id_ in range(3, 8))
    assert by_words(engine, own_token(0), own_token(3)) == []
    assert told[-1] == 5


def test_each_rebuild_makes_another_build_and_a_write_does_not(engine: Engine) -> None:
    engine.upsert([entry(1)], words_seq=1)
    first = engine.applied()
    engine.upsert([entry(2)])
    assert engine.applied().build == first.build != ""

    engine.rebuild([entry(1)], words_seq=1, meaning_seq=0)
    again = engine.applied()

    assert again == first
    assert again.build != first.build


def test_a_rebuild_from_nothing_leaves_nothing(engine: Engine) -> None:
    engine.upsert([entry(1)], words_seq=1)
    engine.rebuild([], words_seq=2, meaning_seq=2)
    assert engine.applied() == Applied(2, 2, 0, 0)
    assert engine.search([own_token(1)], unit(1), 5) == []


def test_a_row_that_comes_twice_in_a_rebuild_counts_as_it_came_last(engine: Engine) -> None:
    rows = [entry(5), entry(1), *[entry(9)] * 3000, entry(5, edition=1), entry(1, edition=1)]
    engine.rebuild(rows, words_seq=1, meaning_seq=1)
    assert holds(engine, 5, edition=1)
    assert by_words(engine, own_token(1), own_token(5)) == []
    assert engine.applied().words_count == engine.applied().meaning_count == 3


def test_a_rebuild_whose_rows_fail_leaves_the_old_entries(engine: Engine) -> None:
    def rows() -> Iterator[Entry]:
        yield entry(2)
        raise ValueError("the database went away")

    engine.upsert([entry(1)], words_seq=1)
    with pytest.raises(ValueError, match="the database went away"):
        engine.rebuild(rows(), words_seq=9, meaning_seq=9)
    assert holds(engine, 1)
    assert engine.applied().words_seq == 1
    engine.rebuild([entry(3)], words_seq=9, meaning_seq=9)
    assert holds(engine, 3)


def test_writes_may_stand_inside_an_exclusive_block(engine: Engine) -> None:
    with engine.exclusive(), engine.exclusive():
        engine.upsert([entry(1)], words_seq=engine.applied().words_seq + 1)
        engine.delete([2])
        engine.rebuild([entry(3)], words_seq=1, meaning_seq=1)
    assert holds(engine, 3)


@pytest.mark.parametrize(
    "vector",
    [
        unit(1)[:-8],
        unit(1)[None],
        unit(1) * 2,
        unit(1) * 0,
        np.full_like(unit(1), np.nan),
        np.full_like(unit(1), np.inf),
    ],
    ids=["short", "matrix", "long", "zero", "nan", "infinite"],
)
def test_a_batch_with_a_vector_that_is_no_unit_vector_is_refused_whole(
    engine: Engine, vector: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> None:
    engine.upsert([entry(1)])
    with pytest.raises(EntryRejected):
        engine.upsert([entry(2), Entry(3, "vi", ("bao",), vector)], words_seq=9)
    assert engine.applied() == Applied(0, 0, 1, 1)
    assert holds(engine, 1)


@pytest.mark.parametrize("id_", [-1, 2**63])
def test_an_id_out_of_range_is_refused(engine: Engine, id_: int) -> None:
    with pytest.raises(EntryRejected):
        engine.upsert([Entry(id_, "vi", ("bao",))])
    assert by_words(engine, "bao") == []


@pytest.mark.parametrize("id_", [0, 2**31, 2**63 - 1])
def test_ids_reach_from_zero_to_the_largest_signed_number(engine: Engine, id_: int) -> None:
    engine.upsert([entry(id_)])
    assert holds(engine, id_)
    assert hit_of(engine, id_).words is not None


HOSTILE = {
    "operator": "AND",
    "field": "id:1",
    "quote": '"',
    "wildcard": "*",
    "bracket": "[a TO z]",
    "nul": "ha\x00i",
    "space": "hai chữ",
    "newline": "hai\nchữ",
    "no-break space": "hai\u00a0chữ",
    "marks": "đường",
    "torn marks": "đươ\u0300ng",
    "lone surrogate": "a\ud800b",
    "bidi": "\u202exe\u202c",
    "emoji": "👩‍👩‍👧",
    "astral": "\U00010fff",
    "Thai": "กขค",
    "very long": "x" * 70_000,
}


@pytest.mark.parametrize("token", HOSTILE.values(), ids=HOSTILE)
def test_any_string_is_a_token_and_finds_itself_alone(engine: Engine, token: str) -> None:
    engine.upsert([entry(1, token), entry(2, "hai", "chữ", "a", "b", "xe", "z", "1")])
    assert by_words(engine, token) == [1]


def test_an_empty_token_finds_nothing(engine: Engine) -> None:
    engine.upsert([entry(1)])
    assert by_words(engine, "") == []


def test_an_entry_of_a_million_characters_is_found_by_its_last_token(engine: Engine) -> None:
    tokens = [f"tu{number}" for number in range(150_000)]
    engine.upsert([Entry(1, "vi", tuple(tokens))])
    assert by_words(engine, tokens[-1]) == [1]


def test_a_query_of_a_hundred_thousand_tokens_is_answered_by_its_first(engine: Engine) -> None:
    engine.upsert([entry(1, "bao")])
    assert by_words(engine, "bao", *(f"tu{number}" for number in range(100_000))) == [1]


def test_a_query_with_many_common_tokens_still_finds_the_rare_one(engine: Engine) -> None:
    common = [f"tu{number}" for number in range(300)]
    engine.upsert([Entry(id_, "vi", tuple(common)) for id_ in range(4)])
    engine.upsert([entry(9, "hiem")])
    assert 9 in by_words(engine, *common, "hiem")
