"""`soi incidents`: what happened to accounts, what is to be done by when, the evidence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click
from django.utils import timezone

from soi.cli.actor import actor
from soi.core.files import replacing
from soi.incidents import evidence, following, handling
from soi.incidents.following import Asked
from soi.incidents.types import Form, IncidentKind, IncidentRow, IncidentState, StepRow
from soi.watch import rules

NUMBER = click.argument("number", type=int, metavar="ID")


@click.group("incidents")
def incidents_command() -> None:
    """What happened to accounts, or is done under names like them."""


@incidents_command.command("list")
@click.option(
    "--state",
    type=click.Choice([each.value for each in IncidentState]),
    help="Only those that stand there.",
)
@click.option(
    "--kind", type=click.Choice([each.value for each in IncidentKind]), help="Only of this kind."
)
@click.option("--organisation", default="", help="Only of this organisation, by its short name.")
@click.option("--overdue", is_flag=True, help="Only those with a step that is late.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many.")
def list_(
    state: str | None, kind: str | None, organisation: str, limit: int, *, overdue: bool
) -> None:
    """The incidents, open ones and what is due first before the rest; `!` where a step is late."""
    asked = Asked(
        state=IncidentState(state) if state else None,
        kind=IncidentKind(kind) if kind else None,
        organisation=organisation,
        is_overdue=overdue,
    )
    found = following.incidents(asked)
    for row in found[:limit]:
        click.echo(_line(row))
    if len(found) > limit:
        click.echo(f"{len(found) - limit} more: --limit")
    if not found:
        click.echo("No incident is here.")


def _line(row: IncidentRow) -> str:
    step = row.next_step if row.state is IncidentState.OPEN else None
    due = f", next {step.word.value} due {_moment(step.due_at)}" if step else ""
    return _printable(
        f"{row.id:7} {'!' if row.overdue else ' '} {row.state.value:6} {row.kind.value:13} "
        f"{row.organisation}: {row.named.value}{due}"
    )


@incidents_command.command("show")
@NUMBER
def show(number: int) -> None:
    """One incident: its steps with their times, its captures, what was done."""
    row = following.incident_with_id(number)
    click.echo(_line(row))
    click.echo(_printable(f"what: {row.words}"))
    if row.since:
        click.echo(f"since: {_moment(row.since)}")
    click.echo(f"opened: {_moment(row.opened_at)} {row.opened_by}")
    if row.closed_at:
        click.echo(_printable(f"closed: {_moment(row.closed_at)} {row.closed_by}: {row.reason}"))
    for step in row.steps:
        click.echo(_printable(f"step {step.word.value}: {_standing(step)}"))
    for notice in following.notices_in(row):
        click.echo(f"notice {notice.id}: {notice.state.value}")
    for capture in following.captures_of(number):
        of = capture.requested_url or capture.file_name
        click.echo(_printable(f"capture {capture.id}: {capture.state.value} {of}"))
    for line in following.timeline_of(number):
        about = " ".join(filter(None, (line.step or "", str(line.number or ""), line.words)))
        click.echo(_printable(f"{_moment(line.at)} {line.by} {line.what.value} {about}").rstrip())


def _standing(step: StepRow) -> str:
    if step.at is None:
        return f"{'OVERDUE' if step.is_overdue else 'open'}, due {_moment(step.due_at)}"
    words = f": {step.words}" if step.words else ""
    return f"{step.state.value} {_moment(step.at)} {step.by}{words}"


@incidents_command.command("open")
@click.argument("organisation")
@click.option(
    "--kind",
    required=True,
    type=click.Choice([each.value for each in IncidentKind]),
    help="What happened; it can't be changed later.",
)
@click.option("--words", required=True, help="What was seen, in a sentence or two.")
@click.option("--holding", type=int, help="About this holding of theirs, by its number.")
@click.option("--lookalike", type=int, help="About this name before the desk, by its number.")
@click.option("--name", default="", help="About this name, which is put before the desk.")
@click.option("--platform", default="", help="Where the account of --name is.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="When it began, in the desk's time zone.",
)
def open_(
    organisation: str,
    kind: str,
    words: str,
    holding: int | None,
    lookalike: int | None,
    name: str,
    platform: str,
    since: dt.datetime | None,
) -> None:
    """Open an incident of ORGANISATION; its clocks run from now on."""
    if sum(each not in (None, "") for each in (holding, lookalike, name)) != 1:
        raise click.UsageError("Give one of --holding, --lookalike and --name.")
    began = timezone.make_aware(since) if since else None
    if name:
        number = handling.open_about_name(
            organisation,
            IncidentKind(kind),
            rules.named(name, platform),
            words=words,
            by=actor(),
            since=began,
        )
    else:
        number = handling.open_incident(
            organisation,
            IncidentKind(kind),
            words=words,
            by=actor(),
            holding=holding,
            lookalike=lookalike,
            since=began,
        )
    click.echo(_line(following.incident_with_id(number)))


@incidents_command.command("bundle")
@NUMBER
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def bundle(number: int, path: Path) -> None:
    """Write the evidence of an incident to PATH as a zip; of fraud alone (charter rule C8).

    Verify it with `sha256sum -c SHA256SUMS` in the folder to which it was unpacked.
    """
    made = evidence.bundle_of(number)
    with replacing(path) as stream:
        for piece in made.stream():
            stream.write(piece)
        handling.note_prepared(number, Form.BUNDLE, made.digest, by=actor())
    click.echo(f"{path}: {len(made.files)} files, SHA-256 of {evidence.LIST}: {made.digest}")


def _moment(at: dt.datetime) -> str:
    return timezone.localtime(at).isoformat(sep=" ", timespec="minutes")


def _printable(text: str) -> str:
    """Text of strangers without what could drive the terminal or turn its lines round."""
    return "".join(c if c.isprintable() else " " for c in text)
