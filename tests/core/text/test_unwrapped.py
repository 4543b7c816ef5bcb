"""Unwrapping: what forwarding adds comes off, what is said stays, with its place."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.text import clean
from soi.core.text.unwrapped import unwrapped

SAID = "Cầu Bến Sậy đóng từ thứ Hai 01/12."
WRAPPINGS = [
    "{}",
    "  {}\n\n",
    "Fwd: {}",
    "FW : Fwd:\n{}",
    "Forwarded message: {}",
    "Tin nhắn chuyển tiếp:\n{}",
    "chuyen tiep: {}",
    "Chào cả nhà, {}",
    "CHÀO CÁC BẠN!!!\n{}",
    "Kính thưa cô chú: {}",
    "Mọi người ơi\n{}",
    "Hi everyone! Fw: {}",
    "Alo alo, Fwd: chào cả nhà ạ,\n\n{}",
    "🙏🏻🙏🏿 {} ❤\ufe0f\u200d🌹",
    "🚨⚠\ufe0f {} 📢",
    "\u200b\ufeff{}\u2060",
]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_what_forwarding_adds_comes_off(wrapping: str) -> None:
    assert unwrapped(wrapping.format(SAID)).text == SAID


@pytest.mark.parametrize(
    "written",
    [
        unicodedata.normalize("NFD", SAID),
        SAID.replace(" ", "  "),
        SAID.replace(" ", "\u00a0"),
        SAID.replace("đóng", "🌿 đóng 🌿"),
        SAID.replace("đóng", "đ\u00adóng"),
    ],
)
def test_one_text_has_one_form_however_it_is_written(written: str) -> None:
    assert unwrapped(written).text == SAID


@pytest.mark.parametrize(
    "text",
    [
        "Cả Anh, Pháp và Đức đóng cửa biên giới.",
        "Chào Nga, Pháp đóng cửa biên giới.",
        "Nhà kính, vườn ươm ở Đà Lạt sập.",
        "Kính, gương vỡ đầy chợ.",
        "Bạn bè, hàng xóm bị lừa.",
        "Hi sinh trong lũ có 3 người.",
        "Chào bán 500 căn hộ ở Thủ Thiêm",
        "Fwd là gì?",
        "Không, cầu không đóng.",
        "Chào cả nhà!",
        "Fwd: Fwd:",
        "🙏🙏",
        "",
    ],
)
def test_a_beginning_that_says_something_and_a_text_that_is_only_wrapping_stay(text: str) -> None:
    assert unwrapped(text).text == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Uống 7 viên", "Uống 17 viên"),
        ("Giá 1.500 đồng", "Giá 1 500 đồng"),
        ("Chữa khỏi", "Không chữa khỏi"),
        ("Nghỉ từ 01/12", "Nghỉ từ 02/12"),
        ("Ở Sông Xanh", "Ở sông xanh"),
        ("la oi", "lá ổi"),
        ("Đúng", "Đúng?"),
        ("Đúng", "Đúng ❌"),
        ("Đúng", "Đúng 👎"),
        ("☑ Đúng ☐ Sai", "☐ Đúng ☑ Sai"),
        ("■ Đúng □ Sai", "□ Đúng ■ Sai"),
        ("Giá xăng 👆", "Giá xăng 👇"),
        ("Gọi 0909●●●123", "Gọi 0909 123"),
        ("Năm 二○二五", "Năm 二二五"),
        ("Bộ 1", "Bộ 1\ufe0f\u20e3 0\ufe0f\u20e3"),
    ],
)
def test_what_may_change_the_meaning_keeps_two_texts_apart(one: str, other: str) -> None:
    assert unwrapped(one).text != unwrapped(other).text


def test_every_character_knows_its_place() -> None:
    message = f"Fwd: Chào cả nhà,\n🙏🙏 {unicodedata.normalize('NFD', SAID)} 🙏"
    seen = unwrapped(message)

    start = seen.text.index("Bến Sậy")
    place = seen.span(start, start + len("Bến Sậy"))

    assert unicodedata.normalize("NFC", message[place.start : place.end]) == "Bến Sậy"


def test_a_break_between_lines_stays_one() -> None:
    assert unwrapped("Cầu đóng \n\n 🌿\nTừ mai").text == "Cầu đóng\nTừ mai"


@pytest.mark.parametrize(
    "unit", ["Fwd: ", "chào ", "alo, ", "🙏 ", "\n", "a " * 7 + "b,", "\u200b"]
)
def test_a_long_text_takes_no_longer_than_its_length(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started = time.process_time()
    unwrapped(text)
    assert time.process_time() - started < 2


@given(st.text(alphabet=st.sampled_from(list("aB1 \n\u200b🙏🏻❌,:!.éê")) | st.characters()))
def test_unwrapping_only_drops_what_says_nothing(text: str) -> None:
    seen = unwrapped(text)

    assert unwrapped(seen.text).text == seen.text
    assert len(seen.origin) == len(seen.ends) == len(seen.text)
    assert letters(clean(text)).endswith(letters(seen.text))


WRAPPED = st.lists(
    st.sampled_from(
        [
            "Fwd:",
            "FW :",
            "chuyển tiếp:",
            "Chào",
            "cả nhà",
            "ơi",
            "alo",
            ",",
            "!",
            "\n",
            " ",
            "🙏",
            "a",
        ]
    )
)


@given(WRAPPED)
def test_unwrapping_twice_changes_nothing(pieces: list[str]) -> None:
    seen = unwrapped("".join(pieces))

    assert unwrapped(seen.text).text == seen.text
    assert all(a <= b for a, b in zip(seen.origin, seen.origin[1:], strict=False))


@given(st.text(alphabet=st.sampled_from(list("abcdxyz0123 \u200b❌-.?")), min_size=1))
def test_without_a_greeting_every_letter_and_sign_stays(text: str) -> None:
    assert "".join(unwrapped(text).text.split()) == "".join(clean(text).split())


def letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
