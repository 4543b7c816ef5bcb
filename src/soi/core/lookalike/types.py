"""The vocabulary of the lookalike judge: entries of a register in, a lookalike with reasons out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from soi.core.text.parts import Span


class NameKind(StrEnum):
    """What sort of name is being judged."""

    HOST = "host"
    HANDLE = "handle"
    EMAIL = "email"


class LookalikeKind(StrEnum):
    """How a name imitates: one kind per finding, the strongest."""

    COMBO = "combo"
    """The brand with other words, as in `brand-verify`."""
    TYPO = "typo"
    SUBDOMAIN = "subdomain"
    """The brand left of a registrable domain that is not the brand's."""
    SUFFIX = "suffix"
    """The brand's own label under another public suffix; a handle spelled like the brand."""
    HYPHEN = "hyphen"
    IDN = "idn"
    """Letters that look like others."""


class LookalikeReason(StrEnum):
    """Why; rendered in Vietnamese and English by whoever shows the answer."""

    BRAND_IN_OTHER_DOMAIN = "brand_in_other_domain"
    LURE_WORD = "lure_word"
    ONE_LETTER_OFF = "one_letter_off"
    CONFUSABLE_LETTERS = "confusable_letters"
    OTHER_SUFFIX = "other_suffix"
    OFFICIAL_NAME_EMBEDDED = "official_name_embedded"
    FREE_HOSTING = "free_hosting"
    HYPHEN_SPLIT = "hyphen_split"


@dataclass(frozen=True, slots=True)
class Brand:
    """One organisation as the judge sees it.

    `tokens` are the spelled names in ASCII lower case ("vietcombank"), `aliases` further short
    names ("vcb"); `hosts` every domain it owns, defensive ones included.
    """

    id: str
    display: str
    tokens: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A name that could be taken for a brand's. Nothing here says that it is fraud."""

    name: str
    brand: str
    """The `Brand.id` that it imitates."""
    kind: LookalikeKind
    probability: float
    span: Span
    """Where in `name` the brand (or its imitation) stands."""
    reasons: tuple[LookalikeReason, ...]
    details: Mapping[str, str] = field(default_factory=dict)
    """What the reasons point at, as words: `lure`, `suffix`, `official`."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What the model makes of a name, above or below any threshold: for evaluation and watch."""

    lookalike: Lookalike
    features: Mapping[str, float]
    """The named features that gave the probability."""
