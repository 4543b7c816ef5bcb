"""Write news of a desk as RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, and a list of feeds as OPML.

In: a `Feed` with its items, newest first. Out: bytes. The three say the same; what a form has no
place for is left out of it. The HTML of items has to be clean already.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from enum import StrEnum
from xml.etree import ElementTree as Tree

from soi.core.formats.xml import child, writable, written

_ATOM = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_JSON_FEED = "https://jsonfeed.org/version/1.1"


class FeedForm(StrEnum):
    """The forms in which a feed is written."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"


MEDIA_TYPES = {
    FeedForm.RSS: "application/rss+xml; charset=utf-8",
    FeedForm.ATOM: "application/atom+xml; charset=utf-8",
    FeedForm.JSON: "application/feed+json; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One piece of news. Times carry their zone."""

    id: str
    """An absolute URI that no other item ever has; it stays when the item changes."""
    url: str
    title: str
    summary: str
    """Plain text."""
    html: str
    published: dt.datetime
    updated: dt.datetime
    language: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with its newest items first. `updated` is its last change, also while it is empty."""

    title: str
    description: str
    home: str
    address: str
    """Its own, in the form in which it is written."""
    publisher: str
    language: str
    updated: dt.datetime
    items: Sequence[FeedItem]


def write_feed(feed: Feed, form: FeedForm) -> bytes:
    """The feed in one of the forms."""
    return {FeedForm.RSS: _rss, FeedForm.ATOM: _atom, FeedForm.JSON: _json}[form](feed)


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed in a list of feeds."""

    title: str
    address: str
    home: str
    language: str


def write_opml(title: str, feeds: Sequence[Listed], *, at: dt.datetime) -> bytes:
    """The list of feeds as OPML 2.0, which feed readers subscribe to in one step."""
    root = Tree.Element("opml", version="2.0")
    head = child(root, "head")
    child(head, "title", title)
    child(head, "dateCreated", format_datetime(at))
    body = child(root, "body")
    for each in feeds:
        child(
            body,
            "outline",
            type="rss",
            text=each.title,
            title=each.title,
            xmlUrl=each.address,
            htmlUrl=each.home,
            language=each.language,
        )
    return written(root)


def _rss(feed: Feed) -> bytes:
    Tree.register_namespace("atom", _ATOM)
    root = Tree.Element("rss", version="2.0")
    channel = child(root, "channel")
    child(channel, "title", feed.title)
    child(channel, "link", feed.home)
    child(channel, "description", feed.description)
    child(channel, "language", feed.language)
    child(channel, "lastBuildDate", format_datetime(feed.updated))
    child(channel, f"{{{_ATOM}}}link", href=feed.address, rel="self", type="application/rss+xml")
    for item in feed.items:
        made = child(channel, "item")
        child(made, "title", item.title)
        child(made, "link", item.url)
        child(made, "guid", item.id, isPermaLink="true" if item.id == item.url else "false")
        child(made, "pubDate", format_datetime(item.published))
        child(made, "description", item.html or item.summary)
        for tag in item.tags:
            child(made, "category", tag)
    return written(root)


def _atom(feed: Feed) -> bytes:
    Tree.register_namespace("", _ATOM)
    root = Tree.Element(_in_atom("feed"), {_XML_LANG: feed.language})
    child(root, _in_atom("title"), feed.title)
    child(root, _in_atom("subtitle"), feed.description)
    child(root, _in_atom("id"), feed.address)
    child(root, _in_atom("updated"), feed.updated.isoformat())
    child(root, _in_atom("link"), rel="self", type="application/atom+xml", href=feed.address)
    child(root, _in_atom("link"), rel="alternate", type="text/html", href=feed.home)
    child(child(root, _in_atom("author")), _in_atom("name"), feed.publisher)
    for item in feed.items:
        entry = Tree.SubElement(
            root, _in_atom("entry"), {_XML_LANG: item.language} if item.language else {}
        )
        child(entry, _in_atom("title"), item.title)
        child(entry, _in_atom("id"), item.id)
        child(entry, _in_atom("published"), item.published.isoformat())
        child(entry, _in_atom("updated"), item.updated.isoformat())
        child(entry, _in_atom("link"), rel="alternate", type="text/html", href=item.url)
        child(entry, _in_atom("summary"), item.summary)
        child(entry, _in_atom("content"), item.html, type="html")
        for tag in item.tags:
            child(entry, _in_atom("category"), term=tag)
    return written(root)


def _in_atom(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _json(feed: Feed) -> bytes:
    found = {
        "version": _JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "description": feed.description,
        "language": feed.language,
        "authors": [{"name": feed.publisher, "url": feed.home}],
        "items": [_json_item(item) for item in feed.items],
    }
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _json_item(item: FeedItem) -> dict[str, object]:
    found: dict[str, object] = {
        "id": item.id,
        "url": item.url,
        "title": writable(item.title),
        "content_html": writable(item.html),
        "content_text": writable(item.summary),
        "summary": writable(item.summary),
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        "language": item.language,
        "tags": [writable(tag) for tag in item.tags],
        "image": item.image,
    }
    return {name: value for name, value in found.items() if value}
