"""`soi captures`: capture sources from the terminal, look at what is kept, prove it whole."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click
from django.utils import timezone

from soi.answer.complaints import reason
from soi.captures import actions, queries
from soi.captures.types import Capture, CaptureState, Seen
from soi.cli.actor import actor
from soi.cli.progress import progress_bar

EXISTING = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)
LOOKS = 10
"""Looks of the watch that are shown, the newest."""
SHOWN = 60
"""Characters of a title or an address in a list."""


@click.group("captures")
def captures_command() -> None:
    """Sources that are kept as evidence."""


@captures_command.command("add")
@click.argument("source", metavar="URL|FILE")
@click.option("--later", is_flag=True, help="Leave the fetching to `soi worker`.")
def add(source: str, *, later: bool) -> None:
    """Capture a source: the page or file at URL, or a FILE of this machine.

    Ends with status 2 when nothing came, or what came is no source; with 4 when `soi worker` tries
    again later.
    """
    if "://" in source:
        number = actions.request(source, by=actor())
        capture = queries.capture_with_id(number)
        if not later:
            capture = actions.fetch(number, by=actor())
    else:
        path = Path(source)
        with path.open("rb") as stream:
            number = actions.keep_file(path.name, stream, by=actor())
        capture = queries.capture_with_id(number)
    _echo(capture)
    if capture.problem:
        sys.exit(2 if capture.state is CaptureState.FAILED else 4)


@captures_command.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([each.value for each in CaptureState]),
    help="Only captures that stand there; may be repeated.",
)
@click.option(
    "--seen",
    multiple=True,
    type=click.Choice([each.value for each in Seen]),
    help="Only what the watch found so at its last look; may be repeated.",
)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many.")
def list_(states: tuple[str, ...], seen: tuple[str, ...], limit: int) -> None:
    """The captures, the newest first: number, state, day, what it is."""
    found = queries.captures(
        states=[CaptureState(each) for each in states], seen=[Seen(each) for each in seen]
    )
    for each in found[:limit]:
        day = each.captured_at and timezone.localtime(each.captured_at).date().isoformat()
        name = _printable(each.title or each.url or each.requested_url or each.file_name)
        cut = name if len(name) <= SHOWN else f"{name[: SHOWN - 1].rstrip()}…"
        stands = f"{each.state.value} {each.problem or each.last_seen or ''}".strip()
        click.echo(f"{each.id:7} {stands:26} {day or '-':10}  {cut}")
    if len(found) > limit:
        click.echo(f"{len(found) - limit} more: --limit, --state")
    if not found:
        click.echo("No capture is here.")


@captures_command.command("show")
@click.argument("capture_id", type=int, metavar="ID")
@click.option("--text", is_flag=True, help="Print the text that was read in it.")
@click.option(
    "--screenshot",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the picture of the page there, as PNG.",
)
@click.option(
    "--timestamp",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the authority's reply (RFC 3161) there.",
)
@click.option(
    "--warc", type=click.Path(path_type=Path, dir_okay=False), help="Write the WARC record there."
)
def show(
    capture_id: int,
    *,
    text: bool,
    screenshot: Path | None,
    timestamp: Path | None,
    warc: Path | None,
) -> None:
    """One capture: where it came from, when, and the hashes of its files."""
    _echo(queries.capture_with_id(capture_id))
    for name, digest in queries.digests_of(capture_id).items():
        click.echo(f"{name}: sha256 {digest}")
    if why := queries.why_no_screenshot(capture_id):
        click.echo(f"screenshot: {reason(why)[0]} [{why}]")
    if screenshot:
        screenshot.write_bytes(queries.screenshot_of(capture_id))
        click.echo(f"screenshot: {screenshot}")
    if warc:
        warc.write_bytes(queries.record_of(capture_id))
        click.echo(f"record: {warc}")
    if timestamp:
        timestamp.write_bytes(queries.timestamp_of(capture_id))
        click.echo(f"timestamp: {timestamp}")
    for look in queries.looks_at(capture_id)[:LOOKS]:
        kept = f", kept as {look.capture_id}" if look.capture_id else ""
        click.echo(_printable(f"look {_moment(look.at)}: {look.seen or look.problem}{kept}"))
    if text:
        click.echo()
        for line in queries.text_of(capture_id).splitlines():
            click.echo(f"  {_printable(line)}")


@captures_command.command("accept")
@click.argument("capture_id", type=int, metavar="ID")
def accept(capture_id: int) -> None:
    """Say that a capture is the source, though it looked like a sign-in or an error page."""
    actions.accept(capture_id, by=actor())
    _echo(queries.capture_with_id(capture_id))


@captures_command.command("watch")
@click.argument("capture_id", type=int, metavar="ID")
@click.option("--off", is_flag=True, help="Look no more.")
@click.option("--now", is_flag=True, help="Look now, and say what was found.")
def watch(capture_id: int, *, off: bool, now: bool) -> None:
    """Have `soi worker` look at the source again on schedule, and flag what has changed."""
    if off:
        actions.unwatch(capture_id, by=actor())
    else:
        actions.watch(capture_id, by=actor())
    if now:
        actions.look(capture_id, by=actor())
    _echo(queries.capture_with_id(capture_id))


@captures_command.command("verify")
def verify() -> None:
    """Compare every kept file with its hash. Ends with status 4 when one is lost or altered."""
    total = wrong = 0
    with progress_bar("comparing") as move:
        for total, (capture_id, name, problem) in enumerate(queries.files_compared(), start=1):
            move(total, None)
            if problem:
                wrong += 1
                click.echo(f"capture {capture_id}, {name}: {reason(problem)[0]} [{problem}]")
    click.echo(f"{total} files, {wrong} lost or altered")
    if wrong:
        sys.exit(4)


def _echo(capture: Capture) -> None:
    click.echo(f"capture {capture.id}: {capture.state.value}")
    if capture.problem:
        click.echo(f"{reason(capture.problem)[0]} [{capture.problem}]")
    for name, value in (
        ("asked for", capture.requested_url or capture.file_name),
        ("found at", capture.url),
        ("title", capture.title),
        ("publisher", capture.publisher),
    ):
        if value:
            click.echo(_printable(f"{name}: {value}"))
    if capture.captured_at:
        at = _moment(capture.captured_at)
        click.echo(f"kept: {at}, {capture.media_type}, {capture.size} bytes")
    if capture.timestamped_at:
        click.echo(f"timestamp: {_moment(capture.timestamped_at)}")
    if capture.is_watched:
        click.echo(f"watched: {capture.last_seen or 'not looked at yet'}")


def _moment(at: dt.datetime) -> str:
    return timezone.localtime(at).isoformat(sep=" ", timespec="seconds")


def _printable(text: str) -> str:
    """Text of strangers without what could drive the terminal or turn its lines round."""
    return "".join(c if c.isprintable() else " " for c in text)
