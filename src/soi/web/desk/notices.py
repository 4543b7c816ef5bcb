"""The desk's pages of notices, for keepers of organisations and the desk's register people.

Here a recovery code is made and shown once, notices are prepared, and whoever is signed in may
publish one or take it back. Without a session the same is done at the public emergency page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.core.errors import SoiError
from soi.incidents import actions, queries, rules
from soi.incidents.actions import Kit
from soi.incidents.types import NoticeState
from soi.people.types import Member, Permission
from soi.register import access
from soi.register.queries import all_holdings_of, names_of, organisations
from soi.register.types import OrganisationRow
from soi.web.desk.actors import named_actors
from soi.web.desk.guard import at_desk
from soi.web.desk.qr import square
from soi.web.public.notices import since_of

PAGE = 30


@require_safe
@at_desk(Permission.KEEP_REGISTER)
def index(request: HttpRequest, member: Member) -> HttpResponse:
    """The organisations that somebody looks after, and whether each has a kit."""
    query = request.GET.get("q", "")[:200].replace("\0", "")
    rows: list[OrganisationRow] = []
    if access.is_desk(member):
        page = Paginator(organisations(text=query), PAGE).get_page(request.GET.get("page"))
        rows = list(page.object_list)
    else:
        rows = list(names_of(access.kept_by(member)).values())
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        rows = list(page.object_list)
    keys = queries.keys_of({row.slug for row in rows})
    context = {
        "page": page,
        "rows": [(row, keys.get(row.slug)) for row in rows],
        "query": query,
        "is_desk": access.is_desk(member),
        "standing": queries.standing_notices(),
    }
    return render(request, "desk/notices.html", context)


@require_safe
@at_desk(Permission.KEEP_REGISTER)
def organisation(request: HttpRequest, member: Member, slug: str) -> HttpResponse:
    """The kit and the notices of one organisation."""
    return _page(request, member, slug)


def _page(
    request: HttpRequest,
    member: Member,
    slug: str,
    *,
    error: Complaint | None = None,
    kit: Kit | None = None,
) -> HttpResponse:
    found = access.organisation_for(member, slug)
    rows = queries.notices_of(slug)
    drills = queries.drills_of(slug)
    code = kit.code.replace(" ", "") if kit else ""
    emergency = settings.SOI_BASE_URL + reverse("public:emergency")
    context: dict[str, Any] = {
        "organisation": found,
        "key": queries.key_of(slug),
        "prepared": [row for row in rows if row.state is NoticeState.PREPARED],
        "published": [row for row in rows if row.state is NoticeState.PUBLISHED],
        "past": [row for row in rows if row.state in (NoticeState.ENDED, NoticeState.RETRACTED)],
        "in_force": {row.id for row in queries.standing_notices(organisation=slug)},
        "drills": drills,
        "actors": named_actors(
            [each.by for each in drills]
            + [by for row in rows for by in (row.prepared_by, row.published_by, row.ended_by)]
        ),
        "kit": kit,
        "square": square(f"{emergency}#{code}") if kit else "",
        "emergency": emergency,
        "error": error,
        "given": {name: request.POST.get(name, "")[:600] for name in ("since", "reason")},
        "reason_limit": rules.REASON_LIMIT,
    }
    page = render(request, "desk/notices_of.html", context)
    page.status_code = error.http_status if error else 200
    return page


@require_POST
@at_desk(Permission.KEEP_REGISTER)
def kit(request: HttpRequest, member: Member, slug: str) -> HttpResponse:
    """Make a recovery code and the notices behind it; this answer alone shows the code."""
    access.organisation_for(member, slug)
    try:
        made = actions.make_kit(slug, by=member.actor)
    except SoiError as error:
        return _page(request, member, slug, error=_told(error))
    return _page(request, member, slug, kit=made)


@require_POST
@at_desk(Permission.KEEP_REGISTER)
def withdraw(request: HttpRequest, member: Member, slug: str) -> HttpResponse:
    """Let the recovery code open nothing any more."""
    access.organisation_for(member, slug)
    actions.withdraw_key(slug, by=member.actor)
    return redirect("desk:notices-of", slug=slug)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Permission.KEEP_REGISTER)
def prepare(request: HttpRequest, member: Member, slug: str) -> HttpResponse:
    """Prepare one more notice: of several accounts at once, or with words of one's own."""
    found = access.organisation_for(member, slug)
    error: Complaint | None = None
    if request.method == "POST":
        try:
            _prepare(request, member, slug)
        except SoiError as wrong:
            error = _told(wrong)
        else:
            return redirect("desk:notices-of", slug=slug)
    today = timezone.localdate()
    holdings = [each for each in all_holdings_of(slug) if rules.can_be_taken(each, on=today)]
    context = {
        "organisation": found,
        "key": queries.key_of(slug),
        "holdings": holdings,
        "untrusted": set(_numbers(request, "untrusted")),
        "trusted": set(_numbers(request, "trusted")),
        "given": {name: request.POST.get(name, "")[:600] for name in ("words", "words_en")},
        "words_limit": rules.WORDS_LIMIT,
        "error": error,
    }
    page = render(request, "desk/notice_prepare.html", context)
    page.status_code = error.http_status if error else 200
    return page


def _prepare(request: HttpRequest, member: Member, slug: str) -> None:
    code = request.POST.get("code", "")
    key, _ = actions.kit_behind(code)
    access.organisation_for(member, key.organisation)
    actions.prepare(
        code,
        _numbers(request, "untrusted"),
        _numbers(request, "trusted"),
        by=member.actor,
        words=request.POST.get("words", ""),
        words_en=request.POST.get("words_en", ""),
    )


def _numbers(request: HttpRequest, name: str) -> list[int]:
    found = request.POST.getlist(name)
    return [int(each) for each in found if each.isascii() and each.isdecimal() and len(each) < 19]


@require_POST
@at_desk(Permission.KEEP_REGISTER)
def move(request: HttpRequest, member: Member, ref: int, step: str) -> HttpResponse:
    """Publish a notice, end it, retract it or give it up: `step` says which."""
    if step not in _STEPS:
        raise Http404
    row = queries.notice_with_id(ref)
    access.organisation_for(member, row.organisation)
    try:
        _STEPS[step](request, member, ref)
    except SoiError as error:
        return _page(request, member, row.organisation, error=_told(error))
    return redirect("desk:notices-of", slug=row.organisation)


def _publish(request: HttpRequest, member: Member, ref: int) -> None:
    actions.publish(ref, since=since_of(request), by=member.actor)


def _end(request: HttpRequest, member: Member, ref: int) -> None:
    actions.end(ref, reason=request.POST.get("reason", ""), by=member.actor)


def _retract(request: HttpRequest, member: Member, ref: int) -> None:
    actions.retract(ref, reason=request.POST.get("reason", ""), by=member.actor)


def _discard(request: HttpRequest, member: Member, ref: int) -> None:
    actions.discard(ref, by=member.actor)


_STEPS: dict[str, Callable[[HttpRequest, Member, int], None]] = {
    "publish": _publish,
    "end": _end,
    "retract": _retract,
    "discard": _discard,
}


def _told(error: SoiError) -> Complaint:
    told = complaint(error)
    if told is None:
        raise error
    return told
