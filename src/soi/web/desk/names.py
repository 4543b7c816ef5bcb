"""The desk's pages of names that could be taken for others: the queue, one name, the lists.

People decide here, with a reason, and can undo it. To call a name fraud is for who may publish:
readers are told so at once, under the desk's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from soi.answer.answering import answer
from soi.answer.complaints import Complaint, complaint
from soi.core.errors import SoiError
from soi.core.rows import Rows
from soi.core.text import Platform
from soi.incidents.following import open_about
from soi.people.access import require
from soi.people.rules import may
from soi.people.types import Member, Permission
from soi.register.queries import names_of, organisations
from soi.watch import actions, queries, rules
from soi.watch.errors import NothingChosen
from soi.watch.noting import report
from soi.watch.types import LookalikeRow, State
from soi.web.desk.actors import named_actors
from soi.web.desk.guard import at_desk

PAGE = 30
AT_ONCE = 1000
"""Names that may be decided on together."""
SHOWN_AS_DONE = 200
"""Names that can be undone together right after; the address has no room for more."""
SIGHTINGS = 50
_SHOWN: dict[str, tuple[State, ...]] = {
    "waiting": (State.WAITING,),
    "lookalike": (State.LOOKALIKE,),
    "scam": (State.SCAM,),
    "dismissed": (State.DISMISSED,),
    "all": tuple(State),
}
_DAYS = (30, 90, rules.CONFIRMED_DAYS)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which names somebody wants to see; what is empty leaves nothing out."""

    shown: str
    query: str
    organisation: str
    campaign: str
    is_clear: bool

    @classmethod
    def of(cls, given: QueryDict) -> _Asked:
        shown = given.get("state", "waiting")
        return cls(
            shown if shown in _SHOWN else "waiting",
            _word(given, "q"),
            _word(given, "organisation"),
            _word(given, "campaign", 500),
            given.get("clear") == "1",
        )

    @property
    def hides_something(self) -> bool:
        """Whether more could be shown than is asked for."""
        return (
            bool(self.query or self.organisation or self.campaign or self.is_clear)
            or self.shown != "all"
        )

    def found(self, *, up_to: int | None = None) -> Rows[LookalikeRow]:
        """The names, by the page."""
        return queries.lookalikes(
            states=_SHOWN[self.shown],
            organisation=self.organisation,
            campaign=self.campaign,
            text=self.query,
            is_clear=self.is_clear,
            up_to=up_to,
        )

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The same question as the fields of a form."""
        said = {
            "state": self.shown if self.shown != "waiting" else "",
            "q": self.query,
            "organisation": self.organisation,
            "campaign": self.campaign,
            "clear": "1" if self.is_clear else "",
        }
        return [(field, value) for field, value in said.items() if value]


def _word(given: QueryDict, name: str, limit: int = 200) -> str:
    return given.get(name, "")[:limit].replace("\0", "")


@require_safe
@at_desk(Permission.READ_DESK)
def queue(request: HttpRequest, member: Member) -> HttpResponse:
    """The names that wait, unless others are asked for."""
    return _queue(request, member, _Asked.of(request.GET))


def _queue(
    request: HttpRequest, member: Member, asked: _Asked, *, error: Complaint | None = None
) -> HttpResponse:
    page = Paginator(asked.found(), PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    imitated = queries.organisations_imitated()
    context: dict[str, Any] = {
        "page": page,
        "asked": asked,
        "imitated": [(slug, row) for slug, row in names_of(imitated).items()],
        "brands": names_of({row.organisation for row in rows}),
        "owners": queries.owners_of_names(rows),
        "newest": queries.newest_id(),
        "streams": queries.streams(),
        "error": error,
        "at_once": AT_ONCE,
        "done": _done(request),
        **_deciding(request, member),
    }
    return render(request, "desk/names.html", context, status=error.http_status if error else 200)


def _deciding(request: HttpRequest, member: Member) -> dict[str, Any]:
    return {
        "may_triage": may(member.role, Permission.TRIAGE),
        "may_call_scam": may(member.role, Permission.PUBLISH),
        "may_read_journal": may(member.role, Permission.READ_JOURNAL),
        "reason": _word(request.POST, "reason", 4 * rules.REASON_LIMIT),
        "verdict": _word(request.POST, "verdict"),
        "chosen": set(_ids(request.POST)),
        "days": _DAYS,
        "reason_limit": rules.REASON_LIMIT,
    }


def _done(request: HttpRequest) -> list[LookalikeRow]:
    """The names that were decided on a moment ago, so that it can be undone from here."""
    found = queries.lookalikes_with_ids(_ids(request.GET, "done")[:SHOWN_AS_DONE])
    return [row for row in found if row.state is not State.WAITING]


def _ids(given: QueryDict, name: str = "id") -> list[int]:
    found = [value for some in given.getlist(name) for value in some.split(",")]
    return [int(each) for each in found if each.isascii() and each.isdecimal() and len(each) < 19]


@require_safe
@at_desk(Permission.READ_DESK)
def campaigns(request: HttpRequest, member: Member) -> HttpResponse:
    """Names made after one pattern, the largest campaign first."""
    organisation = _word(request.GET, "organisation")
    found = queries.campaigns(organisation=organisation)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "organisation": organisation,
        "brands": names_of({row.organisation for row in page.object_list}),
        "may_read_journal": may(member.role, Permission.READ_JOURNAL),
    }
    return render(request, "desk/campaigns.html", context)


@require_safe
@at_desk(Permission.READ_DESK)
def name(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """One name: why it is here, where it was seen, what was decided."""
    return _name(request, member, ref)


def _name(
    request: HttpRequest, member: Member, ref: int, *, error: Complaint | None = None
) -> HttpResponse:
    row = queries.lookalike_with_id(ref)
    decisions = queries.decisions_on(ref)
    sightings = queries.sightings_of(ref)
    context: dict[str, Any] = {
        "row": row,
        "organisation": names_of([row.organisation]).get(row.organisation),
        "owner": queries.owners_of_names([row]).get(row.id),
        "incidents": open_about(lookalike_ids=[ref]),
        "decisions": decisions,
        "actors": named_actors([*(d.by for d in decisions), *(d.undone_by for d in decisions)]),
        "sightings": sightings[:SIGHTINGS],
        "sighting_count": len(sightings),
        "others": max(0, len(queries.lookalikes(
            states=tuple(State), organisation=row.organisation, campaign=row.campaign)) - 1),
        "answer": answer(row.key) if request.GET.get("answer") else None,
        "error": error,
        **_deciding(request, member),
    }  # fmt: skip
    return render(request, "desk/name.html", context, status=error.http_status if error else 200)


@require_POST
@at_desk(Permission.TRIAGE)
def decide(request: HttpRequest, member: Member) -> HttpResponse:
    """Decide on the chosen names, or on all that the filter shows; all or none.

    What can't be done comes back on the page from which it was asked, with what was typed.
    """
    ref, asked = _ids(request.POST, "page_of"), _Asked.of(request.POST)
    ids = _chosen(request.POST, asked)
    try:
        _decide(request.POST, ids, member)
    except SoiError as error:
        told = complaint(error)
        if told is None or told.code == "not_allowed":
            raise
        if ref and told.code != "lookalike_unknown":
            return _name(request, member, ref[0], error=told)
        return _queue(request, member, asked, error=told)
    if ref:
        return redirect("desk:name", ref=ref[0])
    done = ",".join(str(each) for each in ids[:SHOWN_AS_DONE])
    return redirect(f"{reverse('desk:names')}?{urlencode([*asked.fields, ('done', done)])}")


def _chosen(given: QueryDict, asked: _Asked) -> list[int]:
    if given.get("all") != "1":
        return _ids(given)[:AT_ONCE]
    # What came after the page was opened was not seen, so it is not decided on.
    newest = _ids(given, "newest") or [0]
    return [row.id for row in asked.found(up_to=newest[0])[:AT_ONCE]]


def _decide(given: QueryDict, ids: Sequence[int], member: Member) -> None:
    verdict, reason = given.get("verdict", ""), given.get("reason", "")
    if not ids or verdict not in (State.SCAM, State.LOOKALIKE, State.DISMISSED):
        raise NothingChosen("No name, or nothing to say of it, was chosen.")
    if verdict == State.SCAM:
        require(member, Permission.PUBLISH)
    if verdict != State.DISMISSED:
        asked = given.get("days", "")
        days = int(asked) if asked in {str(each) for each in _DAYS} else rules.CONFIRMED_DAYS
        actions.confirm(ids, state=State(verdict), reason=reason, by=member.actor, days=days)
    else:
        actions.dismiss(ids, reason=reason, by=member.actor)


@require_POST
@at_desk(Permission.TRIAGE)
def undo(request: HttpRequest, member: Member) -> HttpResponse:
    """Take decisions back; what they were stays readable on the names' pages."""
    ids, ref = _ids(request.POST)[:AT_ONCE], _ids(request.POST, "page_of")
    decided = queries.lookalikes_with_ids(ids)
    if any(row.state is State.SCAM for row in decided):
        require(member, Permission.PUBLISH)
    # Somebody may call one of them fraud between the look above and the undoing.
    spare = () if may(member.role, Permission.PUBLISH) else (State.SCAM,)
    try:
        actions.undo(*ids, by=member.actor, spare=spare)
    except SoiError as error:
        told = complaint(error)
        if told is None:
            raise
        if ref:
            return _name(request, member, ref[0], error=told)
        return _queue(request, member, _Asked.of(request.POST), error=told)
    return redirect("desk:name", ref=ref[0]) if ref else redirect("desk:names")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Permission.TRIAGE)
def add(request: HttpRequest, member: Member) -> HttpResponse:
    """Put a name before the desk by hand."""
    error = None
    given = {
        each: _word(request.POST or request.GET, each)
        for each in ("name", "platform", "organisation", "source")
    }
    if request.method == "POST":
        try:
            ref = report(
                rules.named(given["name"], given["platform"]),
                organisation=given["organisation"],
                source=rules.source_name("person", given["source"] or member.actor),
                by=member.actor,
            )
        except SoiError as wrong:
            error = complaint(wrong)
            if error is None:
                raise
        else:
            return redirect("desk:name", ref=ref)
    context = {
        "given": given,
        "error": error,
        "platforms": [each.value for each in Platform if each is not Platform.UNKNOWN],
        "organisations": organisations()[:AT_ONCE],
        "may_read_journal": may(member.role, Permission.READ_JOURNAL),
    }
    return render(
        request, "desk/name_add.html", context, status=error.http_status if error else 200
    )


@require_safe
@at_desk(Permission.READ_DESK)
def lists(request: HttpRequest, member: Member) -> HttpResponse:
    """The lists of known scams: what they hold, what went wrong, where they err."""
    imports = queries.last_imports()
    conflicts = [row for each in imports.values() for row in each.conflicts]
    context = {
        "lists": [(row, imports.get(row.name)) for row in queries.scam_lists()],
        "brands": names_of({row.organisation for row in conflicts}),
        "may_read_journal": may(member.role, Permission.READ_JOURNAL),
    }
    return render(request, "desk/scam_lists.html", context)
