"""See to it that a published check is looked at again: on a day, and when a source changes."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from soi.captures import actions as captures
from soi.captures import queries as captured
from soi.checking.access import locked_claim
from soi.checking.errors import ClaimStateRefused, FieldInvalid
from soi.checking.models import Evidence, Reminder
from soi.checking.rules import digest_of
from soi.checking.types import ClaimState
from soi.journal.actions import Entry, append
from soi.people.types import Member, Permission

_FURTHEST = dt.timedelta(days=3660)
_AT_ONCE = 100


@transaction.atomic
def set_reminder(claim_id: int, *, due_on: dt.date | None, by: Member) -> None:
    """Look at a published check again on a day, or on none.

    Raises `FieldInvalid` for a day that is past or more than ten years ahead, `ClaimStateRefused`
    for a claim whose check is not public, and like `claim_for`.
    """
    claim = locked_claim(by, claim_id, to=Permission.WRITE_CHECK)
    if claim.state != ClaimState.PUBLISHED:
        raise ClaimStateRefused("Only a published check is looked at again.", state=claim.state)
    today = timezone.localdate()
    if due_on is not None and not today <= due_on <= today + _FURTHEST:
        raise FieldInvalid("The day is past, or too far ahead.", field="due_on")
    known = Reminder.objects.filter(claim=claim).first()
    before = known.due_on if known else None
    if before == due_on:
        return
    if due_on is None:
        Reminder.objects.filter(claim=claim).delete()
    else:
        Reminder.objects.update_or_create(claim=claim, defaults={"due_on": due_on})
    entry = Entry(
        "reminder.set",
        "claim",
        claim.pk,
        before=digest_of(before) if before else "",
        after=digest_of(due_on) if due_on else "",
    )
    append([entry], by=by.actor)


def watch_sources(*, by: str) -> int:
    """Have the sources of published checks looked at on schedule; says how many are from now on.

    For the worker. One that somebody watches no more is not watched again. Safe to run at any time.
    """
    found = Evidence.objects.filter(
        is_seen_to=False, is_cited=True, claim__state=ClaimState.PUBLISHED.value
    )
    cited = list(found.order_by("pk").values_list("pk", "capture")[:_AT_ONCE])
    known = captured.captures_with_ids(capture for _, capture in cited)
    watched = 0
    for evidence_id, capture_id in cited:
        capture = known[capture_id]
        with transaction.atomic():
            # A file that somebody brought has no address to look at.
            if capture.requested_url and not capture.is_watched and capture.last_seen is None:
                captures.watch(capture_id, by=by)
                watched += 1
            Evidence.objects.filter(pk=evidence_id).update(is_seen_to=True)
    return watched
