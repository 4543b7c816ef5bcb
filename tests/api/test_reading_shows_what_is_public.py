"""Nothing that is not public comes out of any address of the API that is read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from checking_desk import CheckingDesk
from django.test import Client
from factories import declare

from soi.checking import actions as checking
from soi.core.formats import HoldingKind
from soi.incidents import actions as incidents
from soi.incidents import codes
from soi.intake.actions import receive
from soi.intake.types import Channel
from soi.register import custody, lifecycle
from soi.register.queries import all_holdings_of
from soi.register.types import TwoFactor

pytestmark = pytest.mark.django_db
SECRET = "BIMATSOI"
"""Stands in everything that is not public, and in nothing that is."""
PUBLIC = "CONGKHAI"


@pytest.fixture(autouse=True)
def address(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SOI_BASE_URL = "https://desk.example"
    monkeypatch.setattr(codes, "COST", 2**4)  # slow on purpose; the tests are not about that


@pytest.fixture
def secrets() -> list[str]:
    """A desk whose every private drawer has something in it; what must stay there."""
    desk = CheckingDesk()
    published = desk.published(title=f"{PUBLIC} tiêu đề")
    desk.write(published, summary=f"{SECRET} bản nháp của lần đính chính")
    checking.add_note(published, text=f"{SECRET} ghi chú", by=desk.an)
    desk.write(desk.claim(f"{SECRET} điều đang kiểm chứng."), title=f"{SECRET} nháp")
    approved = desk.ready(f"{SECRET} đã duyệt, chưa đăng ngày 28-11.")
    desk.approve(approved)
    checking.send_challenge(published, 1, text=f"{SECRET} phản biện chưa trả lời", by="page")
    receive(
        f"{SECRET} tin báo của một người đọc gửi tới hôm nay.",
        channel=Channel.PAGE,
        by="page",
        source="",
        contact=f"{SECRET}@mail.example",
    )
    declare(HoldingKind.DOMAIN, f"{PUBLIC.lower()}.example")
    bank = "hoamaibank"
    for value in (f"{SECRET.lower()}.example", f"{SECRET.lower()}-2.example"):
        lifecycle.propose(bank, {"kind": "domain", "value": value}, by="person:1")
    [confirmed] = [row for row in all_holdings_of(bank) if PUBLIC.lower() in row.value]
    custody.set_custody(
        bank, confirmed.id, members=[desk.chi.id], roles=("it",), two_factor=TwoFactor.OFF,
        by="person:1",
    )  # fmt: skip
    kit = incidents.make_kit(bank, by="person:1")
    notices = [each.prepared_note for each in kit.notices]
    assert notices
    emails = ["@desk.example"]
    return [SECRET, SECRET.lower(), kit.code, *emails, "holders", "two_factor", "prepared_note"]


def every_answer(client: Client) -> Iterator[tuple[str, str]]:
    """All addresses that are read, with each number that any row could have, and their answers."""
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for path, methods in paths.items():
        if "get" not in methods:
            continue
        for one in _filled(path, methods["get"].get("parameters", [])):
            response = client.get(one)
            assert response.status_code in (200, 404), (one, response.content)
            yield one, response.content.decode()


def _filled(path: str, parameters: list[dict[str, Any]]) -> Iterator[str]:
    names = re.findall(r"\{(\w+)\}", path)
    queries = [""]
    for each in parameters:
        if each["in"] == "query":
            options = each["schema"].get("enum") or [
                word for some in each["schema"].get("anyOf", []) for word in some.get("enum", [])
            ]
            queries += [f"?{each['name']}={word}" for word in options]
            if each["name"] in ("q", "organisation"):
                queries += [f"?{each['name']}={SECRET}", f"?{each['name']}=hoamaibank"]
            if each["name"] in ("changed_since", "since"):
                queries.append(f"?{each['name']}=2000-01-01T00:00:00Z")
            if each["name"] == "on":
                day = dt.date(2026, 11, 1)
                queries += [f"?on={day + dt.timedelta(days=90 * n)}" for n in range(-3, 4)]
    values = ["hoamaibank"] if names == ["slug"] else [str(n) for n in range(1, 31)]
    for value in values if names else [""]:
        filled = path.replace("{" + names[0] + "}", value) if names else path
        for query in queries:
            yield re.sub(r"\{\w+\}", "1", filled) + query


def test_no_answer_holds_what_is_not_public(
    client: Client, secrets: list[str], settings: Any
) -> None:
    settings.SOI_READS_PER_MINUTE = 100_000
    everything = dict(every_answer(client))
    assert len(everything) > 100
    for address, content in everything.items():
        for secret in secrets:
            assert secret not in content, address
    # What is public is there: the walk looks where it says.
    shown = " ".join(everything.values())
    assert f"{PUBLIC} ti" in shown
    assert f"{PUBLIC.lower()}.example" in shown
