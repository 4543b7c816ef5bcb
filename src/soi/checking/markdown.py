"""Write an explanation's Markdown as HTML that can stand on a public page.

In: the text of a field, by the desk's own people, who may have pasted it from anywhere. Out: HTML
of a few plain elements. Raw HTML is shown as the text that it is, pictures become their
descriptions (nothing is loaded from third parties), links lead to the web only and pass no weight
on, headings fall in below the page's own. Whatever the reader of Markdown makes of a hostile text,
the sanitiser lets only these elements and attributes through.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from soi.core.text import clean

ELEMENTS: Final = frozenset(
    {"p", "br", "hr", "h3", "h4", "h5", "h6", "em", "strong", "s", "a", "ul", "ol", "li"}
    | {"blockquote", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"}
)
ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES: Final = frozenset({"http", "https"})
LINKS: Final = "nofollow noopener noreferrer"
"""A desk links to what it refutes: that gains no weight, and is not told where readers were."""

_TOP_HEADING = 3


class _Renderer(RendererHTML):
    """Writes headings below those of the page, and pictures as their descriptions."""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        children = tokens[idx].children or []
        return f"[{self.renderInlineAsText(children, options, env)}]" if children else ""


@lru_cache(maxsize=256)
def html_of(markdown: str) -> str:
    """The HTML of a Markdown text (CommonMark with tables and strikethrough), safe as it is.

    The last few stay in memory: a page, its feeds and both languages show the same text.
    """
    reader = _reader()
    tokens = reader.parse(markdown)
    _fall_in(tokens)
    html = reader.renderer.render(tokens, reader.options, {})
    safe = nh3.clean(
        html,
        tags=set(ELEMENTS),
        attributes={name: set(allowed) for name, allowed in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        link_rel=LINKS,
    )
    # A character reference may stand for what `rules.text_value` took out: unseen characters.
    return clean(safe)


def _fall_in(tokens: Sequence[Token]) -> None:
    """Put headings below those of the page, none more than one step below the one before it.

    So who listens to a page can go from heading to heading, however the text was written.
    """
    level = _TOP_HEADING - 1
    for opening, closing in zip(tokens, tokens[2:], strict=False):
        if opening.type == "heading_open":
            level = min(level + 1, 6, int(opening.tag[1:]) + _TOP_HEADING - 1)
            opening.tag = closing.tag = f"h{level}"


@cache
def _reader() -> MarkdownIt:
    """Without raw HTML, and without guessing what could be a link."""
    rules = {"html": False, "linkify": False, "typographer": False}
    return MarkdownIt("commonmark", rules, renderer_cls=_Renderer).enable(
        ["table", "strikethrough"]
    )
