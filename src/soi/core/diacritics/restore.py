"""Put the marks back on Vietnamese that was typed without: "uong nuoc chanh" is "uống nước chanh".

In: a text as people type it. Out: the text with the likeliest syllables, of the same length but
for chat spellings written out, on request with the origin of each character. What carries a mark
already, words that are spelled as no Vietnamese syllable, names of accounts, links and numbers
stay; case stays. A text that has its marks, or is not Vietnamese, comes back as it was. The output
is for machines that look up the meaning of a text: one syllable in seven (chat) to eleven (news)
is wrong, now and then the one that carries the sense ("chưa" and "chữa"), so it is never shown in
place of what somebody wrote.

The search is Viterbi's (1967) over the syllables of each plain spelling, with a beam, by the costs
of triples and pairs in `soi.core.diacritics.model`.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

from soi.core.diacritics.model import BREAK, FOREIGN, NUMBER, Model, load_model
from soi.core.diacritics.tokens import Kind, Token, tokens
from soi.core.text import Language, base_letters, clean, expand_teencode_aligned, language_of

MAX_CHARACTERS: Final = 8_192
"""What is beyond stays as it was typed: the embedder reads no more."""

_BEAM: Final = 10
_CANDIDATES: Final = 14
_STRIPPED_ENOUGH: Final = 0.3
"""From this share of syllables that must have lost their marks on, a text is restored. None of
1,306 own statements reaches it as written; all do without marks, 98 in 100 with half of them."""

Choices = tuple[int, ...]
"""The numbers of the syllables that may stand at a place."""


def needs_restoring(text: str, language: Language) -> bool:
    """Whether `text` is Vietnamese of which so many marks are missing that meaning is lost.

    Counts for each syllable without a mark how seldom that spelling is right; a text that was
    typed with its marks hardly has such syllables. Reads the first 8,192 characters; never raises
    but for `ModelError`.
    """
    if language is not Language.VI:
        return False
    model = load_model()
    syllables, missing = 0, 0.0
    for token in tokens(clean(text[:MAX_CHARACTERS])):
        if token.kind is not Kind.WORD:
            continue
        if not token.text.isascii():
            syllables += 1
        elif token.text in model.own_share:
            syllables += 1
            missing += 1.0 - model.own_share[token.text]
    return missing > 0 and missing >= _STRIPPED_ENOUGH * syllables


def restore(text: str, language: Language | None = None) -> str:
    """Return `text` with its Vietnamese marks, or `text` itself when it does not need them.

    Chat spellings are written out first. Without `language` it is told from the text. Time and
    memory are linear in the length of `text`, of which the first 8,192 characters are read; never
    raises but for `ModelError`.
    """
    return restore_aligned(text, language)[0]


def restore_aligned(text: str, language: Language | None = None) -> tuple[str, tuple[int, ...]]:
    """Return `restore(text, language)` and for each of its characters an index in `text`: for the
    letters of a chat spelling that was written out, where the short form begins."""
    if not needs_restoring(text, language or language_of(text)):
        return text, tuple(range(len(text)))
    head = text[:MAX_CHARACTERS]
    written, origin = expand_teencode_aligned(head)
    restored = with_marks(written, load_model())
    return restored + text[len(head) :], (*origin, *range(len(head), len(text)))


def with_marks(text: str, model: Model) -> str:
    """Return `text`, known to be Vietnamese, with the likeliest marks; of the same length."""
    found = list(tokens(text))
    path = _best_path([_choices(token, model) for token in found], model)
    letters = list(text)
    for token, number in zip(found, path, strict=True):
        if number > FOREIGN and token.text.isascii():
            for place, letter in enumerate(model.syllables[number], token.start):
                letters[place] = letter.upper() if letters[place].isupper() else letter
    return "".join(letters)


def _choices(token: Token, model: Model) -> Choices:
    """What may stand for a token: a word that has a mark stands for itself only."""
    if token.kind is Kind.NUMBER:
        return (NUMBER,)
    if token.kind is Kind.BREAK:
        return (BREAK,)
    numbers = model.candidates.get(base_letters(token.text)) if token.kind is Kind.WORD else None
    if numbers is None:
        return (FOREIGN,)
    if token.text.isascii():
        return numbers[:_CANDIDATES]
    same = [number for number in numbers if _parts(model.syllables[number]) == _parts(token.text)]
    return tuple(same[:1]) or (FOREIGN,)


def _parts(word: str) -> list[str]:
    """The letters and marks of a word, wherever its tone mark stands ("hoà", "hòa")."""
    return sorted(unicodedata.normalize("NFD", word))


class _State(NamedTuple):
    cost: int
    number: int
    pair: int
    """The number of the pair that ends here, -1 when that was never seen."""
    previous: int
    """The place of the state that this one continues, in the beam before."""


def _best_path(places: Sequence[Choices], model: Model) -> list[int]:
    """The cheapest number for each place."""
    beams: list[list[_State]] = [[_State(0, BREAK, -1, 0)]]
    for choices in (*places, (BREAK,)):
        beams.append(_continued(beams[-1], choices, model))
    path: list[int] = []
    previous = beams[-1][0].previous
    for beam in beams[-2:0:-1]:
        path.append(beam[previous].number)
        previous = beam[previous].previous
    return path[::-1]


def _continued(beam: Sequence[_State], choices: Choices, model: Model) -> list[_State]:
    """The cheapest states after one more token, the cheapest first."""
    pairs = {
        number: [(choice, *model.pair(number, choice)) for choice in choices]
        for number in {state.number for state in beam}
    }
    starts, thirds, triples = model.triple_starts, model.thirds, model.triples
    best: dict[int, _State] = {}
    for place, (cost, number, before, _) in enumerate(beam):
        start, end = (starts[before], starts[before + 1]) if before >= 0 else (0, 0)
        lowered = cost + (model.after_two[before] if before >= 0 else 0)
        for choice, pair, pair_cost in pairs[number]:
            third = bisect_left(thirds, choice, start, end) if start < end else end
            if third < end and thirds[third] == choice:
                total = cost + triples[third]
            else:
                total = lowered + pair_cost
            # States that end in the same unseen pair, or in the same pair, have one future.
            future = pair if pair >= 0 else ~choice
            known = best.get(future)
            if known is None or total < known.cost:
                best[future] = _State(total, choice, pair, place)
    return sorted(best.values())[:_BEAM]
