"""Read a host name out of what people paste, and say what kind of ground it stands on.

In: a link, an address or a bare host, however disguised. Out: the host in lower-case Unicode, its
registrable part, and whether strangers share it. Nothing here reads the network: the public suffix
list is the copy inside `publicsuffixlist`, its private section included.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from soi.core import suffixes
from soi.core.lookalike.words import word_set

MAX_HOST = 253
"""Longest host name in its ASCII form (RFC 1035, 2.3.4, without the final dot)."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}:[/\\]{2}")
_AUTHORITY_END = re.compile(r"[/\\?#\s]")
_PORT = re.compile(r":[0-9]{0,5}\Z")
DOTS = str.maketrans({"。": ".", "．": ".", "｡": "."})
"""What else parts labels (UTS #46, section 2.3)."""
_FORBIDDEN = re.compile(r"[\x00-\x20\"#%/:<>?@\[\\\]^`{|}\x7f]")  # WHATWG URL, 3.1
_BIDI = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class HostSlice:
    """The piece of a longer text that holds the host: `text[start:end]`, still in disguise."""

    start: int
    end: int
    user: int
    """Where what stands before the host as a user's name begins; `start` when nothing does."""


def host_slice(text: str) -> HostSlice:
    """Find the host between scheme, user part, port and path, as a browser would (WHATWG URL)."""
    start = len(text) - len(text.lstrip())
    scheme = _SCHEME.match(text, start)
    if scheme:
        start = scheme.end()
    elif text.startswith("//", start):
        start += 2
    end_mark = _AUTHORITY_END.search(text, start)
    end = end_mark.start() if end_mark else len(text)
    user, start = start, max(start, text.rfind("@", start, end) + 1)
    port = _PORT.search(text, max(start, end - 6), end)
    return HostSlice(start, port.start() if port else end, user)


def decode_label(label: str) -> str:
    """The Unicode form of an `xn--` label (RFC 3492); a malformed one comes back unchanged.

    Malformed too are labels that hide plain ASCII or letters with another normal form: browsers
    refuse them (UTS #46, section 4.1), and `xn--example-` must never pass for `example`.
    """
    if not label.startswith("xn--") or len(label) > MAX_HOST:
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError, ValueError):
        return label
    is_normal = unicodedata.normalize("NFKC", decoded).lower() == decoded
    return decoded if is_normal and not decoded.isascii() else label


def normalise_host(text: str) -> str:
    """The host in `text` in lower-case Unicode, or "" when there is none.

    Scheme, user part, port, path and a final dot are taken off; percent escapes and punycode are
    decoded; full-width letters and dots and invisible characters are resolved (UTS #46). Letters
    that merely look alike stay as they are. Never raises.
    """
    found = host_slice(text)
    if found.end - found.start > 8 * MAX_HOST:
        return ""
    host = unquote(text[found.start : found.end], errors="replace")
    host = unicodedata.normalize("NFKC", visible(host).translate(DOTS)).lower()
    host = unicodedata.normalize("NFKC", host).strip(".")
    if len(host) > MAX_HOST or _FORBIDDEN.search(host) or ".." in host:
        return ""
    return ".".join(decode_label(label) for label in host.split("."))


def visible(text: str) -> str:
    """`text` without characters that show nothing: format marks, soft hyphens, variation marks."""
    if text.isascii():
        return text
    return "".join(c for c in text if not is_invisible(c))


def is_invisible(character: str) -> bool:
    """Whether it is a format character or a variation selector (ignored in names by UTS #46)."""
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


def turns_direction(text: str) -> bool:
    """Whether `text` holds a mark that turns the reading direction; no real host name does."""
    return not text.isascii() and not _BIDI.isdisjoint(text)


def public_suffix(host: str) -> str:
    """The longest public suffix of a normalised host, private section included; "" for none."""
    if not host or is_address(host):
        return ""
    return suffixes.public_suffix(host) or ""


def registrable(host: str) -> str | None:
    """The part of a normalised host that one person or organisation registered.

    None for a bare public suffix, an IP address or "". Customers of a shared host are told apart:
    `a.github.io` is its own registrable name.
    """
    if not host or is_address(host):
        return None
    return suffixes.registrable(host)


def is_shared_host(host: str) -> bool:
    """Whether anybody can get a name under this host's suffix by opening an account there.

    True for a customer's name and for the platform's own bare suffix alike (`a.github.io`,
    `github.io`): the private section of the public suffix list.
    """
    suffix = public_suffix(host)
    if not suffix:
        return False
    return suffix != suffixes.icann_suffix(host)


def is_shortener(host: str) -> bool:
    """Whether where a link on this host leads cannot be told from its name.

    True for link shorteners, link-in-bio pages and form or page builders whose customers live in
    the path. Both `bit.ly` and a subdomain of it count.
    """
    listed = word_set("open-platforms")
    return any(parent in listed for parent in parents(host))


def parents(host: str) -> list[str]:
    """`host` and every name above it, longest first: a.b.c, b.c, c. At most 128 of them."""
    labels = host.split(".")
    first = max(0, len(labels) - 128)
    return [".".join(labels[i:]) for i in range(first, len(labels))]


def is_address(host: str) -> bool:
    """Whether it is an IPv4 or IPv6 address and so no name at all."""
    if not host or host[-1].isalpha():
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
