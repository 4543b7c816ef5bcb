"""Cut a message into statements: sentences and lines, as people write them in chat.

In: a `Reading` and the ranges of links and addresses, inside which nothing is cut. Out: the
`Statement`s in order, each with its language. A line break ends a statement; so do ". ! ? …"
before a space, emoji and bullets between sentences. Abbreviations, amounts, dates and dotted
names do not. A piece of one word joins its neighbour on the line; a piece without words is left
out. Nothing here judges whether a statement can be checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from soi.core.text.language import language_of
from soi.core.text.lexicon import word_list
from soi.core.text.parts import Statement
from soi.core.text.reading import Reading, overlaps

_ABBREVIATIONS = word_list("abbreviations")
"""Short forms after which a full stop ends nothing; those that are words too are left out."""

_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_PICTURE = (
    "\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\U0001f000-\U0001faff\u203c\u2049\u2022\u2023\u25aa\u00b7"
)
_BREAK = re.compile(
    r"(?P<line>\n+)"
    r"|(?P<stop>[.!?…。！？]+[\"'”’»)\]]*)(?=\s|$)"
    r"|(?P<glued>(?<=[^\W\d_]{2})[.!?…]+)(?=[^\W\d_])"
    rf"|(?P<picture>[{_PICTURE}]+)"
)
_CAPITALISED = re.compile(r"[A-ZÀ-ÝĂĐĨŨƠƯẠ-Ỹ][^\W\dA-Z_]")
_BULLETS = frozenset("👉✅❌➡🔴🟢🔵🟡•◦▪▫►▶✔☑☛⇒→🔹🔸🔺📌📍⚠🚨‼❗⭐🌟🔥💥➤➜✨☎📞🆘")
_EDGE = re.compile(rf"[\s{_PICTURE},;:|*~=>_<—–-]+")
_LINE_NUMBER = re.compile(r"\d{1,2}[.)] +(?=\S)")
_NO_WORDS = re.compile(r"(?:https?://|www\.)\S*|(?<!\S)\S*@\S*|#\w+|\d\S*")
_GREETINGS = word_list("greetings")

Piece = tuple[int, int]


def find_statements(reading: Reading, kept: list[Piece], most: int) -> tuple[list[Statement], bool]:
    """Return at most `most` statements, and whether there were more.

    `kept` are the sorted ranges of links and addresses; none of them is cut.
    """
    found: list[Statement] = []
    for start, end in _joined(reading.plain, _pieces(reading.plain, kept), kept):
        if len(found) == most:
            return found, True
        span, text = reading.place(start, end)
        found.append(Statement(span, text, language_of(reading.plain[start:end])))
    return found, False


def has_words(statement: str) -> bool:
    """Whether a statement holds something to look up: two words or more that are not links,
    numbers, names with @ or #, or only a greeting."""
    words = [word for word in _WORD.findall(_NO_WORDS.sub(" ", statement)) if _LETTER.search(word)]
    return len(words) >= 2 and not all(word.lower() in _GREETINGS for word in words)


def _pieces(text: str, kept: list[Piece]) -> Iterator[tuple[int, int, bool]]:
    """Yield the stretches between breaks, and whether each ends its line."""
    start = 0
    for match in _BREAK.finditer(text):
        if overlaps(*match.span(), kept) or not _is_break(text, match):
            continue
        if match["line"]:
            yield start, match.start(), True
            start = match.end()
        else:
            end = match.start() if match["picture"] else match.end()
            yield start, end, False
            start = match.start() if match["picture"] else match.end()
    yield start, len(text), True


def _is_break(text: str, match: re.Match[str]) -> bool:
    if match["line"]:
        return True
    following = text[match.end() : match.end() + 40].lstrip(" \"'“‘(")[:1]
    if match["picture"]:
        is_bullet = match[0][0] in _BULLETS and text[match.start() - 1 : match.start()].isspace()
        return is_bullet or following.isupper()
    word = _word_before(text, match.start())
    if match["glued"]:
        opens = _CAPITALISED.match(text, match.end()) is not None
        return opens and not word.isupper() and word.lower() not in _ABBREVIATIONS
    if match["stop"] == ".":
        is_initial = len(word) == 1 and word.isupper()
        is_dotted = len(word) == 1 and text[match.start() - 2 : match.start() - 1] == "."
        if is_dotted and following.islower():  # "5 a.m. by the fountain"
            return False
        return not (is_initial or word.lower() in _ABBREVIATIONS or _is_line_number(text, match))
    trails_off = match["stop"].startswith(("..", "…"))
    return not (trails_off and following.islower())


def _word_before(text: str, end: int) -> str:
    start = end
    while start and end - start < 12 and text[start - 1].isalpha():
        start -= 1
    return text[start:end]


def _is_line_number(text: str, match: re.Match[str]) -> bool:
    """Whether the full stop follows the number of a list item ("1. Rửa tay")."""
    before = text[max(0, match.start() - 4) : match.start()]
    head = before.rpartition("\n")[2]
    is_first = "\n" in before or match.start() < 4
    return is_first and head.strip().isdigit()


def _joined(
    text: str, pieces: Iterator[tuple[int, int, bool]], kept: list[Piece]
) -> Iterator[Piece]:
    """Join pieces of one word to a neighbour on their line, drop those without, trim the rest."""
    for line in _lines(pieces):
        whole: list[Piece] = []
        short: Piece | None = None
        for start, end in line:
            count = _count_words(text, start, end, kept)
            if count == 0:
                continue
            if short:
                start, short = short[0], None
                count += 1
            if count > 1:
                whole.append((start, end))
            elif whole:
                whole[-1] = (whole[-1][0], end)
            else:
                short = (start, end)
        if short:
            whole.append(short)
        for start, end in whole:
            trimmed = _trimmed(text, start, end)
            if trimmed[0] < trimmed[1]:
                yield trimmed


def _lines(pieces: Iterator[tuple[int, int, bool]]) -> Iterator[list[Piece]]:
    line: list[Piece] = []
    for start, end, ends_line in pieces:
        line.append((start, end))
        if ends_line:
            yield line
            line = []


def _count_words(text: str, start: int, end: int, kept: list[Piece]) -> int:
    """Count words with a letter outside links and addresses, up to two."""
    count = 0
    for word in _WORD.finditer(text, start, end):
        if _LETTER.search(word[0]) and not overlaps(*word.span(), kept):
            is_tag = text[word.start() - 1 : word.start()] in ("#", "@")
            count += not is_tag
        if count == 2:
            break
    return count


def _trimmed(text: str, start: int, end: int) -> Piece:
    """Cut bullets, pictures and list numbers before, pictures and loose signs behind."""
    while match := _EDGE.match(text, start, end) or _LINE_NUMBER.match(text, start, end):
        start = match.end()
    while end > start and _EDGE.match(text[end - 1]):
        end -= 1
    return start, end
