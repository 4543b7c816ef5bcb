"""Sign a public record, so that a copy of it elsewhere can be told from a forged one.

In: the canonical JSON of a record, what it is about, a time. Out: a signed note (C2SP signed-note)
whose text names the SHA-256 of these bytes; and who signed it, from the note and the record. The
first line of the text keeps it from ever being taken for a checkpoint of the log, which the same
key signs.

    soi register record v1
    song-xanh
    2026-11-20T05:00:00Z
    <64 hex digits>
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError
from soi.core.ledger.keys import Signer, VerifierKey
from soi.core.ledger.notes import Note, read_note, write_note

FIRST_LINE = "soi register record v1"
_TEXT = re.compile(
    rf"{FIRST_LINE}\n([a-z0-9]+(?:-[a-z0-9]+)*)\n"
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})Z\n([0-9a-f]{64})\n"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody signed: about which organisation, when, and who it was."""

    about: str
    at: dt.datetime
    keys: tuple[VerifierKey, ...]


def write_statement(
    record: bytes, *, about: str, at: dt.datetime, signers: Iterable[Signer]
) -> Note:
    """The statement that `record` was the record of `about` at that time, a second in UTC."""
    moment = at.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None).isoformat()
    text = f"{FIRST_LINE}\n{about}\n{moment}Z\n{sha256(record).hexdigest()}\n"
    return write_note(text, *signers)


def read_statement(content: bytes, record: bytes, keys: Iterable[VerifierKey]) -> Statement:
    """What one of `keys` signed of exactly these bytes.

    Raises `LedgerError`: `log_note_invalid` for what is no such statement, `log_signature_wrong`
    when the record or the text is another one, `log_key_invalid` when none of the keys has signed.
    """
    note = read_note(content)
    found = _TEXT.fullmatch(note.text)
    if found is None:
        raise LedgerError(Code.NOTE_INVALID, "not a statement of a register's record")
    signed = note.signed_by(keys)
    if not signed:
        raise LedgerError(Code.KEY_INVALID, "none of the keys has signed the statement")
    if sha256(record).hexdigest() != found[3]:
        raise LedgerError(Code.SIGNATURE_WRONG, "the statement is about another record")
    try:
        at = dt.datetime.fromisoformat(found[2]).replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise LedgerError(Code.NOTE_INVALID, "the statement's time is none") from error
    return Statement(found[1], at, tuple(key for key, _ in signed))
