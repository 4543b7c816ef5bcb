"""Feeds, lists of feeds and sitemaps, read by others' readers."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from xml.etree import ElementTree

import feedparser
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.formats.feeds import Feed, FeedForm, FeedItem, Listed, write_feed, write_opml
from soi.core.formats.sitemap import SitemapPage, write_sitemap, write_sitemap_index

AT = dt.datetime(2026, 11, 30, 8, 15, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(days=2)
HOSTILE = "]]><script>alert(1)</script>&\"'\u202e\x00\x0b\ud800\uffff 🌊"

# JSON Feed 1.1 as jsonfeed.org/version/1.1 words it: what is required, and the type of each field.
JSON_FEED: dict[str, Any] = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string"},
        "home_page_url": {"type": "string", "pattern": "^https?://"},
        "feed_url": {"type": "string", "pattern": "^https?://"},
        "description": {"type": "string"},
        "language": {"type": "string"},
        "authors": {
            "type": "array",
            "items": {
                "type": "object",
                "minProperties": 1,
                "properties": {"name": {"type": "string"}},
            },
        },
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "url": {"type": "string", "pattern": "^https?://"},
                    "title": {"type": "string"},
                    "content_html": {"type": "string"},
                    "content_text": {"type": "string"},
                    "summary": {"type": "string"},
                    "image": {"type": "string", "pattern": "^https?://"},
                    "date_published": {"type": "string", "format": "date-time"},
                    "date_modified": {"type": "string", "format": "date-time"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "language": {"type": "string"},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def item(**changes: Any) -> FeedItem:
    usual = {
        "id": "https://desk.example/claims/17/",
        "url": "https://desk.example/claims/17/",
        "title": "Sai: Cầu Bến Sậy đã sập",
        "summary": "Cầu vẫn đứng; ảnh là của một cây cầu khác.",
        "html": "<p>Cầu vẫn đứng; ảnh là của một cây cầu khác.</p>",
        "published": AT,
        "updated": LATER,
        "language": "vi",
        "tags": ("thiên tai",),
        "image": "https://desk.example/claims/17/2/card.png",
    }
    return FeedItem(**{**usual, **changes})


def feed(*items: FeedItem) -> Feed:
    return Feed(
        title="Bàn kiểm chứng Sông Xanh",
        description="Bài kiểm chứng mới",
        home="https://desk.example/",
        address="https://desk.example/feeds/vi/all.xml",
        publisher="Bàn kiểm chứng Sông Xanh",
        language="vi",
        updated=LATER,
        items=items,
    )


@pytest.mark.parametrize("form", [FeedForm.RSS, FeedForm.ATOM])
def test_another_reader_reads_what_was_meant(form: FeedForm) -> None:
    found = feedparser.parse(write_feed(feed(item()), form))
    assert not found.bozo
    assert found.version == {"rss": "rss20", "atom": "atom10"}[form]
    assert found.feed.title == "Bàn kiểm chứng Sông Xanh"
    assert found.feed.link == "https://desk.example/"
    assert found.feed.language == "vi"
    assert "https://desk.example/feeds/vi/all.xml" in [link.href for link in found.feed.links]
    (entry,) = found.entries
    assert (entry.title, entry.link, entry.id) == (item().title, item().url, item().id)
    assert [tag.term for tag in entry.tags] == ["thiên tai"]
    assert entry.published_parsed[:5] == (2026, 11, 30, 8, 15)
    assert "Cầu vẫn đứng" in entry.summary
    if form is FeedForm.ATOM:
        assert entry.updated_parsed[:3] == (2026, 12, 2)
        assert entry.content[0].value == item().html


def test_json_feed_is_what_its_specification_says() -> None:
    found = json.loads(write_feed(feed(item(), item(id="x", image="")), FeedForm.JSON))
    jsonschema.validate(found, JSON_FEED, format_checker=jsonschema.FormatChecker())
    assert found["items"][0]["content_html"] == item().html
    assert "image" not in found["items"][1]


@pytest.mark.parametrize("form", list(FeedForm))
def test_an_empty_feed_is_a_feed(form: FeedForm) -> None:
    written = write_feed(feed(), form)
    if form is FeedForm.JSON:
        jsonschema.validate(json.loads(written), JSON_FEED)
    else:
        found = feedparser.parse(written)
        assert not found.bozo
        assert found.entries == []


@pytest.mark.parametrize("form", list(FeedForm))
@given(text=st.one_of(st.just(HOSTILE), st.text(min_size=1)))
def test_no_text_breaks_a_feed(form: FeedForm, text: str) -> None:
    written = write_feed(feed(item(title=text, summary=text, html="", tags=(text,))), form)
    if form is FeedForm.JSON:
        jsonschema.validate(json.loads(written), JSON_FEED)
    else:
        ElementTree.fromstring(written)  # noqa: S314  # what we wrote ourselves


def test_a_list_of_feeds_names_each_with_its_address() -> None:
    feeds = [Listed("Tất cả", "https://desk.example/feeds/vi.xml", "https://desk.example/", "vi")]
    root = ElementTree.fromstring(write_opml("Bàn", feeds, at=AT))  # noqa: S314  # our own
    (outline,) = root.findall("./body/outline")
    assert root.attrib == {"version": "2.0"}
    assert outline.attrib["xmlUrl"] == "https://desk.example/feeds/vi.xml"
    assert outline.attrib["text"] == "Tất cả"


def test_a_sitemap_names_each_page_in_each_language() -> None:
    addresses = {"vi": "https://desk.example/?a=1&b=2", "en": "https://desk.example/en/"}
    root = ElementTree.fromstring(write_sitemap([SitemapPage(addresses, AT)]))  # noqa: S314
    names = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "x": "http://www.w3.org/1999/xhtml",
    }
    urls = root.findall("s:url", names)
    assert [url.findtext("s:loc", "", names) for url in urls] == list(addresses.values())
    for url in urls:
        links = {link.get("hreflang"): link.get("href") for link in url.findall("x:link", names)}
        assert links == addresses
        assert url.findtext("s:lastmod", "", names) == "2026-11-30T08:15:00+00:00"


def test_an_index_of_sitemaps_names_its_files() -> None:
    root = ElementTree.fromstring(write_sitemap_index(["https://desk.example/1.xml"]))  # noqa: S314
    assert [each.text for each in root.iter() if each.tag.endswith("loc")] == [
        "https://desk.example/1.xml"
    ]
