"""Words found beside a brand."""

from soi.core.lookalike import shipped_lists
from soi.core.lookalike.segments import Reading
from soi.core.lookalike.segments import read as read_with


def read(piece: str) -> Reading:
    return read_with(piece, shipped_lists())


def test_words_run_together_are_parted() -> None:
    reading = read("xacthuctaikhoan")
    assert [word.text for word in reading.words] == ["xacthuc", "taikhoan"]
    assert reading.unexplained == 0


def test_places_point_into_the_piece() -> None:
    piece = "zzz-hotro-24"
    reading = read(piece)
    (word,) = reading.words
    assert piece[word.start : word.end] == "hotro"
    assert (reading.unexplained, reading.digits) == (3, 2)


def test_a_very_long_piece_is_left_unexplained() -> None:
    assert read("login" * 1000).unexplained == 5000


def test_a_word_written_apart_is_put_together() -> None:
    reading = read("dang-nhap-24")
    (word,) = reading.words
    assert word.text == "dangnhap"
    assert (word.start, word.end) == (0, 9)
    assert (reading.unexplained, reading.digits) == (0, 2)
