"""Ask a witness for its cosignature: what is sent, and what its reply means.

In: a consistency proof and a checkpoint; the status and body of an HTTP reply. Out: the body of
the request; cosignatures that are verified. The protocol is C2SP tlog-witness. Nothing here opens
a connection: whoever does so decides when, and how long it waits.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence

from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError
from soi.core.ledger.keys import VerifierKey
from soi.core.ledger.merkle import LONGEST_PROOF
from soi.core.ledger.notes import LARGEST_NOTE, Note, Signature, read_signatures

_SIZE_LINE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


class WitnessAtOtherSize(LedgerError):
    """The witness has last signed a tree of `size`; ask again with a proof from there.

    A witness that knows a larger tree than the log has means that the log was rolled back.
    """

    def __init__(self, size: int) -> None:
        super().__init__(Code.WITNESS_CONFLICT, f"the witness knows a tree of {size} leaves")
        self.size = size


def submission(old_size: int, proof: Sequence[bytes], checkpoint: Note) -> bytes:
    """The body of `POST <witness>/add-checkpoint`.

    `proof` shows that the tree of `old_size`, which the witness has last signed (0: none), stands
    unchanged in the checkpoint's. Raises `LedgerError` (`log_proof_invalid`).
    """
    if len(proof) > LONGEST_PROOF:
        raise LedgerError(Code.PROOF_INVALID, "a proof is never so long")
    hashes = "".join(f"{b64encode(each).decode()}\n" for each in proof)
    return f"old {old_size}\n{hashes}\n".encode() + bytes(checkpoint)


def read_reply(
    status: int, body: bytes, checkpoint: Note, witnesses: Sequence[VerifierKey]
) -> tuple[Signature, ...]:
    """The cosignatures of `witnesses` in the reply to `submission`; other keys are passed over.

    Raises `WitnessAtOtherSize` and `LedgerError`: `log_witness_conflict` (it knows another root),
    `log_witness_refused` (another status), `log_witness_unreadable`, `log_signature_wrong`.
    """
    if status == 409:
        size = _SIZE_LINE.fullmatch(body[:21])
        if size is not None:
            raise WitnessAtOtherSize(int(size[1]))
        raise LedgerError(Code.WITNESS_CONFLICT, "the witness knows another root")
    if status != 200:
        raise LedgerError(Code.WITNESS_REFUSED, f"the witness answers with status {status}")
    if len(body) > LARGEST_NOTE:
        raise LedgerError(Code.WITNESS_UNREADABLE, "the reply is too long")
    try:
        signatures = read_signatures(body.decode())
    except (UnicodeDecodeError, LedgerError) as error:
        raise LedgerError(Code.WITNESS_UNREADABLE, "the reply is not signatures") from error
    found = Note(checkpoint.text, signatures).signed_by(witnesses)
    if not found:
        raise LedgerError(Code.WITNESS_UNREADABLE, "no signature of the witness is in the reply")
    return tuple(signature for _, signature in found)
