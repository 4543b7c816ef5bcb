"""The pages of names: on every screen, by keyboard alone, and without scripts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from looking import DESK, PHONE, SCREENS, Screen, looking, opened, overflow, picture, violations
from playwright.sync_api import Browser
from test_sign_in import by_name, invitation, join

pytestmark = pytest.mark.browser

NAMES = [
    *(f"songxanhbank-xacthuc{number}.top" for number in range(12)),
    "songxanhbank-khuyenmai-nhan-qua-tri-an-khach-hang-than-thiet-nam-moi-2027.example-dai.xyz",
    "s0ngxanhbank.top",
    "dienlucsongxanh-thanhtoan.top",
]
PLACES = {
    "names": "",
    "names-all": "?state=all",
    "names-none": "?q=zzz",
    "name": "{ref}/?answer=1",
    "name-decided": "{decided}/",
    "campaigns": "campaigns/",
    "lists": "lists/",
    "add": "add/",
}


def soi(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "soi.cli", *arguments]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture(scope="module")
def waiting(desk: str, desk_environment: dict[str, str]) -> str:
    """The address of the queue of a desk with names before it; two of them decided on."""
    folder = Path(desk_environment["SOI_DATA_DIR"])
    (folder / "names.txt").write_text("\n".join(NAMES), encoding="utf-8")
    soi(desk_environment, "watch", "names", str(folder / "names.txt"))
    (folder / "list.txt").write_text("songxanhbank.example\nqua-tang.test\n", encoding="utf-8")
    about = ["--name", "Danh sách của làng", "--licence", "CC0", "--every", "24"]
    soi(desk_environment, "watch", "lists", "add", str(folder / "list.txt"), *about)
    numbers = [line.split()[0] for line in soi(desk_environment, "watch", "queue").splitlines()]
    why = ["--reason", "Trang hỏi mã OTP, giả giao diện của ngân hàng"]
    soi(desk_environment, "watch", "confirm", numbers[0], "--as", "scam", *why)
    soi(desk_environment, "watch", "dismiss", numbers[1], *why)
    return by_name(desk) + "/en/desk/names/"


@pytest.fixture(scope="module")
def checker(browser: Browser, desk: str, desk_environment: dict[str, str]) -> Iterator[Any]:
    """The cookies of somebody who has joined as a checker."""
    with looking(browser, Screen(DESK)) as (page, _):
        join(page, invitation(desk, desk_environment, "checker"), "Nga")
        yield page.context.storage_state()


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_of_names_is_accessible_and_fits_every_screen(
    browser: Browser, waiting: str, checker: Any, pictures: Path, language: str
) -> None:
    base = waiting.replace("/en/", f"{language}/")
    for screen in SCREENS:
        page = opened(browser, screen, checker, axe=True)
        page.goto(base)
        refs = {"ref": page.get_attribute(".pick a", "href"), "decided": ""}
        page.goto(base + "?state=dismissed")
        refs["decided"] = page.get_attribute(".pick a", "href")
        for name, place in PLACES.items():
            numbers = {key: str(href).rstrip("/").split("/")[-1] for key, href in refs.items()}
            page.goto(base + place.format(**numbers))
            assert page.locator("h1").count() == 1, name
            assert violations(page) == [], name
            assert overflow(page) == 0, name
            shown = f"{name}{language.replace('/', '-')}-{screen.width}-{screen.theme}"
            picture(page, pictures, shown)
        page.context.close()


def test_the_keyboard_alone_decides_and_undoes(
    browser: Browser, waiting: str, checker: Any
) -> None:
    page = opened(browser, Screen(DESK), checker)
    page.goto(f"{waiting}?q=s0ngxanhbank")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "checkbox":
            break
    page.keyboard.press("Space")
    while page.evaluate("document.activeElement.type") != "radio":
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Trang của người hâm mộ")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=**")
    assert "1 name was decided on" in page.inner_text("[role=status].done")
    while page.evaluate("document.activeElement.textContent.trim()") != "Undo":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "done=" not in url)
    page.goto(f"{waiting}?q=s0ngxanhbank")
    assert page.locator(".pick").count() == 1
    page.context.close()


def test_names_are_decided_on_without_scripts(browser: Browser, waiting: str, checker: Any) -> None:
    page = opened(browser, Screen(PHONE, scripts=False), checker)
    page.goto(f"{waiting}?q=xacthuc3")
    page.check(".pick input")
    page.check("input[value=lookalike]")
    page.fill("#reason", "Nhái tên ngân hàng")
    page.click("form[action$='/decide/'] button")
    assert "1 name was decided on" in page.inner_text("[role=status].done")
    page.click("form[action$='/undo/'] button")
    page.goto(f"{waiting}?q=xacthuc3")
    assert page.locator(".pick").count() == 1
    page.context.close()


def test_a_page_of_names_keeps_to_the_desks_own_policy(
    browser: Browser, waiting: str, checker: Any
) -> None:
    page = opened(browser, Screen(DESK), checker)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(waiting)
    page.click(".pick a")
    page.wait_for_selector("h1 .mono")
    assert complaints == []
    page.context.close()
