"""The pages of webhooks: on every screen, in both languages, and the secret that is shown once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from looking import PHONE, SCREENS, Screen, looking, overflow, picture, violations
from playwright.sync_api import Browser, Page
from test_sign_in import add_passkey, by_name, inside, invitation, join, with_authenticator

pytestmark = pytest.mark.browser

URL = "https://ban-tin-dai.example/webhook/soi/rat-dai-de-thu-xem-trang-co-vo-khong-0123456789"
MESSAGES = """
import os, sys, datetime as dt
os.environ["DJANGO_SETTINGS_MODULE"] = "soi.config.settings"
import django
django.setup()
from django.utils import timezone
from soi.publishing.webhooks import queries
from soi.publishing.webhooks.models import Delivery, Endpoint
now = timezone.now()
for place, row in enumerate(queries.endpoints()):
    stands = [("delivered", 1, 204, ""), ("dead", 10, 503, "fetch_server_failed"),
              ("waiting", 2, 0, "fetch_too_slow")]
    for number, (state, attempts, status, problem) in enumerate(stands):
        Delivery.objects.create(
            endpoint_id=row.id, message_id=f"msg_{row.id}_{number}".ljust(36, "0"), seq=number,
            kind="correction.published", ref=f"17.{number + 2}", digest="a" * 64, at=now,
            state=state, attempts=attempts, next_at=now + dt.timedelta(days=1), tried_at=now,
            delivered_at=now if state == "delivered" else None, status=status, problem=problem,
        )
    if place % 2:
        Endpoint.objects.filter(pk=row.id).update(state="paused", pause="failing")
    else:
        Endpoint.objects.filter(pk=row.id).update(resting_until=now + dt.timedelta(hours=1))
"""


def check(page: Page, pictures: Path, name: str, screen: Screen) -> None:
    assert page.locator("h1").count() == 1, name
    assert violations(page) == [], name
    assert overflow(page) == 0, name
    picture(page, pictures, f"webhooks-{name}-{screen.width}-{screen.theme}")


def entered(page: Page, label: str) -> str:
    """Enter an endpoint as a person does; returns the secret that the next page shows."""
    page.fill("#label", label)
    page.fill("#url", URL)
    page.uncheck("input[value='register.changed']")
    page.click("form[action$='/webhooks/'] button")
    return page.input_value("#secret")


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_of_webhooks_is_accessible_and_fits_every_screen(
    browser: Browser, desk: str, desk_environment: dict[str, Any], pictures: Path, language: str
) -> None:
    home = f"{by_name(desk)}{language}/desk/webhooks/"
    tag = language.strip("/") or "vi"
    with looking(browser, Screen(PHONE), axe=True) as (page, _):
        with_authenticator(page)
        name = "Hoa" if language else "Mai"
        join(page, invitation(desk, desk_environment, "administrator"), name)
        add_passkey(page)
        page.goto(home)
        check(page, pictures, f"{tag}-none", Screen(PHONE))
        secret = entered(page, "Tòa soạn Bến Sậy")
        assert secret.startswith("whsec_")
        check(page, pictures, f"{tag}-secret", Screen(PHONE))
        page.goto(home)
        entered(page, "Bản tin")
        page.goto(home)
        assert "whsec_" not in page.content()
        page.fill("#label", "Sai")
        page.fill("#url", "https://127.0.0.1/")
        page.click("form[action$='/webhooks/'] button")
        check(page, pictures, f"{tag}-refused", Screen(PHONE))
        state = page.context.storage_state()
    command = [sys.executable, "-c", MESSAGES]
    subprocess.run(command, env=desk_environment, check=True, capture_output=True)
    for screen in SCREENS:
        with inside(browser, screen, state) as page:
            page.goto(home)
            check(page, pictures, f"{tag}-list", screen)
            links = page.eval_on_selector_all("main li a", "all => all.map(each => each.href)")
            for number, link in enumerate(links[:2]):
                page.goto(link)
                check(page, pictures, f"{tag}-one-{number}", screen)
    with inside(browser, Screen(PHONE), state) as page:
        for link in links:
            page.goto(link)
            page.click("form[action$='/remove/'] button")
        assert page.locator("main li a").count() == 0
