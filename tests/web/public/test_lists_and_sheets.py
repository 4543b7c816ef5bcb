"""The lists of checks and organisations, and the pages that they lead to."""

from __future__ import annotations

import html
import json
import re

import pytest
from checks import check_record
from django.test import Client
from factories import declare, store_check
from zeal import NPlusOneError, zeal_context

from soi.claims import queries
from soi.claims.actions import allow_publisher, store_checks
from soi.core.formats import CheckRecord, HoldingKind, Verdict
from soi.register.models import Holding

pytestmark = pytest.mark.django_db

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{ x }}{% now %}\u202e"


def store(*records: CheckRecord) -> list[int]:
    for record in records:
        allow_publisher(site=record.publisher_site, name=record.publisher_name, by="test")
    store_checks(records, by="test")
    return [row.id for row in queries.newest_checks()[:]]


def claims_on(page: str) -> list[str]:
    found = re.findall(r"Cây cầu số \d+", html.unescape(page))
    return list(dict.fromkeys(found))


def test_checks_are_listed_twenty_a_page(client: Client) -> None:
    store(*(check_record(n) for n in range(45)))
    pages = [claims_on(client.get(f"/checks/?page={n}").content.decode()) for n in (1, 2, 3)]

    assert [len(page) for page in pages] == [20, 20, 5]
    assert len({claim for page in pages for claim in page}) == 45


def test_a_page_beyond_the_last_is_the_last(client: Client) -> None:
    store(*(check_record(n) for n in range(45)))
    last = claims_on(client.get("/checks/?page=3").content.decode())

    for odd in ("999999", "-1", "0"):
        assert claims_on(client.get(f"/checks/?page={odd}").content.decode()) == last
    for unreadable in ("x", "", "1e9", "%00"):
        assert claims_on(client.get(f"/checks/?page={unreadable}").content.decode())


def test_turning_the_page_keeps_the_filter(client: Client) -> None:
    store(*(check_record(n) for n in range(45)))

    page = client.get("/checks/?q=S%C3%B4ng+Xanh&verdict=false").content.decode()

    [older] = re.findall(r'rel="next" href="([^"]+)"', page)
    assert "q=S%C3%B4ng" in older
    assert "verdict=false" in older
    assert len(claims_on(client.get("/checks/" + html.unescape(older)).content.decode())) == 20


def test_filters_are_taken_together(client: Client) -> None:
    store(
        check_record(1, verdict=Verdict.TRUE, language="vi"),
        check_record(2, verdict=Verdict.FALSE, language="vi"),
        check_record(3, verdict=Verdict.TRUE, language="en"),
    )

    page = client.get("/checks/?verdict=true&language=vi").content.decode()

    assert claims_on(page) == ["Cây cầu số 1"]


def test_an_unknown_verdict_filters_nothing(client: Client) -> None:
    store(check_record(1))

    assert claims_on(client.get("/checks/?verdict=maybe").content.decode()) == ["Cây cầu số 1"]


@pytest.mark.parametrize("query", ["%00", "a%00b", "%25_", "'; drop table", "x" * 5000, "%F0%9F"])
def test_odd_words_find_nothing_and_break_nothing(client: Client, query: str) -> None:
    store(check_record(1))
    declare(HoldingKind.DOMAIN, "hoamaibank.example")

    for path in ("/checks/", "/organisations/"):
        assert client.get(f"{path}?q={query}").status_code == 200


def test_what_asks_once_for_each_row_would_be_seen(demo_desk: None) -> None:
    with pytest.raises(NPlusOneError), zeal_context():
        assert [each.organisation.name for each in Holding.objects.all()[:5]]


@pytest.mark.parametrize("path", ["/checks/", "/organisations/"])
def test_a_longer_list_asks_the_database_no_more_often(
    demo_desk: None, client: Client, path: str
) -> None:
    with zeal_context():
        assert client.get(path).status_code == 200


def test_one_organisation_asks_for_its_holdings_once(demo_desk: None, client: Client) -> None:
    with zeal_context():
        assert client.get("/organisations/songxanhbank/").status_code == 200


def test_an_organisation_is_found_by_what_it_holds(client: Client) -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.DOMAIN, "khac.example", organisation="khac", name="Một hội khác")

    page = client.get("/organisations/?q=hoamaibank.example").content.decode()

    assert "Hoa Mai" in page
    assert "Một hội khác" not in page


def hostile_check() -> CheckRecord:
    fields = ("key", "publisher_name", "claim", "title", "summary", "verdict_words", "licence")
    everywhere = dict.fromkeys(fields, HOSTILE)
    return check_record(**everywhere | {"url": 'https://evil.example/"><script>alert(3)</script>'})


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_hostile_check_is_text_wherever_it_is_shown(client: Client, prefix: str) -> None:
    [ref] = store(hostile_check())

    for path in ("/checks/", f"/checks/{ref}/"):
        page = client.get(prefix + path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_data_block_cannot_be_left(client: Client) -> None:
    [ref] = store(hostile_check())
    page = client.get(f"/checks/{ref}/").content.decode()

    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(blocks) == 1
    assert "<" not in blocks[0]
    assert json.loads(blocks[0])["claimReviewed"].startswith("</script>")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", ""])
def test_only_a_web_address_becomes_a_link(client: Client, url: str) -> None:
    [ref] = store(check_record(url=url))

    page = client.get(f"/checks/{ref}/").content.decode()

    assert 'rel="noopener nofollow"' not in page
    assert not url or f'href="{url}' not in page


def test_a_hostile_check_is_text_in_an_answer_too(client: Client) -> None:
    claim = f"Uống nước lá ổi mỗi sáng chữa khỏi bệnh tiểu đường. {HOSTILE}"
    store_check(claim, verdict=None, verdict_words=HOSTILE, title=HOSTILE, summary=HOSTILE)

    for headers in ({}, {"hx-request": "true"}):
        page = client.post("/", {"message": claim}, headers=headers).content.decode()
        assert "lá ổi" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_an_organisation_with_a_hostile_name_is_text(client: Client) -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example", name=HOSTILE, name_en=HOSTILE, note=HOSTILE)

    for path in ("/organisations/", "/organisations/hoamaibank/", "/en/organisations/hoamaibank/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    "path", ["/", "/checks/", "/organisations/", "/how-we-work/", "/styleguide/", "/healthz"]
)
def test_every_response_carries_the_same_guard(client: Client, path: str) -> None:
    response = client.get(path)

    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not response.cookies


@pytest.mark.parametrize("path", ["/", "/checks/", "/organisations/", "/how-we-work/"])
def test_each_page_leads_to_itself_in_the_other_language(client: Client, path: str) -> None:
    there = client.get(path).content.decode()
    [english] = re.findall(r'<a [^>]*hreflang="en" href="([^"]+)"', there)
    back = client.get(english).content.decode()
    [vietnamese] = re.findall(r'<a [^>]*hreflang="vi" href="([^"]+)"', back)

    assert (english, vietnamese) == (f"/en{path}", path)
