"""Negations, denials, opposites and names are found with and without diacritics."""

import pytest

from soi.core.matching.features import are_namesakes, opposed_poles
from soi.core.matching.names import Name, names
from soi.core.matching.polarity import Marker, read_stance
from soi.core.matching.reading import Reading


def count(text: str, marker: Marker) -> int:
    return read_stance(Reading(text)).count(marker)


def opposed(one: str, other: str) -> bool:
    here, there = read_stance(Reading(one)), read_stance(Reading(other))
    return bool(opposed_poles(here.poles, there.poles))


def keys(text: str) -> set[str]:
    return {name.key for name in names(Reading(text))}


@pytest.mark.parametrize(
    "text",
    [
        "giá không tăng",
        "gia khong tang",
        "giá ko tăng nha mn",
        "prices don't rise",
        "giá chưa tăng",
    ],
)
def test_a_negation_is_found_in_every_spelling(text: str) -> None:
    assert count(text, Marker.NEGATION) == 1


def test_a_word_that_only_looks_like_a_negation_without_diacritics_is_none() -> None:
    assert count("la chanh chua khoi ung thu", Marker.NEGATION) == 0


@pytest.mark.parametrize(
    "text",
    [
        "đó là tin giả",
        "do la tin gia",
        "bên đó đính chính rồi",
        "that is a hoax",
        "it was debunked",
    ],
)
def test_a_denial_is_found(text: str) -> None:
    assert count(text, Marker.DENIAL) == 1


def test_opposite_words_oppose_and_equal_words_do_not() -> None:
    assert opposed("giá nước giảm", "giá nước tăng")
    assert opposed("fares go up", "vé xe giảm")
    assert not opposed("giá nước lên giá", "giá nước tăng")


def test_a_negation_turns_a_word_into_its_opposite() -> None:
    assert opposed("giá nước không hề tăng", "giá nước tăng")
    assert opposed("giá nước tăng gì đâu", "giá nước tăng")
    assert not opposed("giá nước không tăng", "giá nước giảm")


def test_what_is_negated_is_remembered() -> None:
    assert "tang" in read_stance(Reading("giá không tăng")).negated


def test_places_have_one_name() -> None:
    assert keys("mưa ở TP HCM") == keys("mưa ở Sài Gòn")
    assert "ha noi" in keys("mưa to ở hà nội")
    assert "ha noi" in keys("mua to o ha noi")


def test_a_common_word_is_no_place_without_its_capital() -> None:
    assert "anh" not in keys("ông anh làm viện nghiên cứu")
    assert "anh" in keys("du học ở Anh")


def test_a_capital_at_the_start_of_a_sentence_makes_no_name() -> None:
    assert keys("Giá tăng. Nước sạch.") == set()
    assert keys("Ngân hàng Lúa Vàng") == {"lua vang"}
    assert keys("Lotus Wind Airlines is recruiting") == {"lotus wind airlines"}


def test_shouted_text_has_no_names_but_places() -> None:
    assert keys("TIN KHẨN CHO BÀ CON Ở HÀ NỘI") == {"ha noi"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("an bang thuong", "an bang ha", True),
        ("an bang", "an bang ha", False),
        ("an bang ha", "an bang ha", False),
        ("song xanh", "ben da", False),
    ],
)
def test_namesakes_begin_alike_and_go_on_differently(one: str, other: str, expected: bool) -> None:
    names_ = [Name(key, False, 0, 0) for key in (one, other)]

    assert are_namesakes(*names_) is expected
