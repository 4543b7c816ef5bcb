"""Pure decisions of grouping: what surely says the same, what may, and what opens a claim.

In: the judge's matches and the types of statements. Out: what becomes of each statement. Nothing
here reads the database. The numbers come from `evaluation.grouping`: see `evaluation/README.md`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from soi.core.checkable import StatementType
from soi.core.matching import Match, Relation
from soi.core.matching.polarity import Marker, read_stance
from soi.core.matching.reading import Reading
from soi.core.text import fold
from soi.intake.types import Reason

CLAIMS_A_TIP: Final = 3
"""Under so many claims one tip may stand, so that a long forward does not fill the queue."""

LEAST_WORDS: Final = 4
"""What has fewer words ("Tin nóng!") opens no claim."""

LOOKED_UP: Final = 10
"""So many statements of one tip are looked up, those that are likeliest of fact."""

SURE: Final = 0.9
"""From this probability on what the judge calls the same is put together without a person. At .8
one in three free wordings so joined was of another claim, most of them written to be told apart."""

SUGGESTED: Final = 0.05
"""From this probability on a match is worth a person's look: one in six is the same."""

SUGGESTIONS: Final = 3
"""So many are suggested for one claim."""

_WORDS: Final = re.compile(r"\w+")

_TURNING: Final = (
    Marker.NEGATION, Marker.DENIAL, Marker.REASSURANCE, Marker.AUTHORITY_DENIAL,
)  # fmt: skip

_REASONS: Final = {
    StatementType.OPINION: Reason.OPINION,
    StatementType.PREDICTION: Reason.PREDICTION,
    StatementType.SATIRE: Reason.SATIRE,
}


@dataclass(frozen=True, slots=True)
class Judgeable:
    """What is asked of a statement to decide whether it opens a claim."""

    text: str
    checkability: float
    is_fact: bool
    """True when it is surely a statement of fact, False when that is not sure."""
    is_placed: bool
    """True when it stands under a claim or a check already."""


def is_sure(statement: str, match: Match) -> bool:
    """True if the statement may be put beside the match's claim without a person.

    The judge calls them the same, and is sure of it or one only adds words around the other.
    Nothing that turns a statement round may stand in one of them alone (charter rule C10).
    """
    known = match.candidate.claim
    if match.relation is not Relation.SAME:
        return False
    around = words_around(statement, known)
    if around is not None:
        return not _turns(around) and not any(letter.isdigit() for letter in around)
    return match.probability >= SURE and _turns(statement) == _turns(known)


def words_around(statement: str, known: str) -> str | None:
    """The words that one of the two has before and after the other, None when they differ more.

    A word that is put in between ("không") makes it another statement.
    """
    said, had = _WORDS.findall(statement), _WORDS.findall(known)
    whole, part = (said, had) if len(said) >= len(had) else (had, said)
    folded, wanted = [fold(word) for word in whole], [fold(word) for word in part]
    for start in range(len(whole) - len(part) + 1):
        end = start + len(part)
        if folded[start:end] == wanted:
            return " ".join([*whole[:start], *whole[end:]])
    return None


def _turns(text: str) -> Counter[Marker]:
    """How often a text negates, denies and reassures."""
    stance = read_stance(Reading(text))
    return +Counter({marker: stance.count(marker) for marker in _TURNING})


class Likely(Protocol):
    """What may say the same: how it stands to the statement, and how likely it is the same."""

    @property
    def claim(self) -> int | None:
        """The claim, None for a check."""

    @property
    def check(self) -> int | None:
        """The check, None for a claim."""

    @property
    def relation(self) -> Relation:
        """The judge's word."""

    @property
    def probability(self) -> float:
        """That both say the same."""


Likeness = TypeVar("Likeness", bound=Likely)


def suggested(near: Iterable[Likeness]) -> tuple[Likeness, ...]:
    """What a person should look at: the first few of the likely ones."""
    return tuple(likely(near)[:SUGGESTIONS])


def likely(near: Iterable[Likeness]) -> list[Likeness]:
    """What is worth a person's look, the likeliest first, each claim and check once."""
    worth = [
        each
        for each in near
        if each.relation is not Relation.NONE and each.probability >= SUGGESTED
    ]
    once: dict[tuple[int | None, int | None], Likeness] = {}
    for each in sorted(worth, key=lambda each: -each.probability):
        once.setdefault((each.claim, each.check), each)
    return list(once.values())


def opening(statements: Sequence[Judgeable], claims: int) -> list[int]:
    """The places of the statements that open a claim, in order; `claims` stand under the tip now.

    What is surely a fact opens one. Where nothing is sure and nothing was placed, the likeliest
    does: a person then sees it, low in the queue, and no tip of substance is passed over.
    """
    free = [
        place for place, each in enumerate(statements) if not each.is_placed and is_long(each.text)
    ]
    free.sort(key=lambda place: (-statements[place].checkability, place))
    facts = [place for place in free if statements[place].is_fact]
    is_empty = not facts and not any(each.is_placed for each in statements)
    chosen = free[:1] if is_empty else facts
    return sorted(chosen[: max(0, CLAIMS_A_TIP - claims)])


def is_long(text: str) -> bool:
    """True if a statement has enough words to open a claim."""
    return len(_WORDS.findall(text)) >= LEAST_WORDS


def seems(types: Sequence[StatementType | None]) -> StatementType | None:
    """What a message as a whole surely is, when none of its statements may be one of fact."""
    known = [each for each in types if each is not None]
    if not types or len(known) < len(types) or StatementType.FACT in known:
        return None
    return max(known, key=lambda each: (known.count(each), -known.index(each)))


def reason_for(seems: StatementType) -> Reason:
    """The reason for which a tip that seems to be that would be closed."""
    return _REASONS.get(seems, Reason.UNCLEAR)
