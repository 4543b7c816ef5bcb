"""Files that are cut short while an engine has them mapped: an error, never the end of the process.

Reading a map beyond the end of its file kills a process without a word (SIGBUS), so each search
here is done by a child.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from engine_entries import entry, holds, opened, own_token, unit

from soi.index.engine import EmbeddedEngine, IndexDamaged, vectors

MAPPED = [
    "vectors/ids.bin",
    "vectors/f16.bin",
    "vectors/codes.bin",
    "vectors/mean.bin",
    "words/*.idx",
    "words/*.term",
    "words/*.fieldnorm",
    "words/*.fast",
]


@pytest.fixture
def in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EmbeddedEngine:
    """An engine that has mapped every file and searched them all."""
    monkeypatch.setattr(vectors, "EXACT_LIMIT", 10)
    engine = opened(tmp_path / "index")
    engine.upsert([entry(id_, *map(str, range(id_, 300))) for id_ in range(200)], words_seq=5)
    assert holds(engine, 3)
    return engine


def ends_well(act: Callable[[], None]) -> bool:
    """Do something in a child; False if it failed, or was killed."""
    if not (pid := os.fork()):
        try:
            act()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.mark.parametrize("left", [0, 100])
@pytest.mark.parametrize("name", MAPPED)
def test_a_file_cut_under_an_open_engine_is_damage(
    in_use: EmbeddedEngine, tmp_path: Path, name: str, left: int
) -> None:
    for path in (tmp_path / "index").glob(f"gen-*/{name}"):
        os.truncate(path, left)

    def search_and_rebuild() -> None:
        with pytest.raises(IndexDamaged):
            in_use.search([own_token(150), "250"], unit(4), 5)
        with pytest.raises(IndexDamaged):
            in_use.applied()
        with pytest.raises(IndexDamaged):
            in_use.upsert([entry(1, edition=1)])
        in_use.rebuild([entry(7)], words_seq=6, meaning_seq=6)
        assert holds(in_use, 7)

    assert ends_well(search_and_rebuild)


@pytest.mark.parametrize("name", MAPPED)
def test_a_file_cut_before_another_writes_is_damage_to_who_has_it_open(
    in_use: EmbeddedEngine, tmp_path: Path, name: str
) -> None:
    mapped = list((tmp_path / "index").glob(f"gen-*/{name}"))
    opened(tmp_path / "index").upsert([entry(201)])
    for path in mapped:
        os.truncate(path, 0)

    def search() -> None:
        with pytest.raises(IndexDamaged):
            in_use.search([own_token(150), "250"], unit(4), 5)

    assert ends_well(search)


@pytest.mark.parametrize("name", MAPPED)
def test_a_file_that_is_removed_is_still_read_by_who_has_it_open(
    in_use: EmbeddedEngine, tmp_path: Path, name: str
) -> None:
    for path in (tmp_path / "index").glob(f"gen-*/{name}"):
        path.unlink()
    assert holds(in_use, 150)
