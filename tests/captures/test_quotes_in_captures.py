"""A quoted passage is found in the captured text where it stands, and only where it stands."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.captures.quotes import LEFT_OUT, QUOTE_LIMIT, place_of, places_of

TEXT = (
    "Sở Giao thông cho biết “cầu Bến Sậy – dài 3,5 km – sẽ đóng”\n"
    "từ ngày 3/12/2026.  Theo ông Trần Văn A, 15 người bị thương…\n"
    "Không ai chết; đội cứu hộ-cứu nạn đã có mặt. The spokes-\nperson didn't com\u00adment."
)


def found(quote: str, text: str = TEXT) -> str | None:
    place = place_of(quote, text)
    return None if place is None else text[place.start : place.end]


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        ("15 người bị thương", "15 người bị thương"),
        ('"cầu Bến Sậy - dài 3,5 km - sẽ đóng"', "“cầu Bến Sậy – dài 3,5 km – sẽ đóng”"),
        ("«cầu Bến Sậy — dài 3,5 km", "“cầu Bến Sậy – dài 3,5 km"),
        ("cầu Bến Sậy -- dài", "cầu Bến Sậy – dài"),
        ("sẽ đóng'' từ ngày", "sẽ đóng”\ntừ ngày"),
        ("  từ ngày\t3/12/2026. Theo\u00a0ông ", "từ ngày 3/12/2026.  Theo ông"),
        ("bị thương... Không ai", "bị thương…\nKhông ai"),
        (unicodedata.normalize("NFD", "Không ai chết"), "Không ai chết"),
        ("didn’t comment", "didn't com\u00adment"),
        ("The spokesperson", "The spokes-\nperson"),
        ("The spokes-person", None),
        ("The spokes- person", "The spokes-\nperson"),
        ("Tr\u00adần Văn\u200b A", "Trần Văn A"),
    ],
)
def test_typesetting_does_not_count(quote: str, passage: str | None) -> None:
    assert found(quote) == passage


def test_a_decomposed_text_is_pointed_at_letter_by_letter() -> None:
    text = unicodedata.normalize("NFD", TEXT)
    place = place_of("Không ai chết", text)
    assert place is not None
    assert unicodedata.normalize("NFC", text[place.start : place.end]) == "Không ai chết"


@pytest.mark.parametrize(
    "quote",
    [
        "5 người bị thương",  # 15
        "5 km",  # 3,5
        "3,5 k",
        "ngày 3/12/202",
        "Khong ai chet",
        "không ai chết",
        "Không ai chế",
        "hông ai chết",
        "Không ai bị chết",
        "14 người bị thương",
        "cầu Bến Sậy sẽ đóng",
        "Theo ông Trần Văn B",
    ],
)
def test_letters_marks_case_and_figures_count(quote: str) -> None:
    assert found(quote) is None


@pytest.mark.parametrize(
    "quote",
    [
        "cầu Bến Sậy […] sẽ đóng",
        "cầu Bến Sậy [...] sẽ đóng",
        "cầu Bến Sậy (…) sẽ đóng",
        "cầu Bến Sậy [ … ] sẽ đóng",
        "cầu Bến Sậy … sẽ đóng",
        "cầu Bến Sậy ... sẽ đóng",
        "[…] cầu Bến Sậy […] 3,5 km […] sẽ đóng […]",
    ],
)
def test_parts_may_be_left_out_where_the_quote_says_so(quote: str) -> None:
    assert found(quote) == "cầu Bến Sậy – dài 3,5 km – sẽ đóng"


@pytest.mark.parametrize(
    "quote", ["sẽ đóng […] cầu Bến Sậy", "15 […] 3,5 km", "ầu Bến […] đóng", "cầu […] […] A […] !"]
)
def test_parts_come_in_the_order_of_the_text_and_are_whole(quote: str) -> None:
    assert found(quote) is None


def test_parts_stand_near_one_another() -> None:
    near, far = "a" * (LEFT_OUT - 4), "a" * LEFT_OUT
    assert found("Cầu […] đã sập", f"Cầu {near}. đã sập")
    assert found("Cầu […] đã sập", f"Cầu {far} đã sập") is None
    # The nearest of several, not the first.
    assert found("Cầu […] đã sập", f"Cầu {far} Cầu không đã sập") == "Cầu không đã sập"
    assert found("Cầu […] xe […] sập", f"Cầu xe {far} sập. Cầu có xe bị sập") == "Cầu có xe bị sập"


@pytest.mark.parametrize(
    "quote", ["", "  ", "…", "[…]", "\u200b", "“”", ".", "a" * QUOTE_LIMIT + "a"]
)
def test_what_holds_no_word_and_what_is_too_long_is_no_quote(quote: str) -> None:
    assert found(quote, TEXT + "a" * QUOTE_LIMIT + "a") is None


def test_several_quotes_are_looked_for_at_once() -> None:
    wanted = ["Không ai chết", "The spokesperson", "không có"]
    assert {quote for quote, _ in places_of(wanted, TEXT)} == set(wanted[:2])


@given(st.text(), st.text())
def test_no_text_and_no_quote_breaks_it(quote: str, text: str) -> None:
    place = place_of(quote, text)
    assert place is None or 0 <= place.start < place.end <= len(text)


words = st.lists(
    st.text(st.characters(categories=["L", "N", "M", "P", "Zs"]), min_size=1), min_size=1
)


@given(words, words, words)
def test_a_passage_between_blanks_is_always_found(
    before: list[str], passage: list[str], after: list[str]
) -> None:
    quote = " ".join(passage)
    text = " | ".join(["  ".join(before), quote, " ".join(after)])
    if any(letter.isalnum() for letter in unicodedata.normalize("NFC", quote)) and "…" not in quote:
        assert found(quote, text) is not None


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("a […] b […] z", "a a a a b " * 100_000),
        ("a […] b […] z", "a " * 300_000 + "b " * 300_000 + "z"),
        ("5 x", "15 x " * 200_000),
        ("-" * 4000 + "a", "-" * 1_000_000),
        ("\u0301a" * 2000, "a" + "\u0301" * 1_000_000),
    ],
)
def test_hostile_texts_are_done_with(quote: str, text: str) -> None:
    assert found(quote, text) is None
