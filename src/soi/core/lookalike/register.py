"""Compile a register of brands once, so that a name can be held against all of them at once.

In: brands with their spelled names, aliases, hosts and handles. Out: a `Register` that tells which
names are a brand's own and where in a text something like a brand stands. Nothing here weighs
what it finds: `judge` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from soi.core.lookalike.finder import Finder, Place
from soi.core.lookalike.hosts import (
    is_shortener,
    normalise_host,
    parents,
    public_suffix,
    turns_direction,
)
from soi.core.lookalike.letters import plain_letters
from soi.core.lookalike.lists import Lists, shipped_lists
from soi.core.lookalike.types import Brand

SHORT = 4
"""Names of up to this many letters occur inside too many words to be believed there."""
_MIN_TOKEN = 3


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """One spelled name of one brand, in lower-case ASCII; `hosts` are the brand's, normalised."""

    text: str
    brand: Brand
    is_alias: bool
    hosts: frozenset[str] = field(repr=False)
    suffixes: frozenset[str] = field(repr=False)
    """The public suffixes under which the brand has hosts."""


Found = Place[Token]
"""A token, or one with a letter wrong, at `start:end` of the scanned text."""


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """A compiled register; made by `compile_register`, never changed afterwards."""

    brands: tuple[Brand, ...]
    lists: Lists = field(repr=False)
    _finder: Finder[Token] = field(repr=False)
    _owners: dict[str, Brand] = field(repr=False)
    _handles: dict[str, Brand] = field(repr=False)

    def owner(self, host: str) -> Brand | None:
        """The brand that owns this host or a name above it.

        A public suffix is nobody's, even when its keeper lists it: customers of `appspot.com` are
        not Google.
        """
        host = normalise_host(host)
        if not host:
            return None
        suffix = public_suffix(host)
        for parent in parents(host):
            if parent == suffix:
                return None
            if parent in self._owners:
                return self._owners[parent]
        return None

    def official(self, host: str) -> Brand | None:
        """The brand whose own words a page on this host may be, or None.

        As `owner`, but None too for shorteners and open platforms, where strangers write below
        the brand's own host, and for text that turns the reading direction.
        """
        if turns_direction(host) or is_shortener(normalise_host(host)):
            return None
        return self.owner(host)

    def official_handle(self, handle: str) -> Brand | None:
        """The brand that lists this account name (a leading @ and upper case do not matter)."""
        return self._handles.get(_handle_key(handle))

    def find(self, folded: str) -> Iterator[Found]:
        """Every place in class-folded text where a token stands, with at most one letter wrong."""
        return self._finder.find(folded)

    def ends(self, folded: str) -> Iterator[int]:
        """A position in each place that `find` finds: the quick form for long blocks."""
        return self._finder.ends(folded)


def compile_register(brands: Iterable[Brand], *, lists: Lists | None = None) -> Register:
    """Compile brands for judging, with other lists than the shipped ones if need be.

    Names of one or two letters cannot be told from chance and are left out; hosts that are no
    hosts are too. Raises `ValueError` when two brands share an id. A host listed by two brands
    belongs to the first.
    """
    listed = tuple(brands)
    if len({brand.id for brand in listed}) != len(listed):
        raise ValueError("two brands share an id")
    owners: dict[str, Brand] = {}
    handles: dict[str, Brand] = {}
    for brand in listed:
        for host in brand.hosts:
            owners.setdefault(normalise_host(host), brand)
        for handle in brand.handles:
            handles.setdefault(_handle_key(handle), brand)
    owners.pop("", None)
    handles.pop("", None)
    finder = Finder((token.text, token) for brand in listed for token in _tokens(brand))
    return Register(listed, lists or shipped_lists(), finder, owners, handles)


def _handle_key(handle: str) -> str:
    return handle.strip().removeprefix("@").casefold()


def _tokens(brand: Brand) -> Iterator[Token]:
    seen: set[str] = set()
    hosts = frozenset(map(normalise_host, brand.hosts))
    suffixes = frozenset(map(public_suffix, hosts))
    for names, is_alias in ((brand.tokens, False), (brand.aliases, True)):
        for name in names:
            text = "".join(c for x in name[:64] for c in plain_letters(x.lower()) if c.isalnum())
            if len(text) >= _MIN_TOKEN and not text.isdigit() and text not in seen:
                seen.add(text)
                yield Token(text, brand, is_alias, hosts, suffixes)
