"""Make and use the secrets of Standard Webhooks (version 1, symmetric).

In: a message's id, its time, its bytes, and secrets. Out: the headers that go with it. A receiver
computes HMAC-SHA256 over `id.time.body` with the bytes behind `whsec_` and compares.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
_BYTES = 32
"""The specification asks for 24 to 64."""


def new_secret() -> str:
    """A secret of 256 random bits, as receivers are given it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode("ascii")


def headers_of(
    message_id: str, at: dt.datetime, body: bytes, keys: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """The three headers of a message that is sent at this moment, a signature for each secret."""
    seconds = str(int(at.timestamp()))
    signed = b".".join((message_id.encode("ascii"), seconds.encode("ascii"), body))
    return (
        ("webhook-id", message_id),
        ("webhook-timestamp", seconds),
        ("webhook-signature", " ".join(f"v1,{_mac(each, signed)}" for each in keys)),
    )


def _mac(secret: str, signed: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not a secret of ours") from error
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")
