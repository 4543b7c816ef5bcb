"""The pages of tips: send one to the desk, and see where it stands."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from soi.answer.answering import LIMITS
from soi.answer.complaints import Complaint, complaint
from soi.answer.rate import WINDOW, admit
from soi.intake import actions, floods, queries, rules
from soi.intake.errors import TipUnknown
from soi.intake.types import Channel, State
from soi.web.public.origins import private, refuse_other_sites

KEY_BYTES = 18


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """The form, and the way of a tip to the desk: it leads to the tip's private page.

    What can't be taken comes back in the form with the reason: nothing that was typed is lost.
    """
    if request.method != "POST":
        return _form(request, {})
    typed: dict[str, str] = {}
    try:
        typed = {name: request.POST.get(name, "") for name in ("message", "contact", "key")}
        refuse_other_sites(request)
        admit(request)
        taken = actions.receive(
            typed["message"],
            channel=Channel.PAGE,
            by=Channel.PAGE.value,
            source=floods.source_of(request),
            key=typed["key"],
            contact=typed["contact"],
        )
    except Exception as error:
        told = complaint(error)
        if told is None:
            raise
        return _form(request, typed, told, seconds=_seconds(error))
    return private(redirect("tips:status", token=taken.token))


@require_safe
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Where a tip stands, for whoever has its link; nothing of its text."""
    try:
        standing = queries.standing_with_token(token)
    except TipUnknown as error:
        told = complaint(error)
        return private(render(request, "public/error.html", {"error": told}, status=404))
    context = {
        "standing": standing,
        "is_open": standing.state in (State.RECEIVED, State.CHECKING),
        "private_url": f"{settings.SOI_BASE_URL}{reverse('tips:status', args=[token])}",
        "days": rules.STATUS_DAYS,
    }
    return private(render(request, "tips/status.html", context))


def _form(
    request: HttpRequest,
    typed: dict[str, str],
    error: Complaint | None = None,
    *,
    seconds: int = WINDOW,
) -> HttpResponse:
    """The form with what was typed. Its key makes a second press of the button the same tip."""
    context = {
        "message": typed.get("message", "")[: LIMITS.characters],
        "contact": typed.get("contact", "")[: rules.CONTACT_LIMIT],
        "key": secrets.token_urlsafe(KEY_BYTES),
        "limit": LIMITS.characters,
        "contact_limit": rules.CONTACT_LIMIT,
        "contact_days": settings.SOI_CONTACT_DAYS,
        "error": error,
    }
    response = render(
        request, "tips/send.html", context, status=error.http_status if error else 200
    )
    if error and error.http_status == 429:
        response["Retry-After"] = str(seconds)
    return private(response)


def _seconds(error: Exception) -> int:
    return int(getattr(error, "params", {}).get("seconds", WINDOW))
