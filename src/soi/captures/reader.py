"""Read the text of one page or PDF, in a process of its own that may come to grief.

In, on standard input: a line of JSON with the kind and the charset, then a stranger's bytes.
Out, on standard output: JSON with what `soi.captures.reading` expects. The parsers are large and
the files hostile; so this process takes limits on its memory, its time and its output upon itself
before it looks at them. It writes nothing else, asks nobody, and starts no Django.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any, Final

MEMORY: Final = 1_500_000_000
SECONDS: Final = 20
OUTPUT: Final = 16_000_000
TEXT: Final = 1_000_000
"""Characters of text that are kept; what stands beyond is cut."""
REST: Final = 200_000
PAGES: Final = 1_000

_SILENT = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "audio"}
    | {"video", "canvas", "select", "datalist", "map"}
)
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "font", "i", "ins", "kbd"}
    | {"label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u"}
    | {"var", "wbr"}
)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE
)
_DECLARATION = re.compile(r"\s*<\?xml.{0,200}?\?>", re.IGNORECASE | re.DOTALL)
_CHALLENGES = re.compile(
    r"challenges\.cloudflare\.com|/cdn-cgi/challenge-platform|cf-turnstile|_cf_chl_opt"
    r"|google\.com/recaptcha|recaptcha\.net/recaptcha|g-recaptcha|hcaptcha\.com|h-captcha"
    r"|captcha-delivery\.com|_incapsula_resource|px-captcha|perimeterx|ddos-guard|geetest"
    r"|awswafintegration|aws-waf-token",
    re.IGNORECASE,
)


def main() -> None:
    """Read what stands on standard input and say what is in it."""
    _bind()
    header = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    found = read_pdf(content) if header["kind"] == "pdf" else read_page(content, header["charset"])
    json.dump(found, sys.stdout)


def _bind() -> None:
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (bound, bound))


def read_pdf(content: bytes) -> dict[str, Any]:
    """Title and text of a PDF. Pages that can't be read are left out."""
    import pypdf

    document = pypdf.PdfReader(io.BytesIO(content), strict=False)
    if document.is_encrypted and not document.decrypt(""):
        return {"is_locked": True}
    pages: list[str] = []
    room = TEXT
    for number in range(min(len(document.pages), PAGES)):
        text = document.pages[number].extract_text()
        pages.append(text[:room])
        room -= len(text)
        if room <= 0:
            break
    title = document.metadata.title if document.metadata else None
    return {"title": str(title or ""), "text": "\n\n".join(pages)}


def read_page(content: bytes, charset: str) -> dict[str, Any]:
    """Title, publisher, main text, the rest of what is seen, and signs of what is no source."""
    import trafilatura
    from lxml import html

    page = _decoded(content, charset)
    parser = html.HTMLParser(collect_ids=False, remove_comments=True, remove_pis=True)
    if not page.strip():
        return {}
    tree = html.document_fromstring(page, parser=parser, ensure_head_body=True)
    seen = list(_lines(tree))
    found = {
        "title": _meta(tree, "og:title") or _title(tree),
        "publisher": _publisher(tree),
        "passwords": len(tree.xpath("//input[@type='password']")),
        "scripts": len(tree.xpath("//script")),
        "challenges": sorted({match[0].lower() for match in _CHALLENGES.finditer(page)}),
        "unscripted": " ".join(tree.xpath("//noscript//text()"))[:1000],
    }
    main = trafilatura.extract(tree, include_comments=False, include_tables=True) or ""
    if not main:
        return found | {"text": "\n".join(seen)[:TEXT]}
    return found | {"text": main[:TEXT], "rest": "\n".join(_not_in(main, seen))[:REST]}


def _decoded(content: bytes, charset: str) -> str:
    from soi.captures.bodies import known_charset, text_of

    if not charset and (named := _META_CHARSET.search(content[:4096])):
        # A page that names UTF-16 this way is not in it, or the name could not have been read.
        charset = known_charset(named[1].decode("ascii"))
        charset = "" if charset.startswith("utf-16") else charset
    page = text_of(content, charset).replace("\0", "")
    # lxml takes no text that says in which encoding it is.
    declaration = _DECLARATION.match(page)
    return page[declaration.end() :] if declaration else page


def _title(tree: Any) -> str:
    return " ".join(" ".join(tree.xpath("(//title)[1]//text()")).split())


def _meta(tree: Any, name: str) -> str:
    found = tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name)
    return next((" ".join(each.split()) for each in found if each.strip()), "")


def _publisher(tree: Any) -> str:
    """What the site calls itself, in the ways in which sites say it."""
    return (
        _meta(tree, "og:site_name")
        or next((name for name in _publishers(tree) if name.strip()), "")
        or _meta(tree, "application-name")
    )


def _publishers(tree: Any) -> Iterator[str]:
    for script in tree.xpath("//script[@type='application/ld+json']/text()")[:20]:
        try:
            waiting: list[Any] = [json.loads(script, strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting += value
            elif isinstance(value, dict):
                publisher = value.get("publisher")
                if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
                    yield publisher["name"]
                waiting += value.values()


def _lines(tree: Any) -> Iterator[str]:
    """What a reader would see, block by block."""
    line: list[str] = []
    silent: Any = None
    for event, element in _events(tree):
        tag = element.tag
        if event == "end" and silent is element:
            silent = None
        elif event == "start" and silent is None and _is_silent(element):
            silent = element
        if silent is None:
            if tag not in _INLINE:
                yield from _line(line)
                line = []
            if event == "start" and element.text:
                line.append(element.text)
        if event == "end" and silent is None and element.tail:
            line.append(element.tail)
    yield from _line(line)


def _events(tree: Any) -> Iterator[tuple[str, Any]]:
    from lxml import etree

    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if isinstance(element.tag, str):
            yield event, element


def _is_silent(element: Any) -> bool:
    return (
        element.tag in _SILENT
        or "hidden" in element.attrib
        or bool(_HIDING.search(element.get("style") or ""))
    )


def _line(pieces: list[str]) -> Iterator[str]:
    text = " ".join("".join(pieces).split())
    if text:
        yield text


def _not_in(main: str, lines: list[str]) -> Iterator[str]:
    """The lines that the main text does not hold, each once."""
    known = " ".join(main.split())
    for line in dict.fromkeys(lines):
        if line not in known:
            yield line


if __name__ == "__main__":
    main()
