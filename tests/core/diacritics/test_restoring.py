"""Marks come back on Vietnamese typed without, and nothing else is touched."""

from __future__ import annotations

import unicodedata
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.diacritics import needs_restoring, restore, restore_aligned
from soi.core.diacritics.restore import MAX_CHARACTERS
from soi.core.text import Language, base_letters, expand_teencode

VI = Language.VI


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("uong nuoc chanh moi ngay", "uống nước chanh mỗi ngày"),
        ("Viet Nam khong thu phi tai khoan", "Việt Nam không thu phí tài khoản"),
        ("HA NOI MUA TO", "HÀ NỘI MƯA TO"),
    ],
)
def test_a_text_without_marks_gets_them_and_keeps_its_case(typed: str, meant: str) -> None:
    assert restore(typed, VI) == meant


def test_short_spellings_are_written_out_first() -> None:
    assert restore("mn oi k duoc uong nuoc nay", VI).startswith("mọi người ơi không được uống")


def test_marks_that_are_there_stay() -> None:
    restored = restore("Hoà bình, bac si noi uong thuoc nay khong tot, thuỷ sản", VI)
    assert restored.startswith("Hoà bình, bác sĩ nói uống thuốc này không tốt")
    assert restored.endswith("thuỷ sản")


@pytest.mark.parametrize(
    "kept",
    [
        "https://songxanh.example/uong-nuoc-chanh?a=khong",
        "songxanh.example",
        "@ngan_hang_song_xanh",
        "#uongnuocchanh",
        "an.toan@songxanh.example",
        "15.000",
        "2/9/2024",
        "iPhone",
    ],
)
def test_links_handles_tags_numbers_and_foreign_words_stay(kept: str) -> None:
    assert kept in restore(f"bac si noi uong nuoc chanh khong tot {kept} moi nguoi chia se", VI)


@pytest.mark.parametrize(
    "text",
    [
        "Mọi người ơi, sáng dậy uống nước chanh nóng là khỏi ung thư thật.",
        "Con đi xa, ba má ở nhà trông hai em cho ngoan.",
        "Anh hai đi làm xa, cả nhà trông tin từng ngày.",
    ],
)
def test_a_text_with_its_marks_comes_back_as_it_was(text: str) -> None:
    assert not needs_restoring(text, VI)
    assert restore(text, VI) == text


@pytest.mark.parametrize("language", [Language.EN, Language.OTHER])
def test_only_vietnamese_is_restored(language: Language) -> None:
    text = "can the long hang on a tree? no, tin can not"
    assert restore_aligned(text, language) == (text, tuple(range(len(text))))


def test_marks_sent_apart_from_their_letters_are_seen() -> None:
    apart = unicodedata.normalize("NFD", "Mọi người uống nước chanh mỗi ngày")
    assert restore(apart, VI) == apart


def test_letters_point_at_what_was_typed() -> None:
    typed = "bac si noi k\u200bo nen uong nuoc nay dau mn"
    restored, origin = restore_aligned(typed, VI)
    assert restored.startswith("bác sĩ nói không nên uống")
    assert typed[origin[restored.index("không") + 4]] == "k"
    assert typed[origin[restored.index("uống")]] == "u"
    assert typed[origin[restored.index("mọi") + 5]] == "m"


def test_what_is_beyond_the_limit_stays_as_it_was() -> None:
    text = "uong nuoc chanh " * (MAX_CHARACTERS // 8)
    restored, origin = restore_aligned(text, VI)
    assert restored.startswith("uống nước chanh")
    assert restored[-len(text) // 4 :] == text[-len(text) // 4 :]
    assert origin[-1] == len(text) - 1


HOSTILE = {
    "nothing": "",
    "one letter": "a",
    "one mark": "\u0301",
    "spaces": " \n" * 25_000,
    "one word": "a" * 50_000,
    "words of one letter": "a " * 25_000,
    "emoji": "uong nuoc 🍋👨\u200d👩\u200d👧 chanh " * 1_500,
    "scripts": "uong Вода 水 नमस्ते ماء nuoc İstanbul ß ﬁ " * 1_000,
    "numbers": "1,234.5 0 99/12 " * 4_000,
    "a number with many dots": "1" + "." * 50_000,
    "dots": "a." * 25_000,
    "dashes": "-" * 50_000,
    "at signs": "@" * 50_000,
    "colons and slashes": "://" * 17_000,
    "marks": "a" + "\u0301\u0323" * 25_000,
    "surrogates": "uong \ud800 nuoc \x00 chanh " * 2_000,
    "the most choices": "do da to " * 5_000,
}


@pytest.fixture(params=HOSTILE)
def hostile(request: pytest.FixtureRequest) -> str:
    return HOSTILE[request.param]


def test_any_text_comes_back_with_an_origin_for_each_letter(hostile: str) -> None:
    restored, origin = restore_aligned(hostile, VI)
    assert len(origin) == len(restored)
    assert list(origin) == sorted(origin)
    assert all(0 <= place < len(hostile) for place in origin)


def test_time_does_not_grow_with_what_is_beyond_the_limit(hostile: str) -> None:
    restore("uong nuoc", VI)  # the model is loaded
    once = max(_seconds(hostile[:MAX_CHARACTERS]), 0.02)
    assert _seconds(hostile * 4) < 10 * once


@pytest.mark.parametrize("piece", ["uong nuoc chanh ", "a ", "a.", "1", "-a", "@", "do da to "])
def test_time_is_linear_in_the_length(piece: str) -> None:
    restore("uong nuoc", VI)
    short = piece * (MAX_CHARACTERS // 8 // len(piece))
    assert _seconds(short * 8) < 8 * 5 * max(_seconds(short), 0.002)


def _seconds(text: str) -> float:
    """The best of two, so that a busy machine does not decide."""
    taken = []
    for _ in range(2):
        start = perf_counter()
        restore(text, VI)
        taken.append(perf_counter() - start)
    return min(taken)


WORDS = [
    "uong", "nuoc", "chanh", "k", "mn", "ơi", "người", "hoà", "15k", "a.example", "@k", "!", "İ",
    "the", "Khong", "DUOC", "\u200b", "\n", "水", "u\u031b", "2/9", "#tin", "🍋", "ﬁ",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS)).map(" ".join) | st.text())
def test_the_aligned_form_is_the_plain_form_with_origins(text: str) -> None:
    restored, origin = restore_aligned(text, VI)
    assert restored == restore(text, VI)
    assert len(origin) == len(restored)
    assert list(origin) == sorted(origin)
    assert all(0 <= place < len(text) for place in origin)


@given(st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_only_marks_are_added_to_what_was_written_out(text: str) -> None:
    restored = restore(text, VI)
    if restored != text:
        assert base_letters(restored) == base_letters(expand_teencode(text))
        assert len(restored) == len(expand_teencode(text))


@given(st.lists(st.sampled_from(["uống", "nước", "chanh", "Mọi", "người", "được", "!", "15"])))
def test_vietnamese_with_all_its_marks_never_changes(words: list[str]) -> None:
    text = " ".join(words)
    assert restore(text, VI) == text


@given(st.text())
def test_what_is_not_vietnamese_never_changes(text: str) -> None:
    assert restore(text, Language.OTHER) == text
