"""Cutting messages into statements as their writers meant them."""

import pytest

from soi.core.text import has_words, split


def statements(message: str) -> list[str]:
    return [statement.text for statement in split(message).statements]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Nước sắp tăng giá. Mai là hết rẻ!", ["Nước sắp tăng giá.", "Mai là hết rẻ!"]),
        ("Nước sắp tăng giá\nMai là hết rẻ", ["Nước sắp tăng giá", "Mai là hết rẻ"]),
        ("Tôi đi rồi.Nhưng anh ở lại", ["Tôi đi rồi.", "Nhưng anh ở lại"]),
        ("nghe nói... nước sắp tăng giá", ["nghe nói... nước sắp tăng giá"]),
        ("Nghe nói vậy... Nước tăng giá", ["Nghe nói vậy...", "Nước tăng giá"]),
        ("Nước tăng giá 😱😱 Mai hết rẻ", ["Nước tăng giá", "Mai hết rẻ"]),
        ("👉 rửa tay sạch 👉 đeo khẩu trang", ["rửa tay sạch", "đeo khẩu trang"]),
        ("- rửa tay sạch\n- đeo khẩu trang", ["rửa tay sạch", "đeo khẩu trang"]),
        ("1. Rửa tay sạch\n2. Đeo khẩu trang", ["Rửa tay sạch", "Đeo khẩu trang"]),
        ("Khẩn! Nước sắp tăng giá", ["Khẩn! Nước sắp tăng giá"]),
        ("Nước sắp tăng giá. Thật!", ["Nước sắp tăng giá. Thật!"]),
        ("Thật không? Ai biết chỉ với", ["Thật không?", "Ai biết chỉ với"]),
        ("🚨🚨\nhttps://a.example/x\n#songkhoe\n12.5", []),
        ("Anh nói “đừng tin.” Rồi anh đi", ["Anh nói “đừng tin.”", "Rồi anh đi"]),
    ],
)
def test_a_message_is_cut_where_a_statement_ends(message: str, expected: list[str]) -> None:
    assert statements(message) == expected


@pytest.mark.parametrize(
    "message",
    [
        "Ở TP. Hà Nội và TP.HCM, Th.S An khám cho TS. Bình",
        "Giá 2.000.000đ từ 1.12.2026, tăng 1.5 lần, v.v. và hơn",
        "Mr. An met Dr. Binh at 5 a.m. in Hanoi",
        "Xem https://a.example/x.Y?z=1!2 trước khi chuyển",
        "Ông Nguyễn Văn A. bị phạt năm triệu",
        "Đội U.23 gặp U.S. Lecce hôm nay",
    ],
)
def test_abbreviations_amounts_and_links_are_not_cut(message: str) -> None:
    assert statements(message) == [message]


@pytest.mark.parametrize(
    ("statement", "worth"),
    [
        ("Nước sắp tăng giá", True),
        ("Bank closes", True),
        ("Alo mọi người ơi", False),
        ("Thật?", False),
        ("https://a.example/x 12.5", False),
        ("#songkhoe #tinnong @ten", False),
        ("gọi 0900 000 321", False),
        ("", False),
    ],
)
def test_only_words_are_worth_looking_up(statement: str, worth: bool) -> None:
    assert has_words(statement) is worth
