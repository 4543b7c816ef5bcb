"""Every form of every page of the desk, filled with what no form expects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from factories import declare
from lxml import html

from soi.core.formats import HoldingKind
from soi.incidents import codes
from soi.incidents.handling import open_incident
from soi.incidents.types import IncidentKind
from soi.people.types import Role
from soi.register.queries import all_holdings_of
from tests.checking_desk import CheckingDesk
from tests.members import member, signed_in
from tests.web.desk.test_who_opens_which_page import POSTS, ROUTES, address_of, object_for

pytestmark = pytest.mark.django_db

SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
HOSTILE = {
    "script": f"{SCRIPT}{{% now 'Y' %}}{{{{ request }}}} ../../etc/passwd '; DROP TABLE x;--",
    "unseen": "\x00\x1b[31mCầu \u202eđã sập\u202c \u2066trong\u200b\ufeff\x07",
    "long": "Cầu đã sập. " * 20_000,
    "number": "9" * 400,
    "empty": "",
}
RAW = re.compile(r"<script>alert|<img src=x|onerror=alert\(2\)>")
FREE = ("text", "search", "url", "email", "number", "date", "datetime-local", "textarea", "tel")
"""The kinds of field into which people type."""

PAGES = [name for name in ROUTES if name not in POSTS and name != "journal-export"]
"""The export is a file."""


def forms(client: Client, page: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where each form of a page leads, and its fields with their kinds and values."""
    answer = client.get(page)
    if answer.status_code != 200:
        return
    for form in html.fromstring(answer.content.decode()).forms:
        if form.method.upper() == "POST" and "/account/" not in (form.action or ""):
            yield form.action or page, {str(each.get("name")): each for each in _fields(form)}


def _fields(form: Any) -> Iterator[Any]:
    yield from form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]")
    yield from form.xpath(".//button[@name][1]")


def _kind(field: Any) -> str:
    return str(field.get("type", "text")) if field.tag == "input" else str(field.tag)


def _filled(fields: dict[str, Any], value: str, *, everywhere: bool) -> dict[str, Any]:
    """What the form would send, with a value in all that people type, or in every field."""
    sent: dict[str, Any] = {}
    for name, field in fields.items():
        kind = _kind(field)
        if kind == "file":
            sent[name] = SimpleUploadedFile(f"{SCRIPT[:40]}.html", value.encode())
        elif kind in FREE or everywhere:
            sent[name] = value
        elif kind == "select":
            sent[name] = next(iter(field.value_options), "")
        elif kind in ("checkbox", "radio"):
            sent[name] = field.get("value", "on")
        else:
            sent[name] = field.get("value", "")
    return sent


def try_all(page: str, *, everywhere: bool) -> None:
    """Send each form of a page filled with each of what no form expects."""
    client = signed_in(member(Role.ADMINISTRATOR))
    for what, value in HOSTILE.items():
        for action, fields in forms(client, page):
            told = f"{what} to {action}"
            answer = client.post(action, _filled(fields, value, everywhere=everywhere))
            assert answer.status_code < 500, told
            if not answer.streaming:
                assert not RAW.search(answer.content.decode()), told
        again = client.get(page)
        # One of its forms may have removed what it is about.
        assert again.status_code in (200, 404), what
        assert not RAW.search(again.content.decode()), what


@pytest.mark.parametrize("everywhere", [False, True], ids=["typed", "everywhere"])
@pytest.mark.parametrize("name", PAGES)
def test_every_form_takes_what_no_form_expects(name: str, everywhere: bool) -> None:
    CheckingDesk().ready("Nước máy nhiễm chì vượt ngưỡng từ tháng 9.")
    try_all(address_of(name, object_for(name)), everywhere=everywhere)


@pytest.mark.parametrize("everywhere", [False, True], ids=["typed", "everywhere"])
@pytest.mark.parametrize(
    "page",
    [
        "organisations/",
        "organisations/hoamaibank/",
        "organisations/hoamaibank/declare/",
        "organisations/hoamaibank/file/",
        "organisations/hoamaibank/{holding}/",
        "notices/of/hoamaibank/",
        "notices/of/hoamaibank/prepare/",
        "incidents/open/?organisation=hoamaibank&holding={holding}",
        "incidents/{incident}/",
    ],
)
def test_so_does_every_form_of_an_organisation(
    page: str, everywhere: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "COST", 2**4)  # slow on purpose; the tests are not about that
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")
    holding = all_holdings_of("hoamaibank")[0].id
    incident = open_incident(
        "hoamaibank", IncidentKind.HIJACK, holding=holding, words="Có chuyện.", by="test"
    )
    page = f"/desk/{page.format(holding=holding, incident=incident)}"
    assert list(forms(signed_in(member(Role.ADMINISTRATOR)), page))
    try_all(page, everywhere=everywhere)


@pytest.mark.parametrize(
    ("name", "number"), [("claim", 4), ("source-add", 2), ("claim-history", 1), ("queue", 1)]
)
def test_the_forms_of_a_page_are_found(name: str, number: int) -> None:
    CheckingDesk().ready("Nước máy nhiễm chì vượt ngưỡng từ tháng 9.")
    client = signed_in(member(Role.ADMINISTRATOR))
    assert len(list(forms(client, address_of(name, object_for(name))))) >= number
