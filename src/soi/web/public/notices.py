"""The pages of notices: what is in force, one notice, and the way to publish one in an emergency.

The emergency pages need no session: the recovery code is the key. They set no cookie; the code
stands in no address and no log, and goes back to the page only so that it need not be typed twice.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from soi.answer import wording
from soi.answer.complaints import Complaint, complaint
from soi.answer.rate import admit
from soi.core.ledger import canonical_json
from soi.incidents import actions, queries, rules, statements
from soi.incidents.errors import NoticeInvalid
from soi.incidents.types import NoticeRow, NoticeState
from soi.register.queries import names_of
from soi.register.types import OrganisationRow
from soi.web.public.caching import AT_ONCE, conditional, for_programs, kept
from soi.web.public.origins import private, refuse_other_sites

PAGE = 30
FEED = 50
_SALT = "soi.emergency"
_SINCE: dict[str, dt.timedelta] = {
    "now": dt.timedelta(),
    "hour": dt.timedelta(hours=1),
    "hours": dt.timedelta(hours=6),
    "day": dt.timedelta(days=1),
    "days": dt.timedelta(days=3),
}
_JSON, _TEXT = "application/json", "text/plain; charset=utf-8"
_NEVER_OLD = "public, no-cache"


@require_safe
@kept(AT_ONCE)
def index(request: HttpRequest) -> HttpResponse:
    """Every notice that is or was in force, what is in force first."""
    page = Paginator(queries.public_notices(), PAGE).get_page(request.GET.get("page"))
    standing = queries.standing_notices()
    context = {
        "page": page,
        "standing": standing,
        "in_force": {row.id for row in standing},
        "organisations": names_of({row.organisation for row in (*page.object_list, *standing)}),
    }
    return render(request, "notices/index.html", context)


@require_safe
@kept(AT_ONCE)
def notice(request: HttpRequest, ref: int) -> HttpResponse:
    """One notice that is or was in force, with its signatures."""
    row = queries.public_notice(ref)
    context = {
        "notice": row,
        "organisation": names_of([row.organisation]).get(row.organisation),
        "is_standing": row.id in {each.id for each in queries.standing_notices()},
    }
    return render(request, "notices/notice.html", context)


@require_safe
def record(request: HttpRequest, ref: int) -> HttpResponse:
    """A notice as data: the very bytes whose hash is in the public log."""
    content = canonical_json(statements.record_of(queries.public_notice(ref)))
    return _file(request, content, _JSON)


@require_safe
def note(request: HttpRequest, ref: int) -> HttpResponse:
    """A notice as it was signed (C2SP signed-note), to be verified with its key."""
    row = queries.public_notice(ref)
    return _file(request, (row.note or row.prepared_note).encode(), _TEXT)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest notices as a JSON Feed (version 1.1), for bots and other sites."""
    rows = queries.public_notices()[:FEED]
    standing = {row.id for row in queries.standing_notices()}
    known = names_of({row.organisation for row in rows})
    home = settings.SOI_BASE_URL
    content = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": gettext("Notices"),
        "home_page_url": home + reverse("public:notices"),
        "feed_url": home + reverse("notices-feed"),
        "items": [_item(row, known, is_standing=row.id in standing) for row in rows],
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = _NEVER_OLD
    return for_programs(conditional(request, response))


def _item(
    row: NoticeRow, known: dict[str, OrganisationRow], *, is_standing: bool
) -> dict[str, Any]:
    address = settings.SOI_BASE_URL + reverse("public:notice", args=[row.id])
    changed = row.ended_at or row.published_at
    organisation = known.get(row.organisation)
    title = gettext("%(organisation)s: do not trust %(names)s") % {
        "organisation": organisation.name if organisation else row.organisation,
        "names": wording.real_ones(row.untrusted),
    }
    return {
        "id": address,
        "url": address,
        "title": title,
        "content_text": row.note or row.prepared_note,
        "date_published": row.published_at.isoformat() if row.published_at else None,
        "date_modified": changed.isoformat() if changed else None,
        "_soi": statements.record_of(row) | {"in_force": is_standing},
    }


def _file(request: HttpRequest, content: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind, headers={"Cache-Control": _NEVER_OLD})
    return for_programs(conditional(request, response))


@csrf_exempt
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def emergency(request: HttpRequest) -> HttpResponse:
    """Publish a prepared notice, or practise, or take one back, with the recovery code alone.

    First the code, then what to do: two posts and three taps. What can't be done comes back with
    the reason, and the code need not be typed again unless it was the code.
    """
    if request.method != "POST":
        return private(render(request, "notices/code.html", {"opened": _stamp()}))
    try:
        refuse_other_sites(request)
        admit(request)
        key, rows = actions.kit_behind(request.POST.get("code", ""))
    except Exception as error:
        return _code_again(request, error)
    wrong: Complaint | None = None
    done: NoticeRow | None = None
    step = request.POST.get("step", "")
    if step in _STEPS:
        try:
            done = _STEPS[step](request)
        except Exception as error:
            wrong = complaint(error)
            if wrong is None:
                raise
    if done is not None and step != "drill":
        return private(redirect("public:notice", ref=done.id))
    context = {
        "organisation": names_of([key.organisation]).get(key.organisation),
        "prepared": [row for row in rows if row.state is NoticeState.PREPARED],
        "published": [row for row in rows if row.state is NoticeState.PUBLISHED],
        "code": request.POST.get("code", "")[:100],
        "opened": request.POST.get("opened", "")[:200],
        "since": list(_SINCE),
        "given": {name: request.POST.get(name, "")[:600] for name in ("notice", "since", "reason")},
        "error": wrong,
        "drilled": done,
        "seconds": _seconds(request) if done else None,
        "reason_limit": rules.REASON_LIMIT,
    }
    page = render(request, "notices/emergency.html", context)
    page.status_code = wrong.http_status if wrong else 200
    return private(page)


def _code_again(request: HttpRequest, error: Exception) -> HttpResponse:
    told = complaint(error)
    if told is None:
        raise error
    opened = request.POST.get("opened", "")[:200]
    context = {"error": told, "opened": opened, "code": request.POST.get("code", "")[:100]}
    return private(render(request, "notices/code.html", context, status=told.http_status))


def _stamp() -> str:
    """When the page was opened, so that a drill can say how long it took; nobody can alter it."""
    return signing.dumps(int(time.time()), salt=_SALT)


def _seconds(request: HttpRequest) -> int | None:
    try:
        opened = signing.loads(request.POST.get("opened", ""), salt=_SALT, max_age=3600)
    except signing.BadSignature:
        return None
    return max(0, int(time.time()) - int(opened))


def _publish(request: HttpRequest) -> NoticeRow:
    return actions.publish_with_code(
        request.POST.get("code", ""), _chosen(request), since=since_of(request)
    )


def _drill(request: HttpRequest) -> NoticeRow:
    since_of(request)
    return actions.drill_with_code(
        request.POST.get("code", ""), _chosen(request), seconds=_seconds(request)
    )


def _take_back(request: HttpRequest) -> NoticeRow:
    return actions.end_with_code(
        request.POST.get("code", ""),
        _chosen(request),
        reason=request.POST.get("reason", ""),
        was_right=request.POST.get("was_right") == "1",
    )


_STEPS = {"publish": _publish, "drill": _drill, "end": _take_back}


def _chosen(request: HttpRequest) -> int:
    number = request.POST.get("notice", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise NoticeInvalid("No notice was chosen.", reason="nothing_chosen")
    return int(number)


def since_of(request: HttpRequest) -> dt.datetime:
    """Since when: so long ago, or the moment that was typed, in the desk's time zone."""
    said = request.POST.get("since", "now")
    if said in _SINCE:
        return timezone.now() - _SINCE[said]
    try:
        at = parse_datetime(request.POST.get("moment", "")[:40])
    except ValueError:
        at = None
    if at is None:
        raise NoticeInvalid("That is no date and time.", reason="since_unreadable")
    return at if timezone.is_aware(at) else timezone.make_aware(at)
