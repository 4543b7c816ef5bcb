"""Checks are stored whole, once, and only when they have changed."""

from __future__ import annotations

import dataclasses

import pytest
from django.db import transaction

from soi.claims import actions, queries
from soi.claims.errors import UnknownPublisher
from soi.journal.queries import event_count_after, last_mark, seq_of
from tests.checks import SITE, check_record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def publisher() -> None:
    actions.allow_publisher(site=SITE, name="Soi Sáng", by="an")


def test_what_was_stored_is_read_back_equal() -> None:
    record = check_record(1, summary="Cầu vẫn thông xe.")
    actions.store_checks([record], by="an")
    assert [row.record for row in queries.all_checks()] == [record]


def test_storing_again_changes_nothing_and_says_nothing() -> None:
    records = [check_record(number) for number in range(3)]
    assert actions.store_checks(records, by="an") == actions.Stored(3, 0, 0)
    seq = seq_of(last_mark("check"))
    assert actions.store_checks(records, by="an") == actions.Stored(0, 0, 3)
    assert event_count_after(seq, subject="check") == 0


def test_only_what_differs_is_written() -> None:
    actions.store_checks([check_record(1), check_record(2)], by="an")
    ids = {row.key: row.id for row in queries.all_checks()}
    seq = seq_of(last_mark("check"))
    changed = check_record(2, summary="Cầu vẫn thông xe.")
    assert actions.store_checks([check_record(1), changed], by="an") == actions.Stored(0, 1, 1)
    assert event_count_after(seq, subject="check") == 1
    assert {row.key: row.id for row in queries.all_checks()} == ids


def test_the_later_of_two_records_with_one_key_wins() -> None:
    first, second = check_record(1), check_record(1, title="Bản sau")
    assert actions.store_checks([first, second], by="an") == actions.Stored(1, 0, 0)
    assert [row.title for row in queries.all_checks()] == ["Bản sau"]


def test_another_spelling_of_the_publishers_name_is_no_change() -> None:
    actions.store_checks([check_record(1)], by="an")
    respelt = dataclasses.replace(check_record(1), publisher_name="SOI SÁNG")
    assert actions.store_checks([respelt], by="an").unchanged == 1


def test_a_publisher_allowed_by_its_site_gets_the_name_of_its_records() -> None:
    actions.allow_publisher(site="khac.example", name="khac.example", by="an")
    record = check_record(1, publisher_site="khac.example", publisher_name="Báo Khác")
    actions.store_checks([record], by="an")
    assert {row.name for row in queries.publishers()} == {"Soi Sáng", "Báo Khác"}


def test_a_batch_that_fails_in_the_middle_stores_nothing() -> None:
    unfit = check_record(2, claim="")
    with pytest.raises(Exception, match="check_has_a_claim"), transaction.atomic():
        actions.store_checks([check_record(1), unfit], by="an")
    assert queries.check_count() == 0
    assert last_mark("check") == ""


def test_a_publisher_is_allowed_and_disallowed_and_its_checks_stay() -> None:
    actions.store_checks([check_record(1)], by="an")
    assert queries.allowed_sites() == {SITE}
    actions.disallow_publisher(site=SITE, by="an")
    assert queries.allowed_sites() == frozenset()
    assert [(row.site, row.is_allowed, row.checks) for row in queries.publishers()] == [
        (SITE, False, 1)
    ]


def test_an_unknown_publisher_cannot_be_disallowed() -> None:
    with pytest.raises(UnknownPublisher) as refused:
        actions.disallow_publisher(site="khong-co.example", by="an")
    assert refused.value.code == "publisher_unknown"


def test_allowing_twice_is_one_event() -> None:
    mark = last_mark("publisher")
    actions.allow_publisher(site=SITE, name="Soi Sáng", by="an")
    assert last_mark("publisher") == mark
