"""The database refuses to change and to remove events, whoever asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from soi.journal.actions import Entry, append
from soi.journal.models import Event
from soi.journal.triggers import creating
from tests.past import changeable_journal

pytestmark = pytest.mark.django_db

CHANGES = {
    "update": "UPDATE journal_event SET actor = 'nobody'",
    "update one": "UPDATE journal_event SET seq = seq + 100 WHERE seq = 1",
    "delete": "DELETE FROM journal_event",
    "truncate": "TRUNCATE journal_event",
    "truncate with others": "TRUNCATE journal_event, journal_head CASCADE",
    "replace": "INSERT OR REPLACE INTO journal_event SELECT seq, at, 'nobody', verb, subject, "
    "subject_id, before, after FROM journal_event",
}
SPOKEN = {
    "sqlite": ("update", "update one", "delete", "replace"),
    "postgresql": ("update", "update one", "delete", "truncate", "truncate with others"),
}


@pytest.fixture(autouse=True)
def event() -> None:
    append([Entry("check.stored", "check", 7, after="a" * 64)], by="an")


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def actors() -> list[str]:
    return list(Event.objects.order_by("seq").values_list("actor", flat=True))


@pytest.mark.parametrize("change", CHANGES)
def test_no_statement_changes_or_removes_an_event(change: str) -> None:
    if change not in SPOKEN[connection.vendor]:
        pytest.skip(f"{connection.vendor} has no such statement")
    with pytest.raises(IntegrityError, match="journal_event is append-only"):
        run(CHANGES[change])
    assert actors() == ["an"]


@pytest.mark.parametrize(
    "change",
    [
        lambda: Event.objects.update(actor="nobody"),
        lambda: Event.objects.all().delete(),
        lambda: Event.objects.get().delete(),
        lambda: Event(seq=Event.objects.get().seq, at=Event.objects.get().at).save(),
    ],
    ids=["update", "delete all", "delete one", "save over"],
)
def test_no_line_of_code_does_it_either(change: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change()
    assert actors() == ["an"]


def test_events_are_added_as_before() -> None:
    append([Entry("check.stored", "check", 8), Entry("check.removed", "check", 7)], by="binh")
    assert actors() == ["an", "binh", "binh"]


def test_without_the_triggers_the_same_statements_go_through() -> None:
    with changeable_journal():
        run(CHANGES["update"])
    assert actors() == ["nobody"]
    with pytest.raises(IntegrityError, match="append-only"):
        run(CHANGES["delete"])


def test_another_database_is_refused_and_not_left_open() -> None:
    with pytest.raises(ValueError, match="oracle"):
        creating("oracle", "journal_event", key="seq")
