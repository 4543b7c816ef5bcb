"""Which events of the journal become leaves of the public log, and which leaves.

In: events. Out: their leaves. A leaf follows from its event and from the number that names its
subject in public, which never changes; so whoever has the journal can make the log again. The
domain packages see to it that `before` and `after` of an event are the SHA-256 of what was public
before and after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from soi.checking import public as checking
from soi.core.ledger import Leaf, LeafKind, digest
from soi.journal.queries import EventRow

RULES = "3"
"""Another text when other events become leaves: then the journal is read again from its start."""

KINDS: Mapping[str, LeafKind] = MappingProxyType(
    {
        "organisation": LeafKind.REGISTER_CHANGE,
        "edition": LeafKind.EDITION,
        "correction": LeafKind.CORRECTION,
        "withdrawal": LeafKind.WITHDRAWAL,
        "challenge_answer": LeafKind.CHALLENGE_ANSWER,
        "notice": LeafKind.NOTICE,
    }
)
"""The subjects whose every public change is a leaf."""

EDITIONS = frozenset({"edition", "correction", "withdrawal"})
"""Subjects whose leaf is named by the check and the number of its edition."""

GONE = digest(None)
"""What stands in a leaf that says that something is not published any more: the hash of `null`."""


def is_logged(event: EventRow) -> bool:
    """False for what changed nothing public."""
    return event.subject in KINDS and event.before != event.after


def leaf_of(event: EventRow, name: str) -> Leaf:
    """The leaf of an event that is logged, with its id."""
    at = event.at.astimezone(dt.UTC).replace(microsecond=0)
    published = bytes.fromhex(event.after) if event.after else GONE
    return Leaf(KINDS[event.subject], name, at, published)


def names_of(events: Sequence[EventRow]) -> dict[int, str]:
    """What names the subject of each event in its leaf, by the event's number; one query.

    An edition that is gone, with the demonstration that it was of, has no name here.
    """
    wanted = [event.subject_id for event in events if event.subject in EDITIONS]
    editions = checking.edition_names(wanted) if wanted else {}
    return {
        event.seq: editions[event.subject_id]
        if event.subject in EDITIONS
        else str(event.subject_id)
        for event in events
        if event.subject not in EDITIONS or event.subject_id in editions
    }


def leaves_of(events: Sequence[EventRow]) -> list[tuple[EventRow, Leaf]]:
    """The events among these that are leaves, with their leaves.

    An edition that was gone before its leaf was written is named by the number of its row alone.
    """
    logged = [event for event in events if is_logged(event)]
    names = names_of(logged)
    return [
        (event, leaf_of(event, names.get(event.seq, str(event.subject_id)))) for event in logged
    ]
