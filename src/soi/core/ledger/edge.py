"""The right edge of a log: all that is needed to add to it, and never more than a tile a level.

In: leaves. Out: full tiles and bundles as they fill, the partial ones when asked for, the root.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from soi.core.ledger import merkle
from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError, LogFault
from soi.core.ledger.leaves import Leaf
from soi.core.ledger.merkle import LARGEST_SIZE, Tree
from soi.core.ledger.reader import Tiles
from soi.core.ledger.tiles import (
    ENTRIES,
    HEIGHT,
    TOP,
    WIDTH,
    Tile,
    edge_of,
    write_entries,
    write_hashes,
)

Put = Callable[[str, bytes], None]
"""(path, content): write a file of the log."""


class Edge:
    """The edge of a log of `size` leaves."""

    def __init__(self) -> None:
        self.size = 0
        self._entries: list[bytes] = []
        self._levels: list[list[bytes]] = [[] for _ in range(TOP + 1)]
        self._changed: set[int] = set()

    @classmethod
    def of(cls, tree: Tree, tiles: Tiles) -> Edge:
        """The edge of a log that is there.

        Raises `LogFault` (`log_damaged`) if its files lead to another root.
        """
        edge = cls()
        edge.size = tree.size
        for tile in edge_of(tree.size):
            edge._levels[tile.level] = list(tiles.hashes(tile))
        if tree.size % WIDTH:
            bundle = Tile(ENTRIES, tree.size // WIDTH, tree.size % WIDTH)
            edge._entries = list(tiles.entries(bundle))
        hashes = [merkle.leaf_hash(entry) for entry in edge._entries]
        if hashes != edge._levels[0] or edge.tree() != tree:
            raise LogFault(Code.DAMAGED, "the newest tiles do not lead to the signed root")
        return edge

    def tree(self) -> Tree:
        """Size and root, over all that was added."""
        below: list[bytes] = []
        for level in self._levels:
            # What is not a whole tile below is the last and smaller subtree of this level.
            row = level + below
            below = [merkle.root_over(row)] if row else []
        return Tree(self.size, below[0]) if below else merkle.EMPTY

    def add(self, leaf: Leaf, put: Put) -> Iterator[Tile]:
        """Add a leaf; yields the tiles that it fills, which are written by `put`.

        Raises `LedgerError` (`log_leaf_invalid`) for what is not a `Leaf`: nothing else gets in.
        """
        if type(leaf) is not Leaf:
            raise LedgerError(Code.LEAF_INVALID, "only leaves can be added to a log")
        if self.size == LARGEST_SIZE:
            raise LogFault(Code.OUTSIDE, "the log is full")
        entry = bytes(leaf)
        self.size += 1
        self._entries.append(entry)
        self._changed.add(ENTRIES)
        if len(self._entries) == WIDTH:
            yield self._full(ENTRIES, write_entries(self._entries), put)
            self._entries = []
        yield from self._push(0, merkle.leaf_hash(entry), put)

    def write_partial(self, put: Put) -> None:
        """Write the partial tiles that have changed since the last time."""
        if self._entries and ENTRIES in self._changed:
            bundle = Tile(ENTRIES, self.size // WIDTH, len(self._entries))
            put(bundle.path, write_entries(self._entries))
        for tile in edge_of(self.size):
            if tile.level in self._changed:
                put(tile.path, write_hashes(self._levels[tile.level]))
        self._changed.clear()

    def _push(self, level: int, found: bytes, put: Put) -> Iterator[Tile]:
        hashes = self._levels[level]
        hashes.append(found)
        self._changed.add(level)
        if len(hashes) == WIDTH:
            yield self._full(level, write_hashes(hashes), put)
            self._levels[level] = []
            yield from self._push(level + 1, merkle.root_over(hashes), put)

    def _full(self, level: int, content: bytes, put: Put) -> Tile:
        tile = Tile(level, (self.size >> (HEIGHT * (max(level, 0) + 1))) - 1)
        put(tile.path, content)
        return tile
