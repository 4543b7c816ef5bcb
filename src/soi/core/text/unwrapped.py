"""A statement without what forwarding wraps around it.

In: a statement as it stood in a message. Out: the statement in one form of writing, with the place
of every character. Taken off is only what cannot change what is said: unseen characters, the form
in Unicode, how much white space there is, decoration, and at the beginning a mark of forwarding
and a greeting. Letters keep their case, since capitals tell names from words; numbers, negations,
dates and names stay. A statement that is nothing else stays whole.
"""

from __future__ import annotations

import re
from typing import Final

from soi.core.text.lexicon import word_list
from soi.core.text.normalise import Normalised, normalise

_DECORATION: Final = (
    "🙏❤♥💕💖💗💙💚💛💜🧡🤍💝💞💓🌹🌺🌸🌷🌻🌼💐🍀🌿☘✨🎉🎊💫👉☞📢📣🔔📌📍🚨⚠🔸🔹🔶🔷➤►🏻🏼🏽🏾🏿"
)
"""Hearts, flowers, bells, bullets, a pointing hand, and colours of hands. What could say something
is not among them: ticks and crosses, boxes that may be ticked, dots that may hide digits, thumbs,
faces, what points up, down or back, flags, digits in boxes, lamps, stars, fire."""

_WRAPPED: Final = re.compile(rf"[\s{_DECORATION}]{{2,}}|[\n{_DECORATION}]")
_GAP: Final = re.compile(rf"[ \n{_DECORATION}]+")
_MARK: Final = re.compile(
    r"(?:fwd?|forwarded(?: message)?|(?:tin nhắn |tin )?(?:chuyển tiếp|chuyen tiep)) ?:[ \n]?", re.I
)
_ADDRESS: Final = re.compile(r"((?:[^\W\d_]+ ){0,7}[^\W\d_]+) ?(?:[,:!~]+[ \n]?|\n)(?=\w)")
_GREETINGS: Final = word_list("greetings")
_OPENERS: Final = frozenset(["chào", "alo", "hello", "helo", "hey", "hi", "dear", "thưa", "ơi"])
"""One of these must be among the words: "Cả Anh, Pháp" and "Nhà kính, vườn ươm" are made of words
of address, too."""


def unwrapped(text: str) -> Normalised:
    """Return `text` as it is looked up, with the origin of every character.

    Unwrapping twice changes nothing. Linear in the length of `text`; never raises.
    """
    seen = _evened(normalise(text))
    start = 0
    while match := _MARK.match(seen.text, start) or _greeting(seen.text, start):
        start = match.end()
    if start in (0, len(seen.text)):
        return seen
    return Normalised(seen.text[start:], seen.origin[start:], seen.ends[start:])


def _evened(seen: Normalised) -> Normalised:
    """Each gap of white space and decoration as one space, or one line break if it held one."""
    text = seen.text
    if text.strip() == text and not _WRAPPED.search(text):
        return seen
    pieces: list[str] = []
    origin: list[int] = []
    ends: list[int] = []
    done = 0
    for gap in [*_GAP.finditer(text), None]:
        start, end = gap.span() if gap else (len(text), len(text))
        pieces.append(text[done:start])
        origin += seen.origin[done:start]
        ends += seen.ends[done:start]
        if gap and start > 0 and end < len(text):
            pieces.append("\n" if "\n" in gap[0] else " ")
            origin.append(seen.origin[start])
            ends.append(seen.ends[end - 1])
        done = end
    return Normalised("".join(pieces), origin, ends) if origin else seen


def _greeting(text: str, at: int) -> re.Match[str] | None:
    """Words of greeting and address only, before a comma or on their line: "Mọi người ơi, ..."."""
    match = _ADDRESS.match(text, at)
    words = match[1].lower().split(" ") if match else []
    return match if not _OPENERS.isdisjoint(words) and _GREETINGS.issuperset(words) else None
