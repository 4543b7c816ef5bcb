"""What administrators do about people: roles, switching off and on, help for who can't come in."""

from __future__ import annotations

import datetime as dt
import time

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from soi.journal.models import Event
from soi.people import actions, queries, sealing, tasks
from soi.people.errors import (
    LastAdministrator,
    PersonUnknown,
    ResetLinkUnknown,
    SecondFactorUnreadable,
)
from soi.people.types import Role
from tests.members import PASSWORD, member, second_steps, signed_in

pytestmark = pytest.mark.django_db


def verbs() -> list[str]:
    return list(Event.objects.order_by("seq").values_list("verb", flat=True))


def test_a_role_is_changed_and_written_down_once() -> None:
    an = member(Role.CHECKER)

    actions.change_role(an.id, Role.EDITOR, by="person:9")
    actions.change_role(an.id, Role.EDITOR, by="person:9")

    assert queries.member_with_id(an.id).role is Role.EDITOR
    event = Event.objects.get()
    assert (event.verb, event.actor, event.subject_id) == ("person.role_changed", "person:9", an.id)
    assert event.before != event.after


def test_somebody_switched_off_is_signed_out_at_once_and_keeps_their_name() -> None:
    an = member(Role.CHECKER, name="An")
    client = signed_in(an)
    assert client.get("/account/").status_code == 200

    actions.deactivate(an.id, by="person:9")

    assert client.get("/account/").status_code == 302
    assert queries.members() == []
    assert queries.names_of([an.id]) == {an.id: "An"}
    with pytest.raises(PersonUnknown):
        queries.member_with_id(an.id)
    actions.reactivate(an.id, by="person:9")
    assert queries.member_with_id(an.id) == an
    assert client.get("/account/").status_code == 302
    assert verbs() == ["person.deactivated", "person.reactivated"]


def test_the_last_administrator_can_neither_be_switched_off_nor_demoted() -> None:
    chi = member(Role.ADMINISTRATOR)
    for each in (lambda: actions.deactivate(chi.id, by="x"),
                 lambda: actions.change_role(chi.id, Role.EDITOR, by="x")):  # fmt: skip
        with pytest.raises(LastAdministrator):
            each()
    assert queries.member_with_id(chi.id) == chi
    assert verbs() == []

    second = member(Role.ADMINISTRATOR, name="Em")
    actions.deactivate(chi.id, by=second.actor)
    with pytest.raises(LastAdministrator):
        actions.change_role(second.id, Role.KEEPER, by=second.actor)


def test_a_second_step_is_reset_for_who_lost_their_phone() -> None:
    binh = member(Role.EDITOR)
    client = signed_in(binh)
    client.get("/account/")
    assert second_steps(binh) > 0

    actions.reset_second_factor(binh.id, by="person:9")

    assert second_steps(binh) == 0
    assert client.get("/account/").status_code == 302
    assert verbs() == ["person.second_factor_reset"]


def test_a_link_for_a_new_password_works_once_and_within_a_day() -> None:
    an = member(Role.CHECKER, password=PASSWORD)
    token = actions.make_reset_token(an.id, by="person:9")
    assert actions.person_of_reset_token(token) == an.id

    # Django's tokens tell time by the local clock: a bare number of seconds leaves its zone alone.
    tomorrow = time_machine.travel(time.time() + 24 * 60 * 60 + 60)
    with tomorrow, pytest.raises(ResetLinkUnknown):
        actions.set_password(token, "con meo treo cay cau")
    actions.set_password(token, "con meo treo cay cau")
    with pytest.raises(ResetLinkUnknown):
        actions.set_password(token, "another one of these")
    assert verbs() == ["person.reset_link_made", "person.password_reset"]
    assert Client().login(email=queries.person_with_id(an.id).email, password=PASSWORD) is False


@pytest.mark.parametrize("token", ["", "-", "1", "zzzzzzzzzzzzzzzzzzzz-x", "1-x-y", "é-\0"])
def test_a_wrong_link_is_a_wrong_link(token: str) -> None:
    member(Role.CHECKER)
    with pytest.raises(ResetLinkUnknown):
        actions.person_of_reset_token(token)


def test_nobody_switched_off_gets_a_link() -> None:
    an = member(Role.CHECKER)
    token = actions.make_reset_token(an.id, by="x")
    actions.deactivate(an.id, by="x")

    with pytest.raises(PersonUnknown):
        actions.make_reset_token(an.id, by="x")
    with pytest.raises(ResetLinkUnknown):
        actions.set_password(token, "con meo treo cay cau")


def test_ended_sessions_are_removed_and_others_stay() -> None:
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    old, new = signed_in(member()), signed_in(member(Role.KEEPER))
    for client in (old, new):
        client.get("/account/")
    Session.objects.filter(pk=old.session.session_key).update(
        expire_date=timezone.now() - dt.timedelta(seconds=1)
    )

    assert tasks.remove_ended_sessions() == 1
    assert UserSession.objects.count() == 1
    assert new.get("/account/").status_code == 200


def test_a_sealed_secret_opens_with_the_desks_key_alone(settings: object) -> None:
    sealed = sealing.seal("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DP" not in sealed
    assert sealing.unseal(sealed) == "JBSWY3DPEHPK3PXP"

    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    with pytest.raises(SecondFactorUnreadable):
        sealing.unseal(sealed)
