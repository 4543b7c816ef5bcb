"""Find the places in a name that could stand for a brand, and describe where they stand.

In: a view of a name and a compiled register. Out: the parsed `Site` and its `Candidate`s, each a
token or a variant in one label with what bounds it. Nothing here weighs: `features` and `model` do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from soi.core.lookalike.finder import Edit
from soi.core.lookalike.hosts import is_shared_host, public_suffix, registrable
from soi.core.lookalike.letters import View, class_fold
from soi.core.lookalike.lists import Lists
from soi.core.lookalike.register import SHORT, Found, Register, Token

MAX_CANDIDATES = 64
"""How many places of one name are weighed; real names have fewer than ten."""
_LOOSE_EDIT = 7
"""From this length a variant is believed anywhere in a word; shorter ones at a word's edge."""


@dataclass(frozen=True, slots=True)
class Site:
    """A name taken apart. `labels` are ranges in `view.plain`; the suffix is not among them.

    `own` is the index of the label that was registered (or opened as an account on a shared host).
    A handle is one label without a suffix.
    """

    view: View
    labels: tuple[tuple[int, int], ...]
    suffix: str
    domain: str
    is_shared: bool
    is_host: bool

    @property
    def own(self) -> int:
        """The index of the registered label."""
        return len(self.labels) - 1

    def label(self, index: int) -> str:
        """The text of one label."""
        start, end = self.labels[index]
        return self.view.plain[start:end]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place `start:end` of the view that could stand for a token; `split` when hyphens cut it."""

    token: Token
    edit: Edit
    is_exact: bool
    """Spelled just like the token, no class folded."""
    label: int
    start: int
    end: int
    split: bool


def read_host(view: View, lists: Lists) -> Site | None:
    """Take a host apart; None when no label is left of its public suffix."""
    plain = view.plain
    suffix, domain = public_suffix(plain), registrable(plain)
    if suffix in lists.partners:
        # A vetted customer's name in a content network, not an account that anybody opens.
        domain, suffix = suffix, suffix.partition(".")[2]
    if not domain or not suffix:
        return None
    labels = tuple(_ranges(plain[: len(plain) - len(suffix) - 1]))
    if len(labels) > 1 and plain.startswith("www."):
        labels = labels[1:]  # says nothing
    return Site(view, labels, suffix, domain, is_shared_host(domain), is_host=True)


def read_handle(view: View) -> Site | None:
    """Take a handle or a display name as one label."""
    if not view.plain:
        return None
    return Site(view, ((0, len(view.plain)),), "", "", is_shared=False, is_host=False)


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for label in text.split("."):
        yield start, start + len(label)
        start += len(label) + 1


def candidates(site: Site, register: Register) -> list[Candidate]:
    """The places worth weighing, exact ones first, at most `MAX_CANDIDATES`."""
    found: dict[tuple[Token, int, int], Candidate] = {}
    for candidate in _all_candidates(site, register):
        key = (candidate.token, candidate.start, candidate.end)
        found.setdefault(key, candidate)
    ranked = sorted(found.values(), key=_rank)
    return [c for i, c in enumerate(ranked) if not _is_covered(c, ranked[:i])][:MAX_CANDIDATES]


def _rank(candidate: Candidate) -> tuple[bool, int, int]:
    order = list(Edit).index(candidate.edit)
    return (not candidate.is_exact, order, -len(candidate.token.text))


def _is_covered(candidate: Candidate, better: list[Candidate]) -> bool:
    """A looser reading of letters that a better candidate of the same brand already explains.

    One wrong letter does not explain another: `paaypal` is `paypal` with a letter doubled, though
    `aaypal` is nearer.
    """
    return any(
        b.token.brand is candidate.token.brand
        and (
            b.edit is Edit.NONE
            or b.edit is Edit.DRAWN
            or (b.start, b.end) == (candidate.start, candidate.end)
        )
        and b.start < candidate.end
        and candidate.start < b.end
        and len(b.token.text) >= len(candidate.token.text)
        for b in better[:MAX_CANDIDATES]
    )


def _all_candidates(site: Site, register: Register) -> Iterator[Candidate]:
    for index, (start, end) in enumerate(site.labels):
        text = site.view.plain[start:end]
        for found in register.find(class_fold(text)):
            if _is_believable(text, found):
                exact = text[found.start : found.end] == found.name.text
                place = (start + found.start, start + found.end)
                yield Candidate(found.name, found.edit, exact, index, *place, split=False)
        if "-" in text:
            yield from _split_candidates(text, start, index, register)


def _split_candidates(
    text: str, offset: int, index: int, register: Register
) -> Iterator[Candidate]:
    """Names cut by hyphens, from the start of one piece to the end of another."""
    places = [i for i, c in enumerate(text) if c != "-"]
    joined = "".join(text[i] for i in places)
    for found in register.find(class_fold(joined)):
        if found.edit is not Edit.NONE or len(found.name.text) <= SHORT:
            continue
        start, end = places[found.start], places[found.end - 1] + 1
        at_edges = (start == 0 or text[start - 1] == "-") and (end == len(text) or text[end] == "-")
        if at_edges and "-" in text[start:end]:
            exact = joined[found.start : found.end] == found.name.text
            yield Candidate(
                found.name, found.edit, exact, index, offset + start, offset + end, split=True
            )


def _is_believable(text: str, found: Found) -> bool:
    """Drop what is certainly chance: digits alone, short names bent, bent names inside words."""
    shown = text[found.start : found.end]
    if not any(c.isalpha() for c in shown):
        return False
    if shown == found.name.text:
        return True
    left, right = is_edge(text, found.start), is_edge(text, found.end)
    if len(found.name.text) <= SHORT:
        return left and right
    if found.edit in (Edit.NONE, Edit.DRAWN) or len(found.name.text) >= _LOOSE_EDIT:
        return True
    return left or right


def is_edge(text: str, place: int) -> bool:
    """Whether a word begins or ends between `text[place - 1]` and `text[place]`."""
    if place in (0, len(text)):
        return True
    before, after = text[place - 1], text[place]
    return not (before.isalpha() and after.isalpha()) and not (
        before.isalnum() and after.isalnum() and before.isdigit() == after.isdigit()
    )
