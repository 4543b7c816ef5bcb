"""Seal the secrets of endpoints, so that a copy of the database alone signs nothing.

Fernet (AES-128-CBC and HMAC-SHA256, https://github.com/fernet/spec) under a key made of the desk's
secret by HKDF-SHA256 (RFC 5869) for this purpose alone.
"""

from __future__ import annotations

import base64

from django.conf import settings

from soi.publishing.webhooks.errors import WebhookSecretUnreadable

_PURPOSE = b"soi.publishing webhook secret 1"


def seal(secret: str) -> str:
    """The secret as text that only this desk's secret key opens."""
    from cryptography.fernet import Fernet  # most requests need no cipher

    return Fernet(_key()).encrypt(secret.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """The secret that was sealed. Raises `WebhookSecretUnreadable`."""
    from cryptography.fernet import Fernet, InvalidToken  # most requests need no cipher

    try:
        return Fernet(_key()).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise WebhookSecretUnreadable("It does not open with this desk's secret key.") from error


def _key() -> bytes:
    from cryptography.hazmat.primitives import hashes  # most requests need no cipher
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # the same

    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE)
    return base64.urlsafe_b64encode(kdf.derive(settings.SECRET_KEY.encode()))
