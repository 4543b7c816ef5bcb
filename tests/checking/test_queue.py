"""The queue is ordered by reach × harm × checkability × freshness, and says what stands where."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from soi.checking import actions, ordering, queries
from soi.checking.actions import Asked
from soi.checking.errors import FieldInvalid
from soi.checking.ordering import Weights
from soi.checking.queries import Wanted
from soi.checking.types import ClaimState, CloseReason, Harm
from soi.journal.models import Event
from soi.people.errors import NotAllowed
from tests.checking_desk import CheckingDesk

NOW = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)


def shown(wanted: Wanted | None = None) -> list[int]:
    return [row.claim.id for row in queries.queue(wanted or Wanted())[:100]]


def count(step: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as seen:
        step()
    return len(seen)


def test_what_many_ask_what_harms_and_what_is_fresh_comes_first(desk: CheckingDesk) -> None:
    now = timezone.now()
    rare, often, old, harmful, opinion = (desk.claim(f"Điều số {n}.") for n in range(5))
    actions.note_asked(
        [
            Asked(rare, 3, now),
            Asked(often, 40, now),
            Asked(old, 40, now - dt.timedelta(days=30)),
            Asked(harmful, 30, now),
        ]
    )
    actions.set_harm(harmful, harm=Harm.HIGH, by=desk.an)
    actions.set_harm(opinion, harm=Harm.LOW, by=desk.an)

    assert shown() == [harmful, often, rare, opinion, old]


def test_each_factor_is_shown_as_it_stands(desk: CheckingDesk) -> None:
    claim_id = actions.open_claim(
        wording="Cầu sập.", language="vi", by="worker", times=9, checkability=1.0,
        last_at=timezone.now() - dt.timedelta(hours=72),
    )  # fmt: skip
    actions.set_harm(claim_id, harm=Harm.MEDIUM, by=desk.an)

    [row] = queries.queue()[:10]

    assert (row.factors.reach, row.factors.harm, row.factors.checkability) == (10.0, 3.0, 1.0)
    assert row.factors.freshness == pytest.approx(0.5, rel=0.01)


def test_an_editor_changes_what_counts_and_the_queue_follows(desk: CheckingDesk) -> None:
    now = timezone.now()
    often, harmful = desk.claim("Một."), desk.claim("Hai.")
    actions.note_asked([Asked(often, 500, now), Asked(harmful, 20, now)])
    actions.set_harm(harmful, harm=Harm.HIGH, by=desk.an)
    assert shown() == [often, harmful]

    with pytest.raises(NotAllowed):
        actions.set_weights(Weights(harm=4.0), by=desk.an)
    actions.set_weights(Weights(harm=4.0), by=desk.binh)

    assert shown() == [harmful, often]
    assert queries.weights() == Weights(harm=4.0)
    [event] = Event.objects.filter(verb="queue.weighed")
    assert event.before != event.after
    new = desk.claim("Ba.")
    actions.note_asked([Asked(new, 30, now)])
    actions.set_harm(new, harm=Harm.HIGH, by=desk.an)
    assert shown() == [new, harmful, often]


@pytest.mark.parametrize(
    "wrong",
    [{"reach": -1.0}, {"harm": math.nan}, {"checkability": math.inf}, {"half_life_hours": 0.0}],
)
def test_weights_that_would_break_the_order_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(FieldInvalid):
        Weights(**wrong)


numbers = st.integers(0, 10**6)
shares = st.floats(0, 1)
harms = st.sampled_from(Harm)
hours = st.integers(0, 24 * 700)


@given(st.lists(st.tuples(numbers, harms, shares, hours), min_size=2, max_size=6), hours)
def test_the_order_is_that_of_the_product_now_and_at_any_other_time(
    claims: list[tuple[int, Harm, float, int]], later: int
) -> None:
    def given_as(each: tuple[int, Harm, float, int]) -> dict[str, Any]:
        reach, harm, checkability, age = each
        asked = NOW - dt.timedelta(hours=age)
        return {
            "reach": reach, "harm": harm, "checkability": checkability, "last_asked_at": asked,
            "weights": Weights(),
        }  # fmt: skip

    def product(each: tuple[int, Harm, float, int]) -> float:
        found = ordering.factors(**given_as(each), now=NOW + dt.timedelta(hours=later))
        return math.log(found.reach * found.harm * found.checkability) + math.log(found.freshness)

    for one, two in itertools.combinations(claims, 2):
        apart = ordering.priority(**given_as(one)) - ordering.priority(**given_as(two))
        assert apart == pytest.approx(product(one) - product(two), abs=1e-6)


def test_filters_hide_and_the_counts_say_how_much(desk: CheckingDesk) -> None:
    mine, free, closed = desk.claim("Cầu sập."), desk.claim("Chợ cháy."), desk.claim("Phim dở.")
    actions.take(mine, by=desk.an)
    actions.close_claim(closed, reason=CloseReason.OPINION, by=desk.an)
    actions.set_harm(free, harm=Harm.HIGH, by=desk.an)

    assert sorted(shown()) == [mine, free]
    assert shown(Wanted(taken_by=desk.an.id)) == [mine]
    assert shown(Wanted(text="Chợ")) == shown(Wanted(text=" \x00Chợ\u202e")) == [free]
    assert shown(Wanted(text="%")) == shown(Wanted(text="x" * 10_000_000)) == []
    assert shown(Wanted(harm=Harm.HIGH)) == [free]
    assert shown(Wanted(states=(ClaimState.CLOSED,))) == [closed]
    assert shown(Wanted(states=())) == []
    counts = queries.queue_counts()
    assert counts.by_state[ClaimState.CLOSED] == 1
    assert counts.waiting == 2 == len(queries.queue())


def test_whoever_approves_finds_what_waits_for_them(desk: CheckingDesk) -> None:
    ready, half = desk.ready(), desk.claim("Chợ cháy.")
    two = desk.ready("Thuốc này chữa được bệnh.", topics=("health",))
    desk.write(half, title="Chợ không cháy")
    assert sorted(shown(Wanted(for_approval=True))) == [ready, two]
    counts = queries.queue_counts()
    assert (counts.for_approval, counts.approved) == (2, 0)

    desk.approve(ready)
    desk.approve(two)

    assert shown(Wanted(for_approval=True)) == [two]
    counts = queries.queue_counts()
    assert (counts.for_approval, counts.approved) == (1, 1)
    rows = {row.claim.id: row for row in queries.queue()[:10]}
    assert (rows[two].approvals, rows[two].approvals_needed) == (1, 2)
    assert rows[half].open_gates > 0
    desk.publish(ready)
    assert queries.queue_counts().approved == 0


def test_a_page_of_the_queue_takes_as_many_queries_as_one_claim(desk: CheckingDesk) -> None:
    actions.take(desk.ready(), by=desk.an)
    one = count(lambda: queries.queue()[:50])
    whole = desk.ready()
    for number in range(8):
        claim_id = desk.claim(f"Điều số {number}.")
        actions.take(claim_id, by=desk.an)
        actions.merge(desk.claim("Phần."), into=claim_id, by=desk.an)
    desk.approve(whole)

    assert count(lambda: queries.queue()[:50]) == one == 4
    assert count(queries.queue_counts) == 3
