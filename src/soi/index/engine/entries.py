"""Which entries an engine takes, and what a batch of them says of each id.

In: entries as callers give them. Out: one entry an id, fit to be written, or `EntryRejected`. The
same rule for every engine, so that none stores what another would refuse.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from soi.index.engine.base import Entry, Vector
from soi.index.engine.errors import EntryRejected

ID_LIMIT = 2**63
NORM_TOLERANCE = 0.01


def merged(batch: Iterable[Entry], dimension: int) -> list[Entry]:
    """One entry an id, a later one over an earlier, each fit to be written."""
    latest: dict[int, Entry] = {}
    for entry in batch:
        if not 0 <= entry.id < ID_LIMIT:
            raise EntryRejected(f"id {entry.id} is not in 0..2^63-1")
        vector = None if entry.vector is None else unit_vector(entry.vector, dimension)
        before = latest.get(entry.id, entry)
        latest[entry.id] = Entry(
            entry.id,
            entry.language,
            before.tokens if entry.tokens is None else entry.tokens,
            before.vector if vector is None else vector,
        )
    return list(latest.values())


def unit_vector(vector: Vector, dimension: int) -> Vector:
    """The vector as f32; `EntryRejected` unless it is a unit vector of this dimension."""
    plain = np.asarray(vector, np.float32)
    if plain.shape != (dimension,):
        raise EntryRejected(f"a vector of shape {plain.shape}, not ({dimension},)")
    norm = float(np.linalg.norm(plain))
    if not abs(norm - 1.0) <= NORM_TOLERANCE:
        raise EntryRejected(f"a vector of length {norm:.4g}, not 1")
    return plain
