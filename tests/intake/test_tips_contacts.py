"""A contact is optional, sealed at rest, opened only on the record, and erased when it is due."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from soi.intake import actions, queries, sealing, tasks
from soi.intake.errors import ContactInvalid, ContactUnreadable, TipUnknown
from soi.intake.models import Contact, Receipt, Tip
from soi.intake.types import Channel
from soi.journal.models import Event

pytestmark = pytest.mark.django_db

CLAIM = "Từ ngày mai, cầu Bến Sậy đóng cửa 3 tháng để sửa chữa lớn."
CONTACT = "chi.lan@hopthu.example hay 0912 345 678"
START = dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)


def send(contact: str = CONTACT, message: str = CLAIM) -> int:
    taken = actions.receive(message, channel=Channel.PAGE, by="test", contact=contact)
    return taken.tip_id


def everything() -> str:
    """Each byte that the database holds of intake and of the journal."""
    found = []
    with connection.cursor() as cursor:
        for table in ("intake_tip", "intake_receipt", "intake_contact", "journal_event"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  # our own tables' names
            for row in cursor.fetchall():
                found += [bytes(v) if isinstance(v, bytes | memoryview) else str(v) for v in row]
    return repr(found)


def test_a_contact_is_not_to_be_read_in_the_database() -> None:
    send()

    # Long enough never to stand in a digest by chance.
    for piece in ("chi.lan", "hopthu", "0912 345", "0912345", "345 678", "345678"):
        assert piece not in everything().replace(CLAIM, "")


def test_the_same_contact_is_sealed_in_another_way_each_time() -> None:
    send()
    send()

    sealed = {bytes(each) for each in Contact.objects.values_list("sealed", flat=True)}
    assert len(sealed) == 2


def test_the_desk_opens_a_contact_and_the_journal_says_so() -> None:
    tip_id = send()
    send("binh@khac.example")

    assert actions.read_contacts(tip_id, by="an") == [CONTACT, "binh@khac.example"]
    read = Event.objects.get(verb="contact.read")
    assert (read.actor, read.subject_id) == ("an", tip_id)
    with pytest.raises(TipUnknown):
        actions.read_contacts(tip_id + 1, by="an")


def test_without_a_contact_nothing_is_kept_and_nothing_is_read() -> None:
    tip_id = send("")

    assert actions.read_contacts(tip_id, by="an") == []
    assert not Contact.objects.exists()
    assert not Event.objects.filter(verb__startswith="contact.").exists()


@pytest.mark.parametrize("contact", ["x" * 201, "x" * 100_000, "...", "\u202e\0"])
def test_what_is_no_contact_is_refused_with_the_tip(contact: str) -> None:
    with pytest.raises(ContactInvalid):
        send(contact)
    assert not Tip.objects.exists()


@pytest.mark.parametrize("contact", ["  a@b.example \n", "\u202ea@b.example\0"])
def test_a_contact_is_kept_on_one_line_without_what_cannot_be_seen(contact: str) -> None:
    assert actions.read_contacts(send(contact), by="an") == ["a@b.example"]


def test_another_secret_opens_nothing(settings: Any) -> None:
    tip_id = send()
    settings.SECRET_KEY = "another"

    with pytest.raises(ContactUnreadable):
        actions.read_contacts(tip_id, by="an")


def test_a_contact_cannot_be_moved_to_another_tip() -> None:
    send()
    other = send("binh@khac.example", "Chợ Bến Sậy mở cửa lại vào ngày 5 tháng 12 năm nay.")
    mine, theirs = Contact.objects.order_by("pk")
    Contact.objects.filter(pk=theirs.pk).update(sealed=bytes(mine.sealed))

    with pytest.raises(ContactUnreadable):
        actions.read_contacts(other, by="an")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02" + bytes(40), b"\x01" + bytes(40)])
def test_bytes_that_were_changed_do_not_open(sealed: bytes) -> None:
    with pytest.raises(ContactUnreadable):
        sealing.unseal(sealed, bound_to="x")


def test_a_contact_is_erased_on_its_day_and_the_tip_stays(time_machine: Any, settings: Any) -> None:
    settings.SOI_CONTACT_DAYS = 30
    time_machine.move_to(START, tick=False)
    tip_id = send()
    time_machine.move_to(START + dt.timedelta(days=30, seconds=-1), tick=False)
    assert actions.erase_due_contacts(by="worker") == 0
    assert queries.contact_count(tip_id) == 1

    time_machine.move_to(START + dt.timedelta(days=30), tick=False)
    assert actions.erase_due_contacts(by="worker") == 1
    assert actions.erase_due_contacts(by="worker") == 0
    assert not Contact.objects.exists()
    assert (Tip.objects.count(), Receipt.objects.count()) == (1, 1)
    erased = Event.objects.get(verb="contact.erased")
    assert (erased.actor, erased.subject_id) == ("worker", tip_id)


def test_each_contact_has_its_own_day(time_machine: Any) -> None:
    for day in range(4):
        time_machine.move_to(START + dt.timedelta(days=day), tick=False)
        send(f"nguoi-{day}@hopthu.example")

    time_machine.move_to(START + dt.timedelta(days=31), tick=False)
    assert actions.erase_due_contacts(by="worker") == 2


def test_many_that_are_due_are_erased_in_pieces(
    time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_ERASED_AT_ONCE", 2)
    time_machine.move_to(START, tick=False)
    for _ in range(5):
        send()
    time_machine.move_to(START + dt.timedelta(days=365), tick=False)

    assert actions.erase_due_contacts(by="worker") == 5
    assert Event.objects.filter(verb="contact.erased").count() == 5


def test_the_worker_erases_what_is_due_once_in_a_while(
    time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([1000.0, 1001.0, 1001.0 + tasks.EVERY])
    monkeypatch.setattr(tasks, "_last_look", float("-inf"))
    monkeypatch.setattr(tasks.time, "monotonic", lambda: next(clock))
    time_machine.move_to(START, tick=False)
    send()
    time_machine.move_to(START + dt.timedelta(days=31), tick=False)

    assert tasks.run_due() == 1
    time_machine.move_to(START, tick=False)
    send()
    time_machine.move_to(START + dt.timedelta(days=31), tick=False)
    assert tasks.run_due() == 0
    assert tasks.run_due() == 1
