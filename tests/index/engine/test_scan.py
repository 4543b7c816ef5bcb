"""The scans against numpy, on memory that faiss does not own."""

from __future__ import annotations

import numpy as np
import pytest

from soi.index.engine.scan import best_products, nearest_bits

VECTORS = np.random.default_rng(5).normal(size=(300, 64)).astype(np.float16)
QUERY = np.random.default_rng(6).normal(size=64).astype(np.float32)
PRODUCTS = VECTORS.astype(np.float32) @ QUERY


@pytest.mark.parametrize("rows", [slice(None), slice(None, None, 3), slice(0, 1)])
def test_the_best_products_are_numpys(rows: slice) -> None:
    found, products = best_products(VECTORS[rows], QUERY, 10, None)
    order = np.argsort(-PRODUCTS[rows])[:10]
    assert found.tolist() == order.tolist()
    assert products == pytest.approx(PRODUCTS[rows][order], rel=1e-3)


@pytest.mark.parametrize("living", [0, 1, 7, 299])
def test_only_rows_of_the_mask_are_found(living: int) -> None:
    among = np.zeros(300, np.bool_)
    among[:living] = True
    found, _ = best_products(VECTORS, QUERY, 300, among)
    assert sorted(found.tolist()) == list(range(living))


def test_nothing_is_found_in_nothing() -> None:
    assert best_products(VECTORS[:0], QUERY, 5, None)[0].tolist() == []


def test_the_nearest_bits_are_numpys() -> None:
    codes = np.packbits(VECTORS > 0, axis=1)
    query = np.packbits(QUERY > 0)
    distances = np.unpackbits(codes ^ query, axis=1).sum(axis=1)
    found = nearest_bits(codes, query, 40)
    assert len(set(found.tolist())) == 40
    assert distances[found].max() <= np.sort(distances)[40]
    assert found.tolist() == sorted(found.tolist())
