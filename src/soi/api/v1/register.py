"""`GET /api/v1/organisations`: the directory, and what was whose on any day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from ninja import Field, P, PathEx, Query, Router, Schema

from soi.api.v1.reading import AT_ONCE, Page, Words, admit_reader, like, page_of, place_in, reads
from soi.api.v1.records import Organisations, OrganisationWithHoldings, StandingWord
from soi.register import queries, rules
from soi.register.types import HoldingRow, OrganisationRow, Standing

router = Router()
Data = dict[str, Any]
Slug = PathEx[str, P(description="Its short name.", example="songxanhbank")]


class Wanted(Page):
    """Which organisations."""

    q: Words = Field(
        "", description="In a name, as it is written.", json_schema_extra=like("Sông Xanh")
    )


class Day(Schema):
    """How holdings stood when."""

    on: dt.date | None = Field(
        None, description="A day; today when it is not said.", json_schema_extra=like("2026-06-01")
    )
    standing: StandingWord | None = Field(
        None,
        description="Only those that stood so: `official` was theirs on that day.",
        json_schema_extra=like("official"),
    )


@reads(
    router,
    "organisations",
    Organisations,
    summary="The directory of organisations, by short name",
)
def list_organisations(request: HttpRequest, wanted: Query[Wanted]) -> Data:
    """Organisations by short name, which never changes."""
    admit_reader(request)
    asked = ("organisations", wanted.q)
    after = place_in(wanted, asked, str)
    rows = queries.organisations_after(
        after[0] if after else "", text=wanted.q, limit=wanted.limit + 1
    )
    some, cursor = page_of(rows, wanted, asked, lambda row: [row.slug])
    return {"items": [_organisation_data(row) for row in some], "next_cursor": cursor}


@reads(
    router,
    "organisations/{slug:slug}",
    OrganisationWithHoldings,
    summary="One organisation and what was its own on a day",
    cached=AT_ONCE,
)
def read_organisation(request: HttpRequest, slug: Slug, wanted: Query[Day]) -> Data:
    """Everything that is or was confirmed as theirs. What is only proposed is not here."""
    admit_reader(request)
    found = queries.known_organisation(slug)
    day = wanted.on or timezone.localdate()
    stood = [(row, rules.standing(row, day, row.periods)) for row in queries.history_of(slug)]
    owns = [
        _holding_data(row, standing, day)
        for row, standing in stood
        if standing is not Standing.PROPOSED and wanted.standing in (None, standing.value)
    ]
    return _organisation_data(found) | {"on": day, "owns": owns}


def _organisation_data(row: OrganisationRow) -> Data:
    with translation.override(settings.LANGUAGE_CODE):
        page = reverse("public:organisation", args=[row.slug])
    return {
        "slug": row.slug,
        "name": row.name,
        "name_en": row.name_en,
        "aliases": row.aliases,
        "holdings": row.holdings,
        "page": settings.SOI_BASE_URL + page,
        "record": settings.SOI_BASE_URL + reverse("record", args=[row.slug]),
        "is_demo": row.is_demo,
    }


def _holding_data(row: HoldingRow, standing: Standing, day: dt.date) -> Data:
    value = next((each.value for each in row.former_names if day <= each.until), row.value)
    with translation.override(settings.LANGUAGE_CODE):
        badge = reverse("public:badge", args=[row.organisation, row.id])
    return {
        "id": row.id,
        "kind": row.kind.value,
        "platform": row.platform,
        "platform_id": row.platform_id,
        "value": value,
        "bank": row.bank,
        "standing": standing.value,
        "state": row.state.value,
        "is_vouched": row.is_vouched,
        "proved_by": row.proved_by,
        "handed_to": row.handed_to,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "compromised_from": row.compromised_from,
        "doubted_from": row.doubted_from,
        "verified_on": row.verified_on,
        "note": row.note,
        "periods": [
            {"kind": each.kind.value, "since": each.since, "until": each.until}
            for each in row.periods
        ],
        "badge": settings.SOI_BASE_URL + badge,
        "is_demo": row.is_demo,
    }
