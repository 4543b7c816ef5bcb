"""The reference that engines are held against: BM25 and cosine over everything, in memory."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from soi.index.engine import Applied, Entry, EntryRejected, Hit, Vector
from soi.index.engine.fusion import fused
from soi.index.engine.generation import Scored

K1, B = 1.2, 0.75


class ExactEngine:
    """Keeps entries in two dicts and compares a query with each of them."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._words: dict[int, tuple[str, ...]] = {}
        self._vectors: dict[int, Vector] = {}
        self._marks = (0, 0)
        self._builds = 1

    def exclusive(self) -> AbstractContextManager[None]:
        return nullcontext()

    def applied(self) -> Applied:
        counts = len(self._words), len(self._vectors)
        return Applied(*self._marks, *counts, build=str(self._builds))

    def upsert(
        self,
        batch: Sequence[Entry],
        *,
        words_seq: int | None = None,
        meaning_seq: int | None = None,
    ) -> None:
        for entry in batch:
            self._check(entry)
        for entry in batch:
            if entry.tokens is not None:
                self._words[entry.id] = entry.tokens
            if entry.vector is not None:
                self._vectors[entry.id] = entry.vector
        self._advance(words_seq, meaning_seq)

    def delete(self, ids: Sequence[int], *, words_seq: int | None = None) -> None:
        for id_ in ids:
            self._words.pop(id_, None)
            self._vectors.pop(id_, None)
        self._advance(words_seq, None)

    def search(self, tokens: Sequence[str], vector: Vector | None, k: int) -> list[Hit]:
        if k < 1:
            return []
        cosines = {} if vector is None else {i: float(v @ vector) for i, v in self._vectors.items()}
        words = _best(self._bm25(set(tokens)), k)
        return fused(Scored(words, _best(cosines, k), cosines))

    def rebuild(
        self,
        rows: Iterable[Entry],
        *,
        words_seq: int,
        meaning_seq: int,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        new = ExactEngine(self._dimension)
        for row in rows:
            new.upsert([row])
        if progress:
            progress(len(new._words))
        self._words, self._vectors = new._words, new._vectors
        self._marks = (words_seq, meaning_seq)
        self._builds += 1

    def _bm25(self, query: set[str]) -> dict[int, float]:
        size = len(self._words)
        average = sum(map(len, self._words.values())) / max(size, 1)
        frequency = Counter(token for tokens in self._words.values() for token in set(tokens))
        scores = {}
        for id_, tokens in self._words.items():
            counts = Counter(token for token in tokens if token in query)
            norm = K1 * (1 - B + B * len(tokens) / average) if average else K1
            score = sum(
                math.log(1 + (size - frequency[token] + 0.5) / (frequency[token] + 0.5))
                * count
                * (K1 + 1)
                / (count + norm)
                for token, count in counts.items()
            )
            if counts:
                scores[id_] = score
        return scores

    def _check(self, entry: Entry) -> None:
        if not 0 <= entry.id < 2**63:
            raise EntryRejected(f"id {entry.id}")
        if entry.vector is not None and (
            entry.vector.shape != (self._dimension,)
            or not abs(float(np.linalg.norm(entry.vector)) - 1) <= 0.01
        ):
            raise EntryRejected(f"vector of {entry.id}")

    def _advance(self, words_seq: int | None, meaning_seq: int | None) -> None:
        old = self._marks
        self._marks = max(old[0], words_seq or 0), max(old[1], meaning_seq or 0)


def _best(scores: dict[int, float], k: int) -> list[tuple[int, float]]:
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:k]
