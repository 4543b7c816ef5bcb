"""Charter rule C8: nothing is prepared for a platform but about fraud. Every way round is tried.

The rest of the ways, by pages and commands, are tried where those are tested.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from factories import declare

from soi.core.formats import HoldingKind
from soi.core.lookalike import NameKind
from soi.incidents import clocks, following, handling
from soi.incidents.errors import NotConfirmedYet, OnlyForFraud
from soi.incidents.models import Incident, Prepared, TimelineEntry
from soi.incidents.types import FRAUD, Form, IncidentKind
from soi.journal.models import Event
from soi.register.queries import all_holdings_of
from soi.watch.actions import confirm
from soi.watch.noting import note_names
from soi.watch.queries import newest_id
from soi.watch.types import Name, State

pytestmark = pytest.mark.django_db

BANK = "hoamaibank"
NO_FRAUD = sorted(frozenset(IncidentKind) - FRAUD)
DIGEST = "0" * 64


@pytest.fixture(autouse=True)
def desk() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")


def opened(kind: IncidentKind, *, is_confirmed: bool = True) -> int:
    about: dict[str, Any] = {"holding": all_holdings_of(BANK)[0].id}
    if kind is not IncidentKind.HIJACK:
        note_names([Name(NameKind.HOST, "hoamaibank-login.top")], source="tip:1", by="worker")
        about = {"lookalike": newest_id()}
        if is_confirmed:
            confirm([newest_id()], state=State.LOOKALIKE, reason="Nhái", by="person:1")
    return handling.open_incident(BANK, kind, words="Có chuyện.", by="person:1", **about)


def by_sql(statement: str, *values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_fraud_kinds_are_those_of_the_charter() -> None:
    assert set(FRAUD) == {"impersonation", "hijack", "phishing"}


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("kind", sorted(FRAUD))
def test_fraud_that_is_confirmed_can_be_reported(kind: IncidentKind, form: Form) -> None:
    number = opened(kind)
    made = handling.note_prepared(number, form, DIGEST, by="person:1")
    assert following.prepared_with_id(number, made.id, form) == made
    assert Event.objects.filter(verb="incident.prepared", after=DIGEST).count() == 1


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("kind", NO_FRAUD)
class TestWhatIsNoFraud:
    def test_is_refused_by_the_action(self, kind: IncidentKind, form: Form) -> None:
        number = opened(kind)
        with pytest.raises(OnlyForFraud):
            handling.note_prepared(number, form, DIGEST, by="person:1")
        with pytest.raises(OnlyForFraud):
            handling.check_may_prepare(following.incident_with_id(number))
        assert not following.prepared_of(number)
        assert not Event.objects.filter(verb="incident.prepared").exists()

    def test_is_refused_by_the_database_past_the_action(
        self, kind: IncidentKind, form: Form
    ) -> None:
        number = opened(kind)
        with pytest.raises(IntegrityError), transaction.atomic():
            Prepared.objects.create(
                incident_id=number, form=form, digest=DIGEST, at=timezone.now(), by="t"
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            Prepared.objects.bulk_create(
                [Prepared(incident_id=number, form=form, digest=DIGEST, at=timezone.now(), by="t")],
            )
        by_sql(
            "INSERT INTO incidents_prepared (incident_id, form, digest, at, by) "
            "VALUES (%s, %s, %s, %s, %s)",
            number,
            form.value,
            DIGEST,
            timezone.now(),
            "t",
        )
        assert not Prepared.objects.exists()

    def test_does_not_become_fraud_afterwards(self, kind: IncidentKind, form: Form) -> None:
        number = opened(kind)
        incident = Incident.objects.get(pk=number)
        incident.kind = IncidentKind.PHISHING.value
        with pytest.raises(IntegrityError), transaction.atomic():
            incident.save()
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.filter(pk=number).update(kind="phishing")
        by_sql("UPDATE incidents_incident SET kind = 'impersonation' WHERE id = %s", number)
        with pytest.raises(OnlyForFraud):
            handling.note_prepared(number, form, DIGEST, by="person:1")


def test_what_was_prepared_is_not_moved_to_another_incident() -> None:
    fraud, misuse = opened(IncidentKind.HIJACK), opened(IncidentKind.MISUSE)
    handling.note_prepared(fraud, Form.BUNDLE, DIGEST, by="t")
    by_sql("UPDATE incidents_prepared SET incident_id = %s", misuse)
    by_sql("UPDATE incidents_prepared SET digest = %s", "1" * 64)
    by_sql("DELETE FROM incidents_prepared")


@pytest.mark.parametrize(
    "change",
    [
        "holding = NULL, lookalike = 1",
        "named = '{}'",
        "organisation = 'thuvien'",
        "is_demo = TRUE",
        "id = 999",
    ],
)
def test_an_incident_is_about_what_it_was_opened_about(change: str) -> None:
    opened(IncidentKind.HIJACK)
    by_sql(f"UPDATE incidents_incident SET {change}")  # noqa: S608  what a stranger would send


def test_an_incident_and_its_timeline_are_kept() -> None:
    number = opened(IncidentKind.MISUSE)
    by_sql("UPDATE incidents_timelineentry SET words = ''")
    by_sql("DELETE FROM incidents_timelineentry")
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.filter(pk=number).delete()
    if connection.vendor == "sqlite":
        columns = "id, kind, state, named, words, opened_at, opened_by, organisation, is_demo"
        columns += ", closed_by, reason, holding"
        by_sql(
            f"INSERT OR REPLACE INTO incidents_incident ({columns}) VALUES "  # noqa: S608  the same
            "(%s, 'hijack', 'open', '{}', 'x', '2026-01-01', 't', 'x', 0, '', '', 1)",
            number,
        )
        by_sql(
            "INSERT OR REPLACE INTO incidents_timelineentry (id, incident_id, at, by, what, step, "
            "words) SELECT id, incident_id, at, by, what, step, 'x' FROM incidents_timelineentry"
        )
    else:
        connection.check_constraints()  # those that wait for the commit stand in the way
        by_sql("TRUNCATE incidents_timelineentry")
        by_sql("TRUNCATE incidents_prepared")
    assert following.incident_with_id(number).kind is IncidentKind.MISUSE
    assert TimelineEntry.objects.filter(incident=number).count() == 1


@pytest.mark.parametrize("kind", [IncidentKind.IMPERSONATION, IncidentKind.PHISHING])
def test_an_accusation_that_nobody_confirmed_goes_to_no_platform(kind: IncidentKind) -> None:
    number = opened(kind, is_confirmed=False)
    with pytest.raises(NotConfirmedYet):
        handling.note_prepared(number, Form.REPORT, DIGEST, by="person:1")
    assert not following.prepared_of(number)


@pytest.mark.parametrize(
    "breaks",
    [
        {"kind": "criticism"},
        {"state": "gone"},
        {"holding": None},
        {"lookalike": 1},
        {"kind": "phishing"},
        {"state": "closed"},
    ],
)
def test_the_database_refuses_what_is_no_incident(breaks: dict[str, Any]) -> None:
    given: dict[str, Any] = {
        "organisation": BANK,
        "kind": "hijack",
        "holding": 1,
        "named": {},
        "words": "Có chuyện.",
        "opened_at": timezone.now(),
        "opened_by": "t",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.create(**given | breaks)
    Incident.objects.create(**given)


def test_every_kind_is_either_fraud_or_refused() -> None:
    for kind in IncidentKind:
        if kind in FRAUD:
            clocks.check_fraud(kind)
        else:
            with pytest.raises(OnlyForFraud):
                clocks.check_fraud(kind)
