"""Incidents on every screen: the list, opening one, its steps, the printed report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from looking import (
    DESK,
    PHONE,
    SCREENS,
    Screen,
    looked_at,
    looking,
    opened,
    picture,
)
from playwright.sync_api import Browser
from test_sign_in import add_passkey, by_name, invitation, join, with_authenticator

pytestmark = pytest.mark.browser

BANK = "songxanhbank"


@pytest.fixture(scope="module")
def editor(browser: Browser, desk: str, desk_environment: dict[str, str]) -> Iterator[Any]:
    """The cookies of somebody who has joined as an editor, second step and all."""
    with looking(browser, Screen(DESK)) as (page, _):
        with_authenticator(page)
        join(page, invitation(desk, desk_environment, "editor"), "Tam")
        add_passkey(page)
        yield page.context.storage_state()


@pytest.fixture(scope="module")
def hijack(browser: Browser, desk: str, editor: Any) -> str:
    """The path of an incident that was opened, worked on and reported without scripts."""
    page = opened(browser, Screen(PHONE, scripts=False), editor)
    page.goto(f"{by_name(desk)}/en/desk/incidents/open/?organisation={BANK}")
    page.select_option("#holding", index=1)
    page.check("input[value=hijack]")
    page.fill("#words", "The page was taken at midnight and asks for transfers.")
    page.click("main form button.btn")
    page.wait_for_url(re.compile(r"/en/desk/incidents/\d+/$"))
    path = page.url.removeprefix(f"{by_name(desk)}/en")
    page.fill("#words-stop_using", "All sessions ended, links taken off")
    page.click("li:has(#words-stop_using) button.btn >> nth=0")
    page.fill("#url", "https://songxanh-hotro.example/")
    page.click("button:has-text('Keep it as evidence')")
    page.click("button:has-text('Prepare the report')")
    page.wait_for_url(re.compile(r"/report/\d+/$"))
    page.context.close()
    return path


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_of_incidents_is_accessible_and_fits_every_screen(
    browser: Browser, desk: str, editor: Any, hijack: str, pictures: Path, language: str
) -> None:
    base = by_name(desk) + language
    for screen in SCREENS:
        page = opened(browser, screen, editor, axe=True)
        for name, place in {
            "incidents": "/desk/incidents/",
            "incidents-none": "/desk/incidents/?show=overdue",
            "incident-organisation": "/desk/incidents/open/",
            "incident-open": f"/desk/incidents/open/?organisation={BANK}",
            "incident": hijack,
        }.items():
            page.goto(base + place)
            looked_at(page, pictures, f"{name}{language.replace('/', '-')}", screen)
        page.click("a[href*='/report/']")
        looked_at(page, pictures, f"incident-report{language.replace('/', '-')}", screen)
        if screen == SCREENS[2]:
            page.emulate_media(media="print")
            picture(page, pictures, f"incident-report-printed{language.replace('/', '-')}")
        page.context.close()
