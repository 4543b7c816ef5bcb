"""Put the names that tips hold before the desk, if they could be taken for somebody's.

In: the journal's events of tips that came. Out: names before the desk, seen in `tip:NUMBER` on the
day on which it came. How far the journal was read is stored with what was found: nothing is missed
and nothing is seen twice (ADR 0008).
"""

from __future__ import annotations

from itertools import islice

from django.db import transaction
from django.utils import timezone

from soi.intake.models import Tip
from soi.journal.queries import Asked, EventRow, events_in_order
from soi.watch import noting
from soi.watch.noting import Place, note_names
from soi.watch.queries import position_of
from soi.watch.rules import names_of_tip

SOURCE = "tips"
BATCH = 200
"""Events that are read in one transaction."""
_CAME = frozenset({"tip.received", "tip.repeated"})


def watch_over_tips(*, by: str) -> int:
    """Note the names of the tips that came since the last call; returns how many names are new.

    One call reads at most `BATCH` events; `by` is who does it, not who sent the tips.
    """
    with transaction.atomic():
        asked = Asked(subject="tip", after_seq=position_of(SOURCE))
        found = list(islice(events_in_order(asked), BATCH))
        if not found:
            return 0
        came = [event for event in found if event.verb in _CAME]
        names, added = _note(came, by=by)
        noting.keep([], source=SOURCE, by=by, place=Place(SOURCE, found[-1].seq, names))
    return added


def _note(came: list[EventRow], *, by: str) -> tuple[int, int]:
    tips = Tip.objects.in_bulk({event.subject_id for event in came})
    names = added = 0
    for event in came:
        tip = tips.get(event.subject_id)
        held = names_of_tip(tip.names) if tip else []
        if held:
            day = timezone.localdate(event.at)
            noted = note_names(held, source=f"tip:{event.subject_id}", by=by, seen_on=day)
            names, added = names + noted.names, added + noted.added
    return names, added
