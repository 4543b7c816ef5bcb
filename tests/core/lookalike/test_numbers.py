"""Numbers that differ by one slip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.lookalike import near_numbers


@pytest.mark.parametrize(
    "other",
    [
        "+84912345679",
        "+84192345678",
        "+8491234567",
        "+849123456788",
        "+849123045678",
        "+84912346578",
    ],
)
def test_one_slip_is_near_and_both_ways(other: str) -> None:
    assert other in near_numbers("+84912345678")
    assert "+84912345678" in near_numbers(other)


@pytest.mark.parametrize("other", ["+84912345678", "+84912345699", "+85912345678", "84912345679"])
def test_the_same_number_two_slips_and_another_country_are_not(other: str) -> None:
    assert other not in near_numbers("+84912345678")


@pytest.mark.parametrize(
    "number",
    ["", "+", "113", "9156", "19001234", "1800123456", "1234567", "1" * 20, "١٢٣٤٥٦٧٨٩", "a" * 12],
)
def test_hotlines_short_codes_and_what_is_no_number_have_no_neighbours(number: str) -> None:
    assert near_numbers(number) == frozenset()


@given(st.text(alphabet="0123456789+", max_size=30))
def test_neighbours_are_bounded_and_never_the_number_itself(number: str) -> None:
    near = near_numbers(number)
    assert number not in near
    assert len(near) <= 21 * 20
    assert all(abs(len(each) - len(number)) <= 1 for each in near)
