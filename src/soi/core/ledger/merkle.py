"""The tree of hashes of RFC 6962: its root, its proofs, and how they are verified.

In: SHA-256 hashes of 32 bytes. Out: roots and proofs, or an error. Nothing here reads files: a
proof is made from a function that gives the hash of a complete subtree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
LARGEST_SIZE = 2**63 - 1
LONGEST_PROOF = 63
"""No proof of a tree of `LARGEST_SIZE` is longer (tlog-witness allows as many lines)."""

Subtrees = Callable[[int, int], bytes]
"""(height, place) -> the hash over leaves place * 2**height up to (place + 1) * 2**height."""


@dataclass(frozen=True, slots=True)
class Tree:
    """So many leaves, and the root over them. Raises `LedgerError` (`log_checkpoint_invalid`)."""

    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.size <= LARGEST_SIZE or len(self.root) != HASH_BYTES:
            raise LedgerError(Code.CHECKPOINT_INVALID, "no tree has this size or root")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise LedgerError(Code.CHECKPOINT_INVALID, "an empty tree has another root")


EMPTY = Tree(0, EMPTY_ROOT)


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry (RFC 6962, section 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees (RFC 6962, section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def rows(hashes: Sequence[bytes]) -> list[list[bytes]]:
    """The tree over `hashes`, lowest row first; the last row is the root alone.

    A hash without a partner is carried up unchanged, which gives the shape of RFC 6962.
    """
    found = [list(hashes)]
    while len(found[-1]) > 1:
        row = found[-1]
        pairs = zip(row[::2], row[1::2], strict=False)
        above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        if len(row) % 2:
            above.append(row[-1])
        found.append(above)
    return found


def root_over(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, or over the hashes of equally large subtrees."""
    return rows(hashes)[-1][0] if hashes else EMPTY_ROOT


def root_of_range(start: int, stop: int, subtrees: Subtrees) -> bytes:
    """The hash over the leaves from `start` to before `stop`, as RFC 6962 cuts them.

    `start` is a multiple of the smallest power of two that is not below `stop - start`.
    """
    count = stop - start
    if count == 0:
        return EMPTY_ROOT
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return subtrees(height, start >> height)
    middle = start + _cut(count)
    return node_hash(root_of_range(start, middle, subtrees), root_of_range(middle, stop, subtrees))


def inclusion_proof(index: int, size: int, subtrees: Subtrees) -> list[bytes]:
    """The path from leaf `index` to the root of the first `size` leaves (RFC 6962, 2.1.1).

    Raises `LedgerError` (`log_outside`).
    """
    if not 0 <= index < size:
        raise LedgerError(Code.OUTSIDE, f"leaf {index} of a log of {size}", index)
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _cut(stop - start)
        if index < middle:
            path.append(root_of_range(middle, stop, subtrees))
            stop = middle
        else:
            path.append(root_of_range(start, middle, subtrees))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, subtrees: Subtrees) -> list[bytes]:
    """What shows that the first `old` leaves stand unchanged among `new` (RFC 6962, 2.1.2).

    Empty when `old` is 0 or `new`. Raises `LedgerError` (`log_outside`).
    """
    if not 0 <= old <= new:
        raise LedgerError(Code.OUTSIDE, f"size {old} of a log of {new}", old)
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, stop = 0, new
    while stop != old:
        middle = start + _cut(stop - start)
        if old <= middle:
            path.append(root_of_range(middle, stop, subtrees))
            stop = middle
        else:
            path.append(root_of_range(start, middle, subtrees))
            start = middle
    if start:
        path.append(root_of_range(start, stop, subtrees))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, tree: Tree, proof: Sequence[bytes]) -> None:
    """Return if `proof` leads from the leaf hash at `index` to the root (RFC 9162, 2.1.3.2).

    Raises `LedgerError` (`log_proof_wrong`).
    """
    _check_hashes([leaf, *proof])
    if not 0 <= index < tree.size:
        raise _wrong(f"leaf {index} of a log of {tree.size}")
    place, last, found = index, tree.size - 1, leaf
    for step in proof:
        if last == 0:
            raise _wrong("the proof is too long")
        if place & 1 or place == last:
            found = node_hash(step, found)
            place, last = _up_to_right_child(place, last)
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    if last:
        raise _wrong("the proof is too short")
    if found != tree.root:
        raise _wrong("the proof leads to another root")


def verify_consistency(old: Tree, new: Tree, proof: Sequence[bytes]) -> None:
    """Return if `proof` shows that `new` only adds to `old` (RFC 9162, 2.1.4.2).

    Raises `LedgerError` (`log_proof_wrong`).
    """
    _check_hashes(proof)
    if old.size > new.size:
        raise _wrong("the log has become shorter")
    if old.size in (0, new.size):
        if proof:
            raise _wrong("the proof is too long")
        if old.size and old.root != new.root:
            raise _wrong("the same size with another root")
        return
    path = list(proof) if old.size & (old.size - 1) else [old.root, *proof]
    if not path:
        raise _wrong("the proof is too short")
    if _roots(old.size, new.size, path) != (old.root, new.root):
        raise _wrong("the proof leads to other roots")


def _roots(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of the trees of `old` and `new` leaves to which `path` leads."""
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found_new = path[0]
    for step in path[1:]:
        if last == 0:
            raise _wrong("the proof is too long")
        if place & 1 or place == last:
            found_old, found_new = node_hash(step, found_old), node_hash(step, found_new)
            place, last = _up_to_right_child(place, last)
        else:
            found_new = node_hash(found_new, step)
        place, last = place >> 1, last >> 1
    if last:
        raise _wrong("the proof is too short")
    return found_old, found_new


def _cut(count: int) -> int:
    """The largest power of two below `count`, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _up_to_right_child(place: int, last: int) -> tuple[int, int]:
    """Skip the rows in which the node at the right edge has no partner."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if len(hashes) > LONGEST_PROOF + 1:
        raise _wrong("the proof is too long")
    if any(len(each) != HASH_BYTES for each in hashes):
        raise _wrong(f"a hash that is not {HASH_BYTES} bytes")


def _wrong(why: str) -> LedgerError:
    return LedgerError(Code.PROOF_WRONG, f"the proof does not hold: {why}")
