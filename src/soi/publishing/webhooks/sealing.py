"""Seal the secrets of endpoints, so that a copy of the database alone signs nothing."""

from __future__ import annotations

from django.conf import settings

from soi.core import sealing
from soi.publishing.webhooks.errors import WebhookSecretUnreadable

_PURPOSE = b"soi.publishing webhook secret 1"


def seal(secret: str) -> str:
    """The secret as text that only this desk's secret key opens."""
    return sealing.seal(secret, _key())


def unseal(sealed: str) -> str:
    """The secret that was sealed. Raises `WebhookSecretUnreadable`."""
    try:
        return sealing.unseal(sealed, _key())
    except sealing.Unopened as error:
        raise WebhookSecretUnreadable("It does not open with this desk's secret key.") from error


def _key() -> bytes:
    return sealing.key_for(_PURPOSE, settings.SECRET_KEY)
