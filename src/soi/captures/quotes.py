"""Decide where in a captured text a quoted passage stands, if it does.

In: the text of a capture and a passage as somebody quotes it. Out: the stretch of the text, to be
pointed at, or None. What typesetting changes does not count: forms of quotation marks and dashes,
white space and line ends, soft hyphens, hyphens at a line's end, composed or decomposed letters.
All else does: letters, marks, case, figures. Parts may be left out where the quote says so with
"[…]", "(...)" or "…", in the order of the text and not far apart. A quote never begins or ends
inside a word or a number: "5 người" is not in "15 người".
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from soi.core.text import Span
from soi.core.text.normalise import normalise

LEFT_OUT: Final = 2_000
"""Characters that one "[…]" may stand for. Words pieced together from a whole page are no quote."""
QUOTE_LIMIT: Final = 5_000
"""Characters of a quote."""
_PARTS = 20
_TRIES = 200
"""Places at which a quote with left-out parts is tried: keeps hostile texts from taking long."""

_PRINTED = {
    '"': "“”„‟«»″‶〝〞＂",
    "'": "‘’‚‛‹›′‵`´ʼ＇",
    "-": "‐‑‒–—―−⁃﹘﹣－",
    "…": "⋯",
}
_PLAIN = {ord(letter): plain for plain, letters in _PRINTED.items() for letter in letters}
_RUNS = re.compile(r"[ \n]{2,}|\n|-{2,}|\.{3,}|''")
_LEFT_OUT_SURELY = re.compile(r"[\[(] ?… ?[\])]")
_LEFT_OUT_PERHAPS = re.compile(r"[\[(] ?… ?[\])]|…")
_AT_LINE_END = re.compile(r"(?<=[^\W\d_])-\n\s*(?=[^\W\d_])")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Readable:
    """A text made ready for quotes to be looked for, and where each character stood in it."""

    text: str
    origin: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """The stretch of the text as it was."""
        return Span(self.origin[start], self.ends[end - 1])


def readable(text: str) -> Readable:
    """Make a text ready; linear in its length."""
    known = normalise(text)
    return _rewritten(Readable(known.text.translate(_PLAIN), known.origin, known.ends), _RUNS)


def joined(text: str) -> Readable:
    """The same, with words that were divided at the end of a line put together."""
    known = normalise(text)
    plain = Readable(known.text.translate(_PLAIN), known.origin, known.ends)
    return _rewritten(_rewritten(plain, _AT_LINE_END), _RUNS)


def place_of(quote: str, text: str) -> Span | None:
    """Where the quote stands in the text, the first place; None when it does not."""
    return next((found for _, found in places_of([quote], text)), None)


def places_of(quotes: Sequence[str], text: str) -> Iterator[tuple[str, Span]]:
    """Those of the quotes that stand in the text, with their first places."""
    missing = list(quotes)
    for form in (readable, joined):
        # Most texts divide no words: the second form is made for those that do.
        if not missing or (form is joined and "-\n" not in text.replace("\u2010", "-")):
            return
        prepared = form(text)
        for quote in tuple(missing):
            if span := _place(quote, prepared):
                missing.remove(quote)
                yield quote, span


def _place(quote: str, prepared: Readable) -> Span | None:
    if len(quote) > QUOTE_LIMIT:
        return None
    wanted = readable(quote).text.strip()
    for separator in (_LEFT_OUT_SURELY, _LEFT_OUT_PERHAPS):
        parts = [part.strip() for part in separator.split(wanted)]
        parts = [part for part in parts if part]
        if not 0 < len(parts) <= _PARTS or not all(_WORD.search(part) for part in parts):
            continue
        if found := _chain(parts, prepared.text):
            return prepared.span(*found)
    return None


def _chain(parts: Sequence[str], text: str) -> tuple[int, int] | None:
    """The first stretch in which the parts follow one another, each near the one before."""
    begin = 0
    for _ in range(_TRIES):
        last = begin
        for part in parts:
            place = _find(part, text, last)
            if place is None:
                return None
            last = place + len(part)
        # The way forward took the first of each; the way back takes the nearest.
        end = last
        start, is_near = end - len(parts[-1]), True
        for part in reversed(parts[:-1]):
            place = _find_back(part, text, begin, start)
            is_near = is_near and start - place - len(part) <= LEFT_OUT
            start = place
        if is_near:
            return start, end
        begin = start + 1
    return None


def _find(part: str, text: str, start: int) -> int | None:
    while (place := text.find(part, start)) >= 0:
        if _is_whole(text, place, place + len(part)):
            return place
        start = place + 1
    return None


def _find_back(part: str, text: str, start: int, end: int) -> int:
    """The last place of a part that is known to stand there."""
    while not _is_whole(text, place := text.rfind(part, start, end), place + len(part)):
        end = place + len(part) - 1
    return place


def _is_whole(text: str, start: int, end: int) -> bool:
    """True if the stretch neither begins nor ends inside a word or a number."""
    return not (
        (_joins(text[start]) and _is_inside(text[max(start - 2, 0) : start][::-1], text[start]))
        or (_joins(text[end - 1]) and _is_inside(text[end : end + 2], text[end - 1]))
    )


def _is_inside(beside: str, edge: str) -> bool:
    """True if what stands beside an edge, read outwards, belongs to the same word or number."""
    if not beside:
        return False
    if _joins(beside[0]):
        return True
    return edge.isdigit() and beside[0] in ".," and beside[1:].isdigit()


def _joins(letter: str) -> bool:
    return letter.isalnum() or letter == "_" or unicodedata.category(letter)[0] == "M"


def _rewritten(given: Readable, pattern: re.Pattern[str]) -> Readable:
    """Each run as the one character that stands for it; a divided word without its hyphen."""
    pieces: list[str] = []
    origin, ends = array("q"), array("q")
    done = 0
    for match in pattern.finditer(given.text):
        kept = slice(done, match.start())
        pieces.append(given.text[kept])
        origin.extend(given.origin[kept])
        ends.extend(given.ends[kept])
        if pattern is _RUNS:
            pieces.append(_standing_for(match[0]))
            origin.append(given.origin[match.start()])
            ends.append(given.ends[match.end() - 1])
        done = match.end()
    pieces.append(given.text[done:])
    origin.extend(given.origin[done:])
    ends.extend(given.ends[done:])
    return Readable("".join(pieces), origin, ends)


def _standing_for(run: str) -> str:
    if run.isspace():
        return " "
    return {"-": "-", ".": "…", "'": '"'}[run[0]]
