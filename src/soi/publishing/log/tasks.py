"""What the worker does for the public log at each of its looks: bring it up to the journal."""

from __future__ import annotations

from soi.core.ledger import LogFault
from soi.core.ledger.codes import Code
from soi.publishing.log import actions


def run_due() -> None:
    """Write what the journal has and the log has not. Another process that does it is enough."""
    try:
        actions.follow()
    except LogFault as error:
        if error.code != Code.BUSY:
            raise
