"""All reads of the public log: where it stands, its leaves, their proofs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from soi.core.ledger import LeafKind, LedgerError, Proof, Tree, VerifierKey
from soi.core.ledger.codes import Code
from soi.core.remembering import remembered
from soi.core.rows import Rows
from soi.journal.queries import events_after
from soi.publishing.log import keys
from soi.publishing.log.actions import opened, place_count
from soi.publishing.log.leaves import KINDS, RULES, is_logged
from soi.publishing.log.witnesses import witnessed, witnesses
from soi.publishing.models import LogHead, LogLeaf, LogWitness

_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class LeafRow:
    """A leaf with its place. `is_written` once the files hold it."""

    index: int
    kind: LeafKind
    id: str
    at: dt.datetime
    sha256: str
    is_written: bool


@dataclass(frozen=True, slots=True)
class WitnessRow:
    """A witness that is set, and how far it has followed the log."""

    key: VerifierKey
    at: int | None
    """When it signed last, in seconds since 1970 by its own clock; None if it never did."""
    size: int
    """How many leaves the log had that it signed last."""
    is_newest: bool
    """True if it has signed the newest checkpoint."""
    contradicts: bool
    """True if it has signed a log that this one does not continue."""
    problem: str
    """The code of what kept it from signing the last time."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the log stands. `waiting` changes are in the journal and not in the files yet."""

    origin: str
    keys: tuple[VerifierKey, ...]
    tree: Tree
    waiting: int
    witnesses: Sequence[WitnessRow]
    handovers: int


@remembered
def standing() -> Standing:
    """Where the log stands now. Raises `LogKeyMissing`, `LedgerError`."""
    log = opened()
    tree = log.checkpoint().tree
    return Standing(
        origin=log.trust.origin,
        keys=log.trust.keys,
        tree=tree,
        waiting=_waiting() + max(0, place_count() - tree.size),
        witnesses=_witnesses(tree.size),
        handovers=len(keys.handovers()),
    )


def _witnesses(size: int) -> tuple[WitnessRow, ...]:
    """Every witness that is set, as the newest checkpoint and the last time it was asked say."""
    set_up = witnesses()
    if not set_up:
        return ()
    newest = {each.key: each.at for each in witnessed()}
    rows = {row.key: row for row in LogWitness.objects.all()}
    return tuple(_witness(each.key, newest, rows.get(str(each.key)), size) for each in set_up)


def _witness(
    key: VerifierKey, newest: Mapping[VerifierKey, int], row: LogWitness | None, size: int
) -> WitnessRow:
    row = row or LogWitness()
    at = newest.get(key)
    if at is None and row.signed_at:
        at = int(row.signed_at.timestamp())
    is_newest = key in newest
    problem = "" if is_newest else row.failure
    contradicts = problem in (Code.WITNESS_AHEAD, Code.WITNESS_CONFLICT)
    return WitnessRow(key, at, size if is_newest else row.size, is_newest, contradicts, problem)


def leaves() -> Rows[LeafRow]:
    """The leaves, the newest first, to be read page by page."""
    found, size = LogLeaf.objects.order_by("-index"), _size()
    return Rows(place_count, lambda start, stop: [_row(each, size) for each in found[start:stop]])


@remembered
def leaf_about(kind: LeafKind, leaf_id: str) -> LeafRow | None:
    """The newest leaf of this kind with this id, or None."""
    found = LogLeaf.objects.filter(kind=kind.value, ref=leaf_id).order_by("-index").first()
    return _row(found, _size()) if found else None


def proof(index: int) -> Proof:
    """What proves the leaf at `index`. Raises `LedgerError` (`log_outside`)."""
    return opened().proof(index)


def _waiting() -> int:
    head = LogHead.objects.filter(id=1).first() or LogHead()
    after = head.followed_seq if head.rules == RULES else 0
    events = events_after(after, subjects=KINDS, limit=_LOOKED_AT)
    placed = LogLeaf.objects.filter(seq__in=[event.seq for event in events]).count()
    return sum(1 for event in events if is_logged(event)) - placed


@remembered
def _size() -> int:
    """How many leaves the files hold; 0 too when they can't be read: a page must not fail by it."""
    try:
        return opened().checkpoint().tree.size
    except (LedgerError, OSError):
        return 0


def _row(row: LogLeaf, size: int) -> LeafRow:
    return LeafRow(
        index=row.index,
        kind=LeafKind(row.kind),
        id=row.ref,
        at=row.at,
        sha256=row.sha256,
        is_written=row.index < size,
    )
