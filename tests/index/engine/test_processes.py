"""Several processes and threads on one index."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from engine_entries import by_words, entry, holds, opened, own_token, unit
from engine_processes import SENTINEL, Nursery

from soi.index.engine import EmbeddedEngine, IndexBusy


def test_readers_always_find_every_entry_while_another_process_writes_and_rebuilds(
    nursery: Nursery, tmp_path: Path
) -> None:
    directory, ids = tmp_path / "index", list(range(20))
    engine = opened(directory)
    engine.upsert([entry(id_) for id_ in ids])
    readers = [nursery.start("read_until_sentinel", directory=directory, ids=ids) for _ in range(2)]
    for turn in range(2):
        for id_ in ids:
            engine.upsert([entry(id_, edition=turn % 2)])
        engine.rebuild([entry(id_) for id_ in ids], words_seq=1, meaning_seq=1)
    engine.upsert([entry(SENTINEL)])
    assert [nursery.end_of(pid) for pid in readers] == [0, 0]


def test_writers_in_several_processes_lose_nothing(nursery: Nursery, tmp_path: Path) -> None:
    directory = tmp_path / "index"
    writers = [
        nursery.start("upsert_range", directory=directory, first=first, last=first + 12)
        for first in (0, 100, 200)
    ]
    assert [nursery.end_of(pid) for pid in writers] == [0, 0, 0]
    engine = opened(directory)
    assert engine.applied().words_count == engine.applied().meaning_count == 36
    assert engine.applied().words_seq == 211
    assert all(holds(engine, id_) for first in (0, 100, 200) for id_ in range(first, first + 12))


def test_threads_share_one_engine(embedded: EmbeddedEngine) -> None:
    def write_and_find(id_: int) -> bool:
        embedded.upsert([entry(id_)])
        return holds(embedded, id_)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write_and_find, range(40)))
    assert embedded.applied().words_count == 40


def test_another_engine_on_the_same_directory_sees_each_write(tmp_path: Path) -> None:
    writer, reader = opened(tmp_path / "index"), opened(tmp_path / "index")
    for id_ in range(10):
        writer.upsert([entry(id_)], words_seq=id_)
        assert holds(reader, id_)
        assert reader.applied() == writer.applied()
    writer.delete([4])
    assert by_words(reader, own_token(4)) == []


def test_a_reader_follows_a_rebuild_by_another(tmp_path: Path) -> None:
    writer, reader = opened(tmp_path / "index"), opened(tmp_path / "index")
    writer.upsert([entry(1)])
    assert holds(reader, 1)
    writer.rebuild([entry(2)], words_seq=5, meaning_seq=5)
    assert holds(reader, 2)
    assert by_words(reader, own_token(1)) == []


def test_a_reader_keeps_the_old_index_until_a_rebuild_is_done(tmp_path: Path) -> None:
    writer, reader = opened(tmp_path / "index"), opened(tmp_path / "index")
    writer.upsert([entry(1)])

    def while_building(_: int) -> None:
        assert holds(reader, 1)
        assert by_words(reader, own_token(2)) == []

    writer.rebuild([entry(2)], words_seq=5, meaning_seq=5, progress=while_building)
    assert holds(reader, 2)


def test_writers_wait_for_a_rebuild(nursery: Nursery, tmp_path: Path) -> None:
    engine = opened(tmp_path / "index")

    def while_building(_: int) -> None:
        assert nursery.run("upsert_impatiently", directory=tmp_path / "index") == 0
        with pytest.raises(IndexBusy):
            opened(tmp_path / "index", patience=0).delete([1])

    engine.rebuild([entry(2)], words_seq=5, meaning_seq=5, progress=while_building)


def test_nobody_writes_into_an_exclusive_block(nursery: Nursery, tmp_path: Path) -> None:
    engine = opened(tmp_path / "index", patience=0)
    with engine.exclusive(), ThreadPoolExecutor(1) as pool:
        assert nursery.run("upsert_impatiently", directory=tmp_path / "index") == 0
        with pytest.raises(IndexBusy, match="another writer holds"):
            pool.submit(engine.upsert, [entry(1)]).result()
    engine.upsert([entry(1)])
    assert holds(engine, 1)


def test_a_forked_process_searches_with_the_files_of_its_parent(embedded: EmbeddedEngine) -> None:
    embedded.upsert([entry(id_) for id_ in range(3)])
    assert holds(embedded, 1)
    if not (pid := os.fork()):
        os._exit(0 if holds(embedded, 2) else 1)
    assert os.waitpid(pid, 0)[1] == 0


def test_a_search_under_way_does_not_keep_a_swept_generation_open_for_good(
    embedded: EmbeddedEngine,
) -> None:
    for edition in range(30):
        embedded.rebuild([entry(1, edition=edition)], words_seq=1, meaning_seq=1)
        assert embedded.search([], unit(1, edition), 1)[0].id == 1
    deleted = [link for link in Path("/proc/self/fd").iterdir() if _is_swept(link)]
    assert len(deleted) < 10


def _is_swept(link: Path) -> bool:
    try:
        target = str(link.readlink())
    except FileNotFoundError:
        return False
    return "gen-" in target and "(deleted)" in target
