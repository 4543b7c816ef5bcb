"""A published check is looked at again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from soi.checking import actions, queries, rules
from soi.checking.errors import ClaimStateRefused, FieldInvalid
from soi.journal.models import Event
from tests.checking_desk import CheckingDesk


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


def test_what_is_not_public_is_not_looked_at_again(desk: CheckingDesk) -> None:
    draft, withdrawn = desk.ready(), desk.published("Chợ Bến Sậy cháy đêm qua.")
    desk.withdraw(withdrawn)

    for claim_id in (draft, withdrawn):
        assert queries.reminder(claim_id) is None
        with pytest.raises(ClaimStateRefused):
            actions.set_reminder(claim_id, due_on=in_days(7), by=desk.an)
