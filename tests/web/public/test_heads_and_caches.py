"""What a page says of itself to programs: its one address, its languages, what caches may keep."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from factories import declare, store_check

from soi.core.formats import HoldingKind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    settings.SOI_BASE_URL = "https://desk.example"


def head_of(client: Client, path: str) -> str:
    return client.get(path).content.decode().partition("</head>")[0]


@pytest.mark.parametrize("path", ["/", "/checks/", "/organisations/", "/how-we-work/", "/log/"])
def test_a_page_has_one_address_and_names_itself_in_both_languages(
    client: Client, path: str
) -> None:
    for prefix in ("", "/en"):
        head = head_of(client, prefix + path)
        assert f'<link rel="canonical" href="https://desk.example{prefix}{path}">' in head
        for code, there in (("vi", ""), ("en", "/en"), ("x-default", "")):
            wanted = f'hreflang="{code}" href="https://desk.example{there}{path}">'
            assert wanted in head
        title = re.search(r"<title>(.*) · ", head)
        assert title
        assert f'<meta property="og:title" content="{title[1]}">' in head


def test_filters_make_no_address_of_their_own_but_pages_of_a_list_do(client: Client) -> None:
    head = head_of(client, "/checks/?q=x&page=3")
    assert 'rel="canonical" href="https://desk.example/checks/?page=3"' in head
    assert '?page=3"' not in head_of(client, "/checks/?page=%223")


@pytest.mark.parametrize("path", ["/tips/", "/account/login/", "/nowhere/"])
def test_a_page_that_is_not_public_has_no_address_for_others(client: Client, path: str) -> None:
    assert "canonical" not in head_of(client, path)


def test_hostile_words_stay_inside_the_head(client: Client) -> None:
    store_check('"><script>alert(1)</script> cầu Bến Sậy đã sập', title="", summary="")
    page = client.get(
        re.findall(r'href="(/checks/\d+/)"', client.get("/checks/").content.decode())[0]
    )
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize("path", ["/checks/", "/organisations/", "/how-we-work/", "/log/"])
def test_who_has_a_page_is_told_that_it_is_still_right(client: Client, path: str) -> None:
    first = client.get(path)
    assert first["Cache-Control"].startswith("public, max-age=")
    assert "Accept-Language" not in first.get("Vary", "")
    again = client.get(path, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    declare(HoldingKind.DOMAIN, "hoamai.example")
    store_check("Cầu Bến Sậy đã sập.")
    changed = client.get(path, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == (304 if path == "/how-we-work/" else 200)


def test_search_engines_are_led_to_the_sitemap_and_away_from_private_pages(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Sitemap: https://desk.example/sitemap.xml" in lines
    assert {"Disallow: /tips/", "Disallow: /en/desk/"} <= set(lines)


def test_a_hole_is_told_to_whom_the_desk_names(client: Client, settings: Any) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SOI_SECURITY_CONTACT = "mailto:an@desk.example"
    said = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:an@desk.example\n" in said
    assert re.search(r"^Expires: 2\d{3}-\d\d-\d\dT00:00:00Z$", said, re.MULTILINE)
