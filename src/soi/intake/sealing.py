"""Seal a sender's contact so that a copy of the database alone does not give it away.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; the key comes from the desk's secret by
HKDF-SHA256 (RFC 5869) under a purpose of its own. The receipt's token digest is authenticated with
it, so that a contact can't be moved to another tip. Sealed bytes: version, nonce, ciphertext, tag.
"""

from __future__ import annotations

import os

from django.conf import settings

from soi.core.sealing import key_for
from soi.intake.errors import ContactUnreadable

_VERSION = b"\x01"
_NONCE = 12
_PURPOSE = b"soi.intake contact 1"


def seal(contact: str, *, bound_to: str) -> bytes:
    """The contact as bytes that only this desk's secret opens, and only together with `bound_to`.

    At 2**32 contacts under one secret random nonces would begin to be a risk.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # most tips need no cipher

    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + AESGCM(_key()).encrypt(nonce, contact.encode(), bound_to.encode())


def unseal(sealed: bytes, *, bound_to: str) -> str:
    """The contact that was sealed. Raises `ContactUnreadable`."""
    from cryptography.exceptions import InvalidTag  # most tips need no cipher
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # the same

    version, nonce, rest = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        if version != _VERSION:
            raise InvalidTag
        return AESGCM(_key()).decrypt(nonce, rest, bound_to.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise ContactUnreadable("The contact does not open with this desk's secret.") from error


def _key() -> bytes:
    return key_for(_PURPOSE, settings.SECRET_KEY)
