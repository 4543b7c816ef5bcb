"""`soi demo`: load or remove the demonstration desk."""

from __future__ import annotations

import click
from django.conf import settings
from django.urls import reverse

from soi import demo
from soi.cli.actor import actor
from soi.cli.index import follow_with_progress
from soi.people import actions
from soi.people.types import Role


@click.group("demo")
def demo_command() -> None:
    """The demonstration desk: invented checks, organisations and scams."""


@demo_command.command("load")
@click.option(
    "--work",
    is_flag=True,
    help="Tips, sources and names to work on too. They stay: use a data folder of its own.",
)
def load(*, work: bool) -> None:
    """Store the demonstration. Everything it stores is marked and shown as such."""
    loaded = demo.load()
    follow_with_progress()
    click.echo(
        f"loaded: {loaded.checks} checks, {loaded.holdings} holdings, "
        f"{loaded.scam_names} scam names"
    )
    if work:
        given = demo.load_work()
        click.echo(
            f"to work on: {given.tips} tips, {given.sources} kept sources, {given.names} names"
        )


@demo_command.command("invite")
def invite() -> None:
    """Print a link for a checker and one for an editor: a check needs two people."""
    for role in (Role.CHECKER, Role.EDITOR):
        made = actions.invite(role, by=actor())
        address = f"{settings.SOI_BASE_URL}{reverse('account:join', args=[made.token])}"
        click.echo(f"join as {role.value}, once: {address}")


@demo_command.command("remove")
@click.option("--yes", is_flag=True, help="Don't ask.")
def remove(*, yes: bool) -> None:
    """Remove the demonstration whole, and nothing else."""
    if not yes:
        click.confirm("Remove all demonstration data?", abort=True)
    gone = demo.remove()
    follow_with_progress()
    click.echo(
        f"removed: {gone.checks} checks, {gone.holdings} organisations, "
        f"{gone.scam_names} scam lists"
    )
