"""A published check is looked at again."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from soi.captures.actions import keep_file, unwatch
from soi.captures.models import Watch
from soi.captures.types import Seen
from soi.checking import actions, queries, rules, tasks
from soi.checking.errors import ClaimStateRefused, FieldInvalid
from soi.journal.models import Event
from tests.checking_desk import TEXT, CheckingDesk


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def due(days: int) -> list[int]:
    return [row.claim.id for row in queries.due_reminders(in_days(days))[:10]]


def test_every_published_check_has_a_day_to_be_looked_at_again(desk: CheckingDesk) -> None:
    claim_id = desk.published()

    assert queries.reminder(claim_id) == in_days(rules.RECHECK_DAYS)
    assert due(rules.RECHECK_DAYS - 1) == []
    assert due(rules.RECHECK_DAYS) == [claim_id]


def test_somebody_chooses_another_day_or_none(desk: CheckingDesk) -> None:
    claim_id = desk.published()
    for day in (in_days(7), in_days(7), None, None):
        actions.set_reminder(claim_id, due_on=day, by=desk.an)
        assert queries.reminder(claim_id) == day
    assert Event.objects.filter(verb="reminder.set").count() == 2

    for day in (in_days(-1), in_days(4000)):
        with pytest.raises(FieldInvalid):
            actions.set_reminder(claim_id, due_on=day, by=desk.an)


def test_a_correction_puts_off_a_day_that_has_come_and_leaves_one_that_was_chosen(
    desk: CheckingDesk,
) -> None:
    claim_id = desk.published()
    actions.set_reminder(claim_id, due_on=in_days(30), by=desk.an)
    desk.correct(claim_id)
    assert queries.reminder(claim_id) == in_days(30)

    actions.set_reminder(claim_id, due_on=in_days(0), by=desk.an)
    assert queries.queue_counts().due_reminders == 1
    desk.correct(claim_id, note="Đã xem lại.")
    assert queries.reminder(claim_id) == in_days(rules.RECHECK_DAYS)
    assert queries.queue_counts().due_reminders == 0


def seen(capture_id: int, what: str) -> None:
    Watch.objects.filter(capture=capture_id).update(last_seen=what)


def test_the_sources_of_what_is_public_are_watched_and_what_changes_is_flagged(
    desk: CheckingDesk,
) -> None:
    draft, claim_id = desk.ready(), desk.published()
    first, second = (each.capture.id for each in queries.draft(claim_id).evidence)
    assert tasks.run_due() == 2
    assert tasks.run_due() == 0
    assert {each.capture.is_watched for each in queries.draft(draft).evidence} == {False}
    assert {each.capture.is_watched for each in queries.draft(claim_id).evidence} == {True}
    seen(first, "same")
    assert queries.flagged_sources() == []

    seen(second, "gone")

    with CaptureQueriesContext(connection) as asked:
        [row] = queries.flagged_sources()
    assert (row.claim.id, row.capture.id, row.capture.last_seen) == (claim_id, second, Seen.GONE)
    assert len(asked) <= 4
    unwatch(second, by=desk.an.actor)
    assert queries.flagged_sources() == []
    desk.correct(claim_id)
    assert tasks.run_due() == 0
    assert not queries.draft(claim_id).evidence[1].capture.is_watched


def test_a_file_that_somebody_brought_is_not_watched(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    capture = keep_file("thong-bao.txt", BytesIO(TEXT.encode()), by=desk.an.actor)
    desk.cite(claim_id, capture, publisher="Sở Giao thông")
    desk.publish(claim_id)

    assert tasks.run_due() == 2
    assert tasks.run_due() == 0


def test_a_source_that_is_cited_no_more_is_flagged_no_more(desk: CheckingDesk) -> None:
    claim_id = desk.published()
    tasks.run_due()
    evidence = queries.draft(claim_id).evidence[1]
    seen(evidence.capture.id, "changed")
    assert len(queries.flagged_sources()) == 1

    actions.remove_evidence(claim_id, evidence.source.id, by=desk.an)

    assert queries.flagged_sources() == []


def test_what_is_not_public_is_not_looked_at_again(desk: CheckingDesk) -> None:
    draft, withdrawn = desk.ready(), desk.published("Chợ Bến Sậy cháy đêm qua.")
    desk.withdraw(withdrawn)

    for claim_id in (draft, withdrawn):
        assert queries.reminder(claim_id) is None
        with pytest.raises(ClaimStateRefused):
            actions.set_reminder(claim_id, due_on=in_days(7), by=desk.an)
