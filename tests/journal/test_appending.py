"""Events are numbered without a gap, stand or fall with their transaction, and are never missed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from soi.journal.actions import Entry, append
from soi.journal.queries import (
    event_count_after,
    has_event,
    last_mark,
    seq_of,
    stretch_after,
)
from tests.desks import Desk, at_once, fresh_desk


def stored(*ids: int, subject: str = "check") -> None:
    append([Entry("check.stored", subject, number) for number in ids], by="an")


class _Undone(Exception):
    pass


@pytest.mark.django_db
def test_numbers_rise_by_one_in_the_order_of_the_entries() -> None:
    stored(7, 8)
    stored(9)
    first = stretch_after(0, subject="check", limit=2)
    assert first.subject_ids == (7, 8)
    rest = stretch_after(first.last_seq, subject="check", limit=2)
    assert (rest.subject_ids, rest.last_seq - first.last_seq) == ((9,), 1)


@pytest.mark.django_db
def test_appending_nothing_takes_no_number() -> None:
    stored(1)
    before = last_mark("check")
    append([], by="an")
    assert last_mark("check") == before


@pytest.mark.django_db
def test_events_of_a_transaction_that_is_undone_leave_no_gap() -> None:
    stored(1)
    before = seq_of(last_mark("check"))
    with suppress(_Undone), transaction.atomic():
        stored(2)
        raise _Undone
    assert seq_of(last_mark("check")) == before
    stored(3)
    stretch = stretch_after(0, subject="check", limit=9)
    assert (stretch.subject_ids, stretch.last_seq) == ((1, 3), before + 1)


@pytest.mark.django_db
def test_following_one_kind_passes_by_the_others() -> None:
    stored(1)
    stored(5, subject="organisation")
    stored(1, 2)
    stretch = stretch_after(0, subject="check", limit=9)
    assert (stretch.subject_ids, stretch.events) == ((1, 2), 3)
    assert stretch_after(stretch.last_seq, subject="check", limit=9).events == 0
    assert event_count_after(0, subject="organisation") == 1


@pytest.mark.django_db
def test_a_mark_names_one_event_and_no_other() -> None:
    assert last_mark("check") == ""
    stored(1)
    mark = last_mark("check")
    assert has_event(mark)
    number, _, time = mark.partition("@")
    assert not has_event(f"{int(number) + 1}@{time}")
    assert not has_event(f"{number}@2020-01-01T00:00:00+00:00")


@pytest.mark.django_db
@pytest.mark.parametrize("mark", ["", "@", "x@y", "-1@x", "²@x", "9" * 5000, "\0", "1"])
def test_what_is_no_mark_names_nothing(mark: str) -> None:
    stored(1)
    assert not has_event(mark)


class Following(TestCase):
    """In steps of any size, whoever follows sees what was appended, in order."""

    @settings(max_examples=20, deadline=None)
    @given(
        batches=st.lists(st.lists(st.integers(1, 9), max_size=5), max_size=6),
        step=st.integers(1, 7),
    )
    def test_every_step_sees_the_next_events(self, batches: list[list[int]], step: int) -> None:
        for batch in batches:
            stored(*batch)
        seen, seq = 0, 0
        while stretch := stretch_after(seq, subject="check", limit=step):
            if not stretch.events:
                break
            assert stretch.last_seq == seq + stretch.events
            seen, seq = seen + stretch.events, stretch.last_seq
        assert seen == sum(map(len, batches))


@pytest.fixture
def shared(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk that several processes write to: PostgreSQL if that is tested, else SQLite."""
    if connection.vendor != "postgresql":
        yield fresh_desk(tmp_path / "desk")
        return
    request.getfixturevalue("transactional_db")
    given = connection.settings_dict
    address = f"{given['HOST']}:{given['PORT']}/{given['NAME']}"
    yield Desk(tmp_path, database_url=f"postgres://{given['USER']}:{given['PASSWORD']}@{address}")


WRITER = """
from django.db import transaction
from soi.journal.actions import Entry, append
first = int(sys.argv[1])
for number in range(60):
    try:
        with transaction.atomic():
            append([Entry("check.stored", "check", first + number)] * (number % 3 + 1), by="an")
            if number % 5 == 4:
                raise LookupError
    except LookupError:
        pass
append([Entry("check.stored", "check", -first)], by="an")
"""
FOLLOWER = """
import json
from soi.journal.queries import stretch_after
seq, ids, idle, events = 0, set(), 0, 0
while not {-1000, -2000} <= ids and idle < 50_000:
    stretch = stretch_after(seq, subject="check", limit=7)
    seq, events = stretch.last_seq, events + stretch.events
    ids |= set(stretch.subject_ids)
    idle = 0 if stretch.events else idle + 1
print(json.dumps({"seq": seq, "events": events, "ids": sorted(ids)}))
"""


def test_a_follower_misses_nothing_of_two_writers(shared: Desk) -> None:
    follower, *writers = at_once(
        [
            lambda: shared.start(FOLLOWER),
            lambda: shared.start(WRITER, 1000),
            lambda: shared.start(WRITER, 2000),
        ]
    )
    assert [writer.err for writer in writers] == ["", ""]
    seen = json.loads(follower.out)
    kept = [number for number in range(60) if number % 5 != 4]
    numbers = [first + number for first in (1000, 2000) for number in kept]
    assert seen["ids"] == [-2000, -1000, *numbers]
    assert seen["events"] == seen["seq"] == 2 * sum(number % 3 + 1 for number in kept) + 2
