"""Torn, foreign and forbidden files: a clear error, never a wrong answer; a rebuild mends it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from engine_entries import DIMENSION, entry, holds, opened, own_token, unit
from engine_processes import Nursery

from soi.index.engine import EmbeddedEngine, EngineError, IndexDamaged, vectors


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of entries with bits, so that all of its files have content."""
    monkeypatch.setattr(vectors, "EXACT_LIMIT", 10)
    directory = tmp_path / "index"
    opened(directory).upsert([entry(id_) for id_ in range(20)], words_seq=5)
    return directory


def generation(directory: Path) -> Path:
    return directory / (directory / "CURRENT").read_text()


def truncated(path: str, size: int | None = None) -> Callable[[Path], None]:
    """Keep the first `size` bytes, or half of them."""

    def damage(generation: Path) -> None:
        [found] = generation.glob(path)
        content = found.read_bytes()
        found.write_bytes(content[: len(content) // 2 if size is None else size])

    return damage


def zeroed(path: str, size: int) -> Callable[[Path], None]:
    """Blank the first `size` bytes."""

    def damage(generation: Path) -> None:
        [found] = generation.glob(path)
        found.write_bytes(bytes(size) + found.read_bytes()[size:])

    return damage


def removed(path: str) -> Callable[[Path], None]:
    def damage(generation: Path) -> None:
        for found in generation.glob(path):
            shutil.rmtree(found) if found.is_dir() else found.unlink()

    return damage


def overwritten(path: str) -> Callable[[Path], None]:
    def damage(generation: Path) -> None:
        [found] = generation.glob(path)
        found.write_bytes(b"\xff" * found.stat().st_size)

    return damage


def in_manifest(**changes: object) -> Callable[[Path], None]:
    def damage(generation: Path) -> None:
        manifest = json.loads((generation / "manifest.json").read_text())
        (generation / "manifest.json").write_text(json.dumps(manifest | changes))

    return damage


DAMAGES = {
    "header cut": truncated("vectors/header.bin", 20),
    "header gone back to the commit before": zeroed("vectors/header.bin", 40),
    "header foreign": overwritten("vectors/header.bin"),
    "header lost": removed("vectors/header.bin"),
    "ids cut": truncated("vectors/ids.bin"),
    "vectors cut": truncated("vectors/f16.bin"),
    "bits cut": truncated("vectors/codes.bin"),
    "mean cut": truncated("vectors/mean.bin"),
    "mean lost": removed("vectors/mean.bin"),
    "words lost": removed("words"),
    "words' list cut": truncated("words/meta.json"),
    "words' list foreign": overwritten("words/meta.json"),
    "segments lost": removed("words/*.idx"),
    "terms cut": truncated("words/*.term"),
    "norms cut": truncated("words/*.fieldnorm"),
    "manifest cut": truncated("manifest.json"),
    "manifest lost": removed("manifest.json"),
    "manifest of a later format": in_manifest(format=99),
    "manifest with words for numbers": in_manifest(words_seq="many"),
    "manifest foreign": overwritten("manifest.json"),
    "everything lost": shutil.rmtree,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_index_says_so_and_a_rebuild_mends_it(
    directory: Path, damage: Callable[[Path], None]
) -> None:
    damage(generation(directory))
    engine = opened(directory)
    with pytest.raises(IndexDamaged):
        engine.search([own_token(1)], unit(1), 5)
    with pytest.raises(IndexDamaged):
        engine.applied()
    with pytest.raises(IndexDamaged):
        engine.upsert([entry(1)])
    engine.rebuild([entry(7)], words_seq=6, meaning_seq=6)
    assert holds(engine, 7)
    assert holds(opened(directory), 7)


@pytest.mark.parametrize("content", [b"", b"../elsewhere", b"\xff\xfe", b"gen-000001-00000000"])
def test_a_current_that_names_no_generation_is_damage(directory: Path, content: bytes) -> None:
    (directory / "CURRENT").write_bytes(content)
    engine = opened(directory)
    with pytest.raises(IndexDamaged):
        engine.applied()
    engine.rebuild([entry(7)], words_seq=6, meaning_seq=6)
    assert holds(engine, 7)


def test_without_a_current_the_index_starts_from_nothing(directory: Path) -> None:
    (directory / "CURRENT").unlink()
    engine = opened(directory)
    assert engine.applied().words_seq == 0
    engine.upsert([entry(7)])
    assert holds(engine, 7)
    assert len(list(directory.glob("gen-*"))) == 1


def test_an_index_removed_by_hand_under_an_open_engine_starts_from_nothing(
    directory: Path,
) -> None:
    engine = opened(directory)
    assert holds(engine, 1)
    shutil.rmtree(directory)
    assert engine.search([own_token(1)], unit(1), 5) == []
    engine.upsert([entry(7)])
    assert holds(engine, 7)


def test_an_index_of_another_dimension_or_recipe_is_damage(directory: Path) -> None:
    for engine in (
        EmbeddedEngine(directory, dimension=DIMENSION * 2),
        EmbeddedEngine(directory, dimension=DIMENSION, recipe="tokens-2"),
    ):
        with pytest.raises(IndexDamaged, match="another recipe"):
            engine.applied()


def test_foreign_files_in_the_directory_are_left_alone(directory: Path) -> None:
    (directory / "notes.txt").write_text("mine")
    (directory / "gen-old").mkdir()
    opened(directory).rebuild([entry(7)], words_seq=6, meaning_seq=6)
    assert (directory / "notes.txt").read_text() == "mine"
    assert (directory / "gen-old").is_dir()


def test_a_file_in_the_place_of_the_directory_is_an_engine_error(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("not a directory")
    engine = opened(tmp_path / "index")
    with pytest.raises(EngineError):
        engine.applied()
    with pytest.raises(EngineError):
        engine.upsert([entry(1)])


@pytest.mark.parametrize("write", [False, True], ids=["reading", "writing"])
def test_a_directory_that_this_user_may_not_use_is_told_as_such(
    nursery: Nursery, tmp_path: Path, write: bool
) -> None:
    opened(tmp_path / "index").upsert([entry(1)])
    (tmp_path / "index").chmod(0)
    end = nursery.run("use_without_permission", directory=tmp_path / "index", write=write)
    (tmp_path / "index").chmod(0o700)
    assert end == 0


@pytest.mark.parametrize("bytes_left", [100, 1000, 4000, 20_000, 60_000])
def test_a_full_disk_is_told_and_leaves_the_old_entries(
    nursery: Nursery, tmp_path: Path, bytes_left: int
) -> None:
    directory = tmp_path / "index"
    opened(directory).upsert([entry(id_) for id_ in range(10)], words_seq=3)
    end = nursery.run(
        "upsert_on_a_full_disk", directory=directory, bytes_left=bytes_left, ids=list(range(1, 900))
    )
    assert end == 0
    engine = opened(directory)
    assert engine.applied().words_seq == 3
    assert all(holds(engine, id_) for id_ in range(1))
    engine.upsert([entry(id_, edition=1) for id_ in range(900)], words_seq=9)
    assert all(holds(engine, id_, edition=1) for id_ in range(0, 900, 50))


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = [EngineError, *EngineError.__subclasses__()]
    assert len({kind.code for kind in kinds}) == len(kinds) == 7
    assert all(re.fullmatch("[a-z_]+", kind.code) for kind in kinds)
