"""Leaves, keys and logs for the tests."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

from soi.core.ledger import Algorithm, Leaf, LeafKind, Log, Signer, Trust

NAME = "so.bankiemchung.example/log"
SIGNER = Signer(NAME, b"\x01" * 32)
OTHER = Signer(NAME, b"\x02" * 32)
STRANGER = Signer("stranger.example", b"\x03" * 32)
WITNESSES = [
    Signer(f"witness.example/w{number}", bytes([100 + number]) * 32, Algorithm.COSIGNATURE)
    for number in range(4)
]
TRUST = Trust((SIGNER.key,))
FIRST = dt.datetime(2026, 3, 1, 8, 15, tzinfo=dt.UTC)


def leaf(number: int, edition: int = 1) -> Leaf:
    """The leaf that stands at place `number`; another edition is another leaf."""
    kinds = list(LeafKind)
    return Leaf(
        kinds[number % len(kinds)],
        f"{number + 1}.{edition}",
        FIRST + dt.timedelta(seconds=number),
        hashlib.sha256(f"{number}.{edition}".encode()).digest(),
    )


def leaves(start: int, stop: int, edition: int = 1) -> list[Leaf]:
    return [leaf(number, edition) for number in range(start, stop)]


def entries(count: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(count)]


def opened(directory: Path, *signers: Signer, patience: float = 10.0) -> Log:
    return Log(directory, signers or (SIGNER,), patience=patience)


def subtrees_of(hashes: list[bytes]) -> Callable[[int, int], bytes]:
    """Complete subtrees over leaf hashes in memory."""
    known: dict[tuple[int, int], bytes] = {}

    def subtree(height: int, place: int) -> bytes:
        if height == 0:
            return hashes[place]
        if (height, place) not in known:
            pair = subtree(height - 1, 2 * place) + subtree(height - 1, 2 * place + 1)
            known[height, place] = hashlib.sha256(b"\x01" + pair).digest()
        return known[height, place]

    return subtree
