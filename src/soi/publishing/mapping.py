"""Which pages search engines are led to: the desk's own checks, its lists, the directory.

Checks that other desks have published are left out: their own pages are where they belong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from soi.checking import public
from soi.checking.types import Topic
from soi.core.formats.sitemap import LARGEST, SitemapPage
from soi.register import queries as register

_LISTS = (
    "answer",
    "checks",
    "corrections",
    "challenges",
    "organisations",
    "how-we-work",
    "ownership",
    "log",
    "feeds",
)
_SLICE = 1000


def part_count() -> int:
    """In how many files the pages are listed."""
    count = len(_LISTS) + len(Topic) + register.organisation_count()
    return max(1, -(-(count + len(public.newest_editions(with_withdrawn=True))) // LARGEST))


def pages(part: int) -> Iterator[SitemapPage]:
    """The pages of one file, from 1."""
    return islice(_all_pages(), (part - 1) * LARGEST, part * LARGEST)


def _all_pages() -> Iterator[SitemapPage]:
    for name in _LISTS:
        yield _page(f"public:{name}")
    for topic in Topic:
        yield _page("public:topic", topic.value)
    editions = public.newest_editions(with_withdrawn=True)
    for start in range(0, len(editions), _SLICE):
        for row in editions[start : start + _SLICE]:
            yield _page("public:claim", row.claim_id, changed=row.published_at)
    organisations = register.organisations()
    for start in range(0, len(organisations), _SLICE):
        for found in organisations[start : start + _SLICE]:
            yield _page("public:organisation", found.slug)


def _page(name: str, *arguments: object, changed: dt.datetime | None = None) -> SitemapPage:
    addresses = {}
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            addresses[code] = settings.SOI_BASE_URL + reverse(name, args=arguments)
    return SitemapPage(addresses, changed)
