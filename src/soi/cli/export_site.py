"""`soi export-site`: the public side as files for any web host."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from soi.cli.progress import progress_bar
from soi.publishing.site.exporting import export_site
from soi.publishing.site.rendering import Wanted

_SHOWN = 20


@click.command("export-site")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--live", default="", help="Address of a running desk, which answers messages.")
@click.option("--cards/--no-cards", default=True, help="Draw the share cards, or leave them out.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=min(8, os.cpu_count() or 1),
    show_default="processors, at most 8",
    help="How many processes make pages.",
)
def export_site_command(folder: Path, live: str, jobs: int, *, cards: bool) -> None:
    """Write all that is public into FOLDER; again, only what has changed.

    The folder can be copied to any web host or CDN. Interrupted? Run it again: it goes on where it
    stopped. Status 3: a page could not be made, or a link leads nowhere.
    """
    wanted = Wanted(live=live.rstrip("/"), with_cards=cards)
    with progress_bar("writing") as move:
        done = export_site(folder, wanted, jobs=jobs, progress=lambda n, of: move(n, of))
    click.echo(f"made: {done.made}, unchanged: {done.unchanged}, removed: {done.removed}")
    for what, lines in (("failed", done.failed), ("broken link", done.broken)):
        for line in lines[:_SHOWN]:
            click.echo(f"{what}: {line}")
        if len(lines) > _SHOWN:
            click.echo(f"{what}: {len(lines) - _SHOWN} more")
    if done.failed or done.broken:
        sys.exit(3)
