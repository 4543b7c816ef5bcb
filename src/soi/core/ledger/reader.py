"""Read a log from its tiles: entries, and proofs that are made of no more than a few tiles.

In: a function that fetches a file of the log by its path, and the tree that a checkpoint states.
Out: entries and proofs, each verified against that tree's root before it is handed out. Memory is
bounded by the tiles that are kept, however large the log.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock

from soi.core.ledger import merkle
from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError, LogFault
from soi.core.ledger.merkle import Tree
from soi.core.ledger.tiles import ENTRIES, HEIGHT, WIDTH, Tile, read_entries, read_hashes, tile_at

KEPT = 64
"""Tiles kept in memory. One takes about 40 KB with the rows above it; a proof of a log of
16,777,216 leaves needs three to six."""

Fetch = Callable[[str, int], bytes]
"""(path, most) -> the content of that file, of which no more than `most` bytes need be read.

Raises `FileNotFoundError` if there is none, another `OSError` if it can't be read."""


class Tiles:
    """Tiles as they are fetched, the last few kept. One may serve several threads."""

    def __init__(self, fetch: Fetch, *, kept: int = KEPT) -> None:
        self._fetch = fetch
        self._kept = kept
        self._rows: OrderedDict[Tile, list[list[bytes]]] = OrderedDict()
        self._lock = Lock()

    def rows(self, tile: Tile) -> list[list[bytes]]:
        """The hashes of a tile and the rows above them. Raises `LogFault` (`log_damaged`)."""
        with self._lock:
            if tile in self._rows:
                self._rows.move_to_end(tile)
                return self._rows[tile]
        made = merkle.rows(self.hashes(tile))
        with self._lock:
            self._rows[tile] = made
            while len(self._rows) > self._kept:
                self._rows.popitem(last=False)
        return made

    def hashes(self, tile: Tile) -> list[bytes]:
        """The hashes of a tile. Raises `LogFault` (`log_damaged`)."""
        content, there = self._content(tile)
        return read_hashes(content, there)[: tile.width]

    def entries(self, bundle: Tile) -> list[bytes]:
        """The entries of a bundle. Raises `LogFault` (`log_damaged`)."""
        content, there = self._content(bundle)
        return read_entries(content, there)[: bundle.width]

    def _content(self, tile: Tile) -> tuple[bytes, Tile]:
        """What a file holds, and which tile it is: a full one may have replaced a partial one."""
        full = replace(tile, width=WIDTH)
        for there in dict.fromkeys((tile, full)):
            try:
                return self._fetch(there.path, there.largest + 1), there
            except FileNotFoundError:
                continue
        raise LogFault(Code.DAMAGED, f"{tile.path} is missing", tile.start)


class LogReader:
    """The log as one checkpoint states it. Raises `LogFault` (`log_damaged`) if files differ."""

    def __init__(self, tiles: Tiles, tree: Tree) -> None:
        self.tree = tree
        self._tiles = tiles

    def entry(self, index: int) -> bytes:
        """The entry at `index`. Raises `LedgerError` (`log_outside`).

        It is what its file holds; `inclusion_proof` with it shows whether that is what was logged.
        """
        if not 0 <= index < self.tree.size:
            raise LedgerError(Code.OUTSIDE, f"leaf {index} of a log of {self.tree.size}", index)
        bundle = tile_at(ENTRIES, index // WIDTH, self.tree.size)
        return self._tiles.entries(bundle)[index % WIDTH]

    def inclusion_proof(self, index: int) -> list[bytes]:
        """The hashes that lead from the leaf at `index` to the root, lowest first.

        Raises `LedgerError` (`log_outside`).
        """
        proof = merkle.inclusion_proof(index, self.tree.size, self.subtree)
        try:
            merkle.verify_inclusion(self.subtree(0, index), index, self.tree, proof)
        except LedgerError as error:
            raise LogFault(Code.DAMAGED, f"tiles above leaf {index} are changed", index) from error
        return proof

    def consistency_proof(self, old: Tree) -> list[bytes]:
        """What shows that this log continues `old`.

        Raises `LedgerError`: `log_outside` if `old` is larger, `log_proof_wrong` if the log does
        not continue it.
        """
        proof = merkle.consistency_proof(old.size, self.tree.size, self.subtree)
        merkle.verify_consistency(old, self.tree, proof)
        return proof

    def tree_of(self, size: int) -> Tree:
        """The tree of the first `size` leaves, as the tiles have it."""
        if not 0 <= size <= self.tree.size:
            raise LedgerError(Code.OUTSIDE, f"size {size} of a log of {self.tree.size}", size)
        return Tree(size, merkle.root_of_range(0, size, self.subtree))

    def subtree(self, height: int, place: int) -> bytes:
        """The hash over the leaves from place * 2**height, as many as 2**height, all present."""
        level, row = divmod(height, HEIGHT)
        index, at = divmod(place, WIDTH >> row)
        return self._tiles.rows(tile_at(level, index, self.tree.size))[row][at]


def fetch_from(directory: Path) -> Fetch:
    """Fetch the files of a log that lies in a directory; only regular ones are read."""

    def fetch(path: str, most: int) -> bytes:
        # Somebody else's directory may hold a pipe or a device, which would never end.
        descriptor = os.open(directory / path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, "not a regular file", str(directory / path))
            return stream.read(most)

    return fetch
