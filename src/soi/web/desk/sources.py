"""The workbench's pages of sources: cite one, read its copy, say what it says of the claim."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from soi.answer.complaints import Complaint, complaint
from soi.captures import actions as captures
from soi.captures import queries as kept
from soi.captures.errors import FileAltered, FileMissing
from soi.captures.types import CaptureState
from soi.checking import actions, queries
from soi.checking.access import claim_for
from soi.checking.errors import Conflict, DraftStale, EvidenceUnknown, FieldInvalid
from soi.checking.standing import EvidenceRow, Standing
from soi.core.errors import SoiError
from soi.people.rules import may
from soi.people.types import Member, Permission
from soi.web.desk import check_forms, check_words
from soi.web.desk.check_forms import Typed
from soi.web.desk.guard import at_desk
from soi.web.desk.workbench import words_context

_RECENT = 30
_STEPS = ("remove", "up", "down", "again", "accept")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Permission.WRITE_CHECK)
def add(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Cite a source: by its address, by a file, or one that the desk has kept already."""
    row = claim_for(member, ref, to=Permission.WRITE_CHECK)
    told: Complaint | None = None
    url = request.POST.get("url", "").strip()[:4000]
    if request.method == "POST":
        try:
            capture = _captured(request, member, ref, url)
            number = actions.add_evidence(ref, capture_id=capture, fields={}, by=member)
        except SoiError as error:
            told = complaint(error)
            if told is None:
                raise
        else:
            return redirect("desk:source", ref=ref, source=number)
    recent = kept.captures(states=(CaptureState.CAPTURED,))
    context = {"claim": row, "error": told, "url": url, "recent": recent[:_RECENT]}
    status = told.http_status if told else 200
    return render(request, "desk/workbench/add_source.html", context, status=status)


def _captured(request: HttpRequest, member: Member, ref: int, url: str) -> int:
    """The number of the capture that was asked for; none is made for what can't be cited."""
    number = request.POST.get("capture", "")
    if number.isascii() and number.isdecimal() and len(number) < 19:
        return int(number)
    actions.check_can_cite(ref, by=member)
    upload = request.FILES.get("file")
    if upload is not None:
        return captures.keep_file(
            upload.name or "", BytesIO(upload.read(captures.FILE_LIMIT + 1)), by=member.actor
        )
    return captures.request(url, by=member.actor)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Permission.READ_DESK)
def source(request: HttpRequest, member: Member, ref: int, source: int) -> HttpResponse:
    """One source: its copy with the quote marked, and what the check says of it."""
    if request.method != "POST":
        return _page(request, member, ref, source)
    typed = check_forms.typed_source(request.POST)
    try:
        actions.change_evidence(
            ref,
            source,
            version=check_forms.version_of(request.POST),
            fields=typed,
            by=member,
        )
    except SoiError as error:
        told = complaint(error)
        if told is None or told.code in ("claim_unknown", "evidence_unknown", "recused"):
            raise
        field = error.field if isinstance(error, FieldInvalid) else ""
        conflicts = error.conflicts if isinstance(error, DraftStale) else ()
        return _page(
            request, member, ref, source, typed, told, wrong_field=field, conflicts=conflicts
        )
    return redirect(f"{reverse('desk:claim', args=[ref])}#source-{source}")


@require_POST
@at_desk(Permission.WRITE_CHECK)
def move(request: HttpRequest, member: Member, ref: int, source: int, step: str) -> HttpResponse:
    """Remove a source, move it `up` or `down`, fetch it `again`, or `accept` what was fetched."""
    if step not in _STEPS:
        raise Http404
    claim_for(member, ref, to=Permission.WRITE_CHECK)
    found = queries.draft(ref)
    place = next((i for i, row in enumerate(found.evidence) if row.source.id == source), None)
    if place is None:
        raise EvidenceUnknown(f"The draft has no evidence {source}.", evidence=source)
    capture = found.evidence[place].capture.id
    if step == "remove":
        actions.remove_evidence(ref, source, by=member)
    elif step == "again":
        captures.ask_again(capture, by=member.actor)
    elif step == "accept":
        captures.accept(capture, by=member.actor)
    else:
        actions.move_evidence(ref, source, place=place + (-1 if step == "up" else 1), by=member)
    if step in ("again", "accept"):
        return redirect("desk:source", ref=ref, source=source)
    return redirect(f"{reverse('desk:claim', args=[ref])}#evidence")


def _page(
    request: HttpRequest,
    member: Member,
    ref: int,
    number: int,
    typed: Typed | None = None,
    error: Complaint | None = None,
    *,
    wrong_field: str = "",
    conflicts: tuple[Conflict, ...] = (),
) -> HttpResponse:
    row = claim_for(member, ref, to=Permission.READ_DESK)
    found = queries.draft(ref)
    cited = _cited(found, number)
    values = typed or check_forms.shown_source(cited.source)
    asked = check_forms.version_of(request.POST) if typed and not conflicts else found.version
    context: dict[str, Any] = {
        "claim": row,
        "row": cited,
        "version": asked if 0 <= asked <= found.version else found.version,
        "values": values,
        "pieces": _marked(cited, str(values["quote"])),
        "error": error,
        "wrong_field": wrong_field,
        "conflicts": [(check_words.field_words(each.field), each) for each in conflicts],
        "may_write": may(member.role, Permission.WRITE_CHECK),
        **words_context(),
    }
    status = error.http_status if error else 200
    return render(request, "desk/workbench/source.html", context, status=status)


def _cited(found: Standing, number: int) -> EvidenceRow:
    for row in found.evidence:
        if row.source.id == number:
            return row
    raise EvidenceUnknown(f"The draft has no evidence {number}.", evidence=number)


def _marked(cited: EvidenceRow, quote: str) -> tuple[str, str, str] | None:
    """The captured text before, in and behind the quote; None when there is no text."""
    if not cited.capture.has_text:
        return None
    with suppress(FileMissing, FileAltered):
        text = kept.text_of(cited.capture.id)
        place = kept.place_of_quote(cited.capture.id, quote) if quote else None
        if place is None:
            return text, "", ""
        return text[: place.start], text[place.start : place.end], text[place.end :]
    return None
