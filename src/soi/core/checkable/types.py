"""The vocabulary of checkability: the types of statements, and a judgement that may abstain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class StatementType(StrEnum):
    """What a statement does. Only a `FACT` can be true or false by evidence (charter C1).

    The clause that comes first decides: "the bridge is closed, take the ferry" is a fact, "take
    the ferry, the bridge is closed" an instruction.
    """

    FACT = "fact"
    """Says how something is or was. Hearsay, what the writer saw, and a claim dressed as a
    question ("is it true that ...?") are facts: each can be checked."""
    OPINION = "opinion"
    """Values, tastes, what ought to be; numbers in it do not make it a fact."""
    PREDICTION = "prediction"
    """Says how something will be, whoever says so."""
    QUESTION = "question"
    """Asks for advice, directions or help, and claims nothing."""
    INSTRUCTION = "instruction"
    """Tells, asks or forbids somebody to do something."""
    GREETING = "greeting"
    """Greets, wishes, thanks, takes leave."""
    SATIRE = "satire"
    """Is meant as a joke that nobody should believe, often in the style of news."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a statement does, as far as can be told."""

    type: StatementType | None
    """None when no type is probable enough to be named."""
    probability: float
    """The calibrated probability of the likeliest type, named or not; 0 when nothing was read."""
    probabilities: Mapping[StatementType, float]
    """Of each type; they add up to 1, or there are none when nothing was read."""

    @property
    def checkable(self) -> bool | None:
        """True for a fact, False for any other type, None when unsure."""
        return None if self.type is None else self.type is StatementType.FACT
