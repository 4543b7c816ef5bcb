"""Witnesses of the public log: who they are, what they are asked, what their replies add.

In: the setting SOI_LOG_WITNESSES and the replies of witnesses. Out: requests of C2SP tlog-witness,
and the newest checkpoint with the cosignatures in it. How a request reaches a witness is
`witnessing`, or somebody who carries it there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from soi.core.ledger import (
    SignedCheckpoint,
    Trust,
    VerifierKey,
    Witnessed,
    read_key,
    read_reply,
    submission,
    verify_checkpoint,
)
from soi.publishing.log.actions import opened
from soi.publishing.log.errors import WitnessUnknown


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness that is set: its key, and where it is asked, "" if somebody goes there by hand."""

    key: VerifierKey
    url: str = ""


_WITH_ADDRESS = re.compile(r"(?P<key>.+?)=(?P<url>https?://.+)")


def witnesses() -> tuple[Witness, ...]:
    """The witnesses that are set. Raises `LedgerError` for a malformed one."""
    return tuple(_witness(line) for line in settings.SOI_LOG_WITNESSES)


def _witness(line: str) -> Witness:
    found = _WITH_ADDRESS.fullmatch(line)
    return Witness(read_key(found["key"]), found["url"]) if found else Witness(read_key(line))


def keys_of_witnesses() -> tuple[VerifierKey, ...]:
    """The keys of those that are set. Raises `LedgerError` for a malformed one."""
    return tuple(each.key for each in witnesses())


def witnessed() -> Sequence[Witnessed]:
    """Which of them have signed the newest checkpoint, and when."""
    trust = opened().trust
    asked = Trust(trust.keys, keys_of_witnesses(), origin=trust.origin)
    return verify_checkpoint(bytes(opened().checkpoint().note), asked).witnesses


def request(*, old_size: int) -> bytes:
    """What is sent to a witness that has last signed a tree of `old_size` leaves (0: none).

    Raises `LedgerError` (`log_outside`) if the log is smaller.
    """
    reader = opened().reader()
    proof = reader.consistency_proof(reader.tree_of(old_size)) if old_size else ()
    return submission(old_size, proof, opened().checkpoint().note)


def add_reply(body: bytes) -> SignedCheckpoint:
    """Put the cosignatures in a witness's reply under the newest checkpoint.

    Raises `WitnessUnknown` if no witness is set, `LedgerError` for what is no reply to the newest
    checkpoint, or none of a witness that is set.
    """
    known = keys_of_witnesses()
    if not known:
        raise WitnessUnknown("No witness is set.")
    log = opened()
    return log.add_cosignatures(read_reply(200, body, log.checkpoint().note, known), known)
