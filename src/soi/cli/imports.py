"""`soi import`: take in checks, holdings and scam lists from files, strictly."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import click
from django.utils import timezone

from soi.answer.complaints import sentence
from soi.claims.actions import allow_publisher
from soi.cli.actor import actor
from soi.cli.index import follow_with_progress
from soi.cli.progress import progress_bar
from soi.core.formats import (
    Code,
    FormatError,
    HoldingRecord,
    Refusal,
    read_register_csv,
)
from soi.core.formats.register_json import read_register_json, read_register_lines
from soi.core.ledger import LedgerError
from soi.core.ledger.keys import VerifierKey, read_key
from soi.core.ledger.statements import read_statement
from soi.index import actions as index
from soi.index.engine import IndexBusy
from soi.publishing import queries
from soi.publishing.importing import import_checks
from soi.register.actions import declare_holdings
from soi.register.trusttxt import holdings_of_trusttxt
from soi.watch.actions import ListDescription
from soi.watch.importing import as_before, import_list_file

EXISTING = click.Path(path_type=Path, exists=True, dir_okay=False)


class _CutOff(click.ClickException):
    """The file could be read only in part: the input is wrong."""

    exit_code = FormatError.exit_status


@click.group("import")
def import_command() -> None:
    """Take in checks, holdings and scam lists from files. Files are hostile until read strictly."""


@import_command.command("checks")
@click.argument("path", type=EXISTING)
@click.option("--allow", multiple=True, metavar="SITE", help="Allow this publisher first.")
@click.option("--report", type=click.Path(path_type=Path), help="Write the refusals as CSV.")
@click.option("--words-only", is_flag=True, help="Leave finding by meaning to `soi serve`.")
def checks(path: Path, allow: tuple[str, ...], report: Path | None, *, words_only: bool) -> None:
    """Import checks from PATH: a DataFeed, ClaimReview JSON-LD, a page, CSV or JSON Lines.

    Interrupted? Run it again: it goes on where it stopped. Imported before? Only what changed is
    written.
    """
    for site in allow:
        allow_publisher(site=site, name=site, by=actor())
    with progress_bar("reading", path.stat().st_size) as move:
        done = import_checks(path, by=actor(), progress=move, on_batch=_index_words)
    if done.continued_from:
        click.echo(f"continued at record {done.continued_from}")
    click.echo(
        f"{path.name} ({done.file_format.value}): {done.added} added, {done.updated} updated, "
        f"{done.unchanged} unchanged, {done.refused} refused"
    )
    for code, number in queries.refusals_by_code(done.run_id):
        click.echo(f"  {number:7}  {code}: {sentence(code)}")
    if report:
        _write_report(report, done.run_id)
    if not words_only:
        follow_with_progress()
    if done.cut_off:
        raise _CutOff(
            f"{sentence(done.cut_off.code)} [{done.cut_off.code}] "
            f"at record {done.cut_off.position}; what stood before it is stored."
        )


def _index_words() -> None:
    """Let the batch be found by words at once; if another process follows, it will do it."""
    try:
        index.follow_words(wait=False)
    except IndexBusy:
        return


def _write_report(path: Path, run_id: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["record", "code", "why", "excerpt"])
        for refusal in queries.refusals(run_id):
            # An apostrophe keeps spreadsheets from running a stranger's text as a formula.
            excerpt = f"'{refusal.excerpt}" if refusal.excerpt[:1] in "=+-@\t" else refusal.excerpt
            writer.writerow([refusal.position, refusal.code, refusal.why, excerpt])
    click.echo(f"refusals: {path}")


@import_command.command("register")
@click.argument("path", type=EXISTING)
def register(path: Path) -> None:
    """Import organisations and their holdings from a CSV file. Refused rows are left out."""
    with path.open("rb") as stream:
        items = list(read_register_csv(stream))
    _declare(path, items)


@import_command.command("trust-txt")
@click.argument("path", type=EXISTING)
@click.option("--organisation", required=True, help="Its short name, for instance song-xanh.")
@click.option("--name", required=True, help="Its full name.")
@click.option("--domain", required=True, help="The domain that the file was fetched from.")
@click.option("--vouch", is_flag=True, help="The desk stands for it: what is new counts at once.")
def trust_txt(path: Path, organisation: str, name: str, domain: str, *, vouch: bool) -> None:
    """Import an organisation's trust.txt: its domain, what it controls, its accounts.

    Only what the register lacks is added, as proposed: the file is the organisation's word, not a
    proof, and it knows no dates.
    """
    items = holdings_of_trusttxt(
        path.read_bytes(), organisation=organisation, name=name, domain=domain
    )
    _declare(path, items, keep_known=True, proposed=not vouch)


@import_command.command("register-json")
@click.argument("path", type=EXISTING)
@click.option("--key", "keys", multiple=True, help="Verifier key of the desk that signed it.")
@click.option("--signature", type=EXISTING, help="The signature of one record (record.sig).")
@click.option("--vouch", is_flag=True, help="The desk stands for it: what is new counts at once.")
def register_json(
    path: Path, keys: tuple[str, ...], signature: Path | None, *, vouch: bool
) -> None:
    """Import another desk's register: a record (record.json), or lines of them (register.jsonl).

    With --key only what that key has signed is taken. What is new is proposed: it is another desk's
    word, not a proof. What is known stays as it is.
    """
    trusted = [read_key(line.strip()) for line in keys]
    if signature and not trusted:
        raise click.UsageError("--signature goes with --key.")
    if path.suffix == ".jsonl":
        with path.open("rb") as stream:
            items = list(_records_of_lines(stream, trusted))
    else:
        content = path.read_bytes()
        if trusted:
            if signature is None:
                raise click.UsageError("One record needs its --signature.")
            read_statement(signature.read_bytes(), content, trusted)
        items = list(read_register_json(content))
    _declare(path, items, keep_known=True, proposed=not vouch)


def _records_of_lines(
    stream: BinaryIO, trusted: Sequence[VerifierKey]
) -> Iterator[HoldingRecord | Refusal]:
    """The holdings of each line whose signature fits; a line that does not is a refusal."""
    for found in read_register_lines(stream):
        if isinstance(found, Refusal):
            yield found
            continue
        try:
            if trusted:
                read_statement(found.signature.encode(), found.record, trusted)
            yield from read_register_json(found.record)
        except LedgerError as error:
            yield Refusal(found.position, Code.SIGNATURE_WRONG, error.message, "")
        except FormatError as error:
            yield Refusal(found.position, error.code, str(error), "")


def _declare(
    path: Path,
    items: list[HoldingRecord | Refusal],
    *,
    keep_known: bool = False,
    proposed: bool = False,
) -> None:
    declared = declare_holdings(
        [item for item in items if isinstance(item, HoldingRecord)],
        by=actor(),
        keep_known=keep_known,
        proposed=proposed,
    )
    refused = [item for item in items if isinstance(item, Refusal)]
    click.echo(
        f"{path.name}: {declared.added} added, {declared.updated} updated, "
        f"{declared.unchanged} unchanged, {len(refused)} refused"
    )
    _echo_refusals(refused)


@import_command.command("scams")
@click.argument("path", type=EXISTING)
@click.option("--name", required=True, help="The list's name, as answers will cite it.")
@click.option("--licence", required=True, help="Under which licence it may be used.")
@click.option("--url", default="", help="Where it comes from.")
@click.option("--fetched", type=click.DateTime(["%Y-%m-%d"]), help="When; today unless told.")
def scams(path: Path, name: str, licence: str, url: str, fetched: dt.datetime | None) -> None:
    """Import a known-scam list: one host a line, a hosts file, ad-block rules or CSV."""
    day = fetched.date() if fetched else timezone.localdate()
    about = as_before(ListDescription(name=name, licence=licence, fetched_on=day, url=url))
    with progress_bar("reading", path.stat().st_size) as move:
        listed = import_list_file(path, about, by=actor(), progress=lambda read: move(read, None))
    click.echo(
        f"{path.name}: {listed.added} added, {listed.updated} updated, "
        f"{listed.unchanged} unchanged, {len(listed.refusals)} refused"
    )
    _echo_refusals(listed.refusals)


def _echo_refusals(refusals: Sequence[Refusal]) -> None:
    """How many were refused for each reason, and where the first of each stands."""
    first = {refusal.code: refusal for refusal in reversed(refusals)}
    for code, number in Counter(refusal.code for refusal in refusals).most_common():
        where = first[code]
        click.echo(
            f"  {number:7}  {code}: {sentence(code)} (first: {where.position}, {where.excerpt!r})"
        )
