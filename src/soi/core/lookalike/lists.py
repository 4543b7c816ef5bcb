"""The lists that judging leans on and that may be other ones: lures, technical words, partners.

In: the lists inside the package, hosts that a desk adds. Out: a `Lists` value that a compiled
register carries. Partners are domains below which other organisations' names stand with their
consent; lures are words that stand beside a name, by what they do there; technical words are what
machines are called. An evaluation restricts them to what its training brands have shown. Nothing
here reads outside the package.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from soi.core.lookalike.hosts import normalise_host, parents
from soi.core.lookalike.words import word_classes, word_set

DESK = "desk"
"""The class of a partner that a desk added."""
_CONSENTED = frozenset({"cdn", "measure", DESK})
"""Classes whose keepers vet their customers: a name below them is nobody's imitation."""


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Lures and partners, each with its class, and technical words."""

    lures: Mapping[str, str]
    partners: Mapping[str, str]
    technical: frozenset[str]
    longest_lure: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "longest_lure", max(map(len, self.lures), default=0))

    def partner(self, domain: str) -> str:
        """The class of the partner whose domain it is, or stands above it; "" for none."""
        return next((self.partners[p] for p in parents(domain) if p in self.partners), "")

    def is_consented(self, domain: str) -> bool:
        """Whether names below `domain` stand there because somebody vetted them."""
        return self.partners.get(domain, "") in _CONSENTED

    def restricted(self, words: Collection[str], partners: Collection[str]) -> Lists:
        """Only those entries that are among `words` and `partners`."""
        return Lists(
            {word: kind for word, kind in self.lures.items() if word in words},
            {host: kind for host, kind in self.partners.items() if host in partners},
            self.technical.intersection(words),
        )


@cache
def shipped_lists() -> Lists:
    """The lists inside the package."""
    return Lists(word_classes("lures"), word_classes("integrations"), word_set("technical"))


def lists_with(partners: Iterable[str]) -> Lists:
    """The shipped lists and the hosts that a desk vouches for; what is no host is left out."""
    added = {host: DESK for host in map(normalise_host, partners) if host}
    if not added:
        return shipped_lists()
    shipped = shipped_lists()
    return Lists(shipped.lures, {**shipped.partners, **added}, shipped.technical)
