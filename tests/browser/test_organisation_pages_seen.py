"""The pages of organisations on every screen, and the public ones beside them."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest
from looking import DESK, PHONE, SCREENS, Screen, looking, opened
from playwright.sync_api import Browser, Page
from test_sign_in import add_passkey, by_name, check, inside, invitation, join, with_authenticator

pytestmark = pytest.mark.browser

HOME = "/desk/organisations/"
BANK = f"{HOME}songxanhbank/"


def asked_for_a_proof(page: Page, base: str) -> str:
    """A holding of the bank with a proof that was asked for and keys that were said."""
    page.goto(f"{base}{BANK}declare/")
    page.select_option("[name=kind]", "domain")
    # One desk serves all tests here, and a name can be declared once.
    page.fill("[name=value]", f"songxanh-{uuid4().hex[:8]}.example")
    page.click("main form.fields button")
    page.wait_for_url(re.compile(r"/desk/organisations/songxanhbank/\d+/"))
    page.select_option("[name=kind]", "dns_txt")
    page.click("form[action$='/prove/'] button")
    page.wait_for_selector("code:has-text('soi-proof-')")
    page.check("[name=role] >> nth=0")
    page.click("form[action$='/custody/'] button")
    page.wait_for_load_state()
    return page.url


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_of_an_organisation_is_accessible_and_fits_every_screen(
    browser: Browser, desk: str, desk_environment: dict[str, str], pictures: Path, language: str
) -> None:
    base = by_name(desk) + language
    with looking(browser, SCREENS[0], axe=True) as (page, _):
        with_authenticator(page)
        join(page, invitation(desk, desk_environment, "administrator"), f"Hoa{len(language)}")
        add_passkey(page)
        holding = asked_for_a_proof(page, base)
        state = page.context.storage_state()
    for screen in SCREENS:
        with inside(browser, screen, state) as page:
            for path in (HOME, BANK, f"{BANK}declare/", f"{BANK}file/"):
                page.goto(base + path)
                assert page.locator("h1").count() == 1, path
                check(page, pictures, f"{language}{path}", screen)
            page.goto(holding)
            for summary in page.locator("details summary").all():
                summary.click()
            check(page, pictures, f"{language}-holding", screen)
            page.select_option("[name=kind]", "trust_txt")
            page.fill("[name=where]", "nobody.example")
            page.click("form[action$='/prove/'] button")
            assert page.locator("[role=alert]").count() == 1
            check(page, pictures, f"{language}-holding-refused", screen)


def test_a_keeper_works_without_scripts(
    browser: Browser, desk: str, desk_environment: dict[str, str]
) -> None:
    with looking(browser, Screen(DESK), axe=True) as (page, _):
        with_authenticator(page)
        join(page, invitation(desk, desk_environment, "administrator"), "Mai")
        add_passkey(page)
        holding = asked_for_a_proof(page, by_name(desk))
        state = page.context.storage_state()
    page = opened(browser, Screen(PHONE, scripts=False), state)
    page.goto(holding)
    page.click("details summary:has-text('Đề xuất nhầm')")
    page.locator("form[action$='/withdraw/'] button").click()
    assert page.url.endswith(BANK)
    page.context.close()


@pytest.mark.parametrize("language", ["", "/en"])
def test_what_is_asked_of_the_directory_is_answered_on_every_screen(
    browser: Browser, desk: str, pictures: Path, language: str
) -> None:
    organisation = f"{desk}{language}/organisations/dienlucsongxanh/"
    for screen in SCREENS:
        with looking(browser, screen, axe=True) as (page, _):
            for address, name in (
                (organisation, "t.me/dienlucsongxanh_cskh"),
                (organisation, "facebook.com/songxanhbank"),
                (f"{desk}{language}/organisations/", "khong-ai-biet.test"),
            ):
                page.goto(address)
                page.fill("[name=name]", name)
                page.locator("#whose button").click()
                page.wait_for_selector("#whose article.finding")
                check(page, pictures, f"{language}-whose-{name}", screen)
            page.goto(f"{organisation}history/")
            check(page, pictures, f"{language}-history", screen)
            page.goto(organisation)
            page.locator("details summary").click()
            assert page.locator("details img").evaluate("image => image.naturalWidth > 100")
            check(page, pictures, f"{language}-badge", screen)
