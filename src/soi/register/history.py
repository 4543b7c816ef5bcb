"""Write down what changed of an organisation and its holdings, for the journal and for the public.

In: holdings before and after, within the transaction of an action. Out: numbered `Change` rows, and
journal events with the digests of the public records before and after, so that each change can
become a leaf of the public log. Called last in a transaction: the journal's head is locked then.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from soi.journal.actions import Entry, append
from soi.journal.queries import last_event
from soi.register import records, rules
from soi.register.models import Change, Organisation
from soi.register.records import Record

DECLARED = "organisation.declared"
"""Said once for every organisation that was touched: what was compiled from the register is old."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One change; `holding` is None where the organisation itself was changed."""

    verb: str
    organisation_id: int
    holding_id: int | None
    before: Record | None
    after: Record | None


def write(
    changes: Iterable[Changed],
    *,
    by: str,
    touched: Iterable[int] = (),
    before: Mapping[int, str] | None = None,
) -> None:
    """Number the changes, keep them, and append their events.

    `touched` are organisations of which something changed that is no change of its own. Each
    organisation that was touched gets one `organisation.declared`, with the digests of its public
    record: `before` has those that were taken before the changes, else it is the last event's.
    """
    grouped: defaultdict[int, list[Changed]] = defaultdict(list)
    for change in changes:
        grouped[change.organisation_id].append(change)
    owners = Organisation.objects.select_for_update().in_bulk(sorted({*grouped, *touched}))
    now = timezone.now()
    rows: list[Change] = []
    for pk, owner in sorted(owners.items()):
        for number, change in enumerate(grouped[pk], start=owner.revision + 1):
            rows.append(_row(change, number, now))
        owner.revision += len(grouped[pk])
    Change.objects.bulk_create(rows, batch_size=500)
    Organisation.objects.bulk_update(owners.values(), ["revision"], batch_size=500)
    entries = [_entry(each) for some in grouped.values() for each in some if each.verb != DECLARED]
    after = records.digests(sorted(owners))
    append([*entries, *(_declared(pk, before, after[pk]) for pk in sorted(owners))], by=by)


def _row(change: Changed, number: int, now: dt.datetime) -> Change:
    return Change(
        organisation_id=change.organisation_id,
        number=number,
        at=now,
        verb=change.verb,
        # What was removed has no row any more that this one could point to.
        holding_id=change.holding_id if change.after is not None else None,
        before=change.before,
        after=change.after,
    )


def _declared(pk: int, before: Mapping[int, str] | None, after: str) -> Entry:
    if before is not None:
        return Entry(DECLARED, "organisation", pk, before.get(pk, ""), after)
    last = last_event("organisation", pk)
    return Entry(DECLARED, "organisation", pk, last.after if last else "", after)


def _entry(change: Changed) -> Entry:
    before, after = rules.digest_of(change.before), rules.digest_of(change.after)
    return Entry(change.verb, "holding", change.holding_id or 0, before, after)
