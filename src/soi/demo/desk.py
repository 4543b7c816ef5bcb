"""Load and remove the demonstration desk."""

from __future__ import annotations

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
from soi.demo.samples import CONTENT
from soi.incidents import actions as incidents
from soi.incidents import handling
from soi.intake import actions as intake
from soi.intake.types import Channel
from soi.register import actions as register
from soi.watch import actions as watch
from soi.watch.actions import ListDescription

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
    """How many tips and sources there are to work on."""

    tips: int
    sources: int


def load_work() -> Work:
    """Send the demonstration's tips to the desk, and keep its sources. Idempotent.

    Neither is ever taken away: tips and captures are not deleted. It is for a desk that is all
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
    return Work(len(tips), len(sources))


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
