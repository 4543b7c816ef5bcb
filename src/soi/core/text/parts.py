"""What a message is made of: the parts that `split` finds, each with its place in the original.

A part never changes the text it came from: `text` is the exact slice `message[start:end]`, and the
other fields are what a look-up needs (a normalised host, an E.164 number, digits only).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The language of a statement, as far as the matching engine tells languages apart."""

    VI = "vi"
    EN = "en"
    OTHER = "other"


class Platform(StrEnum):
    """The platforms whose handles are told apart."""

    FACEBOOK = "facebook"
    ZALO = "zalo"
    TIKTOK = "tiktok"
    YOUTUBE = "youtube"
    TELEGRAM = "telegram"
    X = "x"
    INSTAGRAM = "instagram"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    UNKNOWN = "unknown"


class PhoneKind(StrEnum):
    """What sort of number it is: national-only hotlines and short codes have no true E.164 form."""

    NUMBER = "number"
    HOTLINE = "hotline"
    SHORT_CODE = "short_code"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points in the original message."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or line that may claim something; links and numbers inside it stay in place."""

    span: Span
    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Link:
    """A link as seen, with the host in lower-case Unicode and in ASCII (punycode)."""

    span: Span
    text: str
    url: str
    """The link refanged, with a scheme, ready to look up; never to be fetched from here."""
    host: str
    ascii_host: str


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address; `address` is lower-cased and refanged."""

    span: Span
    text: str
    address: str
    host: str


@dataclass(frozen=True, slots=True)
class Handle:
    """An account name on a platform, without its @, in the platform's own case rules."""

    span: Span
    text: str
    platform: Platform
    name: str


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number; `number` is E.164 for ordinary numbers and bare digits otherwise."""

    span: Span
    text: str
    number: str
    kind: PhoneKind


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A bank account number (digits only) and the bank named beside it, "" when none is named."""

    span: Span
    text: str
    number: str
    bank: str
    """The bank's short code in lower case as in the lexicon ("vietcombank"), or ""."""


Part = Statement | Link | Email | Handle | Phone | BankAccount


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything found in one message, in the order in which it stands there."""

    message: str
    statements: tuple[Statement, ...]
    links: tuple[Link, ...]
    emails: tuple[Email, ...]
    handles: tuple[Handle, ...]
    phones: tuple[Phone, ...]
    bank_accounts: tuple[BankAccount, ...]
    truncated: bool = False
    """True when a limit was reached and later parts were left out; the answer must say so."""
