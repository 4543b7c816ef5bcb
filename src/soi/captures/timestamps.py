"""Have an authority sign that the bytes of a capture existed at a time (RFC 3161).

In: bytes, and the authority that the desk's operator has chosen. Out: its reply, verified against
the roots that the operator trusts, and the time in it. What is sent is the SHA-256 of the bytes and
a random number: the authority learns nothing of what they are. The reply is kept as it came, and
`openssl ts -verify` takes it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509

from soi.captures.addresses import Policy, addresses_of, target_of
from soi.captures.errors import FetchFailed, TimestampFailed
from soi.captures.transport import Deadline, asking

SECONDS: Final = 30.0
SIZE: Final = 100_000
"""Bytes of a reply; usual ones have some thousand."""

OPERATORS: Final = Policy(ports=range(1, 65_536), is_allowed=lambda _address: True)
"""An authority may stand anywhere, inside the desk's own network too: its operator names it."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A reply that was verified, and the time that it proves."""

    reply: bytes
    at: dt.datetime


def roots_in(path: Path) -> Sequence[x509.Certificate]:
    """The certificates of a PEM file. Raises `TimestampFailed`."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise TimestampFailed(f"The certificates in {path} can't be read.") from error


def stamp(
    content: bytes, url: str, roots: Sequence[x509.Certificate], policy: Policy = OPERATORS
) -> Stamp:
    """Have the authority at `url` stamp `content` now. Raises `TimestampFailed`."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # only who stamps pays for it

    request = (
        TimestampRequestBuilder()
        .data(content)
        .hash_algorithm(HashAlgorithm.SHA256)
        .cert_request(cert_request=True)
        .build()
    )
    try:
        reply = _asked(url, request.as_bytes(), policy)
    except FetchFailed as failure:
        raise TimestampFailed(f"The authority gave no timestamp: {failure.code}.") from failure
    return Stamp(reply, verified(reply, content, roots, nonce=request.nonce))


def verified(
    reply: bytes, content: bytes, roots: Sequence[x509.Certificate], *, nonce: int | None = None
) -> dt.datetime:
    """The time at which a trusted authority saw `content`, by its reply. Raises `TimestampFailed`.

    Certificates need to have been valid then, not now.
    """
    from rfc3161_client import (  # only who stamps pays for it
        VerificationError,
        VerifierBuilder,
        decode_timestamp_response,
    )

    try:
        decoded = decode_timestamp_response(reply)
        builder = VerifierBuilder(roots=list(roots), nonce=nonce)
        builder.build().verify_message(decoded, content)
        return decoded.tst_info.gen_time.astimezone(dt.UTC)
    except (VerificationError, ValueError) as error:
        raise TimestampFailed("The authority's reply does not hold.") from error


def _asked(url: str, request: bytes, policy: Policy) -> bytes:
    deadline = Deadline(SECONDS)
    target = target_of(url, policy)
    addresses = addresses_of(target.host, policy, deadline.left())
    headers = (
        ("Content-Type", "application/timestamp-query"),
        ("Accept", "application/timestamp-reply"),
    )
    with asking(
        target, addresses, headers=headers, policy=policy, deadline=deadline, body=request
    ) as reply:
        if reply.status != 200:
            raise TimestampFailed(f"The authority answered {reply.status}.")
        pieces: list[bytes] = []
        for piece in reply.body(SIZE):
            pieces.append(piece)
            if sum(map(len, pieces)) > SIZE:
                raise TimestampFailed("The authority's reply is too large.")
        return b"".join(pieces)
