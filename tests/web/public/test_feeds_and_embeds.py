"""What travels: feeds read by another reader, the DataFeed, oEmbed and a card for other sites."""

from __future__ import annotations

import io
import json
import re
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from django.test import Client

from soi.checking.types import EditionKind
from soi.core.formats import CheckRecord, read_datafeed
from soi.publishing.news import LANGUAGES, SUBJECTS
from tests.checking_desk import CheckingDesk

pytestmark = pytest.mark.django_db
BASE = "https://desk.example"


@pytest.fixture
def desk(settings: Any) -> CheckingDesk:
    settings.SOI_BASE_URL = BASE
    settings.SOI_DESK_NAME = "Bàn kiểm chứng Sông Xanh"
    return CheckingDesk()


def entries(client: Client, path: str) -> list[Any]:
    response = client.get(path)
    assert response.status_code == 200
    found = feedparser.parse(response.content)
    assert not found.bozo
    return list(found.entries)


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_a_check_is_one_item_that_changes_with_its_editions(
    client: Client, desk: CheckingDesk, form: str
) -> None:
    claim = desk.published()
    (first,) = entries(client, f"/feeds/all/checks.{form}")
    assert first.id == first.link == f"{BASE}/claims/{claim}/"
    assert first.title.startswith("Sai: Cầu Bến Sậy")
    desk.correct(claim, summary="Cầu vẫn mở cửa.")
    (second,) = entries(client, f"/feeds/all/checks.{form}")
    assert second.id == first.id
    assert "Cầu vẫn mở cửa." in str(second)
    assert second.published == first.published
    desk.withdraw(claim, "Nguồn chính đã rút lại.")
    (third,) = entries(client, f"/feeds/all/checks.{form}")
    assert "Đã rút" in third.title
    assert "Nguồn chính đã rút lại." in str(third)
    assert "mở cửa" not in str(third)


def test_each_correction_is_an_item_of_its_own(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published()
    desk.correct(claim, EditionKind.MINOR, "Sửa chính tả.")
    desk.withdraw(claim)
    found = entries(client, "/feeds/all/corrections.atom")
    assert [each.id for each in found] == [f"{BASE}/claims/{claim}/{n}/" for n in (3, 2)]
    assert [each.link for each in entries(client, "/feeds/all/withdrawals.rss")] == [
        f"{BASE}/claims/{claim}/3/"
    ]


def test_feeds_are_by_language_and_topic(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published(topics=("disaster",))
    address = f"{BASE}/claims/{claim}/"
    for path, wanted in (
        ("/feeds/vi/checks.rss", [address]),
        ("/feeds/en/checks.rss", []),
        ("/feeds/all/disaster.rss", [address]),
        ("/feeds/all/money.rss", []),
        ("/en/feeds/all/checks.rss", [f"{BASE}/en/claims/{claim}/"]),
    ):
        assert [each.link for each in entries(client, path)] == wanted
    for path in ("/feeds/fr/checks.rss", "/feeds/all/nonsense.rss", "/feeds/all/checks.csv"):
        assert client.get(path).status_code == 404


def test_the_list_of_feeds_names_all_of_them_and_each_is_there(
    client: Client, desk: CheckingDesk
) -> None:
    root = ElementTree.fromstring(client.get("/feeds/all.opml").content)  # noqa: S314  # our own
    addresses = [each.attrib["xmlUrl"] for each in root.iter("outline")]
    assert len(addresses) == len(LANGUAGES) * len(SUBJECTS)
    page = client.get("/feeds/").content.decode()
    for address in addresses:
        assert address in page
        entries(client, address.removeprefix(BASE))
    found = json.loads(client.get("/feeds/all/checks.json").content)
    assert found["feed_url"] == f"{BASE}/feeds/all/checks.json"


def test_a_reader_of_feeds_is_told_that_nothing_is_new(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published()
    first = client.get("/feeds/all/checks.atom")
    again = {"if-none-match": first["ETag"]}
    assert client.get("/feeds/all/checks.atom", headers=again).status_code == 304
    desk.correct(claim)
    assert client.get("/feeds/all/checks.atom", headers=again).status_code == 200
    assert first["Access-Control-Allow-Origin"] == "*"


def test_another_desk_takes_the_data_feed_in(client: Client, desk: CheckingDesk) -> None:
    claim, gone = desk.published(), desk.published("Giá điện tăng gấp đôi.")
    desk.withdraw(gone)
    stream = io.BytesIO(client.get("/feeds/datafeed.json").content)
    (found,) = list(read_datafeed(stream))
    assert isinstance(found, CheckRecord)
    assert found.url == f"{BASE}/claims/{claim}/"


def test_a_page_names_how_it_is_embedded_and_the_card_may_be_framed(
    client: Client, desk: CheckingDesk
) -> None:
    claim = desk.published()
    head = client.get(f"/en/claims/{claim}/").content.decode()
    (address,) = re.findall(r'type="application/json\+oembed" href="([^"]+)"', head)
    found = json.loads(client.get(address.replace("&amp;", "&")).content)
    assert (found["version"], found["type"]) == ("1.0", "rich")
    assert found["provider_name"] == "Bàn kiểm chứng Sông Xanh"
    (source,) = re.findall(r'<iframe src="([^"]+)"', found["html"])
    assert source == f"{BASE}/en/claims/{claim}/embed/"

    card = client.get(source.removeprefix(BASE))
    assert "<script" not in card.content.decode()
    assert "X-Frame-Options" not in card
    assert "frame-ancestors *" in card["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in client.get("/")["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 404),
        ("?url=https://evil.example/claims/1/", 404),
        (f"?url={BASE}.evil.example/claims/1/", 404),
        (f"?url={BASE}/checks/", 404),
        (f"?url={BASE}/claims/999/", 404),
        (f"?url={BASE}/claims/1/&format=xml", 501),
        (f"?url={BASE}/claims/1/%00", 404),
    ],
)
def test_what_cannot_be_embedded_is_said(
    client: Client, desk: CheckingDesk, query: str, status: int
) -> None:
    assert client.get(f"/oembed{query}").status_code == status


def test_a_frame_is_no_larger_than_asked_for(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published()
    for asked, width in (("200", 200), ("9999", 480), ("-1", 480), ("x", 480), ("0", 1)):
        found = client.get(f"/oembed?url={BASE}/claims/{claim}/&maxwidth={asked}")
        assert json.loads(found.content)["width"] == width


def test_the_sitemap_names_each_check_in_both_languages(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published()
    index = client.get("/sitemap.xml").content.decode()
    assert f"<loc>{BASE}/sitemap-1.xml</loc>" in index
    pages = client.get("/sitemap-1.xml").content.decode()
    for address in (f"{BASE}/claims/{claim}/", f"{BASE}/en/claims/{claim}/", f"{BASE}/en/log/"):
        assert f"<loc>{address}</loc>" in pages
    assert client.get("/sitemap-2.xml").status_code == 404
    for address in re.findall(r"<loc>([^<]+)</loc>", pages):
        assert client.get(address.removeprefix(BASE)).status_code == 200, address
