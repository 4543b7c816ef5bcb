"""Look at a page as people do: a phone or a desk, light or dark, and what axe finds wrong.

In: the address of a page of a running desk. Out: a page to act on, the violations as lines that can
be read in a failed test, and pictures for a person. The live desk is a fixture elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    # An invented site frames a card of the desk under test, which is on this machine.
    "--disable-features=LocalNetworkAccessChecks",
]
CHROMIUM = Path("/usr/bin/chromium")


@dataclass(frozen=True, slots=True)
class Screen:
    """What a page is looked at with."""

    width: int
    theme: Literal["light", "dark"] = "light"
    scripts: bool = True


PHONE, DESK = 360, 1200
SCREENS = (Screen(PHONE), Screen(PHONE, "dark"), Screen(DESK), Screen(DESK, "dark"))


def launch(playwright: Playwright) -> Browser:
    """Debian's chromium where there is one, else the browser that playwright brings."""
    path = str(CHROMIUM) if CHROMIUM.exists() else None
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


def opened(browser: Browser, screen: Screen, state: Any = None, *, axe: bool = False) -> Page:
    """A page on `screen`, with the cookies that `state` holds; whoever opens it closes its context.

    `axe` lets the page run axe's own script, which the desk's policy forbids.
    """
    context = browser.new_context(
        viewport={"width": screen.width, "height": 900},
        color_scheme=screen.theme,
        java_script_enabled=screen.scripts,
        bypass_csp=axe,
        storage_state=state,
    )
    return context.new_page()


@contextmanager
def looking(
    browser: Browser, screen: Screen, *, axe: bool = False
) -> Iterator[tuple[Page, list[str]]]:
    """A page on `screen`, and the list that fills with what its console complains of.

    Without `axe` the desk's policy is in force, and its violations are among the complaints.
    """
    page = opened(browser, screen, axe=axe)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page, complaints
    finally:
        page.context.close()


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands: rule, element, what to mend."""
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']} at {node['target']}: {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen; 0 is right."""
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return max(0, int(wider))


def picture(page: Page, folder: Path, name: str) -> Path:
    """A picture of the whole page once its fonts have come."""
    page.evaluate("document.fonts.ready")
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path


def looked_at(page: Page, folder: Path, name: str, screen: Screen) -> None:
    """The page has one heading, nothing for axe to find, fits the screen; and a picture of it."""
    assert page.locator("h1").count() == 1, name
    assert violations(page) == [], name
    assert overflow(page) == 0, name
    picture(page, folder, f"{name}-{screen.width}-{screen.theme}")
