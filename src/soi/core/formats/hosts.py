"""Decide what a host is called and whose it is.

In: host names and URLs as strangers write them. Out: lower-case ASCII hosts, registrable domains by
the Public Suffix List (its private section too, so that two blogs on one platform are two owners).
Nothing is ever resolved or fetched.
"""

from __future__ import annotations

import ipaddress
import re
import string
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import idna

from soi.core.formats.codes import Code
from soi.core.suffixes import public_suffix, registrable

HOST_LIMIT = 253
"""Characters in a host name (RFC 1035, section 2.3.4)."""
URL_LIMIT = 2_000
"""Characters in a URL: longer ones are refused, since a cut URL leads elsewhere."""

_ASCII_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
# Browsers read "\" as "/" and strip tabs and line ends, Python does not: what the two would read
# differently is no URL here. Quotes and angle brackets could leave an attribute or a tag.
_NOT_IN_A_URL = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"'`{}|^\u2028\u2029\ud800-\udfff]")
_WEB = re.compile(r"https?://", re.IGNORECASE)


class UnusableUrlError(ValueError):
    """The URL may not be stored; `code` says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


def ascii_host(text: str) -> str | None:
    """Return the host in lower-case ASCII (punycode) without a final dot, None if it is none.

    IDNA 2008 with the UTS #46 mapping; names that registries sold before (emoji, underscores in
    subdomains) get the older encoding. IP addresses and single labels are no hosts here.
    """
    host = text.strip().rstrip(".")
    if not host or len(host) > HOST_LIMIT:
        return None
    ascii_form = host.lower() if host.isascii() else _to_ascii(host)
    if ascii_form is None or not _ASCII_HOST.fullmatch(ascii_form):
        return None
    return None if ascii_form.rpartition(".")[2].isdecimal() else ascii_form


def _to_ascii(host: str) -> str | None:
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        pass
    try:
        return host.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return None


def without_www(host: str) -> str:
    """Return the host without a leading `www.`, unless nothing but a suffix would be left."""
    bare = host.removeprefix("www.")
    return bare if registrable(bare) else host


def has_known_suffix(host: str) -> bool:
    """Say whether the host ends in a suffix that the Public Suffix List really has."""
    return public_suffix(host, accept_unknown=False) is not None


def same_owner(one: str, other: str) -> bool:
    """Say whether two ASCII hosts stand under one registrable domain."""
    domain = registrable(one)
    return domain is not None and domain == registrable(other)


@dataclass(frozen=True, slots=True)
class WebUrl:
    """A web address that may be stored and shown as a link: all ASCII, and its host."""

    url: str
    host: str


def web_url(text: str) -> WebUrl:
    """Return an http(s) URL in ASCII: punycode in the host, percent-encoding elsewhere (RFC 3987).

    Raises `UnusableUrlError` for any other scheme, for a user part, white space, control characters
    or backslashes, for IP addresses, single labels and bare public suffixes, and beyond
    `URL_LIMIT`.
    """
    given = text.strip()
    if not given:
        raise UnusableUrlError(Code.URL_MISSING)
    if len(given) > URL_LIMIT:
        raise UnusableUrlError(Code.URL_TOO_LONG)
    if not _WEB.match(given):
        raise UnusableUrlError(Code.URL_SCHEME)
    found = None if _NOT_IN_A_URL.search(given) else _split(given)
    if found is None or registrable(found.host) is None:
        raise UnusableUrlError(Code.URL_MALFORMED)
    if len(found.url) > URL_LIMIT:
        raise UnusableUrlError(Code.URL_TOO_LONG)
    return found


def _split(url: str) -> WebUrl | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = ascii_host(parts.hostname or "")
    if host is None or "@" in parts.netloc:
        return None
    authority = host if port is None else f"{host}:{port}"
    rest = quote(url[url.index("//") + 2 + len(parts.netloc) :], safe=string.punctuation)
    return WebUrl(f"{parts.scheme}://{authority}{rest}", host)


def public_address(text: str) -> bool | None:
    """Say whether an IP address is a public one; None when the text is no IP address."""
    try:
        return ipaddress.ip_address(text.strip("[]")).is_global
    except ValueError:
        return None
