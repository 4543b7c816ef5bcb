"""The public side as files: whole, linked, made again only where it changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser
import pytest
from click.testing import CliRunner, Result
from django.core.management import call_command
from factories import declare, store_check

from soi.checking.removing import remove_demo_claims
from soi.cli.program import soi
from soi.core.formats import HoldingKind
from soi.core.ledger import Trust, read_proof, verify_log, verify_proof
from soi.core.ledger.reader import fetch_from
from soi.core.text import fold
from soi.publishing import news
from soi.publishing.log import keys
from soi.publishing.site import exporting, plan
from soi.publishing.site.exporting import Exported, export_site
from soi.publishing.site.rendering import Wanted
from soi.register.actions import remove_demo_organisations
from tests.checking_desk import CheckingDesk

pytestmark = pytest.mark.django_db
Export = Callable[..., Exported]


@pytest.fixture
def desk(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CheckingDesk:
    settings.SOI_BASE_URL = "https://desk.example"
    settings.SOI_DESK_NAME = "Bàn kiểm chứng Sông Xanh"
    settings.STATIC_ROOT = tmp_path / "static"
    # All feeds are made in the same way: some are enough.
    monkeypatch.setattr(news, "SUBJECTS", ("checks", "corrections", "money"))
    monkeypatch.setattr(news, "LANGUAGES", ("all",))
    call_command("collectstatic", interactive=False, verbosity=0)
    return CheckingDesk()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def export(site: Path) -> Export:
    """Export in this process: a child would not see what a test has not committed."""

    def export(live: str = "", *, with_cards: bool = False) -> Exported:
        done = export_site(site, Wanted(live, with_cards))
        assert done.failed == []
        assert done.broken == []
        return done

    return export


def test_the_site_holds_every_public_page_and_no_link_leads_nowhere(
    desk: CheckingDesk, site: Path, export: Export
) -> None:
    claim = desk.published()
    desk.correct(claim)
    gone = desk.published("Giá điện tăng gấp đôi.")
    desk.withdraw(gone)
    store_check("Cây cầu khác đã sập.")
    declare(HoldingKind.DOMAIN, "hoamai.example")
    export()

    for file in (
        "index.html",
        "en/index.html",
        f"claims/{claim}/index.html",
        f"en/claims/{claim}/1/index.html",
        f"claims/{claim}/history/index.html",
        f"claims/{claim}/2/edition.json",
        f"claims/{gone}/index.html",
        "corrections/index.html",
        "organisations/hoamaibank/index.html",
        "organisations/hoamaibank/record.json",
        "feeds/datafeed.json",
        "sitemap.xml",
        "robots.txt",
        "404.html",
        "static/ui/soi.css",
    ):
        assert (site / file).is_file(), file
    page = (site / f"claims/{claim}/index.html").read_text("utf-8")
    assert 'http-equiv="Content-Security-Policy"' in page
    assert "hx-post" not in (site / "index.html").read_text("utf-8")
    assert not (site / "desk").exists()
    assert len(feedparser.parse((site / "feeds/all/checks.atom").read_bytes()).entries) == 2


def test_the_exported_log_and_proofs_are_verified(
    desk: CheckingDesk, site: Path, export: Export
) -> None:
    claim = desk.published()
    export()
    trust = Trust(keys.verifier_keys())
    assert verify_log(fetch_from(site / "log"), trust).signed.tree.size == 1
    proof = read_proof((site / "log/proof/0.json").read_bytes())
    content = (site / f"claims/{claim}/1/edition.json").read_bytes()
    assert "content" in verify_proof(proof, trust, content=content).proved


def test_a_second_export_makes_only_what_changed(
    desk: CheckingDesk, site: Path, export: Export
) -> None:
    claim, other = desk.published(), desk.published("Giá điện tăng gấp đôi.")
    first = export(with_cards=True)
    assert first.made > 50
    again = export(with_cards=True)
    assert (again.made, again.unchanged) == (0, first.made)

    untouched = (site / f"claims/{other}/index.html").stat().st_mtime_ns
    desk.correct(claim, summary="Cầu vẫn mở cửa.")
    third = export(with_cards=True)
    assert 0 < third.made < first.made
    assert "Cầu vẫn mở cửa." in (site / f"en/claims/{claim}/index.html").read_text("utf-8")
    assert (site / f"claims/{other}/index.html").stat().st_mtime_ns == untouched
    assert (site / f"claims/{claim}/2/wide.png").is_file()


def test_a_file_that_was_lost_is_made_again(desk: CheckingDesk, site: Path, export: Export) -> None:
    desk.published()
    export()
    (site / "checks/index.html").unlink()
    assert export().made == 1


def test_an_interrupted_export_goes_on(
    desk: CheckingDesk, site: Path, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.published()
    real, calls = exporting._make, []

    def dies(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(exporting, "_make", dies)
    with pytest.raises(KeyboardInterrupt):
        export()
    monkeypatch.setattr(exporting, "_make", real)
    with (site / exporting.LIST).open("a") as made:
        made.write("cut off in the mid")
    done = export()
    assert done.unchanged >= exporting._BATCH - 5, "what had been made is not made again"
    assert (site / "index.html").is_file()


def test_what_is_gone_leaves_a_page_that_says_so(
    desk: CheckingDesk, site: Path, export: Export
) -> None:
    claim = desk.published(is_demo=True)
    declare(HoldingKind.DOMAIN, "hoamai.example")
    export()
    remove_demo_claims(by="test")
    remove_demo_organisations(by="test")
    done = export()
    assert done.removed == 4
    stone = (site / f"en/claims/{claim}/index.html").read_text("utf-8")
    assert "This page was removed" in stone
    assert not (site / f"claims/{claim}/1/edition.json").exists()
    assert export().removed == 0
    assert (site / "organisations/hoamaibank/index.html").read_text("utf-8").count("hoamai.example")


def test_pages_of_a_list_lie_in_folders_and_lead_to_each_other(
    desk: CheckingDesk, site: Path, export: Export
) -> None:
    for number in range(45):
        store_check(f"Cây cầu số {number} đã sập trong đêm qua.")
    export()
    first, second, third = (
        (site / f"en/checks/{each}index.html").read_text("utf-8")
        for each in ("", "page/2/", "page/3/")
    )
    assert 'href="/en/checks/page/2/"' in first
    assert 'href="/en/checks/"' in re.findall(r'<nav class="pages".*?</nav>', second, re.DOTALL)[0]
    assert 'rel="canonical" href="https://desk.example/en/checks/page/2/"' in second
    assert len({*re.findall(r"/en/checks/\d+/", first + second + third)}) == 45


def test_a_running_desk_answers_for_the_files_where_there_is_one(
    desk: CheckingDesk, site: Path, export: Export
) -> None:
    claim = desk.published()
    export("https://live.example")
    assert 'action="https://live.example/"' in (site / "index.html").read_text("utf-8")
    page = (site / f"en/claims/{claim}/index.html").read_text("utf-8")
    assert f'href="https://live.example/en/claims/{claim}/challenge/"' in page
    export()
    assert "<form" not in (site / "index.html").read_text("utf-8")
    assert "challenge/" not in (site / f"en/claims/{claim}/index.html").read_text("utf-8")


def test_the_search_of_the_files_finds_every_check(
    desk: CheckingDesk, site: Path, export: Export
) -> None:
    claim = desk.published()
    store_check("Cây cầu khác đã sập.")
    export()
    found = json.loads((site / "search/1.json").read_bytes())
    assert found["more"] is False
    rows = {row[0]: row for row in found["rows"]}
    assert rows[f"claims/{claim}/"][2] == "false"
    assert fold("Cầu Bến Sậy").strip() in rows[f"claims/{claim}/"][5]
    assert all((site / address / "index.html").is_file() for address in rows)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(soi, ["export-site", *map(str, arguments)])


def test_the_command_says_what_it_did_and_ends_with_3_for_a_page_that_failed(
    desk: CheckingDesk, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.published()
    ended = run(site, "--no-cards", "--jobs", 1)
    assert ended.exit_code == 0, ended.output
    assert re.match(r"made: \d+, unchanged: 0, removed: 0", ended.output)
    real = plan.tasks
    monkeypatch.setattr(
        plan, "tasks", lambda wanted: [*real(wanted), plan.Task("/nowhere/", "nowhere", "x")]
    )
    ended = run(site, "--no-cards", "--jobs", 1)
    assert ended.exit_code == 3
    assert "failed: /nowhere/" in ended.output
    assert not (site / "nowhere").exists()


def test_a_folder_that_cannot_be_written_is_said(desk: CheckingDesk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    ended = run(tmp_path / "file" / "site", "--jobs", 1)
    assert ended.exit_code == 2
    assert "file_unwritable" in ended.output
