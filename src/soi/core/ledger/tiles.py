"""How the tree is cut into files: tiles of 256 hashes and bundles of 256 entries.

In: sizes, levels and places. Out: paths and contents, exactly as C2SP tlog-tiles has them
(c2sp.org/tlog-tiles); what does not follow it is refused. Nothing here reads or writes files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError, LogFault
from soi.core.ledger.merkle import HASH_BYTES, LARGEST_SIZE

HEIGHT = 8
WIDTH = 1 << HEIGHT
ENTRIES = -1
"""The level of entry bundles, which lie below the tiles of level 0."""
TOP = 7
"""The highest level of a tree of `LARGEST_SIZE` leaves."""
LONGEST_ENTRY = 2**16 - 1

_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Place `index` at `level`; `width` hashes or entries of at most `WIDTH`.

    Raises `LedgerError` (`log_path_invalid`) for a tile that no log has.
    """

    level: int
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        reach = LARGEST_SIZE >> (HEIGHT * (max(self.level, 0) + 1))
        if not (
            ENTRIES <= self.level <= TOP and 0 <= self.index <= reach and 1 <= self.width <= WIDTH
        ):
            raise LedgerError(Code.PATH_INVALID, f"no log has the tile {self}")

    @property
    def path(self) -> str:
        """Where it lies below the log's address: `tile/0/x001/234.p/5`."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{level}/{'/'.join(groups)}{partial}"

    @property
    def largest(self) -> int:
        """Bytes that its content never exceeds."""
        return self.width * (HASH_BYTES if self.level != ENTRIES else 2 + LONGEST_ENTRY)

    @property
    def start(self) -> int:
        """The number of the first leaf below it."""
        return self.index << (HEIGHT * (max(self.level, 0) + 1))


def read_path(path: str) -> Tile:
    """The tile that lies at `path`; `LedgerError` (`log_path_invalid`) if none does."""
    found = _PATH.fullmatch(path)
    if found is not None:
        level = ENTRIES if found[1] == "entries" else int(found[1])
        digits = re.sub(r"[x/]", "", found[2])
        # Longer indexes than any log has are refused before Python's limit on digits is met.
        if level <= TOP and len(digits) <= len(str(LARGEST_SIZE)):
            tile = Tile(level, int(digits), int(found[3] or WIDTH))
            if tile.path == path:
                return tile
    raise LedgerError(Code.PATH_INVALID, f"not the path of a tile: {path[:100]!r}")


def tile_at(level: int, index: int, size: int) -> Tile:
    """The tile at that place of a log of `size` leaves, full or partial."""
    there = (size >> (HEIGHT * max(level, 0))) - index * WIDTH
    if level < ENTRIES or there < 1 or index < 0:
        raise LedgerError(Code.OUTSIDE, f"tile {level}/{index} of a log of {size}")
    return Tile(level, index, min(WIDTH, there))


def edge_of(size: int) -> Iterator[Tile]:
    """The partial tiles of a log of `size` leaves, lowest level first, without the bundle."""
    for level in range(TOP + 1):
        count = size >> (HEIGHT * level)
        if count % WIDTH:
            yield Tile(level, count // WIDTH, count % WIDTH)


def write_hashes(hashes: Sequence[bytes]) -> bytes:
    """The content of a hash tile."""
    return b"".join(hashes)


def read_hashes(content: bytes, tile: Tile) -> list[bytes]:
    """The hashes of `tile`; `LogFault` (`log_damaged`) unless its width fits."""
    if len(content) != tile.width * HASH_BYTES:
        raise _damaged(tile, f"{len(content)} bytes instead of {tile.width * HASH_BYTES}")
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


def write_entries(entries: Sequence[bytes]) -> bytes:
    """The content of an entry bundle: each entry after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def read_entries(content: bytes, tile: Tile) -> list[bytes]:
    """The entries of `tile`; `LogFault` (`log_damaged`) if there are more, fewer or halves."""
    found: list[bytes] = []
    at = 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 2], "big")
        entry = content[at + 2 : at + 2 + length]
        if at + 2 + length > len(content) or len(found) == tile.width:
            raise _damaged(tile, "it does not end where its last entry does")
        found.append(entry)
        at += 2 + length
    if len(found) != tile.width:
        raise _damaged(tile, f"{len(found)} entries instead of {tile.width}")
    return found


def _damaged(tile: Tile, why: str) -> LogFault:
    return LogFault(Code.DAMAGED, f"{tile.path}: {why}", tile.start)
