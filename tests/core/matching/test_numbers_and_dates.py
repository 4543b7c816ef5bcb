"""Quantities and dates are read alike however people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.matching.dates import Date, dates, tokens_of
from soi.core.matching.features import rival_quantities, same_date, same_quantity
from soi.core.matching.numbers import Quantity, decimal, quantities
from soi.core.matching.reading import Reading


def amounts(text: str) -> list[Quantity]:
    reading = Reading(text)
    return list(quantities(reading, tokens_of(dates(reading))))


def only_date(text: str) -> Date:
    (found,) = dates(Reading(text))
    return found


@pytest.mark.parametrize(
    "text",
    [
        "phạt 2 triệu đồng", "phạt 2tr", "phat 2 trieu", "phạt 2.000.000đ", "phạt 2,000,000 VND",
        "a fine of two million dong", "phạt hai triệu đồng",
    ],
)  # fmt: skip
def test_two_million_is_two_million_in_every_spelling(text: str) -> None:
    (amount,) = amounts(text)
    assert amount.value == 2_000_000
    assert amount.hard


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("vé 15k một lượt", 15_000, "vnd"),
        ("mất 2tr5", 2_500_000, "vnd"),
        ("giá 1,2 triệu", 1_200_000, ""),
        ("tăng 30%", 30, "%"),
        ("tăng mười phần trăm", 10, "%"),
        ("giảm một nửa", 50, "%"),
        ("gấp ba lần", 3, "times"),
        ("hai rưỡi triệu", 2.5, ""),
        ("nặng 20 kg", 20, "kg"),
        ("nặng 20 ký", 20, "kg"),
        ("dài 3 km", 3000, "m"),
        ("nóng 50 độ C", 50, "degree"),
        ("chờ 8 giờ", 8, "hour"),
        ("ba mươi hai tiếng", 32, "hour"),
    ],
)
def test_amounts_carry_their_unit(text: str, value: float, unit: str) -> None:
    first = amounts(text)[0]
    assert first.value == pytest.approx(value)
    assert first.unit == unit


def test_a_number_word_alone_never_contradicts() -> None:
    father, three = amounts("ba tui đi chợ")[0], amounts("3 con cá sấu")[0]
    assert not father.hard
    assert not rival_quantities(father, three)


def test_quantities_of_the_same_unit_are_rivals_and_of_others_are_not() -> None:
    thirty, seven = amounts("tăng 30%")[0], amounts("tăng 7%")[0]
    assert rival_quantities(thirty, seven)
    assert not same_quantity(thirty, seven)
    assert not rival_quantities(thirty, amounts("nặng 7 kg")[0])


@pytest.mark.parametrize("text", ["từ 1/10", "ngày 1 tháng 10", "mùng 1 tháng 10", "October 1"])
def test_the_first_of_october_in_every_spelling(text: str) -> None:
    found = only_date(text)
    assert (found.day, found.month) == (1, 10)


def test_a_year_is_part_of_its_date() -> None:
    found = only_date("ngày 2/9/2025")
    assert (found.day, found.month, found.year) == (2, 9, 2025)


def test_a_month_is_not_a_duration() -> None:
    assert only_date("tăng từ tháng 7").month == 7
    assert not dates(Reading("chờ 7 tháng"))


def test_hours_of_the_day_count_from_midnight() -> None:
    assert only_date("lúc 8h tối").hour == 20
    assert only_date("at 8 pm").hour == 20
    assert only_date("8h sáng").hour == 8


def test_dates_agree_on_the_parts_that_both_give() -> None:
    october = only_date("October 2025")
    assert same_date(only_date("từ 1/10"), october)
    assert same_date(only_date("từ 1/11"), october) is False
    assert same_date(only_date("lúc 8h sáng"), october) is None


@pytest.mark.parametrize(
    "text",
    ["sáng thứ bảy", "ca sang thu bay", "thứ 7 tuần này", "Saturday mornings", "on Sat"],
)
def test_saturday_in_every_spelling(text: str) -> None:
    assert only_date(text).weekday == 6


@pytest.mark.parametrize("text", ["đứa con thứ hai", "lần thứ ba", "the cat sat on a mat"])
def test_what_only_looks_like_a_day_of_the_week_is_none(text: str) -> None:
    assert not dates(Reading(text))


def test_two_days_of_the_week_are_different_dates() -> None:
    assert same_date(only_date("sáng thứ bảy"), only_date("chủ nhật")) is False
    assert same_date(only_date("sáng thứ bảy"), only_date("từ 1/10")) is None


def test_impossible_dates_are_none() -> None:
    assert not dates(Reading("từ 45/13"))
    assert not dates(Reading("tỉ lệ 0/0"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234", 1234),
        ("1,5", 1.5),
        ("0.125", 0.125),
        ("12.345.678", 12345678),
        ("1.2.3", None),
        ("9" * 30, None),
    ],
)
def test_separators_are_read_by_their_place(text: str, value: float | None) -> None:
    assert decimal(text) == value


@given(st.text(alphabet="0123456789.,/:% kđgiờthángnăm "))
def test_any_jumble_of_digits_can_be_read(text: str) -> None:
    reading = Reading(text)
    for found in (*amounts(text), *dates(reading)):
        assert 0 <= found.first <= found.last < len(reading.tokens)
