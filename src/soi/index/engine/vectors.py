"""The meaning channel: an append-only file of vectors, searched without a graph.

In: ids and unit vectors. Out: the ids nearest in cosine. Every vector is stored as f16, and up to
`EXACT_LIMIT` a search compares them all. A larger file also keeps one bit for each dimension, the
sign after subtracting the mean vector; a search then scans the bits (Hamming distance) and reranks
the best `RERANK` with the f16 vectors. Replacing and deleting append too: the latest slot of an id
counts, and a rebuild drops the rest.

A header, written last, says how many slots count: a reader maps exactly those, and a writer that
dies in between leaves bytes that nobody looks at.
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from soi.index.engine.base import Vector
from soi.index.engine.durable import replace_file, write_all
from soi.index.engine.entries import NORM_TOLERANCE
from soi.index.engine.errors import IndexDamaged
from soi.index.engine.scan import best_products, nearest_bits
from soi.index.engine.slots import ABSENT, Ids, Slots, SlotTable, table_of

EXACT_LIMIT = 100_000
"""Up to here all are compared: 3 ms of CPU against 2 ms for bits and a rerank, and no misses.

Bits miss more on real text than was hoped: with 6,000 e5 vectors of fact-checks and 300 real posts
as queries, the nearest 300 by bits hold .86 of the true ten best, the nearest 1,000 .97.
"""

RERANK = 10_000
"""Recall@10 among a million even vectors, the worst case, and CPU: 1,000 reranked .48 in 3.3 ms,
3,000 .64 in 4.4 ms, 10,000 .77 in 6.4 ms, 20,000 .86 in 9.3 ms; all compared, 31 ms. Among a
million vectors that cluster as e5's do 1,000 gave .974. A match that stood out
(cosine .7) was never missed."""

_STORED_NORM = NORM_TOLERANCE + 0.001
"""Rounding 384 numbers to f16 changes a length by less than half a thousandth."""
_ENCODE_ROWS = 16_384
_READ_ATTEMPTS = 100

_HEADER = struct.Struct("<8sIIQQQ")  # magic, format, dimension, commit, slots, coded
_HEADER_PLACE = 64
_CHECKSUM = struct.Struct("<I")
_MAGIC = b"soivecs\x00"
_FORMAT = 1


class _Header(NamedTuple):
    """What counts. Two places take turns: a torn write leaves the commit before it readable."""

    dimension: int
    commit: int
    slots: int
    is_coded: bool

    @property
    def place(self) -> int:
        return self.commit % 2 * _HEADER_PLACE

    def packed(self) -> bytes:
        body = _HEADER.pack(_MAGIC, _FORMAT, self.dimension, self.commit, self.slots, self.is_coded)
        return body + _CHECKSUM.pack(zlib.crc32(body))


class VectorView(NamedTuple):
    """The file as it was at one moment; later writes do not show."""

    table: SlotTable
    ids: Ids
    vectors: NDArray[np.float16]
    codes: NDArray[np.uint8] | None
    mean: Vector

    def search(self, vector: Vector, k: int) -> list[tuple[int, float]]:
        """The best `k` ids with their cosines, best first; fewer when there are fewer.

        `IndexDamaged` when what it meets can't have been written here: no checksum guards the
        vectors, but each has the length 1.
        """
        width = max(RERANK, 4 * k)
        if self.codes is None or self.table.living <= width:
            among = None if self.table.living == len(self.ids) else self.table.alive
            slots, cosines = best_products(self.vectors, vector, k, among)
        else:
            near = self._near_by_bits(self.codes, vector, width)
            rows, cosines = best_products(self.vectors[near], vector, k, None)
            slots = near[rows]
        lengths = np.linalg.norm(self.vectors[slots].astype(np.float32), axis=1)
        # Rows that are no numbers are not found at all.
        if len(slots) < min(k, self.table.living) or not np.all(abs(lengths - 1) <= _STORED_NORM):
            raise IndexDamaged("the stored vectors are not of length 1")
        return list(zip(self.ids[slots].tolist(), cosines.tolist(), strict=True))

    def cosines_of(self, ids: Sequence[int], vector: Vector) -> dict[int, float]:
        """The cosine of each id that has a vector."""
        wanted = np.array(ids, np.int64)
        slots = self.table.find(wanted)
        known = slots != ABSENT
        cosines = self._cosines(slots[known], vector)
        return dict(zip(wanted[known].tolist(), cosines.tolist(), strict=True))

    def vectors_of(self, ids: Sequence[int]) -> dict[int, Vector]:
        """The stored vector of each id that has one, as f32 rounded to f16's precision."""
        slots = self.table.find(np.array(ids, np.int64))
        return {
            id_: self.vectors[slot].astype(np.float32)
            for id_, slot in zip(ids, slots.tolist(), strict=True)
            if slot != ABSENT
        }

    def _near_by_bits(self, codes: NDArray[np.uint8], vector: Vector, width: int) -> Slots:
        # Superseded slots take places in the scan; widen it by what they take on average.
        width = width * len(self.ids) // self.table.living
        near = nearest_bits(codes, np.packbits(vector > self.mean), width)
        return near[self.table.alive[near]]

    def _cosines(self, slots: Slots, vector: Vector) -> Vector:
        cosines: Vector = self.vectors[slots].astype(np.float32) @ vector
        return cosines


class VectorFile:
    """The files of one directory. Callers see to it that only one writes at a time."""

    def __init__(self, directory: Path, dimension: int) -> None:
        """Open what `create` made. `IndexDamaged` when it is torn or of another dimension."""
        self._dimension = dimension
        self._directory = directory
        self._reload = threading.Lock()
        self._files: dict[str, int] = {}
        self._sizes: dict[str, int] = {}
        try:
            for name in ("header", "ids", "f16", "codes", "mean"):
                self._files[name] = os.open(directory / f"{name}.bin", os.O_RDWR)
            self._header = self._read_header()
            self._view = self._map(self._header, None)
        except FileNotFoundError as error:
            raise IndexDamaged(f"vector file lost: {error.filename}") from error

    @classmethod
    def create(cls, directory: Path, dimension: int) -> VectorFile:
        """Make an empty file in a new directory. `dimension` is a multiple of eight."""
        directory.mkdir()
        for name in ("ids", "f16", "codes", "mean"):
            (directory / f"{name}.bin").touch()
        replace_file(directory / "header.bin", _Header(dimension, 0, 0, False).packed())
        return cls(directory, dimension)

    def __del__(self) -> None:
        for descriptor in self._files.values():
            os.close(descriptor)

    @property
    def commit(self) -> int:
        """The number of the last commit seen; each change counts one."""
        return self._header.commit

    def view(self) -> VectorView:
        """What the file holds now, also when another process wrote it."""
        with self._reload:
            header = self._read_header()
            if header != self._header:
                previous = self._view.table if header.slots >= self._header.slots else None
                self._view = self._map(header, previous)
                self._header = header
            self._refuse_if_cut()
            return self._view

    def append(self, ids: Sequence[int], vectors: Sequence[Vector], *, encode: bool = True) -> None:
        """Add or replace vectors durably. A vector that is already there takes no new slot.

        Without `encode` a growing file stays uncoded, for a caller who will call `encode` at the
        end. Raises `OSError` when the disk refuses; the file is then as it was.
        """
        if not ids:
            return
        rows = np.array(vectors, np.float32).astype(np.float16)
        new = self._is_new(ids, rows)
        self._append_slots(np.array(ids, np.int64)[new], rows[new])
        if encode and not self._header.is_coded and self._header.slots >= EXACT_LIMIT:
            self.encode()

    def delete(self, ids: Sequence[int]) -> None:
        """Forget ids durably; unknown ones are no error."""
        wanted = np.unique(np.array(ids, np.int64))
        known = wanted[self.view().table.find(wanted) != ABSENT]
        self._append_slots(~known, np.zeros((len(known), self._dimension), np.float16))

    def encode(self) -> None:
        """Fix the mean vector from all vectors stored so far and write the bits of all slots."""
        view = self.view()
        if self._header.is_coded or view.table.living < EXACT_LIMIT:
            return
        mean = _mean(view.vectors, view.table.alive)
        for start in range(0, len(view.ids), _ENCODE_ROWS):
            bits = np.packbits(view.vectors[start : start + _ENCODE_ROWS] > mean, axis=1)
            write_all(self._files["codes"], bits.data, start * bits.shape[1])
        write_all(self._files["mean"], mean.data, 0)
        self._commit(self._header._replace(is_coded=True))

    def _is_new(self, ids: Sequence[int], rows: NDArray[np.float16]) -> NDArray[np.bool_]:
        view = self.view()
        slots = view.table.find(np.array(ids, np.int64))
        new: NDArray[np.bool_] = slots == ABSENT
        known = np.flatnonzero(~new)
        new[known] = np.any(view.vectors[slots[known]] != rows[known], axis=1)
        return new

    def _append_slots(self, log: Ids, rows: NDArray[np.float16]) -> None:
        if not len(log):
            return
        view, start = self.view(), self._header.slots
        write_all(self._files["ids"], np.ascontiguousarray(log).data, start * 8)
        write_all(self._files["f16"], np.ascontiguousarray(rows).data, start * self._dimension * 2)
        if self._header.is_coded:
            bits = np.packbits(rows > view.mean, axis=1)
            write_all(self._files["codes"], bits.data, start * bits.shape[1])
        self._commit(self._header._replace(slots=start + len(log)))

    def _commit(self, header: _Header) -> None:
        """Make the slots that `header` counts durable, then count them."""
        for name in ("ids", "f16", "codes", "mean"):
            os.fdatasync(self._files[name])
        header = header._replace(commit=self._header.commit + 1)
        write_all(self._files["header"], header.packed(), header.place)
        os.fdatasync(self._files["header"])
        self.view()

    def _read_header(self) -> _Header:
        """The last commit; a read that meets two writes in the middle is repeated."""
        for _ in range(_READ_ATTEMPTS):
            content = os.pread(self._files["header"], 2 * _HEADER_PLACE, 0)
            places = (content[:_HEADER_PLACE], content[_HEADER_PLACE:])
            headers = [self._understood(place) for place in places if _is_whole(place)]
            if headers:
                return max(headers, key=lambda header: header.commit)
        raise IndexDamaged(f"torn or foreign header in {self._directory}")

    def _understood(self, place: bytes) -> _Header:
        magic, version, dimension, commit, slots, is_coded = _HEADER.unpack_from(place)
        if (magic, version, dimension) != (_MAGIC, _FORMAT, self._dimension):
            raise IndexDamaged(
                f"foreign vector file in {self._directory}: "
                f"format {version}, dimension {dimension} (ours: {_FORMAT}, {self._dimension})"
            )
        return _Header(dimension, commit, slots, bool(is_coded))

    def _map(self, header: _Header, previous: SlotTable | None) -> VectorView:
        ids: Ids = self._mapped("ids", np.int64, header.slots)
        codes = mean = None
        if header.is_coded:
            codes = self._mapped("codes", np.uint8, header.slots, self._dimension // 8)
            mean = self._mapped("mean", np.float32, self._dimension)
        return VectorView(
            table=table_of(ids) if previous is None else previous.followed_by(ids),
            ids=ids,
            vectors=self._mapped("f16", np.float16, header.slots, self._dimension),
            codes=codes,
            mean=np.zeros(self._dimension, np.float32) if mean is None else mean,
        )

    def _mapped(self, name: str, kind: type[np.generic], *shape: int) -> NDArray[Any]:
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        self._sizes[name] = size
        self._refuse_if_cut()
        if not size:
            return np.empty(shape, kind)
        mapped = mmap.mmap(self._files[name], size, prot=mmap.PROT_READ)
        return np.frombuffer(mapped, kind).reshape(shape)

    def _refuse_if_cut(self) -> None:
        """`IndexDamaged` when a file is shorter than its map, of which to read the end is death.

        The kernel ends a process that does (SIGBUS). Nobody here shortens a file, but a backup
        that is copied over a running desk's folder does.
        """
        for name, size in self._sizes.items():
            if os.fstat(self._files[name]).st_size < size:
                raise IndexDamaged(
                    f"{name}.bin in {self._directory} is shorter than its header says"
                )


def _is_whole(place: bytes) -> bool:
    if len(place) < _HEADER.size + _CHECKSUM.size:
        return False
    (checksum,) = _CHECKSUM.unpack_from(place, _HEADER.size)
    return bool(checksum == zlib.crc32(place[: _HEADER.size]))


def _mean(vectors: NDArray[np.float16], alive: NDArray[np.bool_]) -> Vector:
    total = np.zeros(vectors.shape[1], np.float64)
    for start in range(0, len(vectors), _ENCODE_ROWS):
        block = slice(start, start + _ENCODE_ROWS)
        total += vectors[block][alive[block]].sum(axis=0, dtype=np.float32)
    return (total / np.count_nonzero(alive)).astype(np.float32)
