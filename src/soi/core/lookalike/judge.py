"""Decide whether a name could be taken for a brand's.

In: a name as seen (a link, host, handle or e-mail address) and a compiled register. Out: a
`Lookalike` with the brand it imitates, a probability, the span that imitates and reasons, or None.
Nothing here reads the network or the database, and nothing here says that a name is fraud.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from soi.core.lookalike.candidates import Candidate, Site, candidates, read_handle, read_host
from soi.core.lookalike.features import describe, lure_words
from soi.core.lookalike.finder import Edit
from soi.core.lookalike.hosts import MAX_HOST, host_slice, normalise_host
from soi.core.lookalike.letters import View, view
from soi.core.lookalike.model import Model, shipped_model
from soi.core.lookalike.register import Register
from soi.core.lookalike.types import (
    Lookalike,
    LookalikeKind,
    LookalikeReason,
    NameKind,
    Scored,
)
from soi.core.lookalike.words import word_set
from soi.core.text.parts import Span

MAX_HANDLE = 256
"""Longer account and display names are not judged; no platform allows them."""
_USER_SIGNS = str.maketrans({"@": ".", ":": ".", "_": "-"})
_HANDLE_SEPARATORS = " ._\t|/,;:()[]"


def judge(name: str, kind: NameKind, register: Register) -> Lookalike | None:
    """The brand that `name` could be taken for, when sure enough to tell a reader; else None.

    A brand's own names are never lookalikes of anything. Time is bounded for any input; malformed
    names give None. Never raises.
    """
    scored = score(name, kind, register)
    if scored is None or scored.lookalike.probability < shipped_model().reader:
        return None
    return scored.lookalike


def score(
    name: str, kind: NameKind, register: Register, *, model: Model | None = None
) -> Scored | None:
    """The most probable imitation in `name` however improbable; None when there is no trace of one.

    As `judge`, without its threshold; `model` replaces the shipped one.
    """
    return max(
        score_all(name, kind, register, model=model or shipped_model()),
        key=lambda scored: scored.lookalike.probability,
        default=None,
    )


def score_all(name: str, kind: NameKind, register: Register, *, model: Model) -> Iterator[Scored]:
    """Every place in `name` that could stand for a brand, with its score, in no special order."""
    if kind is NameKind.HOST:
        yield from _score_host(name, 0, register, model)
    elif kind is NameKind.HANDLE:
        yield from _score_handle(name, 0, len(name), register, model)
    else:
        yield from _score_email(name, register, model)


def _score_host(name: str, offset: int, register: Register, model: Model) -> Iterator[Scored]:
    host = host_slice(name[offset:])
    start, end = offset + host.start, offset + host.end
    if not 0 < end - start <= 8 * MAX_HOST or register.owner(name[start:end]):
        return
    seen = _trim(_decoded_view(name, start, end))
    if host.user < host.start:
        shown = _trim(_with_user(name, offset + host.user, start, end))
        seen = shown if len(shown.plain) <= MAX_HOST else seen
    if len(seen.plain) > MAX_HOST:
        return
    site = read_host(seen, register.lists)
    if site and not register.lists.is_consented(site.domain):
        yield from _weigh(name, site, register, model)


def _with_user(name: str, user: int, host: int, end: int) -> View:
    """What stands before the @ read as labels left of the host, where a reader's eye begins.

    `https://bank.example@evil.top/` leads to evil.top, as `bank.example.evil.top` does.
    """
    piece = name[user:host].translate(_USER_SIGNS)
    return _decoded_view(name[:user] + piece + name[host:], user, end)


def _decoded_view(name: str, start: int, end: int) -> View:
    """The view of a host; when percent escapes hide it, every letter points at the whole host."""
    piece = name[start:end]
    if "%" not in piece:
        return view(name, start, end)
    shown = unquote(piece, errors="replace")
    inner = view(shown, 0, len(shown))
    size = len(inner.plain)
    return View(inner.plain, (start,) * size, (end,) * size, (True,) * size)


def _trim(seen: View) -> View:
    """The view without dots at either end (a fully qualified name ends in one)."""
    left = len(seen.plain) - len(seen.plain.lstrip("."))
    right = len(seen.plain.rstrip("."))
    if left == 0 and right == len(seen.plain):
        return seen
    kept = slice(left, max(left, right))
    return View(seen.plain[kept], seen.starts[kept], seen.ends[kept], seen.disguised[kept])


def _score_handle(
    name: str, start: int, end: int, register: Register, model: Model
) -> Iterator[Scored]:
    if not 0 < end - start <= MAX_HANDLE or register.official_handle(name[start:end]):
        return
    site = read_handle(view(name, start, end, separators=_HANDLE_SEPARATORS, accents=False))
    if site:
        yield from _weigh(name, site, register, model)


def _score_email(name: str, register: Register, model: Model) -> Iterator[Scored]:
    """Judge the host, and the part before the @ unless the host's owner may write what it likes."""
    at = name.rfind("@")
    host = normalise_host(name[at + 1 :])
    if at >= 0 and (host in word_set("freemail") or not register.owner(host)):
        yield from _score_handle(name, 0, at, register, model)
    yield from _score_host(name, at + 1, register, model)


def _weigh(name: str, site: Site, register: Register, model: Model) -> Iterator[Scored]:
    for candidate in candidates(site, register):
        features = describe(site, candidate, register.lists)
        lures = lure_words(site, candidate, register.lists)
        yield Scored(
            Lookalike(
                name=name,
                brand=candidate.token.brand.id,
                kind=_kind(site, candidate),
                probability=model.probability(features),
                span=_span(site, candidate),
                reasons=tuple(_reasons(site, candidate, features, lures)),
                details=_details(site, candidate, lures),
            ),
            features,
        )


def _span(site: Site, candidate: Candidate) -> Span:
    start = min(site.view.starts[candidate.start : candidate.end])
    return Span(start, max(site.view.ends[candidate.start : candidate.end]))


def _kind(site: Site, candidate: Candidate) -> LookalikeKind:
    start, end = site.labels[candidate.label]
    is_whole = (candidate.start, candidate.end) == (start, end)
    if site.view.is_disguised(candidate.start, candidate.end):
        return LookalikeKind.IDN
    if candidate.split and site.is_host:
        return LookalikeKind.HYPHEN
    if candidate.edit is not Edit.NONE or not candidate.is_exact:
        return LookalikeKind.TYPO
    if site.is_host and (candidate.label < site.own or (is_whole and site.is_shared)):
        return LookalikeKind.SUBDOMAIN
    return LookalikeKind.SUFFIX if is_whole else LookalikeKind.COMBO


def _reasons(
    site: Site, candidate: Candidate, features: dict[str, float], lures: list[str]
) -> Iterator[LookalikeReason]:
    if "official_embedded" in features:
        yield LookalikeReason.OFFICIAL_NAME_EMBEDDED
    if "disguised" in features or (not candidate.is_exact and candidate.edit in _CONFUSED):
        yield LookalikeReason.CONFUSABLE_LETTERS
    elif candidate.edit is not Edit.NONE:
        yield LookalikeReason.ONE_LETTER_OFF
    if candidate.split and site.is_host:
        yield LookalikeReason.HYPHEN_SPLIT
    if site.is_host and "whole_label" in features and candidate.label == site.own:
        yield LookalikeReason.OTHER_SUFFIX
    elif site.is_host:
        yield LookalikeReason.BRAND_IN_OTHER_DOMAIN
    if lures:
        yield LookalikeReason.LURE_WORD
    if "shared_host" in features:
        yield LookalikeReason.FREE_HOSTING


_CONFUSED = frozenset({Edit.NONE, Edit.DRAWN})


def _details(site: Site, candidate: Candidate, lures: list[str]) -> dict[str, str]:
    details = {"token": candidate.token.text}
    if lures:
        details["lure"] = " ".join(lures)
    if site.is_host:
        details["suffix"] = site.suffix
        details["domain"] = site.domain
    hosts = candidate.token.brand.hosts
    if hosts:
        details["official"] = hosts[0]
    return details
