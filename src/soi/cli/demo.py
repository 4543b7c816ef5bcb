"""`soi demo`: load or remove the demonstration desk."""

from __future__ import annotations

import click

from soi import demo
from soi.cli.index import follow_with_progress


@click.group("demo")
def demo_command() -> None:
    """The demonstration desk: invented checks, organisations and scams."""


@demo_command.command("load")
def load() -> None:
    """Store the demonstration. Everything it stores is marked and shown as such."""
    loaded = demo.load()
    follow_with_progress()
    click.echo(
        f"loaded: {loaded.checks} checks, {loaded.holdings} holdings, "
        f"{loaded.scam_names} scam names"
    )


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
