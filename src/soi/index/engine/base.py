"""The one interface that every engine of the index speaks.

An engine holds two channels that are kept apart: words (tokens made by `soi.core.text.tokens`) and
meaning (unit vectors made by `soi.core.meaning`). Each channel remembers the sequence number up to
which the database has been applied to it, so that start-up can replay what is missing. An engine is
derived: it may be thrown away and rebuilt from the database at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Entry:
    """One check for the engine; None leaves that channel as it is."""

    id: int
    language: str
    tokens: tuple[str, ...] | None = None
    vector: Vector | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found; ranks count from 1 and are None outside the channel's best `k`.

    `meaning` is filled for every hit whose vector is known, also when words alone found it.
    """

    id: int
    words: float | None
    words_rank: int | None
    meaning: float | None
    meaning_rank: int | None


@dataclass(frozen=True, slots=True)
class Applied:
    """Up to which sequence number each channel follows the database, and how much it holds.

    `stale_count` vectors are superseded or deleted but still stored; a rebuild drops them, and is
    worth its time once they outnumber `meaning_count`. `build` names the index that was asked: each
    rebuild makes another, which may have come just as far and then compares as equal.
    """

    words_seq: int
    meaning_seq: int
    words_count: int
    meaning_count: int
    stale_count: int = 0
    build: str = field(default="", compare=False)


class Engine(Protocol):
    """Candidates for a statement. Safe to use from several processes and threads at once.

    Every method may raise an `EngineError` (`soi.index.engine.errors`): `IndexDamaged` asks for a
    `rebuild`; after any other the index still answers as before, and what the sequence numbers
    do not cover is to be applied again. Ids are in 0..2^63-1.
    """

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep other writers out of a block that reads `applied`, then the database, then upserts.

        Without it two replays can cross: the later one to write may bring older rows. Every write
        takes the same lock by itself and may stand inside the block. `IndexBusy` when another
        writer does not let go in time.
        """

    def applied(self) -> Applied:
        """What the engine holds now, as another process would see it."""

    def upsert(
        self,
        batch: Sequence[Entry],
        *,
        words_seq: int | None = None,
        meaning_seq: int | None = None,
    ) -> None:
        """Add or replace entries durably, then move the channels' sequence numbers forward.

        Applying the same batch again changes nothing. A writer that is killed has applied all,
        some or nothing of the batch and has not moved the numbers. `EntryRejected`, before
        anything is written, for an id out of range or a vector not of length 1.
        """

    def delete(self, ids: Sequence[int], *, words_seq: int | None = None) -> None:
        """Remove entries from both channels durably; unknown ids are no error."""

    def search(self, tokens: Sequence[str], vector: Vector | None, k: int) -> list[Hit]:
        """The union of the best `k` of each channel, best fused rank first.

        No tokens, or None for the vector, leaves that channel out; `k` below 1 finds nothing.
        """

    def rebuild(
        self,
        rows: Iterable[Entry],
        *,
        words_seq: int,
        meaning_seq: int,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Build everything anew beside the old index and swap it in by one rename.

        Readers keep the old index until then; writers wait (`IndexBusy` if it takes too long) and
        what they had to say is replayed by sequence number. A row that comes twice counts as it
        came last. `progress` is told after each batch how many rows are done. Needs no index that
        can be read; when it fails, the old one stays.
        """
