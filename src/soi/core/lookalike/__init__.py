"""Could this name be taken for another: the lookalike engine."""

from soi.core.lookalike.hosts import (
    is_shared_host,
    is_shortener,
    normalise_host,
    parents,
    registrable,
)
from soi.core.lookalike.judge import judge, score
from soi.core.lookalike.lists import Lists, lists_with, shipped_lists
from soi.core.lookalike.numbers import near_numbers
from soi.core.lookalike.register import Register, compile_register
from soi.core.lookalike.scan import scan, sift
from soi.core.lookalike.types import (
    Brand,
    Lookalike,
    LookalikeKind,
    LookalikeReason,
    NameKind,
    Scored,
)

__all__ = [
    "Brand",
    "Lists",
    "Lookalike",
    "LookalikeKind",
    "LookalikeReason",
    "NameKind",
    "Register",
    "Scored",
    "compile_register",
    "is_shared_host",
    "is_shortener",
    "judge",
    "lists_with",
    "near_numbers",
    "normalise_host",
    "parents",
    "registrable",
    "scan",
    "score",
    "shipped_lists",
    "sift",
]
