"""An explanation's Markdown on a public page, also when it was pasted from a hostile place."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.checking.markdown import ATTRIBUTES, ELEMENTS, html_of

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "script in a block": "\n<script>\nalert(1)\n</script>\n",
    "handler": '<img src=x onerror="alert(1)">',
    "svg": "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "style": "<style>body{background:url(https://evil.example)}</style>",
    "frame": "<iframe src='https://evil.example'></iframe>",
    "form": "<form action='https://evil.example'><input name=a></form>",
    "link by script": "[a](javascript:alert(1))",
    "link by reference": "[a][b]\n\n[b]: javascript:alert(1)",
    "link by entity": "[a](&#106;avascript:alert(1))",
    "link by case": "[a](JaVaScRiPt:alert(1))",
    "link by tab": "[a](<java\tscript:alert(1)>)",
    "link to data": "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "automatic link": "<javascript:alert(1)>",
    "picture": "![a](https://evil.example/pixel.png)",
    "picture by reference": "![a][b]\n\n[b]: https://evil.example/pixel.png",
    "quote in a title": '[a](https://a.example "x\\" onmouseover=\\"alert(1)")',
    "quote in an address": '[a](https://a.example/"onmouseover="alert(1))',
    "comment": "<!-- --!><script>alert(1)</script> -->",
    "class and id": '<p class="verdict-tag" id="c1">Đúng</p>',
    "code with a language": '```"><script>alert(1)</script>\nx\n```',
}


class Seen(HTMLParser):
    """The elements and attributes of a piece of HTML, as a browser takes them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def harmless(html: str) -> None:
    seen = Seen(html)
    assert seen.elements <= ELEMENTS
    for tag, name, value in seen.attributes:
        assert name in ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        if name == "href":
            # A browser drops tabs and line ends of an address before it looks for its scheme.
            plain = re.sub(r"[\x00-\x20]", "", value or "")
            scheme = re.match(r"[a-z][a-z0-9+.-]*(?=:)", plain, re.IGNORECASE)
            assert scheme is None or scheme[0].lower() in ("http", "https"), value
    assert not re.search(r"<(script|img|style|iframe|svg|form|input)", html)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_shown_as_text_or_not_at_all(name: str) -> None:
    harmless(html_of(HOSTILE[name]))


@given(st.text(alphabet="[](){}<>!\"'`*_~#|-=:;&/\\ \n\tabcjpt1.", max_size=200))
def test_no_text_at_all_becomes_more_than_plain_elements(text: str) -> None:
    harmless(html_of(text))


def test_what_people_write_is_there() -> None:
    html = html_of(
        "Cầu **còn nguyên**, _theo_ [Sở](https://so.example/?a=1&b=2).\n\n> Trích\n\n1. một\n\n"
        "| Ngày | Xe |\n|---|---|\n| 29 | 100 |\n\n~~sập~~"
    )

    for part in (
        "<strong>còn nguyên</strong>",
        "<em>theo</em>",
        'href="https://so.example/?a=1&amp;b=2"',
        "<blockquote>",
        "<ol>",
        "<td>100</td>",
        "<s>sập</s>",
    ):
        assert part in html


def test_links_pass_no_weight_on_and_do_not_tell_where_readers_were() -> None:
    html = html_of("[a](https://a.example) <https://b.example> [c](/checks/)")

    assert html.count('rel="nofollow noopener noreferrer"') == 3
    assert "target" not in html


def test_a_picture_becomes_its_description() -> None:
    assert html_of("Xem ![cầu lúc 6 giờ](https://a.example/p.png) này.") == (
        "<p>Xem [cầu lúc 6 giờ] này.</p>\n"
    )
    assert "example" not in html_of("![](https://a.example/p.png)")


def test_headings_fall_in_below_those_of_the_page() -> None:
    html = html_of("# Một\n\n## Hai\n\n###### Sáu")

    assert Seen(html).elements == {"h3", "h4", "h5"}, "none is more than a step below the last"
    assert Seen(html_of("## Hai")).elements == {"h3"}


def test_a_character_reference_brings_no_unseen_character_back() -> None:
    html = html_of("a&#x202e;b&#8203;c&#0;d")

    assert Seen(html).text.strip() in ("abcd", "abc\ufffdd")


@pytest.mark.parametrize(
    "piece", ["[", "![", "*a ", "`a", "> ", "- ", "<a ", "|a", "**a *b ", "[![", "&#1;", "\\"]
)
def test_a_text_as_long_as_may_be_is_written_whatever_it_nests(piece: str) -> None:
    harmless(html_of(piece * (50_000 // len(piece))))
