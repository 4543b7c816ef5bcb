"""What lies on the server: a collection of words, one of meaning, and one that counts terms.

In: entries of one channel, and questions. Out: ids with scores. Words and meaning each hold, beside
their entries, one point without a vector: the marks, which say how far the channel follows the
database. They lie where the entries lie, are written after the entries are acknowledged, and go
where the collection goes, so that they never speak of entries that are not there.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from qdrant_client import QdrantClient, models

from soi.index.engine.base import Vector
from soi.index.engine.distributed.failures import server_errors
from soi.index.engine.distributed.weights import Weights
from soi.index.engine.entries import ID_LIMIT
from soi.index.engine.errors import IndexDamaged
from soi.index.engine.generation import Recipe

READ_SECONDS = 5
WRITE_SECONDS = 60
"""How long one request may take. A person waits for the first, an import for the second."""

_FORMAT = 1
_MARKS = ID_LIMIT
"""The id of the point that is no entry: entries end below."""
_ENTRIES_ONLY = models.Filter(must_not=[models.HasIdCondition(has_id=[_MARKS])])
_THE_MARKS = models.QueryRequest(
    filter=models.Filter(must=[models.HasIdCondition(has_id=[_MARKS])]), limit=1, with_payload=True
)

_BATCH_POINTS = 500
_BATCH_NUMBERS = 200_000
"""A request holds about five megabytes at most; a server takes 32 unless told otherwise."""

_BATCH_TERMS = 10_000
_ENTRIES = "entries"


class Marks(NamedTuple):
    """How far a channel follows the database. `writes` is another word after each write."""

    generation: str
    seq: int = 0
    writes: str = ""

    def after(self, seq: int | None) -> Marks:
        """The marks after a write that brought the channel up to `seq`; never back."""
        return Marks(self.generation, max(self.seq, seq or 0), secrets.token_hex(8))


class Collection:
    """One collection on the server. `collection` is its name or an alias."""

    kind: str

    def __init__(self, client: QdrantClient, collection: str) -> None:
        self._client = client
        self.collection = collection

    def create(self, *, shards: int, replicas: int) -> None:
        """Make the empty collection."""
        with server_errors():
            self._client.create_collection(
                self.collection,
                shard_number=shards,
                replication_factor=replicas,
                timeout=WRITE_SECONDS,
                **self._shape(),
            )

    def is_fit(self) -> bool:
        """True if the collection is one that `create` could have made."""
        with server_errors():
            return self._fits(self._client.get_collection(self.collection).config.params)

    def _shape(self) -> dict[str, Any]:
        return {"vectors_config": {}}

    def _fits(self, parameters: models.CollectionParams) -> bool:
        return not parameters.vectors and not parameters.sparse_vectors

    def _upsert(self, points: list[models.PointStruct]) -> None:
        with server_errors():
            self._client.upsert(self.collection, points, wait=True, timeout=WRITE_SECONDS)


class Terms(Collection):
    """In how many entries each term was written, to find the rarest terms of a long query.

    Only points with a number, no vectors. Entries that were replaced or deleted stay counted until
    the next rebuild: enough to tell rare from common. A term that is in an entry counts at least 1.
    """

    kind = "terms"

    def entries_with(self, terms: Sequence[int]) -> dict[int, int]:
        """For each term that was ever written, about how many entries have it."""
        found: dict[int, int] = {}
        for start in range(0, len(terms), _BATCH_TERMS):
            with server_errors():
                points = self._client.retrieve(
                    self.collection,
                    list(terms[start : start + _BATCH_TERMS]),
                    with_payload=True,
                    timeout=READ_SECONDS,
                )
            found |= {int(point.id): _entries_of(point) for point in points}
        return found

    def add(self, said: Mapping[int, int]) -> None:
        """Count these terms in so many more entries."""
        known = self.entries_with(list(said))
        self.set({number: known.get(number, 0) + more for number, more in said.items()})

    def set(self, entries: Mapping[int, int]) -> None:
        """Let each term be in so many entries."""
        points = (
            models.PointStruct(id=number, vector={}, payload={_ENTRIES: count})
            for number, count in entries.items()
        )
        while batch := list(islice(points, _BATCH_TERMS)):
            self._upsert(batch)


class Channel(Collection):
    """What both channels have in common."""

    def __init__(self, client: QdrantClient, collection: str, recipe: Recipe) -> None:
        super().__init__(client, collection)
        self._made_with = {
            "format": _FORMAT,
            "dimension": recipe.dimension,
            "recipe": recipe.name,
            "channel": self.kind,
        }
        self._counted = ("", 0)

    def marks(self) -> Marks:
        """What the marks say. `IndexDamaged` when there are none, or of another recipe."""
        return self._ask([])[1]

    def mark(self, marks: Marks) -> None:
        """Write the marks, durably."""
        content = self._made_with | marks._asdict()
        self._upsert([models.PointStruct(id=_MARKS, vector={}, payload=content)])

    def count(self, marks: Marks) -> int:
        """How many entries there are; counted once after each write."""
        # Every search asks, and the server would look at each point each time.
        writes, number = self._counted
        if writes != marks.writes:
            with server_errors():
                number = self._client.count(
                    self.collection, _ENTRIES_ONLY, exact=True, timeout=READ_SECONDS
                ).count
            self._counted = (marks.writes, number)
        return number

    def delete(self, ids: Sequence[int]) -> None:
        """Remove entries; unknown ids are no error."""
        for start in range(0, len(ids), _BATCH_POINTS):
            selected: list[models.ExtendedPointId] = list(ids[start : start + _BATCH_POINTS])
            with server_errors():
                self._client.delete(
                    self.collection,
                    models.PointIdsList(points=selected),
                    wait=True,
                    timeout=WRITE_SECONDS,
                )

    def _ask(
        self, requests: list[models.QueryRequest]
    ) -> tuple[list[list[tuple[int, float]]], Marks]:
        """What each request finds, best first, in one round trip, and the marks at that moment."""
        with server_errors():
            *answers, last = self._client.query_batch_points(
                self.collection, [*requests, _THE_MARKS], timeout=READ_SECONDS
            )
        return [_scored(answer.points) for answer in answers], self._understood(last.points)

    def _understood(self, points: Sequence[models.ScoredPoint]) -> Marks:
        content = (points[0].payload or {}) if points else {}
        made_with = {name: content.get(name) for name in self._made_with}
        if made_with != self._made_with:
            raise IndexDamaged(f"{self.collection} was made with another recipe: {made_with}")
        try:
            return Marks(str(content["generation"]), int(content["seq"]), str(content["writes"]))
        except (KeyError, TypeError, ValueError) as error:
            raise IndexDamaged(f"the marks of {self.collection} can't be read") from error


class Words(Channel):
    """Entries by their tokens."""

    kind = "words"

    def put(self, entries: Iterable[tuple[int, Weights]]) -> None:
        """Add or replace entries."""
        for batch in _batches(entries):
            self._upsert([_words_point(id_, weights) for id_, weights in batch])

    def search(self, terms: list[int], k: int) -> list[tuple[int, float]]:
        """The best `k` ids with their BM25 scores, best first."""
        vector = models.SparseVector(indices=terms, values=[1.0] * len(terms))
        request = models.QueryRequest(query=vector, using=self.kind, limit=k)
        return self._ask([request])[0][0]

    def _shape(self) -> dict[str, Any]:
        parameters = models.SparseVectorParams(modifier=models.Modifier.IDF)
        return {"vectors_config": {}, "sparse_vectors_config": {self.kind: parameters}}

    def _fits(self, parameters: models.CollectionParams) -> bool:
        ours = (parameters.sparse_vectors or {}).get(self.kind)
        return ours is not None and ours.modifier == models.Modifier.IDF


class Meaning(Channel):
    """Entries by their vectors."""

    kind = "meaning"

    def __init__(self, client: QdrantClient, collection: str, recipe: Recipe) -> None:
        super().__init__(client, collection, recipe)
        self._dimension = recipe.dimension

    def put(self, entries: Iterable[tuple[int, Vector]]) -> None:
        """Add or replace entries."""
        weighed = ((id_, _plain(vector)) for id_, vector in entries)
        for batch in _batches(weighed):
            self._upsert(
                [models.PointStruct(id=id_, vector={self.kind: numbers}) for id_, numbers in batch]
            )

    def search(
        self, vector: Vector, k: int, among: Sequence[int]
    ) -> tuple[list[tuple[int, float]], dict[int, float]]:
        """The best `k` ids with their cosines, best first; and the cosine of each of `among`."""
        requests = [self._nearest(vector, k)]
        if among:
            chosen = models.Filter(must=[models.HasIdCondition(has_id=list(among))])
            requests.append(self._nearest(vector, len(among), chosen))
        (best, *others), _ = self._ask(requests)
        return best, dict(others[0]) if others else {}

    def _nearest(
        self, vector: Vector, k: int, chosen: models.Filter | None = None
    ) -> models.QueryRequest:
        return models.QueryRequest(query=_plain(vector), using=self.kind, filter=chosen, limit=k)

    def _shape(self) -> dict[str, Any]:
        parameters = models.VectorParams(
            size=self._dimension,
            distance=models.Distance.COSINE,
            datatype=models.Datatype.FLOAT16,
        )
        return {"vectors_config": {self.kind: parameters}}

    def _fits(self, parameters: models.CollectionParams) -> bool:
        vectors = parameters.vectors
        ours = vectors.get(self.kind) if isinstance(vectors, dict) else None
        return (
            ours is not None
            and ours.size == self._dimension
            and ours.distance == models.Distance.COSINE
        )


def _entries_of(point: models.Record) -> int:
    try:
        return int((point.payload or {})[_ENTRIES])
    except (KeyError, TypeError, ValueError) as error:
        raise IndexDamaged("the count of a term can't be read") from error


def _words_point(id_: int, weights: Weights) -> models.PointStruct:
    vector = models.SparseVector(indices=weights.terms, values=weights.values)
    return models.PointStruct(id=id_, vector={Words.kind: vector})


def _plain(vector: Vector) -> list[float]:
    """The numbers as JSON carries them; six digits are more than half precision keeps."""
    return [round(number, 6) for number in vector.tolist()]


def _scored(points: Iterable[models.ScoredPoint]) -> list[tuple[int, float]]:
    """Ids with scores, best first; the lower id first when equal, whoever answered."""
    found = [(int(point.id), point.score) for point in points]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _size(numbers: Weights | list[float]) -> int:
    return len(numbers.terms) if isinstance(numbers, Weights) else len(numbers)


def _batches(entries: Iterable[tuple[int, Any]]) -> Iterator[list[tuple[int, Any]]]:
    """The entries in parts that fit into one request each; an entry is never parted."""
    batch: list[tuple[int, Any]] = []
    size = 0
    for id_, numbers in entries:
        weight = _size(numbers)
        if batch and (len(batch) == _BATCH_POINTS or size + weight > _BATCH_NUMBERS):
            yield batch
            batch, size = [], 0
        batch.append((id_, numbers))
        size += weight
    if batch:
        yield batch
