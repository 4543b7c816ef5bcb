"""Write sitemaps as search engines read them (sitemaps.org 0.9, with the languages of each page).

In: pages with their addresses by language. Out: a file of pages, or the index of such files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as Tree

from soi.core.formats.xml import child, written

LARGEST = 10_000
"""Pages in one file here; 50,000 addresses and 50 MB are allowed."""
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True)
class SitemapPage:
    """One page by language, and when it was changed, if that is known."""

    addresses: Mapping[str, str]
    changed: dt.datetime | dt.date | None = None


def write_sitemap(pages: Iterable[SitemapPage]) -> bytes:
    """A file of pages: each language's address, with the others beside it."""
    Tree.register_namespace("", _SITEMAP)
    Tree.register_namespace("xhtml", _XHTML)
    root = Tree.Element(_named("urlset"))
    for page in pages:
        for address in page.addresses.values():
            url = child(root, _named("url"))
            child(url, _named("loc"), address)
            if page.changed:
                child(url, _named("lastmod"), page.changed.isoformat())
            for language, there in page.addresses.items():
                child(url, f"{{{_XHTML}}}link", rel="alternate", hreflang=language, href=there)
    return written(root)


def write_sitemap_index(files: Iterable[str]) -> bytes:
    """The list of files of pages, by their addresses."""
    Tree.register_namespace("", _SITEMAP)
    root = Tree.Element(_named("sitemapindex"))
    for address in files:
        child(child(root, _named("sitemap")), _named("loc"), address)
    return written(root)


def _named(name: str) -> str:
    return f"{{{_SITEMAP}}}{name}"
