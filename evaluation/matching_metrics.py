"""The measures of matching: of a ranking, and of what is called the same claim.

In: rankings with what is relevant, or answers with what the data says. Out: figures between 0 and
1. Nothing here runs a model.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any


@dataclass(frozen=True, slots=True)
class Ranking:
    """The figures of one way of ranking over a set of queries."""

    queries: int
    map5: float
    success1: float
    success5: float
    success10: float
    mrr: float
    recall50: float

    def as_dict(self) -> dict[str, Any]:
        """Plain figures under the keys documented in `evaluation/README.md`."""
        return {
            "queries": self.queries, "map@5": round(self.map5, 4),
            "success@1": round(self.success1, 4), "success@5": round(self.success5, 4),
            "success@10": round(self.success10, 4), "mrr": round(self.mrr, 4),
            "recall@50": round(self.recall50, 4),
        }  # fmt: skip


def ranking(results: Sequence[tuple[Sequence[str], frozenset[str]]]) -> Ranking:
    """The figures of rankings, each with the ids that are relevant; a missing id counts as zero.

    MAP@5 divides by the smaller of 5 and the number of relevant ids.
    """
    n = max(1, len(results))
    return Ranking(
        len(results),
        sum(average_precision(found, relevant) for found, relevant in results) / n,
        sum(_success(found, relevant, 1) for found, relevant in results) / n,
        sum(_success(found, relevant, 5) for found, relevant in results) / n,
        sum(_success(found, relevant, 10) for found, relevant in results) / n,
        sum(_reciprocal(found, relevant) for found, relevant in results) / n,
        sum(len(relevant & set(found[:50])) / len(relevant) for found, relevant in results) / n,
    )


def average_precision(found: Sequence[str], relevant: frozenset[str], depth: int = 5) -> float:
    """The average precision within the first `depth` places."""
    hits, total = 0, 0.0
    for place, id_ in enumerate(found[:depth], start=1):
        if id_ in relevant:
            hits += 1
            total += hits / place
    return total / min(depth, len(relevant))


def _success(found: Sequence[str], relevant: frozenset[str], depth: int) -> float:
    return float(any(id_ in relevant for id_ in found[:depth]))


def _reciprocal(found: Sequence[str], relevant: frozenset[str]) -> float:
    return next((1 / place for place, id_ in enumerate(found, 1) if id_ in relevant), 0.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to one message, before a threshold."""

    probability: float
    """Of the candidate most likely to be the same claim; 0 when there was none."""
    relation: str
    """What that candidate truly is to the message; "same" is a right answer."""
    kind: str
    """What the message is to its own check ("same", "opposite", ..., "none")."""
    register: str
    covered: bool
    """False when no check in the corpus covers the message."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision and recall of "same claim" at a threshold.

    Messages that no check covers weigh as much, together, as those that one covers. Recall is over
    covered messages that say the same as their check.
    """

    threshold: float
    precision: float
    recall: float
    answers: int
    served_as_same: dict[str, float]
    """For each kind of near miss, the share answered with their check as the same claim."""
    uncovered_served: float
    recall_by_register: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Plain figures under the keys documented in `evaluation/README.md`."""
        return {
            "threshold": round(self.threshold, 4),
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "answers": self.answers,
            "served_as_same": _rounded(self.served_as_same),
            "uncovered_served": round(self.uncovered_served, 4),
            "recall_by_register": _rounded(self.recall_by_register),
        }


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {key: round(value, 4) for key, value in sorted(figures.items())}


def quality(answers: Sequence[Answer], threshold: float) -> Quality:
    """The figures of answers at a threshold."""
    weight = uncovered_weight(answers)
    served = [answer for answer in answers if answer.probability >= threshold]
    right = sum(answer.relation == "same" for answer in served)
    wrong = sum(1.0 if answer.covered else weight for answer in served if answer.relation != "same")
    same = [answer for answer in answers if answer.covered and answer.kind == "same"]
    hits: defaultdict[str, list[bool]] = defaultdict(list)
    misses: defaultdict[str, list[bool]] = defaultdict(list)
    for answer in same:
        hits[answer.register].append(answer.probability >= threshold and answer.relation == "same")
    for answer in answers:
        if _is_near_miss(answer):
            misses[answer.kind].append(answer.probability >= threshold and _is_confused(answer))
    uncovered = [answer for answer in answers if not answer.covered]
    return Quality(
        threshold,
        right / (right + wrong) if right + wrong else 0.0,
        sum(sum(values) for values in hits.values()) / max(1, len(same)),
        len(served),
        {kind: sum(values) / len(values) for kind, values in misses.items()},
        sum(answer.probability >= threshold for answer in uncovered) / max(1, len(uncovered)),
        {register: sum(values) / len(values) for register, values in hits.items()},
    )


def uncovered_weight(answers: Sequence[Answer]) -> float:
    """The weight of one uncovered message, so that all of them weigh as much as the covered."""
    covered = sum(answer.covered for answer in answers)
    uncovered = len(answers) - covered
    return covered / uncovered if covered and uncovered else 1.0


def threshold_for(answers: Sequence[Answer], precision: float, confusion: float = 1.0) -> float:
    """The least threshold that reaches this precision, 1.01 when none does.

    Of each kind of near miss at most the share `confusion` may be answered with its check as the
    same claim: a kind that is rare among the answers hides behind the precision of all. At least
    twenty right answers must stand above the threshold: fewer prove nothing.
    """
    weight = uncovered_weight(answers)
    misses = Counter(answer.kind for answer in answers if _is_near_miss(answer))
    confused: Counter[str] = Counter()
    right, wrong, least = 0, 0.0, 1.01
    ordered = sorted(answers, key=lambda answer: -answer.probability)
    for probability, equals in groupby(ordered, key=lambda answer: answer.probability):
        for answer in equals:
            if answer.relation == "same":
                right += 1
            else:
                wrong += 1.0 if answer.covered else weight
            confused[answer.kind] += _is_confused(answer)
        if any(confused[kind] > confusion * count for kind, count in misses.items()):
            break
        if right >= 20 and right / (right + wrong) >= precision:
            least = probability
    return least


def _is_near_miss(answer: Answer) -> bool:
    return answer.covered and answer.kind != "same"


def _is_confused(answer: Answer) -> bool:
    """Whether serving it would give a near miss the verdict of its own check."""
    return _is_near_miss(answer) and answer.relation not in ("none", "same")
