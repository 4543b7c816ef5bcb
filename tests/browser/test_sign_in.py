"""Join by an invitation, come in by a passkey; every page of accounts and desk on every screen."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from looking import DESK, SCREENS, Screen, looking, opened, overflow, picture, violations
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PASSWORD = "ba con voi di bo"
MINE = ["", "secure/", "second-step/", "second-step/codes/", "passkeys/", "sessions/", "people/",
        "password/change/", "prove/", "passkeys/prove/", "logout/"]  # fmt: skip
OF_THE_DESK = ["", "tips/1/?answer=1", "journal/"]
OPEN = ["login/", "password/forgotten/", "inactive/", "join/nothing/", "reset/nothing/"]


def invitation(desk: str, desk_environment: dict[str, str], role: str) -> str:
    """A link to join. A passkey belongs to a host name, so the desk is called by its name."""
    command = [sys.executable, "-m", "soi.cli", "people", "invite", "--role", role]
    done = subprocess.run(command, env=desk_environment, check=True, capture_output=True, text=True)
    path = re.search(r"/account/join/\S+", done.stdout)
    assert path
    return by_name(desk) + path[0]


def send_a_tip(environment: dict[str, str]) -> None:
    tips = Path(environment["SOI_DATA_DIR"]) / "tips.csv"
    tips.write_text("text\nCây cầu ở Sông Xanh đã sập trong đêm qua.\n", encoding="utf-8")
    command = [sys.executable, "-m", "soi.cli", "tips", "import", str(tips)]
    subprocess.run(command, env=environment, check=True, capture_output=True)


def by_name(desk: str) -> str:
    return desk.replace("127.0.0.1", "localhost")


def with_authenticator(page: Page) -> None:
    """Give the browser a device that has passkeys and always knows its owner."""
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    client.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def arrived(url: str) -> bool:
    """True on the page of people itself: the address to sign in names it too."""
    return urlsplit(url).path == "/account/people/"


def join(page: Page, link: str, name: str) -> str:
    """Join the desk, which all tests share, under an e-mail address that nobody else has."""
    email = f"{name.lower()}-{uuid.uuid4().hex[:8]}@desk.example"
    page.goto(link)
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn")
    page.wait_for_url("**/account/secure/")
    return email


def add_passkey(page: Page) -> None:
    page.click("main a[href$='/passkeys/add/']")
    page.click("main form[data-passkey] button")
    page.wait_for_url("**/second-step/codes/")


def test_somebody_joins_and_comes_in_by_passkey_and_by_password_and_passkey(
    browser: Browser, desk: str, desk_environment: dict[str, str]
) -> None:
    with looking(browser, Screen(DESK)) as (page, complaints):
        with_authenticator(page)
        email = join(page, invitation(desk, desk_environment, "administrator"), "Chi")
        add_passkey(page)
        page.goto(f"{by_name(desk)}/account/")
        sign_out(page)

        page.goto(f"{by_name(desk)}/account/login/?next=/account/people/")
        page.click("form[data-passkey] button")
        page.wait_for_url(arrived)
        assert "Chi" in page.inner_text("main")

        sign_out(page)
        page.goto(f"{by_name(desk)}/account/login/?next=/account/people/")
        page.fill("[name=login]", email)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/second-step/code/")
        page.click("form[data-passkey] button")
        page.wait_for_url(arrived)
        assert complaints == []


def sign_out(page: Page) -> None:
    page.goto(re.sub(r"(//[^/]+)/.*", r"\1/account/logout/", page.url))
    page.click("main form[action$='/logout/'] button")
    page.wait_for_url(lambda url: "/logout/" not in url)


def test_a_passkey_that_nobody_confirms_is_said_and_nothing_is_lost(
    browser: Browser, desk: str
) -> None:
    with looking(browser, Screen(DESK)) as (page, _):
        page.goto(f"{by_name(desk)}/account/login/")
        page.fill("[name=login]", "em@desk.example")
        page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error()); }")
        page.click("form[data-passkey] button")
        page.wait_for_selector("[data-passkey-error]:not(:empty)")
        assert page.input_value("[name=login]") == "em@desk.example"


@contextmanager
def inside(browser: Browser, screen: Screen, state: Any) -> Iterator[Page]:
    page = opened(browser, screen, state, axe=True)
    try:
        yield page
    finally:
        page.context.close()


def check(page: Page, pictures: Path, name: str, screen: Screen) -> None:
    assert violations(page) == [], name
    assert overflow(page) == 0, name
    shown = re.sub(r"\W+", "-", name).strip("-") or "overview"
    picture(page, pictures, f"account-{shown}-{screen.width}-{screen.theme}")


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_account_page_is_accessible_and_fits_every_screen(
    browser: Browser, desk: str, desk_environment: dict[str, str], pictures: Path, language: str
) -> None:
    home = by_name(desk) + language + "/account/"
    name = "Binh" if language else "Lan"
    with looking(browser, SCREENS[0], axe=True) as (page, _):
        with_authenticator(page)
        link = invitation(desk, desk_environment, "administrator")
        join(page, link.replace("/account/join/", f"{language}/account/join/"), name)
        check(page, pictures, f"{language}-secure", SCREENS[0])
        add_passkey(page)
        page.goto(home + "people/")
        page.click("main form[action$='/people/'] button")
        state = page.context.storage_state()
        person = page.goto(home + "people/") and page.get_attribute("main li a", "href")
    waiting = invitation(desk, desk_environment, "keeper")
    send_a_tip(desk_environment)
    for screen in SCREENS:
        with inside(browser, screen, state) as page:
            for path in [*MINE, "second-step/app/", "passkeys/add/"]:
                page.goto(home + path)
                check(page, pictures, f"{language}-{path}", screen)
            for path in OF_THE_DESK:
                page.goto(f"{by_name(desk)}{language}/desk/{path}")
                assert page.locator("h1").count() == 1, path
                check(page, pictures, f"{language}-desk-{path}", screen)
            page.goto(by_name(desk) + str(person))
            check(page, pictures, f"{language}-person", screen)
        with looking(browser, screen, axe=True) as (page, _):
            for path in OPEN:
                page.goto(home + path)
                check(page, pictures, f"{language}-{path}", screen)
            page.goto(waiting.replace("/account/join/", f"{language}/account/join/"))
            check(page, pictures, f"{language}-join", screen)
            page.fill("[name=name]", "An")
            page.fill("[name=email]", "an@desk.example")
            page.fill("[name=password]", "12345")
            page.click("main button.btn")
            check(page, pictures, f"{language}-join-refused", screen)


def test_pages_of_sign_in_work_without_scripts(browser: Browser, desk: str) -> None:
    with looking(browser, Screen(DESK, scripts=False)) as (page, complaints):
        page.goto(f"{desk}/account/login/")
        page.fill("[name=login]", "nobody@desk.example")
        page.fill("[name=password]", "wrong and long")
        page.click("form.fields button")
        assert page.locator("[role=alert]").count() >= 1
        assert not page.is_visible("form[data-passkey]")
        assert complaints == []
