"""Turn a statement and a candidate into the numbers that the model weighs.

In: readings of both, the evidence of the index, and what the other candidates look like. Out: one
vector of named features. Cheap features are worked out for every candidate; slot features (numbers,
dates, names, stance) for the few that could be the answer. Nothing here decides.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Final

from rapidfuzz import fuzz

from soi.core.matching.dates import Date, dates, tokens_of
from soi.core.matching.names import Name, names
from soi.core.matching.numbers import Quantity, quantities
from soi.core.matching.polarity import Marker, Pole, Stance, read_stance
from soi.core.matching.reading import Reading, read_claim
from soi.core.matching.types import Candidate
from soi.core.text import Language

CHEAP: Final = (
    "cosine", "cosine_lead", "cosine_above_field", "meaning_rank", "words_share", "words_lead",
    "words_rank", "words_per_gram", "claim_covered", "statement_covered", "claim_grams_covered",
    "statement_grams_covered", "check_covers_statement", "summary_adds", "rarest_covered",
    "token_set", "partial", "length", "claim_length", "same_language", "bare",
    "both_first", "left_out", "put_in",
)  # fmt: skip

SLOTS: Final = (
    "numbers_agree", "numbers_conflict", "claim_numbers_missing", "statement_numbers_extra",
    "dates_agree", "dates_conflict", "names_agree", "names_missing", "names_conflict",
    "places_conflict", "namesakes", "poles_agree", "poles_oppose", "poles_negated_apart",
    "negations_statement", "negations_claim", "negations_apart", "shared_negated_apart",
    "denial", "denial_in_claim", "reassurance", "intensified_negation", "authority", "opinion",
    "first_person", "question", "hearsay", "denial_and_correction", "rare_extra",
)  # fmt: skip

NAMES: Final = CHEAP + SLOTS


_LETTER_WEIGHT: Final = 0.3
"""A single letter is a fragment or teencode, whatever its count."""


class Slots:
    """What a text says in its slots, each read when first asked for."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    @cached_property
    def dates(self) -> tuple[Date, ...]:
        """Dates and times of day."""
        return dates(self.reading)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Quantities that are no dates."""
        return quantities(self.reading, tokens_of(self.dates))

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """Places, organisations, products."""
        return names(self.reading)

    @cached_property
    def stance(self) -> Stance:
        """Negations, markers and poles."""
        return read_stance(self.reading)


_MUCH: Final = 60.0
"""Left out or put in beyond this weight, two texts are simply different."""

RAISING: Final = frozenset(
    "cosine cosine_lead cosine_above_field meaning_rank words_share words_lead words_rank "
    "claim_covered statement_covered claim_grams_covered statement_grams_covered rarest_covered "
    "token_set partial numbers_agree dates_agree names_agree poles_agree both_first".split()
)
"""More of these never makes "the same claim" less likely; training holds the model to it."""

LOWERING: Final = frozenset(
    "numbers_conflict claim_numbers_missing statement_numbers_extra dates_conflict names_missing "
    "names_conflict places_conflict namesakes poles_oppose poles_negated_apart negations_apart "
    "shared_negated_apart denial reassurance intensified_negation opinion left_out put_in "
    "rare_extra denial_and_correction".split()
)
"""More of these never makes it more likely."""


@lru_cache(maxsize=2048)
def slots_of_claim(text: str) -> Slots:
    """The slots of a check's text, kept for the next statement."""
    return Slots(read_claim(text))


class Rarity:
    """How much a folded word tells: its inverse document frequency in everyday text."""

    def __init__(self, documents: int, counts: dict[str, int]) -> None:
        self._known = {
            word: self._weight(seen, documents)
            for word, seen in counts.items()
            if len(word) > 1 or word.isdigit()
        }
        self._unknown = self._weight(0, documents)
        self._total = lru_cache(maxsize=8192)(self.total)

    def __call__(self, word: str) -> float:
        """Between about 0.2 for "la" and 9 for a word not in the table."""
        weight = self._known.get(word)
        if weight is None:
            return _LETTER_WEIGHT if len(word) == 1 and not word.isdigit() else self._unknown
        return weight

    def total(self, words: Iterable[str]) -> float:
        """The weight of several words together."""
        return sum(map(self, words))

    def covered(self, words: frozenset[str], other: frozenset[str]) -> float:
        """The share of the weight of `words` that `other` has too."""
        total = self._total(words)
        return self.total(words & other) / total if total else 0.0

    @staticmethod
    def _weight(seen: int, documents: int) -> float:
        return math.log(1 + (documents - seen + 0.5) / (seen + 0.5))


@lru_cache(maxsize=1)
def rarity() -> Rarity:
    """The table in the package; `evaluation.matching_train` writes it."""
    text = files("soi.core.matching").joinpath("frequencies.json").read_text("utf-8")
    table = json.loads(text)
    return Rarity(int(table["documents"]), table["words"])


@dataclass(frozen=True, slots=True)
class Field:
    """The candidates as a whole, against which each one is measured."""

    best_cosine: float
    second_cosine: float
    middle_cosine: float
    best_words: float
    second_words: float


def field_of(candidates: Sequence[Candidate]) -> Field:
    """The best, second and middle evidence of each channel."""
    cosines = sorted((c.meaning for c in candidates if c.meaning is not None), reverse=True)
    words = sorted((c.words for c in candidates if c.words is not None), reverse=True)
    return Field(
        best_cosine=cosines[0] if cosines else 0.0,
        second_cosine=cosines[1] if len(cosines) > 1 else (cosines[0] - 0.05 if cosines else 0.0),
        middle_cosine=cosines[min(20, len(cosines) - 1)] if cosines else 0.0,
        best_words=words[0] if words else 0.0,
        second_words=words[1] if len(words) > 1 else 0.0,
    )


def shares_language(language: Language, candidate: Candidate) -> bool:
    """Whether words can be compared. A statement of an unknown language may be in that of any check
    that is neither Vietnamese nor English."""
    known = (Language.VI.value, Language.EN.value)
    if language.value in known:
        return candidate.language in ("", language.value)
    return candidate.language not in known


RankEvidence = tuple[float, float, float, float]


def rank_evidence(
    statement: Reading, language: Language, candidate: Candidate, field: Field
) -> RankEvidence:
    """Cosine, share of the best BM25 score, and how much of the claim the statement has: of the
    weight of its words, of its character 4-grams.

    Words say nothing across languages: there the last three are 0.
    """
    cosine = _cosine(candidate, field)
    if not shares_language(language, candidate):
        return cosine, 0.0, 0.0, 0.0
    words = (candidate.words or 0.0) / field.best_words if field.best_words else 0.0
    claim = read_claim(candidate.claim)
    covered = rarity().covered(claim.words, statement.words)
    return cosine, words, covered, _grams_covered(claim, statement)


def _grams_covered(claim: Reading, statement: Reading) -> float:
    return len(claim.grams & statement.grams) / max(1, len(claim.grams))


def _cosine(candidate: Candidate, field: Field) -> float:
    """The cosine; a check not yet embedded counts as a little below the middle of the field."""
    return field.middle_cosine - 0.02 if candidate.meaning is None else candidate.meaning


def cheap_features(
    statement: Reading, language: Language, candidate: Candidate, field: Field
) -> list[float]:
    """The features named in `CHEAP`, in that order."""
    claim = read_claim(candidate.claim)
    check = _whole(candidate)
    weigh = rarity()
    cosine = _cosine(candidate, field)
    words = candidate.words or 0.0
    claim_covered = weigh.covered(claim.words, statement.words)
    statement_covered = weigh.covered(statement.words, claim.words)
    by_check = weigh.covered(statement.words, check)
    rival_cosine = field.second_cosine if cosine >= field.best_cosine else field.best_cosine
    rival_words = field.second_words if words >= field.best_words else field.best_words
    return [
        cosine,
        cosine - rival_cosine,
        cosine - field.middle_cosine,
        _rank(candidate.meaning_rank),
        words / field.best_words if field.best_words else 0.0,
        (words - rival_words) / field.best_words if field.best_words else 0.0,
        _rank(candidate.words_rank),
        words / (10 + min(len(statement.grams), 64)),
        claim_covered,
        statement_covered,
        _grams_covered(claim, statement),
        _grams_covered(statement, claim),
        by_check,
        by_check - statement_covered,
        _rarest_covered(claim, statement, weigh),
        fuzz.token_set_ratio(statement.joined[:1500], claim.joined[:500]) / 100,
        fuzz.partial_ratio(statement.joined[:600], claim.joined[:300]) / 100,
        math.log((len(statement.tokens) + 3) / (len(claim.tokens) + 3)),
        math.log(len(claim.tokens) + 3),
        float(shares_language(language, candidate)),
        float(statement.bare and language is Language.VI),
        float(candidate.meaning_rank == 1 and candidate.words_rank == 1),
        min(weigh.total(claim.words - statement.words), _MUCH),
        min(weigh.total(statement.words - claim.words), _MUCH),
    ]


def _rank(rank: int | None) -> float:
    return 1 / rank if rank else 0.0


@lru_cache(maxsize=4096)
def _check_words(claim: str, title: str, summary: str) -> frozenset[str]:
    return Reading(f"{claim}\n{title}\n{summary[:1500]}").words


def _whole(candidate: Candidate) -> frozenset[str]:
    return _check_words(candidate.claim, candidate.title, candidate.summary)


def _rarest_covered(claim: Reading, statement: Reading, weigh: Rarity) -> float:
    """The share of the claim's four rarest words that the statement has."""
    rarest = sorted(claim.words, key=lambda word: (-weigh(word), word))[:4]
    return sum(word in statement.words for word in rarest) / max(1, len(rarest))


def slot_features(statement: Slots, candidate: Candidate) -> list[float]:
    """The features named in `SLOTS`, in that order."""
    claim = slots_of_claim(candidate.claim)
    check = _whole(candidate)
    return [
        *_number_features(statement, claim),
        *_date_features(statement, claim),
        *_name_features(statement, claim, check),
        *_stance_features(statement, claim),
        _correction(statement, claim, check),
        _rare_extra(statement.reading, check),
    ]


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """True when both may be the same amount: units equal or one unknown, values within 3 %."""
    units = one.unit == other.unit or not one.unit or not other.unit
    if {one.unit, other.unit} == {"%", "times"} and "%" in (one.unit, other.unit):
        units = False
    return units and math.isclose(one.value, other.value, rel_tol=0.03)


def rival_quantities(one: Quantity, other: Quantity) -> bool:
    """True when both measure the same thing, so that other values contradict each other."""
    if not (one.hard and other.hard):
        return False
    if one.unit or other.unit:
        return one.unit == other.unit
    return one.noun == other.noun or max(one.value, other.value) < 100


def _number_features(statement: Slots, claim: Slots) -> list[float]:
    here, there = statement.quantities, claim.quantities
    unmatched = [q for q in there if q.hard and not any(same_quantity(q, o) for o in here)]
    extra = [q for q in here if q.hard and not any(same_quantity(q, o) for o in there)]
    agree = sum(q.hard and any(same_quantity(q, o) for o in here) for q in there)
    conflicts = sum(any(rival_quantities(q, o) for o in extra) for q in unmatched)
    return [
        min(agree, 3),
        min(conflicts, 2),
        min(len(unmatched), 3),
        min(len(extra), 3),
    ]


def same_date(one: Date, other: Date) -> bool | None:
    """Whether the parts that both give are equal; None when they share no part."""
    pairs = (
        (one.day, other.day), (one.month, other.month), (one.year, other.year),
        (one.hour, other.hour), (one.weekday, other.weekday),
    )  # fmt: skip
    shared = [(a, b) for a, b in pairs if a is not None and b is not None]
    if not shared:
        return None
    return all(a == b for a, b in shared)


def _date_features(statement: Slots, claim: Slots) -> list[float]:
    agree = conflict = 0
    for date in claim.dates:
        verdicts = [same_date(date, other) for other in statement.dates]
        if any(verdicts):
            agree += 1
        elif any(verdict is False for verdict in verdicts):
            conflict += 1
    return [min(agree, 2), min(conflict, 2)]


def has_name(name: Name, words: frozenset[str]) -> bool:
    """True when most words of the name stand in `words`."""
    parts = name.key.split()
    return sum(part in words for part in parts) > len(parts) / 2


def are_namesakes(one: Name, other: Name) -> bool:
    """True when two names begin alike and go on differently: An Bàng Thượng and An Bàng Hạ."""
    here, there = one.key.split(), other.key.split()
    both = min(len(here), len(there))
    return here[0] == there[0] and here[:both] != there[:both]


def _name_features(statement: Slots, claim: Slots, check: frozenset[str]) -> list[float]:
    here, there = statement.names, claim.names
    keys = {name.key for name in here}
    agree = [n for n in there if n.key in keys or has_name(n, statement.reading.words)]
    missing = [n for n in there if n not in agree]
    strangers = [n for n in here if not has_name(n, check)]
    place_rivals = any(n.place for n in missing) and any(n.place for n in strangers)
    namesakes = sum(any(are_namesakes(n, other) for other in here) for n in there)
    return [
        min(len(agree), 3),
        min(len(missing), 3),
        float(min(len(missing), len(strangers), 2)),
        float(place_rivals),
        min(namesakes, 2),
    ]


def opposed_poles(here: Sequence[Pole], there: Sequence[Pole]) -> list[tuple[Pole, Pole]]:
    """The pairs of words that stand on opposite sides of an axis where none stand on the same."""
    pairs = []
    for axis in dict.fromkeys(pole.axis for pole in there):
        mine = [pole for pole in here if pole.axis == axis]
        theirs = [pole for pole in there if pole.axis == axis]
        if mine and not {pole.side for pole in mine} & {pole.side for pole in theirs}:
            pairs.append((mine[0], theirs[0]))
    return pairs


def _stance_features(statement: Slots, claim: Slots) -> list[float]:
    here, there = statement.stance, claim.stance
    sides = {(pole.axis, pole.side) for pole in there.poles}
    agree = len({(pole.axis, pole.side) for pole in here.poles} & sides)
    opposed = opposed_poles(here.poles, there.poles)
    negations = here.count(Marker.NEGATION), there.count(Marker.NEGATION)
    shared = statement.reading.words & claim.reading.words
    weigh = rarity()
    apart = (here.negated ^ there.negated) & shared
    return [
        min(agree, 3),
        min(len(opposed), 3),
        float(any(one.negated != other.negated for one, other in opposed)),
        min(negations[0], 3),
        min(negations[1], 3),
        float((negations[0] > 0) != (negations[1] > 0)),
        min(sum(weigh(word) for word in apart) / 5, 3.0),
        min(here.count(Marker.DENIAL), 3),
        float(there.count(Marker.DENIAL) > 0),
        min(here.count(Marker.REASSURANCE), 2) - min(there.count(Marker.REASSURANCE), 1),
        min(here.count(Marker.INTENSIFIED_NEGATION), 3),
        float(here.count(Marker.AUTHORITY_DENIAL) > 0),
        min(here.count(Marker.OPINION), 3),
        float(here.count(Marker.FIRST_PERSON) > 0),
        float(here.count(Marker.QUESTION) > 0 or "?" in statement.reading.text),
        float(here.count(Marker.HEARSAY) > 0),
    ]


def _correction(statement: Slots, claim: Slots, check: frozenset[str]) -> float:
    """The weight of what the statement shares with the correction but not with the claim."""
    weigh = rarity()
    shared = (statement.reading.words & check) - claim.reading.words
    return min(sum(weigh(word) for word in shared if weigh(word) > 2) / 10, 3.0)


def _rare_extra(statement: Reading, check: frozenset[str]) -> float:
    """The share of the statement's rare words that the check has nowhere."""
    weigh = rarity()
    rare = [word for word in statement.words if weigh(word) > 4]
    return sum(word not in check for word in rare) / max(1, len(rare))
