"""The door that a source's checks come through, and the room in which the others wait.

Each fault is kept once, however often the file is read; so many wait for each source at most, and
what there is no room for is counted. People decide on what waits: to let it in, or to dismiss it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from soi.claims import actions as claims
from soi.claims.actions import Origin
from soi.claims.queries import allowed_sites
from soi.core.formats import CheckRecord, Refusal, read_jsonl, write_jsonl
from soi.journal.actions import Entry, append
from soi.publishing.errors import (
    QuarantinedDecided,
    QuarantinedUnknown,
    QuarantinedUnreadable,
    StillNotAllowed,
)
from soi.publishing.importing import Refused
from soi.publishing.models import ImportRun, ImportSource, QuarantinedItem
from soi.publishing.sources import rules

ROOM: Final = 1000
"""Items of one source that may wait."""
_EVERY_DATE = dt.date(9000, 1, 1)

State = QuarantinedItem.State


class FromSource:
    """What a source brings: its own publishers, dated today at the latest."""

    today: dt.date | None = _EVERY_DATE  # the reader leaves nothing out: `judge` sees every date

    def __init__(self, source_id: int, url: str, sites: Sequence[str]) -> None:
        self.source_id: int | None = source_id
        self._source = source_id
        self._url = url
        self._sites = frozenset(sites)
        self._allowed = allowed_sites()
        self._today = timezone.now().astimezone(dt.UTC).date()

    def origin(self, run: ImportRun) -> Origin:
        """The address, and when this file was fetched."""
        return Origin(self._url, run.started_at, is_feed=True)

    def judge(self, record: CheckRecord) -> Refusal | None:
        """By the publishers of the source, the allow list, and the day."""
        return rules.judge(record, sites=self._sites, allowed=self._allowed, today=self._today)

    def begin(self, run: ImportRun) -> None:
        """Nothing: what was refused before waits in the quarantine."""

    def keep(self, run: ImportRun, refused: Sequence[Refused]) -> None:
        """Keep what is new of them, while there is room."""
        hold(self._source, refused)


def hold(source_id: int, refused: Sequence[Refused]) -> None:
    """Put refusals into the quarantine of a source; what is there already is seen once more."""
    now = timezone.now()
    items = {item.fingerprint: item for item in (_item(source_id, each, now) for each in refused)}
    known = QuarantinedItem.objects.filter(source=source_id, fingerprint__in=list(items))
    there = set(known.values_list("fingerprint", flat=True))
    known.update(last_seen_at=now)
    fresh = [item for fingerprint, item in items.items() if fingerprint not in there]
    if not fresh:
        return
    waiting = QuarantinedItem.objects.filter(source=source_id, state=State.WAITING).count()
    room = max(0, ROOM - waiting)
    QuarantinedItem.objects.bulk_create(fresh[:room], batch_size=500)
    if len(fresh) > room:
        source = ImportSource.objects.filter(pk=source_id)
        source.update(left_out=F("left_out") + len(fresh) - room)


def _item(source_id: int, refused: Refused, now: dt.datetime) -> QuarantinedItem:
    refusal, record = refused.refusal, _line(refused.record)
    content = record or f"{refusal.why}\n{refusal.excerpt}"
    return QuarantinedItem(
        source_id=source_id,
        fingerprint=hashlib.sha256(f"{refusal.code}\n{content}".encode()).hexdigest(),
        code=refusal.code,
        why=refusal.why[:500],
        excerpt=refusal.excerpt[:200],
        record=record,
        first_seen_at=now,
        last_seen_at=now,
    )


def _line(record: CheckRecord | None) -> str:
    if record is None:
        return ""
    stream = io.BytesIO()
    write_jsonl([record], stream)
    return stream.getvalue().decode()


@transaction.atomic
def let_in(source_id: int, item_id: int, *, by: str) -> None:
    """Store a check that waits, on somebody's word; dates in the future are left out of it.

    The publisher has to be allowed at the desk, though not for this source. Raises
    `QuarantinedUnknown`, `QuarantinedDecided`, `QuarantinedUnreadable` for what is no check as it
    stands, and `StillNotAllowed`.
    """
    item = _locked(source_id, item_id)
    found = list(read_jsonl(io.BytesIO(item.record.encode()), today=_EVERY_DATE))
    if not found or not isinstance(found[0], CheckRecord):
        raise QuarantinedUnreadable("What waits can't be read as a check.", item=item_id)
    record = found[0]
    if record.publisher_site not in allowed_sites():
        raise StillNotAllowed("The publisher is not allowed.", site=record.publisher_site)
    today = timezone.now().astimezone(dt.UTC).date()
    origin = Origin(item.source.url, item.last_seen_at)
    claims.store_checks([rules.without_dates_ahead(record, today=today)], by=by, origin=origin)
    _decide(item, State.LET_IN, by)
    append([Entry("quarantine.let_in", "quarantine", item.pk, after=item.fingerprint)], by=by)


@transaction.atomic
def dismiss(source_id: int, item_id: int, *, by: str) -> None:
    """Leave out for good what waits; it is not asked about again as long as it stays the same.

    Raises `QuarantinedUnknown`, `QuarantinedDecided`.
    """
    item = _locked(source_id, item_id)
    _decide(item, State.DISMISSED, by)
    append([Entry("quarantine.dismissed", "quarantine", item.pk, before=item.fingerprint)], by=by)


def _locked(source_id: int, item_id: int) -> QuarantinedItem:
    items = QuarantinedItem.objects.select_for_update(of=("self",)).select_related("source")
    item = items.filter(source=source_id, pk=item_id).first()
    if item is None:
        raise QuarantinedUnknown(f"There is no item {item_id} of source {source_id}.", item=item_id)
    if item.state != State.WAITING:
        raise QuarantinedDecided("Somebody has decided on it already.", item=item_id)
    return item


def _decide(item: QuarantinedItem, state: QuarantinedItem.State, by: str) -> None:
    item.state, item.decided_by, item.decided_at = state, by[:100], timezone.now()
    item.save(update_fields=["state", "decided_by", "decided_at"])
