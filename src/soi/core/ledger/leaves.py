"""What the public log holds: that something was published, corrected or withdrawn, and its hash.

In: a kind out of a closed set, an id made of numbers, a second, a SHA-256. Out: the bytes of the
leaf. There is no field that takes words, so no name, message or contact can get into a log that
nobody can erase; what the leaf is about stands elsewhere and can be withdrawn there.

A leaf is the canonical JSON (`canonical`) of four texts, in this order and without white space:

    {"at":"2026-03-01T08:15:00Z","id":"17.2","sha256":"<64 hex digits>","type":"edition"}
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError


class LeafKind(StrEnum):
    """What happened. Charter C5 names them; a new one is a change of the charter."""

    EDITION = "edition"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"
    CHALLENGE_ANSWER = "challenge_answer"
    REGISTER_CHANGE = "register_change"
    NOTICE = "notice"


_NUMBER = "[1-9][0-9]{0,11}"
_ID = rf"{_NUMBER}(?:\.{_NUMBER}){{0,2}}|[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}"
_IDS = re.compile(_ID)
_LEAF = re.compile(
    r'\{"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})Z"'
    rf',"id":"({_ID})","sha256":"([0-9a-f]{{64}})"'
    rf',"type":"({"|".join(LeafKind)})"\}}'
)
_FIRST_YEAR = 1970


@dataclass(frozen=True, slots=True)
class Leaf:
    """One line of the public log.

    `id` is one to three whole numbers joined by dots ("17.2": check 17, edition 2) or a UUID in
    lower case. `at` is a whole second in UTC. `sha256` are the 32 bytes of the hash of the
    canonical JSON of what was published. Raises `LedgerError` (`log_leaf_invalid`) for anything
    else.
    """

    kind: LeafKind
    id: str
    at: dt.datetime
    sha256: bytes

    def __post_init__(self) -> None:
        if type(self.kind) is not LeafKind:
            raise _invalid("its kind is not one of the log's")
        if type(self.id) is not str or not _IDS.fullmatch(self.id):
            raise _invalid("its id is neither numbers joined by dots nor a UUID")
        if (
            self.at.utcoffset() != dt.timedelta(0)
            or self.at.microsecond
            or self.at.year < _FIRST_YEAR
        ):
            raise _invalid("its time is not a whole second in UTC since 1970")
        if type(self.sha256) is not bytes or len(self.sha256) != 32:
            raise _invalid("its SHA-256 is not 32 bytes")

    def __bytes__(self) -> bytes:
        """The entry of the log: canonical JSON, the same bytes for the same leaf."""
        at = self.at.replace(tzinfo=None).isoformat()
        return (
            f'{{"at":"{at}Z","id":"{self.id}","sha256":"{self.sha256.hex()}"'
            f',"type":"{self.kind.value}"}}'
        ).encode()


def read_leaf(entry: bytes) -> Leaf:
    """The leaf whose bytes are exactly `entry`; `LedgerError` (`log_leaf_invalid`) if none."""
    try:
        found = _LEAF.fullmatch(entry.decode("ascii"))
        if found is None:
            raise _invalid("its bytes are not those of a leaf")
        at = dt.datetime.fromisoformat(found[1]).replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise _invalid("its bytes are not those of a leaf") from error
    return Leaf(LeafKind(found[4]), found[2], at, bytes.fromhex(found[3]))


def _invalid(why: str) -> LedgerError:
    return LedgerError(Code.LEAF_INVALID, f"not a leaf: {why}")
