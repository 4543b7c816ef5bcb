"""The workbench of one claim: wording, evidence, verdict and explanation, and what is missing.

A form that can't be saved comes back with the reason and with all that was typed; what two people
changed at once is shown side by side. The script only adds autosave: each page works without it.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.checking import actions, queries, rules
from soi.checking.access import ClaimRow, claim_for
from soi.checking.errors import Conflict, DraftStale, FieldInvalid
from soi.checking.gates import shown
from soi.checking.standing import Standing
from soi.checking.types import ClaimState
from soi.core.errors import SoiError
from soi.core.formats import Verdict
from soi.masking import private_stretches
from soi.people import queries as people
from soi.people.rules import may
from soi.people.types import Member, Permission
from soi.web.desk import check_forms, check_words
from soi.web.desk.check_forms import Typed
from soi.web.desk.guard import at_desk


@require_safe
@at_desk(Permission.READ_DESK)
def claim(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """The claim, its draft and the charter's gates; `?typed=1` puts back what was not saved."""
    return _page(request, member, ref)


@require_POST
@at_desk(Permission.WRITE_CHECK)
def save(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Save the draft, or show how its explanation will look (`preview`)."""
    has_edition = queries.draft(ref).edition > 1
    typed = check_forms.typed_words(request.POST, is_correction=has_edition)
    try:
        if "preview" in request.POST:
            return _page(request, member, ref, typed=typed, preview=_read(typed))
        actions.save_draft(
            ref,
            version=check_forms.version_of(request.POST),
            fields=check_forms.fields_of(typed),
            by=member,
        )
    except SoiError as error:
        return _refused(request, member, ref, error, typed)
    return redirect(f"{reverse('desk:claim', args=[ref])}#saved")


@require_POST
@at_desk(Permission.WRITE_CHECK)
def scratch(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Keep what is being typed, without saving it; with `drop` forget it."""
    if "drop" in request.POST:
        actions.drop_scratch(ref, by=member)
        return redirect("desk:claim", ref=ref)
    typed = check_forms.typed_words(request.POST, is_correction="correction_kind" in request.POST)
    actions.keep_scratch(
        ref, version=max(0, check_forms.version_of(request.POST)), fields=typed, by=member
    )
    return HttpResponse(status=204)


@require_POST
@at_desk(Permission.TRIAGE)
def take(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Take the claim, or give it back (`back`)."""
    step = actions.give_back if "back" in request.POST else actions.take
    return _done_or_told(request, member, ref, lambda: step(ref, by=member))


@require_POST
@at_desk(Permission.WRITE_CHECK)
def recuse(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Leave the claim to others for good."""
    return _done_or_told(request, member, ref, lambda: actions.recuse(ref, by=member))


def _done_or_told(request: HttpRequest, member: Member, ref: int, do: Any) -> HttpResponse:
    try:
        do()
    except SoiError as error:
        told = complaint(error)
        if told is None or told.code == "claim_unknown":
            raise
        return _page(request, member, ref, error=told)
    return redirect("desk:claim", ref=ref)


def _refused(
    request: HttpRequest, member: Member, ref: int, error: SoiError, typed: Typed
) -> HttpResponse:
    """The form again, with the reason and with what was typed."""
    told = complaint(error)
    if told is None or told.code in ("claim_unknown", "recused"):
        raise error
    field = error.field if isinstance(error, FieldInvalid) else ""
    conflicts = error.conflicts if isinstance(error, DraftStale) else ()
    return _page(
        request, member, ref, typed=typed, error=told, wrong_field=field, conflicts=conflicts
    )


def _page(
    request: HttpRequest,
    member: Member,
    ref: int,
    *,
    typed: Typed | None = None,
    preview: str = "",
    error: Complaint | None = None,
    wrong_field: str = "",
    conflicts: tuple[Conflict, ...] = (),
) -> HttpResponse:
    row = claim_for(member, ref, to=Permission.READ_DESK)
    found = queries.draft(ref)
    kept = None if typed else queries.scratch(ref, member)
    version = found.version
    if typed is None and kept and request.GET.get("typed"):
        # Over the version that it was typed on: what others changed since is told when it is saved.
        typed, version = check_forms.from_scratch(found.words, kept.fields), kept.version
    elif typed is not None and not conflicts:
        # What others changed since the form was opened is still to be told when it is saved.
        asked = check_forms.version_of(request.POST)
        version = asked if 0 <= asked <= version else version
    names = people.names_of(n for n in (row.taken_by, found.edited_by, found.written_by) if n)
    context: dict[str, Any] = {
        "claim": row,
        "found": found,
        "version": version,
        "values": typed or check_forms.shown_words(found.words),
        "gates": check_words.gate_rows(found.gates),
        "met": sum(each.is_met for each in found.gates),
        "names": names,
        "taken_by": names.get(row.taken_by or 0, ""),
        "edited_by": names.get(found.edited_by or 0, ""),
        "kept": kept,
        "preview": preview,
        "still_private": private_stretches(shown(found.words, [e.source for e in found.evidence])),
        "error": error,
        "wrong_field": wrong_field,
        "conflicts": [(check_words.field_words(each.field), each) for each in conflicts],
        "may_write": _may_write(member, row),
        "is_mine": row.taken_by == member.id,
        **words_context(),
        **_steps(row, found),
    }
    status = error.http_status if error else 200
    return render(request, "desk/workbench/claim.html", context, status=status)


def words_context() -> dict[str, Any]:
    """The choices of the forms, with their words."""
    return {
        "verdicts": list(Verdict),
        "topics": check_words.TOPICS.items(),
        "stances": check_words.STANCES.items(),
        "kinds": check_words.KINDS.items(),
        "corrections": check_words.CORRECTIONS.items(),
        "limits": rules.LIMITS,
    }


def _may_write(member: Member, row: ClaimRow) -> bool:
    is_open = row.state not in (ClaimState.CLOSED, ClaimState.MERGED)
    return is_open and may(member.role, Permission.WRITE_CHECK)


def _steps(row: ClaimRow, found: Standing) -> dict[str, Any]:
    """How far the work is: what the line of steps above the page shows as done."""
    return {
        "has_evidence": bool(found.evidence),
        "has_verdict": bool(found.words.verdict),
        "is_ready": found.version > 0 and not found.open_gates,
        "is_approved": found.version > 0 and found.can_be_published,
        "is_published": row.state in (ClaimState.PUBLISHED, ClaimState.WITHDRAWN),
        "is_ahead": found.edition > 1,
    }


def _read(typed: Typed) -> str:
    """The explanation as it would be kept."""
    return str(rules.text_value("explanation", typed["explanation"]))
