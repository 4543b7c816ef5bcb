"""`soi tips`: take tips in from files, look at what the desk has, and tell senders how it goes."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from soi.answer.complaints import sentence
from soi.cli.actor import actor
from soi.cli.message import message_given
from soi.cli.progress import progress_bar
from soi.core.formats import Code, FormatError, Refusal
from soi.core.formats.table import guarded
from soi.intake import actions, queries
from soi.intake.importing import import_tips
from soi.intake.types import Channel, Reason, State

EXISTING = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)
SHOWN = 70
"""Characters of a tip's text in a list."""


class _CutOff(click.ClickException):
    """The file could be read only in part: the input is wrong."""

    exit_code = FormatError.exit_status


@click.group("tips")
def tips_command() -> None:
    """Messages that were sent to the desk."""


@tips_command.command("import")
@click.argument("path", type=EXISTING)
@click.option("--report", type=click.Path(path_type=Path), help="Write the refusals as CSV.")
def import_(path: Path, report: Path | None) -> None:
    """Take tips in from PATH: CSV or JSON Lines with `text` and, where there is one, `id`.

    Imported before, or interrupted? Run it again: no row counts twice.
    """
    with progress_bar("reading", path.stat().st_size) as move:
        done = import_tips(path, by=actor(), progress=lambda read: move(read, None))
    click.echo(
        f"{path.name}: {done.added} added, {done.repeated} repeated, {done.known} known, "
        f"{len(done.refusals)} refused"
    )
    _echo_refusals(done.refusals)
    if report:
        _write_report(report, done.refusals)
    if done.cut_off:
        raise _CutOff(
            f"{sentence(done.cut_off.code)} [{done.cut_off.code}] "
            f"at row {done.cut_off.position}; what stood before it is stored."
        )


def _echo_refusals(refusals: Sequence[Refusal]) -> None:
    """How many rows were refused for each reason, and where the first of each stands."""
    first = {refusal.code: refusal for refusal in reversed(refusals)}
    for code, number in Counter(refusal.code for refusal in refusals).most_common():
        click.echo(f"  {number:7}  {code}: {_why(first[code])} (first: row {first[code].position})")


def _why(refusal: Refusal) -> str:
    return sentence(refusal.code) if refusal.code in set(Code) else refusal.why


def _write_report(path: Path, refusals: Sequence[Refusal]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["row", "code", "why", "excerpt"])
        for each in refusals:
            writer.writerow([each.position, each.code, _why(each), guarded(each.excerpt)])
    click.echo(f"refusals: {path}")


@tips_command.command("add")
@click.argument("text", required=False)
@click.option(
    "--file", "file", type=click.Path(path_type=Path), help="Read the message from a file."
)
def add(text: str | None, file: Path | None) -> None:
    """Take one tip in: TEXT, or - for standard input, or --file.

    Prints its number and the address at which its sender sees how it goes.
    """
    by = actor()
    taken = actions.receive(message_given(text, file), channel=Channel.COMMAND, by=by)
    click.echo(f"tip {taken.tip_id}: {queries.tip_with_id(taken.tip_id).state.value}")
    click.echo(f"{settings.SOI_BASE_URL}{reverse('tips:status', args=[taken.token])}")


@tips_command.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([each.value for each in State]),
    help="Only tips that stand there; may be repeated.",
)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many.")
def list_(states: tuple[str, ...], limit: int) -> None:
    """The tips, the newest first: number, how often it came, where it stands, since when."""
    found = queries.tips(states=[State(each) for each in states])
    for row in found[:limit]:
        text = _printable(row.text)
        cut = text if len(text) <= SHOWN else text[: SHOWN - 1].rstrip() + "…"
        day = timezone.localtime(row.received_at).date().isoformat()
        click.echo(f"{row.id:7} {row.reach:5}×  {row.state.value:13} {day}  {cut}")
    if len(found) > limit:
        click.echo(f"{len(found) - limit} more: --limit, --state")
    if not found:
        click.echo("No tip is here.")


@tips_command.command("show")
@click.argument("tip_id", type=int, metavar="ID")
@click.option("--contact", is_flag=True, help="Open the contacts, which the journal writes down.")
def show(tip_id: int, *, contact: bool) -> None:
    """One tip: its text with private numbers masked, the names in it, how it came."""
    tip = queries.tip_with_id(tip_id)
    ways = ", ".join(f"{way.value} {times}" for way, times in queries.receipts_by_channel(tip_id))
    click.echo(f"tip {tip.id}: {tip.state.value}{f' ({tip.reason.value})' if tip.reason else ''}")
    if tip.link:
        click.echo(f"answered by: {tip.link}")
    click.echo(
        f"came: {tip.reach}× (receipts: {ways}), first {_moment(tip.received_at)}, "
        f"last {_moment(tip.last_received_at)}"
    )
    click.echo(f"language: {tip.language}")
    for name in tip.names:
        click.echo(_printable(f"{name['kind']}: {name['value']}"))
    if contact:
        for each in actions.read_contacts(tip_id, by=actor()):
            click.echo(_printable(f"contact: {each}"))
    elif number := queries.contact_count(tip_id):
        click.echo(f"contacts: {number} (open them with --contact)")
    click.echo()
    for line in tip.text.splitlines():
        click.echo(f"  {_printable(line)}")


@tips_command.command("check")
@click.argument("tip_id", type=int, metavar="ID")
def check(tip_id: int) -> None:
    """Say to the senders of a tip that it is being checked; also again, after it was decided."""
    actions.begin_checking(tip_id, by=actor())
    _say_standing(tip_id)


@tips_command.command("answer")
@click.argument("tip_id", type=int, metavar="ID")
@click.argument("link", metavar="URL")
def answer(tip_id: int, link: str) -> None:
    """Lead the senders of a tip to the published check that answers it, at URL."""
    actions.answer_with(tip_id, link, by=actor())
    _say_standing(tip_id)


@tips_command.command("close")
@click.argument("tip_id", type=int, metavar="ID")
@click.option(
    "--reason",
    required=True,
    type=click.Choice([each.value for each in Reason]),
    help="Why it can't be checked: the senders see it.",
)
def close(tip_id: int, reason: str) -> None:
    """Close a tip as not checkable. `soi tips check` opens it again."""
    actions.close(tip_id, Reason(reason), by=actor())
    _say_standing(tip_id)


def _say_standing(tip_id: int) -> None:
    click.echo(f"tip {tip_id}: {queries.tip_with_id(tip_id).state.value}")


def _moment(at: dt.datetime) -> str:
    return timezone.localtime(at).isoformat(sep=" ", timespec="minutes")


def _printable(text: str) -> str:
    """Text of strangers without what could drive the terminal or turn its lines round."""
    return "".join(c if c.isprintable() else " " for c in text)
