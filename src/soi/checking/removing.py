"""Remove the demonstration's claims with all that came of them; the database keeps all others."""

from __future__ import annotations

from django.db import transaction

from soi.checking.models import (
    Approval,
    Challenge,
    Claim,
    Draft,
    Edition,
    Evidence,
    Note,
    Recusal,
    Reminder,
    Revision,
    Scratch,
)
from soi.journal.actions import Entry, append


@transaction.atomic
def remove_demo_claims(*, by: str) -> int:
    """Remove what was opened as the demonstration's; returns how many claims that were.

    Stored checks of it are the business of `soi.claims.actions.remove_demo_checks`.
    """
    gone = list(Claim.objects.filter(is_demo=True).order_by("pk").values_list("pk", flat=True))
    Challenge.objects.filter(edition__claim__in=gone).delete()
    of_claims = (Approval, Edition, Draft, Revision, Recusal, Evidence, Scratch, Note, Reminder)
    for table in of_claims:
        table.objects.filter(claim__in=gone).delete()
    # A part of the demonstration stands in the way of its whole, and none of it is anybody else's.
    parts = Claim.objects.filter(pk__in=gone, merged_into__isnull=False)
    parts.update(state="open", merged_into=None, taken_by=None)
    Claim.objects.filter(pk__in=gone).delete()
    append([Entry("claim.removed", "claim", pk) for pk in gone], by=by)
    return len(gone)
