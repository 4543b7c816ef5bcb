"""Normalising: one form of writing, and the way back to the original."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.text import Span, clean, normalise

ANY_TEXT = st.text(st.characters(), max_size=60)
TRICKY = st.text(
    st.sampled_from(
        "aeđơo ẹ\u0301\u0323\u0302\u031b\u200b\u202e\xad\ud800\0\r\n\u2028\u3000한\u1161"
    ),
    max_size=60,
)


def test_decomposed_vietnamese_is_composed_with_its_place() -> None:
    decomposed = unicodedata.normalize("NFD", "Được việc")
    seen = normalise(decomposed)
    assert seen.text == "Được việc"
    span = seen.span(5, 9)
    assert unicodedata.normalize("NFC", decomposed[span.start : span.end]) == "việc"


def test_unseen_characters_inside_a_word_stay_inside_its_span() -> None:
    message = "x v\u200bi\u00ade\u202et y"
    seen = normalise(message)
    assert seen.text == "x viet y"
    assert seen.span(2, 6) == Span(2, 9)


def test_unseen_characters_around_a_word_are_not_in_its_span() -> None:
    assert normalise("\u200bab\u200b").span(0, 2) == Span(1, 3)


def test_every_format_and_control_character_is_dropped_or_becomes_white_space() -> None:
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        if unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter != "\n":
            assert clean(f"a{letter}b") in ("ab", "a b", "a\nb"), hex(code)


@pytest.mark.parametrize("space", ["\xa0", "\u3000", "\t", "\u2009", "\u2800"])
def test_odd_white_space_becomes_a_space(space: str) -> None:
    assert clean(f"a{space}b") == "a b"


@pytest.mark.parametrize("line", ["\r\n", "\r", "\u2028", "\x85", "\n"])
def test_any_line_break_becomes_a_newline(line: str) -> None:
    assert clean(f"a{line}b") == "a\nb"


def test_lone_surrogates_and_nul_do_not_reach_the_text() -> None:
    normalise("a\ud800\0b\udfff").text.encode()
    assert clean("a\ud800\0b\udfff") == "ab"


def test_marks_beyond_thirty_on_one_letter_are_dropped() -> None:
    # Unbounded, this takes minutes: sorting the marks is quadratic.
    assert len(clean("a" + "\u0301\u0323" * 500_000)) <= 31


def test_plain_text_of_a_megabyte_keeps_its_places() -> None:
    seen = normalise("Mọi người ơi " * 80_000)
    assert list(seen.origin) == list(range(len(seen.text)))


@given(ANY_TEXT | TRICKY)
def test_origins_point_at_what_each_character_came_from(text: str) -> None:
    seen = normalise(text)
    assert seen.text == clean(text)
    assert unicodedata.is_normalized("NFC", seen.text)
    assert len(seen.origin) == len(seen.ends) == len(seen.text)
    assert list(seen.origin) == sorted(seen.origin)
    for place in range(len(seen.text)):
        span = seen.span(place, place + 1)
        assert 0 <= span.start < span.end <= len(text)
        assert seen.text[place] in clean(text[span.start : span.end])


@given(ANY_TEXT | TRICKY)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
