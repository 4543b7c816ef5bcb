"""Bring a message into one form of writing, without losing where each character stood.

In: any string, also one with lone surrogates, NULs, bidi controls or a thousand accents on one
letter. Out: the same text in NFC without characters that cannot be seen, and for each character
its place in the original. Nothing here changes case, accents or words: `fold` does.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from soi.core.text.parts import Span

_MARKS_KEPT = 30
"""Marks kept on one letter, as in the stream-safe form of UAX #15. Sorting longer runs is
quadratic in CPython (40,000 marks take a second), which would be an open door."""

# Cf and other default-ignorable characters, controls without a use in messages, lone surrogates.
# The variation selectors and the Hangul fillers are no Cf, but hide inside names just as well.
_UNSEEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891"
    "\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001345f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_SPACES = "\t\xa0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000"
_BREAKS = "\x0b\x0c\x85\u2028\u2029"
_ODD = re.compile(f"(?P<unseen>[{_UNSEEN}]+)|(?P<space>[{_SPACES}])|\r\n?|[{_BREAKS}]")


def _mark_class() -> str:
    """Return the marks as ranges of a character class, Hangul vowels and finals among them: all
    that may join the character before it. Ranges, since the engine walks those beyond the BMP."""
    ranges: list[str] = []
    first = last = 0
    for code in range(0x300, 0x1F000):
        if not (unicodedata.category(chr(code)).startswith("M") or 0x1160 <= code <= 0x11FF):
            continue
        if code != last + 1:
            ranges.append(f"{chr(first)}-{chr(last)}")
            first = code
        last = code
    return "".join([*ranges[1:], f"{chr(first)}-{chr(last)}"])


_MARKS = _mark_class()
_MAY_BE_MANY_MARKS = re.compile(f"[^\x00-\u02ff\u1e00-\u1eff]{{{_MARKS_KEPT + 1}}}")
_TOO_MANY_MARKS = re.compile(f"(?<=[{_MARKS}]{{{_MARKS_KEPT}}})[{_MARKS}]+")
_CLUSTER = re.compile(f"[^{_MARKS}]?[{_MARKS}]+|[^\x00-\u02ff]")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in normal form, and where each of its characters stood in the original.

    Character `i` of `text` came from `original[origin[i]:ends[i]]`; both never decrease. Characters
    composed of several, or reordered with their neighbours, share one stretch.
    """

    text: str
    origin: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """Return the stretch of the original that `text[start:end]` came from.

        Unseen characters between are inside it, those before and after are not. An empty range
        gives an empty span.
        """
        if start >= end:
            place = self.origin[start] if start < len(self.origin) else self._length()
            return Span(place, place)
        return Span(self.origin[start], self.ends[end - 1])

    def _length(self) -> int:
        return self.ends[-1] if self.ends else 0


def normalise(text: str) -> Normalised:
    """Return `text` in NFC without unseen characters, with the origin of every character.

    Zero-width characters, soft hyphens, bidi and other controls, variation selectors and lone
    surrogates are dropped; any white space becomes a space and any line break "\\n"; of more than
    30 marks in a row the rest is dropped. Linear in the length of `text`; never raises.
    """
    origin: Sequence[int] = range(len(text))
    ends: Sequence[int] = range(1, len(text) + 1)
    if text.isascii() and not _ODD.search(text):
        return Normalised(text, origin, ends)
    seen, origin, ends = _rewrite(text, origin, ends, _ODD, _plain)
    if _MAY_BE_MANY_MARKS.search(seen):
        seen, origin, ends = _rewrite(seen, origin, ends, _TOO_MANY_MARKS, lambda _: "")
    if not unicodedata.is_normalized("NFC", seen):
        seen, origin, ends = _compose(seen, origin, ends)
    return Normalised(seen, origin, ends)


def clean(text: str) -> str:
    """Return the text of `normalise(text)`, for those who need no way back."""
    text = _ODD.sub(_plain, text)
    if text.isascii():
        return text
    if _MAY_BE_MANY_MARKS.search(text):
        text = _TOO_MANY_MARKS.sub("", text)
    return unicodedata.normalize("NFC", text)


def _plain(match: re.Match[str]) -> str:
    if match["unseen"]:
        return ""
    return " " if match["space"] else "\n"


def _rewrite(
    text: str,
    origin: Sequence[int],
    ends: Sequence[int],
    pattern: re.Pattern[str],
    replacement: Callable[[re.Match[str]], str],
) -> tuple[str, Sequence[int], Sequence[int]]:
    """Replace each match by at most one character, carrying the origins along."""
    if not pattern.search(text):
        return text, origin, ends
    pieces: list[str] = []
    starts, stops = array("q"), array("q")
    done = 0
    for match in pattern.finditer(text):
        kept = slice(done, match.start())
        pieces.append(text[kept])
        starts.extend(origin[kept])
        stops.extend(ends[kept])
        if new := replacement(match):
            pieces.append(new)
            starts.append(origin[match.start()])
            stops.append(ends[match.end() - 1])
        done = match.end()
    pieces.append(text[done:])
    starts.extend(origin[done:])
    stops.extend(ends[done:])
    return "".join(pieces), starts, stops


def _compose(
    text: str, origin: Sequence[int], ends: Sequence[int]
) -> tuple[str, Sequence[int], Sequence[int]]:
    """Compose to NFC word by word, and inside a word mark cluster by mark cluster."""
    pieces: list[str] = []
    starts, stops = array("q"), array("q")
    done = 0
    for word in _WORD.finditer(text):
        if unicodedata.is_normalized("NFC", word[0]):
            continue
        for start, end in _clusters(word):
            composed = unicodedata.normalize("NFC", text[start:end])
            if composed == text[start:end]:
                continue
            pieces += text[done:start], composed
            starts.extend(origin[done:start])
            stops.extend(ends[done:start])
            starts.extend([origin[start]] * len(composed))
            stops.extend([ends[end - 1]] * len(composed))
            done = end
    pieces.append(text[done:])
    starts.extend(origin[done:])
    stops.extend(ends[done:])
    return "".join(pieces), starts, stops


def _clusters(word: re.Match[str]) -> list[tuple[int, int]]:
    """Return the stretches of a word that compose on their own: the whole word as one if they do
    not (a script with a composition that is not known to `_MARKS`)."""
    text, offset = word[0], word.start()
    found = [match.span() for match in _CLUSTER.finditer(text)]
    composed: list[str] = []
    done = 0
    for start, end in found:
        composed += text[done:start], unicodedata.normalize("NFC", text[start:end])
        done = end
    if "".join([*composed, text[done:]]) != unicodedata.normalize("NFC", text):
        return [(offset, offset + len(text))]
    return [(offset + start, offset + end) for start, end in found]
