"""The pages of organisations for their keepers and the desk's register people.

Which organisation somebody may open is decided by `soi.register.access`; what can't be done comes
back on the page with the reason and what was typed.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.core.errors import SoiError
from soi.core.formats import (
    Code,
    FormatError,
    HoldingKind,
    HoldingState,
    read_register_csv,
    write_register_csv,
)
from soi.incidents.following import open_about
from soi.people.access import require
from soi.people.queries import members, names_of
from soi.people.rules import may
from soi.people.types import Member, Permission
from soi.register import access, actions, bringing, custody, keeping, lifecycle, proving, queries
from soi.register import rules as register_rules
from soi.register.errors import HoldingInvalid
from soi.register.proofs import rule
from soi.register.proofs.types import ProofKind
from soi.register.types import HoldingRow, ReuseEnd, RoleWord, TwoFactor
from soi.web.desk.calendar import calendar_of
from soi.web.desk.guard import at_desk
from soi.web.desk.organisation_forms import DeclareForm, OrganisationForm

PAGE = 30
FILE_LIMIT = 5_000_000
"""Bytes of a CSV file."""
REFUSALS_SHOWN = 50

_KIND_ORDER = {kind: place for place, kind in enumerate(HoldingKind)}

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@at_desk(Permission.KEEP_REGISTER)
def organisations(request: HttpRequest, member: Member) -> HttpResponse:
    """The organisations that somebody looks after, what waits, and a form for a new one."""
    is_desk = access.is_desk(member)
    form = OrganisationForm(request.POST or None)
    error: Complaint | None = None
    if request.method == "POST":
        require(member, Permission.MANAGE_REGISTER)
        if form.is_valid():
            said = form.cleaned_data
            try:
                actions.open_organisation(**said, by=member.actor)
            except SoiError as refused:
                error = _told(refused)
            else:
                return redirect("desk:organisation", slug=said["slug"])
    query = request.GET.get("q", "")[:200].replace("\0", "")
    kept = set(access.kept_by(member))
    found = queries.organisations(text=query, slugs=None if is_desk else kept)
    context = {
        **_base(member),
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "kept": kept,
        "query": query,
        "form": form,
        "error": error,
        "reminders": access.reminders_for(member),
        "waiting": keeping.waiting() if is_desk else [],
    }
    return render(request, "desk/organisations.html", context, status=_status(error, form))


@require_safe
@at_desk(Permission.KEEP_REGISTER)
def organisation(request: HttpRequest, member: Member, slug: str) -> HttpResponse:
    """Everything of one organisation: holdings with proofs and custody, offers, keepers."""
    return _organisation(request, member, slug)


def _organisation(
    request: HttpRequest, member: Member, slug: str, *, error: Complaint | None = None
) -> HttpResponse:
    found = access.organisation_for(member, slug)
    holdings = sorted(queries.all_holdings_of(slug), key=lambda row: _KIND_ORDER[row.kind])
    proofs, held = keeping.proofs_of(slug), access.custody_for(member, slug)
    reminders = {each.holding_id for each in custody.reminders(slugs=[slug])}
    keepers = keeping.keepers_of(slug)
    known = {number for number, _ in keepers}
    context = {
        **_base(member),
        "organisation": found,
        "holdings": [
            (each, proofs.get(each.id, []), held.get(each.id), each.id in reminders)
            for each in holdings
        ],
        "due": [each for each in holdings if each.id in reminders and each.id in held],
        "offers": keeping.offers_to(slug),
        "keepers": keepers,
        "possible_keepers": [
            each
            for each in members()
            if may(each.role, Permission.KEEP_REGISTER) and each.id not in known
        ],
        "names": {"name": found.name, "name_en": found.name_en, "aliases": "|".join(found.aliases)},
        "error": error,
    }
    status = error.http_status if error else 200
    return render(request, "desk/organisation.html", context, status=status)


@require_POST
@at_desk(Permission.KEEP_REGISTER)
def organisation_step(request: HttpRequest, member: Member, slug: str, step: str) -> HttpResponse:
    """Do one thing about an organisation; see `_ORGANISATION_STEPS`."""
    if step not in _ORGANISATION_STEPS:
        raise Http404
    access.organisation_for(member, slug)
    needs_desk, do = _ORGANISATION_STEPS[step]
    if needs_desk:
        require(member, Permission.MANAGE_REGISTER)
    try:
        do(request, member, slug)
    except SoiError as refused:
        return _organisation(request, member, slug, error=_told(refused))
    return redirect("desk:organisation", slug=slug)


def _describe(request: HttpRequest, member: Member, slug: str) -> None:
    said = {name: request.POST.get(name, "") for name in ("name", "name_en", "aliases")}
    actions.describe_organisation(slug, **said, by=member.actor)


def _appoint(request: HttpRequest, member: Member, slug: str) -> None:
    actions.appoint_keeper(slug, _number(request, "member"), by=member.actor)


def _dismiss(request: HttpRequest, member: Member, slug: str) -> None:
    actions.dismiss_keeper(slug, _number(request, "member"), by=member.actor)


def _confirm_custody(request: HttpRequest, member: Member, slug: str) -> None:
    numbers = [int(each) for each in request.POST.getlist("holding") if _is_number(each)]
    custody.confirm_custody(slug, numbers, by=member.actor)


def _take_over(request: HttpRequest, member: Member, slug: str) -> None:
    lifecycle.take_over(slug, _number(request, "handover"), by=member.actor)


def _decline(request: HttpRequest, member: Member, slug: str) -> None:
    lifecycle.decline(slug, _number(request, "handover"), by=member.actor)


_ORGANISATION_STEPS: dict[str, tuple[bool, Callable[[HttpRequest, Member, str], None]]] = {
    "names": (True, _describe),
    "appoint": (True, _appoint),
    "dismiss": (True, _dismiss),
    "custody": (False, _confirm_custody),
    "take-over": (False, _take_over),
    "decline": (False, _decline),
}
"""By their name in the address: whether only the desk's register people may, and what is done."""


@get_or_post
@at_desk(Permission.KEEP_REGISTER)
def declare(request: HttpRequest, member: Member, slug: str) -> HttpResponse:
    """Say that something is the organisation's own."""
    found = access.organisation_for(member, slug)
    is_desk = access.is_desk(member)
    form = DeclareForm(request.POST or None, is_desk=is_desk)
    error: Complaint | None = None
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        vouched = is_desk and bool(said.pop("vouched", False))
        try:
            number = lifecycle.propose(slug, said, by=member.actor, vouched=vouched)
        except SoiError as refused:
            error = _told(refused)
        else:
            return redirect("desk:holding", slug=slug, ref=number)
    context = {**_base(member), "organisation": found, "form": form, "error": error}
    return render(request, "desk/declare.html", context, status=_status(error, form))


@get_or_post
@at_desk(Permission.KEEP_REGISTER)
def bring(request: HttpRequest, member: Member, slug: str) -> HttpResponse:
    """Declare, retire, warn and hand over by a CSV file."""
    found = access.organisation_for(member, slug)
    brought, error = None, None
    if request.method == "POST":
        vouched = access.is_desk(member) and request.POST.get("vouched") == "on"
        try:
            content = _file(request)
            items = list(read_register_csv(io.BytesIO(content)))
            brought = bringing.bring(slug, items, by=member.actor, vouched=vouched)
        except SoiError as refused:
            error = _told(refused)
    context = {
        **_base(member),
        "organisation": found,
        "brought": brought,
        "done": [(each.value, n) for each, n in brought.done.items() if n] if brought else [],
        "refusals": _refusals(brought) if brought else [],
        "error": error,
    }
    return render(request, "desk/bring.html", context, status=_status(error))


def _file(request: HttpRequest) -> bytes:
    """The bytes of the file that was sent. Raises `FormatError`."""
    sent = request.FILES.get("file")
    content = sent.read(FILE_LIMIT + 1) if sent is not None else b""
    if not content:
        raise FormatError(Code.EMPTY_FILE, "There is no file, or it is empty.")
    if len(content) > FILE_LIMIT:
        raise FormatError(Code.FILE_TOO_LARGE, f"It has more than {FILE_LIMIT} bytes.")
    return content


def _refusals(brought: bringing.Brought) -> list[tuple[int, str, Complaint | None]]:
    """Row, excerpt and reason of the first rows that were refused."""
    return [
        (each.position + 2, each.excerpt, _told(_refused(each.code, each.why)))
        for each in brought.refusals[:REFUSALS_SHOWN]
    ]


def _refused(code: str, why: str) -> SoiError:
    return HoldingInvalid(why, reason=code)


@require_safe
@at_desk(Permission.KEEP_REGISTER)
def export(request: HttpRequest, member: Member, slug: str) -> HttpResponse:
    """The organisation's holdings as CSV, also what is only proposed; reading gives them back."""
    access.organisation_for(member, slug)
    stream = io.BytesIO()
    write_register_csv(queries.records_of(slug, with_proposed=True), stream)
    name = f"{slug}-{timezone.localdate().isoformat()}.csv"
    return HttpResponse(
        stream.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@at_desk(Permission.KEEP_REGISTER)
def reminders(request: HttpRequest, member: Member, slug: str) -> HttpResponse:
    """The days on which custody is to be confirmed, as a calendar file: no mail is needed."""
    found = access.organisation_for(member, slug)
    due = {number: row.due_on for number, row in access.custody_for(member, slug).items()}
    return HttpResponse(
        calendar_of(found, due.values()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{slug}.ics"'},
    )


@require_safe
@at_desk(Permission.KEEP_REGISTER)
def holding(request: HttpRequest, member: Member, slug: str, ref: int) -> HttpResponse:
    """One holding: how it stands, its proofs, who holds its keys, what can be done."""
    return _holding(request, member, slug, ref)


def _holding(
    request: HttpRequest,
    member: Member,
    slug: str,
    ref: int,
    *,
    error: Complaint | None = None,
) -> HttpResponse:
    found = access.organisation_for(member, slug)
    row = queries.holding_with_id(slug, ref)
    proofs = keeping.proofs_of(slug).get(ref, [])
    held = access.custody_for(member, slug).get(ref)
    sites = [each for each in keeping.official_sites(slug) if each != row.key]
    seen = {number for each in proofs for number in each.seen_by}
    context = {
        **_base(member),
        "organisation": found,
        "holding": row,
        "standing": register_rules.standing(row, timezone.localdate(), row.periods),
        "proofs": proofs,
        "proof_standing": rule.standing([ProofKind(each) for each in row.proved_by]),
        "points_needed": rule.POINTS_NEEDED,
        "ways": [(way, rule.WEIGHTS[way]) for way in keeping.ways_to_prove(row)],
        "seen_by": sorted(names_of(seen).values()),
        "has_seen": member.id in seen,
        "sites": sites,
        "where": request.POST.get("where", "")[:2000] or next(iter(sites), ""),
        "profile": keeping.profile_of(row),
        "custody": held,
        "people": _people(slug, held),
        "roles": [(each.value, held is not None and each in held.roles) for each in RoleWord],
        "two_factors": list(TwoFactor),
        "incidents": open_about(holding_ids=[ref]),
        "offer": keeping.offer_of(ref),
        "seen_instead": keeping.seen_instead(ref) if row.doubted_from else "",
        "ends": list(ReuseEnd),
        "steps": _steps(row),
        "today": timezone.localdate(),
        "typed": {name: request.POST.get(name, "")[:2000] for name in _TYPED},
        "error": error,
    }
    return render(request, "desk/holding.html", context, status=error.http_status if error else 200)


_TYPED = ("value", "to", "note", "platform_id", "identifier")


def _people(slug: str, held: custody.CustodyRow | None) -> list[tuple[int, str, bool]]:
    """Who can be named as holding keys: the organisation's keepers, and whoever is named now."""
    named = dict(held.people) if held else {}
    known = {**named, **dict(keeping.keepers_of(slug))}
    return [(number, name, number in named) for number, name in sorted(known.items())]


def _steps(row: HoldingRow) -> set[str]:
    """What may follow, by the names of `_HOLDING_STEPS`."""
    if row.state is HoldingState.PROPOSED:
        return (
            {"confirm", "withdraw"} if row.lapsed_from is None else {"confirm", "retire", "offer"}
        )
    following = register_rules.following(row.state)
    found = {"retire", "offer"} if HoldingState.RETIRED in following else set()
    if row.state in register_rules.CONFIRMED:
        found |= {"compromised", "use"}
        if row.kind is HoldingKind.ACCOUNT:
            found |= {"rename", "identifier"}
    if row.state is HoldingState.COMPROMISED:
        found.add("recover")
    return found


@require_POST
@at_desk(Permission.KEEP_REGISTER)
def holding_step(
    request: HttpRequest, member: Member, slug: str, ref: int, step: str
) -> HttpResponse:
    """Do one thing about a holding; see `_HOLDING_STEPS`."""
    if step not in _HOLDING_STEPS:
        raise Http404
    access.organisation_for(member, slug)
    needs_desk, do = _HOLDING_STEPS[step]
    if needs_desk:
        require(member, Permission.MANAGE_REGISTER)
    try:
        do(request, member, slug, ref)
    except SoiError as refused:
        if refused.code == "holding_unknown":
            raise
        return _holding(request, member, slug, ref, error=_told(refused))
    if step == "withdraw":
        return redirect("desk:organisation", slug=slug)
    return redirect("desk:holding", slug=slug, ref=ref)


def _confirm(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    lifecycle.confirm(slug, ref, by=member.actor)


def _withdraw(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    lifecycle.withdraw(slug, ref, by=member.actor)


def _use(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    wanted = request.POST.get("state", "")
    if wanted not in set(HoldingState):
        raise HoldingInvalid("That is no way of use.", reason="use_unknown")
    lifecycle.set_use(slug, ref, HoldingState(wanted), by=member.actor)


def _retire(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    lifecycle.retire(slug, ref, day=_day(request), by=member.actor)


def _compromised(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    lifecycle.report_compromised(slug, ref, since=_day(request), by=member.actor)


def _recover(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    lifecycle.recover(slug, ref, day=_day(request), by=member.actor)


def _rename(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    lifecycle.rename_account(
        slug,
        ref,
        request.POST.get("value", ""),
        day=_day(request),
        by=member.actor,
        vouched=access.is_desk(member) and request.POST.get("vouched") == "on",
    )


def _describe_holding(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    note, identifier = request.POST.get("note", ""), request.POST.get("platform_id", "")
    lifecycle.describe(slug, ref, note=note, platform_id=identifier, by=member.actor)


def _identifier(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    row = queries.holding_with_id(slug, ref)
    seen = request.POST.get("identifier", "").strip()
    if not row.platform_id:
        lifecycle.describe(slug, ref, note=row.note, platform_id=seen, by=member.actor)
        return
    lifecycle.note_platform_id(
        row.platform, row.value, seen, day=timezone.localdate(), by=member.actor
    )


def _settle(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    end = request.POST.get("end", "")
    if end not in set(ReuseEnd):
        raise HoldingInvalid("That is no end of a doubt.", reason="nothing_in_doubt")
    lifecycle.settle_reuse(slug, ref, ReuseEnd(end), by=member.actor)


def _offer(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    to = request.POST.get("to", "").strip()
    lifecycle.offer(slug, ref, to=to, day=_day(request), by=member.actor)


def _withdraw_offer(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    lifecycle.withdraw_offer(slug, ref, by=member.actor)


def _set_custody(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    two_factor = request.POST.get("two_factor", "")
    custody.set_custody(
        slug,
        ref,
        members=[int(each) for each in request.POST.getlist("member") if _is_number(each)],
        roles=request.POST.getlist("role"),
        two_factor=TwoFactor(two_factor) if two_factor in set(TwoFactor) else TwoFactor.UNKNOWN,
        by=member.actor,
    )


def _prove(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    kind = request.POST.get("kind", "")
    if kind not in set(ProofKind) or kind == ProofKind.IN_PERSON:
        raise HoldingInvalid("That is no way of proving.", reason="proof_unsuited")
    where = request.POST.get("where", "").strip()
    proving.ask(slug, ref, ProofKind(kind), where=where, by=member.actor)


def _see(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    proving.see_in_person(slug, ref, member.id, by=member.actor)


def _run_again(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    proving.run_again(slug, _number(request, "proof"), by=member.actor)


def _withdraw_proof(request: HttpRequest, member: Member, slug: str, ref: int) -> None:
    proving.withdraw(slug, _number(request, "proof"), by=member.actor)


_HOLDING_STEPS: dict[str, tuple[bool, Callable[[HttpRequest, Member, str, int], None]]] = {
    "confirm": (True, _confirm),
    "withdraw": (False, _withdraw),
    "use": (False, _use),
    "retire": (False, _retire),
    "compromised": (False, _compromised),
    "recover": (True, _recover),
    "rename": (False, _rename),
    "describe": (False, _describe_holding),
    "identifier": (False, _identifier),
    "settle": (True, _settle),
    "offer": (False, _offer),
    "withdraw-offer": (False, _withdraw_offer),
    "custody": (False, _set_custody),
    "prove": (False, _prove),
    "see": (True, _see),
    "run-again": (False, _run_again),
    "withdraw-proof": (False, _withdraw_proof),
}
"""By their name in the address: whether only the desk's register people may, and what is done.

What gives trust back (to confirm, to recover, to settle a doubt) is the desk's: whoever has stolen
a keeper's sign-in must not be able to."""


def _base(member: Member) -> dict[str, Any]:
    return {"is_desk": access.is_desk(member)}


def _told(error: SoiError) -> Complaint:
    told = complaint(error)
    if told is None:
        raise error
    return told


def _status(error: Complaint | None, form: Any = None) -> int:
    if error is not None:
        return error.http_status
    return 422 if form is not None and form.is_bound and form.errors else 200


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if _is_number(text) else 0


def _day(request: HttpRequest) -> dt.date:
    """The day that was typed, today for none. Raises `HoldingInvalid` for what is no day."""
    text = request.POST.get("day", "").strip()
    if not text:
        return timezone.localdate()
    try:
        day = parse_date(text[:10])
    except ValueError:
        day = None
    if day is None:
        raise HoldingInvalid("That is no day.", reason="day_unreadable")
    return day
