"""See a name as a hurried reader sees it: accents, foreign letters and digits taken for letters.

In: a name. Out: a `View` of the same name in which every character stands for what it looks like
and knows the place it came from. Nothing here knows brands.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import disarm

from soi.core.lookalike.hosts import DOTS, decode_label, is_invisible

_NO_MARK = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "ß": "ss", "þ": "p"})
_CLASSES = str.maketrans({"0": "o", "1": "l", "i": "l", "3": "e", "4": "a", "5": "s"})
_KEPT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._")


def class_fold(plain: str) -> str:
    """Write every character as its class (0 as o, 1 and i as l, ...); the length stays."""
    return plain.translate(_CLASSES)


@lru_cache(maxsize=4096)
def plain_letters(character: str) -> str:
    """The ASCII letters, digits or separators that one character is taken for; "" for none.

    Marks are removed before the confusables of UTS #39 are resolved, because its skeleton keeps
    accents (so that `ệ` and `e` would stay apart).
    """
    if is_invisible(character) or unicodedata.category(character) == "Cs":
        return ""  # a lone surrogate is no character
    base = _without_marks(character)
    if not base.isascii():
        base = _without_marks(disarm.normalize_confusables(base))
    return "".join(c for c in base if c in _KEPT)


def _without_marks(text: str) -> str:
    torn = unicodedata.normalize("NFKD", text).lower()
    bare = "".join(c for c in torn if not unicodedata.combining(c))
    return unicodedata.normalize("NFKD", bare.translate(_NO_MARK))


@dataclass(frozen=True, slots=True)
class View:
    """A name in plain ASCII.

    `plain[i]` came from `name[starts[i]:ends[i]]`; `disguised[i]` is true when another character
    than an ASCII one stood there.
    """

    plain: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    disguised: tuple[bool, ...]

    def is_disguised(self, start: int, end: int) -> bool:
        """Whether any character of the piece only looks like what it is taken for."""
        return any(self.disguised[start:end])


def view(name: str, start: int, end: int, *, separators: str = "", accents: bool = True) -> View:
    """The view of `name[start:end]`; each of `separators` reads as a hyphen.

    With `accents` a letter with marks is a disguise, as in hosts; without, only letters of other
    alphabets are, as in names that people show ("Sóng Xanh").

    `xn--` labels are decoded, and each of their characters points at the whole label.
    """
    piece = name[start:end]
    if piece.isascii() and "xn--" not in piece.lower():
        lowered = _separate(piece.lower(), separators)
        places = range(start, end)
        return View(lowered, tuple(places), tuple(p + 1 for p in places), (False,) * len(piece))
    return _slow_view(name, start, end, separators, accents=accents)


def _separate(text: str, separators: str) -> str:
    return text.translate({ord(c): "-" for c in separators}) if separators else text


def _slow_view(name: str, start: int, end: int, separators: str, *, accents: bool) -> View:
    plain: list[str] = []
    places: list[tuple[int, int, bool]] = []
    for shown, at, until in _characters(name.translate(DOTS), start, end):
        letters = "-" if shown in separators else plain_letters(shown)
        plain.extend(letters)
        disguised = not (shown if accents else _without_marks(shown)).isascii()
        places.extend([(at, until, disguised)] * len(letters))
    return View(
        "".join(plain),
        tuple(p[0] for p in places),
        tuple(p[1] for p in places),
        tuple(p[2] for p in places),
    )


def _characters(name: str, start: int, end: int) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    at = start
    for label in name[start:end].split("."):
        if at > start:
            found.append((".", at - 1, at))
        until = at + len(label)
        shown = decode_label(label.lower())
        if shown == label.lower():
            found.extend((c.lower(), at + i, at + i + 1) for i, c in enumerate(label))
        else:
            found.extend((c, at, until) for c in shown)
        at = until + 1
    return found
