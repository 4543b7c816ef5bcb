"""What the worker does for the public log at each of its looks.

It brings the log up to the journal. Witnesses are asked by a thread of its own: one may keep it
waiting for half a minute, and the next leaf is to be written within a second.
"""

from __future__ import annotations

from soi.background import Background
from soi.core.ledger import LogFault
from soi.core.ledger.codes import Code
from soi.publishing.log import actions, witnessing

witnesses = Background(
    "witnesses",
    lambda: witnessing.submit_due(),
    is_due=lambda: witnessing.is_something_due(),
)
ask_witnesses = witnesses.run_due


def run_due() -> None:
    """Write what the journal has and the log has not. Another process that does it is enough."""
    try:
        actions.follow()
    except LogFault as error:
        if error.code != Code.BUSY:
            raise
