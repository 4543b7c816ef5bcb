"""Make one test of ownership: ask DNS or the web, and compare what they say with what was asked.

In: a `Subject`, and a `Reach` that asks for names and pages (the hardened fetch of `soi.captures`;
tests give their own). Out: a `Finding`. A server that hangs, drips, sends a gigabyte or leads round
in rings costs its time and its bytes, and nothing is believed of it: the test is untold. What was
answered and does not say what it should is denied. No more pages are asked for than a test names,
whatever they link to: files that name one another in a ring are never followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from soi.captures.errors import FetchFailed
from soi.captures.fetching import Fetched
from soi.captures.problems import Problem as FetchProblem
from soi.core.formats import Attribute, FormatError, TrustTxt, read_trusttxt
from soi.core.formats.hosts import same_owner
from soi.core.formats.ownership import (
    Marks,
    account_at,
    android_apps,
    apple_apps,
    bluesky_name,
    has_line,
    platform_id_of,
    read_marks,
    same_page,
)
from soi.register.proofs.dns import DnsFailed
from soi.register.proofs.types import Finding, Problem, ProofKind, Result, Subject

CODE_FILE = "/.well-known/soi-proof.txt"
CODE_NAME = "soi-proof"
"""The name of the meta tag."""
DNS_LABEL = "_soi"

_GONE = frozenset({FetchProblem.NOT_FOUND, FetchProblem.HOST_UNKNOWN})
"""The server says that there is nothing: an answer, unlike one that it can't give."""
_TRUST_FILES = ("/.well-known/trust.txt", "/trust.txt")
_PLC = "https://plc.directory/"
_PROFILES = MappingProxyType(
    {
        "facebook": "https://www.facebook.com/{}",
        "zalo": "https://zalo.me/{}",
        "tiktok": "https://www.tiktok.com/@{}",
        "youtube": "https://www.youtube.com/@{}",
        "telegram": "https://t.me/{}",
        "x": "https://x.com/{}",
        "instagram": "https://www.instagram.com/{}/",
        "bluesky": "https://bsky.app/profile/{}",
        "android": "https://play.google.com/store/apps/details?id={}",
    }
)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a test reaches: one page, one name."""

    fetch: Callable[[str], Fetched]
    """Raises `FetchFailed`."""
    texts: Callable[[str], Iterable[str]]
    """The TXT records of a name. Raises `DnsFailed`."""


class _Told(Exception):
    """The test is over."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.problem)
        self.finding = finding


def run(kind: ProofKind, subject: Subject, reach: Reach) -> Finding:
    """Make the test. Raises nothing of what a server can bring about."""
    try:
        return _TESTS[kind](subject, reach)
    except _Told as told:
        return told.finding
    except DnsFailed as failed:
        return Finding(Result.UNTOLD, failed.problem.value)


def profile_url(platform: str, value: str, platform_id: str = "") -> str:
    """Where an account's profile is, or an app's page in its store; "" where it can't be said."""
    if platform == "mastodon":
        name, _, host = value.partition("@")
        return f"https://{host}/@{quote(name)}" if host else ""
    if platform == "ios":
        return f"https://apps.apple.com/app/id{platform_id}" if platform_id.isdecimal() else ""
    known = _PROFILES.get(platform, "")
    return known.format(quote(value, safe="@._-")) if known else ""


def _dns_txt(subject: Subject, reach: Reach) -> Finding:
    read: list[str] = []
    for name in (f"{DNS_LABEL}.{subject.key}", subject.key):
        texts = [text.strip() for text in reach.texts(name)]
        read += [f'{name} TXT "{text}"' for text in texts]
        if subject.code in texts:
            return Finding(Result.HOLDS, records="\n".join(read))
    return _denied(Problem.CODE_MISSING, records="\n".join(read))


def _well_known(subject: Subject, reach: Reach) -> Finding:
    found = _own_page(subject, reach, CODE_FILE)
    if not has_line(found.text(), subject.code):
        return _denied(Problem.CODE_MISSING, found)
    return _holds(found)


def _meta_tag(subject: Subject, reach: Reach) -> Finding:
    found = _own_page(subject, reach, "/")
    if (CODE_NAME, subject.code) not in _marks(found).metas:
        return _denied(Problem.CODE_MISSING, found)
    return _holds(found)


def _own_page(subject: Subject, reach: Reach, path: str) -> Fetched:
    """A page of the holding itself, that did not lead away from it."""
    found = _page(reach, f"https://{subject.key}{path}")
    host = _host(found.url)
    # A subdomain's neighbours are other people's; a domain's are its own.
    is_own = host == subject.key or (subject.kind == "domain" and same_owner(host, subject.key))
    if not is_own:
        raise _Told(_denied(Problem.LED_ELSEWHERE, found))
    return found


def _trust_txt(subject: Subject, reach: Reach) -> Finding:
    return _both_ways(subject, reach, Attribute.CONTROL, Attribute.CONTROLLEDBY)


def _trust_member(subject: Subject, reach: Reach) -> Finding:
    return _both_ways(subject, reach, Attribute.MEMBER, Attribute.BELONGTO)


def _both_ways(subject: Subject, reach: Reach, there: Attribute, here: Attribute) -> Finding:
    """The other side's file names this domain, and this domain's file names the other side."""
    theirs, found = _trust_file(reach, subject.where)
    if not _names(theirs, there, subject.key):
        raise _Told(_denied(Problem.LINK_MISSING, found))
    ours, found = _trust_file(reach, subject.key)
    if not _names(ours, here, subject.where):
        raise _Told(_denied(Problem.LINK_BACK_MISSING, found))
    return _holds(found)


def _names(trust: TrustTxt, attribute: Attribute, host: str) -> bool:
    return host in {value.removeprefix("www.") for value in trust.values(attribute)}


def _trust_social(subject: Subject, reach: Reach) -> Finding:
    trust, found = _trust_file(reach, subject.where)
    if not any(_is_profile(address, subject) for address in trust.values(Attribute.SOCIAL)):
        return _denied(Problem.LINK_MISSING, found)
    profile, marks = _profile(subject, reach)
    mark = f"trust://{subject.where}!"
    if not any(mark in text.lower().replace("trust://www.", "trust://") for text in marks):
        return _denied(Problem.LINK_BACK_MISSING, profile)
    return _holds(profile)


def _trust_contact(subject: Subject, reach: Reach) -> Finding:
    trust, found = _trust_file(reach, subject.where)
    scheme = "tel" if subject.kind == "phone" else "mailto"
    if f"{scheme}:{subject.key}" not in trust.values(Attribute.CONTACT):
        return _denied(Problem.LINK_MISSING, found)
    return _holds(found)


def _trust_file(reach: Reach, host: str) -> tuple[TrustTxt, Fetched]:
    """A domain's trust.txt, from the first of its two places that has one."""
    for last, path in enumerate(_TRUST_FILES, start=1):
        try:
            found = reach.fetch(f"https://{host}{path}")
        except FetchFailed as failed:
            if failed.problem in _GONE and last < len(_TRUST_FILES):
                continue
            raise _Told(_failed(failed)) from failed
        if not same_owner(_host(found.url), host):
            raise _Told(_denied(Problem.LED_ELSEWHERE, found))
        try:
            return read_trusttxt(found.content), found
        except FormatError as error:
            raise _Told(_denied(Problem.FILE_UNREADABLE, found)) from error
    raise AssertionError("there is a last place")


def _rel_me(subject: Subject, reach: Reach) -> Finding:
    """`where` is the address of an official page."""
    official = _page(reach, subject.where)
    if not same_owner(_host(official.url), _host(subject.where)):
        return _denied(Problem.LED_ELSEWHERE, official)
    if not any(_is_profile(address, subject) for address in _marks(official).me):
        return _denied(Problem.LINK_MISSING, official)
    profile = _profile_page(subject, reach)
    if not any(same_page(address, subject.where) for address in _marks(profile).me):
        return _denied(Problem.LINK_BACK_MISSING, profile)
    return _holds(profile)


def _profile_code(subject: Subject, reach: Reach) -> Finding:
    found, texts = _profile(subject, reach)
    identifier = platform_id_of(_marks(found), subject.platform)
    if identifier and subject.platform_id and identifier != subject.platform_id:
        return replace(_denied(Problem.OTHER_IDENTIFIER, found), identifier=identifier)
    if not any(subject.code in text for text in texts):
        return replace(_denied(Problem.CODE_MISSING, found), identifier=identifier)
    return replace(_holds(found), identifier=identifier)


def _is_profile(address: str, subject: Subject) -> bool:
    """Whether an address is the profile of the account that is to be proved."""
    if account_at(address) == (subject.platform, subject.key):
        return True
    return same_page(address, profile_url(subject.platform, subject.value, subject.platform_id))


def _profile(subject: Subject, reach: Reach) -> tuple[Fetched, tuple[str, ...]]:
    """The profile's page and what its owner wrote there: no comment and no post of somebody."""
    found = _profile_page(subject, reach)
    return found, _marks(found).descriptions


def _profile_page(subject: Subject, reach: Reach) -> Fetched:
    url = profile_url(subject.platform, subject.value, subject.platform_id)
    if not url:
        raise _Told(Finding(Result.UNTOLD, Problem.LED_ELSEWHERE.value))
    found = _page(reach, url)
    if not same_owner(_host(found.url), _host(url)):
        raise _Told(_denied(Problem.LED_ELSEWHERE, found))
    # Some platforms lead to another account, or to the way in, where a name is free.
    before, after = account_at(url), account_at(found.url)
    if before and after != before:
        raise _Told(_denied(Problem.LED_ELSEWHERE, found))
    return found


def _bluesky(subject: Subject, reach: Reach) -> Finding:
    did = _did_of(subject.key, reach)
    if did.startswith("did:plc:"):
        url = _PLC + quote(did, safe=":")
    elif did.startswith("did:web:") and "/" not in did:
        url = f"https://{did.removeprefix('did:web:')}/.well-known/did.json"
    else:
        return _denied(Problem.FILE_UNREADABLE, records=did)
    found = _page(reach, url)
    if bluesky_name(found.text(), did) != subject.key:
        return replace(_denied(Problem.NAME_MISMATCH, found), identifier=did)
    if subject.platform_id and subject.platform_id != did:
        return replace(_denied(Problem.OTHER_IDENTIFIER, found), identifier=did)
    return replace(_holds(found), identifier=did)


def _did_of(handle: str, reach: Reach) -> str:
    """The DID that a domain names, by DNS first (AT Protocol, Handle resolution)."""
    texts = [text for text in reach.texts(f"_atproto.{handle}") if text.startswith("did=")]
    if len(texts) == 1:
        return texts[0].removeprefix("did=").strip()
    if len(texts) > 1:
        raise _Told(_denied(Problem.NAME_MISMATCH, records="\n".join(texts)))
    found = _page(reach, f"https://{handle}/.well-known/atproto-did")
    if _host(found.url) != handle:
        raise _Told(_denied(Problem.LED_ELSEWHERE, found))
    return found.text().strip()[:2000]


def _android_links(subject: Subject, reach: Reach) -> Finding:
    return _named_app(subject, reach, "assetlinks.json", android_apps)


def _apple_links(subject: Subject, reach: Reach) -> Finding:
    return _named_app(subject, reach, "apple-app-site-association", apple_apps)


def _named_app(
    subject: Subject, reach: Reach, file: str, apps_of: Callable[[str], Iterable[str]]
) -> Finding:
    found = _page(reach, f"https://{subject.where}/.well-known/{file}")
    # Neither Android nor iOS follows a redirect here.
    if _host(found.url) != subject.where:
        return _denied(Problem.LED_ELSEWHERE, found)
    if subject.value not in apps_of(found.text()):
        return _denied(Problem.LINK_MISSING, found)
    return _holds(found)


_TESTS: MappingProxyType[ProofKind, Callable[[Subject, Reach], Finding]] = MappingProxyType(
    {
        ProofKind.DNS_TXT: _dns_txt,
        ProofKind.WELL_KNOWN: _well_known,
        ProofKind.META_TAG: _meta_tag,
        ProofKind.TRUST_TXT: _trust_txt,
        ProofKind.TRUST_MEMBER: _trust_member,
        ProofKind.TRUST_SOCIAL: _trust_social,
        ProofKind.TRUST_CONTACT: _trust_contact,
        ProofKind.REL_ME: _rel_me,
        ProofKind.PROFILE_CODE: _profile_code,
        ProofKind.BLUESKY: _bluesky,
        ProofKind.ANDROID_LINKS: _android_links,
        ProofKind.APPLE_LINKS: _apple_links,
    }
)
"""All but what people have seen in person, which no test can see."""


def _page(reach: Reach, url: str) -> Fetched:
    try:
        return reach.fetch(url)
    except FetchFailed as failed:
        raise _Told(_failed(failed)) from failed


def _marks(found: Fetched) -> Marks:
    return read_marks(found.text(), url=found.url)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _failed(failed: FetchFailed) -> Finding:
    result = Result.DENIED if failed.problem in _GONE else Result.UNTOLD
    return Finding(result, failed.code)


def _holds(found: Fetched) -> Finding:
    return Finding(Result.HOLDS, fetched=found)


def _denied(problem: Problem, found: Fetched | None = None, *, records: str = "") -> Finding:
    return Finding(Result.DENIED, problem.value, found, records)
