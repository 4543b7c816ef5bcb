"""The table of latest slots against the simplest thing that could be right: a dict."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.index.engine import slots
from soi.index.engine.slots import ABSENT, SlotTable, table_of

LOG = st.lists(st.integers(-9, 8), max_size=40)  # ids 0..8, and ~id for a deletion


def expected(log: list[int]) -> dict[int, int]:
    latest: dict[int, int] = {}
    for slot, id_ in enumerate(log):
        if id_ < 0:
            latest.pop(~id_, None)
        else:
            latest[id_] = slot
    return latest


def check(table: SlotTable, log: list[int]) -> None:
    latest = expected(log)
    found = table.find(np.arange(12))
    assert found.tolist() == [latest.get(id_, ABSENT) for id_ in range(12)]
    assert np.flatnonzero(table.alive).tolist() == sorted(latest.values())
    assert table.living == len(latest)


@given(LOG)
def test_the_last_word_on_an_id_counts(log: list[int]) -> None:
    check(table_of(np.array(log, np.int64)), log)


@given(LOG, st.lists(st.integers(0, 40), max_size=5))
def test_a_table_grown_step_by_step_is_the_table_of_the_whole_log(
    log: list[int], cuts: list[int]
) -> None:
    table = table_of(np.array(log[:0], np.int64))
    for end in [*sorted(cuts), len(log)]:
        table = table.followed_by(np.array(log[:end], np.int64))
        check(table, log[:end])


@given(LOG, LOG)
def test_growing_leaves_the_old_table_as_it_was(log: list[int], more: list[int]) -> None:
    table = table_of(np.array(log, np.int64))
    table.followed_by(np.array(log + more, np.int64))
    check(table, log)


@given(LOG)
def test_a_table_folds_its_recent_part(log: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slots, "_FOLD_AFTER", 5)
        table = table_of(np.array([], np.int64))
        for end in range(len(log) + 1):
            table = table.followed_by(np.array(log[:end], np.int64))
            assert len(table.recent) <= 5
    check(table, log)


def test_a_rising_log_is_not_copied() -> None:
    log = np.arange(5, 50, 5)
    assert table_of(log).ids is log
