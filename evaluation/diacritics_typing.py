"""Type Vietnamese the way people do: without marks, half with marks, in the short forms of chat.

In: a text with its diacritics. Out: a `Typed`, which also says what syllable was meant at which
stretch. Nothing here restores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from evaluation.diacritics_spelling import canonical, shown_without, words
from soi.core.text import clean
from soi.core.text.lexicon import rows

Way = Callable[[int, str], str]
"""How the nth word of a text is typed; the word is in its own case, with its marks."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A text as typed, and which syllable is meant at which stretch: begin, end, its spelling."""

    text: str
    meant: Sequence[tuple[int, int, str]]


def typed_without(text: str) -> Typed:
    """`text` without any marks."""
    return _typed(text, lambda _, word: shown_without(word))


def typed_half(text: str) -> Typed:
    """`text` with the marks of every second word; the others are what `meant` asks for."""
    return _typed(text, lambda place, word: word if place % 2 else shown_without(word))


def typed_in_chat(text: str) -> Typed:
    """`text` without marks, its common words in the short spellings of chat."""
    short = _short_forms()
    return _typed(text, lambda _, word: short.get(word.lower()) or shown_without(word))


def _typed(text: str, way: Way) -> Typed:
    seen = clean(text)
    pieces: list[str] = []
    meant: list[tuple[int, int, str]] = []
    done = length = 0
    for place, (start, word) in enumerate(words(seen)):
        between = shown_without(seen[done:start])
        form = way(place, word)
        pieces += between, form
        length += len(between)
        if (syllable := canonical(word.lower())) and form.isascii():
            meant.append((length, length + len(form), syllable))
        length += len(form)
        done = start + len(word)
    return Typed("".join([*pieces, shown_without(seen[done:])]), meant)


@lru_cache(maxsize=1)
def _short_forms() -> dict[str, str]:
    """The first short spelling of each single syllable in the lexicon of chat spellings, unless it
    is bound to its surroundings."""
    forms: dict[str, str] = {}
    for form, written_out, *guards in rows("teencode"):
        bound = {"end", "amount"} & set(",".join(guards).split(","))
        if canonical(written_out) and form.isascii() and not bound:
            forms.setdefault(written_out, form)
    return forms
