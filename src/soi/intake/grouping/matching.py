"""Decide for each statement of a tip what it says the same as, and what it may say the same as.

In: statements that no tip held before. Out: a `Judged` for each: its type, the claim or check it
surely belongs to, and what a person should look at. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from soi.claims.queries import CheckRow
from soi.core.checkable import StatementType, statement_type
from soi.core.matching import Candidate, Match, Relation, judge
from soi.core.meaning import Understood, Vector
from soi.core.text import Language
from soi.index.queries import Found, Query, meanings
from soi.index.queries import candidates as check_candidates
from soi.intake.grouping import finding, rules
from soi.intake.grouping.finding import Asked, Known
from soi.intake.grouping.reading import Read

_UNREAD: Final = 0.5
"""How checkable a statement is of which nothing can be told, such as one in a third language."""


@dataclass(frozen=True, slots=True)
class Near:
    """A claim, or a published check, that a statement may say the same as."""

    claim: int | None
    check: int | None
    relation: Relation
    probability: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of one statement."""

    read: Read
    type: StatementType | None
    checkability: float
    understood: Understood
    claim: int | None = None
    """The claim under which stands what it surely says the same as."""
    check: CheckRow | None = None
    """The published check that it surely says the same as, where no claim does."""
    near: tuple[Near, ...] = ()
    """What a person should look at, the likeliest first."""

    @property
    def vector(self) -> Vector:
        """What it means as a whole."""
        return self.understood.vector

    @property
    def may_be_fact(self) -> bool:
        """False for what is surely no statement of fact."""
        return self.type in (None, StatementType.FACT)


def judged(
    reads: Sequence[Read], *, before_lookup: Callable[[Sequence[Vector]], None]
) -> list[Judged]:
    """What each statement is, and what it says the same as.

    What is surely no statement of fact is not looked up, and of the others only the likeliest
    `rules.LOOKED_UP` are: a message of a hundred statements costs no more than that.
    `before_lookup` is told the meanings of these first.
    """
    understood = meanings([each.text for each in reads])
    typed = [_typed(read, each) for read, each in zip(reads, understood, strict=True)]
    likely = sorted(
        (place for place, each in enumerate(typed) if each.may_be_fact),
        key=lambda place: (-typed[place].checkability, place),
    )
    chosen = sorted(likely[: rules.LOOKED_UP])
    before_lookup([understood[place].vector for place in chosen])
    for place, each in zip(chosen, _placed([typed[p] for p in chosen]), strict=True):
        typed[place] = each
    return typed


def resembling(wording: str, language: Language) -> dict[int, Near]:
    """The claims that may say what a check of this wording answers, the likeliest first.

    Each claim is judged by the words in which it came: it is these that the check has to answer.
    """
    (understood,) = meanings([wording])
    (among,) = finding.candidates([Asked(wording, language, understood.vector)])
    near = []
    for candidate, known in among:
        check = replace(candidate, claim=wording, language=language.value)
        match = judge(known.text, finding.language_of(known.language), [check])[0]
        near.append(Near(known.claim, None, match.relation, match.probability))
    return {each.claim: each for each in rules.likely(near) if each.claim}


def _typed(read: Read, understood: Understood) -> Judged:
    found = statement_type(read.text, read.language, understood.vector)
    checkability = found.probabilities.get(StatementType.FACT, _UNREAD)
    return Judged(read, found.type, checkability, understood)


def _placed(statements: Sequence[Judged]) -> list[Judged]:
    """The statements with what each surely, and what it perhaps, says the same as."""
    claims = finding.candidates(
        [Asked(each.read.text, each.read.language, each.vector) for each in statements]
    )
    checks = check_candidates(
        [Query(each.read.text, each.read.language, each.understood) for each in statements]
    )
    return [
        _with_checks(placed, found) if placed.claim is None else placed
        for placed, found in zip(map(_with_claims, statements, claims), checks, strict=True)
    ]


def _with_claims(each: Judged, among: Sequence[tuple[Candidate, Known]]) -> Judged:
    known = {candidate.id: under.claim for candidate, under in among}
    matches = judge(each.read.text, each.read.language, [candidate for candidate, _ in among])
    sure = _sure(each, matches)
    if sure is not None:
        return replace(each, claim=known[sure.candidate.id])
    near = (Near(known[m.candidate.id], None, m.relation, m.probability) for m in matches)
    return replace(each, near=rules.suggested(near))


def _with_checks(each: Judged, found: Found) -> Judged:
    candidates = found.candidates[: finding.CANDIDATES]
    matches = judge(each.read.text, each.read.language, candidates)
    sure = _sure(each, matches)
    if sure is not None:
        return replace(each, check=found.checks[sure.candidate.id], near=())
    near = (Near(None, int(m.candidate.id), m.relation, m.probability) for m in matches)
    return replace(each, near=rules.suggested([*each.near, *near]))


def _sure(each: Judged, matches: Iterable[Match]) -> Match | None:
    """The first match that needs no person."""
    return next((m for m in matches if rules.is_sure(each.read.text, m)), None)
