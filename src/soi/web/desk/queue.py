"""The desk's queue: what is asked most and harms most stands first, and says why.

One item is one claim, however many tips hold it. What somebody does to an item comes back to the
same place of the same list, with a way to undo it; what can't be done comes back with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.checking import actions, queries
from soi.checking.errors import FieldInvalid
from soi.checking.ordering import Weights
from soi.checking.queries import QueueCounts, QueueRow, Wanted
from soi.checking.types import ClaimState, CloseReason, Harm
from soi.core.errors import SoiError
from soi.core.rows import Rows
from soi.intake.grouping import actions as grouping
from soi.intake.grouping import queries as groups
from soi.intake.grouping.queries import Sheet
from soi.intake.types import Decision
from soi.people import queries as people
from soi.people.rules import may
from soi.people.types import Member, Permission
from soi.web.desk.guard import at_desk

PAGE = 30
EVERY = 20
"""Seconds between two looks at the counts, where a script runs."""

WAITING = "waiting"

HARMS: dict[Harm, str | Promise] = {
    Harm.UNSET: pgettext_lazy("harm", "not judged"),
    Harm.LOW: pgettext_lazy("harm", "low"),
    Harm.MEDIUM: pgettext_lazy("harm", "medium"),
    Harm.HIGH: pgettext_lazy("harm", "high"),
}
REASONS: dict[CloseReason, str | Promise] = {
    CloseReason.OPINION: pgettext_lazy("reason", "Opinion"),
    CloseReason.PREDICTION: pgettext_lazy("reason", "Prediction"),
    CloseReason.SATIRE: pgettext_lazy("reason", "Satire"),
    CloseReason.PRIVATE_MATTER: pgettext_lazy("reason", "Private matter"),
    CloseReason.UNCLEAR: pgettext_lazy("reason", "Not clear what is claimed"),
    CloseReason.ALREADY_ANSWERED: _("Already answered by a published check"),
}
SHOWN: dict[str, str | Promise] = {
    WAITING: pgettext_lazy("claims", "In the queue"),
    "open": pgettext_lazy("claims", "Nobody has taken"),
    "working": pgettext_lazy("claims", "Being worked on"),
    "mine": pgettext_lazy("claims", "Mine"),
    "approval": pgettext_lazy("claims", "To be approved"),
    "published": pgettext_lazy("claims", "Published"),
    "closed": pgettext_lazy("claims", "Closed"),
    "all": _("All"),
}
_STATES: dict[str, tuple[ClaimState, ...]] = {
    "open": (ClaimState.OPEN,),
    "working": (ClaimState.WORKING,),
    "published": (ClaimState.PUBLISHED, ClaimState.WITHDRAWN),
    "closed": (ClaimState.CLOSED,),
    "all": tuple(ClaimState),
}
_WEIGHTS = ("reach", "harm", "checkability", "half_life_hours")
_UNDOES = {"closed": "reopen", "taken": "back", "handed": "back", "back": "take"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the queue somebody wants to see."""

    show: str
    query: str
    harm: Harm | None

    @classmethod
    def of(cls, given: QueryDict) -> Asked:
        """What an address asks for; what can't be read asks for nothing."""
        show, harm = given.get("show", WAITING), given.get("harm", "")
        return cls(
            show if show in SHOWN else WAITING,
            given.get("q", "")[:200].replace("\0", ""),
            Harm(int(harm)) if harm in {str(each.value) for each in Harm} else None,
        )

    @property
    def is_filtered(self) -> bool:
        """True when more than the choice of a list hides claims."""
        return bool(self.query) or self.harm is not None

    def wanted(self, member: Member) -> Wanted:
        """The same for `queries.queue`."""
        return Wanted(
            states=self._states,
            text=self.query,
            harm=self.harm,
            taken_by=member.id if self.show == "mine" else None,
            for_approval=self.show == "approval",
        )

    @property
    def _states(self) -> tuple[ClaimState, ...]:
        if self.show == "approval":
            return (*_STATES["open"], *_STATES["working"], *_STATES["published"])
        return _STATES.get(self.show, (ClaimState.OPEN, ClaimState.WORKING))

    def count(self, counts: QueueCounts) -> int | None:
        """How many claims that are, where the counts tell it already."""
        if self.is_filtered or self.show == "mine":
            return None
        if self.show == "approval":
            return counts.for_approval
        return sum(counts.by_state[state] for state in self._states)


@dataclass(frozen=True, slots=True)
class Item:
    """One claim as the queue shows it."""

    row: QueueRow
    sheet: Sheet

    @property
    def weight(self) -> float:
        """The product of the factors: what the order is made by."""
        factors = self.row.factors
        return factors.reach * factors.harm * factors.checkability * factors.freshness

    @property
    def is_for_approval(self) -> bool:
        """True when only another person is missing."""
        return (
            self.row.has_draft
            and not self.row.open_gates
            and self.row.approvals < self.row.approvals_needed
        )


@require_safe
@at_desk(Permission.READ_DESK)
def queue(request: HttpRequest, member: Member) -> HttpResponse:
    """The claims that wait, unless others are asked for."""
    return _page(request, member, request.GET)


@require_safe
@at_desk(Permission.READ_DESK, keeps_session=False)
def counts(request: HttpRequest, member: Member) -> HttpResponse:
    """The counts alone, for a page that is open. Looking at them keeps no session alive."""
    context = {"asked": Asked.of(request.GET), **_counted(queries.queue_counts())}
    return render(request, "desk/_counts.html", context)


@require_POST
@at_desk(Permission.TRIAGE)
def triage(request: HttpRequest, member: Member, ref: int, step: str) -> HttpResponse:
    """Do one thing to a claim: `take`, `back`, `hand`, `close`, `reopen` or `harm`."""
    if step not in _STEPS:
        raise Http404
    return _done(request, member, lambda: _STEPS[step](request, member, ref))


@require_POST
@at_desk(Permission.TRIAGE)
def suggestion(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Say whether a claim is the same as what was suggested (`decision`: `same` or `other`)."""
    decision = request.POST.get("decision", "")
    if decision not in set(Decision):
        raise Http404

    def decide() -> tuple[str, int]:
        claim = grouping.decide(ref, Decision(decision), by=member)
        return ("joined" if decision == Decision.SAME else "kept"), claim

    return _done(request, member, decide)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Permission.READ_DESK)
def weights(request: HttpRequest, member: Member) -> HttpResponse:
    """How much each factor counts: to be read by all, to be changed by editors."""
    error = None
    if request.method == "POST":
        try:
            actions.set_weights(_weights(request.POST), by=member)
        except SoiError as refused:
            error = complaint(refused)
            if error is None or error.code == "not_allowed":
                raise
        else:
            return redirect("desk:queue")
    context = {
        "weights": request.POST if error else _written(queries.weights()),
        "error": error,
        "may_order": may(member.role, Permission.ORDER_QUEUE),
    }
    return render(request, "desk/weights.html", context, status=error.http_status if error else 200)


def _page(
    request: HttpRequest, member: Member, given: QueryDict, *, error: Complaint | None = None
) -> HttpResponse:
    asked, counted = Asked.of(given), queries.queue_counts()
    page = Paginator(_rows(asked, member, counted), PAGE).get_page(given.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "items": _items(page),
        "asked": asked,
        "shown": SHOWN.items(),
        "harms": [(str(harm.value), word) for harm, word in HARMS.items()],
        "reasons": [(reason.value, word) for reason, word in REASONS.items()],
        "back": given.urlencode(),
        "done": _told(given),
        "error": error,
        "member": member,
        "others": _others(member),
        "may_triage": may(member.role, Permission.TRIAGE),
        **_counted(counted),
    }
    return render(request, "desk/queue.html", context, status=error.http_status if error else 200)


def _rows(asked: Asked, member: Member, counted: QueueCounts) -> Rows[QueueRow]:
    """The rows; their number is not asked for again where the counts have told it."""
    found, known = queries.queue(asked.wanted(member)), asked.count(counted)
    return found if known is None else found.of_length(known)


def _items(page: Page[QueueRow]) -> list[Item]:
    rows = list(page.object_list)
    sheets = groups.sheets_of({row.claim.id: row.parts > 0 for row in rows})
    return [Item(row, sheets[row.claim.id]) for row in rows]


def _counted(counted: QueueCounts) -> dict[str, Any]:
    return {
        "counts": counted,
        "open_count": counted.by_state[ClaimState.OPEN],
        "working_count": counted.by_state[ClaimState.WORKING],
        "every": EVERY,
    }


def _others(member: Member) -> list[Member]:
    """To whom a claim can be handed over."""
    return [
        each
        for each in people.members()
        if each.id != member.id and may(each.role, Permission.WRITE_CHECK)
    ]


def _done(request: HttpRequest, member: Member, do: Callable[[], tuple[str, int]]) -> HttpResponse:
    """Do it and lead back to the list; what can't be done is said above the same list."""
    given = QueryDict(request.POST.get("back", "")[:2000])
    try:
        what, claim = do()
    except SoiError as error:
        told = complaint(error)
        if told is None or told.http_status in (403, 404) or told.http_status >= 500:
            raise
        return _page(request, member, given, error=told)
    back = given.copy()
    back["done"], back["claim"] = what, str(claim)
    return redirect(f"{reverse('desk:queue')}?{back.urlencode()}#claim-{claim}")


def _told(given: QueryDict) -> dict[str, Any] | None:
    """What was done a moment ago, if the address tells so, and the step that undoes it."""
    what, number = given.get("done", ""), given.get("claim", "")
    if not what or not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    return {"what": what, "claim": int(number), "undo": _UNDOES.get(what, "")}


def _take(request: HttpRequest, member: Member, ref: int) -> tuple[str, int]:
    actions.take(ref, by=member)
    return "taken", ref


def _give_back(request: HttpRequest, member: Member, ref: int) -> tuple[str, int]:
    actions.give_back(ref, by=member)
    return "back", ref


def _hand_over(request: HttpRequest, member: Member, ref: int) -> tuple[str, int]:
    to = request.POST.get("to", "")
    number = int(to) if to.isascii() and to.isdecimal() and len(to) < 19 else 0
    actions.hand_over(ref, to=number, by=member)
    return "handed", ref


def _close(request: HttpRequest, member: Member, ref: int) -> tuple[str, int]:
    reason = request.POST.get("reason", "")
    if reason not in set(CloseReason):
        raise FieldInvalid("There is no such reason.", field="reason")
    is_answered = reason == CloseReason.ALREADY_ANSWERED
    address = request.POST.get("answered_by", "").strip() if is_answered else ""
    actions.close_claim(ref, reason=CloseReason(reason), answered_by=address, by=member)
    return "closed", ref


def _reopen(request: HttpRequest, member: Member, ref: int) -> tuple[str, int]:
    actions.reopen(ref, by=member)
    return "reopened", ref


def _judge_harm(request: HttpRequest, member: Member, ref: int) -> tuple[str, int]:
    harm = request.POST.get("harm", "")
    if harm not in {str(each.value) for each in Harm}:
        raise FieldInvalid("There is no such harm.", field="harm")
    actions.set_harm(ref, harm=Harm(int(harm)), by=member)
    return "judged", ref


_STEPS: dict[str, Callable[[HttpRequest, Member, int], tuple[str, int]]] = {
    "take": _take,
    "back": _give_back,
    "hand": _hand_over,
    "close": _close,
    "reopen": _reopen,
    "harm": _judge_harm,
}


def _weights(given: QueryDict) -> Weights:
    """The weights that a form gives. Raises `FieldInvalid`."""
    return Weights(**{name: _number(given, name) for name in _WEIGHTS})


def _written(weights: Weights) -> dict[str, str]:
    """The weights as somebody would type them."""
    return {name: f"{getattr(weights, name):g}" for name in _WEIGHTS}


def _number(given: QueryDict, name: str) -> float:
    written = given.get(name, "").strip().replace(",", ".")
    try:
        found = float(written[:20])
    except ValueError as error:
        raise FieldInvalid(f"{name} is no number.", field=name) from error
    if not math.isfinite(found):
        raise FieldInvalid(f"{name} is no number.", field=name)
    return found
