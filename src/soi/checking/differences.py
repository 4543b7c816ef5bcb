"""Show what differs between two contents of a check, word by word.

In: two contents. Out: for each field that differs its pieces, the same, removed and added. What is
compared may be hostile: the work is bounded by `WORDS` and `LINES`, beyond which a text is compared
by its lines, and beyond that shown as exchanged whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Indel

from soi.checking.content import Content, changed_fields

WORDS: Final = 6000
"""Words of a text that are compared one by one. The comparison keeps a bit for each pair."""
LINES: Final = 6000

_WORDS = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a comparison: `change` is "same", "added" or "removed"."""

    change: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs between two contents."""

    field: str
    pieces: tuple[Piece, ...]


def differences(before: Content, after: Content) -> list[FieldChange]:
    """What differs, field by field in their order, with the words that came and went.

    The evidence is compared as a text, one line a fact.
    """
    return [
        FieldChange(field, tuple(pieces(_as_text(before.get(field)), _as_text(after[field]))))
        for field in changed_fields(before, after)
    ]


def pieces(old: str, new: str) -> Iterator[Piece]:
    """What became of `old` when `new` took its place; put together, each is found again whole."""
    before, after = _cut(old, new)
    gone, come = "", ""
    for step in Indel.opcodes(before, after):
        if step.tag == "equal":
            yield from _exchanged(gone, come)
            gone = come = ""
            yield Piece("same", "".join(before[step.src_start : step.src_end]))
        else:
            gone += "".join(before[step.src_start : step.src_end])
            come += "".join(after[step.dest_start : step.dest_end])
    yield from _exchanged(gone, come)


def _exchanged(gone: str, come: str) -> Iterator[Piece]:
    """What went and what came between two stretches that stayed."""
    if gone:
        yield Piece("removed", gone)
    if come:
        yield Piece("added", come)


def _cut(old: str, new: str) -> tuple[Sequence[str], Sequence[str]]:
    words = _WORDS.findall(old), _WORDS.findall(new)
    if max(map(len, words)) <= WORDS:
        return words
    lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return lines if max(map(len, lines)) <= LINES else ([old], [new])


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(_as_text(each) for each in value)
    if isinstance(value, dict):
        return "\n".join(
            f"{name}: {_as_text(each)}" for name, each in value.items() if each not in ("", None)
        )
    return "" if value is None else str(value)
