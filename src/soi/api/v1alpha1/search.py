"""`GET /api/v1alpha1/claims:search`: as Google's Fact Check Tools API answers it.

With `query` the desk's own search looks for claims, the likeliest first; with a site alone its
newest checks are listed. A check that was withdrawn is in neither.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from soi.answer.complaints import complaint
from soi.answer.rate import WINDOW, admit
from soi.answer.searching import checks_about
from soi.api.v1alpha1.asked import ArgumentInvalid, Search, search_of
from soi.claims import queries as claims
from soi.claims.queries import Asked, CheckRow

Data = dict[str, Any]
_STATUSES = {
    400: "INVALID_ARGUMENT",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
    507: "UNAVAILABLE",
}
"""Codes of google.rpc.Code by HTTP status."""


@csrf_exempt
def search(request: HttpRequest) -> HttpResponse:
    """The claims that are asked for, and the token of the next page if there is one."""
    if request.method not in ("GET", "HEAD"):
        response = _error(405, "method_not_allowed", "Claims are searched by GET.")
        response["Allow"] = "GET, HEAD"
        return response
    try:
        asked = search_of(request.GET.dict())
        admit(request)
        found = _searched(asked) if asked.query else _listed(asked)
    except ArgumentInvalid as error:
        return _error(400, "request_invalid", str(error))
    except Exception as error:
        with translation.override("en"):
            told = complaint(error)
        if told is None:
            raise
        response = _error(told.http_status, told.code, f"{told.what}. {told.why}")
        if told.http_status == 429:
            response["Retry-After"] = str(getattr(error, "params", {}).get("seconds", WINDOW))
        return response
    return _json(found)


def _searched(asked: Search) -> Data:
    """What the search finds; there is an end to it, so pages are counted from the start."""
    oldest = _oldest(asked)
    rows = [row for row in checks_about(asked.query) if _fits(row, asked, oldest)]
    start = asked.offset if asked.place is None else asked.place
    end = start + asked.page_size
    return _answer(rows[start:end], asked.token(end) if len(rows) > end else "")


def _fits(row: CheckRow, asked: Search, oldest: dt.date | None) -> bool:
    """Whether a check is among those asked for; one without a date has no age."""
    days = [day for day in (row.claimed_on, row.published_on, row.modified_on) if day]
    return (
        (not asked.language or row.language.lower().split("-")[0] == asked.language)
        and (not asked.site or row.publisher_site == asked.site)
        and (oldest is None or (bool(days) and max(days) >= oldest))
    )


def _listed(asked: Search) -> Data:
    """The newest checks of a site; a page begins below the number of the last one before it."""
    rows = claims.checks_before(
        Asked(language=asked.language, publisher=asked.site, dated_since=_oldest(asked)),
        before=asked.place,
        limit=asked.page_size + 1,
        skip=asked.offset,
    )
    some = rows[: asked.page_size]
    return _answer(some, asked.token(some[-1].id) if len(rows) > len(some) else "")


def _oldest(asked: Search) -> dt.date | None:
    if not asked.max_age_days:
        return None
    return timezone.localdate() - dt.timedelta(days=asked.max_age_days)


def _answer(rows: list[CheckRow], token: str) -> Data:
    """As Google's: what is empty is left out, also the list of claims."""
    return _filled({"claims": [_claim(row) for row in rows], "nextPageToken": token})


def _claim(row: CheckRow) -> Data:
    review = {
        "publisher": _filled({"name": row.publisher_name, "site": row.publisher_site}),
        "url": row.url,
        "title": row.title,
        "reviewDate": _time(row.modified_on or row.published_on),
        "textualRating": row.verdict_words,
        "languageCode": row.language,
    }
    # There is no claimant: the desk keeps no names of those who said something (charter rule C4).
    return _filled(
        {"text": row.claim, "claimDate": _time(row.claimed_on), "claimReview": [_filled(review)]}
    )


def _filled(data: Data) -> Data:
    return {name: value for name, value in data.items() if value}


def _time(day: dt.date | None) -> str:
    return f"{day.isoformat()}T00:00:00Z" if day else ""


def _error(status: int, code: str, message: str) -> HttpResponse:
    """An error as google.rpc.Status is written as JSON; `reason` is the desk's own stable code."""
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": code, "domain": "soi"}
    response = _json(
        {
            "error": {
                "code": status,
                "message": message,
                "status": _STATUSES.get(status, "INTERNAL" if status >= 500 else "UNKNOWN"),
                "details": [info],
            }
        }
    )
    response.status_code = status
    return response


def _json(data: Data) -> HttpResponse:
    content = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    response = HttpResponse(content, content_type="application/json; charset=UTF-8")
    # What somebody looks for is nobody else's: no shared cache keeps it.
    response["Cache-Control"] = "private, no-store"
    response["Access-Control-Allow-Origin"] = "*"
    return response
