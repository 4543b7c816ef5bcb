"""`soi index`: look at the search index, bring it up to date, build it anew."""

from __future__ import annotations

import click

from soi.claims.queries import check_count
from soi.cli.progress import progress_bar
from soi.index import actions, engines, queries


@click.group("index")
def index_command() -> None:
    """The search index. It is made from the database and can always be made again."""


@index_command.command("status")
def status() -> None:
    """Say what the index holds and whether it follows the database."""
    standing = queries.standing()
    click.echo(f"folder: {engines.directory()}")
    click.echo(f"embedder: {engines.embedder().name}")
    click.echo(f"checks found by words: {standing.checks}")
    click.echo(f"checks found by meaning: {standing.with_meaning}")
    click.echo("up to date" if standing.is_current else "behind: run `soi index follow`")


@index_command.command("follow")
def follow() -> None:
    """Bring the index up to date once. `soi serve` does this by itself all the time."""
    follow_with_progress()


@index_command.command("rebuild")
def rebuild() -> None:
    """Build the index anew beside the old one, which serves until the new one is whole."""
    with progress_bar("rebuilding", check_count()) as move:
        actions.rebuild(progress=lambda done: move(done, None))
    follow_with_progress()
    click.echo(f"rebuilt: {queries.standing().checks} checks")


def follow_with_progress() -> None:
    """Follow the database to its end; vectors are what takes time."""
    with progress_bar("finding by meaning", actions.meaning_backlog()) as move:
        actions.follow(progress=lambda done: move(done, None))
