"""Bring the public log up to the journal.

First places: the next events get theirs in the database, under the lock of its one head, and that
commits. Then files: leaves whose places are given out are appended by number, and what the files
hold already is compared. A process may die anywhere; the next one goes on from what it finds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from soi.core.ledger import Leaf, LeafKind, Log, LogFault, SignedCheckpoint
from soi.core.ledger.codes import Code
from soi.core.ledger.keys import VerifierKey
from soi.journal.queries import EventRow, events_after
from soi.publishing.log import keys
from soi.publishing.log.leaves import KINDS, RULES, leaves_of
from soi.publishing.models import LogHead, LogLeaf

_BATCH = 1000


def follow() -> SignedCheckpoint:
    """Bring the log up to the journal; returns the newest checkpoint.

    Raises `LogKeyMissing`, `LogFault` and `OSError`; what was done before stands.
    """
    log = opened()
    while _has_new_events():
        _give_places()
    return _settle(log)


def new_key() -> VerifierKey:
    """Begin to replace the key: a second one signs as well, and a statement names it."""
    made = keys.add(opened())
    opened().sign_again()
    return made


def drop_old_key() -> VerifierKey:
    """End the replacement: only the new key signs from now on. Returns the old one."""
    # Before the old key goes, the newest checkpoint has the new one's signature.
    opened().sign_again()
    gone = keys.drop_old()
    opened().sign_again()
    return gone


_opened: tuple[object, Log] | None = None


def opened() -> Log:
    """The desk's log; one stays open in each process, with its edge in memory."""
    global _opened
    signers = keys.signers()
    wanted = (Path(settings.SOI_LOG_DIR), tuple(signer.key for signer in signers))
    if _opened is None or _opened[0] != wanted:
        _opened = (wanted, Log(Path(settings.SOI_LOG_DIR), signers))
    return _opened[1]


def _has_new_events() -> bool:
    """Whether the journal has more to tell; asked without a lock, for it is asked all the time."""
    head = LogHead.objects.filter(id=1).first()
    if head is None or head.rules != RULES:
        return True
    return bool(events_after(head.followed_seq, subjects=KINDS, limit=1))


def _give_places() -> None:
    """Give the next events that are leaves their places."""
    with transaction.atomic():
        head = locked_head()
        if head.rules != RULES:
            _read_again(head)
        events = events_after(head.followed_seq, subjects=KINDS, limit=_BATCH)
        _place(events)
        if events:
            head.followed_seq = events[-1].seq
        head.save()


def _read_again(head: LogHead) -> None:
    """Read the journal from its start, for what other rules or a restore left without a place."""
    seq = 0
    while events := events_after(seq, subjects=KINDS, limit=_BATCH):
        placed = LogLeaf.objects.filter(seq__in=[event.seq for event in events])
        known = set(placed.values_list("seq", flat=True))
        _place([event for event in events if event.seq not in known])
        seq = events[-1].seq
    head.rules, head.followed_seq = RULES, seq


def _place(events: Sequence[EventRow]) -> None:
    first = place_count()
    LogLeaf.objects.bulk_create(
        row_of(index, event.seq, leaf)
        for index, (event, leaf) in enumerate(leaves_of(events), start=first)
    )


def _settle(log: Log) -> SignedCheckpoint:
    """Bring the files up to the places."""
    size = log.checkpoint().tree.size
    total = place_count()
    if size > total:
        raise LogFault(Code.CONFLICT, f"the log holds {size} leaves, the database {total}", total)
    settled = LogHead.objects.get(id=1).settled
    if size == total == settled and size:
        return log.checkpoint()
    start = min(settled, size)
    signed = log.append(map(leaf_of_row, places(start)), at=start)
    if settled != signed.tree.size:
        LogHead.objects.filter(id=1).update(settled=signed.tree.size)
    return signed


def locked_head() -> LogHead:
    """The head, locked until the transaction ends."""
    LogHead.objects.get_or_create(id=1)
    return LogHead.objects.select_for_update().get(id=1)


def places(first: int = 0, until: int | None = None) -> Iterator[LogLeaf]:
    """The places from `first` on, in order, up to and without `until`.

    Read in slices: a cursor of the database would stay open when whoever reads stops half-way, as a
    log does that refuses a leaf.
    """
    while True:
        found = LogLeaf.objects.filter(index__gte=first).order_by("index")
        some = list((found if until is None else found.filter(index__lt=until))[:_BATCH])
        yield from some
        if len(some) < _BATCH:
            return
        first = some[-1].index + 1


def place_count() -> int:
    """How many places are given out."""
    last = LogLeaf.objects.aggregate(last=Max("index"))["last"]
    return 0 if last is None else int(last) + 1


def leaf_of_row(row: LogLeaf) -> Leaf:
    """The leaf that has this place."""
    return Leaf(LeafKind(row.kind), row.ref, row.at, bytes.fromhex(row.sha256))


def row_of(index: int, seq: int | None, leaf: Leaf) -> LogLeaf:
    """The row that gives a leaf its place."""
    return LogLeaf(
        index=index,
        seq=seq,
        kind=leaf.kind.value,
        ref=leaf.id,
        at=leaf.at,
        sha256=leaf.sha256.hex(),
    )
