"""The vector file: exact while small, close to exact with bits, and sparing with slots."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from engine_entries import DIMENSION, unit

from soi.index.engine import Vector, vectors
from soi.index.engine.vectors import VectorFile

IDS = list(range(600))


@pytest.fixture
def file(tmp_path: Path) -> VectorFile:
    return VectorFile.create(tmp_path / "vectors", DIMENSION)


def crowd(seed: int) -> Vector:
    """Unit vectors around one point, as those of a text model lie."""
    return _scaled(unit(0) * 3 + unit(seed))


def _scaled(vector: Vector) -> Vector:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def exact(query: Vector, k: int) -> list[int]:
    return np.argsort([-float(crowd(id_) @ query) for id_ in IDS])[:k].tolist()


def test_a_small_file_is_searched_exactly(file: VectorFile) -> None:
    file.append(IDS, [crowd(id_) for id_ in IDS])
    view = file.view()
    assert view.codes is None
    for query in (crowd(10_000), crowd(10_001)):
        found = view.search(query, 5)
        assert [cosine for _, cosine in found] == pytest.approx(
            [float(crowd(id_) @ query) for id_ in exact(query, 5)], abs=2e-3
        )


def test_bits_keep_most_of_the_best(file: VectorFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "EXACT_LIMIT", 500)
    monkeypatch.setattr(vectors, "RERANK", 200)
    file.append(IDS, [crowd(id_) for id_ in IDS])
    view = file.view()
    assert view.codes is not None
    queries = [crowd(seed) for seed in range(10_000, 10_050)]
    kept = sum(
        len({id_ for id_, _ in view.search(query, 10)} & set(exact(query, 10))) for query in queries
    )
    assert kept >= 0.8 * 10 * len(queries)  # a third by chance


def test_the_mean_is_fixed_once_and_later_vectors_get_bits(
    file: VectorFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "EXACT_LIMIT", 500)
    file.append(IDS[:500], [crowd(id_) for id_ in IDS[:500]])
    mean = file.view().mean.copy()
    assert mean == pytest.approx(np.mean([crowd(id_) for id_ in IDS[:500]], axis=0), abs=1e-3)
    file.append(IDS[500:], [crowd(id_) for id_ in IDS[500:]])
    view = file.view()
    assert np.array_equal(view.mean, mean)
    assert view.codes is not None
    assert np.array_equal(view.codes[550], np.packbits(view.vectors[550] > mean))


def test_superseded_vectors_do_not_crowd_out_others(
    file: VectorFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "EXACT_LIMIT", 20)
    monkeypatch.setattr(vectors, "RERANK", 20)
    file.append(IDS[:50], [crowd(id_) for id_ in IDS[:50]])
    for turn in range(40):
        file.append([0], [_scaled(crowd(1) + unit(turn) * 0.01)])
    file.append([0], [crowd(900)])
    assert file.view().search(crowd(1), 1)[0][0] == 1


def test_the_same_vector_again_takes_no_new_slot(file: VectorFile) -> None:
    for _ in range(3):
        file.append([1, 2], [unit(1), unit(2)])
    assert len(file.view().ids) == 2


def test_a_view_keeps_what_it_saw(file: VectorFile) -> None:
    file.append([1], [unit(1)])
    before = file.view()
    file.append([1, 2], [unit(5), unit(2)])
    file.delete([2])
    assert before.search(unit(1), 5) == [(1, pytest.approx(1, abs=2e-3))]
    assert [id_ for id_, _ in file.view().search(unit(2), 5)] == [1]


def test_stored_vectors_come_back_by_id(file: VectorFile) -> None:
    file.append([1, 2], [unit(1), unit(2)])
    file.delete([2])
    found = file.view().vectors_of([2, 1, 404])
    assert list(found) == [1]
    assert found[1] == pytest.approx(unit(1), abs=1e-3)


def test_a_file_on_the_disk_is_opened_as_it_was_left(file: VectorFile, tmp_path: Path) -> None:
    file.append([3, 1, 2], [unit(3), unit(1), unit(2)])
    file.delete([1])
    again = VectorFile(tmp_path / "vectors", DIMENSION).view()
    assert again.search(unit(3), 5) == file.view().search(unit(3), 5)
    assert again.table.living == 2
