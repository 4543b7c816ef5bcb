"""Every public page, on phone and desk, light and dark, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from looking import DESK, PHONE, SCREENS, Screen, looking, overflow, picture, violations
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

CONTENT = Path(__file__).resolve().parents[2] / "src/soi/demo/content"
PAGES = {
    "answer": "/",
    "checks": "/checks/",
    "check": "/checks/1/",
    "organisations": "/organisations/",
    "organisation": "/organisations/dienlucsongxanh/",
    "corrections": "/corrections/",
    "challenges": "/challenges/",
    "ownership": "/ownership/",
    "topic": "/topics/health/",
    "feeds": "/feeds/",
    "log": "/log/",
    "tips": "/tips/",
    "how-we-work": "/how-we-work/",
    "styleguide": "/styleguide/",
    "missing": "/nowhere/",
}


def _sample(name: str) -> str:
    rows = json.loads((CONTENT / "messages.json").read_text(encoding="utf-8"))
    return next(row["text"] for row in rows if row["id"] == name)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_every_screen(
    browser: Browser, desk: str, pictures: Path, name: str, language: str
):
    address = desk + ("/en" if language == "en" else "") + PAGES[name]
    for screen in SCREENS:
        with looking(browser, screen, axe=True) as (page, _):
            page.goto(address)
            assert page.locator("html").get_attribute("lang") == language
            assert violations(page) == []
            assert overflow(page) == 0
            picture(page, pictures, f"{name}-{language}-{screen.width}-{screen.theme}")


@pytest.mark.parametrize("path", sorted(set(PAGES.values()) - {"/nowhere/"}))
def test_a_page_keeps_to_the_desks_own_policy(browser: Browser, desk: str, path: str):
    with looking(browser, Screen(DESK)) as (page, complaints):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(desk + path)
        assert complaints == []
        assert [url for url in asked if not url.startswith(desk)] == []
        assert page.context.cookies() == []


@pytest.mark.parametrize("screen", SCREENS, ids=lambda s: f"{s.width}-{s.theme}")
def test_a_pasted_message_is_answered_in_place(
    browser: Browser, desk: str, pictures: Path, screen: Screen
):
    with looking(browser, screen, axe=True) as (page, _):
        page.goto(desk)
        page.fill("#message", _sample("bank-lock"))
        page.get_by_role("button", name="Soi").click()
        page.wait_for_selector("#answer article.finding")
        assert page.url == desk + "/"
        assert "songxanhbank-vn.test" in page.inner_text("#answer article.finding >> nth=0")
        assert page.evaluate("document.activeElement.id") == "answer-heading"
        assert violations(page) == []
        assert overflow(page) == 0
        picture(page, pictures, f"answered-vi-{screen.width}-{screen.theme}")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_message_is_sent_to_the_desk_and_leads_to_a_private_page(
    browser: Browser, desk: str, pictures: Path, language: str
):
    for screen in SCREENS:
        with looking(browser, screen, axe=True) as (page, _):
            page.goto(desk + ("/en/" if language == "en" else "/"))
            page.fill(
                "#message", f"{_sample('bank-lock')} {screen.width} {screen.theme} {language}"
            )
            page.locator("form.ask button").click()
            page.wait_for_selector("#answer form")
            page.locator("#answer form button").click()
            page.wait_for_url("**/tips/*/")
            assert page.locator("html").get_attribute("lang") == language
            assert page.url in page.inner_text("code").replace("http://localhost:8000", desk)
            assert violations(page) == []
            assert overflow(page) == 0
            picture(page, pictures, f"tip-{language}-{screen.width}-{screen.theme}")


def test_another_sites_page_cannot_send_a_tip(browser: Browser, desk: str):
    with looking(browser, Screen(DESK)) as (page, _):
        form = (
            f'<form method="post" action="{desk}/en/tips/"><input name="message" value="Forged.">'
        )
        page.route("http://elsewhere.test/", lambda route: route.fulfill(
            body=form + "</form>", content_type="text/html"))  # fmt: skip
        page.goto("http://elsewhere.test/")
        page.evaluate("document.forms[0].submit()")
        page.wait_for_url(f"{desk}/**")
        assert "sent_from_elsewhere" in page.inner_text(".error")


def test_no_finding_makes_a_link_of_what_the_message_holds(browser: Browser, desk: str):
    with looking(browser, Screen(DESK)) as (page, _):
        page.goto(desk)
        page.fill("#message", _sample("bank-lock"))
        page.get_by_role("button", name="Soi").click()
        page.wait_for_selector("#answer article.finding")
        targets = page.eval_on_selector_all("#answer a", "links => links.map(a => a.href)")
        assert targets
        assert not [target for target in targets if "songxanhbank-vn.test" in target]


def test_a_message_is_answered_without_scripts(browser: Browser, desk: str):
    with looking(browser, Screen(PHONE, scripts=False)) as (page, _):
        page.goto(f"{desk}/en/")
        page.fill("#message", _sample("bank-lock"))
        page.get_by_role("button", name="Check").click()
        assert page.locator("article.finding").count() >= 3
        assert page.locator("#message").input_value() == _sample("bank-lock")


def test_a_sample_fills_the_box_without_scripts(browser: Browser, desk: str):
    with looking(browser, Screen(PHONE, scripts=False)) as (page, _):
        page.goto(desk)
        page.locator(".samples a").first.click()
        assert page.locator("#message").input_value() == _sample("bank-lock")


def test_the_keyboard_alone_reaches_an_answer(browser: Browser, desk: str):
    with looking(browser, Screen(DESK)) as (page, _):
        page.goto(desk)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.locator("#message").focus()
        page.keyboard.type("0900 000 000")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "BUTTON"
        page.keyboard.press("Enter")
        page.wait_for_selector("#answer article.finding")


def test_the_language_switch_leads_to_the_same_page(browser: Browser, desk: str):
    with looking(browser, Screen(PHONE)) as (page, _):
        page.goto(f"{desk}/how-we-work/")
        page.get_by_role("link", name="English").click()
        assert page.url == f"{desk}/en/how-we-work/"
        page.get_by_role("link", name="Tiếng Việt").click()
        assert page.url == f"{desk}/how-we-work/"


def test_a_message_that_is_too_long_says_so_and_keeps_the_text(browser: Browser, desk: str):
    with looking(browser, Screen(DESK)) as (page, _):
        page.goto(f"{desk}/en/")
        page.locator("#message").evaluate("box => { box.value = 'lie '.repeat(13000) }")
        page.get_by_role("button", name="Check").click()
        page.wait_for_selector("#answer .error")
        assert "message_too_long" in page.inner_text("#answer .error")
        assert len(page.locator("#message").input_value()) == 52_000


def test_a_printed_answer_leaves_the_navigation_out(browser: Browser, desk: str):
    with looking(browser, Screen(DESK)) as (page, _):
        page.goto(desk)
        assert page.locator("nav").is_visible()
        page.emulate_media(media="print")
        assert not page.locator("nav").is_visible()
