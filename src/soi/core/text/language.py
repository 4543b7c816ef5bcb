"""Tell the language of a statement: Vietnamese, English, or another.

In: a sentence or a short message, with or without diacritics, in chat spelling, or Vietnamese
mixed with English. Out: a `Language`. Vietnamese is told by its letters, by the shape of its
syllables and by chat spellings; the rest by function words and by script. No model and no
network; nothing here says how sure it is, and a text without a single word is OTHER.
"""

from __future__ import annotations

import re

from soi.core.text.fold import fold
from soi.core.text.lexicon import word_list
from soi.core.text.normalise import clean
from soi.core.text.parts import Language
from soi.core.text.syllables import is_syllable

_READ = 4_000
"""Characters that are looked at: a statement's language shows long before."""

_NOT_WORDS = re.compile(
    r"(?:https?://|www\.)\S+|[@#]\w+|(?<!\S)\S*@\S*|(?<![\w.-])[\w.-]+/\S*|(?<![\w.])\w+(?:\.[a-z0-9-]+)+"
)
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_VI_WORDS = word_list("vi")
_CHAT_WORDS = word_list("vi-chat")
_EN_WORDS = word_list("en")
_OTHER_WORDS = word_list("other")
_LOAN = word_list("loan")
"""Words that are at home in every language."""

_VI_LETTER = re.compile("[ăđơưạ-ỹ]", re.IGNORECASE)
"""Letters that hardly any other language writes; ă is also Romanian, đ also Croatian."""

_VI_MARK = re.compile("[àáâãèéêìíòóôõùúýĩũ]")
"""Letters that Vietnamese shares with others; on a Vietnamese syllable they still tell."""

_FOREIGN_LETTER = re.compile("[À-ÖØ-öø-ɏ¿¡]")
_LATIN = re.compile("[a-zà-ɏḀ-ỿ]", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")

_CLUSTER_OF_VI = re.compile(r"ng\w*|nh\w*|\w*(?:uo|uy|oai|ieu|uye|uong|anh|inh|enh|oang)\w*")
_ENGLISH_SHAPE = re.compile(r"\w+(?:ing|ed|ly|tion|tions|ness|ment|th|ght|ck|sh|ous|ies|ful|ers?)")
_OTHER_SHAPE = re.compile(
    r"(?:me(?:ng|n|m|r)|ber|ter|pe(?:n|m|ng))\w{4,}(?:kan|an|i)|di\w{3,}kan|\w{3,}(?:kan|nya|lah)"
    r"|\w{2,}(?:cao|coes|mente|ando|endo|indo|eiro|eira|idad|cion|ciones|zione|zioni)"
    r"|\w{3,}(?:ung|ungen|lich|liche|keit|heit|schaft|isch|ische|ischen|eux|ique|iques|aux)"
    r"|\w*(?:sch|cz|sz|rz)\w*|\w{2,}(?:ych|ego|ami|owa|owy|nie)"
)
_OPEN_END = re.compile(r"\w{3,}[aiou]")
"""English words of four letters and more seldom end so; Malay and Romance ones do."""

# Weights in the sense of log-odds for Vietnamese, set by hand and tried on development messages.
_WITH_LETTER = 4.0
_WITH_MARK = 1.0
_FREQUENT = 1.1
_CHAT = 0.7
_PLAUSIBLE = 0.45
_NO_SYLLABLE = -1.15
_ENGLISH_WORD = -1.0
_OTHER_WORD = -0.6


def language_of(text: str) -> Language:
    """Return the language of `text`, judged on its first 4,000 characters; never raises."""
    read = _NOT_WORDS.sub(" ", clean(text[:_READ]))
    letters = len(_LETTER.findall(read))
    if not letters or len(_LATIN.findall(read)) * 2 < letters:
        folded = fold(read)  # a whole message in look-alike letters is read as Latin
        if not letters or len(_LATIN.findall(folded)) * 2 < letters:
            return Language.OTHER
    raw = _TOKEN.findall(read.lower())
    folded_words = [fold(word) for word in raw]
    if _vietnamese(raw, folded_words) > 0:
        return Language.VI
    return Language.EN if _english(read, folded_words) else Language.OTHER


def _vietnamese(raw: list[str], folded: list[str]) -> float:
    return sum(map(_vietnamese_weight, raw, folded))


def _vietnamese_weight(raw: str, folded: str) -> float:
    shaped = is_syllable(folded)
    if shaped and _VI_LETTER.search(raw):
        return _WITH_LETTER
    if folded in _LOAN:
        return 0.0
    if shaped and _VI_MARK.search(raw):
        return _WITH_MARK
    if folded in _CHAT_WORDS:
        return _CHAT
    if folded in _EN_WORDS:
        return _ENGLISH_WORD
    if folded in _VI_WORDS:
        return _FREQUENT
    if folded in _OTHER_WORDS:
        return _OTHER_WORD
    if shaped:
        return _PLAUSIBLE * (2 if _CLUSTER_OF_VI.fullmatch(folded) else 1)
    return _NO_SYLLABLE


def _english(read: str, folded: list[str]) -> bool:
    english = sum(word in _EN_WORDS for word in folded)
    other = sum(word in _OTHER_WORDS and word not in _EN_WORDS for word in folded)
    unknown = [word for word in folded if word not in _EN_WORDS]
    shapes = sum(_ENGLISH_SHAPE.fullmatch(word) is not None for word in unknown)
    other_shapes = sum(_OTHER_SHAPE.fullmatch(word) is not None for word in unknown)
    open_ends = sum(_OPEN_END.fullmatch(word) is not None for word in unknown)
    foreign = len(_FOREIGN_LETTER.findall(read))
    against = 1.3 * other + 0.7 * foreign + 0.7 * other_shapes + 0.3 * open_ends
    return english + 0.5 * shapes >= against
