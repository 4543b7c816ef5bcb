"""Which events of the journal become leaves of the public log, and which leaves.

In: an event. Out: its leaf, or None. A leaf follows from its event alone, so that whoever has the
journal can make the log again. The domain packages see to it that `before` and `after` of an event
are the SHA-256 of what was public before and after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

from soi.core.ledger import Leaf, LeafKind, digest
from soi.journal.queries import EventRow

RULES = "1"
"""Another text when other events become leaves: then the journal is read again from its start."""

KINDS: Mapping[str, LeafKind] = MappingProxyType({"organisation": LeafKind.REGISTER_CHANGE})
"""The subjects whose every public change is a leaf."""

GONE = digest(None)
"""What stands in a leaf that says that something is not published any more: the hash of `null`."""


def leaf_of(event: EventRow) -> Leaf | None:
    """The leaf of an event; None for an event that changed nothing public."""
    kind = KINDS.get(event.subject)
    if kind is None or event.before == event.after:
        return None
    at = event.at.astimezone(dt.UTC).replace(microsecond=0)
    published = bytes.fromhex(event.after) if event.after else GONE
    return Leaf(kind, str(event.subject_id), at, published)
