"""The practice page on every screen, without scripts, and by keys alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from looking import DESK, PHONE, SCREENS, Screen, looking, overflow, picture, violations
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

NAMES = ("songxanhbank-login.example", "s0ngxanhbank.example", "songxanhbank.vn.example")


@pytest.fixture(scope="module")
def material(desk: str, desk_environment: dict[str, str]) -> str:
    """The desk, with names that somebody has confirmed to imitate the invented bank."""

    def soi(*arguments: str, given: str = "") -> str:
        command = [sys.executable, "-m", "soi.cli", "watch", *arguments]
        done = subprocess.run(
            command, env=desk_environment, input=given, check=True, capture_output=True, text=True
        )
        return done.stdout

    soi("names", "-", given="\n".join(NAMES) + "\n")
    queued = [line for line in soi("queue").splitlines() if line.split()[0].isdecimal()]
    numbers = [line.split()[0] for line in queued if any(name in line for name in NAMES)]
    assert len(numbers) >= 2, queued
    soi("confirm", *numbers, "--as", "scam", "--reason", "Trang thu mật khẩu")
    return desk


@pytest.mark.parametrize("language", ["", "/en"])
def test_it_is_accessible_and_fits_every_screen(
    browser: Browser, material: str, pictures: Path, language: str
) -> None:
    for screen in SCREENS:
        with looking(browser, screen, axe=True) as (page, _):
            page.goto(f"{material}{language}/practice/")
            for name in ("question", "answer"):
                assert page.locator("h1").count() == 1
                assert violations(page) == []
                assert overflow(page) == 0
                shown = f"practice-{name}{language.replace('/', '-')}"
                picture(page, pictures, f"{shown}-{screen.width}-{screen.theme}")
                if name == "question":
                    page.check("input[name=choice] >> nth=0")
                    page.click("main form button")


def test_without_scripts_and_by_keys_alone(browser: Browser, material: str) -> None:
    with looking(browser, Screen(PHONE, scripts=False)) as (page, complaints):
        page.goto(f"{material}/en/practice/")
        page.focus("input[name=choice] >> nth=0")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=status]")
        assert "of 1 right" in page.inner_text("main")
        page.focus("main a.btn")
        page.keyboard.press("Enter")
        page.wait_for_selector("input[name=choice]")
        assert "Question 2 of" in page.inner_text("main")
        assert page.context.cookies() == []
        assert complaints == []


def test_printed_it_is_a_sheet_to_answer_on(
    browser: Browser, material: str, pictures: Path
) -> None:
    with looking(browser, Screen(DESK)) as (page, _):
        page.goto(f"{material}/practice/")
        page.emulate_media(media="print")
        picture(page, pictures, "practice-printed")
        assert page.locator("input[name=choice]").count() >= 2
