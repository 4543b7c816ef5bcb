"""Compare one vector with many, in faiss's SIMD loops, on one core and without copying.

In: arrays, usually memory maps. Out: the best rows by inner product, or the nearest bits. Numpy
would turn f16 into f32 first, which costs fifteen times as much as the comparison itself.
"""

from __future__ import annotations

from typing import Any

import faiss as typed_faiss
import numpy as np
from numpy.typing import NDArray

# Faiss's own types know the C++ signatures, not what its Python layer makes of them.
faiss: Any = typed_faiss

Rows = NDArray[np.int64]

# Faiss's views of foreign memory want an owner; this vector's is null: arrays are kept by callers.
_NO_OWNER = faiss.MaybeOwnedVectorUInt8()


def best_products(
    vectors: NDArray[np.float16],
    query: NDArray[np.float32],
    k: int,
    among: NDArray[np.bool_] | None,
) -> tuple[Rows, NDArray[np.float32]]:
    """The `k` rows of the largest inner product, best first, with the products.

    `among` masks the rows that may be found. 32 us of CPU for each 1,000 rows of 384 dimensions.
    """
    if not len(vectors) or k < 1:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    _use_one_core()
    parameters = None
    if among is not None:
        selector = faiss.IDSelectorBitmap(np.packbits(among, bitorder="little"))
        parameters = faiss.SearchParameters(sel=selector)
    memory = np.ascontiguousarray(vectors)
    products, rows = _index_over(memory).search(query[None], min(k, len(memory)), params=parameters)
    found = rows[0] >= 0
    return rows[0][found], products[0][found]


def nearest_bits(codes: NDArray[np.uint8], query: NDArray[np.uint8], width: int) -> Rows:
    """The `width` rows that differ from `query` in the fewest bits, in rising order of row."""
    _use_one_core()
    _, rows = faiss.knn_hamming(query[None], codes, min(width, len(codes)), variant="mc")
    found: Rows = np.sort(rows[0][rows[0] >= 0])
    return found


def _use_one_core() -> None:
    # OpenMP keeps this number for each thread: a new one would start as many as there are cores.
    faiss.omp_set_num_threads(1)


def _index_over(vectors: NDArray[np.float16]) -> Any:
    """A faiss index whose content is the memory of `vectors`, which must outlive it."""
    count, dimension = vectors.shape
    index = faiss.IndexScalarQuantizer(
        dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    memory = vectors.view(np.uint8).reshape(-1)
    index.codes = faiss.MaybeOwnedVectorUInt8.create_view(
        faiss.swig_ptr(memory), memory.size, _NO_OWNER.owner
    )
    index.ntotal, index.is_trained = count, True
    return index
