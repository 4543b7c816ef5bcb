"""Describe a candidate by named figures, the only thing the model sees.

In: a parsed name and one candidate in it. Out: a mapping from feature name to value; a name that
is missing counts as 0. No feature knows a brand's name, so weights carry over to other registers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from soi.core.lookalike import costs
from soi.core.lookalike.bends import bend
from soi.core.lookalike.candidates import Candidate, Site, is_edge
from soi.core.lookalike.finder import Edit
from soi.core.lookalike.lists import Lists
from soi.core.lookalike.register import SHORT
from soi.core.lookalike.segments import Reading, kinds, read, read_all
from soi.core.lookalike.words import word_classes

_SUFFIX_RIGHT = re.compile(r"-?(?:com|vn|comvn|com-vn|net|org|gov)(?![a-z])")
_SUFFIX_LEFT = re.compile(r"(?<![a-z])(?:www|ww|vn|com)-?\Z")
_DIGIT_INSIDE = re.compile(r"[a-z][0-9]+[a-z]")
_PARTS = re.compile(r"[-0-9]+")
CHANCE = "short_by_chance"
"""A short name with letters on both sides, and nothing beside it that asks for anything."""
ACCOUNT = "account:"
"""Before the name of a feature that counts in account names only."""
LURE_KINDS = frozenset({"account", "support", "money"})
"""Classes of words that ask for something."""


def describe(site: Site, candidate: Candidate, lists: Lists) -> dict[str, float]:
    """The features of one candidate (see the module's docstring)."""
    beside = read_all(list(beside_pieces(site, candidate)), lists)
    others = [site.label(i) for i in range(len(site.labels)) if i != candidate.label]
    around = read_all(others, lists)
    found = {
        name: 1.0
        for group in (
            _spelling(candidate, site),
            _place(site, candidate),
            _bounds(site, candidate, beside),
            _ground(site, candidate, lists),
            _suffix_words(site, candidate),
            _embedding(site, candidate),
        )
        for name in group
    }
    found.update(_words("beside", beside))
    found.update(_chance(site, candidate))
    found.update(_sizes(site, candidate, lists))
    if site.own > 0:
        found.update(_words("around", around))
    found.update(_crosses(found, candidate))
    if not site.is_host:
        # What a feature means may be another thing in names that everybody chooses freely: the
        # weight of the pair is what it means there beyond what it means in hosts.
        found.update({f"{ACCOUNT}{name}": value for name, value in found.items()})
    return found


def beside_pieces(site: Site, candidate: Candidate) -> tuple[str, str]:
    """What stands left and right of the candidate in its own label.

    In handles and display names separators are dropped: "Ho tro" is one word there.
    """
    start, end = site.labels[candidate.label]
    left = site.view.plain[start : candidate.start]
    right = site.view.plain[candidate.end : end]
    return (left, right) if site.is_host else (left.replace("-", ""), right.replace("-", ""))


def length_class(token: str) -> str:
    """The class of a token's length: names of three letters are another matter than of ten."""
    for limit in (3, 4, 5, 6, 8):
        if len(token) <= limit:
            return f"length_to_{limit}"
    return "length_over_8"


def _spelling(candidate: Candidate, site: Site) -> Iterator[str]:
    token = candidate.token.text
    yield length_class(token)
    if candidate.token.is_alias:
        yield "alias"
    if candidate.split and site.is_host:
        yield "hyphen_split"
    if site.view.is_disguised(candidate.start, candidate.end):
        yield "disguised"
    if candidate.edit is Edit.NONE:
        if not candidate.is_exact and not candidate.split:
            yield "class_folded"
        return
    yield f"edit_{candidate.edit}"
    shown = site.view.plain[candidate.start : candidate.end].replace("-", "")
    yield f"bend_{bend(shown, token)}"
    yield "edited_long" if len(token) >= 8 else "edited"
    if site.view.plain[candidate.start] != token[0]:
        yield "first_letter_differs"


def _place(site: Site, candidate: Candidate) -> Iterator[str]:
    if not site.is_host:
        yield "handle"
    elif candidate.label < site.own:
        yield "left_of_domain"
        if candidate.label == 0:
            yield "leftmost"
        if candidate.label == site.own - 1:
            yield "next_to_domain"
    else:
        yield "in_domain"


def _bounds(site: Site, candidate: Candidate, beside: Reading) -> Iterator[str]:
    start, end = site.labels[candidate.label]
    text = site.view.plain[start:end]
    left = is_edge(text, candidate.start - start)
    right = is_edge(text, candidate.end - start)
    if candidate.end - candidate.start == end - start:
        yield "whole_label"
    elif left and right:
        yield "whole_piece"
    else:
        explained = beside.unexplained == 0
        side = "starts_piece" if left else "ends_piece" if right else "inside_piece"
        yield f"{side}_known" if explained else side
    if candidate.start == start:
        yield "starts_label"


@cache
def _suffix_class(suffix: str) -> str:
    classes = word_classes("suffixes")
    return classes.get(suffix) or classes.get(suffix.rsplit(".", 1)[-1]) or "other"


def _ground(site: Site, candidate: Candidate, lists: Lists) -> Iterator[str]:
    if not site.is_host:
        return
    partner = lists.partner(site.domain)
    if partner:
        yield "partner_domain"
        yield f"partner_{partner}"
    elif site.is_shared:
        yield "shared_host"
    else:
        yield from _suffix(site, candidate)
    own = site.label(site.own)
    if own.startswith(("vn-", "com-", "gov-", "govvn", "gov-vn", "comvn", "vn--")):
        yield "domain_starts_like_suffix"
    if any("gov" in site.label(i).split("-") for i in range(len(site.labels))):
        yield "gov_outside_gov"
    if len(site.labels) > 4:
        yield "many_labels"
    if own.count("-") >= 2:
        yield "many_hyphens"
    if sum(c.isdigit() for c in own) >= 4:
        yield "many_digits"
    if any(len(site.label(i)) > 24 for i in range(len(site.labels))):
        yield "long_label"


def _suffix(site: Site, candidate: Candidate) -> Iterator[str]:
    group = _suffix_class(site.suffix)
    yield f"suffix_{group}"
    if site.suffix in candidate.token.suffixes:
        yield "suffix_own"
        if candidate.edit is not Edit.NONE:
            yield "suffix_own_edited"
    elif group == "other" and len(site.suffix.rsplit(".", 1)[-1]) == 2:
        yield "suffix_foreign"  # a country where the organisation has no domain


def _suffix_words(site: Site, candidate: Candidate) -> Iterator[str]:
    """The letters of a suffix right beside the brand: vietcombank-com-vn, wwwvietcombank."""
    start, end = site.labels[candidate.label]
    if _SUFFIX_RIGHT.match(site.view.plain, candidate.end, end):
        yield "suffix_word_right"
    if _SUFFIX_LEFT.search(site.view.plain[start : candidate.start]):
        yield "suffix_word_left"


def _embedding(site: Site, candidate: Candidate) -> Iterator[str]:
    """The brand's whole official host inside another one: vietcombank.com.vn.example.top."""
    rest = site.view.plain[candidate.start :]
    label_start = site.labels[candidate.label][0]
    if not site.is_host or (
        candidate.start != label_start and site.view.plain[candidate.start - 1] != "-"
    ):
        return
    if any(c in "-." and rest[:i] in candidate.token.hosts for i, c in enumerate(rest)):
        yield "official_embedded"


def _chance(site: Site, candidate: Candidate) -> Iterator[tuple[str, float]]:
    """How much better the label reads with the brand in it than as ordinary words (`costs`)."""
    start, end = site.labels[candidate.label]
    plain = site.view.plain
    label, left, right = (
        plain[start:end],
        plain[start : candidate.start],
        plain[candidate.end : end],
    )
    rest = costs.cost(left) + costs.cost(right)
    ordinary = costs.cost(label.replace("-", "") if candidate.split else label)
    gain = ordinary - rest - costs.BRAND
    yield "gain", max(-15.0, min(25.0, gain)) / 10
    letters = costs.letters(left) + costs.letters(right)
    if letters:
        yield "rest_cost", rest / letters / 5
    if candidate.label < site.own:
        own = site.label(site.own)
        yield "domain_cost", costs.cost(own) / max(1, costs.letters(own)) / 5


def _sizes(site: Site, candidate: Candidate, lists: Lists) -> Iterator[tuple[str, float]]:
    start, end = site.labels[candidate.label]
    yield "label_size", min(end - start, 40) / 20
    if not site.is_host:
        return
    own = site.label(site.own)
    yield "own_size", min(len(own), 40) / 20
    yield "labels", min(len(site.labels), 5) / 5
    yield "hyphens", min(own.count("-"), 4) / 2
    yield "digit_inside", float(bool(_DIGIT_INSIDE.search(own)))
    parts = (part for i in range(len(site.labels)) for part in _PARTS.split(site.label(i)))
    count = float(min(3, sum(part in lists.technical for part in parts)))
    yield "technical", count
    if candidate.label < site.own:
        yield "technical_left_of_domain", count


def _words(side: str, reading: Reading) -> Iterator[tuple[str, float]]:
    for kind, count in kinds(reading).items():
        yield f"{side}_{kind}", float(min(count, 2))
    if reading.digits:
        yield f"{side}_digits", 1.0
    if reading.unexplained:
        size = "few" if reading.unexplained <= 2 else "some" if reading.unexplained <= 5 else "many"
        yield f"{side}_unknown_{size}", 1.0
    if not reading.words and not reading.digits and not reading.unexplained:
        yield f"{side}_nothing", 1.0
    if LURE_KINDS & {word.kind for word in reading.words}:
        yield f"{side}_lure", 1.0


def _crosses(found: dict[str, float], candidate: Candidate) -> Iterator[tuple[str, float]]:
    """Pairs that mean more than their parts; short names follow a stricter rule."""
    lured = "beside_lure" in found or "around_lure" in found
    if len(candidate.token.text) <= SHORT:
        whole = "whole_label" in found or "whole_piece" in found
        yield ("short_whole" if whole else "short_glued") + ("_lure" if lured else ""), 1.0
        inside = "inside_piece" in found or "inside_piece_known" in found
        if inside and not lured and "suffix_cheap" not in found:
            yield CHANCE, 1.0
    if lured and ("suffix_cheap" in found or "shared_host" in found):
        yield "lure_on_cheap_ground", 1.0
    for edge in ("inside_piece", "starts_piece", "ends_piece"):
        if edge in found and candidate.edit is not Edit.NONE:
            yield f"{edge}_edited", 1.0
        if edge in found and "left_of_domain" in found:
            yield f"{edge}_left_of_domain", 1.0
    if "left_of_domain" in found:
        yield "left_of_domain_" + ("whole" if "whole_label" in found else "part"), 1.0


def lure_words(site: Site, candidate: Candidate, lists: Lists) -> list[str]:
    """The words beside and around the candidate that ask for something, in reading order."""
    pieces = [*beside_pieces(site, candidate)]
    pieces += [site.label(i) for i in range(len(site.labels)) if i != candidate.label]
    return [
        word.text
        for piece in pieces
        for word in read(piece, lists).words
        if word.kind in LURE_KINDS
    ]
