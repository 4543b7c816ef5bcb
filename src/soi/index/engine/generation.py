"""One complete index in one directory: words, vectors, and how far each follows the database.

In: entries and sequence numbers. Out: the best of each channel. One writer at a time; readers in
any process see each batch once it is committed. A batch is applied to the vectors, then to the
words, then counted in the manifest: a writer that dies in between has counted nothing, and the
same batch may be applied again without harm.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from soi.index.engine.base import Applied, Entry, Vector
from soi.index.engine.durable import replace_file, sync_directory
from soi.index.engine.entries import ID_LIMIT, merged, unit_vector
from soi.index.engine.errors import IndexDamaged, engine_errors
from soi.index.engine.vectors import VectorFile
from soi.index.engine.words import BULK_HEAP, Words, WordsWriter

_FORMAT = 1
_MANIFEST = "manifest.json"


class Scored(NamedTuple):
    """What the two channels found, best first, and the cosine of every id found."""

    words: list[tuple[int, float]]
    meaning: list[tuple[int, float]]
    cosines: dict[int, float]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an index is made of; an index of another recipe cannot be read, only rebuilt."""

    dimension: int
    name: str


class _Manifest(NamedTuple):
    """How far the index follows the database, and the commit of the vectors that this needs."""

    words_seq: int
    meaning_seq: int
    vectors_commit: int


class Generation:
    """The index in one directory."""

    def __init__(self, directory: Path, recipe: Recipe) -> None:
        """Open what `create` made; `IndexDamaged` when it is not whole or of another recipe."""
        self.name = directory.name
        self._directory = directory
        self._recipe = recipe
        manifest = self._manifest()
        self._vectors = VectorFile(directory / "vectors", recipe.dimension)
        if self._vectors.commit < manifest.vectors_commit:
            raise IndexDamaged(f"the vectors in {directory} are older than its manifest")
        self._words = Words(directory / "words")

    @classmethod
    def create(cls, directory: Path, recipe: Recipe) -> Generation:
        """Make an empty index in a new directory."""
        directory.mkdir()
        VectorFile.create(directory / "vectors", recipe.dimension)
        Words.create(directory / "words")
        _write_manifest(directory, recipe, _Manifest(0, 0, 0))
        sync_directory(directory.parent)
        return cls(directory, recipe)

    def applied(self) -> Applied:
        """How far each channel follows the database, and how much it holds."""
        manifest = self._manifest()
        view = self._vectors.view()
        live = view.table.living
        return Applied(
            words_seq=manifest.words_seq,
            meaning_seq=manifest.meaning_seq,
            words_count=self._words.count(),
            meaning_count=live,
            stale_count=len(view.ids) - live,
            build=self.name,
        )

    def search(self, tokens: Sequence[str], vector: Vector | None, k: int) -> Scored:
        """The best `k` of each channel; a vector that no entry could have is `EntryRejected`."""
        words = self._words.search(tokens, k)
        if vector is None:
            return Scored(words, [], {})
        query = unit_vector(vector, self._recipe.dimension)
        view = self._vectors.view()
        meaning = view.search(query, k)
        return Scored(words, meaning, view.cosines_of([id_ for id_, _ in words], query))

    def upsert(self, batch: Sequence[Entry]) -> None:
        """Add or replace entries durably; nothing is written when one is `EntryRejected`."""
        latest = self.merged(batch)
        self.append_vectors(latest)
        if worded := [entry for entry in latest if entry.tokens is not None]:
            with self._words.writing() as writer:
                writer.delete([entry.id for entry in worded])
                _add_words(writer, worded)

    def delete(self, ids: Sequence[int]) -> None:
        """Remove entries durably; unknown ids are no error."""
        known = [id_ for id_ in ids if 0 <= id_ < ID_LIMIT]
        if known:
            self._vectors.delete(known)
            with self._words.writing() as writer:
                writer.delete(known)

    def vectors_of(self, ids: Sequence[int]) -> dict[int, Vector]:
        """The stored vector of each id that has one."""
        return self._vectors.view().vectors_of(ids)

    def advance(self, words_seq: int | None, meaning_seq: int | None) -> None:
        """Move the sequence numbers forward, durably; never back."""
        old = self._manifest()
        new = _Manifest(
            words_seq=max(old.words_seq, words_seq or 0),
            meaning_seq=max(old.meaning_seq, meaning_seq or 0),
            vectors_commit=self._vectors.commit,
        )
        if new[:2] != old[:2]:
            _write_manifest(self._directory, self._recipe, new)

    @contextmanager
    def filling(self) -> Iterator[Filling]:
        """Write the whole content of an empty generation, durable when the block ends."""
        with self._words.writing(BULK_HEAP) as writer:
            yield Filling(self, writer)
        with engine_errors():
            self._vectors.encode()

    def append_vectors(self, latest: Sequence[Entry], *, encode: bool = True) -> None:
        """Add or replace the vectors that the entries bring."""
        pairs = [(entry.id, entry.vector) for entry in latest if entry.vector is not None]
        self._vectors.append(
            [id_ for id_, _ in pairs], [vector for _, vector in pairs], encode=encode
        )

    def merged(self, batch: Iterable[Entry]) -> list[Entry]:
        """One entry an id, a later one over an earlier, each fit to be written."""
        return merged(batch, self._recipe.dimension)

    def _manifest(self) -> _Manifest:
        try:
            content = json.loads((self._directory / _MANIFEST).read_bytes())
            made_with = content["format"], content["dimension"], content["recipe"]
            numbers = _Manifest(*(int(content[name]) for name in _Manifest._fields))
        except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(f"no manifest that can be read in {self._directory}") from error
        if made_with != (_FORMAT, self._recipe.dimension, self._recipe.name):
            raise IndexDamaged(f"{self._directory} was made with another recipe: {made_with}")
        return numbers


class Filling:
    """Takes the rows of a rebuild, batch by batch."""

    def __init__(self, generation: Generation, writer: WordsWriter) -> None:
        self._generation = generation
        self._writer = writer
        self._highest = -1

    def add(self, batch: Sequence[Entry]) -> None:
        """Add rows; one that came before is replaced."""
        latest = self._generation.merged(batch)
        self._generation.append_vectors(latest, encode=False)
        # Rows in rising order, as a database gives them, have nothing to replace.
        if any(entry.id <= self._highest for entry in latest):
            self._writer.delete([entry.id for entry in latest if entry.tokens is not None])
        _add_words(self._writer, latest)
        self._highest = max([self._highest, *(entry.id for entry in latest)])


def _add_words(writer: WordsWriter, entries: Iterable[Entry]) -> None:
    for entry in entries:
        if entry.tokens is not None:
            writer.add(entry.id, entry.language, entry.tokens)


def _write_manifest(directory: Path, recipe: Recipe, numbers: _Manifest) -> None:
    made_with = {"format": _FORMAT, "dimension": recipe.dimension, "recipe": recipe.name}
    content = json.dumps(made_with | numbers._asdict(), indent=1)
    replace_file(directory / _MANIFEST, content.encode())
