"""Choose when a published check is looked at again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from soi.checking.access import locked_claim
from soi.checking.errors import ClaimStateRefused, FieldInvalid
from soi.checking.models import Reminder
from soi.checking.rules import digest_of
from soi.checking.types import ClaimState
from soi.journal.actions import Entry, append
from soi.people.types import Member, Permission

_FURTHEST = dt.timedelta(days=3660)


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
