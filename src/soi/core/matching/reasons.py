"""Say why: what agrees and what differs between a statement and a claim, quoting both.

In: the slots of a statement, a candidate, and the relation decided. Out: reasons as codes with
quotes and places; whoever shows the answer makes sentences of them. Nothing here decides.
"""

from __future__ import annotations

from soi.core.matching.dates import Date
from soi.core.matching.features import (
    Slots,
    has_name,
    opposed_poles,
    rarity,
    rival_quantities,
    same_date,
    same_quantity,
    shares_language,
    slots_of_claim,
)
from soi.core.matching.names import Name
from soi.core.matching.numbers import Quantity
from soi.core.matching.polarity import Marker, Pole
from soi.core.matching.reading import Found, Reading
from soi.core.matching.types import Candidate, Reason, ReasonCode, Relation
from soi.core.text import Language

_MEANING_NEAR = 0.86
"""Cosines of e5 start near .78 for unrelated texts; from here on meaning is worth naming."""

_WORDS_NEAR = 3
"""So many rare words in common are worth naming."""

_Place = Found | Quantity | Date | Name | Pole


def reasons_for(
    statement: Slots,
    language: Language,
    candidate: Candidate,
    relation: Relation,
) -> tuple[Reason, ...]:
    """The reasons for a relation: differences first, then what agrees, then circumstances."""
    claim = slots_of_claim(candidate.claim)
    if relation is Relation.NONE:
        return (Reason(ReasonCode.BELOW_THRESHOLD),)
    reasons = [
        *_stance(statement, claim, relation),
        *_numbers(statement, claim),
        *_dates(statement, claim),
        *_names(statement, claim),
        *_agreement(statement, claim, candidate),
    ]
    if not shares_language(language, candidate):
        reasons.append(Reason(ReasonCode.OTHER_LANGUAGE))
    if language is Language.VI and statement.reading.bare:
        reasons.append(Reason(ReasonCode.NO_DIACRITICS))
    if relation is not Relation.SAME:
        reasons.append(Reason(ReasonCode.BELOW_THRESHOLD))
    return tuple(reasons)


def _reason(
    code: ReasonCode,
    here: Reading | None = None,
    mine: _Place | None = None,
    there: Reading | None = None,
    theirs: _Place | None = None,
) -> Reason:
    mine_span = here.span(mine.first, mine.last) if here and mine else None
    their_span = there.span(theirs.first, theirs.last) if there and theirs else None
    return Reason(
        code,
        here.quote(mine_span) if here and mine_span else "",
        there.quote(their_span) if there and their_span else "",
        mine_span,
        their_span,
    )


def _stance(statement: Slots, claim: Slots, relation: Relation) -> list[Reason]:
    here, there = statement.stance, claim.stance
    reasons: list[Reason] = []
    denials = here.markers[Marker.DENIAL]
    if denials and relation is not Relation.SAME:
        reasons.append(_reason(ReasonCode.DENIES, statement.reading, denials[0]))
    opposed = opposed_poles(here.poles, there.poles)
    if opposed and relation in (Relation.OPPOSITE, Relation.NEAR, Relation.DENIAL):
        mine, theirs = opposed[0]
        reasons.append(_reason(ReasonCode.ANTONYM, statement.reading, mine, claim.reading, theirs))
    mine_no, their_no = here.markers[Marker.NEGATION], there.markers[Marker.NEGATION]
    if bool(mine_no) != bool(their_no) and relation is not Relation.SAME:
        reasons.append(
            _reason(
                ReasonCode.POLARITY_DIFFERS,
                statement.reading,
                mine_no[0] if mine_no else None,
                claim.reading,
                their_no[0] if their_no else None,
            )
        )
    if here.count(Marker.OPINION) and relation is Relation.NEAR:
        marker = here.markers[Marker.OPINION][0]
        reasons.append(_reason(ReasonCode.OPINION, statement.reading, marker))
    return reasons


def _numbers(statement: Slots, claim: Slots) -> list[Reason]:
    reasons: list[Reason] = []
    extra = [
        mine
        for mine in statement.quantities
        if not any(same_quantity(mine, theirs) for theirs in claim.quantities)
    ]
    for theirs in claim.quantities:
        match = next((q for q in statement.quantities if same_quantity(q, theirs)), None)
        rival = next((q for q in extra if rival_quantities(theirs, q)), None)
        if match and theirs.hard:
            code, mine = ReasonCode.NUMBERS_AGREE, match
        elif rival and not match:
            code, mine = ReasonCode.NUMBERS_DIFFER, rival
        else:
            continue
        reasons.append(_reason(code, statement.reading, mine, claim.reading, theirs))
    return reasons[:3]


def _dates(statement: Slots, claim: Slots) -> list[Reason]:
    for theirs in claim.dates:
        verdicts = [(same_date(theirs, mine), mine) for mine in statement.dates]
        if any(verdict for verdict, _ in verdicts):
            continue
        other = next((mine for verdict, mine in verdicts if verdict is False), None)
        if other:
            code = ReasonCode.DATES_DIFFER
            return [_reason(code, statement.reading, other, claim.reading, theirs)]
    return []


def _names(statement: Slots, claim: Slots) -> list[Reason]:
    here = statement.names
    keys = {name.key: name for name in here}
    missing = [
        theirs
        for theirs in claim.names
        if theirs.key not in keys and not has_name(theirs, statement.reading.words)
    ]
    strangers = [mine for mine in here if not has_name(mine, claim.reading.words)]
    strangers = [mine for mine in strangers if mine.key not in {n.key for n in claim.names}]
    reasons = [
        _reason(ReasonCode.NAMES_AGREE, statement.reading, keys[name.key], claim.reading, name)
        for name in claim.names
        if name.key in keys
    ][:1]
    if missing and strangers:
        differ = _reason(
            ReasonCode.NAMES_DIFFER, statement.reading, strangers[0], claim.reading, missing[0]
        )
        reasons.insert(0, differ)
    return reasons


def _agreement(statement: Slots, claim: Slots, candidate: Candidate) -> list[Reason]:
    reasons: list[Reason] = []
    weigh = rarity()
    shared = [
        word
        for word in statement.reading.words & claim.reading.words
        if weigh(word) > 3 and not word[0].isdigit()
    ]
    if len(shared) >= _WORDS_NEAR:
        rarest = min(shared, key=lambda word: (-weigh(word), word))
        mine, theirs = _place(statement.reading, rarest), _place(claim.reading, rarest)
        code = ReasonCode.WORDS_AGREE
        reasons.append(_reason(code, statement.reading, mine, claim.reading, theirs))
    if candidate.meaning is not None and candidate.meaning >= _MEANING_NEAR:
        reasons.append(Reason(ReasonCode.MEANING_AGREES))
    return reasons


def _place(reading: Reading, word: str) -> Found | None:
    for at, token in enumerate(reading.tokens):
        if token.folded == word:
            return Found(at, at, 0)
    return None
