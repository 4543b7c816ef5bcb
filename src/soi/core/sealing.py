"""Seal what a copy of the database alone must not give away.

Fernet (AES-128-CBC and HMAC-SHA256, https://github.com/fernet/spec) under a key that is made of the
desk's secret by HKDF-SHA256 (RFC 5869), another one for each purpose.
"""

from __future__ import annotations

import base64


class Unopened(ValueError):
    """What was sealed does not open with this key: another secret, or other bytes."""


def key_for(purpose: bytes, secret: str) -> bytes:
    """The 32 bytes that a secret gives for a purpose and for nothing else."""
    from cryptography.hazmat.primitives import hashes  # most requests need no cipher
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # the same

    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose)
    return kdf.derive(secret.encode())


def seal(text: str, key: bytes) -> str:
    """The text as ASCII that only this key opens; another one each time."""
    from cryptography.fernet import Fernet  # most requests need no cipher

    return Fernet(base64.urlsafe_b64encode(key)).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, key: bytes) -> str:
    """The text that was sealed. Raises `Unopened`."""
    from cryptography.fernet import Fernet, InvalidToken  # most requests need no cipher

    try:
        return Fernet(base64.urlsafe_b64encode(key)).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unopened("It does not open with this key.") from error
