"""Where in an append-only vector file the latest vector of each id lies.

In: the log of ids as written (`id` for a vector, `~id` for a deletion). Out: look-ups and the mask
of slots that still count. A table is never changed: a longer log gives a new table, so that a
search under way keeps what it started with.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Slots = NDArray[np.int64]

ABSENT = -1
# Ids newer than the sorted part wait in a dict; sorting a million again costs about 0.1 s.
_FOLD_AFTER = 4096


class SlotTable(NamedTuple):
    """`ids` is sorted; `slots[i]` holds `ids[i]` (None: slot i); `recent` overrules both."""

    ids: Ids
    slots: Slots | None
    recent: dict[int, int]
    alive: NDArray[np.bool_]

    @property
    def living(self) -> int:
        """How many ids have a vector."""
        return int(np.count_nonzero(self.alive))

    def find(self, wanted: Ids) -> Slots:
        """The slot of each id, `ABSENT` for an id without a vector."""
        found = np.full(len(wanted), ABSENT, np.int64)
        if len(self.ids):
            place = np.searchsorted(self.ids, wanted)
            place[place == len(self.ids)] = 0
            known = self.ids[place] == wanted
            found[known] = place[known] if self.slots is None else self.slots[place[known]]
        if self.recent:
            for i, id_ in enumerate(wanted.tolist()):
                found[i] = self.recent.get(id_, found[i])
        return found

    def followed_by(self, log: Ids) -> SlotTable:
        """The table of the whole `log`, which starts with the log of this table."""
        new = log[len(self.alive) :]
        if len(new) + len(self.recent) > _FOLD_AFTER:
            return table_of(log)
        recent = dict(self.recent)
        alive = np.concatenate([self.alive, new >= 0])
        for slot, (id_, old) in enumerate(
            zip(_named(new).tolist(), self.find(_named(new)).tolist(), strict=True),
            start=len(self.alive),
        ):
            # The same id may stand twice in the new part: the later one overrules.
            superseded = recent.get(id_, old)
            if superseded != ABSENT:
                alive[superseded] = False
            recent[id_] = slot if alive[slot] else ABSENT
        return SlotTable(self.ids, self.slots, recent, alive)


def table_of(log: Ids) -> SlotTable:
    """The table of a whole log. A log in rising order, as a rebuild writes it, is not copied."""
    if len(log) == 0 or (log[0] >= 0 and bool(np.all(log[1:] > log[:-1]))):
        return SlotTable(log, None, {}, np.ones(len(log), np.bool_))
    names = _named(log)
    order = np.argsort(names, kind="stable")
    is_last = np.append(names[order][1:] != names[order][:-1], True)
    latest = order[is_last]
    latest = latest[log[latest] >= 0]
    alive = np.zeros(len(log), np.bool_)
    alive[latest] = True
    return SlotTable(log[latest], latest, {}, alive)


def _named(log: Ids) -> Ids:
    """The ids that a log speaks of, deleted or not."""
    return np.where(log < 0, ~log, log)
