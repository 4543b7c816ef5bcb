"""`soi publishers sources`: addresses from which other desks' checks are brought on schedule."""

from __future__ import annotations

import click
from django.utils import timezone

from soi.cli.actor import actor
from soi.cli.progress import progress_bar
from soi.publishing.sources import actions, quarantine, queries
from soi.publishing.sources.looking import Look, look

SOURCE = click.argument("source_id", type=int, metavar="SOURCE")
ITEMS = click.argument("items", type=int, nargs=-1, required=True, metavar="ITEM...")


@click.group("sources")
def sources_group() -> None:
    """Addresses from which checks of allowed publishers are brought on schedule."""


@sources_group.command("add")
@click.argument("url")
@click.option(
    "--site",
    "sites",
    multiple=True,
    help="A publisher whose checks it may bring; the one that it lies on unless told.",
)
@click.option(
    "--every", type=int, default=24, show_default=True, metavar="HOURS", help="How often."
)
def add(url: str, sites: tuple[str, ...], every: int) -> None:
    """Look at URL from now on: a DataFeed, JSON Lines, a page, or a sitemap or feed of pages."""
    number = actions.add_source(url=url, sites=sites, every_hours=every, by=actor())
    click.echo(f"source {number}: {queries.source(number).url}")


@sources_group.command("list")
def list_() -> None:
    """List the sources: how the last look went, when the next one is, how much waits."""
    rows = queries.sources()
    for row in rows:
        next_look = "paused" if row.is_paused else f"next {timezone.localtime(row.due_at):%F %H:%M}"
        wrong = f", failed {row.failures} times [{row.failure}]" if row.failures else ""
        less = f", shrunk from {row.records_before}" if row.records_before is not None else ""
        click.echo(
            f"{row.id:4} {row.url}: {row.records} records{less}, {row.waiting} in quarantine, "
            f"every {row.every_hours} h, {next_look}{wrong}"
        )
    if not rows:
        click.echo("No source is here: soi publishers sources add URL")


@sources_group.command("look")
@SOURCE
def look_command(source_id: int) -> None:
    """Look at SOURCE now. Interrupted? Run it again: it goes on where it stopped."""
    with progress_bar("looking") as move:
        found = look(source_id, by=actor(), progress=lambda what, done: move(done, None))
    _say(found)


def _say(found: Look) -> None:
    if not found.is_new:
        click.echo("nothing new")
        return
    click.echo(
        f"{found.added} added, {found.updated} updated, {found.unchanged} unchanged, "
        f"{found.refused} refused"
    )
    if found.has_shrunk:
        click.echo("less than half of its records are left; what was known stays")
    if found.has_more:
        click.echo("pages are left for the next look")


@sources_group.command("pause")
@SOURCE
def pause(source_id: int) -> None:
    """Look at SOURCE no more until it is resumed."""
    actions.pause_source(source_id, by=actor())
    click.echo("paused")


@sources_group.command("resume")
@SOURCE
def resume(source_id: int) -> None:
    """Look at SOURCE again."""
    actions.resume_source(source_id, by=actor())
    click.echo("resumed")


@sources_group.command("remove")
@SOURCE
def remove(source_id: int) -> None:
    """Forget SOURCE and its quarantine. Checks that it brought stay."""
    actions.remove_source(source_id, by=actor())
    click.echo("removed")


@sources_group.command("quarantine")
@SOURCE
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many.")
def quarantine_command(source_id: int, limit: int) -> None:
    """What SOURCE brought and was not let in, and why."""
    row = queries.source(source_id)
    for item in queries.quarantine(source_id)[:limit]:
        at = timezone.localtime(item.last_seen_at)
        click.echo(
            _printable(f"{item.id:6} {at:%F %H:%M} {item.code}: {item.why} {item.excerpt!r}")
        )
    click.echo(f"{row.waiting} wait, {row.left_out} more had no room")


@sources_group.command("let-in")
@SOURCE
@ITEMS
def let_in(source_id: int, items: tuple[int, ...]) -> None:
    """Store ITEMS of the quarantine of SOURCE. Their publisher has to be allowed."""
    for item in items:
        quarantine.let_in(source_id, item, by=actor())
        click.echo(f"let in: {item}")


@sources_group.command("dismiss")
@SOURCE
@ITEMS
def dismiss(source_id: int, items: tuple[int, ...]) -> None:
    """Leave ITEMS of the quarantine of SOURCE out for good."""
    for item in items:
        quarantine.dismiss(source_id, item, by=actor())
        click.echo(f"dismissed: {item}")


def _printable(text: str) -> str:
    """Text of strangers without what could drive the terminal or turn its lines round."""
    return "".join(c if c.isprintable() else " " for c in text)
