"""Read the journal by number."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from soi.journal.models import Event

_NUMBER = re.compile(r"[0-9]{1,18}(?=@)")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of events of one kind of subject: up to which number it goes, and whom it touches."""

    last_seq: int
    events: int
    subject_ids: tuple[int, ...]


def last_mark(subject: str) -> str:
    """Names the last event about `subject` by number and time, "" when there is none.

    Unlike the number alone it also differs between two databases with as many events.
    """
    found = Event.objects.filter(subject=subject).order_by("-seq").values_list("seq", "at").first()
    return _mark(*found) if found else ""


def seq_of(mark: str) -> int:
    """The number of the event that a mark names, 0 for what is no mark."""
    number = _NUMBER.match(mark)
    return int(number[0]) if number else 0


def has_event(mark: str) -> bool:
    """True if the journal holds the very event that a mark names."""
    found = Event.objects.filter(seq=seq_of(mark)).values_list("seq", "at").first()
    return found is not None and _mark(*found) == mark


def _mark(seq: int, at: dt.datetime) -> str:
    return f"{seq}@{at.isoformat()}"


def stretch_after(seq: int, *, subject: str, limit: int) -> Stretch:
    """The next events after `seq` about `subject`, at most `limit`, each id once, in order."""
    rows = list(
        Event.objects.filter(subject=subject, seq__gt=seq)
        .order_by("seq")
        .values_list("seq", "subject_id")[:limit]
    )
    ids = tuple(dict.fromkeys(subject_id for _, subject_id in rows))
    return Stretch(rows[-1][0] if rows else seq, len(rows), ids)


def event_count_after(seq: int, *, subject: str) -> int:
    """How many events about `subject` came after `seq`."""
    return Event.objects.filter(subject=subject, seq__gt=seq).count()
