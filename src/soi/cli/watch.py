"""`soi watch`: streams of names, the queue of those that imitate, scam lists, exports."""

from __future__ import annotations

import datetime as dt
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

import click
from django.utils import timezone

from soi.answer.complaints import sentence
from soi.cli.actor import actor
from soi.cli.progress import progress_bar
from soi.core.files import replacing
from soi.core.formats import Code
from soi.watch import actions, queries, rules
from soi.watch.actions import ListDescription, Schedule
from soi.watch.exporting import Exported, Selection, export_names
from soi.watch.following import Connected, Lost, follow
from soi.watch.importing import day_of_file, import_list_file
from soi.watch.noting import report
from soi.watch.scanning import Scanned, scan_file, scan_pipe
from soi.watch.types import ConflictRow, ExportForm, LookalikeRow, State

EXISTING = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True, allow_dash=True)
REASON = click.option("--reason", required=True, help="Why, in a sentence; it is kept.")
IDS = click.argument("ids", type=int, nargs=-1, required=True, metavar="ID...")


@click.group("watch")
def watch_command() -> None:
    """Names that could be taken for others: streams of them, the queue, lists, exports."""


@watch_command.command("names")
@click.argument("path", type=EXISTING, metavar="FILE|-")
@click.option("--source", default="", help="What to call where the names come from.")
@click.option("--again", is_flag=True, help="Read the file from its beginning.")
def names(path: Path, source: str, *, again: bool) -> None:
    """Read names from FILE or standard input: one a line, JSON Lines, or certificate messages.

    What could be taken for an organisation's own is put before the desk. A file goes on where the
    last scan of it stopped, also after a kill.
    """
    if str(path) == "-":
        with progress_bar("bytes read") as move:
            found = scan_pipe(
                cast(BufferedReader, sys.stdin.buffer),
                source=source or "stdin",
                by=actor(),
                progress=lambda done: move(done, None),
            )
    else:
        with progress_bar("reading", path.stat().st_size) as move:
            found = scan_file(
                path,
                source=source,
                by=actor(),
                again=again,
                progress=lambda done: move(done, None),
            )
    _say_scanned(found)


def _say_scanned(found: Scanned) -> None:
    if found.started_at:
        click.echo(f"continued at byte {found.started_at}")
    click.echo(
        f"{found.names} names read, {found.found} could be taken for others, {found.added} of them "
        f"new, {found.refused} lines named nothing"
    )


@watch_command.command("follow")
@click.argument("url", metavar="URL")
@click.option("--source", default="", help="What to call where the names come from.")
def follow_stream(url: str, source: str) -> None:
    """Follow a live stream of names at URL (wss:// or ws://) until told to stop.

    Speaks with certstream-server-go: all three of its streams. A lost connection is made again.
    """
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    _say_scanned(follow(url, by=actor(), wait=stop.wait, tell=_say_connection, source=source))


def _say_connection(news: Connected | Lost) -> None:
    if isinstance(news, Connected):
        click.echo("connected", err=True)
        return
    click.echo(_printable(f"lost: {news.why}; again in {news.seconds:g} s"), err=True)


@watch_command.command("streams")
def streams() -> None:
    """The sources that have been read: how many names, and when last."""
    found = queries.streams()
    for row in found:
        at = timezone.localtime(row.read_at)
        click.echo(_printable(f"{at:%Y-%m-%d %H:%M}  {row.names:12}  {row.source}"))
    if not found:
        click.echo("No source is here.")


@watch_command.command("queue")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([each.value for each in State]),
    help="Names that stand there, instead of those that wait; may be repeated.",
)
@click.option("--organisation", default="", help="Only names that could be taken for its own.")
@click.option("--campaign", default="", help="Only names of this campaign.")
@click.option("--clear", is_flag=True, help="Only those that a reader is told of as well.")
@click.option("--campaigns", is_flag=True, help="Show campaigns instead of names.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many.")
def queue(
    states: tuple[str, ...],
    organisation: str,
    campaign: str,
    limit: int,
    *,
    clear: bool,
    campaigns: bool,
) -> None:
    """The names that wait for somebody to look at them, the most probable first."""
    if campaigns:
        _show_campaigns(organisation, limit)
        return
    found = queries.lookalikes(
        states=[State(each) for each in states] or [State.WAITING],
        organisation=organisation,
        campaign=campaign,
        is_clear=clear,
    )
    for row in found[:limit]:
        click.echo(_line(row))
    _say_rest(len(found) - limit, "No name is here." if not found else "")


def _line(row: LookalikeRow) -> str:
    sign = "!" if row.is_clear else " "
    where = f" on {row.platform}" if row.platform else ""
    weight = "    " if row.probability is None else f"{row.probability:.2f}"
    how = row.imitation.value if row.imitation else "reported"
    return _printable(
        f"{row.id:7} {sign} {weight} {row.state.value:9} {row.first_seen_on} "
        f"{row.key}{where} ~ {row.organisation} ({how})"
    )


def _show_campaigns(organisation: str, limit: int) -> None:
    found = queries.campaigns(organisation=organisation)
    for row in found[:limit]:
        days = f"{row.first_seen_on} to {row.last_seen_on}"
        click.echo(
            _printable(
                f"{row.waiting:5} waiting of {row.names:5}  {days}  {row.organisation}  "
                f"{row.campaign}"
            )
        )
    _say_rest(len(found) - limit, "No campaign is here." if not found else "")


def _say_rest(more: int, nothing: str) -> None:
    if nothing:
        click.echo(nothing)
    elif more > 0:
        click.echo(f"{more} more: --limit")


@watch_command.command("show")
@click.argument("lookalike_id", type=int, metavar="ID")
def show(lookalike_id: int) -> None:
    """One name: why it is here, where it was seen, what was decided."""
    row = queries.lookalike_with_id(lookalike_id)
    click.echo(_line(row))
    click.echo(f"reasons: {', '.join(row.reasons)}")
    for key, value in sorted(row.details.items()):
        click.echo(_printable(f"{key}: {value}"))
    click.echo(_printable(f"campaign: {row.campaign}"))
    seen = queries.sightings_of(lookalike_id)
    for sighting in seen[:20]:
        click.echo(_printable(f"seen: {sighting.seen_on} {sighting.source}"))
    if len(seen) > 20:
        click.echo(f"seen: {len(seen) - 20} more")
    for decision in queries.decisions_on(lookalike_id):
        day = timezone.localtime(decision.at).date()
        undone = f", undone by {decision.undone_by}" if decision.undone_at else ""
        until = f", until {decision.expires_on}" if decision.expires_on else ""
        click.echo(
            _printable(
                f"{decision.state.value}: {day} {decision.by}{until}{undone}: {decision.reason}"
            )
        )


@watch_command.command("add")
@click.argument("name")
@click.option("--organisation", required=True, help="The short name of whom it imitates.")
@click.option("--platform", default="", help="Where the account is; without it, host or mailbox.")
@click.option("--source", default="", help="Where you saw it.")
def add_name(name: str, organisation: str, platform: str, source: str) -> None:
    """Put NAME before the desk, whether the machine sees anything in it or not."""
    number = report(
        rules.named(name, platform),
        organisation=organisation,
        source=rules.source_name("person", source or actor()),
        by=actor(),
    )
    click.echo(_line(queries.lookalike_with_id(number)))


@watch_command.command("confirm")
@IDS
@click.option(
    "--as",
    "state",
    required=True,
    type=click.Choice([State.LOOKALIKE.value, State.SCAM.value]),
    help="It imitates; or it is used for fraud as well.",
)
@REASON
@click.option(
    "--days",
    default=rules.CONFIRMED_DAYS,
    show_default=True,
    type=click.IntRange(1),
    help="For how long it counts.",
)
def confirm(ids: tuple[int, ...], state: str, reason: str, days: int) -> None:
    """Say of names, by their numbers, that they imitate, or that they are used for fraud."""
    actions.confirm(ids, state=State(state), reason=reason, by=actor(), days=days)
    click.echo(f"{len(set(ids))} confirmed")


@watch_command.command("dismiss")
@IDS
@REASON
def dismiss(ids: tuple[int, ...], reason: str) -> None:
    """Say of names, by their numbers, that they imitate nobody."""
    actions.dismiss(ids, reason=reason, by=actor())
    click.echo(f"{len(set(ids))} dismissed")


@watch_command.command("undo")
@IDS
def undo(ids: tuple[int, ...]) -> None:
    """Take back what was decided on names, by their numbers; they wait again."""
    actions.undo(*ids, by=actor())
    for number in dict.fromkeys(ids):
        click.echo(_line(queries.lookalike_with_id(number)))


@watch_command.command("export")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option(
    "--form",
    required=True,
    type=click.Choice([each.value for each in ExportForm]),
    help="How the names are written.",
)
@click.option("--lookalikes", is_flag=True, help="Confirmed lookalikes too, not scams alone.")
@click.option(
    "--list",
    "lists",
    multiple=True,
    metavar="NAME",
    help="Names of this known-scam list too, if its licence lets you; may be repeated.",
)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="What counts on this day; today.")
def export(
    path: Path, form: str, lists: tuple[str, ...], on: dt.datetime | None, *, lookalikes: bool
) -> None:
    """Write what the desk confirmed as scams to PATH (- for standard output), for blockers.

    Official names never leave. An old file is replaced only by a whole new one.
    """
    with _target(path) as stream, progress_bar("names") as move:
        exported = export_names(
            stream,
            ExportForm(form),
            selection=Selection(lookalikes=lookalikes, lists=lists),
            on=on.date() if on else None,
            progress=lambda done: move(done, None),
        )
    _say_exported(exported)


@contextmanager
def _target(path: Path) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdout.buffer
        return
    with replacing(path) as stream:
        yield stream


def _say_exported(exported: Exported) -> None:
    click.echo(
        f"{exported.written} names written; left out: {exported.official} official, "
        f"{exported.shared} shared by many, {exported.demo} of the demonstration, "
        f"{exported.unfit} that this form has no room for",
        err=True,
    )


@watch_command.group("lists")
def lists_group() -> None:
    """Known-scam lists that others made."""


@lists_group.command("add")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--name", required=True, help="The list's name, as answers will cite it.")
@click.option("--licence", required=True, help="Under which licence it may be used.")
@click.option("--url", default="", help="Where it comes from.")
@click.option(
    "--fetched",
    type=click.DateTime(["%Y-%m-%d"]),
    help="When; the day of the file unless told.",
)
@click.option(
    "--keep-days", type=click.IntRange(0), help="Days that a row counts; for ever unless told."
)
@click.option(
    "--every", type=click.IntRange(1), metavar="HOURS", help="Read the file again so often."
)
def add(
    path: Path,
    name: str,
    licence: str,
    url: str,
    fetched: dt.datetime | None,
    keep_days: int | None,
    every: int | None,
) -> None:
    """Import a list from PATH, once or on schedule. Nothing is fetched: the file is yours to renew.

    The same name is the same list. Rows that the file no longer names stay until they expire.
    """
    schedule = Schedule(str(path.resolve()), every) if every else None
    day = fetched.date() if fetched else day_of_file(path)
    about = ListDescription(name, licence, day, url, keep_days, schedule=schedule)
    with progress_bar("reading", path.stat().st_size) as move:
        done = import_list_file(path, about, by=actor(), progress=lambda read: move(read, None))
    click.echo(
        f"{path.name}: {done.added} added, {done.updated} updated, {done.unchanged} unchanged, "
        f"{len(done.refusals)} refused, {len(done.conflicts)} official"
    )
    for code, number in Counter(each.code for each in done.refusals).most_common():
        click.echo(f"  {number:7}  {code}: {sentence(code)}")
    _say_conflicts(lambda: iter(done.conflicts))


@lists_group.command("list")
def list_() -> None:
    """Every list: its rows, how many of them count no longer, its licence, its schedule."""
    found = queries.scam_lists()
    for row in found:
        every = f", read every {row.every_hours} h from {row.path}" if row.every_hours else ""
        wrong = f", last look failed: {_why(row.failure)}" if row.failure else ""
        demo = ", demonstration" if row.is_demo else ""
        click.echo(
            _printable(
                f"{row.name}: {row.names} names, {row.expired} expired, fetched {row.fetched_on}, "
                f"{row.licence}{every}{wrong}{demo}"
            )
        )
    if not found:
        click.echo("No list is here.")


def _why(code: str) -> str:
    return f"{sentence(code)} [{code}]" if code in set(Code) else f"[{code}]"


@lists_group.command("conflicts")
def conflicts() -> None:
    """What lists name although the register calls it official. The register is believed."""
    if not _say_conflicts(queries.conflicts):
        click.echo("No list names what is official.")


def _say_conflicts(found: Callable[[], Iterator[ConflictRow]]) -> int:
    shown = 0
    for row in found():
        shown += 1
        click.echo(
            _printable(
                f"official: {row.key} ({row.kind.value}) is {row.organisation}'s own, "
                f"though {row.list_name} names it"
            )
        )
    return shown


@lists_group.command("expire")
@click.argument("name")
def expire(name: str) -> None:
    """Believe the list NAME no longer: its rows stay readable and count no more."""
    click.echo(f"{name}: {actions.expire_scam_list(name, by=actor())} names expired")


def _printable(text: str) -> str:
    """Text of strangers without what could drive the terminal or turn its lines round."""
    return "".join(c if c.isprintable() else " " for c in text)
