"""What the worker does for captures: whatever is due by now, beside its other work.

A source may take a minute to come, so what is due is done by a thread of its own, one source after
the other. Whoever works on one puts it off first; a killed worker leaves it to the next one.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from soi.background import Background
from soi.captures import actions, queries
from soi.captures.addresses import PUBLIC, Policy
from soi.captures.errors import FileAltered, FileMissing, TimestampFailed
from soi.captures.timestamps import OPERATORS

EVERY: Final = 2.0
"""Seconds between two looks for something that is due."""

REST: Final = 600.0
"""Seconds for which an authority that has failed is not asked again."""

_BY = "worker"
_authority_rests_until = float("-inf")
log = logging.getLogger(__name__)


def do_due(policy: Policy = PUBLIC, *, authority: Policy = OPERATORS) -> int:
    """Do everything that is due, here and now; returns how much that was.

    What people wait for comes first, and what is only looked at again comes last.
    """
    done = 0
    while number := (
        int(actions.take_due(by=_BY, policy=policy))
        or _take_timestamps(authority)
        or _take_screenshot(policy)
        or int(actions.take_due_look(by=_BY, policy=policy))
    ):
        done += number
    return done


def _take_screenshot(policy: Policy) -> int:
    """Draw one page that has no picture yet; what can't be drawn is not tried again."""
    capture_id = queries.without_screenshot()
    if capture_id is None:
        return 0
    actions.take_screenshot(capture_id, by=_BY, policy=policy)
    return 1


def _is_stamping_due() -> bool:
    return time.monotonic() >= _authority_rests_until and queries.without_timestamp() is not None


def _take_timestamps(authority: Policy) -> int:
    """Stamp whatever has no timestamp. After a failure the authority is left alone for a while."""
    global _authority_rests_until
    done = last = 0
    while time.monotonic() >= _authority_rests_until:
        capture_id = queries.without_timestamp(after=last)
        if capture_id is None:
            break
        last = capture_id
        try:
            actions.take_timestamp(capture_id, by=_BY, policy=authority)
            done += 1
        except (TimestampFailed, FileMissing, FileAltered) as error:
            log.warning("capture %d got no timestamp: %s", capture_id, error.code)
            if isinstance(error, TimestampFailed):
                _authority_rests_until = time.monotonic() + REST
    return done


background = Background(
    "captures",
    lambda: do_due(),
    is_due=lambda: queries.is_something_due() or _is_stamping_due(),
    every=EVERY,
)
run_due = background.run_due
