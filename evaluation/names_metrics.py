"""Figures of a detector from its scores: plain counts and shares, no library behind them.

In: scores and labels of the same names (higher is more suspicious; a name without a finding has
`NO_FINDING`). Out: precision, recall, F1 at a threshold, and recall at a rate of false alarms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

NO_FINDING = float("-inf")


@dataclass(frozen=True, slots=True)
class Operating:
    """A detector at one threshold, over `positives` imitations and `negatives` benign names."""

    threshold: float
    hits: int
    false_alarms: int
    positives: int
    negatives: int

    @property
    def precision(self) -> float:
        """The share of alarms that were right; 0 without alarms."""
        return _share(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> float:
        """The share of imitations found."""
        return _share(self.hits, self.positives)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _share(2 * self.hits, self.hits + self.false_alarms + self.positives)

    def as_dict(self) -> dict[str, float]:
        """The counts and the three shares."""
        shares = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return asdict(self) | shares


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def at_threshold(scores: Sequence[float], labels: Sequence[bool], threshold: float) -> Operating:
    """The detector that reports every finding scored `threshold` or more."""
    reported = [y for s, y in zip(scores, labels, strict=True) if s >= threshold and s > NO_FINDING]
    positives = sum(labels)
    return Operating(
        threshold, sum(reported), len(reported) - sum(reported), positives, len(labels) - positives
    )


def operating_points(scores: Sequence[float], labels: Sequence[bool]) -> list[Operating]:
    """Every threshold that changes anything, strictest first; equal scores are never parted."""
    positives = sum(labels)
    negatives = len(labels) - positives
    found = sorted(
        ((s, y) for s, y in zip(scores, labels, strict=True) if s > NO_FINDING), reverse=True
    )
    points = []
    hits = false_alarms = 0
    for threshold, group in groupby(found, key=lambda pair: pair[0]):
        answers = [y for _, y in group]
        hits += sum(answers)
        false_alarms += len(answers) - sum(answers)
        points.append(Operating(threshold, hits, false_alarms, positives, negatives))
    return points


def best_f1(scores: Sequence[float], labels: Sequence[bool]) -> Operating:
    """The threshold with the best F1: chosen in hindsight, so an upper bound."""
    points = operating_points(scores, labels)
    nothing = at_threshold(scores, labels, float("inf"))
    return max(points, key=lambda point: point.f1, default=nothing)


def recall_at_false_alarms(scores: Sequence[float], labels: Sequence[bool], rate: float) -> float:
    """The best recall with at most `rate` false alarms for each benign name."""
    return max(
        (
            point.recall
            for point in operating_points(scores, labels)
            if point.false_alarms <= rate * point.negatives
        ),
        default=0.0,
    )
