"""Read which pages a sitemap, an RSS or an Atom feed leads to.

In: XML from strangers, of any size. Out: addresses as they stand there, each with what is said of
its last change, one at a time. A document type is refused before anything that it declares is
expanded: sitemaps and feeds need none, and entity bombs and outside entities do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final
from xml.parsers import expat

from soi.core.formats.codes import Code
from soi.core.formats.errors import FormatError

DEPTH: Final = 30
LINKS: Final = 100_000
"""Links of one file; a sitemap has 50,000 at most."""
_TEXT = 4_000
"""Characters of one text; what is longer is no address and no date."""
_CHUNK = 65_536
_ROOT = re.compile(r"<(?!\?|!--)(?:[\w.-]+:)?([A-Za-z]+)")
_ROOTS = frozenset({"urlset", "sitemapindex", "rss", "RDF", "feed"})
_ENTRIES = frozenset({"url", "sitemap", "item", "entry"})
_PLACES = frozenset({"loc", "link"})
_CHANGES = frozenset({"lastmod", "pubDate", "date", "updated", "modified"})


@dataclass(frozen=True, slots=True)
class PageLink:
    """One page that is named, or another list of pages (`is_list`)."""

    url: str
    changed: str
    """As it is written there, "" when nothing is said."""
    is_list: bool = False


def is_link_list(head: bytes) -> bool:
    """True if the first bytes of a file are those of a sitemap or of a feed of links."""
    start = head[:_CHUNK].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    first = _ROOT.search(start) if start.startswith("<") else None
    return bool(first and first[1] in _ROOTS)


def read_links(stream: BinaryIO) -> Iterator[PageLink]:
    """Yield the links in their order, at most `LINKS`.

    Raises `FormatError`: `broken_xml` (after what stood before the place was yielded), which also
    refuses a document type, and depth beyond `DEPTH`.
    """
    reader = _Reader()
    count = 0
    more = True
    while more and count < LINKS:
        piece = stream.read(_CHUNK)
        more = bool(piece)
        fault = reader.feed(piece, is_last=not more)
        for link in reader.taken():
            yield link
            count += 1
            if count == LINKS:
                return
        if fault:
            raise FormatError(Code.BROKEN_XML, f"The XML can't be read: {fault}.", count)


class _Reader:
    """Gathers links from the parser's events."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._links: list[PageLink] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._url = self._changed = ""

    def feed(self, piece: bytes, *, is_last: bool) -> str:
        """Read on; returns what is wrong, "" if nothing is."""
        try:
            self._parser.Parse(piece, is_last)
        except expat.ExpatError as error:
            return str(error)
        except _RefusedError as error:
            return str(error)
        return ""

    def taken(self) -> list[PageLink]:
        """The links that were found since the last call."""
        found, self._links = self._links, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self._path.append(local)
        if len(self._path) > DEPTH:
            raise _RefusedError("it is nested too deep")
        self._text, self._length = [], 0
        if local in _ENTRIES:
            self._url = self._changed = ""
        is_page = attributes.get("rel", "alternate") == "alternate"
        if local == "link" and "href" in attributes and is_page and _is_entry(self._path[:-1]):
            self._url = self._url or attributes["href"][:_TEXT].strip()

    def _end(self, name: str) -> None:
        local = self._path.pop()
        text = "".join(self._text).strip()
        self._text, self._length = [], 0
        if _is_entry(self._path):
            if local in _PLACES and text:
                self._url = self._url or text
            elif local in _CHANGES and text:
                self._changed = text
        if local in _ENTRIES and self._url:
            self._links.append(PageLink(self._url, self._changed, is_list=local == "sitemap"))

    def _data(self, text: str) -> None:
        if self._length < _TEXT:
            self._text.append(text[: _TEXT - self._length])
            self._length += len(text)


def _is_entry(path: list[str]) -> bool:
    """True if an entry stands there itself, and not an image or an author of it."""
    return bool(path) and path[-1] in _ENTRIES


class _RefusedError(Exception):
    """What a list of links has no need of."""


def _refuse_doctype(*_declared: object) -> None:
    raise _RefusedError("it declares a document type")
