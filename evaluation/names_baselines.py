"""Two simple detectors to hold the lookalike engine against, run on the same names.

In: brands and hosts. Out: a score (1.0 or `NO_FINDING`) and the brand found for every host. Like
the engine they leave a brand's own hosts alone, so that only the matching rule differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from evaluation.names_metrics import NO_FINDING
from soi.core.lookalike import Brand, Register, compile_register, normalise_host


@dataclass(frozen=True, slots=True)
class Verdict:
    """A detector's word on one host; `brand` is "" without a finding."""

    score: float
    brand: str


_NOTHING = Verdict(NO_FINDING, "")


def substring_rule(brands: Sequence[Brand], hosts: Iterable[str]) -> list[Verdict]:
    """Report a host that contains any token or alias, the longest one found."""
    register, spelled = compile_register(brands), _spelled(brands)
    return [_contained(normalise_host(host), register, spelled) for host in hosts]


def edit_distance_rule(brands: Sequence[Brand], hosts: Iterable[str]) -> list[Verdict]:
    """As `substring_rule`, or a label within one edit of a token (the rule of keyword watchers)."""
    register, spelled = compile_register(brands), _spelled(brands)
    found = []
    for host in map(normalise_host, hosts):
        verdict = _contained(host, register, spelled)
        if verdict is _NOTHING and not register.owner(host):
            verdict = _one_edit_off(host, spelled)
        found.append(verdict)
    return found


def _spelled(brands: Sequence[Brand]) -> list[tuple[str, str]]:
    pairs = [(token, brand.id) for brand in brands for token in (*brand.tokens, *brand.aliases)]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def _contained(host: str, register: Register, spelled: list[tuple[str, str]]) -> Verdict:
    brand = next((brand for token, brand in spelled if token in host), "")
    return Verdict(1.0, brand) if brand and not register.owner(host) else _NOTHING


def _one_edit_off(host: str, spelled: list[tuple[str, str]]) -> Verdict:
    for label in host.split(".")[:-1]:
        for token, brand in spelled:
            near = abs(len(label) - len(token)) <= 1
            if near and Levenshtein.distance(label, token, score_cutoff=1) <= 1:
                return Verdict(1.0, brand)
    return _NOTHING
