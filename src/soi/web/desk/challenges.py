"""The desk's page of challenges: readers' objections, and the public answers to them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.checking import actions, queries, rules
from soi.checking.types import ChallengeState
from soi.core.errors import SoiError
from soi.people.rules import may
from soi.people.types import Member, Permission
from soi.web.desk.guard import at_desk

_PAGE = 20
_DECISIONS = (ChallengeState.UPHELD, ChallengeState.REJECTED, ChallengeState.SET_ASIDE)


@require_safe
@at_desk(Permission.READ_DESK)
def challenges(request: HttpRequest, member: Member) -> HttpResponse:
    """Those that wait for an answer; with `?state=all` all of them."""
    return _page(request, member)


@require_POST
@at_desk(Permission.ANSWER_CHALLENGE)
def answer(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Answer an objection, or set it aside. What can't be stored comes back as it was typed."""
    state = request.POST.get("state", "")
    if state not in set(_DECISIONS):
        raise Http404
    text = request.POST.get("answer", "").replace("\r\n", "\n")
    try:
        actions.answer_challenge(ref, state=ChallengeState(state), answer=text, by=member)
    except SoiError as error:
        told = complaint(error)
        if told is None or told.code == "challenge_unknown":
            raise
        return _page(request, member, error=told, typed={"ref": ref, "state": state, "text": text})
    return redirect("desk:challenges")


def _page(
    request: HttpRequest,
    member: Member,
    *,
    error: Complaint | None = None,
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    shows_all = request.GET.get("state") == "all"
    found = queries.desk_challenges(() if shows_all else (ChallengeState.OPEN,))
    context: dict[str, Any] = {
        "page": Paginator(found, _PAGE).get_page(request.GET.get("page")),
        "shows_all": shows_all,
        "typed": typed or {},
        "error": error,
        "limit": rules.LIMITS["answer"],
        "may_answer": may(member.role, Permission.ANSWER_CHALLENGE),
    }
    status = error.http_status if error else 200
    return render(request, "desk/challenges.html", context, status=status)
