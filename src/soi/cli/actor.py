"""Who acts when a command writes: the journal wants to know."""

from __future__ import annotations

import getpass


def actor() -> str:
    """The system user that runs the command, as `cli:NAME`."""
    try:
        return f"cli:{getpass.getuser()}"[:100]
    except (KeyError, OSError):
        return "cli:unknown"
