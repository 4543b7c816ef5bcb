"""Keys of the log and of its witnesses: how they are named, written down, and used.

In: names, 32 bytes, text. Out: verifier keys that everybody may have, and signers that keep a
private key. The written forms are those of C2SP signed-note (c2sp.org/signed-note): a verifier key
is `name+key id+base64`, so that one line on a printed page is enough to verify a log. Nothing here
reads or writes files.
"""

from __future__ import annotations

import hashlib
import re
import time
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError

KEY_BYTES = 32
SIGNATURE_BYTES = 64
TIME_BYTES = 8
LATEST_TIME = 2**63 - 1
"""The largest time of a cosignature (tlog-cosignature, section Format)."""
LONGEST_NAME = 255
"""Bytes of a key's name or a log's origin; tlog-cosignature has room for as many."""
LONGEST_KEY_LINE = LONGEST_NAME + 200
_PRIVATE = "PRIVATE+KEY+"
_KEY_ID = re.compile(r"[0-9a-f]{8}")


class Algorithm(IntEnum):
    """The signature types of signed-note that are used here."""

    ED25519 = 1
    COSIGNATURE = 4


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Who may sign, and how it is verified. Raises `LedgerError` (`log_key_invalid`)."""

    name: str
    public: bytes
    algorithm: Algorithm = Algorithm.ED25519
    id: bytes = field(init=False, repr=False)
    """Four bytes that a signature names its key with."""

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != KEY_BYTES:
            raise _invalid(f"its public key is not {KEY_BYTES} bytes")
        seed = f"{self.name}\n".encode() + self._typed(self.public)
        object.__setattr__(self, "id", hashlib.sha256(seed).digest()[:4])

    def __str__(self) -> str:
        """The verifier key as one line: `name+key id+base64`."""
        return f"{self.name}+{self.id.hex()}+{b64encode(self._typed(self.public)).decode()}"

    def verifies(self, text: bytes, signature: bytes) -> bool:
        """Whether this key made `signature` (without the key's id) over exactly `text`."""
        message = text
        if self.algorithm is Algorithm.COSIGNATURE:
            at, signature = signature[:TIME_BYTES], signature[TIME_BYTES:]
            if int.from_bytes(at, "big") > LATEST_TIME:
                return False
            message = _cosigned(text, int.from_bytes(at, "big"))
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def _typed(self, key: bytes) -> bytes:
        return bytes([self.algorithm]) + key


class Signer:
    """A private key with its name. Its secret shows in no `repr` and no error.

    A log signs with `Algorithm.ED25519`, a witness with `Algorithm.COSIGNATURE`. Raises
    `LedgerError` (`log_key_invalid`) for a name or seed that can't be one.
    """

    def __init__(self, name: str, seed: bytes, algorithm: Algorithm = Algorithm.ED25519) -> None:
        if len(seed) != KEY_BYTES:
            raise _invalid(f"its seed is not {KEY_BYTES} bytes")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = VerifierKey(name, self._private.public_key().public_bytes_raw(), algorithm)

    @classmethod
    def generate(cls, name: str, algorithm: Algorithm = Algorithm.ED25519) -> Signer:
        """A new key from the system's randomness."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw(), algorithm)

    def __repr__(self) -> str:
        return f"Signer({self.key})"

    def secret(self) -> str:
        """The private key as one line, for a file that only the desk can read.

        The form is that of golang.org/x/mod/sumdb/note, which other tools of the kind read.
        """
        typed = bytes([self.key.algorithm]) + self._private.private_bytes_raw()
        return f"{_PRIVATE}{self.key.name}+{self.key.id.hex()}+{b64encode(typed).decode()}"

    def sign(self, text: bytes, at: int | None = None) -> bytes:
        """The signature over `text`, without the key's id.

        `at` is the time of a cosignature in seconds since 1970, now by default; a log's signature
        has none. What a witness checks before it signs is not checked here.
        """
        if self.key.algorithm is Algorithm.ED25519:
            return self._private.sign(text)
        moment = int(time.time()) if at is None else at
        if not 0 <= moment <= LATEST_TIME:
            raise _invalid("its time is not one of a cosignature")
        return moment.to_bytes(TIME_BYTES, "big") + self._private.sign(_cosigned(text, moment))


def read_key(line: str) -> VerifierKey:
    """The verifier key that `line` writes; `LedgerError` (`log_key_invalid`) if it is none."""
    name, key_id, algorithm, public = _parts(line)
    key = VerifierKey(name, public, algorithm)
    if key.id != key_id:
        raise _invalid("its id does not fit its name and its key")
    return key


def read_signer(line: str) -> Signer:
    """The signer whose `secret()` is `line`; `LedgerError` (`log_key_invalid`) if it is none."""
    if not line.startswith(_PRIVATE):
        raise _invalid("it is not a private key")
    name, key_id, algorithm, seed = _parts(line.removeprefix(_PRIVATE))
    signer = Signer(name, seed, algorithm)
    if signer.key.id != key_id:
        raise _invalid("its id does not fit its name and its key")
    return signer


def check_name(name: str) -> None:
    """Return if a key can have this name (signed-note, section Format).

    Raises `LedgerError` (`log_key_invalid`).
    """
    try:
        length = len(name.encode())
    except UnicodeEncodeError as error:
        raise _invalid("its name is not text") from error
    if not 1 <= length <= LONGEST_NAME:
        raise _invalid(f"its name is empty or longer than {LONGEST_NAME} bytes")
    if any(each.isspace() or each == "+" or each < " " for each in name):
        raise _invalid("its name holds a space or a plus")


def read_base64(text: str) -> bytes | None:
    """The bytes that `text` writes in standard base64, None unless it is written the one way."""
    try:
        found = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return None
    return found if b64encode(found).decode() == text else None


def _cosigned(text: bytes, at: int) -> bytes:
    """What a witness signs (tlog-cosignature, section Ed25519 signed message)."""
    return f"cosignature/v1\ntime {at}\n".encode() + text


def _parts(line: str) -> tuple[str, bytes, Algorithm, bytes]:
    parts = line.split("+", 2) if len(line) <= LONGEST_KEY_LINE else []
    if len(parts) != 3 or not _KEY_ID.fullmatch(parts[1]):
        raise _invalid("it is not of the form name+key id+base64")
    typed = read_base64(parts[2])
    if not typed or len(typed) != 1 + KEY_BYTES:
        raise _invalid(f"its base64 is not of {1 + KEY_BYTES} bytes")
    if typed[0] not in set(Algorithm):
        raise _invalid(f"signatures of type {typed[0]} are not known here")
    return parts[0], bytes.fromhex(parts[1]), Algorithm(typed[0]), typed[1:]


def _invalid(why: str) -> LedgerError:
    return LedgerError(Code.KEY_INVALID, f"not a key: {why}")
