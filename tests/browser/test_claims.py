"""The desk's own checks in a browser: every page on every screen, and an objection from a phone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from looking import DESK, PHONE, SCREENS, Screen, looking, overflow, picture, violations
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

WORK = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "soi.config.settings"
import django
django.setup()
from soi.checking import actions
from soi.checking.types import ChallengeState, EditionKind
from soi.publishing.log import actions as log
from tests.checking_desk import CheckingDesk
desk = CheckingDesk()
text = "Sở **xác nhận**.\\n\\n## Ảnh\\n\\n- biển số\\n\\n| ngày | xe |\\n|---|---|\\n| 1 | 2 |"
claim = desk.published(explanation=text)
desk.correct(claim, EditionKind.SUBSTANTIAL, "Bản trước ghi nhầm ngày.")
row = actions.send_challenge(claim, 2, text="Ảnh là của năm nay.", by="page")
actions.answer_challenge(row, state=ChallengeState.REJECTED, answer="Từ **2019**.", by=desk.binh)
gone = desk.published("Giá điện tăng gấp đôi.", topics=("health",), concerns_owner=True)
desk.withdraw(gone)
log.follow()
print(claim, gone)
"""
PAGES = {
    "claim": "/claims/{claim}/",
    "claim-old": "/claims/{claim}/1/",
    "claim-history": "/claims/{claim}/history/",
    "claim-withdrawn": "/claims/{gone}/",
    "claim-challenge": "/claims/{claim}/challenge/",
    "claim-embed": "/claims/{claim}/embed/",
    "claim-corrections": "/corrections/",
    "claim-challenges": "/challenges/",
    "claim-topic": "/topics/disaster/",
    "claim-log": "/log/",
}


@pytest.fixture(scope="module")
def claims(desk: str, desk_environment: dict[str, str]) -> dict[str, str]:
    """Numbers of a check with a correction and a challenge, and of one that was withdrawn."""
    root = Path(__file__).resolve().parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", WORK],
        env=desk_environment | {"PYTHONPATH": f"{root / 'src'}:{root}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return dict(zip(("claim", "gone"), ended.stdout.split(), strict=True))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_a_check_is_accessible_and_fits_every_screen(
    browser: Browser, desk: str, claims: dict[str, str], pictures: Path, name: str, language: str
):
    address = desk + ("/en" if language == "en" else "") + PAGES[name].format(**claims)
    for screen in SCREENS:
        with looking(browser, screen, axe=True) as (page, _):
            page.goto(address)
            assert page.locator("html").get_attribute("lang") == language
            assert violations(page) == []
            assert overflow(page) == 0
            picture(page, pictures, f"{name}-{language}-{screen.width}-{screen.theme}")


@pytest.mark.parametrize("name", sorted(set(PAGES) - {"claim-embed"}))
def test_a_page_of_a_check_asks_nobody_else_and_sets_no_cookie(
    browser: Browser, desk: str, claims: dict[str, str], name: str
):
    with looking(browser, Screen(DESK)) as (page, complaints):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(desk + PAGES[name].format(**claims))
        assert complaints == []
        assert [url for url in asked if not url.startswith(desk)] == []
        assert page.context.cookies() == []


def test_an_objection_is_sent_without_scripts(browser: Browser, desk: str, claims: dict[str, str]):
    with looking(browser, Screen(PHONE, scripts=False)) as (page, _):
        page.goto(f"{desk}/en/claims/{claims['claim']}/")
        page.get_by_role("link", name="Challenge this check").click()
        page.fill("#text", "Còn cầu phụ thì sao?")
        page.get_by_role("button", name="Send the objection").click()
        page.wait_for_url("**/challenge/sent/")
        page.get_by_role("link", name="Back to the check").click()
        assert "1 waits for an answer." in page.inner_text("main")


def test_a_card_stands_in_a_frame_of_another_site(
    browser: Browser, desk: str, claims: dict[str, str]
):
    with looking(browser, Screen(DESK)) as (page, complaints):
        frame = f'<iframe src="{desk}/en/claims/{claims["claim"]}/embed/" width="480"></iframe>'
        page.route("http://elsewhere.test/", lambda route: route.fulfill(
            body=frame, content_type="text/html"))  # fmt: skip
        page.goto("http://elsewhere.test/")
        card = page.frame_locator("iframe").get_by_role("link")
        assert re.search("Cầu Bến Sậy", card.inner_text())
        assert complaints == []


def test_nothing_on_a_page_of_a_check_moves_while_it_loads(
    browser: Browser, desk: str, claims: dict[str, str]
):
    with looking(browser, Screen(PHONE)) as (page, _):
        page.add_init_script(
            "window.moved = 0; new PerformanceObserver(list => { for (const each of"
            " list.getEntries()) window.moved += each.value })"
            ".observe({type: 'layout-shift', buffered: true})"
        )
        page.goto(f"{desk}/claims/{claims['claim']}/", wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        assert page.evaluate("window.moved") < 0.1


def test_a_printed_check_holds_the_evidence_and_no_navigation(
    browser: Browser, desk: str, claims: dict[str, str]
):
    with looking(browser, Screen(DESK)) as (page, _):
        page.goto(f"{desk}/claims/{claims['claim']}/")
        page.emulate_media(media="print")
        assert not page.locator("header nav").is_visible()
        assert page.locator(".evidence").first.is_visible()
        assert not page.get_by_role("link", name="Phản biện bài này").is_visible()


WATCH = """
window.shifts = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.shifts.push(entry.value);
}).observe({type: "layout-shift", buffered: true});
"""


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", ["claim", "claim-old", "claim-withdrawn"])
def test_a_check_is_light_does_not_jump_and_is_read_before_any_script_runs(
    browser: Browser, desk: str, claims: dict[str, str], name: str, width: int
):
    address = desk + PAGES[name].format(**claims)
    with looking(browser, Screen(width)) as (page, complaints):
        page.add_init_script(WATCH)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        response = page.goto(address, wait_until="networkidle")
        assert response is not None
        assert len(response.body()) < 60_000
        assert [url for url in asked if not url.startswith(desk)] == []
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        assert sum(page.evaluate("window.shifts")) < 0.01
        # A script without `defer` would hold the text back until it has come and run.
        scripts = "script[src]:not([defer]):not([async]):not([type=module])"
        assert page.locator(scripts).count() == 0
        assert page.locator("script:not([src]):not([type*=json])").count() == 0
        text = page.locator("h1").inner_text()
        assert complaints == []
    with looking(browser, Screen(width, scripts=False)) as (page, _):
        page.goto(address)
        assert page.locator("h1").inner_text() == text
        assert page.locator("#prove").is_visible()
