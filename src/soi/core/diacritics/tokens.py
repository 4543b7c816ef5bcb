"""Take a text apart for the model: words, numbers, breaks, and what is no language.

In: a text in normal form (`soi.core.text.clean`). Out: its tokens with their places. The restorer
and its training read by the same rules, or the counts would be of another language. Nothing here
knows syllables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final, NamedTuple

_PIECE: Final = re.compile(r"[^ \n]+|\n+")
_NO_LANGUAGE: Final = re.compile(r"://|[@#]|[^\W_]\.[a-z]{2}")
"""Stands in links, addresses, handles and tags: they are kept whole."""

_TOKEN: Final = re.compile(r"(?P<word>[^\W\d_]+)|(?P<number>\d[\w.,:/]*\w|\d)|[.!?…;:,()\"“”\n|]+")


class Kind(Enum):
    """What a token is; a break is the end of a line or punctuation."""

    WORD = "word"
    NUMBER = "number"
    BREAK = "break"
    KEPT = "kept"


class Token(NamedTuple):
    """A stretch of a text; `text` is in lower case."""

    kind: Kind
    start: int
    end: int
    text: str


def tokens(text: str) -> Iterator[Token]:
    """The tokens of `text` in their order; linear in its length, never raises."""
    for piece in _PIECE.finditer(text):
        if _NO_LANGUAGE.search(piece[0]):
            yield Token(Kind.KEPT, piece.start(), piece.end(), piece[0].lower())
            continue
        for found in _TOKEN.finditer(text, piece.start(), piece.end()):
            kind = Kind(found.lastgroup or "break")
            yield Token(kind, found.start(), found.end(), found[0].lower())
