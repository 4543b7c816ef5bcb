"""`soi export`: write what the desk holds as files that others read."""

from __future__ import annotations

from pathlib import Path

import click

from soi.cli.progress import progress_bar
from soi.core.formats import Format
from soi.publishing.exporting import WRITERS, export_checks
from soi.publishing.register import export_register, export_trust_txt


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


@export_command.command("register")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["csv", "jsonl"]),
    default="csv",
    show_default=True,
    help="How the file is written; jsonl is signed.",
)
def register(path: Path, file_format: str) -> None:
    """Write what is official of every organisation to PATH, whole or not at all."""
    written = export_register(path, signed=file_format == "jsonl")
    click.echo(f"{path}: {written} {'organisations' if file_format == 'jsonl' else 'holdings'}")


@export_command.command("trust-txt")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--organisation", required=True, help="Its short name.")
@click.option("--domain", required=True, help="The domain on which the file will stand.")
def trust_txt(path: Path, organisation: str, domain: str) -> None:
    """Write the trust.txt that an organisation can publish on its domain."""
    export_trust_txt(path, organisation, domain=domain)
    click.echo(f"{path}")
