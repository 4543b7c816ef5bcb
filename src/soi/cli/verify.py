"""`soi verify`: check offline what a desk's public log says, without the desk and without Django.

Nothing here reads the settings, the database or the network.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import click

from soi.cli.program import terminal_language
from soi.core.ledger import words
from soi.core.ledger.canonical import canonical_json
from soi.core.ledger.cardcode import CardCode, read_card_code
from soi.core.ledger.checkpoints import Trust
from soi.core.ledger.errors import LedgerError
from soi.core.ledger.handover import verify_handover
from soi.core.ledger.keys import read_key
from soi.core.ledger.notes import LARGEST_NOTE
from soi.core.ledger.pictures import is_picture, read_picture
from soi.core.ledger.proofs import LARGEST_FILE as LARGEST_PROOF
from soi.core.ledger.proofs import read_proof
from soi.core.ledger.published import LARGEST_FILE as LARGEST_CONTENT
from soi.core.ledger.published import Record, is_page, is_record, read_page, read_record
from soi.core.ledger.reader import Fetch, fetch_from
from soi.core.ledger.sites import verify_published, verify_site
from soi.core.ledger.verify import Finding, Report, verify_log, verify_proof

PROVED, NOT_PROVED, UNREAD = 0, 1, 3
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("verify")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--key", "keys", multiple=True, required=True, help="Verifier key of the log; may be repeated."
)
@click.option("--witness", "witnesses", multiple=True, help="Key of a witness; may be repeated.")
@click.option(
    "--quorum",
    type=click.IntRange(min=0),
    help="How many of the witnesses must have signed.  [default: all that are named]",
)
@click.option("--origin", default="", help="Name of the log.  [default: that of the first key]")
@click.option(
    "--handover", "handovers", type=_FILE, multiple=True, help="Statement of a new key, in order."
)
@click.option("--content", type=_FILE, help="The JSON that is said to have been logged.")
@click.option("--code", help="What a share card's square code says, to compare with the proof.")
@click.option("--proof", type=_FILE, help="Proof file of what a page, its JSON or a card shows.")
@click.option(
    "--log",
    type=click.Path(path_type=Path),
    help="Directory of the whole log, or of an exported site, to look in for it.",
)
@click.option("--since", type=_FILE, help="An older checkpoint that the log has to continue.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--language", type=click.Choice(["vi", "en"]), help="Language of the report.")
def verify_command(
    path: Path,
    keys: tuple[str, ...],
    witnesses: tuple[str, ...],
    quorum: int | None,
    origin: str,
    handovers: tuple[Path, ...],
    content: Path | None,
    code: str | None,
    proof: Path | None,
    log: Path | None,
    since: Path | None,
    language: str | None,
    *,
    as_json: bool,
) -> None:
    """Verify PATH offline: a proof file, a check's page, its JSON, a share card, a log, a site.

    A page, JSON or card (PNG, JPEG, WebP) is compared with a proof file (--proof) or with a whole
    log (--log); the directory of a log or of an exported site is verified by itself.

    Take the key from where the desk prints it, never from the log itself. Exit status: 0 proved,
    1 not proved (changed, forged, malformed or not trusted), 2 the call is wrong, 3 something
    could not be read.
    """
    chosen = cast(words.Language, language or terminal_language())
    trust = _trust(keys, witnesses, quorum, origin, chosen)
    whole = _is_directory(path)
    if whole and (content or code):
        raise click.UsageError("--content and --code go with a proof file, not with a whole log.")
    if since and not whole:
        raise click.UsageError("--since goes with a whole log, not with a proof file.")
    try:
        card = read_card_code(code) if code else None
        held = _Held(content, card, proof, log, since)
        report = _verified(path, _continued(trust, handovers), held)
    except LedgerError as error:
        _end(words.refused(error, chosen), _refusal(error), NOT_PROVED, as_json=as_json)
    except OSError as error:
        data = {"proved": False, "code": "file_unreadable", "message": str(error)}
        _end(words.unread(error, chosen), data, UNREAD, as_json=as_json)
    else:
        _end(words.told(report, chosen), report_data(report), PROVED, as_json=as_json)


def report_data(report: Report) -> dict[str, Any]:
    """What `--json` prints: the same as the words say, as plain data."""
    signed, leaf = report.signed, report.leaf
    return {
        "proved": True,
        "findings": list(report.proved),
        "not_proved": list(report.not_proved),
        "origin": signed.checkpoint.origin,
        "size": signed.tree.size,
        "root": signed.tree.root.hex(),
        "keys": [str(key) for key in signed.keys],
        "witnesses": [{"key": str(each.key), "at": each.at} for each in signed.witnesses],
        "leaf": json.loads(bytes(leaf)) if leaf else None,
        "index": report.index,
        "since": report.since.size if report.since else None,
        "kinds": report.kinds,
        "newest": report.last or None,
        "files": report.files,
    }


def _refusal(error: LedgerError) -> dict[str, Any]:
    message = words.shown(error.message)
    return {"proved": False, "code": error.code, "message": message, "index": error.index}


@dataclass(frozen=True, slots=True)
class _Held:
    """What PATH is held against."""

    content: Path | None
    card: CardCode | None
    proof: Path | None
    log: Path | None
    since: Path | None


def _verified(path: Path, trust: Trust, held: _Held) -> Report:
    if _is_directory(path):
        _refuse_options(held, "a directory")
        older = _read(held.since, LARGEST_NOTE) if held.since else None
        if _is_site(path):
            return verify_site(fetch_from(path), trust, since=older)
        return verify_log(fetch_from(path), trust, since=older)
    found = _read(path, LARGEST_CONTENT)
    if not (is_picture(found) or is_page(found) or is_record(found)):
        _refuse_options(held, "a proof file")
        given = _read(held.content, LARGEST_CONTENT) if held.content else None
        return verify_proof(read_proof(found), trust, content=given, code=held.card)
    if held.content or held.card:
        raise click.UsageError("--content and --code go with a proof file.")
    if (held.proof is None) == (held.log is None):
        raise click.UsageError("A page, its JSON or a card needs either --proof or --log.")
    report = _published(found, trust, held)
    if not is_page(found):
        return report
    not_proved = (Finding.PAGE_REST, *report.not_proved)
    return replace(report, proved=(*report.proved, Finding.PAGE), not_proved=not_proved)


def _published(found: bytes, trust: Trust, held: _Held) -> Report:
    """What a page, its JSON or a card shows, by a proof or by a whole log."""
    shown: Record | CardCode
    if is_picture(found):
        shown = read_picture(found)
    else:
        shown = read_page(found) if is_page(found) else read_record(found)
    if held.log is not None:
        return verify_published(shown, _log_in(held.log), trust)
    proof = read_proof(_read(cast(Path, held.proof), LARGEST_PROOF))
    if isinstance(shown, CardCode):
        report = verify_proof(proof, trust, code=shown)
        return replace(report, not_proved=(Finding.PICTURE_UNSEEN, *report.not_proved))
    return verify_proof(proof, trust, content=canonical_json(shown.content))


def _refuse_options(held: _Held, what: str) -> None:
    if held.proof or held.log:
        raise click.UsageError(f"--proof and --log go with a page, its JSON or a card, not {what}.")


def _is_site(path: Path) -> bool:
    return not (path / "checkpoint").exists() and (path / "log" / "checkpoint").exists()


def _log_in(path: Path) -> Fetch:
    return fetch_from(path / "log" if _is_site(path) else path)


def _trust(
    keys: tuple[str, ...],
    witnesses: tuple[str, ...],
    quorum: int | None,
    origin: str,
    language: words.Language,
) -> Trust:
    try:
        return Trust(
            tuple(read_key(line.strip()) for line in keys),
            tuple(read_key(line.strip()) for line in witnesses),
            len(witnesses) if quorum is None else quorum,
            origin,
        )
    except LedgerError as error:
        raise click.UsageError("\n".join(words.refused(error, language))) from error


def _continued(trust: Trust, handovers: tuple[Path, ...]) -> Trust:
    """The same trust, with the keys that its keys have named as their successors."""
    for each in handovers:
        found = verify_handover(_read(each, LARGEST_NOTE), trust.origin, trust.keys)
        trust = Trust((*trust.keys, found.new), trust.witnesses, trust.quorum, trust.origin)
    return trust


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # it can't be read either, and that is said then


def _read(path: Path, most: int) -> bytes:
    """The file, and one byte more than is allowed if it is longer: what reads it says so."""
    return fetch_from(path.parent)(path.name, most + 1)


def _end(lines: list[str], data: dict[str, Any], status: int, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=True, indent=2))
    else:
        for line in lines:
            click.echo(line)
    sys.exit(status)
