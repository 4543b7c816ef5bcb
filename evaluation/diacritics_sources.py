"""Read what the restorer of diacritics is counted from beside our own texts.

In: texts and the wheel of the wordfreq package. Out: lines of Vietnamese with their diacritics, and
frequencies of words. Nothing here counts, and nothing read is kept.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from soi.core.text import Language, language_of

_MARKED: Final = re.compile("[ăđơưạ-ỹàáâãèéêìíòóôõùúýĩũ]", re.IGNORECASE)
_LETTER: Final = re.compile(r"[^\W\d_]")
_MARKED_SHARE: Final = 0.08
"""A Vietnamese text has a marked letter in about a quarter of its letters."""

_LIST: Final = "wordfreq/data/small_vi.msgpack.gz"
_HEADER: Final = {"format": "cB", "version": 1}


def marked_lines(text: str) -> Iterator[str]:
    """The lines of `text` that are written in Vietnamese with marks."""
    yield from (line.strip() for line in text.splitlines() if is_marked(line))


def is_marked(text: str) -> bool:
    """Whether `text` is Vietnamese with its diacritics, so that it can say what is right."""
    letters = len(_LETTER.findall(text))
    enough = len(_MARKED.findall(text)) >= max(1, _MARKED_SHARE * letters)
    return enough and language_of(text) is Language.VI


def frequencies(wheel: Path) -> dict[str, float]:
    """The share of running words by word, from the list inside the wheel of wordfreq 3.1.

    Speer 2022, doi:10.5281/zenodo.7199437; data CC BY-SA 4.0. Raises `ValueError` for a list of
    another format, and what `zipfile` raises for no such wheel.
    """
    with ZipFile(wheel) as archive:
        return read_frequencies(gzip.decompress(archive.read(_LIST)))


def read_frequencies(packed: bytes) -> dict[str, float]:
    """The words of a list in MessagePack: a header, then for each hundredth of a decade below 1
    the words of that frequency."""
    content = _Packed(packed).value()
    if not isinstance(content, list) or content[:1] != [_HEADER]:
        raise ValueError(f"the list of frequencies does not begin with {_HEADER}")
    return {
        word: 10 ** (-hundredths / 100)
        for hundredths, words in enumerate(content[1:])
        for word in words
    }


class _Packed:
    """Reads the few types of MessagePack that a list of frequencies is made of."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def value(self) -> Any:
        kind = self._number(1)
        if kind < 0x80:
            return kind
        if kind < 0x90:
            return {self.value(): self.value() for _ in range(kind & 0x0F)}
        if kind < 0xA0:
            return [self.value() for _ in range(kind & 0x0F)]
        if kind < 0xC0:
            return self._text(kind & 0x1F)
        if kind in (0xD9, 0xDA):
            return self._text(self._number(kind - 0xD8))
        if kind in (0xDC, 0xDD):
            return [self.value() for _ in range(self._number(2 * (kind - 0xDB)))]
        raise ValueError(f"type {kind:#x} of MessagePack is not known here")

    def _number(self, length: int) -> int:
        return int.from_bytes(self._take(length), "big")

    def _text(self, length: int) -> str:
        return self._take(length).decode("utf-8")

    def _take(self, length: int) -> bytes:
        if self._at + length > len(self._data):
            raise ValueError("the list of frequencies ends early")
        self._at += length
        return self._data[self._at - length : self._at]
