"""Fold a text to the letters that people compare by: "ĐẸPPP", "Đep" and "dep" are one.

In: any string. Out: lower case without Vietnamese marks, compatibility forms (fullwidth, circled,
mathematical) as plain letters, look-alike letters of other scripts as Latin ones, long runs of
one letter squeezed; on request with the origin of each character, for quoting. Genuine Russian or
Greek stays Russian or Greek. Nothing here knows words: `teencode` does.

Which letters of another script become Latin is decided for each word (a run of letters, marks and
digits):

1. a word with Latin letters and others: each letter that looks like a Latin one becomes it;
2. a word of two letters or more, all Cyrillic or all Greek, where every letter looks Latin: the
   whole word, unless the text has another word of that script which cannot be Latin ("роса" in
   the midst of Russian stays, and becomes "poca" alone or in Vietnamese text);
3. any other word stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import disarm

from soi.core.text.normalise import clean, normalise

_CACHED_LETTERS = 20_000
_UNSPLIT = str.maketrans(
    {"đ": "d", "ð": "d", "ɖ": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "ŧ": "t", "æ": "ae"}
    | {"œ": "oe", "ƀ": "b", "ƶ": "z", "ɨ": "i", "ʉ": "u", "ɵ": "o", "ǥ": "g"}
)
"""Latin letters that Unicode does not take apart into a base and a mark."""

_LATIN_FORMS = {
    "CYRILLIC": frozenset("АВСЕНІЈКМОРЅТХУҮЗаеһіјорсухѕԁԛԝӏү"),
    "GREEK": frozenset("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορυ"),
}
"""Letters that pass for Latin ones in any typeface: enough to read a whole word as Latin."""

_OTHER_SCRIPT = re.compile(
    "[\u0370-\u058f\u10a0-\u10ff\u13a0-\u13ff\u1f00-\u1fff\u2c80-\u2dff"
    "\ua4d0-\ua4ff\ua640-\ua69f\uab70-\uabbf\U00010400-\U000104ff]"
)
_WORD = re.compile(r"\w+")
_ROMAN = "(?=[xvi])x{0,3}(?:ix|iv|v?i{0,3})"
_LONG_RUN = re.compile(rf"\b(?:www|{_ROMAN})(?!\w)|([^\W\d_])\1\1+")


def fold(text: str) -> str:
    """Return `text` folded for comparison; folding twice changes nothing.

    Not of the same length as `text`: use `fold_aligned` to find a place again. Linear in the
    length of `text`; never raises.
    """
    return _LONG_RUN.sub(_one_of, _latin_words(clean(text)).translate(_LETTERS))


def fold_aligned(text: str) -> tuple[str, tuple[int, ...]]:
    """Return `fold(text)` and for each of its characters the index in `text` it came from."""
    seen = normalise(text)
    letters: list[str] = []
    origin: list[int] = []
    for place, letter in zip(seen.origin, _latin_words(seen.text), strict=True):
        folded = _LETTERS[ord(letter)]
        letters.append(folded)
        origin.extend([place] * len(folded))
    return _squeeze_aligned("".join(letters), origin)


def squeeze(text: str) -> str:
    """Return `text` with three or more of one letter in a row as the first of them.

    "đẹpppp" is "đẹp" and "quáaaa" is "quá" (marks and case do not tell letters apart); doubles
    stand ("good", "xoong"), so "goooood" becomes "god", the same on both sides of a comparison.
    Digits are never touched, nor Roman numerals ("XIII") nor "www".
    """
    base = base_letters(text)
    pieces: list[str] = []
    done = 0
    for run in _LONG_RUN.finditer(base):
        if run[1]:
            pieces.append(text[done : run.start() + 1])
            done = run.end()
    pieces.append(text[done:])
    return "".join(pieces)


def base_letters(text: str) -> str:
    """Return `text` in plain lower-case letters, of the same length: place for place.

    A letter that folds to more than one ("ß", "æ") stays as it is, and runs are not squeezed.
    """
    return text.lower() if text.isascii() else "".join(map(_base, text))


def _base(letter: str) -> str:
    folded = _LETTERS[ord(letter)]
    return folded if len(folded) == 1 else letter


def _one_of(run: re.Match[str]) -> str:
    return run[1] or run[0]


def _squeeze_aligned(text: str, origin: Sequence[int]) -> tuple[str, tuple[int, ...]]:
    kept: list[str] = []
    places: list[int] = []
    done = 0
    for run in _LONG_RUN.finditer(text):
        if run[1]:
            kept.append(text[done : run.start() + 1])
            places.extend(origin[done : run.start() + 1])
            done = run.end()
    return "".join([*kept, text[done:]]), (*places, *origin[done:])


class _Letters(dict[int, str]):
    """Code point to folded letters, filled as letters are met, with a bound on its size."""

    def __missing__(self, code: int) -> str:
        folded = _fold_letter(chr(code))
        if len(self) < _CACHED_LETTERS:
            self[code] = folded
        return folded


def _fold_letter(letter: str) -> str:
    """Marks first and case after, so that İ and ẞ come out plain; until nothing changes."""
    bare = "".join(
        part for part in unicodedata.normalize("NFKD", letter) if not "\u0300" <= part <= "\u036f"
    )
    if len(bare) > 1:
        bare = _latin_words(bare)  # units such as ㎂ come apart into Greek and Latin
    folded = unicodedata.normalize("NFC", bare.casefold().translate(_UNSPLIT))
    if len(folded) == 1 and not folded.isascii() and _script(folded) == "LATIN":
        folded = _latin_form(folded) or folded
    return folded if folded == letter else "".join(_fold_letter(part) for part in folded)


_LETTERS = _Letters()


def _latin_words(text: str) -> str:
    """Put Latin letters for look-alikes by the rule above; the length stays."""
    if not _OTHER_SCRIPT.search(text):
        return text
    genuine = {
        script
        for word in _WORD.findall(text)
        if len(scripts := _scripts(word)) == 1 and not _is_latin_form(word, script := scripts.pop())
    }
    return _WORD.sub(lambda word: _latin_word(word[0], genuine), text)


def _latin_word(word: str, genuine: set[str]) -> str:
    scripts = _scripts(word)
    mixed = "LATIN" in scripts and len(scripts) > 1
    if not mixed:
        if len(scripts) != 1 or len(word) == 1:
            return word
        script = next(iter(scripts))
        if script in genuine or not _is_latin_form(word, script):
            return word
    return "".join(_latin_form(letter) or letter for letter in word)


def _is_latin_form(word: str, script: str) -> bool:
    forms = _LATIN_FORMS.get(script, frozenset())
    return all(letter in forms for letter in word if letter.isalpha())


def _scripts(word: str) -> set[str]:
    return {_script(letter) for letter in word if letter.isalpha()}


@lru_cache(maxsize=_CACHED_LETTERS)
def _script(letter: str) -> str:
    """The script as the first word of the character's name, which serves for telling them apart."""
    name = unicodedata.name(unicodedata.normalize("NFKC", letter)[:1], "")
    return name.partition(" ")[0]


@lru_cache(maxsize=_CACHED_LETTERS)
def _latin_form(letter: str) -> str:
    """The one ASCII letter that `letter` looks like, or ""; by the confusables of UTS #39."""
    if letter.isascii():
        return ""
    base = unicodedata.normalize("NFKD", letter)[0]
    for shape in (base, base.lower()):
        form = shape if shape.isascii() else str(disarm.normalize_confusables(shape))
        if len(form) == 1 and form.isascii() and form.isalpha():
            return form
    return ""
