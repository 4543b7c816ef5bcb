"""The command line: one program, `soi`, for readers, for the desk's keeper and for evaluation."""

from __future__ import annotations

import os


def main() -> None:
    """Run the `soi` command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soi.config.settings")
    from soi.cli.program import soi  # after the settings are named

    soi(prog_name="soi")
