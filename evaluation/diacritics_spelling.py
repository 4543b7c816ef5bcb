"""Spell Vietnamese syllables in the one way that the model counts them, and without their marks.

In: words and texts. Out: a syllable with its tone mark where most people put it ("hòa" for "hoà",
"quý" for "qúy"), or None when no Vietnamese syllable is spelled so; a text without marks. Nothing
here knows which syllables are words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from soi.core.text import base_letters

_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_LETTERS: Final = re.compile(
    r"(ngh?|nh|ch|gh|gi(?=[aăâeoôơuư]|ê$)|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?(.+)"
)
_RIMES: Final = frozenset(
    [
        "a",
        "ac",
        "ach",
        "ai",
        "am",
        "an",
        "ang",
        "anh",
        "ao",
        "ap",
        "at",
        "au",
        "ay",
        "ăc",
        "ăm",
        "ăn",
        "ăng",
        "ăp",
        "ăt",
        "âc",
        "âm",
        "ân",
        "âng",
        "âp",
        "ât",
        "âu",
        "ây",
        "e",
        "ec",
        "em",
        "en",
        "eng",
        "eo",
        "ep",
        "et",
        "ê",
        "êch",
        "êm",
        "ên",
        "ênh",
        "êp",
        "êt",
        "êu",
        "i",
        "ia",
        "ich",
        "iêc",
        "iêm",
        "iên",
        "iêng",
        "iêp",
        "iêt",
        "iêu",
        "im",
        "in",
        "inh",
        "ip",
        "it",
        "iu",
        "o",
        "oa",
        "oac",
        "oach",
        "oai",
        "oam",
        "oan",
        "oang",
        "oanh",
        "oao",
        "oap",
        "oat",
        "oay",
        "oăc",
        "oăm",
        "oăn",
        "oăng",
        "oăt",
        "oc",
        "oe",
        "oen",
        "oeo",
        "oet",
        "oi",
        "om",
        "on",
        "ong",
        "ooc",
        "oong",
        "op",
        "ot",
        "ô",
        "ôc",
        "ôi",
        "ôm",
        "ôn",
        "ông",
        "ôp",
        "ôt",
        "ơ",
        "ơi",
        "ơm",
        "ơn",
        "ơp",
        "ơt",
        "u",
        "ua",
        "uân",
        "uâng",
        "uât",
        "uây",
        "uc",
        "uê",
        "uêch",
        "uênh",
        "ui",
        "um",
        "un",
        "ung",
        "uơ",
        "up",
        "ut",
        "uôc",
        "uôi",
        "uôm",
        "uôn",
        "uông",
        "uôt",
        "uy",
        "uya",
        "uych",
        "uynh",
        "uyên",
        "uyêt",
        "uyt",
        "uyn",
        "uyp",
        "uyu",
        "ư",
        "ưa",
        "ưc",
        "ưi",
        "ưm",
        "ưng",
        "ươc",
        "ươi",
        "ươm",
        "ươn",
        "ương",
        "ươp",
        "ươt",
        "ươu",
        "ưt",
        "ưu",
        "y",
        "ych",
        "yêm",
        "yên",
        "yêng",
        "yêt",
        "yêu",
        "ynh",
        "ym",
        "yt",
        "yp",
        "yn",
        "uâc",
    ]
)
_AFTER_QU: Final = frozenset(
    [
        "a",
        "ac",
        "ach",
        "ai",
        "an",
        "ang",
        "anh",
        "ao",
        "at",
        "au",
        "ay",
        "ăc",
        "ăm",
        "ăn",
        "ăng",
        "ăp",
        "ăt",
        "ân",
        "âng",
        "ât",
        "âu",
        "ây",
        "e",
        "en",
        "eo",
        "et",
        "ê",
        "êch",
        "ên",
        "ênh",
        "êt",
        "y",
        "ych",
        "ynh",
        "yên",
        "yêt",
        "yt",
        "ơ",
        "ôc",
        "it",
    ]
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_STOPPED: Final = re.compile(r"(?:ch|[cpt])$")
_SHARP_OR_HEAVY: Final = frozenset({"\u0301", "\u0323"})
_SHAPED: Final = frozenset("ăâêôơư")
_VOWELS: Final = frozenset("aăâeêioôơuưy")


@lru_cache(maxsize=65_536)
def canonical(word: str) -> str | None:
    """The common spelling of the syllable `word`, None when it is no Vietnamese syllable."""
    apart = unicodedata.normalize("NFD", word)
    tones = [mark for mark in apart if mark in _TONES]
    plain = unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in _TONES))
    found = _LETTERS.fullmatch(plain)
    if len(tones) > 1 or found is None:
        return None
    onset, rime = found[1] or "", found[2]
    if rime not in (_AFTER_QU if onset == "qu" else _RIMES):
        return None
    tone = tones[0] if tones else ""
    if _STOPPED.search(rime) and tone not in _SHARP_OR_HEAVY:
        return None
    return onset + _toned(rime, tone)


def _toned(rime: str, tone: str) -> str:
    if not tone:
        return rime
    vowels = [place for place, letter in enumerate(rime) if letter in _VOWELS]
    shaped = [place for place in vowels if rime[place] in _SHAPED]
    if shaped:
        place = shaped[-1]
    elif len(vowels) == 1 or (len(vowels) == 2 and vowels[-1] == len(rime) - 1):
        place = vowels[0]
    else:
        place = vowels[1]
    return unicodedata.normalize("NFC", rime[: place + 1] + tone + rime[place + 1 :])


def words(text: str) -> Iterator[tuple[int, str]]:
    """The words of `text`, each with its place."""
    for word in _WORD.finditer(text):
        yield word.start(), word[0]


def shown_without(text: str) -> str:
    """`text`, which is in NFC, as it is typed without Vietnamese marks; case and length stay."""
    return "".join(
        plain.upper() if letter.isupper() else plain
        for letter, plain in zip(text, base_letters(text), strict=True)
    )
