"""The words of proofs: ways of proving, what a test came to, why it did not hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from soi.captures.fetching import Fetched


class ProofKind(StrEnum):
    """One way of proving that a holding is its organisation's."""

    DNS_TXT = "dns_txt"
    """A TXT record with the code, at `_soi.` before the name or at the name itself."""
    WELL_KNOWN = "well_known"
    """A file with the code on the site."""
    META_TAG = "meta_tag"
    """A meta tag with the code on the site's first page."""
    TRUST_TXT = "trust_txt"
    """An official domain's trust.txt says `control`, this one's says `controlledby`."""
    TRUST_MEMBER = "trust_member"
    """An association's trust.txt says `member`, this domain's says `belongto`."""
    TRUST_SOCIAL = "trust_social"
    """An official domain's trust.txt names the account, the profile carries `trust://domain!`."""
    TRUST_CONTACT = "trust_contact"
    """An official domain's trust.txt gives the number or address as its contact."""
    REL_ME = "rel_me"
    """An official page and the profile link to each other with `rel="me"`."""
    PROFILE_CODE = "profile_code"
    """The code stands in the profile's own description, or in the app's in its store."""
    BLUESKY = "bluesky"
    """An official domain names the account's DID, whose document answers to the domain."""
    ANDROID_LINKS = "android_links"
    """An official domain's assetlinks.json names the app."""
    APPLE_LINKS = "apple_links"
    """An official domain's apple-app-site-association names the app."""
    IN_PERSON = "in_person"
    """Two people of the desk have seen it with their own eyes."""


class Channel(StrEnum):
    """What somebody must have in their hands to forge a proof. One channel counts once."""

    DNS = "dns"
    SITE = "site"
    OFFICIAL_SITE = "official_site"
    """Another site of theirs, which is official already."""
    PROFILE = "profile"
    ASSOCIATION = "association"
    DESK = "desk"


class Result(StrEnum):
    """What a test came to."""

    HOLDS = "holds"
    DENIED = "denied"
    """Whoever was asked answered, and it is not there."""
    UNTOLD = "untold"
    """It could not be made: nothing is known from it."""


class Problem(StrEnum):
    """Why a test did not hold. What failed on the way to a page has the code of the fetch."""

    DNS_UNREACHABLE = "dns_unreachable"
    DNS_DISAGREES = "dns_disagrees"
    DNS_MALFORMED = "dns_malformed"
    CODE_MISSING = "code_missing"
    """The code is not there."""
    LINK_MISSING = "link_missing"
    """The official side does not name it."""
    LINK_BACK_MISSING = "link_back_missing"
    """It does not name the official side."""
    LED_ELSEWHERE = "led_elsewhere"
    """The address leads to another site."""
    FILE_UNREADABLE = "file_unreadable"
    """The file is not what it is called."""
    ANCHOR_NOT_OFFICIAL = "anchor_not_official"
    """The site from which it should be named is not official today."""
    NAME_MISMATCH = "name_mismatch"
    """The identifier answers to another name."""
    OTHER_IDENTIFIER = "other_identifier"
    """The account under this name has another identifier than is known."""
    SECOND_MISSING = "second_missing"
    """One person has seen it; another one has to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a test came to, and what it read."""

    result: Result
    problem: str = ""
    """A `Problem`, or the code of a fetch; "" where it holds."""
    fetched: Fetched | None = None
    """The page that was read last."""
    records: str = ""
    """What DNS said, where it was asked last."""
    identifier: str = ""
    """What the platform calls the account, where the test could see it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be proved, as a test needs it."""

    kind: str
    """The holding's."""
    platform: str
    value: str
    key: str
    platform_id: str
    code: str
    where: str
    """The host or the page of the official side, "" where none is needed."""
