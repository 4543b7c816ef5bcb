"""`soi publishers sources`: set up, look, read the quarantine and decide, at the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner, Result
from webserver import Web, reply, serving

from soi.claims.actions import allow_publisher
from soi.claims.queries import all_checks, check_count
from soi.cli import sources as command
from soi.cli.program import soi
from soi.publishing.sources.looking import Reach, look
from tests.checks import SITE, claim_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    allow_publisher(site=SITE, name="Soi Sáng", by="an")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    with serving() as started:
        monkeypatch.setattr(command, "look", partial(look, reach=Reach(started.policy)))
        yield started


def feed(web: Web, *reviews: dict[str, Any]) -> str:
    lines = "\n".join(json.dumps(review) for review in reviews)
    web.says[f"{SITE}/checks.jsonl"] = reply(lines, kind="application/x-ndjson")
    return web.url("/checks.jsonl", SITE)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(soi, ["publishers", "sources", *map(str, arguments)])


def number_of(added: Result) -> str:
    assert added.exit_code == 0, added.output
    return added.output.split()[1].rstrip(":")


def test_from_nothing_to_checks(web: Web) -> None:
    assert "No source is here" in run("list").output
    source = number_of(run("add", feed(web, claim_review(1), claim_review(2)), "--every", 6))
    assert "2 added, 0 updated, 0 unchanged, 0 refused" in run("look", source).output
    assert check_count() == 2
    listed = run("list").output
    assert "2 records, 0 in quarantine, every 6 h, next " in listed
    assert "0 added, 0 updated, 2 unchanged" in run("look", source).output


def test_a_failure_is_told_with_its_code_and_status(web: Web) -> None:
    source = number_of(run("add", web.url("/nowhere", SITE)))
    failed = run("look", source)
    assert (failed.exit_code, "[fetch_not_found]" in failed.output) == (2, True)
    assert "failed 1 times [fetch_not_found]" in run("list").output
    refused = run("add", "https://stranger.example/feed.json")
    assert (refused.exit_code, "[source_invalid]" in refused.output) == (2, True)
    assert "[source_unknown]" in run("look", 999).output


def test_the_quarantine_is_printed_without_what_drives_a_terminal(web: Web) -> None:
    other = {"@type": "Organization", "name": "Kiểm Tin", "url": "https://kiemtin.example"}
    stranger = claim_review(1, url="https://kiemtin.example/\x1b[2J1", author=other)
    named = claim_review(2, url="https://kiemtin.example/2", author=other)
    source = number_of(run("add", feed(web, stranger, named)))
    assert "2 refused" in run("look", source).output
    shown = run("quarantine", source).output
    assert "\x1b" not in shown
    assert "publisher_not_allowed" in shown
    assert "2 wait, 0 more had no room" in shown
    items = {line.split()[3].rstrip(":"): line.split()[0] for line in shown.splitlines()[:2]}
    waiting = items["publisher_not_allowed"]
    assert "[publisher_still_not_allowed]" in run("let-in", source, waiting).output
    allow_publisher(site="kiemtin.example", name="Kiểm Tin", by="an")
    assert run("let-in", source, waiting).output == f"let in: {waiting}\n"
    assert [check.publisher_site for check in all_checks()] == ["kiemtin.example"]
    (rest,) = set(items.values()) - {waiting}
    assert run("dismiss", source, rest).output == f"dismissed: {rest}\n"
    assert "0 wait" in run("quarantine", source).output


def test_pause_resume_remove(web: Web) -> None:
    source = number_of(run("add", feed(web, claim_review(1))))
    assert run("pause", source).output == "paused\n"
    assert "paused" in run("list").output
    assert run("resume", source).output == "resumed\n"
    assert run("remove", source).output == "removed\n"
    assert "No source is here" in run("list").output
