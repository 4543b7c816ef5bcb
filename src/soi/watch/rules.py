"""Pure decisions of the watch: what is one name, one campaign, official, expired.

Nothing here reads the database or the clock, and nothing here calls a name fraud.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from soi.core.formats import HoldingKind, ScamKind
from soi.core.formats.hosts import ascii_host
from soi.core.lookalike import (
    Lookalike,
    NameKind,
    is_shortener,
    normalise_host,
    parents,
    registrable,
)
from soi.core.text import Platform, clean
from soi.register.queries import HoldingRow
from soi.watch.errors import NameInvalid, ReasonInvalid
from soi.watch.types import Name

CONFIRMED_DAYS = 365
"""Days that a confirmed name stays confirmed: most domains are registered for a year, and the next
owner is somebody else."""

REASON_LIMIT = 500
SOURCE_LIMIT = 200
HOSTS_A_NAME = 10
"""So many hosts are looked up for one name, as in answers."""

_HANDLE_LIMIT = 256
_MASK = "•"
_NOT_LETTERS = re.compile(r"[^a-z]+")
_TIP_KINDS = {"link": NameKind.HOST, "email": NameKind.EMAIL, "handle": NameKind.HANDLE}


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two mentions one name; `key` is in the form in which names are compared."""

    kind: NameKind
    platform: str
    key: str


def identity_of(name: Name) -> Identity | None:
    """The identity of a name, None for what is no name or holds a mask."""
    value, platform = clean(name.value).strip(), ""
    if name.kind is NameKind.HOST:
        host = ascii_host(normalise_host(value.removeprefix("*.")))
        return Identity(name.kind, "", without_www(host)) if host else None
    if name.kind is NameKind.EMAIL:
        user, _, domain = value.lower().rpartition("@")
        host = ascii_host(domain)
        key = f"{user}@{host}" if user and host else ""
    else:
        key = value.removeprefix("@").lower()
        platform = "" if name.platform == Platform.UNKNOWN else name.platform
    if not key or len(key) > _HANDLE_LIMIT or _MASK in key:
        return None
    return Identity(name.kind, platform, key)


def without_www(host: str) -> str:
    """The host of which `www.` is only another spelling: certificates name both."""
    bare = host.removeprefix("www.")
    return bare if registrable(bare) else host


def names_of_tip(parts: Iterable[Mapping[str, str]]) -> list[Name]:
    """The names among the parts of a tip, as intake keeps them, that could imitate an account."""
    return [
        Name(_TIP_KINDS[part["kind"]], part["value"], part.get("platform", ""))
        for part in parts
        if part.get("kind") in _TIP_KINDS and part.get("value")
    ]


def campaign_of(identity: Identity) -> str:
    """The letters of what somebody registered: `bank-login1.top` and `banklogin22.xyz` are one.

    A name of digits alone is a campaign of its own. Campaigns are told apart by the organisation
    that they imitate as well.
    """
    key = identity.key.rpartition("@")[2] if identity.kind is NameKind.EMAIL else identity.key
    owned = key if identity.kind is NameKind.HANDLE else registrable(key) or key
    label = owned.partition(".")[0]
    if label.startswith("xn--"):
        return label
    return _NOT_LETTERS.sub("", label) or owned


def hosts_above(host: str) -> list[str]:
    """The host and the nearest names above it, down to what somebody registered."""
    above = [parent for parent in parents(host)[1:] if registrable(parent)]
    return [host, *above[1 - HOSTS_A_NAME :]]


def holding_keys(kind: ScamKind, key: str) -> list[tuple[HoldingKind, str]]:
    """Under which keys of the register the owner of a listed name would stand.

    Whoever owns a link shortener, what stands below it is nobody's own word.
    """
    match kind:
        case ScamKind.HOST:
            return _domains(key)
        case ScamKind.URL:
            host = urlsplit(key).hostname or ""
            return [] if is_shortener(host) else _domains(host)
        case ScamKind.EMAIL:
            hosts = hosts_above(key.rpartition("@")[2])
            mail = [(HoldingKind.EMAIL_DOMAIN, host) for host in hosts]
            return [(HoldingKind.EMAIL, key), *mail, *_domains(hosts[0])]
        case ScamKind.PHONE:
            return [(HoldingKind.PHONE, key)]
        case ScamKind.BANK_ACCOUNT:
            return [(HoldingKind.BANK_ACCOUNT, key)]


def holding_keys_of(identity: Identity) -> list[tuple[HoldingKind, str]]:
    """As `holding_keys`, for a name before the desk."""
    if identity.kind is NameKind.HANDLE:
        return [(HoldingKind.ACCOUNT, identity.key)]
    kind = ScamKind.HOST if identity.kind is NameKind.HOST else ScamKind.EMAIL
    return holding_keys(kind, identity.key)


def _domains(host: str) -> list[tuple[HoldingKind, str]]:
    kinds = (HoldingKind.DOMAIN, HoldingKind.SUBDOMAIN)
    return [(kind, each) for each in hosts_above(host) for kind in kinds]


def is_owned(holding: HoldingRow, *, on: dt.date) -> bool:
    """Whether a holding had not ended on that day. One that was taken over is still owned."""
    return holding.valid_to is None or holding.valid_to >= on


def expiry(fetched_on: dt.date, keep_days: int | None) -> dt.date | None:
    """The last day on which a row of a list counts, None for no end."""
    if keep_days is None:
        return None
    return fetched_on + dt.timedelta(days=min(keep_days, (dt.date.max - fetched_on).days))


def has_run_out(expires_on: dt.date | None, *, on: dt.date) -> bool:
    """Whether what counted to that day counts no more."""
    return expires_on is not None and expires_on < on


def later_expiry(known: dt.date | None, new: dt.date | None) -> dt.date | None:
    """What a row that is listed again keeps: an older file takes no day away."""
    return max(known, new) if known and new else new


def named(text: str, platform: str = "") -> Name:
    """What somebody typed as a name: an address with an @ inside is a mailbox, what has a platform
    or an @ before it is an account, what else has a dot is a host. Raises `NameInvalid`."""
    value = clean(text).strip()
    bare = value.removeprefix("@")
    if platform or value.startswith("@"):
        kind = NameKind.HANDLE
    elif "@" in bare and "/" not in bare:
        kind = NameKind.EMAIL
    else:
        kind = NameKind.HOST if "." in bare else NameKind.HANDLE
    name = Name(kind, value, platform)
    identity = identity_of(name)
    if identity is None or not re.search(r"\w", identity.key):
        raise NameInvalid("That is no host, no mailbox and no account.", name=value[:100])
    return name


def source_name(kind: str, place: str) -> str:
    """The name of a source, such as `file:/srv/new.txt`; one that is too long keeps its end."""
    name = f"{kind}:{clean(place)}"
    if len(name) <= SOURCE_LIMIT:
        return name
    mark = hashlib.sha256(place.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{kind}:{mark}…{clean(place)[-150:]}"


def reason_line(reason: str) -> str:
    """A reason on one line. Raises `ReasonInvalid`."""
    line = " ".join(clean(reason[: 4 * REASON_LIMIT]).split())
    if not re.search(r"\w", line) or len(reason) > 4 * REASON_LIMIT or len(line) > REASON_LIMIT:
        raise ReasonInvalid(f"A reason has 1 to {REASON_LIMIT} characters.", limit=REASON_LIMIT)
    return line


def digest_of_standing(identity: Identity, state: str, expires_on: dt.date | None) -> str:
    """SHA-256 in hex of a name and where it stands, for the journal."""
    plain = [*_plain(identity), state, expires_on.isoformat() if expires_on else ""]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


def _plain(identity: Identity) -> Sequence[str]:
    return (identity.kind.value, identity.platform, identity.key)


def strongest(found: Iterable[tuple[Identity, Lookalike]]) -> dict[Identity, Lookalike]:
    """Each name once, with the most probable of its imitations."""
    kept: dict[Identity, Lookalike] = {}
    for identity, lookalike in found:
        known = kept.get(identity)
        if known is None or known.probability < lookalike.probability:
            kept[identity] = lookalike
    return kept
