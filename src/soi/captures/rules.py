"""Pure decisions about captures: how often to try, when to look again, what a look has found.

Nothing here reads the database, the clock or the network.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

LEASE: Final = dt.timedelta(minutes=10)
"""For so long what somebody works on is left to them; no fetch takes as long."""
TRIES: Final = 5
_FIRST_PAUSE: Final = dt.timedelta(minutes=1)


def pause_before_try(tries: int) -> dt.timedelta:
    """How long to wait after so many tries: a minute, eight, an hour, half a day."""
    times: int = 8 ** (tries - 1)
    return _FIRST_PAUSE * times
