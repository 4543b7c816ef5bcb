"""Read the marks by which a page, a file or a profile says whose it is.

In: text that a stranger's server sent. Out: what it says: links with `rel="me"`, meta tags, the
profile's own description, lines of a file, the apps that a site calls its own, the name that a DID
document answers to. Nothing here is believed: a mark is compared by whoever asked for it, and what
can't be read says nothing. Time grows with the length of what is read, never faster.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from soi.core.formats.hosts import UnusableUrlError, web_url
from soi.core.formats.plain import one_line
from soi.core.text import Platform, split

PAGE_LIMIT = 2_000_000
"""Characters of a page that are read; what stands beyond says nothing."""
MARKS_LIMIT = 20_000
"""Tags of a page that are looked at."""
VALUE_LIMIT = 5_000
"""Characters of one attribute."""
JSON_LIMIT = 1_000_000

# What stands in comments, scripts and styles is not on the page. Each alternative begins with other
# characters, and what is opened and never closed ends the page: nothing is read twice.
_TAG = re.compile(
    r"<!--|<(script|style|template|noscript|textarea|title|a|link|meta)(?=[\s/>])", re.IGNORECASE
)
_ATTRIBUTES = re.compile(r"(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE = re.compile(r"([a-zA-Z][\w:-]{0,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_CLOSINGS = {
    tag: re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE)
    for tag in ("script", "style", "template", "noscript", "textarea", "title")
}
"""What stands in these is no markup; of a title it is text."""
_DESCRIPTIONS = frozenset(
    {"description", "og:description", "twitter:description", "title", "og:title", "twitter:title"}
)
_ANDROID_RELATION = "delegate_permission/common."
_FINGERPRINT = re.compile(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}")
_YOUTUBE_ID = re.compile(r"/channel/(UC[\w-]{22})(?:[/?#]|$)")


@dataclass(frozen=True, slots=True)
class Marks:
    """What a page says of itself."""

    me: tuple[str, ...]
    """Web addresses of its links with `rel="me"`."""
    metas: tuple[tuple[str, str], ...]
    """Names (or properties) and contents of its meta tags."""
    descriptions: tuple[str, ...]
    """Its title and descriptions: on a profile what its owner wrote, and no comment of others."""
    canonical: str
    """The address that it calls its own, ""."""


def read_marks(page: str, *, url: str) -> Marks:
    """The marks of a page that was found at `url`. Never raises."""
    me: list[str] = []
    metas: list[tuple[str, str]] = []
    descriptions: list[str] = []
    canonical = ""
    for tag, attributes, inner in _tags(page[:PAGE_LIMIT]):
        if tag == "title":
            descriptions.append(one_line(html.unescape(inner[:VALUE_LIMIT])))
        elif tag == "meta":
            name = (
                attributes.get("name") or attributes.get("property") or attributes.get("itemprop")
            )
            if name and "content" in attributes:
                metas.append((name.lower(), attributes["content"]))
                if name.lower() in _DESCRIPTIONS:
                    descriptions.append(one_line(attributes["content"]))
        else:
            relations = attributes.get("rel", "").lower().split()
            address = _address(attributes.get("href", ""), url)
            if address and "me" in relations:
                me.append(address)
            if address and "canonical" in relations and tag == "link":
                canonical = address
    return Marks(tuple(me), tuple(metas), tuple(descriptions), canonical)


def _tags(page: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Name, attributes and, for a title, the text of each tag that is looked at."""
    place, number = 0, 0
    while (opening := _TAG.search(page, place)) and number < MARKS_LIMIT:
        if opening[0] == "<!--":
            end = page.find("-->", opening.end())
            if end < 0:
                return
            place = end + 3
            continue
        attributes = _ATTRIBUTES.match(page, opening.end())
        if not attributes:
            return
        tag, place, inner = opening[1].lower(), attributes.end(), ""
        if tag in _CLOSINGS:
            closing = _CLOSINGS[tag].search(page, place)
            if closing is None:
                return
            inner, place = page[place : closing.start()], closing.end()
            if tag != "title":
                continue
        number += 1
        yield tag, _read_attributes(attributes[0]), inner


def _read_attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        # The first of two attributes of one name counts (HTML, section 13.2.5.33).
        value = (double or single or bare)[:VALUE_LIMIT]
        found.setdefault(name.lower(), html.unescape(value).strip())
    return found


def _address(href: str, url: str) -> str:
    try:
        return web_url(urljoin(url, href)).url if href else ""
    except (UnusableUrlError, ValueError):
        return ""


def platform_id_of(marks: Marks, platform: str) -> str:
    """What a profile's page says that the platform calls the account; "" where it does not say."""
    if platform == Platform.YOUTUBE and (found := _YOUTUBE_ID.search(marks.canonical)):
        return found[1]
    return ""


def account_at(url: str) -> tuple[str, str] | None:
    """Platform and account name of a profile's address, None for an address of no known one."""
    found = split(url[:VALUE_LIMIT]).handles
    return (found[0].platform.value, found[0].name.lower()) if found else None


def same_page(one: str, other: str) -> bool:
    """Whether two web addresses lead to one page, as far as their writing tells."""
    return _written(one) == _written(other) != ""


def _written(url: str) -> str:
    try:
        found = web_url(url)
    except UnusableUrlError:
        return ""
    rest = found.url.partition("://")[2].partition("#")[0]
    return rest.removeprefix("www.").rstrip("/")


def has_line(text: str, line: str) -> bool:
    """Whether a file has that line, white space at its ends aside."""
    return any(each.strip() == line for each in text[:PAGE_LIMIT].splitlines())


def android_apps(text: str) -> tuple[str, ...]:
    """The packages that a site's `assetlinks.json` lets speak for it (Digital Asset Links).

    A statement without a certificate's SHA-256 names no app in particular, and is left out.
    """
    found: list[str] = []
    statements = _json(text)
    for statement in statements if isinstance(statements, list) else []:
        target = _get(statement, "target")
        relations = _texts(_get(statement, "relation"))
        prints = _texts(_get(target, "sha256_cert_fingerprints"))
        package = _get(target, "package_name")
        is_named = any(each.startswith(_ANDROID_RELATION) for each in relations)
        is_signed = any(_FINGERPRINT.fullmatch(each.upper()) for each in prints)
        if is_named and is_signed and _get(target, "namespace") == "android_app":
            found += [package] if isinstance(package, str) else []
    return tuple(found)


def apple_apps(text: str) -> tuple[str, ...]:
    """The bundle identifiers that an `apple-app-site-association` names, without the team's."""
    value = _json(text)
    found: list[str] = []
    details = _get(_get(value, "applinks"), "details")
    for detail in details if isinstance(details, list) else []:
        found += [*_texts([_get(detail, "appID")]), *_texts(_get(detail, "appIDs"))]
    for part in ("webcredentials", "appclips"):
        found += _texts(_get(_get(value, part), "apps"))
    return tuple(each.partition(".")[2] for each in found if "." in each)


def bluesky_name(text: str, did: str) -> str:
    """The name that a DID document answers to first, "" unless it is the document of `did`.

    The first of `alsoKnownAs` that is an AT name counts (AT Protocol, Handle resolution).
    """
    value = _json(text)
    if _get(value, "id") != did:
        return ""
    for each in _texts(_get(value, "alsoKnownAs")):
        if each.startswith("at://"):
            return each.removeprefix("at://").lower()
    return ""


def _json(text: str) -> object:
    """What a stranger's JSON says, None for what can't be read."""
    if len(text) > JSON_LIMIT:
        return None
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found


def _get(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _texts(value: object) -> list[str]:
    found = value if isinstance(value, list) else []
    return [each for each in found[:MARKS_LIMIT] if isinstance(each, str)]
