"""Read the journal by number."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max

from soi.journal.models import Event


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of events of one kind of subject: up to which number it goes, and whom it touches."""

    last_seq: int
    events: int
    subject_ids: tuple[int, ...]


def last_seq(*subjects: str) -> int:
    """The number of the last event about any of `subjects`, 0 when there is none."""
    found = Event.objects.filter(subject__in=subjects).aggregate(last=Max("seq"))["last"]
    return int(found or 0)


def last_mark(subject: str) -> str:
    """Names the last event about `subject` by number and time, "" when there is none.

    Unlike the number alone it also differs between two databases with as many events.
    """
    found = Event.objects.filter(subject=subject).order_by("-seq").values_list("seq", "at").first()
    return f"{found[0]}@{found[1].isoformat()}" if found else ""


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
