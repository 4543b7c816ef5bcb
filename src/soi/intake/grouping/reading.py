"""Cut a tip's text into the statements that could stand under a claim.

In: the masked text of a tip. Out: statements in the form in which they are compared, each with its
digest; what is a name and nothing else is not among them. Nothing here reads the database.
"""

from __future__ import annotations

from dataclasses import dataclass

from soi.answer.answering import LIMITS
from soi.core.text import Language, Part, Parts, has_words, split
from soi.core.text.unwrapped import unwrapped
from soi.intake.rules import digest_of
from soi.masking import MASK

STATEMENTS = 40
"""Statements of one tip that are looked at; what is beyond is read by people only."""


@dataclass(frozen=True, slots=True)
class Read:
    """One statement of a tip."""

    place: int
    text: str
    """Without what forwarding wraps around it."""
    language: Language
    digest: str


def statements(text: str) -> list[Read]:
    """The statements of a tip that say something, each wording once, in the order of the text."""
    parts = split(text, LIMITS)
    found: dict[str, Read] = {}
    for place, statement in enumerate(parts.statements):
        if len(found) == STATEMENTS:
            break
        if not has_words(_without_names(statement.text, parts)):
            continue
        said = unwrapped(statement.text).text
        read = Read(place, said, statement.language, digest_of(said))
        found.setdefault(read.digest, read)
    return list(found.values())


def _without_names(statement: str, parts: Parts) -> str:
    """The statement without links and names: these go to the watch, not to the desk's queue."""
    named: list[Part] = [
        *parts.links,
        *parts.emails,
        *parts.handles,
        *parts.phones,
        *parts.bank_accounts,
    ]
    for each in named:
        statement = statement.replace(each.text, " ")
    return statement.replace(MASK, " ")
