"""What became of a claim: versions with their differences, approvals, notes, the next look."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.checking import actions, public, queries, rules
from soi.checking.access import claim_for
from soi.checking.errors import FieldInvalid
from soi.checking.types import ClaimState
from soi.core.errors import SoiError
from soi.people.rules import may
from soi.people.types import Member, Permission
from soi.web.desk import check_words
from soi.web.desk.guard import at_desk

_PAGE = 30


@require_safe
@at_desk(Permission.READ_DESK)
def history(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """The versions, the newest first; with `before` and `after` what differs between two."""
    return _page(request, member, ref)


@require_POST
@at_desk(Permission.WRITE_CHECK)
def note(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Write a working note."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        actions.add_note(ref, text=text, by=member)
    except SoiError as error:
        return _told(request, member, ref, error, note=text)
    return redirect("desk:claim-history", ref=ref)


@require_POST
@at_desk(Permission.WRITE_CHECK)
def restore(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Take up the words of an earlier version again."""
    try:
        actions.restore_version(ref, version=_number(request.POST.get("version", "")), by=member)
    except SoiError as error:
        return _told(request, member, ref, error)
    return redirect(f"{reverse('desk:claim', args=[ref])}#saved")


@require_POST
@at_desk(Permission.WRITE_CHECK)
def remind(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Choose the day on which a published check is looked at again; none when it is left empty."""
    written = request.POST.get("due_on", "")
    try:
        actions.set_reminder(ref, due_on=_day(written), by=member)
    except SoiError as error:
        return _told(request, member, ref, error)
    return redirect("desk:claim-history", ref=ref)


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written) if written else None
    except ValueError as error:
        raise FieldInvalid("due_on is no date.", field="due_on") from error


def _told(
    request: HttpRequest, member: Member, ref: int, error: SoiError, *, note: str = ""
) -> HttpResponse:
    told = complaint(error)
    if told is None or told.code == "claim_unknown":
        raise error
    return _page(request, member, ref, error=told, note=note)


def _page(
    request: HttpRequest,
    member: Member,
    ref: int,
    *,
    error: Complaint | None = None,
    note: str = "",
) -> HttpResponse:
    row = claim_for(member, ref, to=Permission.READ_DESK)
    pages = Paginator(queries.history(ref), _PAGE)
    context: dict[str, Any] = {
        "claim": row,
        "page": (page := pages.get_page(request.GET.get("page"))),
        "versions": [
            (each, [check_words.field_words(name) for name in each.changed])
            for each in page.object_list
        ],
        "changes": _changes(request, ref),
        "approvals": queries.approvals(ref),
        "editions": public.editions(ref),
        "notes": queries.notes(ref),
        "due_on": queries.reminder(ref),
        "today": timezone.localdate(),
        "is_published": row.state is ClaimState.PUBLISHED,
        "may_write": may(member.role, Permission.WRITE_CHECK),
        "is_open": row.state not in (ClaimState.CLOSED, ClaimState.MERGED),
        "note": note[: rules.LIMITS["note"]],
        "note_limit": rules.LIMITS["note"],
        "error": error,
    }
    status = error.http_status if error else 200
    return render(request, "desk/workbench/history.html", context, status=status)


def _changes(request: HttpRequest, ref: int) -> list[Any] | None:
    """What differs between the two versions that the address asks for, None if it asks for none."""
    asked = [request.GET.get(name, "") for name in ("before", "after")]
    if not all(asked):
        return None
    before, after = map(_number, asked)
    found = queries.differences(ref, before=before, after=after)
    return [(check_words.field_words(each.field), each) for each in found]


def _number(written: str) -> int:
    """A version's number, -1 (which none has) for what is no number."""
    is_number = written.isascii() and written.isdecimal() and len(written) < 10
    return int(written) if is_number else -1
