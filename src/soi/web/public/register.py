"""The directory of organisations: pages, the box "is this theirs?", files and badges.

The box takes a post and no address, so that what somebody asks about stands in no log; it sets no
cookie and stores nothing. Files are for programs, the same for both languages.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.answer.ownership import NAME_LIMIT, whose
from soi.answer.rate import WINDOW, admit
from soi.core.formats import HoldingKind, write_register_csv
from soi.core.formats.register_csv import COLUMNS, cells_of
from soi.core.formats.table import write_rows
from soi.incidents import queries as incidents
from soi.publishing import register as published
from soi.register import queries
from soi.register import rules as register_rules
from soi.register.queries import OrganisationRow
from soi.register.trusttxt import trusttxt_of
from soi.register.types import ChangeRow, HoldingRow, Standing
from soi.web.public.badge import badge_of
from soi.web.public.caching import AT_ONCE, MINUTE, conditional, for_programs, kept
from soi.web.ui.register_words import PROOFS

PAGE = 20
CHANGES = 50
NOTICES = 20
"""Past notices that stand on an organisation's page."""
FOR_MINUTES = "public, max-age=300"
NEVER_OLD = "public, no-cache"
"""What warns of a name that was taken is asked for again each time."""
NOW = "no-cache"
"""A badge is asked for anew each time: what was taken must not look well for five minutes more."""

_KIND_ORDER = {kind: place for place, kind in enumerate(HoldingKind)}
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@csrf_exempt
@_get_or_post
@kept(MINUTE)
def organisations(request: HttpRequest) -> HttpResponse:
    """The directory of organisations, and whose a name is or was."""
    query = request.GET.get("q", "")[:200]
    found = queries.organisations(text=query.replace("\0", ""))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return _with_box(request, "public/organisations.html", {"page": page, "query": query})


@csrf_exempt
@_get_or_post
@kept(AT_ONCE)
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation and everything that is or was its own, and whether a name is among it."""
    found = queries.organisation_with_slug(slug)
    if found is None:
        raise Http404
    context: dict[str, Any] = {
        "organisation": found,
        "holdings": _sorted(queries.history_of(slug)),
        "base_url": settings.SOI_BASE_URL,
        "warnings": incidents.standing_notices(organisation=slug),
        "notices": incidents.public_notices(organisation=slug)[:NOTICES],
    }
    return _with_box(request, "public/organisation.html", context, found)


def _sorted(rows: list[HoldingRow]) -> list[HoldingRow]:
    """The kinds in the order in which people look for them, what ended last of each."""
    today = timezone.localdate()
    order = list(Standing)

    def place(row: HoldingRow) -> tuple[int, int, str]:
        standing = register_rules.standing(row, today)
        return _KIND_ORDER[row.kind], order.index(standing), row.key

    return sorted(rows, key=place)


def _with_box(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    organisation: OrganisationRow | None = None,
) -> HttpResponse:
    """The page; after a post with what is known of the name."""
    today, error = timezone.localdate(), None
    context |= {"today": today, "limit": NAME_LIMIT, "asked": "", "day": today, "whose": None}
    if request.method == "POST":
        name, day = request.POST.get("name", ""), _day(request.POST.get("on", ""), today)
        context |= {"asked": name[:NAME_LIMIT], "day": day}
        try:
            admit(request)
            slug = organisation.slug if organisation else ""
            context["whose"] = whose(name, on=day, organisation=slug)
        except Exception as refused:
            error = _told(refused)
    context["error"] = error
    response = render(request, template, context, status=error.http_status if error else 200)
    if request.method == "POST":
        response["Cache-Control"] = "no-store"
        if error and error.code == "rate_limited":
            response["Retry-After"] = str(WINDOW)
    return response


def _told(error: Exception) -> Complaint:
    told = complaint(error)
    if told is None:
        raise error
    return told


def _day(text: str, today: dt.date) -> dt.date:
    """The day that is asked about; today for none and for what is no day."""
    try:
        return parse_date(text.strip()[:10]) or today
    except ValueError:
        return today


@require_safe
@kept(MINUTE)
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Every change of an organisation's register that is public, the newest first."""
    found = queries.organisation_with_slug(slug)
    if found is None:
        raise Http404
    page = Paginator(queries.changes_of(slug), CHANGES).get_page(request.GET.get("page"))
    context = {
        "organisation": found,
        "page": page,
        "changes": [(each, _differences(each)) for each in page.object_list],
    }
    return render(request, "public/organisation_history.html", context)


_UNSHOWN = frozenset({"organisation", "is_demo", "kind", "platform"})
"""What stands in the change's own line, or in words."""


def _differences(change: ChangeRow) -> list[tuple[str, object, object]]:
    """What a change changed: field, before, after; nothing where it came or went as a whole."""
    before, after = change.before, change.after
    if before is None or after is None:
        return []
    fields = [name for name in after if name not in _UNSHOWN and before.get(name) != after[name]]
    return [(name, _shown(before.get(name)), _shown(after[name])) for name in fields]


def _shown(value: object) -> object:
    """A list of proofs in words; anything else as it is."""
    if isinstance(value, list):
        return [PROOFS.get(str(each), str(each)) for each in value]
    return value


@require_safe
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation's public record: the very bytes whose hash is in the log."""
    return _file(request, _record(slug), "application/json", NEVER_OLD)


@require_safe
def record_signature(request: HttpRequest, slug: str) -> HttpResponse:
    """The signed note that says that the record is the desk's, and of when."""
    content = published.signature(slug, _record(slug))
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = NOW
    return for_programs(response)


def _record(slug: str) -> bytes:
    content = published.record(slug)
    if content is None:
        raise Http404
    return content


@require_safe
def holdings_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation's holdings as CSV."""
    if queries.organisation_with_slug(slug) is None:
        raise Http404
    stream = io.BytesIO()
    write_register_csv(queries.records_of(slug), stream)
    return _file(request, stream.getvalue(), "text/csv; charset=utf-8")


@require_safe
def trust_txt(request: HttpRequest, slug: str) -> HttpResponse:
    """The trust.txt that an organisation can publish on its main domain."""
    rows, today = queries.holdings_of(slug), timezone.localdate()
    main = queries.main_holdings(on=today, slugs=[slug]).get(slug)
    if main is None or main.kind is not HoldingKind.DOMAIN:
        raise Http404
    content = trusttxt_of(rows, domain=main.key, today=today)
    return _file(request, content, "text/plain; charset=utf-8")


@require_safe
def badge(request: HttpRequest, slug: str, ref: int) -> HttpResponse:
    """How one holding stands today, as a picture that other sites can show."""
    row = next((each for each in queries.holdings_of(slug) if each.id == ref), None)
    if row is None:
        raise Http404
    content = badge_of(row, register_rules.standing(row, timezone.localdate()))
    response = _file(request, content, "image/svg+xml", NOW)
    # Opened by itself it is a document: it may load and run nothing.
    response["Content-Security-Policy"] = "default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def all_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every holding of every organisation as CSV, streamed."""
    return _streamed(_csv_lines(), "text/csv; charset=utf-8", "register.csv")


@require_safe
def all_json(request: HttpRequest) -> StreamingHttpResponse:
    """Every organisation's record with its signature, one a line, streamed."""
    return _streamed(published.signed_lines(), "application/x-ndjson", "register.jsonl")


def _csv_lines() -> Iterator[bytes]:
    stream = _Pieces()
    write_rows(COLUMNS, map(cells_of, ()), stream)  # the header alone
    yield stream.taken()
    for row in published.holdings():
        write_rows(COLUMNS, [cells_of(row)], stream)
        yield stream.taken().partition(b"\n")[2]


class _Pieces(io.BytesIO):
    """A file that is emptied while it is written."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        content = self.getvalue()
        self.seek(0)
        self.truncate()
        return content


def _streamed(content: Iterator[bytes], kind: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _file(
    request: HttpRequest, content: bytes, kind: str, cached: str = FOR_MINUTES
) -> HttpResponse:
    """Bytes that anybody's program may read, with an ETag of their own."""
    response = HttpResponse(content, content_type=kind, headers={"Cache-Control": cached})
    return for_programs(conditional(request, response))
