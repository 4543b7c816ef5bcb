"""`soi publishers`: whose checks may be imported."""

from __future__ import annotations

import click

from soi.claims import actions, queries
from soi.cli.actor import actor
from soi.cli.sources import sources_group


@click.group("publishers")
def publishers_command() -> None:
    """Whose checks may be imported. Nobody's are until you allow them."""


publishers_command.add_command(sources_group)


@publishers_command.command("list")
def list_() -> None:
    """List the publishers and how many of their checks are stored."""
    rows = queries.publishers()
    for row in rows:
        allowed = "allowed" if row.is_allowed else "not allowed"
        click.echo(f"{allowed:12} {row.checks:7} {row.site}  {row.name}")
    if not rows:
        click.echo("No publisher is known yet: soi publishers allow SITE")


@publishers_command.command("allow")
@click.argument("sites", nargs=-1, required=True)
@click.option("--name", default="", help="The publisher's name; else its feed says it.")
def allow(sites: tuple[str, ...], name: str) -> None:
    """Let checks of SITES be imported from now on (hosts, for instance checks.example)."""
    for site in sites:
        host = site.strip().lower().removeprefix("www.").rstrip("/")
        actions.allow_publisher(site=host, name=name or host, by=actor())
        click.echo(f"allowed: {host}")


@publishers_command.command("disallow")
@click.argument("site")
def disallow(site: str) -> None:
    """Import nothing more of SITE. What was imported stays."""
    actions.disallow_publisher(site=site, by=actor())
    click.echo(f"not allowed any more: {site}")
