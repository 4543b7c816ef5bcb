"""Two claims that say the same become one, and two again."""

from __future__ import annotations

import datetime as dt

import pytest

from soi.checking import actions, queries
from soi.checking.actions import Asked
from soi.checking.errors import ClaimStateRefused
from soi.checking.types import ClaimState
from tests.checking_desk import CheckingDesk

DAY = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)


def asked(claim_id: int, times: int, days: int = 0) -> None:
    actions.note_asked([Asked(claim_id, times, DAY + dt.timedelta(days=days))])


def test_a_part_counts_for_the_whole_and_stands_in_the_queue_no_more(desk: CheckingDesk) -> None:
    part, whole = desk.claim("Cầu sập."), desk.claim("Cầu Bến Sậy đã sập.")
    asked(part, 5, days=3)
    asked(whole, 2)

    actions.merge(part, into=whole, by=desk.an)

    [row] = queries.queue()[:10]
    assert (row.claim.id, row.claim.reach, row.parts) == (whole, 7, 1)
    assert row.claim.last_asked_at == DAY + dt.timedelta(days=3)
    assert [each.id for each in queries.parts(whole)] == [part]


def test_undoing_it_gives_both_back_as_they_were(desk: CheckingDesk) -> None:
    part, whole = desk.claim("Cầu sập."), desk.claim("Cầu Bến Sậy đã sập.")
    asked(part, 5, days=3)
    asked(whole, 2)
    actions.take(part, by=desk.an)
    desk.write(part, title="Cầu không sập")
    before = {each: (queries.claim(each), queries.draft(each).digest) for each in (part, whole)}

    actions.merge(part, into=whole, by=desk.binh)
    with pytest.raises(ClaimStateRefused):
        desk.write(part, title="Khác")
    actions.unmerge(part, by=desk.binh)

    after = {each: (queries.claim(each), queries.draft(each).digest) for each in (part, whole)}
    assert after == before
    assert [row.claim.id for row in queries.queue()[:10]] == [part, whole]


def test_tips_that_come_to_a_part_later_count_for_the_whole_of_the_whole(
    desk: CheckingDesk,
) -> None:
    leaf, branch, root = desk.claim("Cầu sập."), desk.claim("Cầu đã sập."), desk.claim("Sập cầu.")
    actions.merge(leaf, into=branch, by=desk.an)
    actions.merge(branch, into=root, by=desk.an)

    asked(leaf, 4)
    asked(root, 1)
    assert [queries.claim(each).reach for each in (leaf, branch, root)] == [4, 4, 5]

    asked(leaf, 2)
    actions.unmerge(branch, by=desk.an)
    assert [queries.claim(each).reach for each in (leaf, branch, root)] == [2, 2, 1]


def test_no_claim_is_part_of_itself_of_a_part_or_of_two(desk: CheckingDesk) -> None:
    one, two, three = desk.claim("Một."), desk.claim("Hai."), desk.claim("Ba.")
    actions.merge(one, into=two, by=desk.an)

    for part, whole in ((two, two), (two, one), (three, one), (one, three)):
        with pytest.raises(ClaimStateRefused):
            actions.merge(part, into=whole, by=desk.an)
    with pytest.raises(ClaimStateRefused):
        actions.unmerge(three, by=desk.an)


def test_a_claim_becomes_part_of_one_that_is_public(desk: CheckingDesk) -> None:
    public, part = desk.published(), desk.claim("Cầu sập rồi.")
    asked(part, 3)

    actions.merge(part, into=public, by=desk.an)

    assert queries.claim(public).reach == 3
    assert queries.claim(part).state is ClaimState.MERGED


def test_whoever_recused_while_it_was_a_part_no_longer_has_it(desk: CheckingDesk) -> None:
    part, whole = desk.claim("Cầu sập."), desk.claim("Cầu đã sập.")
    actions.take(part, by=desk.an)
    actions.merge(part, into=whole, by=desk.binh)
    actions.recuse(part, by=desk.an)

    actions.unmerge(part, by=desk.binh)

    assert queries.claim(part).state is ClaimState.OPEN


def test_counts_of_claims_that_are_not_there_are_left_out(desk: CheckingDesk) -> None:
    claim_id = desk.claim()

    actions.note_asked([Asked(claim_id + 1, 3, DAY), Asked(claim_id, 2, DAY)])

    assert queries.claim(claim_id).reach == 2
