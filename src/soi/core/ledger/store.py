"""The log as a directory of files that any web server can serve, and the one way to add to it.

In: leaves, and the keys that sign. Out: the files of C2SP tlog-tiles (`checkpoint`, `tile/...`).

Entries and tiles are on the disk before the checkpoint that covers them has its name. Since no file
that a checkpoint covers is ever written again, a process that is killed at any step leaves the log
as it was or as it was to be; what it left over is written again, and no checkpoint names it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from soi.core.ledger import merkle
from soi.core.ledger.checkpoints import (
    Checkpoint,
    SignedCheckpoint,
    Trust,
    sign_checkpoint,
    verify_checkpoint,
)
from soi.core.ledger.codes import Code
from soi.core.ledger.disk import Disk, locked, make_directory, sync_directory
from soi.core.ledger.edge import Edge
from soi.core.ledger.errors import LedgerError, LogFault
from soi.core.ledger.keys import Signer, VerifierKey
from soi.core.ledger.leaves import Leaf, read_leaf
from soi.core.ledger.merkle import EMPTY, Tree
from soi.core.ledger.notes import LARGEST_NOTE, Note, Signature
from soi.core.ledger.proofs import Proof
from soi.core.ledger.reader import LogReader, Tiles, fetch_from
from soi.core.ledger.tiles import Tile

CHECKPOINT = "checkpoint"


class Log:
    """A desk's own log.

    `signers` sign every checkpoint; the first gives the log its name unless `origin` does. While a
    key is replaced there are two, the old one and the new one. The directory is made if it is not
    there. One process writes at a time and waits for the others up to `patience` seconds
    (`log_busy`); readers wait for nobody. All that goes wrong with the files raises `LogFault`
    (`log_damaged`) or `OSError`, and changes nothing.
    """

    def __init__(
        self,
        directory: Path,
        signers: Sequence[Signer],
        *,
        origin: str = "",
        patience: float = 10.0,
    ) -> None:
        self.trust = Trust(tuple(signer.key for signer in signers), origin=origin)
        self._directory = directory
        self._signers = tuple(signers)
        self._patience = patience
        self._tiles = Tiles(fetch_from(directory))
        self._verified: tuple[bytes, SignedCheckpoint] | None = None
        self._seen = b""
        self._edge = Edge()
        self._last = EMPTY

    def checkpoint(self) -> SignedCheckpoint:
        """The newest checkpoint; that of an empty log if there is none yet."""
        content = self._stored()
        if content is None:
            return self._read(bytes(self._signed(EMPTY)))
        return self._read(content)

    def reader(self) -> LogReader:
        """The log as its newest checkpoint states it."""
        return LogReader(self._tiles, self.checkpoint().tree)

    def leaf(self, index: int) -> Leaf:
        """The leaf at `index`. Raises `LedgerError` (`log_outside`)."""
        return read_leaf(self.reader().entry(index))

    def proof(self, index: int) -> Proof:
        """What a reader needs to verify the leaf at `index` offline, with the newest checkpoint.

        Raises `LedgerError` (`log_outside`).
        """
        signed = self.checkpoint()
        reader = LogReader(self._tiles, signed.tree)
        hashes = tuple(reader.inclusion_proof(index))
        return Proof(read_leaf(reader.entry(index)), index, hashes, signed.note)

    def append(self, leaves: Iterable[Leaf], *, at: int | None = None) -> SignedCheckpoint:
        """Add leaves in this order; when this returns they are on the disk and signed for.

        `at` is the number of the first of them, where the caller counts (a journal does): what the
        log already holds is compared and not added again. So a batch that may have been written
        before a crash can be handed in again. Raises `LogFault` `log_gap` if leaves before `at` are
        missing, `log_conflict` if the log holds another leaf in the place of one of these.
        """
        with self._writing() as signed:
            size = signed.tree.size
            fresh = leaves if at is None else self._unknown(leaves, at, signed.tree)
            disk = Disk(self._directory)
            filled = [tile for leaf in fresh for tile in self._edge.add(leaf, disk.put)]
            if self._edge.size == size:
                return signed
            self._edge.write_partial(disk.put)
            disk.settle()
            made = self._publish(self._signed(self._edge.tree()))
        self._sweep(filled)
        return made

    def sign_again(self) -> SignedCheckpoint:
        """Sign the tree as it stands with the present signers: the step in which a key changes."""
        with self._writing() as signed:
            return self._publish(self._signed(signed.tree))

    def add_cosignatures(
        self, signatures: Iterable[Signature], witnesses: Sequence[VerifierKey]
    ) -> SignedCheckpoint:
        """Publish the cosignatures of `witnesses` with the checkpoint; older ones of theirs go.

        Signatures of other keys are passed over. Raises `LedgerError` (`log_signature_wrong`)
        unless they fit the newest checkpoint.
        """
        given = tuple(signatures)
        with self._writing() as signed:
            fresh = dict(Note(signed.note.text, given).signed_by(witnesses))
            gone = {(key.name, key.id) for key in fresh}
            kept = (s for s in signed.note.signatures if (s.name, s.key_id) not in gone)
            return self._publish(replace(signed.note, signatures=(*kept, *fresh.values())))

    @contextmanager
    def _writing(self) -> Iterator[SignedCheckpoint]:
        """The log locked, its edge in memory as the checkpoint on the disk has it."""
        for directory in make_directory(self._directory):
            sync_directory(directory)
        with locked(self._directory, self._patience):
            try:
                yield self._current()
            except BaseException:
                self._seen = b""  # the edge may be ahead of the checkpoint
                raise

    def _current(self) -> SignedCheckpoint:
        content = self._stored()
        if content is None:
            if self._last != EMPTY:
                raise LogFault(Code.DAMAGED, "the log was removed")
            # The first file of all: from here on a missing checkpoint is a fault.
            self._edge = Edge()
            return self._publish(self._signed(EMPTY))
        signed = self._read(content)
        if content != self._seen:
            self._tiles = Tiles(fetch_from(self._directory))
            self._edge = Edge.of(signed.tree, self._tiles)
            self._check_continues(signed.tree)
            self._seen = content
        return signed

    def _check_continues(self, tree: Tree) -> None:
        """Refuse a directory in which this process has signed for more, or for something else."""
        try:
            LogReader(self._tiles, tree).consistency_proof(self._last)
        except LedgerError as error:
            raise LogFault(Code.DAMAGED, "the log was rolled back or rewritten") from error
        self._last = tree

    def _unknown(self, leaves: Iterable[Leaf], at: int, tree: Tree) -> Iterator[Leaf]:
        """Those of `leaves`, the first of which has the number `at`, that the log lacks."""
        if not 0 <= at <= tree.size:
            raise LogFault(Code.GAP, f"leaf {at} for a log of {tree.size}", tree.size)
        reader = LogReader(self._tiles, tree)
        given = iter(leaves)
        for index, leaf in zip(range(at, tree.size), given, strict=False):
            if reader.subtree(0, index) != merkle.leaf_hash(bytes(leaf)):
                raise LogFault(Code.CONFLICT, f"the log holds another leaf {index}", index)
        return given

    def _stored(self) -> bytes | None:
        try:
            return fetch_from(self._directory)(CHECKPOINT, LARGEST_NOTE + 1)
        except FileNotFoundError:
            # Tiles are never written before a first checkpoint: somebody has removed it.
            if (self._directory / "tile").exists():
                raise LogFault(Code.DAMAGED, "the checkpoint is missing") from None
            return None

    def _read(self, content: bytes) -> SignedCheckpoint:
        last = self._verified
        if last is not None and last[0] == content:
            return last[1]
        try:
            signed = verify_checkpoint(content, self.trust)
        except LedgerError as error:
            raise LogFault(Code.DAMAGED, f"the checkpoint: {error.message}") from error
        self._verified = (content, signed)
        return signed

    def _signed(self, tree: Tree) -> Note:
        return sign_checkpoint(Checkpoint(self.trust.origin, tree), self._signers)

    def _publish(self, note: Note) -> SignedCheckpoint:
        """Put the checkpoint in its place in one step. All that it covers is on the disk."""
        disk = Disk(self._directory)
        disk.put(CHECKPOINT, bytes(note))
        disk.settle()
        signed = self._read(bytes(note))
        self._seen, self._last = bytes(note), signed.tree
        return signed

    def _sweep(self, filled: Iterable[Tile]) -> None:
        """Remove partial tiles whose full tile is there, as tlog-tiles allows."""
        for tile in filled:
            partial = self._directory / f"{tile.path}.p"
            shutil.rmtree(partial, ignore_errors=True)
