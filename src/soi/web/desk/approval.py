"""The second person's page: exactly what would be published, and the two steps that publish it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.checking import actions, queries
from soi.checking.access import claim_for
from soi.checking.differences import FieldChange, differences
from soi.checking.standing import Standing, last_content
from soi.checking.types import Gate
from soi.core.errors import SoiError
from soi.people import queries as people
from soi.people.rules import may
from soi.people.types import Member, Permission
from soi.web.desk import check_words
from soi.web.desk.guard import at_desk
from soi.web.desk.workbench import words_context


@require_safe
@at_desk(Permission.READ_DESK)
def approval(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """What is approved, with its digest, what differs from the last edition, and who approved."""
    return _page(request, member, ref)


@require_POST
@at_desk(Permission.APPROVE)
def approve(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Approve the bytes that the form names, or take one's approval back (`back`)."""
    if "back" in request.POST:
        actions.take_back_approval(ref, by=member)
        return redirect("desk:approval", ref=ref)
    try:
        actions.approve(ref, digest=request.POST.get("digest", ""), by=member)
    except SoiError as error:
        return _told(request, member, ref, error)
    return redirect("desk:approval", ref=ref)


@require_POST
@at_desk(Permission.PUBLISH)
def publish(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Publish the approved bytes that the form names."""
    try:
        actions.publish(ref, digest=request.POST.get("digest", ""), by=member)
    except SoiError as error:
        return _told(request, member, ref, error)
    return redirect("desk:claim", ref=ref)


def _told(request: HttpRequest, member: Member, ref: int, error: SoiError) -> HttpResponse:
    told = complaint(error)
    if told is None or told.code == "claim_unknown":
        raise error
    return _page(request, member, ref, error=told)


def _page(
    request: HttpRequest, member: Member, ref: int, *, error: Complaint | None = None
) -> HttpResponse:
    row = claim_for(member, ref, to=Permission.READ_DESK)
    found = queries.draft(ref)
    given = {each.by for each in found.approvals}
    people_of_it = {n for n in (found.written_by, found.edited_by, *given) if n}
    names = people.names_of(people_of_it)
    is_own = member.id in (found.written_by, found.edited_by)
    context: dict[str, Any] = {
        "claim": row,
        "found": found,
        "changes": _changes(found),
        "gates": [
            each
            for each in check_words.gate_rows(found.gates)
            if not each.result.is_met and each.result.gate is not Gate.SECOND_PERSON_APPROVED
        ],
        "approvals": [(names.get(each.by, ""), each.at) for each in found.approvals],
        "missing": max(0, found.approvals_needed - len(found.approvals)),
        "written_by": names.get(found.written_by or 0, ""),
        "edited_by": names.get(found.edited_by or 0, ""),
        "is_own": is_own,
        "has_approved": member.id in given,
        "may_approve": may(member.role, Permission.APPROVE) and not is_own,
        "may_publish": may(member.role, Permission.PUBLISH),
        "error": error,
        "stance_words": dict(check_words.STANCES),
        "kind_words": dict(check_words.KINDS),
        **words_context(),
    }
    status = error.http_status if error else 200
    return render(request, "desk/workbench/approval.html", context, status=status)


def _changes(found: Standing) -> list[tuple[Any, FieldChange]]:
    """What differs from the last edition; nothing before the first."""
    if found.edition == 1:
        return []
    before = last_content(found.claim_id)
    if before is None:
        return []
    return [
        (check_words.field_words(each.field), each)
        for each in differences(before, found.content)
        if each.field not in ("edition", "correction")
    ]
