"""Keep tokens out of the log: whoever reads it must not be able to use a private link.

Django writes the path of every request that it refuses, and the path of an invitation, of a link
for a new password and of a tip's private page is the key to it.
"""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"(?<=/)(account/join|account/reset|tips)/[^/\s?]+")


class WithoutTokens(logging.Filter):
    """Put dots in place of the token in every path that a line names."""

    def filter(self, record: logging.LogRecord) -> bool:
        """True: every line is written."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                _TOKEN.sub(r"\1/…", each) if isinstance(each, str) else each for each in record.args
            )
        return True
