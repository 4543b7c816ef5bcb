"""Load and remove the demonstration desk."""

from __future__ import annotations

import csv
import datetime as dt
import json
from dataclasses import dataclass

from django.db import transaction

from soi.captures import actions as captures
from soi.captures import queries as kept
from soi.checking.removing import remove_demo_claims
from soi.claims import actions as claims
from soi.core.formats import (
    CheckRecord,
    HoldingRecord,
    ScamListFormat,
    read_jsonl,
    read_register_csv,
    read_scamlist,
)
from soi.core.lookalike import NameKind
from soi.demo.samples import CONTENT
from soi.incidents import actions as incidents
from soi.incidents import handling
from soi.intake import actions as intake
from soi.intake.types import Channel
from soi.register import actions as register
from soi.watch import actions as watch
from soi.watch.actions import ListDescription
from soi.watch.noting import note_names
from soi.watch.queries import lookalikes
from soi.watch.types import Name, State

BY = "demonstration"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much of each kind the demonstration holds."""

    checks: int
    holdings: int
    scam_names: int


@transaction.atomic
def load() -> Loaded:
    """Store the demonstration's checks, register and scam list, all or none. Idempotent."""
    checks = _checks()
    for record in {record.publisher_site: record for record in checks}.values():
        claims.allow_publisher(
            site=record.publisher_site, name=record.publisher_name, by=BY, is_demo=True
        )
    claims.store_checks(checks, by=BY, is_demo=True)
    holdings = _holdings()
    register.declare_holdings(holdings, by=BY, is_demo=True)
    listed = _load_scams()
    return Loaded(len(checks), len(holdings), listed.added + listed.updated + listed.unchanged)


@dataclass(frozen=True, slots=True)
class Work:
    """How many tips, sources and names of imitators there are to work on."""

    tips: int
    sources: int
    names: int


def load_work() -> Work:
    """Send the demonstration's tips to the desk, keep its sources, and let names be seen that
    imitate its organisations, most of them confirmed. Idempotent.

    None is ever taken away: tips and captures are not deleted. It is for a desk that is all
    demonstration, in a data folder of its own.
    """
    tips = (CONTENT / "tips.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(tips):
        intake.receive(
            json.loads(line)["message"],
            channel=Channel.FILE,
            by=BY,
            key=f"demonstration-tip-{number:03}",
        )
    sources = sorted((CONTENT / "sources").iterdir())
    known = {row.file_name for row in kept.captures()[:1000]}
    for path in sources:
        if path.name not in known:
            with path.open("rb") as stream:
                captures.keep_file(path.name, stream, by=BY)
    return Work(len(tips), len(sources), _see_names())


def _see_names() -> int:
    """Put the demonstration's imitators before the desk; says how many these are.

    What people have decided on one is left as it is.
    """
    with (CONTENT / "names.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    names = [Name(NameKind(row["kind"]), row["value"], row["platform"]) for row in rows]
    note_names(names, source="demonstration", by=BY, seen_on=dt.date(2026, 11, 19))
    waiting = {(row.kind, row.platform, row.key): row.id for row in lookalikes()[: len(rows)]}
    ids: dict[State, list[int]] = {State.LOOKALIKE: [], State.SCAM: []}
    for name, row in zip(names, rows, strict=True):
        number = waiting.get((name.kind, name.platform, name.value))
        if number and row["confirmed"]:
            ids[State(row["confirmed"])].append(number)
    for state, numbers in ids.items():
        watch.confirm(numbers, state=state, reason="Bịa ra để trình diễn.", by=BY)
    return len(names)


@transaction.atomic
def remove() -> Loaded:
    """Take away everything that `load` stored, and nothing else; says how much it was."""
    handling.remove_demo(by=BY)
    incidents.remove_demo(by=BY)
    remove_demo_claims(by=BY)
    return Loaded(
        checks=claims.remove_demo_checks(by=BY),
        holdings=register.remove_demo_organisations(by=BY),
        scam_names=watch.remove_demo_lists(by=BY),
    )


def _checks() -> list[CheckRecord]:
    with (CONTENT / "checks.jsonl").open("rb") as stream:
        return [item for item in read_jsonl(stream) if isinstance(item, CheckRecord)]


def _holdings() -> list[HoldingRecord]:
    with (CONTENT / "register.csv").open("rb") as stream:
        return [item for item in read_register_csv(stream) if isinstance(item, HoldingRecord)]


def _load_scams() -> watch.Listed:
    about = json.loads((CONTENT / "scams.json").read_text(encoding="utf-8"))
    description = ListDescription(
        name=about["name"],
        licence=about["licence"],
        fetched_on=dt.date.fromisoformat(about["fetched_on"]),
        url=about["url"],
    )
    with (CONTENT / "scams.csv").open("rb") as stream:
        return watch.import_scam_list(
            description, read_scamlist(stream, ScamListFormat.CSV), by=BY, is_demo=True
        )
