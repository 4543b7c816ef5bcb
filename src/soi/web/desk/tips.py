"""The desk's pages of tips: what waits, one tip, and what its senders are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from soi.answer.answering import answer
from soi.answer.complaints import Complaint, complaint
from soi.core.errors import SoiError
from soi.intake import actions, queries, rules
from soi.intake.grouping import actions as grouping
from soi.intake.grouping import queries as groups
from soi.intake.grouping.rules import reason_for
from soi.intake.types import Reason, State
from soi.people.rules import may
from soi.people.types import Member, Permission
from soi.web.desk.guard import at_desk

PAGE = 30
_WAITING = "waiting"
_ALONE = "alone"
_SHOWN: dict[str, tuple[State, ...]] = {
    _WAITING: (State.RECEIVED, State.CHECKING),
    _ALONE: (State.RECEIVED, State.CHECKING),
    **{state.value: (state,) for state in State},
    "all": (),
}


@require_safe
@at_desk(Permission.READ_DESK)
def waiting(request: HttpRequest, member: Member) -> HttpResponse:
    """The tips, those that wait unless others are asked for."""
    shown = request.GET.get("state", _WAITING)
    shown = shown if shown in _SHOWN else _WAITING
    query = request.GET.get("q", "")[:200].replace("\0", "")
    often = request.GET.get("order") == "often"
    found = queries.tips(
        states=_SHOWN[shown], text=query, often_first=often, is_alone=shown == _ALONE
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "claims": groups.claims_of_tips([row.id for row in page.object_list]),
        "shown": shown,
        "query": query,
        "often": often,
    }
    return render(request, "desk/tips.html", context)


@require_safe
@at_desk(Permission.READ_DESK)
def tip(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """One tip; with `?answer=1` also what a reader would be answered."""
    return _page(request, member, ref)


@require_POST
@at_desk(Permission.TRIAGE)
def move(request: HttpRequest, member: Member, ref: int, step: str) -> HttpResponse:
    """Tell a tip's senders where it stands now: `check`, `answer` or `close`.

    What can't be done comes back on the tip's page with the reason and what was typed.
    """
    if step not in _STEPS:
        raise Http404
    try:
        _STEPS[step](request, member, ref)
    except SoiError as error:
        told = complaint(error)
        if told is None or told.code == "tip_unknown":
            raise
        return _page(request, member, ref, error=told)
    return redirect("desk:tip", ref=ref)


@require_POST
@at_desk(Permission.READ_CONTACT)
def contacts(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Open what the senders left to be asked back; the journal writes down who did."""
    found = actions.read_contacts(ref, by=member.actor)
    return _page(request, member, ref, contacts=found)


@require_POST
@at_desk(Permission.TRIAGE)
def open_claim(request: HttpRequest, member: Member, ref: int, form: int) -> HttpResponse:
    """Open a claim for a statement of a tip that stands under none."""
    queries.tip_with_id(ref)
    try:
        grouping.open_claim_for(form, by=member)
    except SoiError as error:
        told = complaint(error)
        if told is None:
            raise
        return _page(request, member, ref, error=told)
    return redirect("desk:tip", ref=ref)


def _page(
    request: HttpRequest,
    member: Member,
    ref: int,
    *,
    error: Complaint | None = None,
    contacts: list[str] | None = None,
) -> HttpResponse:
    row = queries.tip_with_id(ref)
    context: dict[str, Any] = {
        "tip": row,
        "ways": queries.receipts_by_channel(ref),
        "contact_count": queries.contact_count(ref),
        "contacts": contacts,
        "reasons": list(Reason),
        "statements": groups.statements_of(ref),
        "seems_reason": reason_for(row.seems).value if row.seems else "",
        "link": request.POST.get("link", row.link)[: rules.LINK_LIMIT],
        "error": error,
        "may_triage": may(member.role, Permission.TRIAGE),
        "may_read_contacts": may(member.role, Permission.READ_CONTACT),
        "answer": answer(row.text) if request.GET.get("answer") else None,
    }
    return render(request, "desk/tip.html", context, status=error.http_status if error else 200)


def _check(request: HttpRequest, member: Member, ref: int) -> None:
    actions.begin_checking(ref, by=member.actor)


def _answer(request: HttpRequest, member: Member, ref: int) -> None:
    actions.answer_with(ref, request.POST.get("link", "").strip(), by=member.actor)


def _close(request: HttpRequest, member: Member, ref: int) -> None:
    reason = request.POST.get("reason", "")
    if reason not in set(Reason):
        raise Http404
    actions.close(ref, Reason(reason), by=member.actor)


_STEPS: dict[str, Callable[[HttpRequest, Member, int], None]] = {
    "check": _check,
    "answer": _answer,
    "close": _close,
}
