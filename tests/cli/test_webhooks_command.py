"""`soi webhooks`: everything that the page does, and a test that says what came back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from factories import declare

from soi.cli.program import soi
from soi.core.formats import HoldingKind
from soi.publishing.webhooks import delivering, queries
from soi.publishing.webhooks.types import WANTED, EventKind
from tests.webserver import HOST, Web, redirect, reply, serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def web(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    settings.SOI_WEBHOOK_PRIVATE_HOSTS = (HOST,)
    with serving({"/hook": reply("", status="202 Accepted", kind="")}) as server:
        monkeypatch.setattr(delivering.deliver_now, "__defaults__", (lambda host: server.policy,))
        yield server


def run(*arguments: object) -> Result:
    return CliRunner().invoke(soi, ["webhooks", *map(str, arguments)], env={"LANG": "en_US.UTF-8"})


def test_an_endpoint_is_entered_listed_changed_and_removed(web: Web) -> None:
    assert "soi webhooks add" in run("list").stdout
    made = run("add", web.url("/hook"), "--label", "Báo", "--kind", "correction.published")
    assert made.stdout.startswith("whsec_")
    [row] = queries.endpoints()
    assert row.kinds == (EventKind.CORRECTION,)
    assert "active" in run("list").stdout

    assert run("pause", row.id).exit_code == 0
    assert "paused (by_hand)" in run("list").stdout
    assert run("resume", row.id).exit_code == 0
    rotated = run("rotate", row.id, "--overlap", 0)
    assert rotated.stdout.startswith("whsec_")
    assert rotated.stdout != made.stdout
    assert run("remove", row.id).exit_code == 0
    assert queries.endpoints() == []
    gone = run("pause", row.id)
    assert (gone.exit_code, "[webhook_unknown]" in gone.stderr) == (2, True)


def test_without_kinds_it_is_told_of_everything(web: Web) -> None:
    run("add", web.url("/hook"), "--label", "Báo")
    assert queries.endpoints()[0].kinds == WANTED


def test_an_address_inside_is_refused_with_its_reason() -> None:
    refused = run("add", "http://10.0.0.1/", "--label", "Báo")
    assert (refused.exit_code, "[webhook_invalid]" in refused.stderr) == (2, True)


def test_a_test_says_what_came_back(web: Web) -> None:
    run("add", web.url("/hook"), "--label", "Báo")
    ref = queries.endpoints()[0].id
    assert run("test", ref).stdout == "taken: 202\n"
    web.says["/hook"] = redirect("/elsewhere")
    failed = run("test", ref)
    assert (failed.exit_code, "not taken: 302" in failed.stderr) == (4, True)
    assert "fetch_status_refused" in run("deliveries", ref).stdout
    run("pause", ref)
    assert run("test", ref).exit_code == 2


def test_what_died_is_listed_and_sent_again(web: Web) -> None:
    run("add", web.url("/hook"), "--label", "Báo")
    ref = queries.endpoints()[0].id
    declare(HoldingKind.DOMAIN, "hoamai.example")
    delivering.deliver_due(lambda host: web.policy)
    [row] = queries.deliveries()[:5]
    shown = run("deliveries", "--state", "delivered")
    assert shown.exit_code == 0, repr(shown.exception) + shown.stderr
    listed = shown.stdout
    assert row.message_id in listed
    assert row.digest[:12] in listed
    assert run("deliveries", ref, "--state", "dead").stdout == ""
    assert run("replay", ref).stdout == "0 to be sent again\n"
    assert run("replay", ref, row.id).stdout == "1 to be sent again\n"
    assert run("replay", ref, row.id).exit_code == 2
    assert run("deliveries", 10**6).exit_code == 2
