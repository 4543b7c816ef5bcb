"""Find the ClaimReviews that a web page carries as JSON-LD, and write JSON fit to be carried so.

In: the HTML of a page as text, however broken. Out: records and refusals of its
`<script type="application/ld+json">` elements; a script that stands in an HTML comment is not
there. Nothing of the page is run or fetched. Time grows with the length of the page, never faster.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator

from soi.core.formats.claimreview import read_claimreview
from soi.core.formats.codes import Code
from soi.core.formats.errors import FormatError
from soi.core.formats.plain import excerpt
from soi.core.formats.records import CheckRecord, Refusal

PAGE_LIMIT = 20_000_000
"""Characters of one page."""
SCRIPT_LIMIT = 4_000_000
"""Characters of one script."""

_OPENING = re.compile(r"<!--|<script(?=[\s/>])", re.IGNORECASE)
# The alternatives differ in their first character, so the match never goes back.
_ATTRIBUTES = re.compile(r"(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_JSON_LD = re.compile(
    r"\stype\s*=\s*[\"']?\s*application/ld\+json\s*(?:[;\"'\s>/]|$)", re.IGNORECASE
)
_CLOSING = re.compile(r"</script(?=[\s/>])", re.IGNORECASE)
_WRAPPER_START = re.compile(r"\s*(?:(?://|/\*)?\s*(?:<!--|<!\[CDATA\[)\s*(?:\*/|//)?\s*)+")
_WRAPPER_END = re.compile(r"(?:(?://|/\*)?\s*(?:-->|\]\]>)\s*(?:\*/)?\s*)+\Z")
_TAIL = 100
"""Characters at a script's end in which the end of a wrapper is looked for."""


def read_page(html: str, *, today: dt.date | None = None) -> Iterator[CheckRecord | Refusal]:
    """Yield the records and refusals of a page; a position is the number of the JSON-LD script.

    Scripts without a ClaimReview say nothing; one that is not JSON gives a refusal. Raises
    `FormatError` (`file_too_large`) beyond `PAGE_LIMIT`.
    """
    if len(html) > PAGE_LIMIT:
        raise FormatError(Code.FILE_TOO_LARGE, f"The page exceeds {PAGE_LIMIT} characters.")
    for position, script in enumerate(_scripts(html)):
        for found in _read_script(script, position, today):
            if not (isinstance(found, Refusal) and found.code == Code.NOT_CLAIMREVIEW):
                yield found


def _read_script(
    script: str, position: int, today: dt.date | None
) -> Iterator[CheckRecord | Refusal]:
    if len(script) > SCRIPT_LIMIT:
        yield Refusal(position, Code.RECORD_TOO_LARGE, "The JSON-LD script is too long.")
        return
    try:
        # Content systems leave raw line ends inside strings: strict=False reads them.
        value = json.loads(_unwrapped(script), strict=False)
    except (ValueError, RecursionError) as error:
        why = f"The JSON-LD script cannot be read: {error}."
        yield Refusal(position, Code.BROKEN_JSON, why, excerpt(script))
        return
    yield from read_claimreview(value, position=position, today=today)


def _scripts(html: str) -> Iterator[str]:
    """Yield the text of every JSON-LD script. What is never closed ends the page."""
    place = 0
    while opening := _OPENING.search(html, place):
        if opening[0] == "<!--":
            end = html.find("-->", opening.end())
            if end < 0:
                return
            place = end + 3
            continue
        attributes = _ATTRIBUTES.match(html, opening.end())
        closing = attributes and _CLOSING.search(html, attributes.end())
        if not attributes or not closing:
            return
        if _JSON_LD.search(attributes[0]):
            yield html[attributes.end() : closing.start()]
        place = closing.end()


def _unwrapped(script: str) -> str:
    """Return the script without the comment or CDATA marks that old content systems put around."""
    start = _WRAPPER_START.match(script[:_TAIL])
    text = (script[start.end() :] if start else script).rstrip()
    end = _WRAPPER_END.search(text, max(len(text) - _TAIL, 0))
    return text[: end.start()] if end else text


def script_json(obj: object) -> str:
    """Return JSON that may stand inside a `<script>` element.

    No `</script>`, comment or entity can arise, since "<", ">" and "&" are written as escapes; so
    are the two line separators that older scripts take for line ends.
    """
    text = json.dumps(obj, ensure_ascii=False)
    return re.sub(r"[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text)
