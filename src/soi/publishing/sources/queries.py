"""All reads of sources, of their pages and of the quarantine."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from soi.claims.queries import count_from
from soi.core.rows import Rows
from soi.publishing.errors import QuarantinedUnknown, SourceUnknown
from soi.publishing.models import ImportRun, ImportSource, QuarantinedItem
from soi.publishing.queries import RunRow

State = QuarantinedItem.State


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as a person sees it."""

    id: int
    url: str
    sites: tuple[str, ...]
    every_hours: int
    is_paused: bool
    is_busy: bool
    due_at: dt.datetime
    looked_at: dt.datetime | None
    failures: int
    failure: str
    records: int
    records_before: int | None
    waiting: int
    """Items of its quarantine that nobody has decided on."""
    left_out: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of the quarantine."""

    id: int
    code: str
    why: str
    excerpt: str
    can_be_let_in: bool
    first_seen_at: dt.datetime
    last_seen_at: dt.datetime
    state: str
    decided_by: str
    decided_at: dt.datetime | None


def sources() -> list[SourceRow]:
    """Every source, by address."""
    return [_row(each) for each in _counted().order_by("url")]


def source(source_id: int) -> SourceRow:
    """One source. Raises `SourceUnknown`."""
    found = _counted().filter(pk=source_id).first()
    if found is None:
        raise SourceUnknown(f"There is no source {source_id}.", source=source_id)
    return _row(found)


def due_sources() -> list[int]:
    """The sources whose time has come and that nobody is at, the one that waits longest first."""
    now = timezone.now()
    free = Q(busy_until=None) | Q(busy_until__lte=now)
    found = ImportSource.objects.filter(free, is_paused=False, due_at__lte=now)
    return list(found.order_by("due_at", "pk").values_list("pk", flat=True))


def runs_of(source_id: int, limit: int = 10) -> list[RunRow]:
    """What a source brought last, newest first."""
    found = ImportRun.objects.filter(source=source_id).order_by("-pk")
    return [RunRow.of(run) for run in found[:limit]]


def kept_though_gone(source_id: int) -> int:
    """How many checks came from a source that its last file held no more."""
    row = source(source_id)
    last = ImportRun.objects.filter(source=source_id).order_by("-pk").first()
    if last is None or last.file_format == PAGES:
        return 0
    return count_from(row.url, but_not_at=last.started_at)


PAGES = "pages"
"""The format of a run over the pages that a list leads to."""


def quarantine(source_id: int, state: str = State.WAITING) -> Rows[ItemRow]:
    """The items of one state, the one that came last first."""
    found = QuarantinedItem.objects.filter(source=source_id, state=state)
    ordered = found.order_by("-last_seen_at", "-pk")
    return Rows(found.count, lambda start, stop: [_item(each) for each in ordered[start:stop]])


def item(source_id: int, item_id: int) -> ItemRow:
    """One item. Raises `QuarantinedUnknown`."""
    found = QuarantinedItem.objects.filter(source=source_id, pk=item_id).first()
    if found is None:
        raise QuarantinedUnknown(f"There is no item {item_id} of source {source_id}.", item=item_id)
    return _item(found)


def reasons_of(source_id: int) -> list[tuple[str, int]]:
    """How many items wait for each reason, the commonest first."""
    waiting = QuarantinedItem.objects.filter(source=source_id, state=State.WAITING)
    counted = waiting.values_list("code").annotate(number=Count("pk"))
    return [(code, number) for code, number in counted.order_by("-number", "code")]


def _counted() -> QuerySet[Any]:
    waiting = Count("quarantine", filter=Q(quarantine__state=State.WAITING))
    return ImportSource.objects.annotate(waiting=waiting)


def _row(found: Any) -> SourceRow:
    return SourceRow(
        id=found.pk,
        url=found.url,
        sites=tuple(found.sites),
        every_hours=found.every_hours,
        is_paused=found.is_paused,
        is_busy=bool(found.busy_until and found.busy_until > timezone.now()),
        due_at=found.due_at,
        looked_at=found.looked_at,
        failures=found.failures,
        failure=found.failure,
        records=found.records,
        records_before=found.records_before,
        waiting=found.waiting,
        left_out=found.left_out,
    )


def _item(found: QuarantinedItem) -> ItemRow:
    return ItemRow(
        id=found.pk,
        code=found.code,
        why=found.why,
        excerpt=found.excerpt,
        can_be_let_in=bool(found.record),
        first_seen_at=found.first_seen_at,
        last_seen_at=found.last_seen_at,
        state=found.state,
        decided_by=found.decided_by,
        decided_at=found.decided_at,
    )
