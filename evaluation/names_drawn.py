"""Invent misspelt imitations for training: real shapes of names with one letter of the brand bent.

In: labelled imitations and their brands. Out: further imitations, made by replacing the brand's
name in a real one by a misspelling. They teach what rare kinds (typos, foreign letters) look like
without the feeds that hold most real ones; they are never used to measure anything.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from evaluation.names_data import LabelledName
from soi.core.lookalike import Brand, NameKind, Register, compile_register
from soi.core.lookalike.judge import score_all
from soi.core.lookalike.model import Model

SOURCE = "drawn"
_SHARE = 0.15
"""Drawn names for each real one: typos are about a fifth of the imitations in public feeds."""
_SHORTEST = 5
_NEIGHBOURS = {
    a: row[max(0, i - 1) : i] + row[i + 1 : i + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for i, a in enumerate(row)
}
_DIGITS = {"o": "0", "i": "1", "l": "1", "e": "3", "a": "4", "s": "5"}
_VOWELS = "aeiou"
_FOREIGN = {"a": "аáạ", "e": "еéẹ", "i": "іíị", "o": "оóọ", "u": "úụ", "n": "ñ", "p": "р", "c": "с"}
_BLANK = Model({}, 0.0, 0.5, 0.5)


def drawn_imitations(
    brands: Sequence[Brand], names: Sequence[LabelledName], *, seed: int = 1
) -> list[LabelledName]:
    """Misspelt twins of the imitating hosts among `names`; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  repeatable training data, not a secret
    register = compile_register(brands)
    return [
        LabelledName(host, imitates=True, brand=name.brand, kind="typo", source=SOURCE)
        for name in names
        if name.imitates and name.what is NameKind.HOST and chance.random() < _SHARE
        for host in _twin(name, register, chance)
    ]


def _twin(name: LabelledName, register: Register, chance: random.Random) -> Iterator[str]:
    for scored in score_all(name.host, NameKind.HOST, register, model=_BLANK):
        found = scored.lookalike
        shown = name.host[found.span.start : found.span.end]
        if found.brand == name.brand and shown == found.details["token"]:
            if len(shown) >= _SHORTEST:
                bent = misspell(shown, chance)
                yield (
                    _encode(name.host[: found.span.start] + bent + name.host[found.span.end :])
                    if chance.random() < 0.6
                    else _encode(f"{bent}.{found.details['suffix']}")
                )
            return


def misspell(word: str, chance: random.Random) -> str:
    """Bend one letter of a word of at least two letters, as typists and impostors do."""
    place = chance.randrange(1, len(word)) if chance.random() < 0.85 else 0
    letter = word[place]
    way = chance.choices(
        ("drop", "swap", "replace", "add", "digit", "foreign"), (4, 3, 6, 4, 2, 2)
    )[0]
    if way == "digit" and letter in _DIGITS:
        return word[:place] + _DIGITS[letter] + word[place + 1 :]
    if way == "foreign" and letter in _FOREIGN:
        return word[:place] + chance.choice(_FOREIGN[letter]) + word[place + 1 :]
    if way == "drop":
        return word[:place] + word[place + 1 :]
    if way == "swap" and 0 < place < len(word) - 1:
        return word[:place] + word[place + 1] + letter + word[place + 2 :]
    if way == "add":
        return word[:place] + chance.choice(letter * 3 + _near(letter)) + word[place:]
    return word[:place] + chance.choice(_near(letter)) + word[place + 1 :]


def _near(letter: str) -> str:
    near = _NEIGHBOURS.get(letter, "") + (_VOWELS if letter in _VOWELS else "")
    return near.replace(letter, "") or "x"


def _encode(host: str) -> str:
    """The host with Unicode labels in their ASCII form, as lists write them."""
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
        for label in host.split(".")
    )
