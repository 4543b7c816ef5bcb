"""Decide whether what a file says of a check is taken as a record, and bring it into its form.

In: a `Draft` with the raw values that some reader found. Out: a `CheckRecord` in which every text
is one plain line within its limit and the URL is a web address on the publisher's own site, or a
`Refusal`. Readers differ in where they find the values; what may be stored is decided here alone.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from soi.core.formats.codes import Code
from soi.core.formats.hosts import UnusableUrlError, WebUrl, same_owner, web_url, without_www
from soi.core.formats.plain import RAW_LIMIT, cut, excerpt, one_line, plain_line
from soi.core.formats.records import CheckRecord, Refusal, Verdict

# A record is refused when one of these is exceeded: cutting would change what it says or is.
CLAIM_LIMIT = 2_000
VERDICT_WORDS_LIMIT = 500
KEY_LIMIT = 500
# What is longer is cut, with "…".
TITLE_LIMIT = 500
SUMMARY_LIMIT = 10_000
NAME_LIMIT = 200
LICENCE_LIMIT = 500

_CLAIM_HASH_DIGITS = 16
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9_-]{1,20})?", re.IGNORECASE)
_ANY_SCHEME = re.compile(r"(?:https?|javascript|vbscript|data|file|blob)\s*:", re.IGNORECASE)


class RefusedError(Exception):
    """One record cannot be taken; readers turn this into a `Refusal`."""

    def __init__(self, code: Code, why: str, value: object = None) -> None:
        super().__init__(why)
        self.code = code
        self.why = why
        self.value = value

    def refusal(self, position: int) -> Refusal:
        """Return the refusal of the record at `position`."""
        return Refusal(position, self.code, self.why, excerpt(self.value))


@dataclass(slots=True)
class Draft:
    """The raw values of one check, before anything is decided about them."""

    url: str = ""
    key: str = ""
    """"" for the derived key."""
    publisher_name: str = ""
    publisher_url: str = ""
    """"" when the file does not say: then it is the host of `url`."""
    claim: str = ""
    title: str = ""
    summary: str = ""
    verdict: Verdict | None = None
    verdict_words: str = ""
    language: str = ""
    claimed_on: dt.date | None = None
    published_on: dt.date | None = None
    modified_on: dt.date | None = None
    licence: str = ""


def admit(draft: Draft, position: int) -> CheckRecord:
    """Return the record at `position`; raises `RefusedError` when it may not be stored."""
    page = usable_url(draft.url, "address of the check")
    site = _publisher_site(draft.publisher_url, page)
    claim = _essential(draft.claim, CLAIM_LIMIT, Code.CLAIM_TOO_LONG, "claim")
    if not claim:
        raise RefusedError(Code.CLAIM_MISSING, "There is no text of the claim.", draft.claim)
    words = _essential(draft.verdict_words, VERDICT_WORDS_LIMIT, Code.VERDICT_TOO_LONG, "verdict")
    if not words and draft.verdict is None:
        raise RefusedError(Code.VERDICT_MISSING, "There are neither words nor a usable number.")
    return CheckRecord(
        key=_own_key(draft.key) or derived_key(page.url, claim),
        url=page.url,
        publisher_name=cut(plain_line(draft.publisher_name), NAME_LIMIT) or site,
        publisher_site=site,
        claim=claim,
        title=cut(plain_line(draft.title), TITLE_LIMIT),
        summary=cut(plain_line(draft.summary), SUMMARY_LIMIT),
        verdict=draft.verdict,
        verdict_words=words,
        language=primary_language(draft.language),
        claimed_on=draft.claimed_on,
        published_on=draft.published_on,
        modified_on=draft.modified_on,
        licence=_licence(draft.licence),
        position=position,
    )


def derived_key(url: str, claim: str) -> str:
    """Return the key of a check without an id of its own: one page may check several claims."""
    digest = hashlib.sha256(f"{url}\n{claim}".encode()).hexdigest()
    return f"{url[: KEY_LIMIT - _CLAIM_HASH_DIGITS - 1]}#{digest[:_CLAIM_HASH_DIGITS]}"


def primary_language(tag: str) -> str:
    """Return the primary subtag of a BCP 47 tag in lower case, "" when it is none."""
    match = _LANGUAGE.fullmatch(tag.strip())
    return match[1].lower() if match else ""


def usable_url(text: str, what: str) -> WebUrl:
    """Return a storable URL; raises `RefusedError` with the URL's fault."""
    try:
        return web_url(text)
    except UnusableUrlError as error:
        raise RefusedError(error.code, f"The {what} cannot be used.", text) from None


def _publisher_site(publisher_url: str, page: WebUrl) -> str:
    if not publisher_url.strip():
        return without_www(page.host)
    site = usable_url(publisher_url, "publisher's address").host
    if not same_owner(site, page.host):
        why = f"The check is on {page.host}, its publisher on {site}."
        raise RefusedError(Code.URL_ELSEWHERE, why, page.url)
    return without_www(site)


def _own_key(text: str) -> str:
    # A key may be a URL with "&copy=" in it, so entities are left alone; tags are not.
    key = one_line(text[: KEY_LIMIT + 1])
    if len(text) > KEY_LIMIT:
        raise RefusedError(Code.KEY_TOO_LONG, f"The id exceeds {KEY_LIMIT} characters.", text)
    if "<" in key or ">" in key:
        raise RefusedError(Code.KEY_INVALID, "The id holds angle brackets.", text)
    return key


def _essential(text: str, limit: int, code: Code, what: str) -> str:
    line = plain_line(text) if len(text) <= RAW_LIMIT else ""
    if len(text) > RAW_LIMIT or len(line) > limit:
        raise RefusedError(code, f"The {what} is longer than {limit} characters.", text)
    return line


def _licence(text: str) -> str:
    """Return a licence's address or name; an address that may not be stored is dropped."""
    line = plain_line(text)
    for candidate in (text, line):
        with contextlib.suppress(UnusableUrlError):
            url = web_url(candidate).url
            return url if len(url) <= LICENCE_LIMIT else ""
    return "" if _ANY_SCHEME.match(line) else cut(line, LICENCE_LIMIT)
