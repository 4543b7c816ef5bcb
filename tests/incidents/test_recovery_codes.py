"""Recovery codes are typed on a phone in distress: slips are told from wrong codes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soi.incidents import codes
from soi.incidents.codes import new_code, read_code
from soi.incidents.errors import RecoveryCodeMistyped


def test_a_code_is_seven_groups_of_four_digits_and_never_twice_the_same() -> None:
    made = [new_code() for _ in range(50)]
    assert all([len(part) for part in str(code).split()] == [4] * 7 for code in made)
    assert len({code.secret for code in made}) == 50


@pytest.mark.parametrize("glue", ["", " ", "-", ".", "  ", "\n", " – ", "/"])
def test_however_it_is_grouped_it_is_the_same_code(glue: str) -> None:
    code = new_code()
    assert read_code(glue.join(str(code).split())) == code


@given(st.integers(0, 27), st.integers(1, 9))
def test_one_wrong_digit_is_seen(place: int, off: int) -> None:
    digits = list(str(new_code()).replace(" ", ""))
    digits[place] = str((int(digits[place]) + off) % 10)
    with pytest.raises(RecoveryCodeMistyped):
        read_code("".join(digits))


@given(st.integers(0, 26))
def test_two_digits_that_changed_places_are_seen(place: int) -> None:
    digits = list(str(new_code()).replace(" ", ""))
    if digits[place] == digits[place + 1]:
        return
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    with pytest.raises(RecoveryCodeMistyped):
        read_code("".join(digits))


@pytest.mark.parametrize(
    "typed", ["", "1234", "x" * 28, "1" * 29, "9" * 1_000_000, "١" * 28, "\0", "²" * 28]
)
def test_what_is_no_code_is_said_to_be_mistyped(typed: str) -> None:
    with pytest.raises(RecoveryCodeMistyped):
        read_code(typed)


@settings(deadline=None, max_examples=5)
@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_the_key_follows_from_code_and_salt_and_from_nothing_else(one: bytes, two: bytes) -> None:
    code = new_code()
    assert str(code.signer("a/recovery", one).key) == str(code.signer("a/recovery", one).key)
    if one != two:
        assert code.signer("a/recovery", one).key != code.signer("a/recovery", two).key
    assert code.signer("a/recovery", one).key != new_code().signer("a/recovery", one).key


def test_the_code_shows_in_no_repr() -> None:
    code = new_code()
    assert code.secret not in repr(code)


def test_opening_a_key_is_slow_on_purpose() -> None:
    assert codes.COST >= 2**15
