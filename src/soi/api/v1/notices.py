"""`GET /api/v1/notices`: what organisations say of holdings that are in other hands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from ninja import Field, Query, Router

from soi.api.v1.reading import (
    AT_ONCE,
    Page,
    Words,
    admit_reader,
    changed,
    like,
    page_of,
    place_in,
    reads,
)
from soi.api.v1.records import Notices, PublicNotice
from soi.incidents import queries
from soi.incidents.types import Named, NoticeRow

router = Router()
Data = dict[str, Any]


class Wanted(Page):
    """Which notices."""

    organisation: Words = Field("", json_schema_extra=like("songxanhbank"))


@reads(
    router,
    "notices",
    Notices,
    summary="Notices that are or were in force, the newest first",
    cached=AT_ONCE,
)
def list_notices(request: HttpRequest, response: HttpResponse, wanted: Query[Wanted]) -> Data:
    """What organisations say, with whether it still warns."""
    admit_reader(request)
    asked = ("notices", wanted.organisation)
    before = place_in(wanted, asked, dt.datetime, int)
    rows = queries.public_notices_before(
        (before[0], before[1]) if before else None,
        organisation=wanted.organisation,
        limit=wanted.limit + 1,
    )
    some, cursor = page_of(rows, wanted, asked, _place)
    standing = {row.id for row in queries.standing_notices()}
    changed(response, max(filter(None, map(_changed, some)), default=None))
    return {
        "items": [_data(row, is_standing=row.id in standing) for row in some],
        "next_cursor": cursor,
    }


@reads(router, "notices/{int:ref}", PublicNotice, summary="One notice", cached=AT_ONCE)
def read_notice(request: HttpRequest, response: HttpResponse, ref: int) -> Data:
    """One notice that is or was in force."""
    admit_reader(request)
    row = queries.public_notice(ref)
    standing = {each.id for each in queries.standing_notices(organisation=row.organisation)}
    changed(response, _changed(row))
    return _data(row, is_standing=row.id in standing)


def _place(row: NoticeRow) -> list[Any]:
    return [row.published_at.isoformat() if row.published_at else "", row.id]


def _changed(row: NoticeRow) -> dt.datetime | None:
    return row.ended_at or row.published_at


def _data(row: NoticeRow, *, is_standing: bool) -> Data:
    with translation.override(settings.LANGUAGE_CODE):
        page = reverse("public:notice", args=[row.id])
    return {
        "id": row.id,
        "organisation": row.organisation,
        "state": row.state.value,
        "in_force": is_standing,
        "since": row.since,
        "published_at": row.published_at,
        "ended_at": row.ended_at,
        "reason": row.reason if row.ended_at else "",
        "not_trusted": _named(row.untrusted),
        "trust_only": _named(row.trusted),
        "words": row.words,
        "words_en": row.words_en,
        "page": settings.SOI_BASE_URL + page,
        "record": settings.SOI_BASE_URL + reverse("notice-record", args=[row.id]),
        "is_demo": row.is_demo,
    }


def _named(found: Iterable[Named]) -> list[Data]:
    return [
        {"holding": e.id, "kind": e.kind, "platform": e.platform, "value": e.value} for e in found
    ]
