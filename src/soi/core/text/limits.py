"""How much of a message is read: the bounds that keep every answer quick."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that `split` reads and returns; what is beyond sets `Parts.truncated`."""

    characters: int = 50_000
    """Code points of the message that are read."""
    statements: int = 200
    links: int = 200
    emails: int = 100
    handles: int = 200
    phones: int = 100
    bank_accounts: int = 100
