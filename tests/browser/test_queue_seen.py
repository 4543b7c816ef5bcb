"""The queue of claims: on every screen, by keyboard alone, and without scripts."""

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

TIPS = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "soi.config.settings"
import django
django.setup()
from soi.intake.actions import receive
from soi.intake.grouping import queries, tasks
from soi.intake.types import Channel
texts = [
    "Nhà máy nước Thạch Lĩnh ngừng cấp nước cho quận Tây Hạ 48 giờ từ sáng 3/5.",
    "Tây Hạ mất nước 48 tiếng từ 3/5.",
    "Chợ Cầu Ván thu giữ 12 kg mứt dừa nhuộm phẩm màu trong sáng nay.",
    "Chợ Cầu Ván thu giữ 12 kg mứt dừa nhuộm phẩm màu trong sáng nay, chuyển cho mọi người biết",
]
tips = [receive(text, channel=Channel.PAGE, by="page").tip_id for text in texts]
while queries.waiting_to_be_grouped():
    tasks.run_due()
print(*(queries.claims_of_tips(tips)[tip][0].id for tip in tips))
"""


@pytest.fixture(scope="module")
def grouped(desk: str, desk_environment: dict[str, str]) -> list[int]:
    """Claims of a desk to which tips have come, by the number of the tip."""
    root = Path(__file__).resolve().parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", TIPS],
        env=desk_environment | {"PYTHONPATH": f"{root / 'src'}:{root}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(number) for number in ended.stdout.split()]


@pytest.fixture(scope="module")
def checker(browser: Browser, desk: str, desk_environment: dict[str, str]) -> Iterator[Any]:
    """The cookies of somebody who has joined as a checker."""
    with looking(browser, Screen(DESK)) as (page, _):
        join(page, invitation(desk, desk_environment, "checker"), "Quyen")
        yield page.context.storage_state()


@pytest.mark.parametrize("language", ["", "/en"])
def test_its_pages_are_accessible_and_fit_every_screen(
    browser: Browser,
    desk: str,
    grouped: list[int],
    checker: Any,
    pictures: Path,
    language: str,
) -> None:
    paths = {
        "queue": "",
        "queue-all": "?show=all",
        "queue-none": "?q=zzz",
        "queue-done": f"?done=taken&claim={grouped[0]}",
        "weights": "weights/",
        "wordings": f"claims/{grouped[2]}/wordings/",
        "tips-alone": "tips/?state=alone",
    }
    for screen in SCREENS:
        page = opened(browser, screen, checker, axe=True)
        for name, path in paths.items():
            page.goto(f"{by_name(desk)}{language}/desk/{path}")
            for details in page.locator("main details").all()[:3]:
                details.evaluate("each => { each.open = true }")
            assert page.locator("h1").count() == 1, name
            assert violations(page) == [], name
            assert overflow(page) == 0, name
            picture(
                page, pictures, f"{name}{language.replace('/', '-')}-{screen.width}-{screen.theme}"
            )
        page.context.close()


def test_keys_lead_through_it_and_the_list_of_keys_closes(
    browser: Browser, desk: str, grouped: list[int], checker: Any
) -> None:
    page = opened(browser, Screen(DESK), checker)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{by_name(desk)}/en/desk/?show=open")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.href")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.href") != first
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.href") == first
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("dialog#keys").is_visible()
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("jt?")
    assert page.input_value("#q") == "jt?"
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_claim_is_taken_given_back_and_closed_with_undo(
    browser: Browser, desk: str, grouped: list[int], checker: Any, scripts: bool
) -> None:
    page = opened(browser, Screen(PHONE, scripts=scripts), checker)
    claim = f"#claim-{grouped[2]}"
    page.goto(f"{by_name(desk)}/en/desk/?q=Ch%E1%BB%A3")
    page.click(f"{claim} .doing > form button")
    assert "You have taken it." in page.inner_text(".done")
    page.click(".done form button")
    assert "It is back in the queue." in page.inner_text(".done")
    page.locator(f"{claim} .doing details summary").first.click()
    page.select_option(f"{claim} select[name=reason]", "satire")
    page.locator(f"{claim} .doing details[open] form button").click()
    assert "It was closed" in page.inner_text(".done")
    assert page.locator(claim).count() == 0
    page.click(".done form button")
    assert page.locator(claim).count() == 1
    assert "q=" in page.url
    page.context.close()


def test_counts_look_again_by_themselves(
    browser: Browser, desk: str, grouped: list[int], checker: Any
) -> None:
    page = opened(browser, Screen(DESK), checker)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    page.goto(f"{by_name(desk)}/en/desk/")
    with page.expect_response("**/counts/**"):
        page.clock.run_for(21_000)
    page.wait_for_selector("#counts a[aria-current=page]")
    assert any("/desk/counts/?show=waiting" in url for url in asked)
    page.context.close()
