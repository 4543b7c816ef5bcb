"""Decide what comes first in the queue: reach × harm × checkability × freshness.

In: the factors of a claim and how much each counts. Out: one number to order by, and the factors as
they stand now, for people. Nothing here reads the database or the clock.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final

from soi.checking.errors import FieldInvalid
from soi.checking.types import Harm

HARM: Final = {Harm.UNSET: 2.0, Harm.LOW: 1.0, Harm.MEDIUM: 3.0, Harm.HIGH: 9.0}
"""A claim whose harm nobody has judged yet stands between low and medium: it must be seen."""

_EPOCH: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_LEAST: Final = 0.02
"""What the factor of checkability is at least: the machine's doubt hides no claim."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each factor counts: an exponent, 0 for not at all, and the half-life in hours."""

    reach: float = 1.0
    harm: float = 1.0
    checkability: float = 1.0
    half_life_hours: float = 72.0

    def __post_init__(self) -> None:
        for name in ("reach", "harm", "checkability"):
            if not 0 <= getattr(self, name) <= 10:
                raise FieldInvalid(f"{name} counts from 0 to 10 times.", field=name)
        if not 1 <= self.half_life_hours <= 10_000:
            raise FieldInvalid("The half-life is 1 to 10,000 hours.", field="half_life_hours")


@dataclass(frozen=True, slots=True)
class Factors:
    """What the order of a claim is made of, as it stands now; the product orders the queue."""

    reach: float
    harm: float
    checkability: float
    freshness: float


def priority(
    *, reach: int, harm: Harm, checkability: float, last_asked_at: dt.datetime, weights: Weights
) -> float:
    """The logarithm of the product of the factors, counted from a fixed day.

    Freshness halves every `half_life_hours`. All claims age alike, so their order does not change
    with time: the number can be stored and indexed, and changes only when something happens to its
    claim or the weights.
    """
    hours = (last_asked_at - _EPOCH).total_seconds() / 3600
    return (
        weights.reach * math.log1p(reach)
        + weights.harm * math.log(HARM[harm])
        + weights.checkability * math.log(_share(checkability))
        + math.log(2) * hours / weights.half_life_hours
    )


def factors(
    *,
    reach: int,
    harm: Harm,
    checkability: float,
    last_asked_at: dt.datetime,
    weights: Weights,
    now: dt.datetime,
) -> Factors:
    """Each factor of `priority` as it stands now."""
    hours = max(0.0, (now - last_asked_at).total_seconds() / 3600)
    return Factors(
        reach=(1.0 + reach) ** weights.reach,
        harm=HARM[harm] ** weights.harm,
        checkability=_share(checkability) ** weights.checkability,
        freshness=0.5 ** (hours / weights.half_life_hours),
    )


def _share(checkability: float) -> float:
    return _LEAST + (1 - _LEAST) * checkability
