"""Find links, with or without a scheme, also where they were made unclickable or hidden.

In: a `Reading`. Out: `Link`s in their order, with the host that a browser would go to. A name
without a scheme is a link when its ending is on the public suffix list (the copy that comes with
`publicsuffixlist`) or reserved for examples (RFC 2606), and when it cannot be two sentences
without a space between ("đi.Co" is none). Nothing here opens, resolves or judges a link.
"""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import unquote

import idna

from soi.core.suffixes import public_suffix
from soi.core.text.lexicon import word_list
from soi.core.text.parts import Link
from soi.core.text.reading import Reading, overlaps
from soi.core.text.syllables import is_syllable

RESERVED = frozenset({"example", "test", "invalid", "localhost"})
"""Endings that RFC 2606 keeps for examples; demonstration content lives there."""

_MOST_OF_A_HOST = 253
_MOST_OF_A_LABEL = 63

_BRACKET_DOT = r"(?:[\[({](?:\.|dot|cham)[\])}])"
DOT = rf"(?: ?{_BRACKET_DOT} ?|[.。])"
_SAID_DOT = r" (?:dot|cham) (?=(?:com|net|org|info|top|xyz|vn|example)\b)"
LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_REST = r"(?:[^\s<>\"“”|^`,;]|[,;](?!(?:h(?:tt|xx)ps?|ftp)\b))"
_TAIL = rf"(?::\d{{1,5}})?(?:[/?#\\]{_REST}*)?"

_WITH_SCHEME = re.compile(
    r"(?<![^\W_])(?P<scheme>h(?:tt|xx|\*\*)ps?|ftp)(?:\[?:\]?//|\[://\]|:\\\\|\[:\]\[?//\]?)"
    rf"(?P<rest>{_REST}+(?: {_BRACKET_DOT} ?{_REST}+)*)",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?:(?<![\w@.$-])|(?<=\.\.))(?P<host>{LABEL}(?:(?:{DOT}|{_SAID_DOT}){LABEL}){{1,40}})"
    rf"(?P<tail>{_TAIL})",
    re.IGNORECASE,
)
_ANY_DOT = re.compile(rf"{DOT}|{_SAID_DOT}", re.IGNORECASE)
_AUTHORITY_END = re.compile(r"[/?#\\]")
_LIST_IN_HOST = re.compile(r"\A([^/?#\\,;]*)[,;].*", re.DOTALL)
_IPV6 = re.compile(r"\[([0-9a-f:.]{2,45})\](?::\d+)?", re.IGNORECASE)
_NO_HOST = re.compile(r"[\s@/\\\[\](){}<>,;:'\"!\x00]|\.\.")
_PORT = re.compile(r":\d{0,5}$")

_WORDS_TOO = word_list("link-endings")
"""Endings that are also words, units or titles: a bare name with one needs more to be a link."""

_FILE_ENDINGS = frozenset({"md", "mov", "pl", "ps", "py", "rs", "sh", "zip"})

_CLOSING = {")": "(", "]": "[", "}": "{"}
_TRAILING = frozenset(".,;:!?…'\"’”»*_~。、>")


class FoundLink(NamedTuple):
    """A link with its place in the reading."""

    start: int
    end: int
    link: Link


def find_links_with_scheme(reading: Reading) -> list[FoundLink]:
    """Return the links that say "http" or "ftp", defanged or not, in order, none overlapping."""
    return [
        item
        for match in _WITH_SCHEME.finditer(reading.plain)
        if (item := _with_scheme(reading, match))
    ]


def find_bare_links(reading: Reading, taken: list[tuple[int, int]]) -> list[FoundLink]:
    """Return the links without a scheme outside the ranges `taken`, in order."""
    return [
        item
        for match in _BARE.finditer(reading.plain)
        if not overlaps(*match.span(), taken) and (item := _bare(reading, match))
    ]


def _with_scheme(reading: Reading, match: re.Match[str]) -> FoundLink | None:
    rest = _trimmed(_LIST_IN_HOST.sub(r"\1", match["rest"]))
    scheme = "ftp" if match["scheme"].lower() == "ftp" else "http"
    scheme += "s" if match["scheme"].lower().endswith("ps") else ""
    end = match.start("rest") + len(rest)
    return _link(reading, match.start(), end, scheme, rest, needs_suffix=False)


def _bare(reading: Reading, match: re.Match[str]) -> FoundLink | None:
    rest = _trimmed(match[0])
    host = _ANY_DOT.sub(".", match["host"])
    if not _is_believable(host, has_path=len(rest) > len(match["host"])):
        return None
    end = match.start() + len(rest)
    return _link(reading, match.start(), end, "https", rest, needs_suffix=True)


def _link(
    reading: Reading, start: int, end: int, scheme: str, rest: str, *, needs_suffix: bool
) -> FoundLink | None:
    ipv6 = _IPV6.match(rest)
    stop = _AUTHORITY_END.search(rest, ipv6.end() if ipv6 else 0)
    cut = stop.start() if stop else len(rest)
    authority, tail = rest[:cut].rpartition("@")[2], rest[cut:]
    if ipv6 and not authority.startswith("["):
        ipv6 = None
    port = _PORT.search(authority)
    name = authority[: port.start()] if port else authority
    host = ipv6[1].lower() if ipv6 else host_name(name)
    ascii_host = ascii_name(host)
    if not host or not ascii_host or (needs_suffix and not has_public_suffix(ascii_host)):
        return None
    if not needs_suffix and "." not in host and not _stands_alone(host):
        return None
    shown = f"[{ascii_host}]" if ipv6 else ascii_host
    url = f"{scheme}://{shown}{port[0] if port and port[0] != ':' else ''}{tail}"
    span, text = reading.place(start, end)
    return FoundLink(start, end, Link(span, text, url, host, ascii_host))


def host_name(written: str) -> str:
    """Return a host as written in lower-case Unicode: refanged, percent-decoded, xn-- decoded.

    "" when it cannot be a host (empty, too long, white space inside).
    """
    if len(written) > 3 * _MOST_OF_A_HOST:
        return ""
    name = _ANY_DOT.sub(".", unquote(written)).replace("。", ".").lower().strip(".")
    if not name or len(name) > _MOST_OF_A_HOST or _NO_HOST.search(name):
        return ""
    return ".".join(map(_unicode_label, name.split(".")))


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode").lower()
    except (UnicodeError, ValueError, OverflowError):
        return label


def ascii_name(host: str) -> str:
    """Return `host` in ASCII by IDNA 2008 with UTS #46 mapping, "" when it has no such form.

    Names that registries refuse but browsers may still show get plain punycode, label by label.
    """
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError, ValueError):
        pass
    try:
        labels = [
            part if part.isascii() else "xn--" + part.encode("punycode").decode("ascii")
            for part in host.split(".")
        ]
    except UnicodeError:
        return ""
    return ".".join(labels) if all(len(part) <= _MOST_OF_A_LABEL for part in labels) else ""


def has_public_suffix(ascii_host: str) -> bool:
    """Whether a name stands under a public or a reserved ending."""
    labels = ascii_host.split(".")
    if len(labels) < 2:
        return False
    return labels[-1] in RESERVED or public_suffix(ascii_host, accept_unknown=False) is not None


def _stands_alone(host: str) -> bool:
    if host in RESERVED or host.isdigit():
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_believable(host: str, *, has_path: bool) -> bool:
    """Whether a bare name is a link rather than two words with a dot between."""
    labels = host.split(".")
    last, first = labels[-1], labels[0]
    if last.lower() in _FILE_ENDINGS and len(labels) == 2 and not has_path:
        return False
    if last.isdigit() or not any(letter.isalpha() for letter in last):
        return False
    if has_path or last.lower() in RESERVED or len(labels) > 2:
        return not (last[:1].isupper() and last[1:].islower() and first[:1].islower())
    if last.lower() not in _WORDS_TOO:
        return not (last.istitle() and not first.isascii())
    if not host.isascii() or not last.islower() or len(first) < 3 or first.isdigit():
        return False
    return not is_syllable(first.lower())


def _trimmed(text: str) -> str:
    """Cut closing punctuation, and closing brackets that were not opened inside."""
    open_now = {mark: text.count(mark) for mark in "()[]{}"}
    end = len(text)
    while end:
        last = text[end - 1]
        if last in _CLOSING:
            if open_now[last] <= open_now[_CLOSING[last]]:
                break
            open_now[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return text[:end]
