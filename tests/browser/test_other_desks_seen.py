"""The pages of other desks' checks, on every screen and in both languages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from looking import SCREENS, looking
from playwright.sync_api import Browser
from test_sign_in import add_passkey, by_name, check, inside, invitation, join, with_authenticator

pytestmark = pytest.mark.browser

FILL = """
import django; django.setup()
from soi.claims.actions import allow_publisher
from soi.core.formats import Refusal
from soi.publishing.importing import Refused
from soi.publishing.sources import actions, quarantine
for site in ("soisang.example", "kiemtin.example"):
    allow_publisher(site=site, name=site, by="test")
long = "https://soisang.example/" + "du-lieu-kiem-chung/" * 6 + "feed.json"
for number, url in enumerate(("https://soisang.example/feed.json", long)):
    made = actions.add_source(url=url, sites=["soisang.example", "kiemtin.example"], by="test")
    actions.pause_source(made, by="test")
    if number == 0:
        actions.failed(made, "fetch_too_slow")
    quarantine.hold(made, [
        Refused(Refusal(3, "url_elsewhere", "Not here.", "https://a.example/" + "x" * 150)),
        Refused(Refusal(4, "date_ahead", "It is dated 2031-01-01.", "https://soisang.example/1")),
    ])
print(made)
"""


@pytest.fixture(scope="module")
def source(desk: str, desk_environment: dict[str, str]) -> int:
    """The number of a source with something in its quarantine."""
    environment = desk_environment | {"DJANGO_SETTINGS_MODULE": "soi.config.settings"}
    command = [sys.executable, "-c", FILL]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return int(done.stdout)


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_is_accessible_and_fits_every_screen(
    browser: Browser,
    desk: str,
    desk_environment: dict[str, str],
    source: int,
    pictures: Path,
    language: str,
) -> None:
    base = f"{by_name(desk)}{language}/desk/imports/"
    with looking(browser, SCREENS[0], axe=True) as (page, _):
        with_authenticator(page)
        join(page, invitation(desk, desk_environment, "editor"), f"Binh{len(language)}")
        add_passkey(page)
        state = page.context.storage_state()
    for screen in SCREENS:
        with inside(browser, screen, state) as page:
            for path in ("", f"{source}/", f"{source - 1}/", f"{source}/?state=dismissed"):
                page.goto(base + path)
                assert page.locator("h1").count() == 1, path
                check(page, pictures, f"{language}-imports-{path}", screen)
