"""Count how often, and on which days, the tips of each claim came.

In: receipts that no claim knows of yet. Out: counts by day, and the sums that the queue is ordered
by. A receipt counts once for each claim that its tip stands under. Whoever counts, and whoever
moves forms from one claim to another, holds the row of `GroupingHead`, so that neither loses what
the other does.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection

from django.db import transaction
from django.db.models import Count, F, Max, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from soi.checking.triage import Asked, note_asked
from soi.intake.models import AskedOn, GroupingHead, Receipt, Saying

_AT_ONCE = 500


def count_new() -> int:
    """Count the receipts that came since; says how many. Each counts once, whatever is killed."""
    counted = 0
    while batch := _count_batch():
        counted += batch
    return counted


@transaction.atomic
def _count_batch() -> int:
    locked()
    new = list(
        Receipt.objects.filter(is_noted=False, tip__is_grouped=True)
        .order_by("pk")
        .values_list("pk", "tip", "received_at")[:_AT_ONCE]
    )
    if not new:
        return 0
    claims = _claims_of({tip for _, tip, _ in new})
    times = Counter(
        (claim, timezone.localdate(at)) for _, tip, at in new for claim in claims.get(tip, ())
    )
    _add(times)
    Receipt.objects.filter(pk__in=[pk for pk, _, _ in new]).update(is_noted=True)
    last = {claim: at for _, tip, at in new for claim in claims.get(tip, ())}
    _push(last)
    return len(new)


def count_again(claim_ids: Collection[int]) -> None:
    """Count from the receipts anew, after forms were moved. Only inside `locked`."""
    AskedOn.objects.filter(claim__in=claim_ids).delete()
    days = (
        _counted()
        .filter(tip__sayings__form__claim__in=claim_ids)
        .annotate(day=TruncDate("received_at"))
        .values_list("tip__sayings__form__claim", "day")
        .annotate(times=Count("pk", distinct=True))
        .order_by()
    )
    AskedOn.objects.bulk_create(
        AskedOn(claim_id=claim, day=day, times=times) for claim, day, times in days
    )
    last = Saying.objects.filter(form__claim__in=claim_ids).values_list("form__claim")
    newest = dict(last.annotate(last=Max("tip__last_received_at")).order_by())
    now = timezone.now()
    _push({claim_id: newest.get(claim_id, now) for claim_id in claim_ids})


def _push(last: dict[int, dt.datetime]) -> None:
    """Tell the queue how often these claims were asked about, and when last."""
    sums = dict(
        AskedOn.objects.filter(claim__in=last)
        .values_list("claim")
        .annotate(times=Sum("times"))
        .order_by()
    )
    note_asked([Asked(claim, sums.get(claim, 0), at) for claim, at in last.items()])


def locked() -> None:
    """Hold the row of grouping until the end of the transaction."""
    GroupingHead.objects.get_or_create(id=1)
    GroupingHead.objects.select_for_update().get(id=1)


def _counted() -> QuerySet[Receipt]:
    return Receipt.objects.filter(is_counted=True, is_noted=True)


def _claims_of(tip_ids: Collection[int]) -> dict[int, set[int]]:
    """The claims that each tip stands under, each once."""
    found: dict[int, set[int]] = {}
    sayings = Saying.objects.filter(tip__in=tip_ids, form__claim__isnull=False)
    for tip, claim in sayings.values_list("tip", "form__claim"):
        found.setdefault(tip, set()).add(claim)
    return found


def _add(times: Counter[tuple[int, dt.date]]) -> None:
    """Add to the counts; a day that has none yet begins here. Only inside `locked`."""
    known = {
        (row.claim_id, row.day): row
        for row in AskedOn.objects.filter(claim__in={claim for claim, _ in times})
    }
    for key, number in times.items():
        if key in known:
            AskedOn.objects.filter(pk=known[key].pk).update(times=F("times") + number)
    AskedOn.objects.bulk_create(
        AskedOn(claim_id=claim, day=day, times=number)
        for (claim, day), number in times.items()
        if (claim, day) not in known
    )
