"""What the worker does for sources: looks at those that are due, beside its other work.

A look may take an hour, so a thread of its own goes from one source to the next. A look that was
killed is taken up when its lease has run out.
"""

from __future__ import annotations

import logging
from typing import Final

from soi.background import Background
from soi.captures.errors import FetchFailed
from soi.core.formats import FormatError
from soi.publishing.errors import SourceBusy, SourceUnknown
from soi.publishing.sources import queries
from soi.publishing.sources.looking import WEB, Reach, look

EVERY: Final = 20.0
"""Seconds between two looks for sources whose time has come."""

_BY = "worker"
log = logging.getLogger(__name__)


def do_due(reach: Reach = WEB) -> int:
    """Look once at each source that is due, here and now; returns how many that were."""
    due = queries.due_sources()
    for source_id in due:
        try:
            look(source_id, by=_BY, reach=reach)
        except (FetchFailed, FormatError) as error:
            log.warning("source %d could not be read: %s", source_id, error.code)
        except (SourceBusy, SourceUnknown):
            continue  # another worker has it, or it was removed meanwhile
    return len(due)


background = Background(
    "sources", lambda: do_due(), is_due=lambda: bool(queries.due_sources()), every=EVERY
)
run_due = background.run_due
