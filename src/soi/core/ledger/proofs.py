"""The proof file: one leaf of a log with all that is needed to verify it offline.

In and out: JSON, or the text of C2SP tlog-proof (c2sp.org/tlog-proof). What is read is not verified
here (`verify` does that), but it has the one form that a proof file has. As JSON:

    {"format": "soi.proof/v1",
     "leaf": {"at": ..., "id": ..., "sha256": ..., "type": ...},
     "index": 12,
     "hashes": ["<base64>", ...],
     "checkpoint": "<the signed note>"}
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import dataclass

from soi.core.ledger.canonical import read_json
from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError
from soi.core.ledger.keys import read_base64
from soi.core.ledger.leaves import Leaf, read_leaf
from soi.core.ledger.merkle import HASH_BYTES, LARGEST_SIZE, LONGEST_PROOF
from soi.core.ledger.notes import LARGEST_NOTE, Note, read_note

FORMAT = "soi.proof/v1"
TEXT_FORMAT = "c2sp.org/tlog-proof@v1"
LARGEST_FILE = 2 * LARGEST_NOTE
"""Bytes. A checkpoint of the largest size fits, with its newlines escaped."""
_FIELDS = {"format", "leaf", "index", "hashes", "checkpoint"}
_LEAF_FIELDS = {"at", "id", "sha256", "type"}
_INDEX = re.compile("index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Proof:
    """`leaf` is said to stand at `index` of the tree of `checkpoint`; `hashes` lead to its root."""

    leaf: Leaf
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Note

    def as_json(self) -> bytes:
        """The proof file."""
        written = {
            "format": FORMAT,
            "leaf": json.loads(bytes(self.leaf)),
            "index": self.index,
            "hashes": [b64encode(each).decode() for each in self.hashes],
            "checkpoint": bytes(self.checkpoint).decode(),
        }
        return (json.dumps(written, ensure_ascii=False, indent=1) + "\n").encode()

    def as_text(self) -> bytes:
        """The same as a tlog-proof, the leaf in its `extra` line."""
        hashes = "".join(f"{b64encode(each).decode()}\n" for each in self.hashes)
        head = f"{TEXT_FORMAT}\nextra {b64encode(bytes(self.leaf)).decode()}\nindex {self.index}\n"
        return f"{head}{hashes}\n".encode() + bytes(self.checkpoint)


def read_proof(content: bytes) -> Proof:
    """The proof that a file holds, in either form.

    Raises `LedgerError`: `log_proof_invalid` for another form or more than `LARGEST_FILE` bytes,
    `log_leaf_invalid`, `log_note_invalid`.
    """
    if len(content) > LARGEST_FILE:
        raise _invalid(f"more than {LARGEST_FILE} bytes")
    if content.startswith(TEXT_FORMAT.encode()):
        return _read_text(content)
    return _read_json(content)


def _read_json(content: bytes) -> Proof:
    try:
        found = read_json(content)
    except LedgerError as error:
        raise _invalid("it is not JSON as a proof file has it") from error
    if not isinstance(found, dict) or set(found) != _FIELDS or found["format"] != FORMAT:
        raise _invalid(f"it is not of the form {FORMAT}")
    leaf, index, hashes, note = (found[k] for k in ("leaf", "index", "hashes", "checkpoint"))
    if type(index) is not int or not isinstance(hashes, list) or not isinstance(note, str):
        raise _invalid("a field has another type")
    try:
        signed = note.encode()
    except UnicodeEncodeError as error:
        raise _invalid("its checkpoint is not text") from error
    return _made(_leaf(leaf), index, hashes, signed)


def _read_text(content: bytes) -> Proof:
    head, blank, note = content.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise _invalid("a line is not ASCII") from error
    if not blank or len(lines) < 3 or lines[0] != TEXT_FORMAT:
        raise _invalid(f"it is not of the form {TEXT_FORMAT}")
    entry = read_base64(lines[1].removeprefix("extra "))
    index = _INDEX.fullmatch(lines[2])
    if not lines[1].startswith("extra ") or entry is None or index is None:
        raise _invalid("its lines `extra` and `index` are not as they should be")
    return _made(read_leaf(entry), int(index[1]), lines[3:], note)


def _made(leaf: Leaf, index: int, hashes: list[object] | list[str], note: bytes) -> Proof:
    if not 0 <= index < LARGEST_SIZE or len(hashes) > LONGEST_PROOF:
        raise _invalid("no log has such an index or so long a proof")
    found = [read_base64(each) if isinstance(each, str) else None for each in hashes]
    whole = tuple(each for each in found if each is not None and len(each) == HASH_BYTES)
    if len(whole) != len(hashes):
        raise _invalid(f"a hash is not the base64 of {HASH_BYTES} bytes")
    return Proof(leaf, index, whole, read_note(note))


def _leaf(found: object) -> Leaf:
    if not isinstance(found, dict) or set(found) != _LEAF_FIELDS:
        raise _invalid("its leaf has other fields")
    return read_leaf(json.dumps(found, sort_keys=True, separators=(",", ":")).encode())


def _invalid(why: str) -> LedgerError:
    return LedgerError(Code.PROOF_INVALID, f"not a proof file: {why}")
