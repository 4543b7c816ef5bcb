"""Move claims through the queue: open, take, hand over, close, merge, and undo it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from soi.checking import ordering, queries, rules
from soi.checking.access import claim_for, locked_claim
from soi.checking.errors import ClaimStateRefused, ClaimTaken, FieldInvalid
from soi.checking.models import Approval, Claim, Note, QueueWeights, Recusal
from soi.checking.ordering import Weights
from soi.checking.types import ClaimState, CloseReason, Harm
from soi.core.formats.hosts import UnusableUrlError, web_url
from soi.journal.actions import Entry, append
from soi.people import queries as people
from soi.people.access import require
from soi.people.rules import may
from soi.people.types import Member, Permission

_OWN_PATH = re.compile(r"[a-z0-9/_-]{1,200}")


@dataclass(frozen=True, slots=True)
class Asked:
    """How often the tips of one claim came, its parts aside, and when last."""

    claim_id: int
    times: int
    last_at: dt.datetime


@transaction.atomic
def open_claim(
    *,
    wording: str,
    language: str,
    by: Member | str,
    times: int = 0,
    last_at: dt.datetime | None = None,
    checkability: float = 0.5,
    is_demo: bool = False,
) -> int:
    """Put a claim into the queue; returns its number.

    `by` is a member, or the machine that groups tips, as the journal names it. `times` counts the
    tips that it came in. Raises `FieldInvalid` and `NotAllowed`.
    """
    if isinstance(by, Member):
        require(by, Permission.TRIAGE)
    now = timezone.now()
    claim = Claim(
        wording=rules.word_value("wording", wording),
        language=rules.word_value("language", language),
        asked=times,
        asked_at=last_at,
        reach=times,
        checkability=min(1.0, max(0.0, checkability)),
        opened_at=now,
        last_asked_at=last_at or now,
        is_demo=is_demo,
    )
    claim.priority = _priority(claim, queries.weights())
    claim.save()
    _note("claim.opened", claim, "", by=by.actor if isinstance(by, Member) else by)
    return claim.pk


@transaction.atomic
def take(claim_id: int, *, by: Member) -> None:
    """Say that one works on a claim; taking it twice changes nothing. It stops nobody from helping.

    Raises `ClaimTaken` while somebody else has it, `ClaimStateRefused`, and like `claim_for`.
    """
    claim = locked_claim(by, claim_id, to=Permission.TRIAGE)
    if claim.taken_by_id == by.id and claim.state == ClaimState.WORKING:
        return
    if claim.state == ClaimState.WORKING:
        raise ClaimTaken("Somebody else works on the claim.", claim=claim_id)
    _move(claim, ClaimState.WORKING, "claim.taken", by=by, taken_by=by.id)


@transaction.atomic
def give_back(claim_id: int, *, by: Member) -> None:
    """Put a claim that is being worked on back into the queue.

    Who took it may, and whoever may publish. Raises like `take`.
    """
    claim = locked_claim(by, claim_id, to=Permission.TRIAGE)
    _check_holds(claim, by)
    _move(claim, ClaimState.OPEN, "claim.given_back", by=by)


@transaction.atomic
def hand_over(claim_id: int, *, to: int, by: Member) -> None:
    """Give a claim to somebody to work on: one's own, one that nobody has, or as an editor any.

    Raises `PersonUnknown`, `NotAllowed` when the other may not work on claims, `Recused` when they
    leave this one to others, and like `take`.
    """
    claim = locked_claim(by, claim_id, to=Permission.TRIAGE)
    claim_for(people.member_with_id(to), claim_id, to=Permission.WRITE_CHECK)
    if claim.state == ClaimState.WORKING:
        _check_holds(claim, by)
        before = _standing(claim)
        claim.taken_by_id = to
        claim.save(update_fields=["taken_by"])
        _note("claim.handed_over", claim, before, by=by.actor)
    else:
        _move(claim, ClaimState.WORKING, "claim.handed_over", by=by, taken_by=to)


@transaction.atomic
def close_claim(claim_id: int, *, reason: CloseReason, answered_by: str = "", by: Member) -> None:
    """Close a claim that gets no check of its own, and say why; nothing is said of any person.

    `answered_by` is the address of the check that answers it, for that reason only. Raises
    `FieldInvalid`, `ClaimStateRefused`, and like `claim_for`.
    """
    claim = locked_claim(by, claim_id, to=Permission.TRIAGE)
    claim_reason = CloseReason(reason)
    address = _address(answered_by) if claim_reason is CloseReason.ALREADY_ANSWERED else ""
    if answered_by and not address:
        raise FieldInvalid("Only an answered claim has an answer.", field="answered_by")
    _move(
        claim,
        ClaimState.CLOSED,
        "claim.closed",
        by=by,
        reason=claim_reason.value,
        answered_by=address,
    )


@transaction.atomic
def reopen(claim_id: int, *, by: Member) -> None:
    """Put a closed claim back into the queue. Raises `ClaimStateRefused`, and like `claim_for`."""
    claim = locked_claim(by, claim_id, to=Permission.TRIAGE)
    if claim.state != ClaimState.CLOSED:
        raise ClaimStateRefused("Only a closed claim is opened again.", state=claim.state)
    _move(claim, ClaimState.OPEN, "claim.reopened", by=by)


@transaction.atomic
def merge(claim_id: int, *, into: int, by: Member) -> None:
    """Make a claim part of another, which says the same; `unmerge` undoes it.

    Its draft and its tips stay with it, and count for the whole. Raises `ClaimStateRefused` when it
    was published, or when the other is itself a part, and like `claim_for`.
    """
    part, whole = _both(claim_id, into, by)
    if whole.state == ClaimState.MERGED or whole.pk == part.pk:
        raise ClaimStateRefused("A claim becomes part of a whole one.", state=whole.state)
    _move(part, ClaimState.MERGED, "claim.merged", by=by, whole=whole.pk, taken_by=part.taken_by_id)
    _recount(whole, queries.weights())


@transaction.atomic
def unmerge(claim_id: int, *, by: Member) -> None:
    """Make a part a claim of its own again, as it stood before.

    Raises `ClaimStateRefused` when it is no part, and like `claim_for`.
    """
    whole_id = claim_for(by, claim_id, to=Permission.TRIAGE).merged_into
    if whole_id is None:
        raise ClaimStateRefused("The claim is no part of another.", claim=claim_id)
    part, whole = _both(claim_id, whole_id, by)
    if part.merged_into_id != whole_id:
        raise ClaimStateRefused("Somebody else has undone it already.", claim=claim_id)
    following = ClaimState.WORKING if part.taken_by_id else ClaimState.OPEN
    _move(part, following, "claim.unmerged", by=by, taken_by=part.taken_by_id)
    _recount(whole, queries.weights())


@transaction.atomic
def set_harm(claim_id: int, *, harm: Harm, by: Member) -> None:
    """Judge what believing the claim could do. Raises like `claim_for`."""
    claim = locked_claim(by, claim_id, to=Permission.TRIAGE)
    before = _standing(claim)
    claim.harm = Harm(harm)
    claim.priority = _priority(claim, queries.weights())
    claim.save(update_fields=["harm", "priority"])
    if _standing(claim) != before:
        _note("claim.harm_set", claim, before, by=by.actor)


@transaction.atomic
def set_weights(weights: Weights, *, by: Member) -> None:
    """Change how much each factor counts, and order the queue anew. Raises `NotAllowed`."""
    require(by, Permission.ORDER_QUEUE)
    # `Weights` has checked the numbers. One row, so that two who change it wait for each other.
    QueueWeights.objects.get_or_create(id=1)
    row = QueueWeights.objects.select_for_update().get(id=1)
    before = _weights_digest(row)
    row.reach, row.harm = weights.reach, weights.harm
    row.checkability, row.half_life_hours = weights.checkability, weights.half_life_hours
    row.save()
    claims = Claim.objects.only("reach", "harm", "checkability", "last_asked_at").order_by("pk")
    ordered = [(_priority(each, weights), each.pk) for each in claims.iterator(chunk_size=2000)]
    with connection.cursor() as cursor:
        # One prepared statement: bulk_update of 10,000 claims takes three seconds, this a tenth.
        cursor.executemany("UPDATE checking_claim SET priority = %s WHERE id = %s", ordered)
    append([Entry("queue.weighed", "queue", 1, before, _weights_digest(row))], by=by.actor)


@transaction.atomic
def note_asked(counts: Iterable[Asked]) -> None:
    """Take over how often the tips of some claims have come by now; unknown claims are left out.

    For intake, which counts. There is no event: those of the tips tell it, and a claim that goes
    round would hold up all other writers.
    """
    wanted = {each.claim_id: each for each in counts}
    claims = Claim.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    weights = queries.weights()
    for claim in claims:
        claim.asked, claim.asked_at = wanted[claim.pk].times, wanted[claim.pk].last_at
        _recount(claim, weights)


@transaction.atomic
def add_note(claim_id: int, *, text: str, by: Member) -> int:
    """Leave a working note for the desk. Raises `FieldInvalid`, and like `claim_for`."""
    claim = locked_claim(by, claim_id, to=Permission.WRITE_CHECK)
    text = rules.text_value("note", text, is_required=True)
    last = Note.objects.filter(claim=claim).order_by("-pk").first()
    if last and last.by_id == by.id and last.text == text:
        return last.pk  # a form that was sent twice
    note = Note.objects.create(claim=claim, text=text, by_id=by.id, at=timezone.now())
    append([Entry("claim.noted", "claim", claim.pk, after=rules.digest_of(text))], by=by.actor)
    return note.pk


@transaction.atomic
def recuse(claim_id: int, *, by: Member) -> None:
    """Leave a claim to others for good, because one has a part in the matter.

    What one has approved of it and what is not published yet is no longer approved; what one has
    taken goes back into the queue. Raises `ClaimUnknown` and `NotAllowed`.
    """
    claim = locked_claim(by, claim_id, to=Permission.READ_DESK)
    require(by, Permission.WRITE_CHECK)
    now = timezone.now()
    _, is_new = Recusal.objects.get_or_create(claim=claim, by_id=by.id, defaults={"at": now})
    if not is_new:
        return
    Approval.objects.filter(
        claim=claim, by=by.id, voided_at__isnull=True, edition__isnull=True
    ).update(voided_at=now)
    append([Entry("claim.recused", "claim", claim.pk)], by=by.actor)
    if claim.taken_by_id == by.id:
        if claim.state == ClaimState.WORKING:
            _move(claim, ClaimState.OPEN, "claim.given_back", by=by)
        else:
            claim.taken_by_id = None
            claim.save(update_fields=["taken_by"])


def _both(part_id: int, whole_id: int, by: Member) -> tuple[Claim, Claim]:
    """Both claims, locked in one order, so that two merges can't wait for each other."""
    found = {
        each: locked_claim(by, each, to=Permission.TRIAGE) for each in sorted({part_id, whole_id})
    }
    return found[part_id], found[whole_id]


def _check_holds(claim: Claim, by: Member) -> None:
    is_others = claim.state == ClaimState.WORKING and claim.taken_by_id != by.id
    if is_others and not may(by.role, Permission.PUBLISH):
        raise ClaimTaken("Somebody else works on the claim.", claim=claim.pk)


def _move(
    claim: Claim,
    following: ClaimState,
    verb: str,
    *,
    by: Member,
    reason: str = "",
    answered_by: str = "",
    whole: int | None = None,
    taken_by: int | None = None,
) -> None:
    rules.check_following(ClaimState(claim.state), following)
    before = _standing(claim)
    claim.state, claim.reason, claim.answered_by = following.value, reason, answered_by
    claim.merged_into_id, claim.taken_by_id = whole, taken_by
    claim.save(update_fields=["state", "reason", "answered_by", "merged_into", "taken_by"])
    _note(verb, claim, before, by=by.actor)


def _recount(claim: Claim, weights: Weights) -> None:
    """Count the tips of a claim and of its parts, and then of what it is a part of."""
    parts = Claim.objects.filter(merged_into=claim).aggregate(
        reach=Coalesce(Sum("reach"), 0), last=Max("last_asked_at")
    )
    claim.reach = claim.asked + parts["reach"]
    times = (claim.asked_at, parts["last"], claim.opened_at if not claim.asked_at else None)
    claim.last_asked_at = max(each for each in times if each)
    claim.priority = _priority(claim, weights)
    claim.save(update_fields=["asked", "asked_at", "reach", "last_asked_at", "priority"])
    if claim.merged_into_id:
        _recount(Claim.objects.select_for_update().get(pk=claim.merged_into_id), weights)


def _priority(claim: Claim, weights: Weights) -> float:
    return ordering.priority(
        reach=claim.reach,
        harm=Harm(claim.harm),
        checkability=claim.checkability,
        last_asked_at=claim.last_asked_at,
        weights=weights,
    )


def _address(url: str) -> str:
    """The address of a check, also on the desk's own site. Raises `FieldInvalid`."""
    own = f"{settings.SOI_BASE_URL}/"
    if url.startswith(own) and _OWN_PATH.fullmatch(url[len(own) :]):
        return url
    try:
        return web_url(url).url
    except UnusableUrlError as error:
        raise FieldInvalid("That is no web address.", field="answered_by") from error


def _standing(claim: Claim) -> str:
    return rules.digest_of(
        claim.wording,
        claim.language,
        claim.state,
        claim.reason,
        claim.answered_by,
        claim.merged_into_id,
        claim.taken_by_id,
        claim.harm,
    )


def _note(verb: str, claim: Claim, before: str, *, by: str) -> None:
    append([Entry(verb, "claim", claim.pk, before=before, after=_standing(claim))], by=by)


def _weights_digest(row: QueueWeights) -> str:
    return rules.digest_of(row.reach, row.harm, row.checkability, row.half_life_hours)
