"""The distributed engine beside what every engine promises: damage, neighbours, requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from distributed_engines import NAME, distributed, local_client, require_client
from engine_entries import by_words, entry, holds, own_token, unit

from soi.index.engine import Entry, IndexDamaged

require_client()

from qdrant_client import models  # noqa: E402  # after the skip

from soi.index.engine.distributed import DistributedEngine, channels, connect  # noqa: E402
from soi.index.engine.distributed.weights import term  # noqa: E402
from soi.index.engine.words import MAX_TERMS  # noqa: E402

WORDS, MEANING, TERMS = f"{NAME}-words", f"{NAME}-meaning", f"{NAME}-terms"
MARKS = 2**63
LONG = [f"t{number}" for number in range(MAX_TERMS)]


@pytest.fixture
def client() -> Any:
    return local_client()


@pytest.fixture
def engine(client: Any, tmp_path: Path) -> DistributedEngine:
    """An engine with twenty entries."""
    engine = distributed(client, tmp_path)
    engine.upsert([entry(id_) for id_ in range(20)], words_seq=5, meaning_seq=4)
    return engine


def alias_to(client: Any, alias: str, collection: str) -> None:
    client.update_collection_aliases(
        [
            models.CreateAliasOperation(
                create_alias=models.CreateAlias(collection_name=collection, alias_name=alias)
            )
        ]
    )


def point_lost(collection: str, point: int) -> Callable[[Any], None]:
    return lambda client: client.delete(collection, models.PointIdsList(points=[point]))


def payload_of(collection: str, point: int, **changes: object) -> Callable[[Any], None]:
    return lambda client: client.set_payload(collection, changes, points=[point])


def collection_lost(alias: str) -> Callable[[Any], None]:
    def damage(client: Any) -> None:
        [named] = [a.collection_name for a in client.get_aliases().aliases if a.alias_name == alias]
        client.delete_collection(named)

    return damage


def foreign(alias: str, shape: dict[str, Any]) -> Callable[[Any], None]:
    """Somebody else's collection stands where the desk's did."""

    def damage(client: Any) -> None:
        client.create_collection("foreign", **shape)
        alias_to(client, alias, "foreign")

    return damage


PLAIN = {"vectors_config": {}, "sparse_vectors_config": {"words": models.SparseVectorParams()}}
SMALL = {
    "vectors_config": {"meaning": models.VectorParams(size=8, distance=models.Distance.COSINE)}
}
DAMAGES = {
    "words' marks lost": point_lost(WORDS, MARKS),
    "meaning's marks lost": point_lost(MEANING, MARKS),
    "marks of a later format": payload_of(WORDS, MARKS, format=99),
    "marks of another recipe": payload_of(MEANING, MARKS, recipe="another"),
    "marks with words for numbers": payload_of(WORDS, MARKS, seq="many"),
    "channels swapped": payload_of(WORDS, MARKS, channel="meaning"),
    "words lost": collection_lost(WORDS),
    "meaning lost": collection_lost(MEANING),
    "words foreign": foreign(WORDS, PLAIN),
    "meaning foreign": foreign(MEANING, SMALL),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_index_says_so_and_a_rebuild_mends_it(
    client: Any, engine: DistributedEngine, tmp_path: Path, damage: Callable[[Any], None]
) -> None:
    damage(client)
    with pytest.raises(IndexDamaged):
        engine.search([own_token(1)], unit(1), 5)
    with pytest.raises(IndexDamaged):
        engine.applied()
    with pytest.raises(IndexDamaged):
        engine.upsert([entry(1)])
    engine.rebuild([entry(7)], words_seq=6, meaning_seq=6)
    assert holds(engine, 7)
    assert holds(distributed(client, tmp_path), 7)


def test_channels_of_two_generations_are_damage(client: Any, engine: DistributedEngine) -> None:
    payload_of(WORDS, MARKS, generation="another")(client)
    with pytest.raises(IndexDamaged, match="different generations"):
        engine.applied()


def long_query(engine: DistributedEngine, token: str) -> list[int]:
    """A search whose terms are counted first."""
    return by_words(engine, *LONG, token)


def test_terms_without_a_number_are_damage(client: Any, engine: DistributedEngine) -> None:
    payload_of(TERMS, term(own_token(1)), entries="many")(client)
    with pytest.raises(IndexDamaged, match="count of a term"):
        long_query(engine, own_token(1))
    with pytest.raises(IndexDamaged, match="count of a term"):
        engine.upsert([entry(1)])
    assert holds(engine, 1)


def test_lost_terms_are_damage(client: Any, engine: DistributedEngine) -> None:
    collection_lost(TERMS)(client)
    with pytest.raises(IndexDamaged, match="terms"):
        long_query(engine, own_token(1))
    with pytest.raises(IndexDamaged, match="terms"):
        engine.upsert([entry(1)])
    engine.rebuild([entry(7)], words_seq=6, meaning_seq=6)
    assert long_query(engine, own_token(7)) == [7]


def distributed_again(client: Any, engine: DistributedEngine) -> DistributedEngine:
    """Another process's engine on the same index."""
    return DistributedEngine(client, name=NAME, lock=engine._lock, dimension=64)


@pytest.mark.parametrize("change", [{"recipe": "folding 2"}, {"dimension": 32}])
def test_an_index_of_another_recipe_is_damaged(
    client: Any, engine: DistributedEngine, tmp_path: Path, change: dict[str, Any]
) -> None:
    with pytest.raises(IndexDamaged, match="another recipe"):
        distributed(client, tmp_path, **change).applied()


def test_an_index_removed_by_hand_under_an_open_engine_starts_from_nothing(
    client: Any, engine: DistributedEngine
) -> None:
    for collection in client.get_collections().collections:
        client.delete_collection(collection.name)
    assert engine.search([own_token(1)], unit(1), 5) == []
    assert engine.applied().words_seq == 0
    engine.upsert([entry(7)])
    assert holds(engine, 7)


@pytest.mark.parametrize("neighbour", [f"{NAME}-words", f"{NAME}-2", "soi"])
def test_desks_on_one_server_leave_each_other_alone(
    client: Any, engine: DistributedEngine, tmp_path: Path, neighbour: str
) -> None:
    other = distributed(client, tmp_path, name=neighbour)
    other.upsert([entry(1, "theirs")])
    engine.rebuild([entry(1, "ours")], words_seq=1, meaning_seq=1)
    assert by_words(other, "theirs") == [1]
    other.rebuild([entry(1, "theirs")], words_seq=1, meaning_seq=1)
    assert by_words(engine, "ours") == by_words(other, "theirs") == [1]
    assert by_words(engine, "theirs") == by_words(other, "ours") == []
    assert len(client.get_collections().collections) == 6


@pytest.mark.parametrize("name", ["", "a/b", "a b", "tên", "x" * 201, "../up"])
def test_a_name_that_no_server_takes_is_refused(client: Any, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="can't be named"):
        distributed(client, tmp_path, name=name)


def test_another_engine_sees_each_write_and_follows_a_rebuild(
    client: Any, engine: DistributedEngine
) -> None:
    reader = distributed_again(client, engine)
    engine.upsert([entry(20)], words_seq=6)
    assert holds(reader, 20)
    assert reader.applied() == engine.applied()

    def while_building(_: int) -> None:
        assert holds(reader, 20)
        assert by_words(reader, own_token(30)) == []

    engine.rebuild([entry(30)], words_seq=9, meaning_seq=9, progress=while_building)
    assert holds(reader, 30)
    assert by_words(reader, own_token(20)) == []
    assert reader.applied() == engine.applied()


def test_a_generation_that_goes_away_during_a_search_is_asked_for_again(
    client: Any, engine: DistributedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, gone = client.query_batch_points, [True]

    def query_batch_points(*positional: Any, **named: Any) -> Any:
        if gone:
            gone.clear()
            raise ValueError("Collection soi-test-words-0123456789abcdef not found")
        return real(*positional, **named)

    monkeypatch.setattr(client, "query_batch_points", query_batch_points)
    assert holds(engine, 3)


class Watched:
    """A client that notes what it is asked."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*positional: Any, **named: Any) -> Any:
            self.calls.append((name, positional))
            return getattr(self._client, name)(*positional, **named)

        return call

    @property
    def counted(self) -> Counter[str]:
        return Counter(name for name, _ in self.calls)


def test_entries_are_counted_once_after_each_write(client: Any, engine: DistributedEngine) -> None:
    watched = Watched(client)
    reader = distributed_again(watched, engine)
    for _ in range(5):
        assert reader.applied().words_count == 20
    assert watched.counted["count"] == 2
    engine.delete([3])
    for _ in range(5):
        assert (reader.applied().words_count, reader.applied().meaning_count) == (19, 19)
    assert watched.counted["count"] == 4


def test_a_search_of_both_channels_is_two_requests(client: Any, engine: DistributedEngine) -> None:
    watched = Watched(client)
    assert holds(distributed_again(watched, engine), 3)
    assert watched.counted == {"query_batch_points": 2}


@pytest.mark.parametrize(("points", "numbers"), [(7, 10**6), (500, 150)])
def test_a_large_batch_is_sent_in_parts(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: int, numbers: int
) -> None:
    monkeypatch.setattr(channels, "_BATCH_POINTS", points)
    monkeypatch.setattr(channels, "_BATCH_NUMBERS", numbers)
    watched = Watched(client)
    engine = distributed(watched, tmp_path)
    engine.upsert([entry(id_, *"abcdefghi") for id_ in range(30)])
    sent = [
        batch
        for _, (collection, batch) in _named(watched, "upsert")
        if not collection.endswith("-terms")
    ]
    assert max(len(batch) for batch in sent) <= points
    assert max(_numbers(batch) for batch in sent) <= numbers
    assert all(holds(engine, id_) for id_ in range(30))
    assert engine.applied().words_count == engine.applied().meaning_count == 30
    engine.delete(range(30))
    assert engine.applied().words_count == engine.applied().meaning_count == 0


def _named(watched: Watched, name: str) -> list[tuple[str, tuple[Any, ...]]]:
    return [call for call in watched.calls if call[0] == name]


def _numbers(batch: Sequence[models.PointStruct]) -> int:
    vectors = [vector for point in batch for vector in point.vector.values()]
    return sum(len(getattr(vector, "indices", vector)) for vector in vectors)


def test_an_entry_larger_than_a_part_goes_alone(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "_BATCH_NUMBERS", 5)
    engine = distributed(client, tmp_path)
    engine.upsert([entry(1), entry(2, *map(str, range(50))), entry(3)])
    assert all(holds(engine, id_) for id_ in (1, 2, 3))


def test_of_a_long_query_the_rarest_terms_are_asked(client: Any, tmp_path: Path) -> None:
    engine = distributed(client, tmp_path)
    engine.upsert([Entry(id_, "vi", tuple(LONG)) for id_ in range(4)])
    engine.upsert([Entry(9, "vi", ("hiem",))])
    watched = Watched(client)
    reader = distributed_again(watched, engine)
    assert 9 in by_words(reader, *LONG, "khong", "co", "hiem")
    engine.upsert([Entry(10, "vi", ("co",))])
    assert {9, 10} <= set(by_words(reader, *LONG, "khong", "co", "hiem"))
    asked = [
        requests[0].query.indices for _, (_, requests) in _named(watched, "query_batch_points")
    ]
    assert [len(terms) for terms in asked] == [MAX_TERMS, MAX_TERMS]
    assert [term("hiem") in terms for terms in asked] == [True, True]
    assert [term("khong") in terms for terms in asked] == [False, False]


def test_after_a_rebuild_the_rarest_terms_are_those_of_its_rows(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "_BATCH_TERMS", 7)
    engine = distributed(client, tmp_path)
    engine.upsert([Entry(1, "vi", ("hiem", "moi"))] * 9)
    engine.rebuild(
        [Entry(id_, "vi", tuple(LONG)) for id_ in range(3)] + [Entry(9, "vi", ("hiem",))],
        words_seq=1,
        meaning_seq=1,
    )
    assert 9 in long_query(engine, "hiem")
    watched = Watched(client)
    assert 9 in by_words(distributed_again(watched, engine), *LONG, "hiem", "moi")
    [(_, (_, requests))] = _named(watched, "query_batch_points")
    assert term("moi") not in requests[0].query.indices


def test_a_long_query_of_what_is_nowhere_finds_nothing(
    client: Any, engine: DistributedEngine
) -> None:
    assert by_words(engine, *(f"nirgends{number}" for number in range(MAX_TERMS + 9))) == []


def test_no_word_of_an_entry_or_a_query_is_sent(client: Any, tmp_path: Path) -> None:
    watched = Watched(client)
    engine = distributed(watched, tmp_path)
    engine.upsert([entry(1, "bimat")])
    engine.rebuild([entry(1, "bimat")], words_seq=1, meaning_seq=1)
    assert by_words(engine, "bimat") == [1]
    assert "bimat" not in repr(watched.calls)


@pytest.mark.parametrize("url", ["ftp://index", "http://index:port"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        connect(url)
