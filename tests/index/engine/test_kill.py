"""`kill -9` at every step of a write: the index opens, keeps what it had, and takes a replay."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_entries import by_words, entry, holds, opened, own_token
from engine_processes import Nursery

from soi.index.engine import EmbeddedEngine, IndexBusy

OLD = [1, 2, 3]
KILLED = -signal.SIGKILL


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """An index of three entries that follows the database up to 3."""
    engine = opened(tmp_path / "prepared")
    engine.upsert([entry(id_) for id_ in OLD], words_seq=3, meaning_seq=3)
    return tmp_path / "prepared"


def deaths(
    nursery: Nursery, prepared: Path, action: str, *, half: bool = False, **arguments: Any
) -> Iterator[EmbeddedEngine]:
    """The index as each death leaves it, from before the first step to after the last."""
    for step in itertools.count(1):
        directory = prepared.with_name(f"dead-{step}")
        if prepared.exists():
            shutil.copytree(prepared, directory)
        end = nursery.run(action, directory=directory, dies_at=step, half=half, **arguments)
        assert end in (0, KILLED)
        yield opened(directory)
        shutil.rmtree(directory)
        if end == 0:
            assert step > 5, "the child was hardly ever killed"
            return


@pytest.mark.parametrize("exact_limit", [100, 4], ids=["exact", "coding"])
@pytest.mark.parametrize("half", [False, True], ids=["between", "within"])
def test_a_killed_upsert_can_be_replayed(
    nursery: Nursery, prepared: Path, half: bool, exact_limit: int
) -> None:
    batch = [entry(id_, edition=1) for id_ in (3, 4)]
    change = {"ids": [3, 4], "edition": 1, "seq": 5, "exact_limit": exact_limit}
    for engine in deaths(nursery, prepared, "upsert", half=half, **change):
        assert holds(engine, 1)
        assert by_words(engine, own_token(3), own_token(3, edition=1)) == [3]
        assert engine.applied().words_seq in (3, 5)
        if engine.applied().words_seq == 5:
            assert holds(engine, 3, edition=1)
            assert holds(engine, 4, edition=1)
        engine.upsert(batch, words_seq=5, meaning_seq=5)
        assert [holds(engine, *which) for which in ((1,), (2,), (3, 1), (4, 1))] == [True] * 4
        applied = engine.applied()
        assert (applied.words_count, applied.meaning_count, applied.words_seq) == (4, 4, 5)


def test_a_killed_first_upsert_can_be_replayed(nursery: Nursery, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    for engine in deaths(nursery, nothing, "upsert", ids=OLD, edition=0, seq=3):
        assert engine.applied().words_seq in (0, 3)
        engine.upsert([entry(id_) for id_ in OLD], words_seq=3, meaning_seq=3)
        assert all(holds(engine, id_) for id_ in OLD)
        assert engine.applied().words_count == 3


def test_a_killed_delete_can_be_replayed(nursery: Nursery, prepared: Path) -> None:
    for engine in deaths(nursery, prepared, "delete", ids=[2], seq=4):
        assert holds(engine, 1)
        assert engine.applied().words_seq in (3, 4)
        engine.delete([2], words_seq=4)
        applied = engine.applied()
        assert (applied.words_count, applied.meaning_count, applied.words_seq) == (2, 2, 4)


def test_a_killed_rebuild_leaves_the_old_or_the_new_index_whole(
    nursery: Nursery, prepared: Path
) -> None:
    for engine in deaths(nursery, prepared, "rebuild", ids=[3, 4], edition=1, seq=9):
        if engine.applied().words_seq == 9:
            assert [holds(engine, 3, 1), holds(engine, 4, 1)] == [True, True]
            assert engine.applied().words_count == 2
        else:
            assert engine.applied().words_seq == 3
            assert all(holds(engine, id_) for id_ in OLD)
        engine.rebuild([entry(7)], words_seq=10, meaning_seq=10)
        assert holds(engine, 7)


def test_what_a_killed_rebuild_left_is_swept_by_the_next(nursery: Nursery, prepared: Path) -> None:
    end = nursery.run("rebuild", directory=prepared, ids=[4], edition=0, seq=9, dies_at=9)
    assert end == KILLED
    assert len(list(prepared.glob("gen-*"))) == 2
    opened(prepared).rebuild([entry(7)], words_seq=10, meaning_seq=10)
    assert len(list(prepared.glob("gen-*"))) == 1


def test_nothing_acknowledged_is_lost_when_writers_are_killed_at_any_moment(
    nursery: Nursery, tmp_path: Path
) -> None:
    directory, pipe, acknowledged = tmp_path / "index", tmp_path / "pipe", 0
    os.mkfifo(pipe)
    for wait_for in (1, 3, 2, 5, 1, 4):
        pid = nursery.start("upsert_for_ever", directory=directory, pipe=pipe, first=acknowledged)
        with pipe.open() as lines:
            *_, last = itertools.islice(lines, wait_for)
            os.kill(pid, signal.SIGKILL)
        acknowledged = int(last)
        assert nursery.end_of(pid) == KILLED
        engine = opened(directory)
        assert engine.applied().words_seq >= acknowledged
        assert all(holds(engine, id_) for id_ in range(acknowledged + 1))


def test_the_lock_of_a_killed_writer_is_free(nursery: Nursery, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    pid = nursery.start("hold_the_lock", directory=tmp_path / "index", pipe=pipe)
    with pipe.open() as lines:
        assert lines.readline() == "held\n"
    with pytest.raises(IndexBusy):
        opened(tmp_path / "index", patience=0).upsert([entry(1)])
    os.kill(pid, signal.SIGKILL)
    assert nursery.end_of(pid) == KILLED
    opened(tmp_path / "index", patience=0).upsert([entry(1)])
