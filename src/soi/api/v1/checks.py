"""`GET /api/v1/checks`: published checks, of this desk and of others."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Field, Query, Router

from soi.answer.as_data import check_data
from soi.answer.statements import check_card
from soi.api.v1.editions import edition_data
from soi.api.v1.errors import CheckUnknown
from soi.api.v1.reading import (
    Moment,
    Page,
    Words,
    admit_reader,
    changed,
    like,
    page_of,
    place_in,
    reads,
)
from soi.api.v1.records import Checks, CheckWithEditions, TopicWord, VerdictWord
from soi.checking import public
from soi.claims import queries as claims
from soi.claims.actions import OWN_KEY
from soi.claims.queries import Asked, CheckRow
from soi.publishing import sheets

router = Router()
Data = dict[str, Any]


class Wanted(Page):
    """Which checks."""

    q: Words = Field("", description="In the claim or the title, as it is written.")
    verdict: VerdictWord | None = Field(None, json_schema_extra=like("false"))
    language: Words = Field("", json_schema_extra=like("vi"))
    publisher: Words = Field("", description="A site, for instance `desk.example`.")
    topic: TopicWord | None = Field(None, description="The desk's own checks alone have topics.")
    by: Literal["desk", "others"] | None = None
    changed_since: Moment | None = Field(
        None,
        description="Only what changed at or after this time, the earliest first: a copy is kept "
        "up to date by asking again with the last `changed_at`.",
    )


@reads(
    router,
    "checks",
    Checks,
    summary="Published checks, the newest here first",
)
def list_checks(request: HttpRequest, response: HttpResponse, wanted: Query[Wanted]) -> Data:
    """Checks by filters. Withdrawn ones are not here but among the corrections."""
    admit_reader(request)
    asked = _asked(wanted)
    if wanted.changed_since:
        after = place_in(wanted, ("changed", asked), dt.datetime, int)
        rows = claims.checks_changed_after(
            asked, after=(after[0], after[1]) if after else None, limit=wanted.limit + 1
        )
        some, cursor = page_of(
            rows, wanted, ("changed", asked), lambda row: [row.stored_at.isoformat(), row.id]
        )
    else:
        before = place_in(wanted, ("checks", asked), int)
        rows = claims.checks_before(
            asked, before=before[0] if before else None, limit=wanted.limit + 1
        )
        some, cursor = page_of(rows, wanted, ("checks", asked), lambda row: [row.id])
    changed(response, max((row.stored_at for row in some), default=None))
    return {"items": [stored_data(row) for row in some], "next_cursor": cursor}


@reads(router, "checks/{int:ref}", CheckWithEditions, summary="One check")
def read_check(request: HttpRequest, response: HttpResponse, ref: int) -> Data:
    """A check with its editions, if it is the desk's own."""
    admit_reader(request)
    row = claims.check_with_id(ref)
    if row is None:
        raise CheckUnknown(f"There is no check {ref}.")
    claim = sheets.claim_of(row)
    found = public.editions(claim) if claim else []
    changed(response, row.stored_at)
    return stored_data(row) | {"editions": [edition_data(each) for each in found]}


def _asked(wanted: Wanted) -> Asked:
    """The question as the database is asked it; of a topic are only the desk's own checks."""
    keys = None
    if wanted.topic:
        keys = tuple(f"{OWN_KEY}{claim}" for claim in public.claims_about(wanted.topic))
    is_own = {"desk": True, "others": False}.get(wanted.by or "")
    return Asked(
        text=wanted.q,
        verdict=wanted.verdict or "",
        language=wanted.language,
        publisher=wanted.publisher.lower().removeprefix("www."),
        is_own=is_own,
        keys=keys,
        changed_since=wanted.changed_since,
    )


def stored_data(row: CheckRow) -> Data:
    """A check, its page in the language in which it is best read."""
    claim = sheets.claim_of(row)
    with translation.override(sheets.page_language(row.language)):
        page = settings.SOI_BASE_URL + sheets.check_path(str(row.id), row.url)
        data = check_data(check_card(row))
    return data | {"page": page, "claim_number": claim, "changed_at": row.stored_at}
