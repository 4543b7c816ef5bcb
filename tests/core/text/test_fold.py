"""Folding: what people would take for the same letters comes out the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.text import base_letters, fold, fold_aligned, squeeze

ANY_TEXT = st.text(st.characters(), max_size=40)
TRICKY = st.text(st.sampled_from("aAiİıđĐß ооооОСТтαΑνμ㎂ﷺxvwⅫ①\u0301\u200bẹ한"), max_size=40)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Đường Nguyễn Huệ", "duong nguyen hue"),
        (unicodedata.normalize("NFD", "Đường Nguyễn Huệ"), "duong nguyen hue"),
        ("İSTANBUL ı", "istanbul i"),
        ("ＮＧÂＮ ＨÀＮＧ", "ngan hang"),
        ("𝐍𝐠𝐚̂𝐧 Ⓗàⓝⓖ", "ngan hang"),
        ("ᴠɪᴇᴛ", "viet"),
    ],
)
def test_marks_case_and_forms_are_folded(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_look_alikes_in_a_mixed_word_become_latin() -> None:
    assert fold("vіеtсоmbаnk") == "vietcombank"  # і, е, с, о, а are Cyrillic


def test_a_word_all_of_look_alikes_becomes_latin_in_latin_text() -> None:
    assert fold("tải арр về") == "tai app ve"


@pytest.mark.parametrize(
    "genuine", ["привет мир", "оса и роса", "βιβλίο νόμος", "тест", "日本語", "สวัสดี", "नमस्ते"]
)
def test_genuine_words_of_other_scripts_stay(genuine: str) -> None:
    letters = {unicodedata.name(letter).split()[0] for letter in fold(genuine) if letter != " "}
    assert "LATIN" not in letters


def test_russian_keeps_a_word_that_could_be_latin() -> None:
    assert fold("роса и привет") == "роса и привет"


@pytest.mark.parametrize(
    ("written", "squeezed"),
    [
        ("đẹppppp", "đẹp"),
        ("hayyy", "hay"),
        ("quáaaaa", "quá"),
        ("good moon xoong", "good moon xoong"),
        ("thế kỷ XIII", "thế kỷ XIII"),
        ("www.soi.example", "www.soi.example"),
        ("1000000", "1000000"),
        ("!!!!", "!!!!"),
    ],
)
def test_long_runs_of_a_letter_are_squeezed(written: str, squeezed: str) -> None:
    assert squeeze(written) == squeezed


def test_every_code_point_folds_to_the_same_twice() -> None:
    for code in (*range(0x10000), *range(0x1D400, 0x1D800), *range(0x1F100, 0x1F200)):
        once = fold(chr(code))
        assert fold(once) == once, hex(code)


@given(ANY_TEXT | TRICKY)
def test_aligned_folding_is_folding_with_origins(text: str) -> None:
    folded, origin = fold_aligned(text)
    assert folded == fold(text)
    assert len(origin) == len(folded)
    assert list(origin) == sorted(origin)
    assert all(0 <= place < len(text) for place in origin)


@given(TRICKY)
def test_base_letters_keep_every_place(text: str) -> None:
    assert len(base_letters(text)) == len(text)


def test_a_quote_is_found_again_in_the_original() -> None:
    text = "Tin \u200bĐẸPPPP quá"
    folded, origin = fold_aligned(text)
    start = folded.index("dep")
    assert text[origin[start]] == "Đ"


def test_a_megabyte_of_mixed_scripts_is_folded() -> None:
    assert fold("vіеtсоmbаnk привет " * 50_000).startswith("vietcombank привет ")
