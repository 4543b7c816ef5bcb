"""Decide where a publisher's words stand on the desk's scale.

In: the words of a verdict in any language, and the rating's numbers. Out: a `Verdict`, or None when
the words are on no known scale, contradict themselves ("True, but ..."), or judge nothing, as
"satire" does. The words themselves are never changed here, and None is never shown as a verdict.

The words stand in `verdicts.tsv`: verdict, language, phrase; "none" marks words that are known and
deliberately unjudged. What is put where, where publishers differ:

| words | verdict | because |
|---|---|---|
| mostly false, barely true, pants on fire | false | the claim's main point does not hold |
| half true, mixture, misleading, exaggerated, outdated | missing context | part of it holds |
| altered, fake, miscaptioned, misattributed, hoax, scam | false | it is not what it is said to be |
| out of context, missing context | missing context | real, but said of something else |
| unproven, unfounded, no evidence, research in progress | unproven | nothing shows it either way |
| satire, opinion, flip-flop, explainer | none | nobody judged whether it is true |
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from soi.core.formats.records import Verdict
from soi.core.text import fold

WORST_RATING, BEST_RATING = 1.0, 5.0
"""What schema.org assumes when a Rating does not say its own bounds."""

BANDS = ((0.9, Verdict.TRUE), (0.65, Verdict.MOSTLY_TRUE), (0.35, Verdict.MISSING_CONTEXT))
"""Lower bounds on (value - worst) / (best - worst); below the last one the verdict is FALSE.

On Google's 1 to 5 they give 5 true, 4 mostly true, 3 missing context, 2 and 1 false; 2 is "mostly
false", which stands with false in words too. A number is never read as UNPROVEN.
"""

RATINGS: Mapping[Verdict, int] = {
    Verdict.TRUE: 5,
    Verdict.MOSTLY_TRUE: 4,
    Verdict.MISSING_CONTEXT: 3,
    Verdict.FALSE: 1,
}
"""The number written for a verdict, on 1 to 5. UNPROVEN has none: it is no degree of truth."""

_UNJUDGED = "none"
_WORDS_LIMIT = 300
_SEPARATOR = re.compile(r"\s*[:;.!?(\[|/。：！（、–—\n]|\s+-|\s*$")
_CONTRAST = re.compile(
    r"\W*(?:but|however|though|yet|nhung|tuy|mais|cependant|pero|aunque|sin embargo|mas|porem|"
    r"aber|jedoch|ma|pero'|tetapi|namun|tapi|ale|ama|fakat|lekin)\b"
)
_PREAMBLE = re.compile(
    r"(?:(?:this|the|that)(?: (?:claim|statement|post|video|photo|image|story|news))? (?:is|are)|"
    r"it(?: i|')s|claims? (?:is|are)|(?:fact.?check|verdict|rating|conclusion|ket luan|"
    r"danh gia|verdicto|conclusion|fazit)\s*:)\s*"
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:[.,][0-9]{1,9})?")
_EDGES = "\"'“”‘’«»„.!?,:;()[]{}*#_-–— \u3000。！「」『』【】"


@cache
def _phrases() -> Mapping[str, Verdict | None]:
    text = resources.files(__package__).joinpath("verdicts.tsv").read_text("utf-8")
    found: dict[str, Verdict | None] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _language, phrase = line.split("\t")
            found[_folded(phrase)] = None if name == _UNJUDGED else Verdict(name)
    return found


@cache
def _longest_phrase() -> int:
    return max(map(len, _phrases()))


def _folded(words: str) -> str:
    return " ".join(fold(words[:_WORDS_LIMIT]).split()).strip(_EDGES)


def verdict_of(
    words: str, value: object = None, worst: object = None, best: object = None
) -> Verdict | None:
    """Return the verdict of a publisher's words, else that of its numbers, else None.

    Words that are known but judge nothing win over any number.
    """
    known, verdict = _of_words(words)
    return verdict if known else verdict_of_rating(value, worst, best)


def _of_words(words: str) -> tuple[bool, Verdict | None]:
    """Return whether the words are known, and what they say."""
    folded = _folded(words)
    for text in _readings(folded):
        if text in _phrases():
            return True, _phrases()[text]
    for text in _readings(folded):
        for end in range(min(len(text) - 1, _longest_phrase()), 0, -1):
            phrase = text[:end]
            if phrase in _phrases() and (after := _SEPARATOR.match(text, end)):
                contrast = _CONTRAST.match(text, after.end())
                return (False, None) if contrast else (True, _phrases()[phrase])
    return False, None


def _readings(folded: str) -> Iterator[str]:
    if folded:
        yield folded
    if (match := _PREAMBLE.match(folded)) and (rest := folded[match.end() :].strip(_EDGES)):
        yield rest


def verdict_of_rating(value: object, worst: object, best: object) -> Verdict | None:
    """Return the verdict of a numeric rating by `BANDS`; higher is truer.

    None for numbers outside their own bounds (feeds use -1 for "no rating") or without a scale.
    """
    number = number_of(value)
    low = WORST_RATING if worst is None else number_of(worst)
    high = BEST_RATING if best is None else number_of(best)
    if number is None or low is None or high is None or not low < high or not low <= number <= high:
        return None
    share = (number - low) / (high - low)
    return next((verdict for bound, verdict in BANDS if share >= bound), Verdict.FALSE)


def number_of(value: object) -> float | None:
    """Return a finite number written as such or as text ("4", "4,5"), else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        return None
    try:
        number = float(value.replace(",", ".") if isinstance(value, str) else value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
