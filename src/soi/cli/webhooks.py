"""`soi webhooks`: whose programs are told of what is published."""

from __future__ import annotations

import datetime as dt

import click

from soi.answer.complaints import reason
from soi.cli.actor import actor
from soi.publishing.webhooks import actions, delivering, queries, rules
from soi.publishing.webhooks.types import WANTED, DeliveryState

_KINDS = click.Choice([each.value for each in WANTED])
_REF = click.argument("ref", type=click.IntRange(min=1))


@click.group("webhooks")
def webhooks_command() -> None:
    """Whose programs are told of what is published, corrected, answered and warned of."""


@webhooks_command.command("add")
@click.argument("url")
@click.option("--label", required=True, help="What the desk calls it.")
@click.option("--kind", "kinds", multiple=True, type=_KINDS, help="Of these only; else all.")
def add(url: str, label: str, kinds: tuple[str, ...]) -> None:
    """Enter the endpoint URL and print its secret, which is shown this once."""
    wanted = kinds or tuple(each.value for each in WANTED)
    number, secret = actions.add(url=url, label=label, kinds=wanted, by=actor())
    click.echo(f"webhook {number}: {url}", err=True)
    click.echo(secret)


@webhooks_command.command("list")
def list_() -> None:
    """List the endpoints with where they stand and how many messages wait, went and died."""
    rows = queries.endpoints()
    for row in rows:
        state = f"paused ({row.pause.value})" if row.pause else row.state.value
        counts = f"{row.waiting} waiting, {row.delivered} delivered, {row.dead} dead"
        click.echo(f"{row.id:4} {state:20} {counts:40} {row.url}  {row.label}")
        click.echo(f"     {' '.join(row.kinds)}")
    if not rows:
        click.echo("Nobody is told yet: soi webhooks add URL --label NAME")


@webhooks_command.command("pause")
@_REF
def pause(ref: int) -> None:
    """Send endpoint REF nothing more for now; what happens meanwhile is kept for it."""
    actions.pause(ref, by=actor())
    click.echo(f"webhook {ref} is paused")


@webhooks_command.command("resume")
@_REF
def resume(ref: int) -> None:
    """Let endpoint REF go on, with everything that happened meanwhile."""
    actions.resume(ref, by=actor())
    click.echo(f"webhook {ref} goes on")


@webhooks_command.command("rotate")
@_REF
@click.option(
    "--overlap",
    type=click.IntRange(0, rules.LONGEST_OVERLAP // dt.timedelta(hours=1)),
    default=rules.OVERLAP // dt.timedelta(hours=1),
    show_default=True,
    help="Hours for which the old secret signs as well.",
)
def rotate(ref: int, overlap: int) -> None:
    """Give endpoint REF a new secret and print it; it is shown this once."""
    click.echo(actions.rotate(ref, overlap=dt.timedelta(hours=overlap), by=actor()))


@webhooks_command.command("remove")
@_REF
def remove(ref: int) -> None:
    """Send endpoint REF nothing more and forget its secret; what it was told stays known."""
    actions.remove(ref, by=actor())
    click.echo(f"webhook {ref} is removed")


@webhooks_command.command("deliveries")
@click.argument("ref", type=click.IntRange(min=1), required=False)
@click.option(
    "--state",
    type=click.Choice([each.value for each in DeliveryState]),
    help="Only those that stand so.",
)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many."
)
def deliveries(ref: int | None, state: str | None, limit: int) -> None:
    """List messages to endpoint REF, or to all, the newest first."""
    if ref is not None:
        queries.endpoint(ref)
    wanted = DeliveryState(state) if state else None
    for row in queries.deliveries(ref, wanted)[:limit]:
        at = row.delivered_at or row.tried_at or row.at
        tried = f"{row.state.value} {at:%Y-%m-%dT%H:%M:%SZ} tries:{row.attempts}"
        why = f" {row.status or ''} {row.problem}".rstrip() if row.problem else f" {row.status}"
        click.echo(
            f"{row.id:6} {row.endpoint_id:4} {row.kind:22} {row.ref:10} {row.digest[:12]:12} "
            f"{row.message_id} {tried}{why if row.attempts else ''}"
        )


@webhooks_command.command("replay")
@_REF
@click.argument("deliveries", nargs=-1, type=click.IntRange(min=1))
def replay(ref: int, deliveries: tuple[int, ...]) -> None:
    """Send DELIVERIES of endpoint REF again; all dead ones when none is named."""
    number = actions.replay(ref, deliveries or None, by=actor())
    click.echo(f"{number} to be sent again")


@webhooks_command.command("test")
@_REF
def test(ref: int) -> None:
    """Send endpoint REF a message that says nothing, now, and say what came back.

    Status 4 when it was not taken; then it is tried again as any other.
    """
    outcome = delivering.deliver_now(actions.send_test(ref, by=actor()))
    if outcome is None:
        click.echo("not sent: look at soi webhooks list", err=True)
        raise SystemExit(4)
    if outcome.problem:
        what, why, then = reason(outcome.problem)
        click.echo(f"not taken: {outcome.status or ''} {what} [{outcome.problem}]", err=True)
        for line in (why, then):
            click.echo(line, err=True)
        raise SystemExit(4)
    click.echo(f"taken: {outcome.status}")
