"""Notices on every screen; publishing from a phone with a code alone, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from looking import DESK, PHONE, SCREENS, Screen, looked_at, looking, opened, picture
from playwright.sync_api import Browser
from test_sign_in import add_passkey, by_name, invitation, join, with_authenticator

pytestmark = pytest.mark.browser

BANK = "songxanhbank"


@pytest.fixture(scope="module")
def editor(browser: Browser, desk: str, desk_environment: dict[str, str]) -> Iterator[Any]:
    """The cookies of somebody who has joined as an editor, second step and all."""
    with looking(browser, Screen(DESK)) as (page, _):
        with_authenticator(page)
        join(page, invitation(desk, desk_environment, "editor"), "Hoa")
        add_passkey(page)
        yield page.context.storage_state()


@pytest.fixture(scope="module")
def code(browser: Browser, desk: str, editor: Any) -> str:
    page = opened(browser, Screen(DESK), editor)
    page.goto(f"{by_name(desk)}/en/desk/notices/of/{BANK}/")
    page.click("form[action$='/kit/'] button")
    page.wait_for_selector(".kit svg")
    found = re.search(r"(?:\d{4} ){6}\d{4}", page.inner_text(".kit"))
    assert found
    page.context.close()
    return found[0]


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_of_notices_is_accessible_and_fits_every_screen(
    browser: Browser, desk: str, editor: Any, code: str, pictures: Path, language: str
) -> None:
    base = by_name(desk) + language
    for screen in SCREENS:
        page = opened(browser, screen, editor, axe=True)
        for name, place in {
            "notices-desk": "/desk/notices/",
            "notices-of": f"/desk/notices/of/{BANK}/",
            "notice-prepare": f"/desk/notices/of/{BANK}/prepare/",
            "notices": "/notices/",
            "emergency-code": "/notices/emergency/",
        }.items():
            page.goto(base + place)
            looked_at(page, pictures, f"{name}{language.replace('/', '-')}", screen)
        page.fill("#code", "1234")
        page.click("main button.btn")
        looked_at(page, pictures, f"emergency-mistyped{language.replace('/', '-')}", screen)
        page.fill("#code", code)
        page.click("main button.btn")
        looked_at(page, pictures, f"emergency{language.replace('/', '-')}", screen)
        page.check("input[name=notice] >> nth=0")
        page.click("button[value=drill]")
        looked_at(page, pictures, f"emergency-drilled{language.replace('/', '-')}", screen)
        page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_without_a_session_publishes_and_takes_back(
    browser: Browser, desk: str, code: str, pictures: Path, scripts: bool
) -> None:
    screen = Screen(PHONE, scripts=scripts)
    page = opened(browser, screen)
    page.goto(f"{desk}/en/notices/emergency/")
    page.fill("#code", code.replace(" ", ""))
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=notice]")
    page.check("input[name=notice] >> nth=0")
    page.click("button[value=publish]")
    page.wait_for_url(re.compile(r"/en/notices/\d+/$"))
    assert "Do not trust" in page.inner_text("main")
    picture(page, pictures, f"notice-published-{scripts}")
    page.goto(f"{desk}/en/organisations/{BANK}/")
    assert "Do not trust" in page.inner_text("main")
    picture(page, pictures, f"organisation-warned-{scripts}")
    assert page.context.cookies() == []

    page.goto(f"{desk}/en/notices/emergency/")
    page.fill("#code", code)
    page.click("main button.btn")
    page.check("input[name=was_right][value='0']")
    page.fill("input[name=reason]", "A false alarm while testing")
    page.click("button[value=end]")
    page.wait_for_url(re.compile(r"/en/notices/\d+/$"))
    assert "false alarm" in page.inner_text("main")
    page.goto(f"{desk}/en/organisations/{BANK}/")
    assert "Do not trust" not in page.inner_text("main")
    page.context.close()


def test_the_square_fills_the_code_in_and_no_server_is_told(
    browser: Browser, desk: str, code: str
) -> None:
    digits = code.replace(" ", "")
    with looking(browser, Screen(PHONE)) as (page, complaints):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{desk}/notices/emergency/#{digits}")
        assert page.input_value("#code") == code
        assert digits not in page.url
        assert not [url for url in asked if digits in url.partition("#")[0]]
        assert complaints == []
