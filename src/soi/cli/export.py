"""`soi export`: write what the desk holds as files that others read."""

from __future__ import annotations

from pathlib import Path

import click

from soi.cli.progress import progress_bar
from soi.core.formats import Format
from soi.publishing.exporting import WRITERS, export_checks


@click.group("export")
def export_command() -> None:
    """Write what the desk holds as files that others read."""


@export_command.command("checks")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format",
    "file_format",
    type=click.Choice([each.value for each in WRITERS]),
    default=Format.DATAFEED.value,
    show_default=True,
    help="How the file is written.",
)
def checks(path: Path, file_format: str) -> None:
    """Write every check to PATH. An old file is replaced only by a whole new one."""
    with progress_bar("checks") as move:
        written = export_checks(path, Format(file_format), progress=lambda done: move(done, None))
    click.echo(f"{path}: {written} checks")
