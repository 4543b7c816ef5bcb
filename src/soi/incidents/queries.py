"""All reads of notices and recovery keys. Rows leave as frozen values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import Max, Q, QuerySet

from soi.core.ledger import digest
from soi.core.rows import Rows
from soi.incidents import statements
from soi.incidents.errors import NoticeUnknown
from soi.incidents.models import Drill, Notice, RecoveryKey
from soi.incidents.types import PUBLIC, DrillRow, KeyRow, Named, NoticeRow, NoticeState
from soi.register.queries import compromised_ids

_PUBLIC = [each.value for each in PUBLIC]


def notice_with_id(notice_id: int) -> NoticeRow:
    """One notice, whatever its state. Raises `NoticeUnknown`."""
    found = _notices().filter(pk=notice_id).first() if 0 < notice_id < 2**63 else None
    if found is None:
        raise NoticeUnknown(f"There is no notice {notice_id}.", notice=notice_id)
    return row_of(found)


def public_notice(notice_id: int) -> NoticeRow:
    """One notice that is or was in force. Raises `NoticeUnknown`."""
    row = notice_with_id(notice_id)
    if row.state not in PUBLIC:
        raise NoticeUnknown(f"There is no notice {notice_id}.", notice=notice_id)
    return row


def public_notices(*, organisation: str = "") -> Rows[NoticeRow]:
    """Notices that are or were in force, the newest first, to be read page by page."""
    found = _notices().filter(state__in=_PUBLIC).order_by("-published_at", "-pk")
    if organisation:
        found = found.filter(organisation=organisation)
    return Rows(found.count, lambda start, stop: [row_of(each) for each in found[start:stop]])


def public_notices_before(
    before: tuple[dt.datetime, int] | None = None, *, organisation: str = "", limit: int
) -> list[NoticeRow]:
    """The next of these notices, the newest first: `before` is when the last one that was read was
    published, with its number."""
    found = _notices().filter(state__in=_PUBLIC)
    if organisation:
        found = found.filter(organisation=organisation)
    if before is not None:
        at, number = before
        found = found.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=number))
    return [row_of(each) for each in found.order_by("-published_at", "-pk")[:limit]]


def notices_of(organisation: str) -> list[NoticeRow]:
    """Every notice of an organisation that was not discarded: for its keepers and the desk."""
    found = _notices().filter(organisation=organisation)
    return [row_of(each) for each in found.exclude(state=NoticeState.DISCARDED).order_by("pk")]


def standing_notices(*, organisation: str = "") -> list[NoticeRow]:
    """Notices in force of which something is still in other hands, the newest first.

    The register is believed: what it says has come back is warned of no longer.
    """
    found = _notices().filter(state=NoticeState.PUBLISHED).order_by("-published_at", "-pk")
    if organisation:
        found = found.filter(organisation=organisation)
    rows = [row_of(each) for each in found]
    taken = compromised_ids({named.id for row in rows for named in row.untrusted})
    return [row for row in rows if any(named.id in taken for named in row.untrusted)]


def notices_about(holding_ids: Collection[int]) -> dict[int, NoticeRow]:
    """By holding, the newest notice in force that warns of it; one query, none for no holding."""
    if not holding_ids:
        return {}
    wanted = set(holding_ids)
    found: dict[int, NoticeRow] = {}
    for each in _notices().filter(state=NoticeState.PUBLISHED).order_by("published_at", "pk"):
        row = row_of(each)
        found |= {named.id: row for named in row.untrusted if named.id in wanted}
    return found


def key_of(organisation: str) -> KeyRow | None:
    """The recovery key of an organisation that works, None when there is none."""
    found = RecoveryKey.objects.filter(organisation=organisation, withdrawn_at=None).first()
    return key_row(found) if found else None


def keys_of(organisations: Collection[str]) -> dict[str, KeyRow]:
    """The recovery keys that work, by organisation; one query."""
    found = RecoveryKey.objects.filter(organisation__in=organisations, withdrawn_at=None)
    return {each.organisation: key_row(each) for each in found}


def drills_of(organisation: str) -> list[DrillRow]:
    """When an organisation practised, the latest first; at most 20."""
    found = Drill.objects.filter(notice__organisation=organisation).order_by("-at", "-pk")
    return [DrillRow(each.at, each.by, each.seconds) for each in found[:20]]


def public_digests() -> Iterator[tuple[int, str]]:
    """The number of every notice that was not discarded, with the SHA-256 in hex of its record."""
    found = _notices().exclude(state=NoticeState.DISCARDED).order_by("pk")
    for each in found.iterator(chunk_size=500):
        yield each.pk, public_digest(row_of(each))


def public_digest(row: NoticeRow) -> str:
    """SHA-256 in hex of a notice's record, as the public log has it."""
    return digest(statements.record_of(row)).hex()


def _notices() -> QuerySet[Notice]:
    return Notice.objects.select_related("key").annotate(drilled_at=Max("drills__at"))


def row_of(notice: Notice) -> NoticeRow:
    """The notice as others see it."""
    return NoticeRow(
        id=notice.pk,
        organisation=notice.organisation,
        state=NoticeState(notice.state),
        untrusted=_named(notice.untrusted),
        trusted=_named(notice.trusted),
        words=notice.words,
        words_en=notice.words_en,
        prepared_at=notice.prepared_at,
        prepared_by=notice.prepared_by,
        prepared_note=notice.prepared_note,
        key=notice.key.key,
        since=notice.since,
        published_at=notice.published_at,
        published_by=notice.published_by,
        note=notice.note,
        ended_at=notice.ended_at,
        ended_by=notice.ended_by,
        reason=notice.reason,
        is_demo=notice.is_demo,
        drilled_at=getattr(notice, "drilled_at", None),
        incident_id=notice.incident_id,
    )


def _named(found: Iterable[dict[str, Any]]) -> tuple[Named, ...]:
    return tuple(Named(each["id"], each["kind"], each["platform"], each["value"]) for each in found)


def key_row(key: RecoveryKey) -> KeyRow:
    """The key as others see it."""
    return KeyRow(
        id=key.pk,
        organisation=key.organisation,
        handle=key.handle,
        key=key.key,
        made_at=key.made_at,
        made_by=key.made_by,
        withdrawn_at=key.withdrawn_at,
    )
