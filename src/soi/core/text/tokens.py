"""Cut a text into the tokens that the words channel of the index holds.

In: a check's words or a statement, and its language. Out: tokens, repeated as often as they occur.
Documents and queries go through the same function. There are two kinds, told apart by how they
begin: character 4-grams of the folded text ("_" stands for a space), which survive missing
diacritics and misspelling, and "=" with a whole word as it was written, which tells "chữa" from
"chưa" when the writer did. Nothing here weighs a token: BM25 in the engine does.
"""

from __future__ import annotations

import re
from typing import Final

from soi.core.text.fold import fold
from soi.core.text.normalise import clean
from soi.core.text.parts import Language
from soi.core.text.teencode import expand_teencode

MAX_CHARACTERS: Final = 20_000
"""Longer texts are cut: what a claim is about stands well before this."""

_GRAM: Final = 4
_WORD: Final = re.compile(r"[^\W_]+")
# The letters of a short link are rare and mean nothing; links are looked up as links.
_LINK: Final = re.compile(r"(?:https?://|www\.|pic\.twitter\.com/|t\.co/)\S{1,2000}", re.IGNORECASE)
_LONGEST_WORD: Final = 40
# Scripts that write no spaces and pack a word into one to three characters: Thai, Lao, Myanmar,
# Khmer, kana and Han. There a pair of characters carries what four letters carry elsewhere.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)


def index_tokens(text: str, language: Language) -> tuple[str, ...]:
    """The tokens of `text` for the words channel, in the order of the text.

    `language` does not change the tokens of any language yet known to be worth a rule of its own;
    callers pass it so that one can be added without changing them. Linear in the length of `text`,
    of which the first 20,000 characters are read; never raises.
    """
    del language
    cut = text[:MAX_CHARACTERS]
    seen = expand_teencode(_LINK.sub(" ", clean(cut)))
    folded = " ".join(_WORD.findall(fold(seen)))
    words = [word for word in _WORD.findall(seen.lower()) if len(word) <= _LONGEST_WORD]
    return (*_grams(folded), *_pairs(folded), *("=" + word for word in words))


def _grams(folded: str) -> list[str]:
    """Every 4-gram of the text with a space before and after it."""
    if not folded:
        return []
    padded = "_" + folded.replace(" ", "_") + "_"
    return [padded[at : at + _GRAM] for at in range(max(1, len(padded) - _GRAM + 1))]


def _pairs(folded: str) -> list[str]:
    """The pairs of neighbouring characters inside runs of a script without spaces."""
    runs = _UNSPACED.findall(folded)
    return [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
