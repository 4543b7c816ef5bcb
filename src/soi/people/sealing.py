"""Seal the secrets of second factors, so that a copy of the database alone opens no door."""

from __future__ import annotations

from django.conf import settings

from soi.core import sealing
from soi.people.errors import SecondFactorUnreadable

_PURPOSE = b"soi.people second factor 1"


def seal(secret: str) -> str:
    """The secret as text that only this desk's secret key opens."""
    return sealing.seal(secret, _key())


def unseal(sealed: str) -> str:
    """The secret that was sealed. Raises `SecondFactorUnreadable`."""
    try:
        return sealing.unseal(sealed, _key())
    except sealing.Unopened as error:
        raise SecondFactorUnreadable("It does not open with this desk's secret key.") from error


def _key() -> bytes:
    return sealing.key_for(_PURPOSE, settings.SECRET_KEY)
