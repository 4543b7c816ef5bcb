"""Find the checks that a few words are about: a list to look through, no answer.

In: words as somebody types them into a search. Out: checks, what surely or possibly says the same
first, then those that have most of the words. No verdict holds for what was typed: that only
`soi.answer.answering` says.
"""

from __future__ import annotations

import re
from typing import Final

from soi.answer.statements import NEAR_AT_LEAST
from soi.claims.queries import CheckRow
from soi.core.matching import judge
from soi.core.text import fold, language_of
from soi.index.queries import CANDIDATES, Query, candidates

MOST: Final = CANDIDATES
"""Checks that one search finds."""
_SHARE: Final = 0.6
"""From this share of the words on a check is about them; a word or two more may be another's."""
_WORD = re.compile(r"\w+")


def checks_about(text: str) -> list[CheckRow]:
    """The checks about `text`, the likeliest first, at most `MOST`; none for no words.

    Raises `IndexBusy` and the other errors of the index.
    """
    wanted = _words(text)
    if not wanted:
        return []
    language = language_of(text)
    [found] = candidates([Query(text, language)])
    judged = judge(text, language, found.candidates, look=found.look, limit=MOST)
    same = {m.candidate.id: m.probability for m in judged if m.probability >= NEAR_AT_LEAST}
    shares = {
        each.id: len(wanted & _words(f"{each.claim} {each.title} {each.summary}")) / len(wanted)
        for each in found.candidates
    }
    about = [each.id for each in found.candidates if each.id in same or shares[each.id] >= _SHARE]
    # Candidates come by fused rank, and sorting keeps that order among equals.
    about.sort(key=lambda each: (-same.get(each, 0.0), -shares[each]))
    return [found.checks[each] for each in about]


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(fold(text)))
