"""What a client of `claims:search` asks for, read strictly; and the tokens of its pages.

In: the parameters of an address. Out: a `Search`. A token names where the page begins and the
question it was given for; it is opaque to clients and no secret.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

LARGEST, USUAL = 100, 10
LONGEST = 500
"""Characters of a query."""
_FURTHEST = 100_000
"""So many claims can be skipped by `offset`, and so old can a claim be asked to be, in days."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,4}")
_SITE = re.compile(r"(?:https?://)?([^/\s?#@\0]{1,253})/?", re.IGNORECASE)


class ArgumentInvalid(ValueError):
    """A parameter can't be what it is; the text names it."""


@dataclass(frozen=True, slots=True)
class Search:
    """Which claims, and which page of them."""

    query: str
    language: str
    """The first part of a language tag in lower case, "" for every language."""
    site: str
    """A site without `www.`, "" for every one."""
    max_age_days: int
    """0 for every age."""
    page_size: int
    offset: int
    place: int | None = None
    """Where the page begins, as a token said it; None for the first page."""

    @property
    def name(self) -> str:
        """What tells it from every other question, whichever page is asked for."""
        asked = [getattr(self, each.name) for each in fields(self)[:4]]
        return hashlib.sha256(repr(asked).encode("utf-8", "replace")).hexdigest()[:12]

    def token(self, place: int) -> str:
        """The token of the page that begins at `place`."""
        plain = json.dumps([self.name, place], separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode()


def search_of(given: Mapping[str, str]) -> Search:
    """What the parameters ask for. Raises `ArgumentInvalid`. Parameters that are unknown are left
    alone: clients send keys, formats and the like."""
    query = given.get("query", "").replace("\0", "").strip()
    site = _site(given.get("reviewPublisherSiteFilter", ""))
    if not query and not site:
        raise ArgumentInvalid("query: Required unless reviewPublisherSiteFilter is given.")
    if len(query) > LONGEST:
        raise ArgumentInvalid(f"query: At most {LONGEST} characters.")
    search = Search(
        query=query,
        language=_language(given.get("languageCode", "")),
        site=site,
        max_age_days=_number(given, "maxAgeDays", 0, _FURTHEST),
        page_size=min(_number(given, "pageSize", USUAL, 2**31 - 1) or USUAL, LARGEST),
        offset=_number(given, "offset", 0, _FURTHEST),
    )
    token = given.get("pageToken", "")
    if not token:
        return search
    return Search(
        search.query, search.language, search.site, search.max_age_days, search.page_size,
        offset=0, place=_place(token, search.name),
    )  # fmt: skip


def _number(given: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and int(text) <= most):
        raise ArgumentInvalid(f"{name}: Not a whole number from 0 to {most}.")
    return int(text)


def _language(code: str) -> str:
    if code and not _LANGUAGE.fullmatch(code):
        raise ArgumentInvalid("languageCode: Not a language tag (BCP 47), such as vi or en-US.")
    return re.split("[-_]", code)[0].lower()


def _site(text: str) -> str:
    if not text:
        return ""
    found = _SITE.fullmatch(text.strip())
    if found is None:
        raise ArgumentInvalid("reviewPublisherSiteFilter: Not a site, such as desk.example.")
    return found[1].lower().removeprefix("www.")


def _place(token: str, name: str) -> int:
    try:
        plain = base64.b64decode(token[:200].encode(), altchars=b"-_", validate=True)
        asked, place = json.loads(plain)
    except (binascii.Error, ValueError, TypeError, RecursionError):
        asked, place = "", None
    if asked != name or type(place) is not int or not 0 < place < 2**63:
        raise ArgumentInvalid("pageToken: Not a token of this search.")
    return place
