"""What every embedder promises, and how a text is made ready for one.

In: texts as people wrote them, of any length and with any code point. Out: unit vectors whose dot
product says how near two texts are in meaning, and on request what each word means where it
stands. A cosine here is no probability: two unrelated texts often reach .78, so whoever reads one
calibrates it first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
"""One unit vector of shape (384,)."""

Matrix = NDArray[np.float32]
"""Unit vectors as rows, of shape (n, 384)."""

QUERY_PREFIX: Final = "query: "
PASSAGE_PREFIX: Final = "passage: "

MAX_CHARACTERS: Final = 8192
"""Texts are cut here before anything reads them: 512 positions of 16 characters, the length of the
longest piece, so nothing is lost that the model could see."""

_UNREADABLE: Final = {0: " ", **dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")}


def _no_states() -> Matrix:
    return np.zeros((0, 384), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Understood:
    """What is made of one text that is looked up: its meaning, and that of its words.

    `words` are the text's words in their order, without what is punctuation only; row n of `states`
    is what the model takes the nth for in its place, which is comparable across languages. Both are
    empty where an embedder can't tell.
    """

    vector: Vector
    words: tuple[str, ...] = ()
    states: Matrix = field(default_factory=_no_states)


class Embedder(Protocol):
    """Turns texts into unit vectors of meaning; safe to call from several threads at once.

    `name` is stored beside vectors: vectors are comparable only under the same name. A statement
    that is looked up goes through `query`, a text that may be found through `passages`; the model
    was trained to tell the two sides apart. Equal texts give equal vectors.
    """

    @property
    def name(self) -> str:
        """Which vectors these are; changes whenever the vectors would."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    def query(self, text: str) -> Vector:
        """The vector of one text that is looked up."""

    def queries(self, texts: Sequence[str]) -> Matrix:
        """The vectors of several texts that are looked up, one row each."""

    def passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Matrix:
        """The vectors of texts to be found; `progress` hears now and then how many are done."""


@runtime_checkable
class WordReader(Protocol):
    """An embedder that can also tell what each word means where it stands."""

    def understand(self, texts: Sequence[str]) -> list[Understood]:
        """Texts that are looked up; their vectors are those of `Embedder.queries`."""


def understand(embedder: Embedder, texts: Sequence[str]) -> list[Understood]:
    """What `embedder` makes of texts that are looked up: without words if it can't tell them."""
    if isinstance(embedder, WordReader):
        return embedder.understand(texts)
    return [Understood(vector) for vector in embedder.queries(texts)]


def together(parts: Sequence[Understood], lengths: Sequence[int]) -> Understood:
    """What is made of a text from what was made of its parts; see `joined`."""
    return Understood(
        joined([part.vector for part in parts], lengths),
        tuple(word for part in parts for word in part.words),
        np.concatenate([part.states for part in parts]),
    )


def joined(vectors: Sequence[Vector], lengths: Sequence[int]) -> Vector:
    """The vector of a text from those of its parts, weighted by their lengths in characters.

    e5 pools by the mean over tokens, so this comes near to embedding the text anew, which for a
    long message would cost as much as all its parts: on the own messages it finds the same checks
    at one place in a hundred fewer. Needs at least one part.
    """
    mean = np.average(np.stack(vectors), axis=0, weights=lengths)
    unit: Vector = (mean / np.linalg.norm(mean)).astype(np.float32)
    return unit


def readable(text: str) -> str:
    """The part of `text` that is embedded, as valid Unicode without NUL.

    A lone surrogate has no UTF-8 form and becomes U+FFFD; NUL would end the text in C and becomes
    a space. Letters and marks are joined (NFC), because the vocabulary knows joined letters only
    and a Vietnamese text sent from a Mac would otherwise fall to pieces.
    """
    return unicodedata.normalize("NFC", text[:MAX_CHARACTERS].translate(_UNREADABLE))
