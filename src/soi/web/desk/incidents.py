"""The desk's pages of incidents, for keepers of organisations and the desk's register people.

Which incident somebody may open is decided by `soi.incidents.access`; for which something may be
prepared for a platform, by `soi.incidents.clocks` and the database (charter rule C8).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.captures import actions as captures
from soi.core.errors import SoiError
from soi.core.text import Platform
from soi.incidents import access, clocks, evidence, following, handling, reports, rules
from soi.incidents.errors import IncidentInvalid
from soi.incidents.following import Asked
from soi.incidents.types import Form, IncidentKind, IncidentRow, IncidentState, StepWord
from soi.people.types import Member, Permission
from soi.register import access as register
from soi.register.queries import all_holdings_of, names_of, organisations
from soi.register.types import OrganisationRow
from soi.watch import rules as watch
from soi.watch.queries import lookalikes_with_ids
from soi.web.desk.actors import named_actors
from soi.web.desk.guard import at_desk

PAGE = 30
ORGANISATIONS = 1000
"""Organisations among which one is chosen."""
_SHOWN = {
    "open": Asked(state=IncidentState.OPEN),
    "overdue": Asked(is_overdue=True),
    "closed": Asked(state=IncidentState.CLOSED),
    "all": Asked(),
}
_TYPED = ("kind", "holding", "lookalike", "name", "platform", "words", "since")


@require_safe
@at_desk(Permission.KEEP_REGISTER)
def index(request: HttpRequest, member: Member) -> HttpResponse:
    """The incidents that somebody looks after, what is due first before the rest."""
    asked = request.GET.get("show", "open")
    shown = asked if asked in _SHOWN else "open"
    page = Paginator(access.incidents_for(member, _SHOWN[shown]), PAGE).get_page(
        request.GET.get("page")
    )
    rows = list(page.object_list)
    context = {
        "page": page,
        "rows": rows,
        "organisations": names_of({row.organisation for row in rows}),
        "shown": shown,
        "lists": list(_SHOWN),
    }
    return render(request, "desk/incidents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Permission.KEEP_REGISTER)
def open_(request: HttpRequest, member: Member) -> HttpResponse:
    """Open an incident: about a holding, a name before the desk, or a name that is typed here."""
    given = {name: _word(request, name, 2000) for name in ("organisation", *_TYPED)}
    seen = lookalikes_with_ids([_number(given["lookalike"])]) if given["lookalike"] else []
    if seen and not given["organisation"]:
        given["organisation"] = seen[0].organisation
    slug = given["organisation"]
    organisation = register.organisation_for(member, slug) if slug else None
    if organisation is None:
        among = _looked_after(member)
        return render(request, "desk/incident_organisation.html", {"organisations": among})
    error: Complaint | None = None
    if request.method == "POST":
        try:
            number = _opened(given, by=member.actor)
        except SoiError as refused:
            error = _told(refused)
        else:
            return redirect("desk:incident", ref=number)
    context = {
        "organisation": organisation,
        "holdings": [each for each in all_holdings_of(slug) if each.kind in rules.WARNED_OF],
        "lookalike": seen[0] if seen else None,
        "kinds": _kinds(given),
        "platforms": [each.value for each in Platform if each is not Platform.UNKNOWN],
        "given": given,
        "limit": rules.WHAT_LIMIT,
        "error": error,
    }
    status = error.http_status if error else 200
    return render(request, "desk/incident_open.html", context, status=status)


def _looked_after(member: Member) -> list[OrganisationRow]:
    if register.is_desk(member):
        return organisations()[:ORGANISATIONS]
    return list(names_of(register.kept_by(member)).values())


def _kinds(given: dict[str, str]) -> list[IncidentKind]:
    """The kinds that go with what was chosen; all while nothing is."""
    if given["lookalike"]:
        return clocks.kinds_of(is_of_holding=False)
    if given["holding"]:
        return clocks.kinds_of(is_of_holding=True)
    return list(IncidentKind)


def _opened(given: dict[str, str], *, by: str) -> int:
    if given["kind"] not in set(IncidentKind):
        raise IncidentInvalid("That is no kind.", reason="kind_unknown")
    slug, kind = given["organisation"], IncidentKind(given["kind"])
    since, words = _since(given["since"]), given["words"]
    if given["name"].strip() and not given["lookalike"] and not given["holding"]:
        name = watch.named(given["name"][:200], given["platform"])
        return handling.open_about_name(slug, kind, name, words=words, by=by, since=since)
    return handling.open_incident(
        slug,
        kind,
        words=words,
        by=by,
        holding=_number(given["holding"]) if given["holding"] else None,
        lookalike=_number(given["lookalike"]) if given["lookalike"] else None,
        since=since,
    )


def _since(text: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        at = parse_datetime(text[:40])
    except ValueError:
        at = None
    if at is None:
        raise IncidentInvalid("That is no date and time.", reason="since_unreadable")
    return at if timezone.is_aware(at) else timezone.make_aware(at)


@require_safe
@at_desk(Permission.KEEP_REGISTER)
def incident(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """One incident: its steps and clocks, its evidence, what was done."""
    return _incident(request, *access.incident_for(member, ref))


def _incident(
    request: HttpRequest,
    row: IncidentRow,
    organisation: OrganisationRow,
    *,
    error: Complaint | None = None,
) -> HttpResponse:
    timeline, prepared = following.timeline_of(row.id), following.prepared_of(row.id)
    context: dict[str, Any] = {
        "row": row,
        "organisation": organisation,
        "notices": following.notices_in(row),
        "captures": following.captures_of(row.id),
        "timeline": timeline[::-1],
        "prepared": prepared,
        "actors": named_actors(
            [each.by for each in timeline]
            + [each.by for each in prepared]
            + [step.by for step in row.steps]
        ),
        "page_of_it": f"https://{row.named.value}/" if row.named.kind == "host" else "",
        "typed": {name: _word(request, name, 2000) for name in ("words", "reason", "url")},
        "reason_limit": rules.REASON_LIMIT,
        "words_limit": rules.WHAT_LIMIT,
        "error": error,
    }
    status = error.http_status if error else 200
    return render(request, "desk/incident.html", context, status=status)


@require_POST
@at_desk(Permission.KEEP_REGISTER)
def act(request: HttpRequest, member: Member, ref: int, step: str) -> HttpResponse:
    """Do one thing about an incident: `step` says which, see `_ACTS`."""
    if step not in _ACTS:
        raise Http404
    found = access.incident_for(member, ref)
    try:
        _ACTS[step](request, member, ref)
    except SoiError as refused:
        return _incident(request, *found, error=_told(refused))
    return redirect("desk:incident", ref=ref)


def _step(request: HttpRequest) -> StepWord:
    given = request.POST.get("step", "")
    if given not in set(StepWord):
        raise IncidentInvalid("There is no such step.", reason="no_such_step")
    return StepWord(given)


def _done(request: HttpRequest, member: Member, ref: int) -> None:
    handling.do_step(ref, _step(request), words=request.POST.get("words", ""), by=member.actor)


def _skip(request: HttpRequest, member: Member, ref: int) -> None:
    handling.skip_step(ref, _step(request), reason=request.POST.get("words", ""), by=member.actor)


def _undo(request: HttpRequest, member: Member, ref: int) -> None:
    handling.undo_step(ref, _step(request), by=member.actor)


def _note(request: HttpRequest, member: Member, ref: int) -> None:
    handling.note(ref, words=request.POST.get("words", ""), by=member.actor)


def _capture(request: HttpRequest, member: Member, ref: int) -> None:
    upload = request.FILES.get("file")
    if upload is None:
        handling.capture_address(ref, request.POST.get("url", "").strip(), by=member.actor)
        return
    content = BytesIO(upload.read(captures.FILE_LIMIT + 1))
    number = captures.keep_file(upload.name or "", content, by=member.actor)
    handling.add_capture(ref, number, by=member.actor)


def _drop(request: HttpRequest, member: Member, ref: int) -> None:
    handling.drop_capture(ref, _number(request.POST.get("capture", "")), by=member.actor)


def _close(request: HttpRequest, member: Member, ref: int) -> None:
    handling.close(ref, reason=request.POST.get("reason", ""), by=member.actor)


def _reopen(request: HttpRequest, member: Member, ref: int) -> None:
    handling.reopen(ref, reason=request.POST.get("reason", ""), by=member.actor)


_ACTS: dict[str, Callable[[HttpRequest, Member, int], None]] = {
    "done": _done,
    "skip": _skip,
    "undo": _undo,
    "note": _note,
    "capture": _capture,
    "drop": _drop,
    "close": _close,
    "reopen": _reopen,
}


@require_POST
@at_desk(Permission.KEEP_REGISTER)
def bundle(request: HttpRequest, member: Member, ref: int) -> StreamingHttpResponse | HttpResponse:
    """The evidence as a zip, streamed; of fraud alone (charter rule C8)."""
    found = access.incident_for(member, ref)
    try:
        made = evidence.bundle_of(ref)
        handling.note_prepared(ref, Form.BUNDLE, made.digest, by=member.actor)
    except SoiError as refused:
        return _incident(request, *found, error=_told(refused))
    return StreamingHttpResponse(
        made.stream(),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{made.name}"'},
    )


@require_POST
@at_desk(Permission.KEEP_REGISTER)
def prepare(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Prepare the report to the platform; of fraud alone (charter rule C8)."""
    found = access.incident_for(member, ref)
    try:
        made = reports.prepare_report(ref, by=member.actor)
    except SoiError as refused:
        return _incident(request, *found, error=_told(refused))
    return redirect("desk:incident-report", ref=ref, made=made.id)


@require_safe
@at_desk(Permission.KEEP_REGISTER)
def report(request: HttpRequest, member: Member, ref: int, made: int) -> HttpResponse:
    """A report that was prepared, to be printed; of fraud alone (charter rule C8)."""
    found = reports.report_of(*access.incident_for(member, ref), made)
    address = reverse("public:organisation", args=[found.organisation.slug])
    context = {"report": found, "register": settings.SOI_BASE_URL + address}
    return render(request, "desk/incident_report.html", context)


def _word(request: HttpRequest, name: str, limit: int) -> str:
    given = request.POST if request.method == "POST" else request.GET
    return given.get(name, "")[:limit].replace("\0", "")


def _number(text: str) -> int:
    """The number, 0 for what is none: nothing has it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _told(error: SoiError) -> Complaint:
    told = complaint(error)
    if told is None:
        raise error
    return told
