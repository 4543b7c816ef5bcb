"""Say how a name was bent into another: by a slip of the finger, a look, or neither.

In: a name as shown and as it should be, one edit apart. Out: one `Bend`. Typists hit the next key,
double or drop a letter; impostors take a letter that looks the same; what is neither is more often
another word.
"""

from __future__ import annotations

from enum import StrEnum

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR = {a: row[max(0, i - 1) : i] + row[i + 1 : i + 2] for row in _ROWS for i, a in enumerate(row)}
_PAIRS = """
il ij lj lt uv vw nm nh bh gq qp ce co eo ao oq bd tf rn hn 1l 1i 0o 5s 3e 4a 6b 8b 9g
"""
_LIKE = frozenset(map(frozenset, _PAIRS.split()))
_VOWELS = frozenset("aeiouy")


class Bend(StrEnum):
    """How one name became the other."""

    DOUBLED = "doubled"
    UNDOUBLED = "undoubled"
    NEAR_KEY = "near_key"
    """A key beside the right one, instead of it or with it."""
    ALIKE = "alike"
    """A letter that looks like the right one."""
    VOWEL = "vowel"
    """A vowel left out or another one."""
    DROPPED = "dropped"
    SWAPPED = "swapped"
    OTHER = "other"


def bend(shown: str, meant: str) -> Bend:
    """The bend that leads from `meant` to `shown`; `OTHER` too for more than one edit."""
    start = 0
    while start < min(len(shown), len(meant)) and shown[start] == meant[start]:
        start += 1
    tail = 0
    while tail < min(len(shown), len(meant)) - start and shown[-1 - tail] == meant[-1 - tail]:
        tail += 1
    new, old = shown[start : len(shown) - tail], meant[start : len(meant) - tail]
    if len(new) == 1 and not old:
        return _added(new, shown[max(0, start - 1) : start] + shown[start + 1 : start + 2])
    if len(old) == 1 and not new:
        return _dropped(old, meant[max(0, start - 1) : start] + meant[start + 1 : start + 2])
    if len(new) == len(old) == 1:
        return _replaced(new, old)
    return Bend.SWAPPED if len(new) == 2 and new == old[::-1] else Bend.OTHER


def _added(new: str, beside: str) -> Bend:
    if new in beside:
        return Bend.DOUBLED
    return Bend.NEAR_KEY if any(new in _NEAR.get(c, "") for c in beside) else Bend.OTHER


def _dropped(old: str, beside: str) -> Bend:
    if old in beside:
        return Bend.UNDOUBLED
    return Bend.VOWEL if old in _VOWELS else Bend.DROPPED


def _replaced(new: str, old: str) -> Bend:
    if frozenset((new, old)) in _LIKE:
        return Bend.ALIKE
    if new in _NEAR.get(old, ""):
        return Bend.NEAR_KEY
    return Bend.VOWEL if {new, old} <= _VOWELS else Bend.OTHER
