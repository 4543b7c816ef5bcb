"""What stands under a claim: wordings, parts, tips; split and joined by hand, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.checking import actions, queries
from soi.checking.access import claim_for
from soi.checking.errors import ClaimUnknown
from soi.core.errors import SoiError
from soi.intake.errors import FormUnknown
from soi.intake.grouping import actions as grouping
from soi.intake.grouping import queries as groups
from soi.people.rules import may
from soi.people.types import Member, Permission
from soi.web.desk.guard import at_desk

PAGE = 30
AT_ONCE = 500
"""Wordings that may be moved together."""


@require_safe
@at_desk(Permission.READ_DESK)
def wordings(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """The wordings of a claim, the most frequent first, and its newest tips."""
    return _page(request, member, ref)


@require_POST
@at_desk(Permission.TRIAGE)
def move(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Put the chosen wordings under another claim (`to`), or under a new one (`to` empty)."""

    def do() -> str:
        claim_for(member, ref, to=Permission.TRIAGE)
        chosen = [_number(each) for each in request.POST.getlist("form")[:AT_ONCE]]
        if not chosen:
            raise FormUnknown("No wording was chosen.")
        written = request.POST.get("to", "").strip()
        made = grouping.move_forms(chosen, to=_number(written) if written else None, by=member)
        return f"moved={made}"

    return _done(request, member, ref, do)


@require_POST
@at_desk(Permission.TRIAGE)
def take_back(request: HttpRequest, member: Member, ref: int, move: int) -> HttpResponse:
    """Put the wordings of a move back where they stood."""

    def do() -> str:
        grouping.take_back_move(move, by=member)
        return "back=1"

    return _done(request, member, ref, do)


@require_POST
@at_desk(Permission.TRIAGE)
def join(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Make the claim a part of another one (`into`), which says the same."""

    def do() -> str:
        actions.merge(ref, into=_number(request.POST.get("into", "").strip()), by=member)
        return "joined=1"

    return _done(request, member, ref, do)


@require_POST
@at_desk(Permission.TRIAGE)
def separate(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Make a part a claim of its own again."""

    def do() -> str:
        grouping.separate(ref, by=member)
        return "apart=1"

    return _done(request, member, ref, do)


def _done(request: HttpRequest, member: Member, ref: int, do: Callable[[], str]) -> HttpResponse:
    """Do it and lead back to the claim's wordings; what can't be done is said above them."""
    claim_for(member, ref, to=Permission.READ_DESK)
    try:
        said = do()
    except ClaimUnknown as error:
        return _page(request, member, ref, error=complaint(error))
    except SoiError as error:
        told = complaint(error)
        if told is None or told.http_status == 403 or told.http_status >= 500:
            raise
        return _page(request, member, ref, error=told)
    return redirect(f"{reverse('desk:wordings', args=[ref])}?{said}")


def _page(
    request: HttpRequest, member: Member, ref: int, *, error: Complaint | None = None
) -> HttpResponse:
    row = claim_for(member, ref, to=Permission.READ_DESK)
    under = groups.under(ref)
    page = Paginator(under.forms, PAGE).get_page(request.GET.get("page"))
    chosen = {_number(each) for each in request.POST.getlist("form")[:AT_ONCE]}
    context: dict[str, Any] = {
        "claim": row,
        "page": page,
        "tips": under.newest_tips,
        "parts": queries.parts(ref),
        "moves": groups.moves_of(ref),
        "trend": under.trend,
        "chosen": chosen,
        "to": request.POST.get("to", "")[:20],
        "into": request.POST.get("into", "")[:20],
        "moved": _number(request.GET.get("moved", "")),
        "error": error,
        "may_triage": may(member.role, Permission.TRIAGE),
    }
    status = error.http_status if error else 200
    return render(request, "desk/wordings.html", context, status=status)


def _number(written: str) -> int:
    """The number of something, 0 (which nothing has) for what is no number."""
    is_number = written.isascii() and written.isdecimal() and len(written) < 19
    return int(written) if is_number else 0
