"""Replace the log's key: a statement that the old key and the new one sign together.

In: both signers and the tree at which the key changes. Out: a note that whoever trusts the old key
verifies offline, and learns the new one from. A second signature below a checkpoint can't do that:
anybody may put a line of their own there, and it is the old key that has to name its successor.

The text, which no reader can take for a checkpoint (its second line is no number):

    soi.key-handover/v1
    <origin>
    <old verifier key>
    <new verifier key>
    <size of the tree>
    <root in base64>
"""

from __future__ import annotations

from dataclasses import dataclass

from soi.core.ledger.checkpoints import Checkpoint, read_checkpoint
from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError
from soi.core.ledger.keys import Algorithm, Signer, VerifierKey, read_key
from soi.core.ledger.merkle import Tree
from soi.core.ledger.notes import Note, read_note, write_note

_TITLE = "soi.key-handover/v1"


@dataclass(frozen=True, slots=True)
class Handover:
    """From `tree` on `new` signs the log named `origin`, in the place of `old`."""

    origin: str
    old: VerifierKey
    new: VerifierKey
    tree: Tree

    @property
    def text(self) -> str:
        """What both keys sign."""
        tree = Checkpoint(self.origin, self.tree).text.removeprefix(f"{self.origin}\n")
        return f"{_TITLE}\n{self.origin}\n{self.old}\n{self.new}\n{tree}"


def sign_handover(checkpoint: Checkpoint, old: Signer, new: Signer) -> Note:
    """The statement, signed by both.

    Raises `LedgerError` (`log_policy_invalid`) if they are one key or one is a witness's.
    """
    handover = Handover(checkpoint.origin, old.key, new.key, checkpoint.tree)
    _check_keys(handover)
    return write_note(handover.text, old, new)


def verify_handover(content: bytes, origin: str, trusted: tuple[VerifierKey, ...]) -> Handover:
    """The statement, if one of the `trusted` keys of the log `origin` makes it with its successor.

    Raises `LedgerError`: as `read_note` and `Note.signed_by` do, `log_signature_missing` unless
    both have signed, `log_origin_other`, `log_note_invalid` for another text.
    """
    note = read_note(content)
    lines = note.text.split("\n")
    if len(lines) != 7 or lines[0] != _TITLE:
        raise LedgerError(Code.NOTE_INVALID, "not the statement of a new key")
    tree = read_checkpoint("\n".join((lines[1], *lines[4:]))).tree
    handover = Handover(lines[1], read_key(lines[2]), read_key(lines[3]), tree)
    _check_keys(handover)
    if handover.origin != origin:
        raise LedgerError(Code.ORIGIN_OTHER, f"the log is not {origin}")
    if handover.old not in trusted or len(note.signed_by((handover.old, handover.new))) != 2:
        raise LedgerError(Code.SIGNATURE_MISSING, "a trusted key and the new one have to sign")
    return handover


def _check_keys(handover: Handover) -> None:
    keys = (handover.old, handover.new)
    if any(key.algorithm is not Algorithm.ED25519 for key in keys):
        raise LedgerError(Code.POLICY_INVALID, "a witness can't sign a log")
    if handover.old.public == handover.new.public:
        raise LedgerError(Code.POLICY_INVALID, "the new key is the old one")
