"""The vocabulary of the judge: candidates in, matches with relations and reasons out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from soi.core.text import Span


class Relation(StrEnum):
    """How a statement stands to a checked claim. Only `SAME` may carry the check's verdict."""

    SAME = "same"
    OPPOSITE = "opposite"
    OTHER_NUMBER = "other_number"
    """Another quantity or another date."""
    OTHER_NAME = "other_name"
    """Another place, organisation or product."""
    DENIAL = "denial"
    """The message itself passes on the correction."""
    NEAR = "near"
    NONE = "none"


class ReasonCode(StrEnum):
    """Why; each is rendered in Vietnamese and English by whoever shows the answer."""

    WORDS_AGREE = "words_agree"
    MEANING_AGREES = "meaning_agrees"
    NUMBERS_AGREE = "numbers_agree"
    NUMBERS_DIFFER = "numbers_differ"
    DATES_DIFFER = "dates_differ"
    NAMES_AGREE = "names_agree"
    NAMES_DIFFER = "names_differ"
    POLARITY_DIFFERS = "polarity_differs"
    ANTONYM = "antonym"
    DENIES = "denies"
    OPINION = "opinion"
    OTHER_LANGUAGE = "other_language"
    NO_DIACRITICS = "no_diacritics"
    BELOW_THRESHOLD = "below_threshold"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A check that the index thinks could be the one, with the evidence of both channels.

    `words` is the BM25 score and `meaning` the cosine (both None when that channel did not return
    it); ranks count from 1.
    """

    id: str
    claim: str
    title: str
    summary: str
    language: str
    words: float | None
    words_rank: int | None
    meaning: float | None
    meaning_rank: int | None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason with what it points at on both sides; spans are within the given texts."""

    code: ReasonCode
    statement_quote: str = ""
    check_quote: str = ""
    statement_span: Span | None = None
    check_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """The judge's word on one candidate.

    `probability` is the calibrated probability that statement and claim have the same truth
    conditions. `relation` is SAME only at or above the model's threshold: below it the judge
    abstains to NEAR or NONE. `score` orders matches (higher first).
    """

    candidate: Candidate
    probability: float
    relation: Relation
    reasons: tuple[Reason, ...]
    score: float
