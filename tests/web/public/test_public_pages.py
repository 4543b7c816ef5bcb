"""The public pages, by request."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from soi.claims.actions import allow_publisher, store_checks
from soi.core.formats import CheckRecord, Verdict

pytestmark = pytest.mark.django_db
PAGES = ["/", "/checks/", "/organisations/", "/how-we-work/", "/styleguide/"]
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\"'{{ x }}"


@pytest.mark.usefixtures("demo_desk")
@pytest.mark.parametrize("path", [*PAGES, "/organisations/songxanhbank/"])
@pytest.mark.parametrize(("prefix", "language"), [("", "vi"), ("/en", "en")])
def test_every_page_speaks_both_languages(client: Client, path: str, prefix: str, language: str):
    response = client.get(prefix + path)
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()
    assert not response.cookies
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"


def test_an_empty_desk_says_so(client: Client):
    assert "Chưa" in client.get("/checks/").content.decode()
    assert client.get("/organisations/").status_code == 200


@pytest.mark.usefixtures("demo_desk")
def test_a_plain_post_gives_the_whole_page_and_htmx_the_answer_alone(client: Client):
    message = {"message": "songxanhbank-vn.test"}
    whole = client.post("/en/", message).content.decode()
    alone = client.post("/en/", message, headers={"hx-request": "true"}).content.decode()
    assert "<html" in whole
    assert "<html" not in alone
    for page in (whole, alone):
        assert "Known scam" in page


@pytest.mark.parametrize(
    ("message", "status", "code"),
    [
        ("", 400, "message_empty"),
        ("a" * 50_001, 413, "message_too_long"),
        ("a" * 1_000_000, 413, "message_too_long"),
        ("<html>x", 400, "message_unreadable"),
    ],
)
def test_a_message_that_cannot_be_answered_is_explained(
    client: Client, message: str, status: int, code: str
):
    response = client.post("/", {"message": message})
    assert response.status_code == status
    assert code in response.content.decode()


def test_a_message_comes_back_escaped(client: Client):
    page = client.post("/", {"message": HOSTILE}).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def _hostile_check() -> None:
    allow_publisher(site="evil.example", name=HOSTILE, by="test")
    store_checks(
        [
            CheckRecord(
                key="k",
                url="https://evil.example/1",
                publisher_name=HOSTILE,
                publisher_site="evil.example",
                claim=HOSTILE,
                title=HOSTILE,
                summary=HOSTILE,
                verdict=Verdict.FALSE,
                verdict_words=HOSTILE,
                language="vi",
                claimed_on=None,
                published_on=None,
                modified_on=None,
                licence=HOSTILE,
            )
        ],
        by="test",
    )


def test_a_hostile_check_is_inert_everywhere(client: Client):
    _hostile_check()
    listed = client.get("/checks/").content.decode()
    ref = re.findall(r"/checks/(\d+)/", listed)[0]
    page = client.get(f"/checks/{ref}/").content.decode()
    for text in (listed, page):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    block = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(block[0])["claimReviewed"]


@pytest.mark.usefixtures("demo_desk")
@pytest.mark.parametrize(
    "query", ["page=-1", "page=999999", "page=x", "q=%00", "verdict=nonsense", "language=%3Cx%3E"]
)
def test_odd_queries_are_harmless(client: Client, query: str):
    assert client.get(f"/checks/?{query}").status_code == 200
    assert client.get(f"/organisations/?{query}").status_code == 200


@pytest.mark.usefixtures("demo_desk")
def test_checks_are_filtered_by_word_and_verdict(client: Client):
    page = client.get("/checks/?verdict=true&q=S%C3%B4ng+Xanh").content.decode()
    assert "checks/" in page
    assert "✕" not in re.sub(r"<option.*?</option>", "", page)


@pytest.mark.usefixtures("demo_desk")
def test_a_sample_fills_the_box(client: Client):
    assert "songxanhbank-vn.test" in client.get("/?sample=bank-lock").content.decode()


@pytest.mark.parametrize("path", ["/checks/999/", "/organisations/nobody/", "/nowhere/"])
def test_what_does_not_exist_is_a_page_that_leads_on(client: Client, path: str):
    response = client.get(path)
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


@pytest.mark.usefixtures("demo_desk")
@pytest.mark.parametrize("path", ["/checks/", "/organisations/", "/organisations/songxanhbank/"])
def test_a_list_asks_the_database_a_bounded_number_of_times(
    client: Client, path: str, django_assert_max_num_queries: Any
):
    with django_assert_max_num_queries(8):
        client.get(path)


def test_the_health_address_answers_and_is_never_cached(client: Client):
    response = client.get("/healthz")
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
