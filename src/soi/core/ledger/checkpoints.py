"""Checkpoints: what a log says of itself at one moment, and who stands by it.

In: the bytes of a checkpoint, and a `Trust`: the keys of the log and of its witnesses that the
reader has from elsewhere. Out: the size and root of the tree, and who signed them, or an error.
The forms are C2SP tlog-checkpoint and tlog-cosignature (`cosignature/v1`).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError
from soi.core.ledger.keys import TIME_BYTES, Algorithm, Signer, VerifierKey, read_base64
from soi.core.ledger.merkle import HASH_BYTES, LARGEST_SIZE, Tree
from soi.core.ledger.notes import Note, Signature, read_note, write_note

_SIZE = re.compile("0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log named `origin` has this tree. `extensions` are lines that mean nothing here.

    Raises `LedgerError` (`log_checkpoint_invalid`).
    """

    origin: str
    tree: Tree
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(not line or "\n" in line for line in (self.origin, *self.extensions)):
            raise _invalid("a line is empty or broken")

    @property
    def text(self) -> str:
        """What is signed."""
        root = b64encode(self.tree.root).decode()
        lines = (self.origin, str(self.tree.size), root, *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Trust:
    """What a reader believes beforehand.

    `keys`: one signature of one of them is enough. `witnesses`: at least `quorum` of them must have
    signed. `origin` is the name of the log, by default that of its first key. Raises `LedgerError`
    (`log_policy_invalid`) if these can't be used together: no key, a key of the wrong type, one
    witness under two names, a witness that is the log itself, more asked for than there are.
    """

    keys: tuple[VerifierKey, ...]
    witnesses: tuple[VerifierKey, ...] = ()
    quorum: int = 0
    origin: str = ""

    def __post_init__(self) -> None:
        if not self.keys:
            raise _unusable("no key of the log is given")
        if any(key.algorithm is not Algorithm.ED25519 for key in self.keys):
            raise _unusable("a key of the log is one of a witness")
        if any(key.algorithm is not Algorithm.COSIGNATURE for key in self.witnesses):
            raise _unusable("a key of a witness is one of a log")
        together = [key.public for key in (*set(self.keys), *self.witnesses)]
        if len(set(together)) != len(together):
            raise _unusable("one key is given under two names")
        if not 0 <= self.quorum <= len(self.witnesses):
            raise _unusable(f"{self.quorum} of {len(self.witnesses)} witnesses can't sign")
        if not self.origin:
            object.__setattr__(self, "origin", self.keys[0].name)


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A witness says that at `at` (seconds since 1970) it knew of no larger or other tree."""

    key: VerifierKey
    at: int


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint whose signatures are verified: by which keys of the log, by which witnesses."""

    checkpoint: Checkpoint
    note: Note
    keys: tuple[VerifierKey, ...]
    witnesses: tuple[Witnessed, ...] = ()

    @property
    def tree(self) -> Tree:
        """Size and root."""
        return self.checkpoint.tree


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer]) -> Note:
    """The checkpoint signed by every key of the log; two while a key is replaced.

    A log never signs two trees of which neither continues the other; who calls this sees to it.
    """
    return write_note(checkpoint.text, *signers)


def cosigned_at(signature: Signature) -> int:
    """When a witness made its cosignature, in seconds since 1970, as it says itself."""
    return int.from_bytes(signature.value[:TIME_BYTES], "big")


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that the text of a note is. Raises `LedgerError` (`log_checkpoint_invalid`).

    There is one way to write a checkpoint: `read_checkpoint(text).text == text`.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop():
        raise _invalid("it has fewer than three lines")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size) or int(size) > LARGEST_SIZE:
        raise _invalid("its size is not a whole number that a log can have")
    found = read_base64(root)
    if found is None or len(found) != HASH_BYTES:
        raise _invalid(f"its root is not the base64 of {HASH_BYTES} bytes")
    return Checkpoint(origin, Tree(int(size), found), tuple(extensions))


def verify_checkpoint(content: bytes, trust: Trust) -> SignedCheckpoint:
    """The checkpoint that `content` is, if it deserves `trust`.

    Raises `LedgerError`: `log_note_invalid`, `log_note_duplicate`, `log_signature_wrong`,
    `log_signature_missing` (no key of the log), `log_checkpoint_invalid`, `log_origin_other`,
    `log_witnesses_missing` (fewer than the quorum).
    """
    note = read_note(content)
    signed = dict(note.signed_by((*trust.keys, *trust.witnesses)))
    keys = tuple(key for key in signed if key in trust.keys)
    if not keys:
        raise LedgerError(Code.SIGNATURE_MISSING, "no trusted key of the log has signed this")
    checkpoint = read_checkpoint(note.text)
    if checkpoint.origin != trust.origin:
        raise LedgerError(Code.ORIGIN_OTHER, f"the log is not {trust.origin}")
    witnesses = tuple(
        Witnessed(key, cosigned_at(signature))
        for key, signature in signed.items()
        if key in trust.witnesses
    )
    if len(witnesses) < trust.quorum:
        raise LedgerError(
            Code.WITNESSES_MISSING, f"{len(witnesses)} of {trust.quorum} witnesses have signed"
        )
    return SignedCheckpoint(checkpoint, note, keys, witnesses)


def _invalid(why: str) -> LedgerError:
    return LedgerError(Code.CHECKPOINT_INVALID, f"not a checkpoint: {why}")


def _unusable(why: str) -> LedgerError:
    return LedgerError(Code.POLICY_INVALID, why)
