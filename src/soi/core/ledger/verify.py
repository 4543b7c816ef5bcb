"""Verify offline what a log says: one leaf by its proof file, or a whole log.

In: bytes or a directory of anybody, and a `Trust` that the reader has from elsewhere. Out: what is
proved and what is not, as `Finding`s; `words` says them in Vietnamese and English. What does not
hold raises `LedgerError`. Nothing here opens a connection or asks the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from soi.core.ledger import merkle
from soi.core.ledger.canonical import digest, read_json
from soi.core.ledger.cardcode import CardCode, check_card_code
from soi.core.ledger.checkpoints import SignedCheckpoint, Trust, verify_checkpoint
from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError, LogFault
from soi.core.ledger.leaves import Leaf, read_leaf
from soi.core.ledger.merkle import Tree
from soi.core.ledger.notes import LARGEST_NOTE
from soi.core.ledger.proofs import Proof
from soi.core.ledger.reader import Fetch, LogReader, Tiles
from soi.core.ledger.store import CHECKPOINT
from soi.core.ledger.tiles import ENTRIES, HEIGHT, TOP, WIDTH, Tile, tile_at


class Finding(StrEnum):
    """What can be proved, and what can't; each has its sentences in `words`."""

    # Proved
    SIGNED = "signed"
    WITNESSED = "witnessed"
    INCLUDED = "included"
    CONTENT = "content"
    CARD = "card"
    WHOLE = "whole"
    GREW = "grew"
    SITE = "site"
    PAGE = "page"
    REPLACED = "replaced"
    # Not proved
    TRUE = "true"
    TIME = "time"
    KEY = "key"
    NEWEST = "newest"
    CONTENT_UNSEEN = "content_unseen"
    SAME_FOR_ALL = "same_for_all"
    GREW_UNSEEN = "grew_unseen"
    PICTURE_UNSEEN = "picture_unseen"
    PAGE_REST = "page_rest"
    SITE_REST = "site_rest"


@dataclass(frozen=True, slots=True)
class Report:
    """What was proved, and what was not and can't be in this way.

    `leaf` and `index` are those of the edition that was asked for, None for a whole log.
    `since` is the older tree that the log was shown to continue.
    """

    signed: SignedCheckpoint
    proved: tuple[Finding, ...]
    not_proved: tuple[Finding, ...]
    leaf: Leaf | None = None
    index: int | None = None
    since: Tree | None = None
    kinds: dict[str, int] = field(default_factory=dict)
    """Leaves of a whole log by kind."""
    last: str = ""
    """The newest edition, in the log, of the check that was asked for."""
    files: int = 0
    """How many files of a site were held against the log."""


def verify_proof(
    proof: Proof, trust: Trust, *, content: bytes | None = None, code: CardCode | None = None
) -> Report:
    """Verify that the leaf stands in the log that `trust` names.

    `content` is the JSON that is said to have been logged; it is compared with the leaf's hash.
    `code` is that of a share card, which has to show the very edition of the leaf.
    Raises `LedgerError`: as `verify_checkpoint` does, `log_proof_wrong` if the proof or the content
    does not fit, `log_not_canonical` if the content is no JSON that could have been logged,
    `log_code_differs` if the card is of something else.
    """
    signed = verify_checkpoint(bytes(proof.checkpoint), trust)
    leaf = merkle.leaf_hash(bytes(proof.leaf))
    merkle.verify_inclusion(leaf, proof.index, signed.tree, proof.hashes)
    proved, not_proved = _about(signed)
    proved.append(Finding.INCLUDED)
    if content is None:
        not_proved.insert(0, Finding.CONTENT_UNSEEN)
    elif digest(read_json(content)) != proof.leaf.sha256:
        raise LedgerError(Code.PROOF_WRONG, "the content is not what was logged", proof.index)
    else:
        proved.append(Finding.CONTENT)
    if code is not None:
        check_card_code(code, proof.leaf)
        proved.append(Finding.CARD)
    return Report(signed, tuple(proved), tuple(not_proved), proof.leaf, proof.index)


def verify_log(
    fetch: Fetch,
    trust: Trust,
    *,
    since: bytes | None = None,
    look: Callable[[int, Leaf], None] = lambda index, leaf: None,
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Verify every file of a log: entries, tiles, root, signatures.

    `since` is an older checkpoint of the same log, which it has to continue. `look` is shown each
    leaf with its place before all is verified, `progress` is told how many leaves are done. Memory
    does not grow with the log. Raises `LedgerError`: as `verify_checkpoint` does for either
    checkpoint, `log_leaf_invalid` for an entry that is no leaf, `log_proof_wrong` if the older
    checkpoint does not fit, `log_damaged` for all files that do not; and `OSError` for what can't
    be read.
    """
    try:
        written = fetch(CHECKPOINT, LARGEST_NOTE + 1)
    except FileNotFoundError as error:
        raise LogFault(Code.DAMAGED, "the checkpoint is missing") from error
    signed = verify_checkpoint(written, trust)
    kinds: dict[str, int] = {}
    tiles = Tiles(fetch)
    for done, leaf in enumerate(_audited(tiles, signed.tree), 1):
        kinds[leaf.kind] = kinds.get(leaf.kind, 0) + 1
        look(done - 1, leaf)
        if done % WIDTH == 0 or done == signed.tree.size:
            progress(done)
    proved, not_proved = _about(signed)
    proved.append(Finding.WHOLE)
    older = None
    if since is None:
        not_proved.insert(0, Finding.GREW_UNSEEN)
    else:
        # Witnesses are asked for the newest only: a reader may have kept a bare checkpoint.
        older = verify_checkpoint(since, Trust(trust.keys, origin=trust.origin)).tree
        _check_continues(tiles, signed.tree, older)
        proved.append(Finding.GREW)
    not_proved.insert(0, Finding.CONTENT_UNSEEN)
    return Report(signed, tuple(proved), tuple(not_proved), since=older, kinds=kinds)


def _about(signed: SignedCheckpoint) -> tuple[list[Finding], list[Finding]]:
    """What every signed checkpoint proves, and what none does."""
    never = [Finding.NEWEST, Finding.KEY, Finding.TIME, Finding.TRUE]
    if signed.witnesses:
        return [Finding.SIGNED, Finding.WITNESSED], never
    return [Finding.SIGNED], [Finding.SAME_FOR_ALL, *never]


def _check_continues(tiles: Tiles, tree: Tree, older: Tree) -> None:
    try:
        LogReader(tiles, tree).consistency_proof(older)
    except LedgerError as error:
        message = f"the log does not continue the older checkpoint: {error.message}"
        raise LedgerError(Code.PROOF_WRONG, message) from error


def _audited(tiles: Tiles, tree: Tree) -> Iterator[Leaf]:
    """The leaves of a log, each verified by the time the last has been given."""
    above: list[list[bytes]] = [[] for _ in range(TOP + 1)]
    """The hashes of each level that its next tile has to hold, made from below."""
    for first in range(0, tree.size, WIDTH):
        bundle = tile_at(ENTRIES, first // WIDTH, tree.size)
        entries = tiles.entries(bundle)
        for index, entry in enumerate(entries, first):
            yield _leaf(entry, index)
        above[0] = [merkle.leaf_hash(entry) for entry in entries]
        _compare(tiles, tree, above, first + len(entries))
    below: list[bytes] = []
    for level in above:
        row = level + below
        below = [merkle.root_over(row)] if row else []
    if (below or [merkle.EMPTY_ROOT]) != [tree.root]:
        raise LogFault(Code.DAMAGED, "the entries do not lead to the signed root")


def _compare(tiles: Tiles, tree: Tree, above: list[list[bytes]], done: int) -> None:
    """Compare the tiles that end at leaf `done` with what the entries make of them."""
    for level, hashes in enumerate(above):
        if len(hashes) < WIDTH and done < tree.size:
            return
        if hashes:
            index = (done - 1) >> (HEIGHT * (level + 1))
            tile = Tile(level, index, len(hashes))
            if tiles.hashes(tile) != hashes:
                raise LogFault(Code.DAMAGED, f"{tile.path} does not fit the entries", tile.start)
        if len(hashes) == WIDTH:
            above[level + 1].append(merkle.root_over(hashes))
            above[level] = []


def _leaf(entry: bytes, index: int) -> Leaf:
    try:
        return read_leaf(entry)
    except LedgerError as error:
        raise LedgerError(error.code, f"entry {index}: {error.message}", index) from error
