"""Four simple detectors to hold the lookalike engine against, run on the same names.

In: brands and hosts. Out: a score and the brand found for every host. Like the engine they leave a
brand's own hosts alone, so that only the matching rule differs. The rules are those of well-known
tools as their documents describe them, written anew: `permutation_rule` that of generators of
misspelt domains (dnstwist), `edit_distance_rule` that of keyword watchers (openSquat),
`points_rule` that of additive scores over a stream of certificates (phishing_catcher).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from evaluation.names_metrics import NO_FINDING
from soi.core.lookalike import Brand, Register, compile_register, normalise_host, registrable
from soi.core.lookalike.hosts import public_suffix
from soi.core.lookalike.words import word_classes


@dataclass(frozen=True, slots=True)
class Verdict:
    """A detector's word on one host; `brand` is "" without a finding."""

    score: float
    brand: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A detector by name: it reports from `threshold` on."""

    name: str
    detect: Callable[[Sequence[Brand], Iterable[str]], list[Verdict]]
    threshold: float = 1.0


_NOTHING = Verdict(NO_FINDING, "")
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_GLYPHS = {
    "o": ("0",), "l": ("1", "i"), "i": ("1", "l"), "e": ("3",), "a": ("4",), "s": ("5",),
    "m": ("rn", "nn"), "w": ("vv",), "d": ("cl",), "g": ("q",), "q": ("g",), "u": ("v",),
    "v": ("u",), "b": ("d", "6"), "n": ("r",), "t": ("7",),
}  # fmt: skip
_VOWELS = "aeiou"
_OTHER_SUFFIXES = """
com net org info biz vn com.vn net.vn co cc top xyz vip club online site shop store app io me fr de
uk co.uk us ru in br com.br es it jp cn
""".split()  # noqa: SIM905  read as running text
_DICTIONARY = """
login signin secure verify account support help online bank pay app mobile vip pro shop vn vay the
xacthuc dangnhap hotro cskh taikhoan nganhang
""".split()  # noqa: SIM905  the same
_POINTS_FOR_BRAND = 60
_POINTS_FOR_NEAR = 70
_POINTS_FOR_LURE = 25
_POINTS_FOR_SUFFIX = 20
_POINTS_FOR_ENTROPY = 10
_LETTERS = re.compile(r"[a-z0-9]+")


def permutation_rule(brands: Sequence[Brand], hosts: Iterable[str]) -> list[Verdict]:
    """Report a host whose registrable domain is a permutation of a brand's name, by membership.

    Permutations: a letter left out, doubled, swapped, replaced or added on the keyboard, flipped in
    one bit, drawn by others; vowels; a hyphen or dot put in; a word of a dictionary beside it; each
    under the brand's own suffixes and thirty others.
    """
    register = compile_register(brands)
    made = {name: brand.id for brand in reversed(brands) for name in _permutations(brand)}
    found = []
    for host in map(normalise_host, hosts):
        brand = made.get(registrable(host) or "", "")
        found.append(Verdict(1.0, brand) if brand and not register.owner(host) else _NOTHING)
    return found


def substring_rule(brands: Sequence[Brand], hosts: Iterable[str]) -> list[Verdict]:
    """Report a host that contains any token or alias, the longest one found."""
    register, spelled = compile_register(brands), _spelled(brands)
    return [_contained(normalise_host(host), register, spelled) for host in hosts]


def edit_distance_rule(brands: Sequence[Brand], hosts: Iterable[str]) -> list[Verdict]:
    """As `substring_rule`, or a label within one edit of a token."""
    register, spelled = compile_register(brands), _spelled(brands)
    found = []
    for host in map(normalise_host, hosts):
        verdict = _contained(host, register, spelled)
        if verdict is _NOTHING and not register.owner(host):
            verdict = _one_edit_off(host, spelled)
        found.append(verdict)
    return found


def points_rule(brands: Sequence[Brand], hosts: Iterable[str]) -> list[Verdict]:
    """Add points for a brand's name, words near it, luring words, suffix, entropy, hyphens, dots.

    The score is points / 100; 0.75 is where such scores begin to call a name suspicious.
    """
    register, spelled = compile_register(brands), _spelled(brands)
    found = []
    for host in map(normalise_host, hosts):
        points, brand = (0.0, "") if register.owner(host) else _points(host, spelled)
        found.append(Verdict(points / 100, brand) if points else _NOTHING)
    return found


RULES = (
    Rule("permutations", permutation_rule),
    Rule("substring", substring_rule),
    Rule("one edit or substring", edit_distance_rule),
    Rule("points", points_rule, threshold=0.75),
)
"""What every report holds the engine against."""


def _spelled(brands: Sequence[Brand]) -> list[tuple[str, str]]:
    pairs = [(token, brand.id) for brand in brands for token in (*brand.tokens, *brand.aliases)]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def _contained(host: str, register: Register, spelled: list[tuple[str, str]]) -> Verdict:
    brand = next((brand for token, brand in spelled if token in host), "")
    return Verdict(1.0, brand) if brand and not register.owner(host) else _NOTHING


def _one_edit_off(host: str, spelled: list[tuple[str, str]]) -> Verdict:
    for label in host.split(".")[:-1]:
        for token, brand in spelled:
            if _is_near(label, token):
                return Verdict(1.0, brand)
    return _NOTHING


def _is_near(word: str, token: str) -> bool:
    near = abs(len(word) - len(token)) <= 1
    return near and Levenshtein.distance(word, token, score_cutoff=1) <= 1


def _permutations(brand: Brand) -> Iterator[str]:
    suffixes = {public_suffix(normalise_host(host)) for host in brand.hosts} | {*_OTHER_SUFFIXES}
    for token in (*brand.tokens, *brand.aliases):
        labels = {token, *_misspelt(token)}
        labels |= {f"{token}{j}{word}" for word in _DICTIONARY for j in ("", "-")}
        labels |= {f"{word}{j}{token}" for word in _DICTIONARY for j in ("", "-")}
        yield from (f"{label}.{suffix}" for label in labels for suffix in suffixes)


def _misspelt(word: str) -> Iterator[str]:
    for i, letter in enumerate(word):
        left, right = word[:i], word[i + 1 :]
        yield left + right
        yield left + letter + letter + right
        yield from (left + c + right for c in _flipped(letter))
        yield from (left + drawn + right for drawn in _GLYPHS.get(letter, ()))
        if letter in _VOWELS:
            yield from (left + vowel + right for vowel in _VOWELS)
        for near in _neighbours(letter):
            yield left + near + right
            yield left + near + letter + right
            yield left + letter + near + right
        if right:
            yield left + right[0] + letter + right[1:]
        if i:
            yield f"{left}-{word[i:]}"
            yield f"{left}.{word[i:]}"
    yield from (word + c for c in "abcdefghijklmnopqrstuvwxyz0123456789")


def _neighbours(letter: str) -> Iterator[str]:
    for row in _KEYBOARD:
        place = row.find(letter)
        if place >= 0:
            yield from row[max(0, place - 1) : place] + row[place + 1 : place + 2]


def _flipped(letter: str) -> Iterator[str]:
    for bit in range(7):
        other = chr(ord(letter) ^ (1 << bit))
        if other.isascii() and other.isalnum() and not other.isupper():
            yield other


def _points(host: str, spelled: list[tuple[str, str]]) -> tuple[float, str]:
    suffix = public_suffix(host)
    name = host.removesuffix(suffix).strip(".")
    words = _LETTERS.findall(name)
    points = _POINTS_FOR_SUFFIX * (word_classes("suffixes").get(suffix) == "cheap")
    brand = next((brand for token, brand in spelled if token in name), "")
    points += _POINTS_FOR_BRAND * bool(brand)
    for token, owner in spelled:
        if len(token) > 4 and any(word != token and _is_near(word, token) for word in words):
            points += _POINTS_FOR_NEAR
            brand = brand or owner
            break
    lexicon = word_classes("lures")
    lures = sum(lexicon.get(word) in ("account", "support", "money") for word in set(words))
    points += _POINTS_FOR_LURE * lures
    points += 3 * name.count("-") if name.count("-") >= 4 else 0
    points += 3 * host.count(".") if host.count(".") >= 3 else 0
    return points + _POINTS_FOR_ENTROPY * _entropy(name), brand


def _entropy(text: str) -> float:
    counts = Counter(text).values()
    return sum(-n / len(text) * math.log2(n / len(text)) for n in counts)
