"""`soi people`: the first administrator's invitation, and help for who can't come in."""

from __future__ import annotations

import click
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from soi.cli.actor import actor
from soi.people import actions, queries
from soi.people.types import Role

ROLES = click.Choice([role.value for role in Role])


@click.group("people")
def people_command() -> None:
    """Who works at the desk."""


@people_command.command("list")
def list_() -> None:
    """Everybody: number, role, whether a second step is set up, address, name."""
    rows = queries.people()
    for row in rows:
        standing = row.role.value if row.is_active else "off"
        step = "second step" if row.has_second_factor else "-"
        click.echo(f"{row.id:5} {standing:14} {step:12} {row.email}  {row.name}")
    if not rows:
        click.echo("Nobody is here yet: soi people invite --role administrator")


@people_command.command("invite")
@click.option("--role", required=True, type=ROLES, help="What they will be at the desk.")
@click.option("--email", default="", help="Only this address can join by the link.")
def invite(role: str, email: str) -> None:
    """Print a link by which one person can join, once and within seven days."""
    made = actions.invite(Role(role), email=email, by=actor())
    click.echo(f"{settings.SOI_BASE_URL}{reverse('account:join', args=[made.token])}")
    until = timezone.localtime(made.expires_at).isoformat(sep=" ", timespec="minutes")
    click.echo(f"invitation {made.id} ({role}), good once, until {until}", err=True)


@people_command.command("withdraw")
@click.argument("invitation", type=int)
def withdraw(invitation: int) -> None:
    """End an INVITATION, by its number, before it is used."""
    actions.withdraw_invitation(invitation, by=actor())
    click.echo(f"withdrawn: invitation {invitation}")


@people_command.command("role")
@click.argument("email")
@click.argument("role", type=ROLES)
def role_(email: str, role: str) -> None:
    """Give whoever has the address EMAIL another ROLE."""
    actions.change_role(queries.id_with_email(email), Role(role), by=actor())
    click.echo(f"{email}: {role}")


@people_command.command("off")
@click.argument("email")
def off(email: str) -> None:
    """Switch off whoever has the address EMAIL: they are signed out at once."""
    actions.deactivate(queries.id_with_email(email), by=actor())
    click.echo(f"switched off: {email}")


@people_command.command("on")
@click.argument("email")
def on(email: str) -> None:
    """Let whoever has the address EMAIL in again."""
    actions.reactivate(queries.id_with_email(email), by=actor())
    click.echo(f"switched on: {email}")


@people_command.command("reset")
@click.argument("email")
@click.option("--second-step", is_flag=True, help="Remove passkeys, app and recovery codes too.")
def reset(email: str, *, second_step: bool) -> None:
    """Print a link by which whoever has the address EMAIL chooses a new password within a day."""
    person = queries.id_with_email(email)
    if second_step:
        actions.reset_second_factor(person, by=actor())
        click.echo("removed: passkeys, app, recovery codes; signed out everywhere", err=True)
    token = actions.make_reset_token(person, by=actor())
    click.echo(f"{settings.SOI_BASE_URL}{reverse('account:reset', args=[token])}")
