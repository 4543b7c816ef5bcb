"""Append events. The only way to write to the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from soi.journal.models import Event, Head


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to append; digests are SHA-256 in hex, "" where there was or is nothing."""

    verb: str
    subject: str
    subject_id: int
    before: str = ""
    after: str = ""


def append(entries: Sequence[Entry], *, by: str) -> None:
    """Append `entries` in order, in the caller's transaction; they stand or fall with it.

    Call it last in the transaction: the head's row stays locked until commit, and writers queue
    behind it.
    """
    if not entries:
        return
    # No savepoint: each statement while the head is locked is one that all other writers wait for.
    with transaction.atomic(savepoint=False):
        first = _numbers_from(len(entries))
        now = timezone.now()
        Event.objects.bulk_create(
            [
                Event(
                    seq=number,
                    at=now,
                    actor=by,
                    verb=entry.verb,
                    subject=entry.subject,
                    subject_id=entry.subject_id,
                    before=entry.before,
                    after=entry.after,
                )
                for number, entry in enumerate(entries, start=first)
            ],
            batch_size=1000,
        )


def _numbers_from(count: int) -> int:
    """Take the next `count` numbers, locking the head; returns the first of them."""
    head = Head.objects.filter(id=1)
    if not head.update(last_seq=F("last_seq") + count):
        Head.objects.get_or_create(id=1)
        head.update(last_seq=F("last_seq") + count)
    return head.values_list("last_seq", flat=True).get() - count + 1
