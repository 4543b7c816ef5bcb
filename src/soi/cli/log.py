"""`soi log`: the public log of this desk, which shows what was published and when."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from soi.answer.complaints import reason
from soi.cli.actor import actor
from soi.cli.progress import progress_bar
from soi.publishing.errors import FileUnreadable
from soi.publishing.log import actions, audit, queries, witnesses, witnessing
from soi.publishing.log.errors import LogDiffers, WitnessUnknown

_LARGEST_REPLY = 2**20


@click.group("log")
def log_command() -> None:
    """The public log: everything that was published, as leaves that nobody can change unseen."""


@log_command.command("status")
def status() -> None:
    """Say how far the log is, which keys sign it and which witnesses have signed it."""
    standing = queries.standing()
    click.echo(f"name: {standing.origin}")
    for key in standing.keys:
        click.echo(f"key: {key}")
    click.echo(f"leaves: {standing.tree.size}")
    click.echo(f"root: {standing.tree.root.hex()}")
    for each in standing.witnesses:
        click.echo(f"witness: {each.key.name}, {_signed(each)}")
    click.echo("up to date" if not standing.waiting else f"waiting: {standing.waiting}")


@log_command.command("append")
def append() -> None:
    """Bring the log up to the journal once. `soi serve` does this by itself all the time."""
    click.echo(f"leaves: {actions.follow().tree.size}")


@log_command.command("audit")
def audit_command() -> None:
    """Compare the log with the journal and with what is public. Status 3: they differ."""
    with progress_bar("comparing", queries.standing().tree.size) as move:
        seen = audit.audit(progress=lambda done: move(done, None))
    click.echo(f"leaves: {seen.leaves}, adopted: {seen.adopted}, waiting: {seen.waiting}")
    for each in seen.found:
        click.echo(f"{each.difference}: {each.about}")
    if seen.found:
        raise LogDiffers(f"{len(seen.found)} differences were found.")
    click.echo("no difference")


@log_command.command("checkpoint")
def checkpoint() -> None:
    """Print the newest signed checkpoint: keep it, and the log can never go behind it."""
    click.echo(bytes(actions.opened().checkpoint().note).decode(), nl=False)


@log_command.command("proof")
@click.argument("index", type=click.IntRange(min=0))
def proof(index: int) -> None:
    """Print the proof file of the leaf in place INDEX, for `soi verify`."""
    click.echo(queries.proof(index).as_json().decode(), nl=False)


@log_command.command("adopt")
def adopt() -> None:
    """After the restore of an older copy: take in the leaves that only the files still hold."""
    taken = audit.adopt(by=actor())
    click.echo(f"adopted: {taken.known} with their event, {taken.unknown} without")
    click.echo(f"leaves: {actions.follow().tree.size}")


@log_command.command("new-key")
def new_key() -> None:
    """Begin to replace the key: the old one and a new one sign, and a statement names the new."""
    click.echo(f"new key: {actions.new_key()}")


@log_command.command("drop-key")
@click.confirmation_option(prompt="Will readers know the new key by now?", help="Do not ask.")
def drop_key() -> None:
    """End the replacement: only the new key signs from now on."""
    click.echo(f"dropped: {actions.drop_old_key()}")


@log_command.group("witness")
def witness() -> None:
    """Others who sign that they see the same log; SOI_LOG_WITNESSES names their keys."""


@witness.command("list")
def list_() -> None:
    """The witnesses that are set, and how far each has followed the log."""
    found = queries.standing().witnesses
    for each in found:
        click.echo(f"{each.key.name}: {_signed(each)}")
    if not found:
        click.echo("No witness is set: SOI_LOG_WITNESSES")


def _signed(row: queries.WitnessRow) -> str:
    wrong = f" [{row.problem}]" if row.problem else ""
    if row.at is None:
        return f"has signed nothing{wrong}"
    at = dt.datetime.fromtimestamp(row.at, dt.UTC)
    state = "newest" if row.is_newest else "behind"
    return f"{row.size} leaves, {at:%Y-%m-%dT%H:%M:%SZ}, {state}{wrong}"


@witness.command("submit")
@click.option("--name", default="", help="Only the witness of this name.")
def submit(name: str) -> None:
    """Ask every witness that has an address now. `soi serve` does this by itself."""
    found = witnessing.submit(name=name)
    if not found:
        raise WitnessUnknown("No witness with an address is set.")
    for each in found:
        if each.problem:
            click.echo(f"{each.name}: {reason(each.problem)[0]} [{each.problem}]")
        else:
            click.echo(f"{each.name}: has signed {each.size} leaves")
    if any(each.problem for each in found):
        sys.exit(4)


@witness.command("request")
@click.option(
    "--old-size",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="How many leaves the tree had that the witness has last signed.",
)
def request(old_size: int) -> None:
    """Print what a witness is sent (C2SP tlog-witness, add-checkpoint)."""
    click.echo(witnesses.request(old_size=old_size).decode(), nl=False)


@witness.command("add")
@click.argument("reply", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
def add(reply: Path) -> None:
    """Put the cosignatures in REPLY, a file or - for standard input, under the checkpoint."""
    try:
        with click.open_file(str(reply), "rb") as stream:
            body = stream.read(_LARGEST_REPLY + 1)
    except OSError as error:
        raise FileUnreadable(str(error)) from error
    witnesses.add_reply(body)
    for each in witnesses.witnessed():
        click.echo(f"witness: {each.key.name}, {each.at}")
