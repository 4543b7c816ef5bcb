"""What is asked for over and over is asked for once, and only while somebody says so."""

from __future__ import annotations

import pytest

from soi.core.remembering import remembered, remembering

asked: list[tuple[int, str]] = []


@remembered
def doubled(number: int, *, word: str = "") -> int:
    asked.append((number, word))
    if number < 0:
        raise ValueError(number)
    return 2 * number


@pytest.fixture(autouse=True)
def nothing_asked() -> None:
    asked.clear()


def test_each_question_is_asked_once_while_it_is_remembered() -> None:
    with remembering():
        assert [doubled(2), doubled(2), doubled(3), doubled(2, word="a")] == [4, 4, 6, 4]
    assert asked == [(2, ""), (3, ""), (2, "a")]


def test_nothing_is_kept_before_after_or_within_another() -> None:
    doubled(2)
    with remembering():
        doubled(2)
        with remembering():
            doubled(2)
        doubled(2)
    doubled(2)
    assert len(asked) == 4


def test_what_is_raised_is_raised_each_time() -> None:
    with remembering():
        for _ in range(2):
            with pytest.raises(ValueError, match="-1"):
                doubled(-1)
    assert len(asked) == 2
