"""The measures of statement types: F1 of each, and what is waved away.

In: the types that people gave and the judgements. Out: plain figures between 0 and 1. Nothing here
runs a model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from soi.core.checkable import Judged, StatementType

UNSURE: Final = "unsure"
"""How a judgement without a type is counted."""


def figures(true: Sequence[StatementType], judged: Sequence[Judged]) -> dict[str, Any]:
    """The figures under the keys documented in `evaluation/README.md`.

    `macro_f1` takes the likeliest type of each statement, named or not; `macro_f1_abstaining`
    counts a judgement without a type as a miss.
    """
    likeliest = [_likeliest(one) for one in judged]
    named = [one.type for one in judged]
    others = [(t, n) for t, n in zip(true, named, strict=True) if n and n is not StatementType.FACT]
    facts = [n for t, n in zip(true, named, strict=True) if t is StatementType.FACT]
    return {
        "statements": len(true),
        "accuracy": share(t is found for t, found in zip(true, likeliest, strict=True)),
        "macro_f1": macro_f1(true, likeliest),
        "macro_f1_abstaining": macro_f1(true, named),
        "answered": share(n is not None for n in named),
        "not_checkable_precision": share(t is n for t, n in others),
        "facts_called_otherwise": share(n not in (None, StatementType.FACT) for n in facts),
        "by_type": {t.value: by_type(true, likeliest, t) for t in StatementType if t in set(true)},
        "named_as": named_as(true, named),
    }


def factual_figures(factual: Sequence[bool], judged: Sequence[Judged]) -> dict[str, Any]:
    """The figures where only fact or not is known: of facts by the likeliest type, and of what is
    named."""
    found = [_likeliest(one) is StatementType.FACT for one in judged]
    right = sum(t and f for t, f in zip(factual, found, strict=True))
    answers = [(t, one.checkable) for t, one in zip(factual, judged, strict=True)]
    return {
        "sentences": len(judged),
        "factual": sum(factual),
        "precision": round(right / max(1, sum(found)), 4),
        "recall": round(right / max(1, sum(factual)), 4),
        "f1": round(2 * right / max(1, sum(found) + sum(factual)), 4),
        "answered": share(said is not None for _, said in answers),
        "checkable_precision": share(t for t, said in answers if said is True),
        "not_checkable_precision": share(not t for t, said in answers if said is False),
        "facts_called_otherwise": share(said is False for t, said in answers if t),
    }


def macro_f1(true: Sequence[StatementType], found: Sequence[StatementType | None]) -> float:
    """The mean F1 over the types that occur in `true`."""
    f1 = [by_type(true, found, type_)["f1"] for type_ in dict.fromkeys(true)]
    return round(sum(f1) / max(1, len(f1)), 4)


def by_type(
    true: Sequence[StatementType], found: Sequence[StatementType | None], type_: StatementType
) -> dict[str, float]:
    """Count, precision, recall and F1 of one type."""
    pairs = list(zip(true, found, strict=True))
    right = sum(t is type_ and f is type_ for t, f in pairs)
    wanted = sum(t is type_ for t in true)
    called = sum(f is type_ for f in found)
    return {
        "count": wanted,
        "precision": round(right / max(1, called), 4),
        "recall": round(right / max(1, wanted), 4),
        "f1": round(2 * right / max(1, wanted + called), 4),
    }


def named_as(
    true: Sequence[StatementType], named: Sequence[StatementType | None]
) -> dict[str, dict[str, int]]:
    """For each type, as what its statements were named, the most frequent first."""
    table: dict[str, Counter[str]] = {}
    for t, n in zip(true, named, strict=True):
        table.setdefault(t.value, Counter())[n.value if n else UNSURE] += 1
    return {t.value: dict(table[t.value].most_common()) for t in StatementType if t.value in table}


def share(holds: Any) -> float:
    """The share of true ones; 0 of nothing."""
    every = [bool(one) for one in holds]
    return round(sum(every) / max(1, len(every)), 4)


def _likeliest(judged: Judged) -> StatementType | None:
    if not judged.probabilities:
        return None
    return max(judged.probabilities, key=lambda type_: judged.probabilities[type_])
