"""What is read off a statement to tell its type: its words, its pairs of words, and its shape.

In: a statement as written. Out: folded terms and three figures. Words are folded and chat
spellings written out, so that text with and without diacritics gives the same terms; marks that
tell a type (question marks, laughter, the colon of a headline) are words, too, and so are the
beginning and the end. Nothing here weighs.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from soi.core.text import expand_teencode, fold

MAX_CHARACTERS: Final = 1_000
"""What is read of a text; a statement is one sentence, whoever has more splits it first."""

SHAPE: Final = ("length", "has_number", "asks")
"""The figures beside the terms: log(1 + tokens), any number, any question mark."""

START: Final = "<s>"
END: Final = "</s>"
NUMBER: Final = "0"
LAUGHTER: Final = ":)"
EMOJI: Final = "☺"
ELLIPSIS: Final = "…"

_TOKEN: Final = re.compile(
    r"(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?)|(?P<number>\d+(?:[.,:/]\d+)*)"
    r"|(?P<laughter>[=:;]+['-]?(?:[()]+|[vdp3](?!\w)))"
    r"|(?P<ellipsis>…|\.{2,})|(?P<mark>([?!])\6*|[^\w\s])"
)
_SYMBOL: Final = frozenset({"So", "Sk", "Cn"})
"""Unicode's categories of emoji, their skin tones, and emoji newer than Python's tables."""


@dataclass(frozen=True, slots=True)
class Features:
    """What was read: the different terms, and the figures named in `SHAPE`."""

    terms: frozenset[str]
    shape: tuple[float, float, float]


def read(text: str) -> Features:
    """The features of the first 1,000 characters; never raises, no terms when there are none."""
    tokens = list(_tokens(expand_teencode(text[:MAX_CHARACTERS]).lower()))
    while tokens and tokens[-1] == ".":
        tokens.pop()
    bounded = [START, *tokens, END]
    pairs = {f"{first} {second}" for first, second in pairwise(bounded)}
    shape = (math.log1p(len(tokens)), float(NUMBER in tokens), float("?" in tokens))
    return Features(frozenset(tokens) | pairs if tokens else frozenset(), shape)


def has_letters(text: str) -> bool:
    """Whether there is a letter in what is read of a text: without one it states nothing."""
    return any(letter.isalpha() for letter in text[:MAX_CHARACTERS])


def _tokens(text: str) -> Iterator[str]:
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if kind == "word":
            yield _folded(found[0])
        elif kind == "number":
            yield NUMBER
        elif kind == "laughter":
            yield LAUGHTER
        elif kind == "ellipsis":
            yield ELLIPSIS
        else:
            mark = found[0][0]
            yield EMOJI if unicodedata.category(mark) in _SYMBOL else mark


@lru_cache(maxsize=16_384)
def _folded(word: str) -> str:
    return fold(word)
