"""Compare the public log with the journal and with what is published, and mend it after a restore.

In: the files, the places in the database, the journal, the records that are public now. Out: every
difference, or none. Nothing here changes what the files hold: a public log can't be rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, zip_longest
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import transaction

from soi.checking import public as checking
from soi.checking.public import PublicDigest
from soi.core.ledger import LedgerError, Tiles, fetch_from, read_leaf, verify_log
from soi.core.ledger.tiles import ENTRIES, WIDTH, tile_at
from soi.incidents import queries as incidents
from soi.journal.actions import Entry, append
from soi.journal.queries import (
    Asked,
    EventRow,
    events_after,
    events_in_order,
    events_with_numbers,
    last_event,
)
from soi.publishing.log.actions import leaf_of_row, locked_head, opened, places, row_of
from soi.publishing.log.leaves import EDITIONS, KINDS, is_logged, leaf_of, leaves_of, names_of
from soi.publishing.models import LogHead, LogLeaf
from soi.register import queries as register

_BATCH = 1000
_Row = TypeVar("_Row")


class Difference(StrEnum):
    """What does not fit."""

    FILES_DAMAGED = "files_damaged"
    """The files of the log do not lead to the signed root."""
    LEAF_MISSING = "leaf_missing"
    """A leaf that was written is not in the files any more."""
    LEAF_CHANGED = "leaf_changed"
    """The files hold another leaf in a place than the database does."""
    LEAF_UNKNOWN = "leaf_unknown"
    """The files hold a leaf that the database doesn't know."""
    EVENT_MISSING = "event_missing"
    """The event that a leaf was made of is not in the journal."""
    EVENT_DIFFERS = "event_differs"
    """The event that a leaf was made of would make another one."""
    EVENT_UNLOGGED = "event_unlogged"
    """An event has no leaf, though later ones have."""
    CONTENT_DIFFERS = "content_differs"
    """What is public now is not what the last leaf about it says."""


@dataclass(frozen=True, slots=True)
class Found:
    """One difference and what it is about."""

    difference: Difference
    about: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit has seen. `waiting` events have no leaf yet, `adopted` leaves no event."""

    leaves: int
    adopted: int
    waiting: int
    found: tuple[Found, ...]


def audit(*, most: int = 100, progress: Callable[[int], None] = lambda done: None) -> Audit:
    """Compare everything with everything; no more than `most` differences are gathered.

    Whoever publishes meanwhile waits for nothing: what is added after the start is not looked at.
    """
    last = LogLeaf.objects.order_by("-index").values_list("index", flat=True).first()
    total = 0 if last is None else last + 1
    head = LogHead.objects.filter(id=1).first() or LogHead()
    found = islice(_differences(total, head, progress), most)
    return Audit(
        leaves=total,
        adopted=LogLeaf.objects.filter(seq=None).count(),
        waiting=_waiting(head.followed_seq),
        found=tuple(found),
    )


@dataclass(frozen=True, slots=True)
class Adopted:
    """How many leaves of the files were put into the database, with and without their event."""

    known: int
    unknown: int


@transaction.atomic
def adopt(*, by: str) -> Adopted:
    """Take in the leaves that the files hold and the database lost, as a restored copy has.

    What the log holds stays, and what was done since the restore comes after it. A leaf whose event
    the journal still has is joined with it. Raises `LedgerError` if the files are damaged.
    """
    head = locked_head()
    verify_log(fetch_from(_directory()), opened().trust)
    size = opened().checkpoint().tree.size
    first = _first_difference(size)
    LogLeaf.objects.filter(index__gte=first).delete()
    rows = []
    events = _events_without_leaf() if first < size else {}
    for index, entry in enumerate(islice(_entries(size), first, None), start=first):
        seqs = events.get(entry, [])
        rows.append(row_of(index, seqs.pop(0) if seqs else None, read_leaf(entry)))
    LogLeaf.objects.bulk_create(rows, batch_size=_BATCH)
    # Events that lost their place get a new one: the journal is read again from its start.
    head.rules, head.settled = "", size
    head.save()
    append([Entry("log.adopted", "log", len(rows))], by=by)
    unknown = sum(row.seq is None for row in rows)
    return Adopted(len(rows) - unknown, unknown)


def _differences(total: int, head: LogHead, progress: Callable[[int], None]) -> Iterator[Found]:
    try:
        verify_log(fetch_from(_directory()), opened().trust, progress=progress)
    except LedgerError as error:
        yield Found(Difference.FILES_DAMAGED, f"{error.code}: {error.message}")
    else:
        yield from _files_differ(total, head.settled)
    yield from _events_differ(total)
    yield from _events_unlogged(head.followed_seq)
    yield from _content_differs()


def _files_differ(total: int, settled: int) -> Iterator[Found]:
    size = opened().checkpoint().tree.size
    pairs = zip_longest((bytes(leaf_of_row(row)) for row in places(until=total)), _entries(size))
    for index, (wanted, held) in enumerate(pairs):
        if held is None and index < settled:
            yield Found(Difference.LEAF_MISSING, f"leaf {index}")
        elif wanted is None and index >= LogLeaf.objects.count():
            yield Found(Difference.LEAF_UNKNOWN, f"leaf {index}")
        elif wanted is not None and held is not None and wanted != held:
            yield Found(Difference.LEAF_CHANGED, f"leaf {index}")


def _events_differ(total: int) -> Iterator[Found]:
    for some in _batches(row for row in places(until=total) if row.seq is not None):
        events = events_with_numbers([row.seq for row in some if row.seq is not None])
        names = names_of(list(events.values()))
        for row in some:
            event = events.get(row.seq or 0)
            if event is None:
                yield Found(Difference.EVENT_MISSING, f"leaf {row.index}, event {row.seq}")
            elif leaf_of(event, names.get(event.seq, row.ref)) != leaf_of_row(row):
                yield Found(Difference.EVENT_DIFFERS, f"leaf {row.index}, event {row.seq}")


def _events_unlogged(until: int) -> Iterator[Found]:
    for event in _without_leaf(until):
        yield Found(Difference.EVENT_UNLOGGED, f"event {event.seq}")


def _content_differs() -> Iterator[Found]:
    """Compare what is public with the journal: a change past the product leaves no event."""
    last: dict[int, str] = {}
    editions: dict[int, EventRow] = {}
    answers: dict[int, EventRow] = {}
    notices: dict[int, str] = {}
    for event in _logged_events(None):
        if event.subject == "organisation":
            last[event.subject_id] = event.after
        elif event.subject == "notice":
            notices[event.subject_id] = event.after
        else:
            (editions if event.subject in EDITIONS else answers)[event.subject_id] = event
    yield from _changed_or_gone(EDITIONS, editions, checking.edition_digests())
    yield from _changed_or_gone({"challenge_answer"}, answers, checking.answer_digests())
    yield from _notices_differ(notices, dict(incidents.public_digests()))
    public = dict(register.public_digests())
    for pk in sorted(public.keys() | last.keys()):
        # What differs may have been changed between the two readings: it is looked at once more.
        if public.get(pk, "") != last.get(pk, "") and not _fits("organisation", pk):
            yield Found(Difference.CONTENT_DIFFERS, f"organisation {pk}")


def _notices_differ(logged: dict[int, str], public: dict[int, str]) -> Iterator[Found]:
    """A notice changes with its state; one that was given up or removed has left by an event."""
    for pk in sorted(public.keys() | logged.keys()):
        event = last_event("notice", pk)
        if public.get(pk, "") not in (logged.get(pk, ""), event.after if event else ""):
            yield Found(Difference.CONTENT_DIFFERS, f"notice {pk}")


def _changed_or_gone(
    subjects: Collection[str], logged: dict[int, EventRow], public: Iterable[PublicDigest]
) -> Iterator[Found]:
    """Compare the very bytes of what never changes with what its event says of them."""
    what = "edition" if subjects == EDITIONS else min(subjects)
    for each in public:
        event = logged.pop(each.id, None) or _last_event(subjects, each.id)
        if event is None or event.after != each.sha256:
            yield Found(Difference.CONTENT_DIFFERS, f"{what} {each.name}")
    # Only what was of a demonstration may be gone.
    removed = {each.subject_id for each in events_in_order(Asked(verb="claim.removed"))}
    for event in logged.values():
        row = LogLeaf.objects.filter(seq=event.seq).first()
        claim, _, edition = (row.ref if row else "").partition(".")
        if not removed or (edition and int(claim) not in removed):
            yield Found(Difference.CONTENT_DIFFERS, f"{what} {row.ref if row else 'unknown'}")


def _last_event(subjects: Collection[str], subject_id: int) -> EventRow | None:
    """The event about something that was published after the journal was read."""
    found = (last_event(subject, subject_id) for subject in subjects)
    return next((event for event in found if event), None)


@transaction.atomic
def _fits(subject: str, subject_id: int) -> bool:
    event = last_event(subject, subject_id)
    return (event.after if event else "") == register.public_digest(subject_id)


def _first_difference(size: int) -> int:
    """The first place in which the database does not hold what the files do."""
    index = -1
    for index, (row, entry) in enumerate(zip(places(), _entries(size), strict=False)):
        if bytes(leaf_of_row(row)) != entry:
            return index
    return index + 1


def _events_without_leaf() -> dict[bytes, list[int]]:
    """The numbers of the events that have no place, by the leaf that they would make."""
    found: dict[bytes, list[int]] = {}
    for some in _batches(_without_leaf(None)):
        for event, leaf in leaves_of(some):
            found.setdefault(bytes(leaf), []).append(event.seq)
    return found


def _without_leaf(until: int | None) -> Iterator[EventRow]:
    for some in _batches(_logged_events(until)):
        seqs = [event.seq for event in some]
        placed = set(LogLeaf.objects.filter(seq__in=seqs).values_list("seq", flat=True))
        yield from (event for event in some if event.seq not in placed)


def _logged_events(until: int | None) -> Iterator[EventRow]:
    """The events that become leaves, in order, up to the number `until`."""
    seq = 0
    while events := events_after(seq, subjects=KINDS, limit=_BATCH):
        for event in events:
            if until is not None and event.seq > until:
                return
            if is_logged(event):
                yield event
        seq = events[-1].seq


def _waiting(after: int) -> int:
    events = events_after(after, subjects=KINDS, limit=_BATCH)
    return sum(1 for event in events if is_logged(event))


def _entries(size: int) -> Iterator[bytes]:
    """What the files hold, in order."""
    tiles = Tiles(fetch_from(_directory()))
    for number in range((size + WIDTH - 1) // WIDTH):
        yield from tiles.entries(tile_at(ENTRIES, number, size))


def _batches(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    left = iter(rows)
    while some := list(islice(left, _BATCH)):
        yield some


def _directory() -> Path:
    return Path(settings.SOI_LOG_DIR)
