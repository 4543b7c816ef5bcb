"""The engine beyond one machine: collections on a Qdrant server, used by a desk's machines.

In: entries with tokens and vectors. Out: hits fused from both channels, with the ranks and scores
that the embedded engine gives, so that judges need not know which engine answered. The aliases
`<name>-words`, `-meaning` and `-terms` name the generation that counts; a rebuild fills new
collections beside it and moves all aliases in one request. Writers take turns at a lock that the
caller gives. The database is the truth: whatever `applied` does not cover, the caller applies
again.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import islice
from typing import NamedTuple, Protocol, TypeVar

from qdrant_client import QdrantClient, models

from soi.index.engine.base import Applied, Entry, Hit, Vector
from soi.index.engine.distributed.channels import WRITE_SECONDS, Marks, Meaning, Terms, Words
from soi.index.engine.distributed.failures import Refused, server_errors
from soi.index.engine.distributed.weights import document_weights, query_terms, rarest, said_in
from soi.index.engine.entries import ID_LIMIT, merged, unit_vector
from soi.index.engine.errors import EngineError, IndexDamaged
from soi.index.engine.fusion import fused
from soi.index.engine.generation import Recipe, Scored
from soi.index.engine.words import MAX_TERMS

_NAME = re.compile(r"[\w.-]{1,200}", re.ASCII)
_REBUILD_BATCH = 2000
_TRIES = 3
_NOTHING = Applied(words_seq=0, meaning_seq=0, words_count=0, meaning_count=0)

_Result = TypeVar("_Result")


class Lock(Protocol):
    """What writers take turns at, on all machines that write to one index."""

    def held(self) -> AbstractContextManager[None]:
        """Hold the lock; its own thread may take it again inside. `IndexBusy` if not in time."""


def connect(url: str, key: str = "") -> QdrantClient:
    """A client of the server at `url`; asks nothing of it yet. `ValueError` for no such URL."""
    # As a header: given as a key, the client warns of plain HTTP on the desk's own machine too.
    headers = {"api-key": key} if key else None
    return QdrantClient(url=url, headers=headers, check_compatibility=False)


class _Generation(NamedTuple):
    """The collections of one generation, by their names or by the aliases."""

    words: Words
    meaning: Meaning
    terms: Terms


class _Writer:
    """One write to a generation: entries first, then the marks.

    A generation that nobody reads yet has its terms counted at the end, all at once.
    """

    def __init__(
        self, generation: _Generation, marks: tuple[Marks, Marks], *, is_read: bool
    ) -> None:
        self._to = generation
        self._marks = marks
        self._is_read = is_read
        self._said: Counter[int] = Counter()

    def put(self, latest: Sequence[Entry]) -> None:
        """Add or replace entries; a channel that an entry does not bring stays as it is."""
        documents = [
            (entry.id, document_weights(entry.tokens))
            for entry in latest
            if entry.tokens is not None
        ]
        said = said_in(weights for _, weights in documents)
        if self._is_read:
            # Before the entries: a term that counts nothing is not looked for.
            self._to.terms.add(said)
        else:
            self._said.update(said)
        self._to.words.put(documents)
        self._to.meaning.put(
            (entry.id, entry.vector) for entry in latest if entry.vector is not None
        )

    def delete(self, ids: Sequence[int]) -> None:
        """Remove entries from both channels."""
        self._to.words.delete(ids)
        self._to.meaning.delete(ids)

    def finish(self, words_seq: int | None, meaning_seq: int | None) -> None:
        """Say that all of it is written, and how far that brought each channel."""
        self._to.terms.set(self._said)
        words, meaning = self._marks
        self._to.words.mark(words.after(words_seq))
        self._to.meaning.mark(meaning.after(meaning_seq))


class DistributedEngine:
    """The `Engine` on a Qdrant server, from 1.10 on. Cheap to make: asks nothing of it yet."""

    def __init__(
        self,
        client: QdrantClient,
        *,
        name: str,
        lock: Lock,
        dimension: int = 384,
        recipe: str = "",
        shards: int = 1,
        replicas: int = 1,
    ) -> None:
        """Use the index `name` on the server, which is made at the first write.

        `name` is what the desk's collections begin with; `ValueError` unless it is made of ASCII
        letters, digits, `_`, `.` and `-`. `recipe` names what made tokens and vectors: an index
        of another recipe is `IndexDamaged`. New collections get `shards` and `replicas`.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"an index can't be named {name!r}")
        self._client = client
        self._name = name
        self._lock = lock
        self._recipe = Recipe(dimension, recipe)
        self._spread = {"shards": shards, "replicas": replicas}
        self._current = self._named("")

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep other writers out of a block; see `Engine.exclusive`."""
        return self._lock.held()

    def applied(self) -> Applied:
        """What the index holds now; zeros when there is none yet."""
        return self._read(self._applied, _NOTHING)

    def upsert(
        self,
        batch: Sequence[Entry],
        *,
        words_seq: int | None = None,
        meaning_seq: int | None = None,
    ) -> None:
        """Add or replace entries durably; see `Engine.upsert`."""
        latest = merged(batch, self._recipe.dimension)
        with self.exclusive():
            self._write(lambda writer: writer.put(latest), words_seq, meaning_seq)

    def delete(self, ids: Sequence[int], *, words_seq: int | None = None) -> None:
        """Remove entries from both channels durably; unknown ids are no error."""
        known = [id_ for id_ in ids if 0 <= id_ < ID_LIMIT]
        with self.exclusive():
            self._write(lambda writer: writer.delete(known), words_seq, None)

    def search(self, tokens: Sequence[str], vector: Vector | None, k: int) -> list[Hit]:
        """The union of the best `k` of each channel, best fused rank first."""
        if k < 1:
            return []
        query = None if vector is None else unit_vector(vector, self._recipe.dimension)
        return self._read(lambda: fused(self._search(tokens, query, k)), [])

    def rebuild(
        self,
        rows: Iterable[Entry],
        *,
        words_seq: int,
        meaning_seq: int,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Build everything anew and swap it in by one request; see `Engine.rebuild`."""
        with self.exclusive():
            with _no_refusals():
                self._sweep()
            begun = secrets.token_hex(8)
            try:
                with _no_refusals():
                    writer = self._begun(begun)
                _fill(writer, rows, self._recipe.dimension, progress)
                with _no_refusals():
                    writer.finish(words_seq, meaning_seq)
                    self._make_current(begun)
            finally:
                # Also the old generation, or what was begun. A server that does not answer now
                # is asked again by the next rebuild.
                with suppress(EngineError), _no_refusals():
                    self._sweep()

    def _applied(self) -> Applied:
        for _ in range(_TRIES):
            words, meaning = self._current.words.marks(), self._current.meaning.marks()
            # A rebuild may move the aliases between the two questions.
            if words.generation == meaning.generation:
                return Applied(
                    words_seq=words.seq,
                    meaning_seq=meaning.seq,
                    words_count=self._current.words.count(words),
                    meaning_count=self._current.meaning.count(meaning),
                    build=words.generation,
                )
        raise IndexDamaged(f"the channels of {self._name} are of different generations")

    def _search(self, tokens: Sequence[str], vector: Vector | None, k: int) -> Scored:
        words = self._search_words(query_terms(tokens), k)
        if vector is None:
            return Scored(words, [], {})
        ids = [id_ for id_, _ in words]
        meaning, cosines = self._current.meaning.search(vector, k, ids)
        return Scored(words, meaning, cosines)

    def _search_words(self, terms: list[int], k: int) -> list[tuple[int, float]]:
        if len(terms) > MAX_TERMS:
            terms = rarest(terms, self._current.terms.entries_with(terms))
        return self._current.words.search(terms, k) if terms else []

    def _read(self, ask: Callable[[], _Result], nothing: _Result) -> _Result:
        """Ask the current generation; again when a rebuild took it away in the meantime."""
        with _no_refusals():
            for _ in range(_TRIES - 1):
                try:
                    return ask()
                except Refused:
                    if not self._is_there():
                        return nothing
            return ask()

    def _write(
        self, change: Callable[[_Writer], None], words_seq: int | None, meaning_seq: int | None
    ) -> None:
        with _no_refusals():
            try:
                writer = self._writer()
                change(writer)
                writer.finish(words_seq, meaning_seq)
            except Refused:
                self._is_there()
                raise

    def _writer(self) -> _Writer:
        """A writer to the current generation; an empty one is made when there is none."""
        if not self._aliases():
            self._sweep()
            begun = secrets.token_hex(8)
            self._begun(begun)
            self._make_current(begun)
        marks = self._current.words.marks(), self._current.meaning.marks()
        return _Writer(self._current, marks, is_read=True)

    def _is_there(self) -> bool:
        """True if there is a whole index; `IndexDamaged` when there is half of one or another."""
        aliases = self._aliases()
        if not aliases:
            return False
        for each in self._current:
            if each.collection not in aliases or not each.is_fit():
                raise IndexDamaged(f"the server's {each.collection} is not what a desk made")
        return True

    def _begun(self, generation: str) -> _Writer:
        """New collections beside the current ones, with marks, and their writer."""
        begun, marks = self._named(f"-{generation}"), Marks(generation)
        for collection in begun:
            collection.create(**self._spread)
        begun.words.mark(marks)
        begun.meaning.mark(marks)
        return _Writer(begun, (marks, marks), is_read=False)

    def _make_current(self, generation: str) -> None:
        """Let the aliases name this generation, all from the same moment on."""
        changes: list[models.AliasOperations] = [
            models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias))
            for alias in self._aliases()
        ]
        changes += [
            models.CreateAliasOperation(
                create_alias=models.CreateAlias(
                    alias_name=alias.collection, collection_name=named.collection
                )
            )
            for alias, named in zip(self._current, self._named(f"-{generation}"), strict=True)
        ]
        with server_errors():
            self._client.update_collection_aliases(changes, timeout=WRITE_SECONDS)

    def _named(self, ending: str) -> _Generation:
        client, recipe = self._client, self._recipe
        return _Generation(
            Words(client, f"{self._name}-words{ending}", recipe),
            Meaning(client, f"{self._name}-meaning{ending}", recipe),
            Terms(client, f"{self._name}-terms{ending}"),
        )

    def _aliases(self) -> dict[str, str]:
        """Our aliases that are there, with the collections that they name."""
        ours = [each.collection for each in self._current]
        with server_errors():
            described = self._client.get_aliases().aliases
        return {
            each.alias_name: each.collection_name for each in described if each.alias_name in ours
        }

    def _sweep(self) -> None:
        """Remove the collections of ours that no alias names: what rebuilds left behind."""
        named = set(self._aliases().values())
        ours = re.compile(rf"{re.escape(self._name)}-(words|meaning|terms)-[0-9a-f]{{16}}")
        with server_errors():
            there = [each.name for each in self._client.get_collections().collections]
            for collection in there:
                if ours.fullmatch(collection) and collection not in named:
                    self._client.delete_collection(collection, timeout=WRITE_SECONDS)


@contextmanager
def _no_refusals() -> Iterator[None]:
    """A refusal whose reason was not found is an `EngineError` to callers."""
    try:
        yield
    except Refused as refused:
        raise EngineError(str(refused)) from refused


def _fill(
    writer: _Writer,
    rows: Iterable[Entry],
    dimension: int,
    progress: Callable[[int], None] | None,
) -> None:
    """Write all rows. Errors that come out of `rows` or `progress` pass as they are."""
    left, done = iter(rows), 0
    while batch := list(islice(left, _REBUILD_BATCH)):
        with _no_refusals():
            writer.put(merged(batch, dimension))
        done += len(batch)
        if progress:
            progress(done)
