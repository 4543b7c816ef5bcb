"""Decide how a statement stands to the checks that the index found for it.

In: a statement and candidates. Out: matches, best first, each with a calibrated probability that
the statement says the same as the claim, a relation, and reasons that quote both sides. The judge
abstains: below its threshold nothing is called the same. It is pure: no clock, no network, no
database, the same answer for the same input.

It looks twice. The first look weighs many candidates by cheap evidence. The few that it leaves
possible are looked at closely, word by word, if the caller gives what that needs; then the second
look's probability and threshold count, and what was not worth it keeps the first's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from soi.core.matching.alignment import LOOKED_AT, Laid, Look, aligned_features
from soi.core.matching.features import (
    NAMES,
    RankEvidence,
    Slots,
    cheap_features,
    field_of,
    rank_evidence,
    slot_features,
)
from soi.core.matching.model import Array, Model, load_model
from soi.core.matching.reading import Reading
from soi.core.matching.reasons import reasons_for
from soi.core.matching.types import Candidate, Match, Relation
from soi.core.text import Language

WEIGHED: Final = 20
"""So many candidates get slot features. Of the checks that the index found at all, 94 in 100 (own
messages) to 99 in 100 (tweets, headlines) are among them; each more costs 0.2 ms."""

CLOSELY: Final = 3
"""So many candidates at most are looked at closely; each costs a run of the embedder."""

POSSIBLE: Final = 0.005
"""From this probability of the first look on. Below it lie 2 in 100 of the true ones among those
that the index found, and two thirds of all look-ups have nothing above it."""

_NEAR_SAME: Final = frozenset({Relation.SAME, Relation.NEAR})

_UNLIKELY: Final = 0.02
"""Below this, one candidate is as unlikely as another, and the order is left to the evidence."""

_NEAR_COPY: Final = 0.8
"""From this share of each other's rare words on, two texts differ by a few words only."""
_TURNS_ROUND: Final = (
    "numbers_conflict", "dates_conflict", "names_conflict", "namesakes", "poles_oppose",
    "poles_negated_apart",
)  # fmt: skip
_PLACES: Final = {name: place for place, name in enumerate(NAMES)}


def judge(
    statement: str,
    language: Language,
    candidates: Sequence[Candidate],
    *,
    look: Look | None = None,
    limit: int = 10,
) -> tuple[Match, ...]:
    """The best matches for a statement, at most `limit`, best first; empty without candidates.

    Reads the first 4,000 characters. Never raises on any text. Without `look` only the first look
    is taken: fewer are found at the same precision.
    """
    reading = Reading(statement)
    if not candidates or not reading.tokens or limit < 1:
        return ()
    model = load_model()
    field = field_of(candidates)
    order = _order(reading, language, candidates, model.rank)
    ranks = [rank for rank, _ in order[:WEIGHED]]
    weighed = [candidate for _, candidate in order[:WEIGHED]]
    slots = Slots(reading)
    features = [
        [*cheap_features(reading, language, each, field), *slot_features(slots, each)]
        for each in weighed
    ]
    decided = _decided(np.array(features), weighed, look, model)
    matches = [
        Match(
            candidate,
            verdict.same,
            verdict.relation,
            reasons_for(slots, language, candidate, verdict.relation),
            _score(rank, verdict, language, model),
        )
        for rank, candidate, verdict in zip(ranks, weighed, decided, strict=True)
    ]
    return tuple(sorted(matches, key=lambda match: (-match.score, match.candidate.id))[:limit])


def best_candidates(
    reading: Reading,
    language: Language,
    candidates: Sequence[Candidate],
    weights: RankEvidence,
) -> list[Candidate]:
    """The candidates that are weighed: the first `WEIGHED` by rank evidence, best first."""
    return [each for _, each in _order(reading, language, candidates, weights)[:WEIGHED]]


def _order(
    reading: Reading,
    language: Language,
    candidates: Sequence[Candidate],
    weights: RankEvidence,
) -> list[tuple[float, Candidate]]:
    """The candidates by how likely each is what is looked for, before any slot is read."""
    field = field_of(candidates)
    ranked = []
    for candidate in candidates:
        evidence = rank_evidence(reading, language, candidate, field)
        rank = sum(weight * value for weight, value in zip(weights, evidence, strict=True))
        ranked.append((rank, candidate))
    return sorted(ranked, key=lambda each: (-each[0], each[1].id))


@dataclass(frozen=True, slots=True)
class _Verdict:
    same: float
    matter: float
    relation: Relation


def _decided(
    features: Array, candidates: Sequence[Candidate], look: Look | None, model: Model
) -> list[_Verdict]:
    same = model.same.probability(features)
    threshold = model.same_threshold
    if look is not None:
        same = looked_closely(same, features, candidates, look, model)
        threshold = model.closer_threshold
    matter = model.matter.probability(features)
    relations = model.relation.odds(features)
    return [
        _Verdict(float(p), float(m), _relation(float(p) >= threshold, float(m), odds, model, row))
        for p, m, odds, row in zip(same, matter, relations, features, strict=True)
    ]


def looked_closely(
    same: Array, features: Array, candidates: Sequence[Candidate], look: Look, model: Model
) -> Array:
    """The probabilities after the closer look at those that are possible.

    What was not looked at stays below what is possible: a text without words says nothing closely.
    """
    places = possible(same)
    statement = Laid(look.statement, model.centre)
    claims = look.claims([candidates[at].claim[:LOOKED_AT] for at in places])
    closely = [aligned_features(statement, Laid(claim, model.centre)) for claim in claims]
    seen = [(at, [*features[at], *row]) for at, row in zip(places, closely, strict=True) if row]
    changed = np.minimum(same, POSSIBLE)
    if seen:
        changed[[at for at, _ in seen]] = model.closer.probability(np.array([r for _, r in seen]))
    return changed


def possible(same: Array) -> list[int]:
    """The places of the candidates that a closer look is worth, likeliest first."""
    order = np.argsort(-same, kind="stable")[:CLOSELY]
    return [int(at) for at in order if same[at] >= POSSIBLE]


def _relation(is_same: bool, matter: float, odds: Array, model: Model, row: Array) -> Relation:
    """SAME at or above the threshold; else what differs, when it is about the same matter."""
    if is_same and not is_turned_round(row):
        return Relation.SAME
    if matter < model.near_threshold:
        return Relation.NONE
    likely = Relation(model.relation.classes[int(np.argmax(odds))])
    return Relation.NEAR if likely in _NEAR_SAME else likely


def is_turned_round(row: Array) -> bool:
    """True for a near copy of the claim that negates or denies it, or puts in another number, date
    or name or a word's opposite.

    Charter rule C10 makes this a rule and no weight: however alike the texts are, and the more
    alike they are, such a copy is not the same claim. Among freer wordings a differing negation or
    number often means nothing, and is weighed by the model.
    """

    def of(name: str) -> float:
        return float(row[_PLACES[name]])

    if min(of("claim_covered"), of("statement_covered")) < _NEAR_COPY:
        return False
    if of("put_in") == 0 and of("left_out") == 0:
        return False  # word for word; without diacritics "dung" may be đừng or đúng
    negated = of("negations_apart") > 0 and of("shared_negated_apart") > 0
    denied = of("denial") > 0 and of("denial_in_claim") == 0
    return negated or denied or any(of(name) > 0 for name in _TURNS_ROUND)


def _score(rank: float, verdict: _Verdict, language: Language, model: Model) -> float:
    """The order of matches: what is the same comes first, then by likelihood.

    How likely it is to be the same claim orders only what the model was trained on: among posts in
    thirteen other languages it does harm.
    """
    first = 10.0 if verdict.relation is Relation.SAME else 0.0
    score = first + rank + model.rank_matter * verdict.matter
    if language is Language.OTHER:
        return score
    likely = math.log(max(verdict.same, _UNLIKELY) / max(1 - verdict.same, _UNLIKELY))
    return score + model.rank_same * likely
