"""The template tags: whatever a stranger wrote comes out as text, and no state leans on colour."""

from __future__ import annotations

import datetime as dt
from html import escape, unescape
from html.parser import HTMLParser

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from soi.answer.types import NameFinding, NameState, StatementState
from soi.core.formats import Verdict
from soi.core.lookalike import Lookalike, LookalikeKind
from soi.core.text import Link, Span
from soi.web.ui import specimens
from soi.web.ui.templatetags import soi_ui

ANY_TEXT = st.text(max_size=60)
ANY_SPANS = st.lists(
    st.one_of(st.none(), st.builds(Span, st.integers(-5, 80), st.integers(-5, 80))), max_size=5
)


class Tags(HTMLParser):
    """Collects the names of the elements in a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.names.add(tag)


def link(host: str, path: str = "", *, ascii_host: str = "") -> Link:
    return Link(
        Span(0, 1), f"{host}{path}", f"https://{ascii_host or host}{path}", host, ascii_host or host
    )


def imitating(name: str, start: int, end: int) -> Lookalike:
    return Lookalike(name, "bank", LookalikeKind.COMBO, 0.9, Span(start, end), ())


@given(ANY_TEXT, ANY_SPANS)
def test_a_marked_text_holds_every_character_and_no_markup_of_its_own(
    text: str, spans: list[Span | None]
) -> None:
    html = str(soi_ui.marked(text, spans))

    parsed = Tags()
    parsed.feed(html)
    inner = html.removeprefix("<bdi>").removesuffix("</bdi>")
    assert unescape(inner.replace("<mark>", "").replace("</mark>", "")) == unescape(escape(text))
    assert parsed.names <= {"bdi", "mark"}
    assert inner.count("<mark>") == inner.count("</mark>")


def test_markup_in_a_message_is_shown_as_text() -> None:
    text = "<script>alert('x')</script>"

    html = soi_ui.marked(text, [Span(0, 8)])

    assert html == ("<bdi><mark>&lt;script&gt;</mark>alert(&#x27;x&#x27;)&lt;/script&gt;</bdi>")


def test_overlapping_spans_are_marked_once() -> None:
    assert soi_ui.marked("abcdef", [Span(2, 5), Span(1, 3)]) == (
        "<bdi>a<mark>bc</mark><mark>de</mark>f</bdi>"
    )


def test_the_imitated_part_of_a_host_is_pointed_at() -> None:
    html = soi_ui.marked_host(link("songxanh-vn.top", "/x"), imitating("songxanh-vn.top", 0, 8))

    assert html == "<bdi><b>songxanh</b>-vn.top/x</bdi>"


def test_the_imitated_part_is_pointed_at_in_a_host_that_was_judged_by_its_ascii_form() -> None:
    host = link("sôngxanh.example", ascii_host="xn--sngxanh-3ya.example")

    lookalike = imitating("xn--sngxanh-3ya.example", 0, 15)

    assert soi_ui.marked_host(host, lookalike) == "<bdi>sôngxanh.example</bdi>"
    assert soi_ui.spelled_host(host, lookalike) == "<bdi><b>xn--sngxanh-3ya</b>.example</bdi>"


def test_a_long_path_does_not_push_the_host_out_of_sight() -> None:
    html = soi_ui.marked_host(link("a.example", "/" + "b" * 40_000))

    assert len(html) < 200
    assert html.endswith("…</bdi>")


def test_a_name_that_was_seen_never_becomes_a_link() -> None:
    for finding in specimens.findings():
        if isinstance(finding, NameFinding):
            assert "<a" not in soi_ui.marked_host(finding.name, finding.lookalike)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https:", "http://[", "", " "],
)
def test_only_a_web_address_may_become_a_link(url: str) -> None:
    assert soi_ui.web_address(url) == ""


def test_a_publishers_web_address_is_kept_as_it_is() -> None:
    assert soi_ui.web_address("https://desk.example/a?b=1") == "https://desk.example/a?b=1"


def test_every_state_has_a_sign_and_a_word_in_both_languages() -> None:
    for language in ("vi", "en"):
        with translation.override(language):
            for finding in specimens.findings():
                shown = soi_ui.sign(finding)
                assert shown.sign
                assert shown.word


def test_the_specimens_show_every_state() -> None:
    assert {f.state for f in specimens.findings()} == {*StatementState, *NameState}


def test_signs_of_two_verdicts_are_never_the_same() -> None:
    signs = [soi_ui.sign(verdict).sign for verdict in Verdict]

    assert len(set(signs)) == len(signs)


def test_only_the_very_claim_shows_the_verdict_of_its_check() -> None:
    false = soi_ui.sign(Verdict.FALSE)
    shown = {f.state: soi_ui.sign(f) for f in specimens.findings()}

    assert shown[StatementState.CHECKED] == false
    for state in (StatementState.OPPOSITE, StatementState.NEAR, StatementState.DENIAL):
        assert shown[state].word != false.word
        assert shown[state].tone != false.tone


def test_words_on_no_known_scale_are_shown_without_a_colour() -> None:
    shown = soi_ui.sign(specimens.check(None, "x", verdict_words="Half a story"))

    assert (shown.word, shown.tone) == ("Half a story", "unproven")


@pytest.mark.parametrize(("language", "written"), [("vi", "2-11-2026"), ("en", "2 Nov 2026")])
def test_a_date_is_written_as_the_reader_writes_it(language: str, written: str) -> None:
    with translation.override(language):
        assert soi_ui.day(dt.date(2026, 11, 2)) == f'<time datetime="2026-11-02">{written}</time>'


def test_an_unknown_language_code_is_shown_as_it_is() -> None:
    assert soi_ui.language_name("zxx") == "zxx"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "in_force"),
        ({"valid_to": dt.date(2020, 1, 1)}, "ended"),
        ({"valid_to": dt.date(9000, 1, 1)}, "in_force"),
        ({"valid_from": dt.date(9000, 1, 1)}, "coming"),
        ({"compromised_from": dt.date(2020, 1, 1), "valid_to": dt.date(2021, 1, 1)}, "compromised"),
    ],
)
def test_a_holding_stands_as_its_dates_say(changes: dict[str, dt.date], expected: str) -> None:
    assert soi_ui.standing(specimens.holding("domain", "a.example", **changes)) == expected
