"""The engine inside every process: files in one directory, no daemon.

In: entries with tokens and vectors. Out: hits fused from both channels. The directory holds
generations (`gen-000001-5f2a90c1`, ...); the file `CURRENT` names the one that counts, and a
rebuild swaps it by one rename. Any number of processes read; writers take turns at one lock. The
database is the truth: whatever `applied` does not cover, the caller applies again.
"""

from __future__ import annotations

import re
import secrets
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import TypeVar

from soi.index.engine.base import Applied, Entry, Hit, Vector
from soi.index.engine.durable import replace_file
from soi.index.engine.errors import EngineError, IndexDamaged, engine_errors
from soi.index.engine.fusion import fused
from soi.index.engine.generation import Generation, Recipe
from soi.index.engine.lock import WriterLock

_NAME = re.compile(r"gen-\d{6,18}-[0-9a-f]{8}")
_CURRENT = "CURRENT"
_REBUILD_BATCH = 2000
_NOTHING = Applied(words_seq=0, meaning_seq=0, words_count=0, meaning_count=0)

_Result = TypeVar("_Result")


class EmbeddedEngine:
    """The `Engine` for one machine. Cheap to make: files are opened at the first use."""

    def __init__(
        self, directory: Path, *, dimension: int = 384, recipe: str = "", patience: float = 10.0
    ) -> None:
        """Use the index in `directory`, which is made at the first write.

        `recipe` names what made tokens and vectors (rules, embedder, versions): an index of
        another recipe is `IndexDamaged`, so that callers rebuild it. Writers wait `patience`
        seconds for one another before `IndexBusy`.
        """
        self._directory = directory
        self._recipe = Recipe(dimension, recipe)
        self._lock = WriterLock(directory / "lock", patience)
        self._opening = threading.Lock()
        self._open: Generation | None = None

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep other writers out of a block; see `Engine.exclusive`."""
        return self._lock.held()

    def applied(self) -> Applied:
        """What the index holds now; zeros when there is none yet."""
        return self._read(lambda generation: generation.applied(), _NOTHING)

    def upsert(
        self,
        batch: Sequence[Entry],
        *,
        words_seq: int | None = None,
        meaning_seq: int | None = None,
    ) -> None:
        """Add or replace entries durably; see `Engine.upsert`."""
        with self.exclusive(), engine_errors():
            generation = self._writable()
            generation.upsert(batch)
            generation.advance(words_seq, meaning_seq)

    def delete(self, ids: Sequence[int], *, words_seq: int | None = None) -> None:
        """Remove entries from both channels durably; unknown ids are no error."""
        with self.exclusive(), engine_errors():
            generation = self._writable()
            generation.delete(ids)
            generation.advance(words_seq, None)

    def search(self, tokens: Sequence[str], vector: Vector | None, k: int) -> list[Hit]:
        """The union of the best `k` of each channel, best fused rank first."""
        if k < 1:
            return []
        return self._read(lambda generation: fused(generation.search(tokens, vector, k)), [])

    def vectors_of(self, ids: Sequence[int]) -> dict[int, Vector]:
        """The stored vector of each id that has one, rounded to half precision."""
        return self._read(lambda generation: generation.vectors_of(ids), {})

    def rebuild(
        self,
        rows: Iterable[Entry],
        *,
        words_seq: int,
        meaning_seq: int,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Build everything anew and swap it in by one rename; see `Engine.rebuild`."""
        with self.exclusive():
            with engine_errors():
                self._sweep()
                generation = self._begun()
            try:
                _fill(generation, rows, progress)
                with engine_errors():
                    generation.advance(words_seq, meaning_seq)
                    self._make_current(generation)
            except BaseException:
                shutil.rmtree(self._directory / generation.name, ignore_errors=True)
                raise
            self._sweep()

    def _read(self, ask: Callable[[Generation], _Result], nothing: _Result) -> _Result:
        """Ask the current generation; again when a rebuild took it away in the meantime."""
        with engine_errors():
            name = self._current_name()
        while name is not None:
            try:
                with engine_errors():
                    return ask(self._generation(name))
            except EngineError:
                with engine_errors():
                    failed, name = name, self._current_name()
                if name == failed:
                    raise
        return nothing

    def _generation(self, name: str) -> Generation:
        with self._opening:
            if self._open is None or self._open.name != name:
                self._open = Generation(self._directory / name, self._recipe)
            return self._open

    def _writable(self) -> Generation:
        """The current generation; an empty one is made when there is none."""
        name = self._current_name()
        if name is None:
            self._sweep()
            begun = self._begun()
            self._make_current(begun)
            name = begun.name
        return self._generation(name)

    def _begun(self) -> Generation:
        """A new generation beside the current one."""
        numbers = [int(path.name.split("-")[1]) for path in self._generations()]
        # The random part: a directory emptied by hand must not bring back a name still open.
        name = f"gen-{max(numbers, default=0) + 1:06d}-{secrets.token_hex(4)}"
        return Generation.create(self._directory / name, self._recipe)

    def _make_current(self, generation: Generation) -> None:
        replace_file(self._directory / _CURRENT, generation.name.encode())

    def _current_name(self) -> str | None:
        """The generation that counts, None when nothing has been written yet."""
        try:
            name = (self._directory / _CURRENT).read_text("ascii")
        except FileNotFoundError:
            return None
        if not _NAME.fullmatch(name):
            raise IndexDamaged(f"{self._directory / _CURRENT} names no generation")
        return name

    def _generations(self) -> list[Path]:
        return [path for path in self._directory.iterdir() if _NAME.fullmatch(path.name)]

    def _sweep(self) -> None:
        """Remove what a rebuild left behind. Readers keep the files that they have open."""
        try:
            current = self._current_name()
        except (IndexDamaged, ValueError):
            current = None
        for path in self._generations():
            if path.name != current:
                shutil.rmtree(path, ignore_errors=True)


def _fill(
    generation: Generation, rows: Iterable[Entry], progress: Callable[[int], None] | None
) -> None:
    """Write all rows. Errors that come out of `rows` or `progress` pass as they are."""
    left, done = iter(rows), 0
    with generation.filling() as filling:
        while batch := list(islice(left, _REBUILD_BATCH)):
            with engine_errors():
                filling.add(batch)
            done += len(batch)
            if progress:
                progress(done)
