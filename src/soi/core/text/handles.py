"""Find accounts on platforms: in profile links, and by name in the text.

In: a `Reading` and the links found in it. Out: `Handle`s in order; a profile link gives a handle
besides its link. The platform comes from the link's host, or from the platform's name beside a
"@name"; where neither says, it is UNKNOWN. Names are lower-cased, save YouTube's channel ids,
which tell case apart. Nothing here knows whether an account exists or whose it is.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from soi.core.text.lexicon import word_list
from soi.core.text.links import FoundLink
from soi.core.text.parts import Handle, Platform
from soi.core.text.reading import Reading, overlaps
from soi.core.text.syllables import is_syllable

_HOSTS = {
    "facebook.com": Platform.FACEBOOK,
    "fb.com": Platform.FACEBOOK,
    "fb.me": Platform.FACEBOOK,
    "m.me": Platform.FACEBOOK,
    "zalo.me": Platform.ZALO,
    "tiktok.com": Platform.TIKTOK,
    "youtube.com": Platform.YOUTUBE,
    "t.me": Platform.TELEGRAM,
    "telegram.me": Platform.TELEGRAM,
    "x.com": Platform.X,
    "twitter.com": Platform.X,
    "instagram.com": Platform.INSTAGRAM,
    "bsky.app": Platform.BLUESKY,
}
_SUBDOMAINS = re.compile(r"^(?:www|m|web|mobile|mbasic|vi-vn|en-gb|oa|chat|l)\.")

_NAME = r"(?P<name>[\w.-]{2,64})"
_PATHS = {
    Platform.FACEBOOK: rf"/(?:profile\.php\?(?:.*&)?id=(?P<id>\d{{5,20}})"
    rf"|(?:pages|people)/[^/]+/(?P<page>\d{{5,20}})|(?:pg/)?{_NAME}(?:[/?#]|$))",
    Platform.ZALO: r"/(?:oa/)?(?P<name>\+?\d{6,20})(?:[/?#]|$)",
    Platform.TIKTOK: rf"/@{_NAME}",
    Platform.YOUTUBE: rf"/(?:@|c/@?|user/){_NAME}|/channel/(?P<id>UC[\w-]{{10,40}})",
    Platform.TELEGRAM: r"/(?:s/)?(?P<name>[A-Za-z]\w{3,31})(?:[/?#]|$)",
    Platform.X: r"/@?(?P<name>\w{1,15})(?:[/?#]|$)",
    Platform.INSTAGRAM: r"/(?:stories/)?(?P<name>[\w.]{1,30})(?:[/?#]|$)",
    Platform.BLUESKY: r"/profile/(?P<name>[\w.-]{3,253}|did:[a-z]+:[\w.]+)",
}
_OF_PATH = {platform: re.compile(pattern) for platform, pattern in _PATHS.items()}
_NO_NAMES = word_list("profile-paths")
_FEDIVERSE_HOST = re.compile(r"mastodon|mstdn|masto\b|\.social$")

_AT_NAME = re.compile(
    r"(?<![\w@./:-])@(?P<name>[A-Za-z0-9_][\w.-]{1,63})(?:@(?P<server>[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}))?",
    re.ASCII,
)
_BLUESKY_NAME = re.compile(r"(?<![\w@.-])[a-z0-9][a-z0-9-]{1,60}\.bsky\.social\b")
_PLATFORM_WORDS = {
    "facebook": Platform.FACEBOOK,
    "fb": Platform.FACEBOOK,
    "fanpage": Platform.FACEBOOK,
    "zalo": Platform.ZALO,
    "tiktok": Platform.TIKTOK,
    "tik tok": Platform.TIKTOK,
    "youtube": Platform.YOUTUBE,
    "yt": Platform.YOUTUBE,
    "telegram": Platform.TELEGRAM,
    "tele": Platform.TELEGRAM,
    "twitter": Platform.X,
    "instagram": Platform.INSTAGRAM,
    "insta": Platform.INSTAGRAM,
    "ig": Platform.INSTAGRAM,
    "mastodon": Platform.MASTODON,
    "bluesky": Platform.BLUESKY,
    "bsky": Platform.BLUESKY,
}
_WORDS = "|".join(sorted(_PLATFORM_WORDS, key=len, reverse=True))
_PLATFORM = re.compile(rf"(?<![\w.])(?:{_WORDS})(?!\w|\.\w)|(?<=\bon )x\b|(?<=\btren )x\b")
_NAMED = re.compile(
    rf"\b(?P<platform>{_WORDS})(?: ?(?:oa|id|page|so|sdt))? ?(?P<colon>[:：])? ?"
    r"(?P<name>[+0]\d(?:[ .-]?\d){6,12}(?!\d)|[a-z0-9_][a-z0-9_.-]{2,60}(?![\w/@]))"
)
_JOINT = re.compile(r" ?\(| (?:(?:tren|on|o|cua)(?: (?:kenh|mang|app|nen tang))? )?")
_NEAR = 28
"""How far from "@name" the platform's name may stand, in characters of the same line."""

FoundHandle = tuple[int, int, Handle]


def find_handles(
    reading: Reading, links: list[FoundLink], emails: list[tuple[int, int]]
) -> list[FoundHandle]:
    """Return the handles of `reading` in order, those of profile links included."""
    found = [item for link in links if (item := _of_link(link))]
    taken = sorted([(link.start, link.end) for link in links] + emails)
    by_name = [*_at_names(reading, taken), *_bluesky_names(reading, links)]
    covered = sorted(taken + [(start, end) for start, end, _ in by_name])
    return sorted([*found, *by_name, *_named(reading, covered)], key=lambda item: item[:2])


def _of_link(found: FoundLink) -> FoundHandle | None:
    link = found.link
    host = _SUBDOMAINS.sub("", link.host)
    path = unquote(link.url.split("://", 1)[1].removeprefix(link.ascii_host))
    platform = _HOSTS.get(host, Platform.UNKNOWN)
    if platform is Platform.UNKNOWN:
        name = _fediverse_name(host, path)
        if not name:
            return None
        platform = Platform.MASTODON
    else:
        name = _name_in_path(platform, path)
    if not name:
        return None
    return found.start, found.end, Handle(link.span, link.text, platform, name)


def _fediverse_name(host: str, path: str) -> str:
    match = re.match(r"/@(\w{1,64})(?:[/?#]|$)", path, re.ASCII)
    return f"{match[1].lower()}@{host}" if match and _FEDIVERSE_HOST.search(host) else ""


def _name_in_path(platform: Platform, path: str) -> str:
    match = _OF_PATH[platform].match(path)
    if not match:
        return ""
    groups = match.groupdict()
    if number := groups.get("id") or groups.get("page"):
        return number
    name = (groups.get("name") or "").strip(".-").lower()
    return "" if name in _NO_NAMES else name


def _at_names(reading: Reading, taken: list[tuple[int, int]]) -> list[FoundHandle]:
    found: list[FoundHandle] = []
    for match in _AT_NAME.finditer(reading.plain):
        name = match["name"].rstrip(".-")
        server = match["server"]
        end = match.end() if server else match.start("name") + len(name)
        if len(name) < 2 or overlaps(match.start(), end, taken):
            continue
        name = name.lower()
        if server:
            platform, name = Platform.MASTODON, f"{name}@{server.lower()}"
        elif name.endswith(".bsky.social"):
            platform = Platform.BLUESKY
        else:
            platform = _platform_near(reading.base, match.start(), end)
        span, text = reading.place(match.start(), end)
        found.append((match.start(), end, Handle(span, text, platform, name)))
    return found


def _platform_near(base: str, start: int, end: int) -> Platform:
    """The platform named after "trên", "on" or a bracket, or else the last one named before."""
    after = base[end : end + _NEAR].partition("\n")[0]
    joint = _JOINT.match(after)
    if joint and (named := _PLATFORM.match(after, joint.end())):
        return _PLATFORM_WORDS.get(named[0], Platform.X)
    before = re.split(r"[\n@.,;]", base[max(0, start - _NEAR) : start])[-1]
    words = _PLATFORM.findall(before)
    return _PLATFORM_WORDS.get(words[-1], Platform.X) if words else Platform.UNKNOWN


def _bluesky_names(reading: Reading, links: list[FoundLink]) -> list[FoundHandle]:
    """A name under bsky.social is a host and a handle at once."""
    hosts = {(link.start, link.end) for link in links}
    found: list[FoundHandle] = []
    for match in _BLUESKY_NAME.finditer(reading.base):
        if match.span() in hosts:
            span, text = reading.place(*match.span())
            found.append((*match.span(), Handle(span, text, Platform.BLUESKY, match[0])))
    return found


def _named(reading: Reading, taken: list[tuple[int, int]]) -> list[FoundHandle]:
    """Names after "Zalo:" or "fb:"; without the colon only numbers, since words follow words."""
    found: list[FoundHandle] = []
    for match in _NAMED.finditer(reading.base):
        name = match["name"].rstrip(".-")
        start, end = match.start("name"), match.start("name") + len(name)
        if overlaps(start, end, taken) or not _is_name(name, colon=bool(match["colon"])):
            continue
        platform = _PLATFORM_WORDS[match["platform"]]
        if name[0] in "+0123456789" and platform is Platform.ZALO:
            name = re.sub(r"[ .-]", "", name)
        span, text = reading.place(start, end)
        found.append((start, end, Handle(span, text, platform, name)))
    return found


def _is_name(name: str, *, colon: bool) -> bool:
    if re.fullmatch(r"[+\d][\d .-]{7,}", name):
        return True
    if not colon or len(name) < 4 or name.replace(".", "").isdigit():
        return False
    return bool(re.search(r"[\d._]", name)) or not (is_syllable(name) or len(name) < 6)
