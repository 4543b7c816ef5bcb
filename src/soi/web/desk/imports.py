"""The desk's pages of other desks' checks: where they are brought from, and what waits outside."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.claims.queries import publishers
from soi.core.errors import SoiError
from soi.people.types import Member, Permission
from soi.publishing.sources import actions, quarantine, queries, rules
from soi.web.desk.guard import at_desk

_PAGE = 20
_EVERY = (1, 6, 24, 168)
_STATES = ("waiting", "let_in", "dismissed")


@require_safe
@at_desk(Permission.IMPORT_CHECKS)
def sources(request: HttpRequest, member: Member) -> HttpResponse:
    """Every source: how the last look went, and how much waits."""
    return _sources(request)


@require_POST
@at_desk(Permission.IMPORT_CHECKS)
def add(request: HttpRequest, member: Member) -> HttpResponse:
    """Have an address looked at from now on. What is refused comes back as it was typed."""
    typed = {name: request.POST.get(name, "")[:4000] for name in ("url", "sites", "every")}
    every = typed["every"]
    try:
        number = actions.add_source(
            url=typed["url"],
            sites=[site for site in re.split(r"[\s,]+", typed["sites"]) if site],
            every_hours=int(every) if every.isascii() and every.isdecimal() else 0,
            by=member.actor,
        )
    except SoiError as error:
        told = complaint(error)
        if told is None:
            raise
        return _sources(request, error=told, typed=typed)
    return redirect("desk:import", ref=number)


def _sources(
    request: HttpRequest, *, error: Complaint | None = None, typed: dict[str, str] | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "sources": queries.sources(),
        "publishers": [row for row in publishers() if row.is_allowed],
        "choices": _EVERY,
        "typed": typed or {"every": "24"},
        "error": error,
    }
    status = error.http_status if error else 200
    return render(request, "desk/imports.html", context, status=status)


@require_safe
@at_desk(Permission.IMPORT_CHECKS)
def source(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """One source: its looks, and its quarantine; `?state=` what was let in or dismissed."""
    return _source(request, ref)


def _source(request: HttpRequest, ref: int, *, error: Complaint | None = None) -> HttpResponse:
    asked = request.GET.get("state", "")
    state = asked if asked in _STATES else "waiting"
    page = Paginator(queries.quarantine(ref, state), _PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "source": queries.source(ref),
        "runs": queries.runs_of(ref),
        "gone": queries.kept_though_gone(ref),
        "page": page,
        "state": state,
        "states": _STATES,
        "reasons": queries.reasons_of(ref),
        "room": quarantine.ROOM,
        "hours": rules.HOURS,
        "error": error,
    }
    status = error.http_status if error else 200
    return render(request, "desk/import.html", context, status=status)


_STEPS: dict[str, Callable[[int, Member], object]] = {
    "look": lambda ref, member: actions.ask_for_look(ref),
    "pause": lambda ref, member: actions.pause_source(ref, by=member.actor),
    "resume": lambda ref, member: actions.resume_source(ref, by=member.actor),
    "remove": lambda ref, member: actions.remove_source(ref, by=member.actor),
}


@require_POST
@at_desk(Permission.IMPORT_CHECKS)
def move(request: HttpRequest, member: Member, ref: int, step: str) -> HttpResponse:
    """Have a source looked at now, pause it, resume it or remove it."""
    if step not in _STEPS:
        raise Http404
    _STEPS[step](ref, member)
    return redirect("desk:imports") if step == "remove" else redirect("desk:import", ref=ref)


_DECISIONS: dict[str, Callable[..., None]] = {
    "let-in": quarantine.let_in,
    "dismiss": quarantine.dismiss,
}


@require_POST
@at_desk(Permission.IMPORT_CHECKS)
def decide(request: HttpRequest, member: Member, ref: int, item: int, step: str) -> HttpResponse:
    """Let in what waits, or dismiss it."""
    if step not in _DECISIONS:
        raise Http404
    try:
        _DECISIONS[step](ref, item, by=member.actor)
    except SoiError as error:
        told = complaint(error)
        if told is None or told.http_status == 404:
            raise
        return _source(request, ref, error=told)
    return redirect("desk:import", ref=ref)
