"""Webhooks at the desk: whose programs are told, what they were told, what could not be brought.

A secret is in the answer to the post that made it, and in no other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.core.errors import SoiError
from soi.people.types import Member, Permission
from soi.publishing.webhooks import actions, queries, rules
from soi.publishing.webhooks.types import (
    WANTED,
    DeliveryRow,
    DeliveryState,
    EndpointRow,
    EventKind,
)
from soi.web.desk.guard import at_desk
from soi.web.desk.webhook_words import KIND_WORDS, PAUSE_WORDS, STATE_SIGNS, STATE_WORDS

PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Permission.MANAGE_WEBHOOKS)
def endpoints(request: HttpRequest, member: Member) -> HttpResponse:
    """Every endpoint, and the form that enters one."""
    given = {name: request.POST.get(name, "")[: rules.URL_LIMIT + 1] for name in ("url", "label")}
    kinds = request.POST.getlist("kinds")[: len(WANTED)]
    if request.method == "POST":
        try:
            number, secret = actions.add(**given, kinds=kinds, by=member.actor)
        except SoiError as error:
            return _list(request, given, kinds, _told(error))
        return _page(request, queries.endpoint(number), secret=secret)
    return _list(request, given, [each.value for each in WANTED])


def _list(
    request: HttpRequest, given: dict[str, str], kinds: list[str], error: Complaint | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "endpoints": [(row, _pause_words(row)) for row in queries.endpoints()],
        "given": given,
        "kinds": _kinds(kinds),
        "url_limit": rules.URL_LIMIT,
        "label_limit": rules.LABEL_LIMIT,
        "error": error,
    }
    status = error.http_status if error else 200
    return render(request, "desk/webhooks.html", context, status=status)


@require_safe
@at_desk(Permission.MANAGE_WEBHOOKS)
def endpoint(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """One endpoint with the messages to it."""
    return _page(request, queries.endpoint(ref))


def _page(
    request: HttpRequest, row: EndpointRow, *, secret: str = "", error: Complaint | None = None
) -> HttpResponse:
    asked = request.GET.get("state", "")
    state = DeliveryState(asked) if asked in set(DeliveryState) else None
    found = queries.deliveries(row.id, state)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "endpoint": row,
        "why_paused": _pause_words(row),
        "kinds": _kinds(row.kinds),
        "page": page,
        "deliveries": [(each, *_delivery_words(each)) for each in page.object_list],
        "states": [(each.value, STATE_WORDS[each]) for each in DeliveryState],
        "state": state.value if state else "",
        "secret": secret,
        "error": error,
    }
    status = error.http_status if error else 200
    return render(request, "desk/webhook.html", context, status=status)


@require_POST
@at_desk(Permission.MANAGE_WEBHOOKS)
def move(request: HttpRequest, member: Member, ref: int, step: str) -> HttpResponse:
    """Pause it, let it go on, give it a new secret, test it, send again, remove it."""
    if step not in _STEPS:
        raise Http404
    row = queries.endpoint(ref)
    try:
        secret = _STEPS[step](request, member, ref)
    except SoiError as error:
        return _page(request, row, error=_told(error))
    if secret:
        return _page(request, queries.endpoint(ref), secret=secret)
    if step == "remove":
        return redirect("desk:webhooks")
    return redirect("desk:webhook", ref=ref)


def _pause(request: HttpRequest, member: Member, ref: int) -> str:
    actions.pause(ref, by=member.actor)
    return ""


def _resume(request: HttpRequest, member: Member, ref: int) -> str:
    actions.resume(ref, by=member.actor)
    return ""


def _rotate(request: HttpRequest, member: Member, ref: int) -> str:
    return actions.rotate(ref, by=member.actor)


def _test(request: HttpRequest, member: Member, ref: int) -> str:
    actions.send_test(ref, by=member.actor)
    return ""


def _replay(request: HttpRequest, member: Member, ref: int) -> str:
    """One message by its number, or all that were given up."""
    number = request.POST.get("delivery", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    wanted = None if not number else [int(number)] if is_number else []
    actions.replay(ref, wanted, by=member.actor)
    return ""


def _remove(request: HttpRequest, member: Member, ref: int) -> str:
    actions.remove(ref, by=member.actor)
    return ""


_STEPS: dict[str, Callable[[HttpRequest, Member, int], str]] = {
    "pause": _pause,
    "resume": _resume,
    "rotate": _rotate,
    "test": _test,
    "replay": _replay,
    "remove": _remove,
}


def _kinds(chosen: object) -> list[tuple[str, object, bool]]:
    """Each kind that can be wanted, in words, with whether it is."""
    wanted = set(chosen) if isinstance(chosen, list | tuple) else set()
    return [(each.value, KIND_WORDS[each], each.value in wanted) for each in WANTED]


def _pause_words(row: EndpointRow) -> object:
    return PAUSE_WORDS[row.pause] if row.pause else ""


def _delivery_words(row: DeliveryRow) -> tuple[object, object, str]:
    return KIND_WORDS[EventKind(row.kind)], STATE_WORDS[row.state], STATE_SIGNS[row.state]


def _told(error: SoiError) -> Complaint:
    told = complaint(error)
    if told is None:
        raise error
    return told
