"""Read the journal: by number for whoever follows it, by what was done for people."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from soi.core.rows import Rows
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


def last_stamp(subject: str) -> str:
    """As `last_mark`, in a fifth of the time and in no set form: to compare, never to keep."""
    table = connection.ops.quote_name(Event._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seq, at FROM {table} WHERE subject = %s ORDER BY seq DESC LIMIT 1",  # noqa: S608  the table's own name
            [subject],
        )
        found = cursor.fetchone()
    return f"{found[0]}@{found[1]}" if found else ""


def seq_of(mark: str) -> int:
    """The number of the event that a mark names, 0 for what is no mark."""
    number = _NUMBER.match(mark)
    return int(number[0]) if number else 0


def newest_seq() -> int:
    """The number of the last event, 0 before the first: who follows from here on misses nothing."""
    found = Event.objects.order_by("-seq").values_list("seq", flat=True).first()
    return found or 0


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


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as a person reads it; digests are "" where there was or is nothing."""

    seq: int
    at: dt.datetime
    actor: str
    verb: str
    subject: str
    subject_id: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events somebody wants to read; what is empty leaves nothing out."""

    subject: str = ""
    subject_id: int | None = None
    verb: str = ""
    actor: str = ""
    after_seq: int | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    """Up to, and not at, this time."""


def events(asked: Asked) -> Rows[EventRow]:
    """The events that are asked for, the newest first, to be read page by page."""
    found = _events(asked).order_by("-seq")
    return Rows(found.count, lambda start, stop: [_row(event) for event in found[start:stop]])


def events_in_order(asked: Asked) -> Iterator[EventRow]:
    """The same events, the oldest first, streamed: memory stays flat whatever their number."""
    for event in _events(asked).order_by("seq").iterator(chunk_size=2000):
        yield _row(event)


def events_after(seq: int, *, subjects: Collection[str], limit: int) -> list[EventRow]:
    """The next events after `seq` about any of `subjects`, at most `limit`, in order."""
    found = Event.objects.filter(seq__gt=seq, subject__in=subjects).order_by("seq")
    return [_row(event) for event in found[:limit]]


def events_with_numbers(numbers: Collection[int]) -> dict[int, EventRow]:
    """These events by their numbers; those that there are."""
    return {event.seq: _row(event) for event in Event.objects.filter(seq__in=numbers)}


def last_event(subject: str, subject_id: int) -> EventRow | None:
    """The last event about one subject, None when there is none."""
    found = Event.objects.filter(subject=subject, subject_id=subject_id).order_by("-seq").first()
    return _row(found) if found else None


def subjects() -> list[str]:
    """What the events so far are about."""
    return list(Event.objects.order_by("subject").values_list("subject", flat=True).distinct())


def _events(asked: Asked) -> QuerySet[Event]:
    found = Event.objects.all()
    for field in ("subject", "verb", "actor"):
        if wanted := getattr(asked, field):
            found = found.filter(**{field: wanted})
    if asked.subject_id is not None:
        found = found.filter(subject_id=asked.subject_id)
    if asked.after_seq is not None:
        found = found.filter(seq__gt=asked.after_seq)
    if asked.since:
        found = found.filter(at__gte=asked.since)
    if asked.until:
        found = found.filter(at__lt=asked.until)
    return found


def _row(event: Event) -> EventRow:
    return EventRow(
        event.seq,
        event.at,
        event.actor,
        event.verb,
        event.subject,
        event.subject_id,
        event.before,
        event.after,
    )
