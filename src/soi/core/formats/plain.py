"""Bring text from strangers into one plain line: no markup, no controls, nothing unseen.

In: any string. Out: a string in which no HTML tag, comment, script, entity, control character or
bidi override is left, however often it was escaped. `plain_line(plain_line(x)) == plain_line(x)`,
which is what makes writing and reading back exact. The result is text, not HTML: whoever shows it
still escapes it.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from soi.core.text import clean

RAW_LIMIT = 20_000
"""Characters of one raw value that are looked at; what stands beyond is never parsed."""
EXCERPT_LIMIT = 200
_PASSES = 6
"""Layers of escaping that are undone; deeper ones lose their markup characters altogether."""

_SILENT = frozenset({"script", "style", "noscript", "template", "iframe", "object", "svg", "math"})
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "ins", "mark", "q", "s"}
    | {"small", "span", "strong", "sub", "sup", "u", "wbr"}
)
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_MARKUP = re.compile(r"[<&]")
# The parser looks for the end of each of these from its start; without an end that is quadratic.
_OPEN_ENDED = ((re.compile(r"<!--"), "-->"), (re.compile(r"<!\["), "]"), (re.compile(r"<\?"), ">"))


def plain_line(text: str) -> str:
    """Return `text` as one line of plain text; white space is collapsed to single spaces."""
    line = one_line(text[:RAW_LIMIT])
    for _ in range(_PASSES):
        if not _MARKUP.search(line):
            return line
        stripped = one_line(_without_markup(line))
        if stripped == line:
            return _TAG_START.sub("< ", line)
        line = stripped
    return one_line(re.sub(r"[<>&]", " ", line))


def excerpt(value: object) -> str:
    """Return at most 200 characters of a refused value, fit to be shown to a person."""
    if isinstance(value, (str, int, float)):
        return cut(one_line(str(value)[: 4 * EXCERPT_LIMIT]), EXCERPT_LIMIT)
    return "" if value is None else type(value).__name__


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters of a plain line, ended by “…” when it is cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def one_line(text: str) -> str:
    """Return the text on one line, without anything unseen; markup is left as it is."""
    return " ".join(clean(text).split())


def _without_markup(text: str) -> str:
    # Without any ">" behind it no tag can end, and the parser would look for one again and again.
    end = text.rfind(">") + 1
    parser = _TextOnly()
    parser.feed(_without_open_ends(text[:end]))
    parser.close()
    rest = "" if parser.is_silent else html.unescape(text[end:])
    return "".join(parser.pieces) + rest


def _without_open_ends(text: str) -> str:
    for opening, closing in _OPEN_ENDED:
        last = text.rfind(closing)
        for match in opening.finditer(text, max(last, 0)):
            text = text[: match.start()]
            break
    return text


class _TextOnly(HTMLParser):
    """Collects what a reader would see as text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent: list[str] = []

    @property
    def is_silent(self) -> bool:
        """Whether a script, or another element that shows no text, is still open."""
        return bool(self._silent)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._space(tag)
        if tag in _SILENT:
            self._silent.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self._space(tag)

    def handle_endtag(self, tag: str) -> None:
        self._space(tag)
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)

    def _space(self, tag: str) -> None:
        # Words on both sides of a paragraph, cell or line break are two words.
        if tag not in _INLINE:
            self.pieces.append(" ")
