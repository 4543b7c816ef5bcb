"""The whole way, as people go it: a reader's tip, a checker, an editor, a published check."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import NamedTuple

import pytest
from looking import DESK, SCREENS, Screen, looking, overflow, picture, violations
from playwright.sync_api import Browser, Page
from test_sign_in import PASSWORD, add_passkey, by_name, inside, join, with_authenticator

pytestmark = pytest.mark.browser

PATIENCE = 90
"""Seconds in which the worker has grouped what came."""


class Story(NamedTuple):
    """One claim of the demonstration, and what its checker makes of it."""

    language: str
    message: str
    word: str
    """Stands in the claim and in no other."""
    claim: str
    title: str
    sources: tuple[tuple[str, str], ...]
    """A word of the title of each kept source, and the passage that is quoted."""


STORIES = [
    Story(
        "",
        "Từ 1-12-2026 vé phà Bến Lau tăng từ 2.000đ lên 20.000đ một lượt.",
        "phà",
        "Từ 1-12-2026, vé phà Bến Lau cho người đi bộ tăng từ 2.000đ lên 20.000đ một lượt.",
        "Vé phà Bến Lau lên 3.000đ, không phải 20.000đ",
        (
            ("118/2026", "giá vé qua phà Bến Lau là 3.000 đồng một lượt"),
            ("một nghìn đồng", "con số 20.000 đồng trên bảng là giá cho ô tô dưới 9 chỗ"),
        ),
    ),
    Story(
        "/en",
        "Chợ Bến Lau đóng cửa toàn bộ ba tháng kể từ ngày 5-12-2026 để thay mái.",
        "hợ Bến Lau",
        "Chợ Bến Lau đóng cửa toàn bộ ba tháng kể từ ngày 5-12-2026 để thay mái.",
        "Only hall A of Ben Lau market closes; halls B and C stay open",
        (
            ("Thông báo", "khu B và khu C vẫn mở cửa hằng ngày"),
            ("từng khu", "Hai khu còn lại, nơi có hơn hai phần ba số sạp, vẫn họp bình thường"),
        ),
    ),
]


def soi(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "soi.cli", *command],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def invited(desk: str, environment: dict[str, str], role: str, language: str) -> str:
    path = re.search(r"/account/join/\S+", soi(environment, "people", "invite", "--role", role))
    assert path
    return f"{by_name(desk)}{language}{path[0]}"


def send(page: Page, home: str, message: str) -> str:
    """A reader sends a message; returns the address of their status page."""
    page.goto(f"{home}/tips/")
    page.fill("[name=message]", message)
    page.click("main form button.btn")
    page.wait_for_url(re.compile(r"/tips/[\w-]{20,}/"))
    return page.url


def come_in(page: Page, link: str, name: str) -> None:
    """Join as a checker: no second step is needed."""
    page.goto(link)
    page.fill("[name=name]", name)
    page.fill("[name=email]", f"{uuid.uuid4().hex}@desk.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn")
    page.wait_for_url(lambda url: "/join/" not in url)


def open_claim(page: Page, home: str, word: str) -> str:
    """The claim's workbench, as soon as the worker has grouped what came."""
    deadline = time.monotonic() + PATIENCE
    link = page.locator(f'main a[href*="/desk/claims/"]:has-text("{word}")').first
    while time.monotonic() < deadline:
        page.goto(f"{home}/desk/")
        if link.count():
            return f"{by_name_of(page)}{link.get_attribute('href')}"
    pytest.fail(f"no claim with {word!r} came")


def await_link(page: Page, address: str, target: str) -> None:
    """Look again and again until the page links to `target`: the worker sees to it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        page.goto(address)
        if page.locator(f'main a[href*="{target}"]').count():
            return
    pytest.fail(f"{address} never led to {target}: {page.inner_text('main')}")


def by_name_of(page: Page) -> str:
    return re.sub(r"(//[^/]+)/.*", r"\1", page.url)


def cite(page: Page, claim: str, title: str, quote: str, *, is_primary: bool) -> None:
    page.goto(f"{claim}sources/")
    page.click(f'li:has-text("{title}") button[name=capture]')
    page.wait_for_url(re.compile(r"/sources/\d+/"))
    page.fill("[name=quote]", quote)
    page.select_option("[name=stance]", "refutes")
    page.select_option("[name=kind]", "primary" if is_primary else "secondary")
    page.fill("[name=interest]", "Không có lợi ích liên quan.")
    page.click("#source button.btn")
    page.wait_for_url(re.compile(r"/desk/claims/\d+/#source-"))


def write(page: Page, claim: str, story: Story) -> None:
    page.goto(claim)
    page.fill("[name=wording]", story.claim)
    for tick in ("is_fair", "is_checkable", "is_masked"):
        page.check(f"[name={tick}]")
    page.fill("[name=selected_because]", "Nhiều người hỏi trong một ngày.")
    page.check("#verdict-false")
    page.fill("[name=title]", story.title)
    page.fill("[name=summary]", "Văn bản gốc và báo đều ghi khác với tin nhắn.")
    page.fill("[name=explanation]", "Văn bản gốc ghi **rõ** điều này.")
    page.check("#owner-no")
    page.wait_for_selector("#kept:not(:empty)")
    page.click("#draft button.btn:not(.quiet)")
    page.wait_for_url(re.compile(r"#saved"))


def look_at_all(page: Page, claim: str, pictures: Path, story: Story, screen: Screen) -> None:
    """Every page of the claim and of the queue, by axe, and none wider than the screen."""
    home = re.sub(r"claims/\d+/$", "", claim)
    source = 'a[href*="/sources/"]:not([href$="/sources/"])'
    page.goto(claim)
    first = str(page.locator(f"main {source}").first.get_attribute("href"))
    for name, address in {
        "queue": home,
        "claim": claim,
        "source": by_name_of(page) + first,
        "add-source": f"{claim}sources/",
        "approval": f"{claim}approval/",
        "history": f"{claim}history/?before=1&after=2",
        "challenges": f"{home}challenges/?state=all",
    }.items():
        page.goto(address)
        assert page.locator("h1").count() == 1, name
        assert violations(page) == [], name
        assert overflow(page) == 0, name
        language = story.language.strip("/") or "vi"
        picture(page, pictures, f"desk-{name}-{language}-{screen.width}-{screen.theme}")


@pytest.mark.parametrize("story", STORIES, ids=["vi", "en"])
def test_two_people_take_a_tip_to_a_published_check(
    browser: Browser,
    desk: str,
    desk_environment: dict[str, str],
    pictures: Path,
    story: Story,
) -> None:
    home = by_name(desk) + story.language
    soi(desk_environment, "demo", "load", "--work")
    with looking(browser, Screen(DESK)) as (reader, complaints):
        status = send(reader, home, story.message)
        with looking(browser, Screen(DESK)) as (an, said):
            come_in(an, invited(desk, desk_environment, "checker", story.language), "An")
            claim = open_claim(an, home, story.word)
            an.goto(claim)
            an.click('form[action$="/take/"] button')
            for number, (title, quote) in enumerate(story.sources):
                cite(an, claim, title, quote, is_primary=number == 0)
            write(an, claim, story)
            missing = an.locator(".gate .no").count()
            assert missing == 1, an.locator(".gates").inner_text()
            picture(an, pictures, f"workbench{story.language.replace('/', '-')}")
            assert said == []
        with looking(browser, Screen(DESK)) as (binh, said):
            with_authenticator(binh)
            join(
                binh,
                invited(desk, desk_environment, "editor", story.language),
                f"Binh{uuid.uuid4().hex[:8]}",
            )
            add_passkey(binh)
            binh.goto(f"{claim}approval/")
            assert story.title in binh.inner_text("main")
            binh.click('form[action$="/approve/"] button.btn')
            binh.click('button[formaction$="/publish/"]')
            binh.wait_for_url(re.compile(r"/desk/claims/\d+/$"))
            assert said == []
            state = binh.context.storage_state()
        for screen in SCREENS:
            with inside(browser, screen, state) as page:
                look_at_all(page, claim, pictures, story, screen)
        number = re.findall(r"/desk/claims/(\d+)/", claim)[0]
        reader.goto(f"{home}/checks/")
        assert story.claim in reader.inner_text("main")
        reader.goto(f"{home}/claims/{number}/")
        assert story.title in reader.inner_text("main")
        reader.goto(f"{home}/")
        reader.fill("[name=message]", story.claim)
        reader.keyboard.press("Control+Enter")
        reader.wait_for_selector("#answer .finding")
        assert reader.locator(f'#answer a[href*="/claims/{number}/"]').count() >= 1
        await_link(reader, status, f"/claims/{number}/")
        assert complaints == []
