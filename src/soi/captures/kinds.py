"""Decide what kind of file some bytes are: by the bytes, not by what is said of them.

In: bytes, and a media type or file name that goes with them. Out: one of the kinds that are taken,
or None. Where signatures are silent, between a page and plain text, what is said decides.
"""

from __future__ import annotations

import re
from typing import Final

from soi.captures.bodies import text_of

HTML: Final = "text/html"
PDF: Final = "application/pdf"
PLAIN: Final = "text/plain"
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
TYPES: Final = frozenset(
    {"text/*", PDF, "application/xhtml+xml", "application/json", "application/ld+json"}
    | {"application/xml", "application/octet-stream", "binary/octet-stream"}
    | PICTURES
)
"""What a server may call it; the bytes are looked at all the same."""

_HEAD = 1024
_PAGES = frozenset({HTML, "application/xhtml+xml"})
# The WHATWG's signatures of a page, behind white space and comments. Each of these is taken once
# and never given back, or a row of comments would take for ever.
_PAGE = re.compile(
    r"(?>\s+|<!--.*?-->|<\?xml.*?\?>)*+"
    r"<(?:!doctype\s+html|html|head|body|script|title|meta|table|div|h1|p|br|a|b)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_PAGE_NAME = re.compile(r"\.x?html?\Z", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def kind_of(content: bytes, *, said: str = "", name: str = "") -> str | None:
    """The media type of the bytes, None when they are of no kind that is taken.

    `said` is a server's word for them, `name` the name of a file.
    """
    signed = _by_signature(content)
    if signed is not None:
        return signed
    head = content[:_HEAD]
    if _BINARY.search(head) and not head.startswith(_WIDE):
        return None
    if said in _PAGES or _PAGE_NAME.search(name):
        return HTML
    # Browsers believe a server that says plain text, and so does what is kept.
    if said != PLAIN and _PAGE.match(text_of(head)):
        return HTML
    return PLAIN


def _by_signature(content: bytes) -> str | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return PDF if content.lstrip(b"\xef\xbb\xbf\0\t\n\r ").startswith(b"%PDF-") else None
