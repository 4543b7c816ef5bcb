"""Same claim or not: the judge."""

from soi.core.matching.alignment import Look
from soi.core.matching.judge import judge
from soi.core.matching.passages import asked_text, meaning_text, words_text
from soi.core.matching.types import (
    Candidate,
    Match,
    Reason,
    ReasonCode,
    Relation,
)

__all__ = [
    "Candidate",
    "Look",
    "Match",
    "Reason",
    "ReasonCode",
    "Relation",
    "asked_text",
    "judge",
    "meaning_text",
    "words_text",
]
