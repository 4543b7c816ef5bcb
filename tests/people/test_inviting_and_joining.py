"""How somebody becomes a person of the desk: by an invitation, once, in time."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from soi.journal.models import Event
from soi.people import actions, queries, rules
from soi.people.errors import EmailTaken, InvitationUnknown, PersonInvalid, PersonUnknown
from soi.people.models import Invitation, Person
from soi.people.types import Member, Permission, Role

pytestmark = pytest.mark.django_db

SAID = {"name": "An", "email": "an@desk.example", "password": "ba con voi di bo", "language": "vi"}


def join(token: str, **changes: Any) -> Member:
    return actions.join(token, **{**SAID, **changes})


def test_an_invitation_makes_one_person_with_its_role() -> None:
    made = actions.invite(Role.EDITOR, by="cli:root")

    joined = join(made.token)

    assert (joined.name, joined.role, joined.language) == ("An", Role.EDITOR, "vi")
    assert queries.member_with_id(joined.id) == joined
    assert Person.objects.get().check_password("ba con voi di bo")
    with pytest.raises(InvitationUnknown):
        join(made.token, email="other@desk.example")


def test_the_journal_knows_who_invited_and_who_joined_and_no_name() -> None:
    joined = join(actions.invite(Role.CHECKER, email="an@desk.example", by="person:7").token)

    events = Event.objects.order_by("seq")
    assert [(event.verb, event.actor) for event in events] == [
        ("person.invited", "person:7"),
        ("person.joined", f"person:{joined.id}"),
    ]
    assert joined.actor == f"person:{joined.id}"
    told = json.dumps(list(events.values()), default=str)
    assert "an@" not in told
    assert "An" not in told


def test_only_the_hash_of_a_token_is_kept() -> None:
    made = actions.invite(Role.CHECKER, by="cli:root")

    kept = json.dumps(list(Invitation.objects.values()), default=str)
    assert made.token not in kept
    assert Invitation.objects.get().token_digest == rules.digest_of_token(made.token)


def test_an_invitation_ends_after_seven_days() -> None:
    made = actions.invite(Role.CHECKER, by="cli:root")

    with time_machine.travel(timezone.now() + dt.timedelta(days=7, minutes=1)):
        with pytest.raises(InvitationUnknown):
            queries.invitation_with_token(made.token)
        with pytest.raises(InvitationUnknown):
            join(made.token)
        assert queries.open_invitations() == []


def test_a_withdrawn_invitation_lets_nobody_in_and_forgets_the_address() -> None:
    made = actions.invite(Role.CHECKER, email="an@desk.example", by="cli:root")

    actions.withdraw_invitation(made.id, by="cli:root")

    with pytest.raises(InvitationUnknown):
        join(made.token)
    with pytest.raises(InvitationUnknown):
        actions.withdraw_invitation(made.id, by="cli:root")
    assert Invitation.objects.get().email == ""
    assert Event.objects.latest("seq").verb == "invitation.withdrawn"


def test_an_invitation_with_an_address_is_good_for_that_address_alone() -> None:
    made = actions.invite(Role.CHECKER, email=" An@Desk.Example ", by="cli:root")

    joined = join(made.token, email="somebody@else.example")

    assert queries.person_with_id(joined.id).email == "an@desk.example"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "\u202e\u200b"},
        {"name": "a" * 101},
        {"email": "no address"},
        {"email": "a@b"},
        {"email": "a\0@desk.example"},
        {"email": "a" * 250 + "@desk.example"},
        {"language": "xx"},
    ],
)
def test_what_cannot_be_is_refused_and_the_invitation_stays_open(changes: dict[str, str]) -> None:
    made = actions.invite(Role.CHECKER, by="cli:root")

    with pytest.raises(PersonInvalid):
        join(made.token, **changes)

    assert join(made.token).name == "An"


@pytest.mark.parametrize("password", ["short", "1234567890123", "password123", "an@desk.example"])
def test_a_weak_password_is_refused_and_the_invitation_stays_open(password: str) -> None:
    made = actions.invite(Role.CHECKER, by="cli:root")

    with pytest.raises(ValidationError):
        join(made.token, password=password)

    assert not Person.objects.exists()
    assert queries.invitation_with_token(made.token).id == made.id


def test_an_address_stands_for_one_person_however_it_is_written() -> None:
    join(actions.invite(Role.CHECKER, by="cli:root").token)
    again = actions.invite(Role.CHECKER, by="cli:root")

    with pytest.raises(EmailTaken):
        join(again.token, email="AN@desk.example")
    with pytest.raises(EmailTaken):
        actions.invite(Role.CHECKER, email="An@Desk.example", by="cli:root")
    assert queries.invitation_with_token(again.token).id == again.id


def test_the_database_itself_refuses_an_unknown_role_and_an_unfolded_address() -> None:
    joined = join(actions.invite(Role.CHECKER, by="cli:root").token)

    for change in ({"role": "owner"}, {"email": "AN@DESK.EXAMPLE"}, {"name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.filter(pk=joined.id).update(**change)


@pytest.mark.parametrize("wrong", [0, -1, 2**63, 10**30])
def test_a_number_that_is_nobodys_is_nobody(wrong: int) -> None:
    with pytest.raises(PersonUnknown):
        queries.member_with_id(wrong)
    assert queries.names_of([5]) == {}


def test_each_role_may_what_the_charter_gives_it() -> None:
    may = {role: {each for each in Permission if rules.may(role, each)} for role in Role}

    assert may[Role.CHECKER] < may[Role.EDITOR] < may[Role.ADMINISTRATOR]
    assert may[Role.ADMINISTRATOR] == set(Permission)
    assert Permission.APPROVE not in may[Role.CHECKER]
    assert Permission.PUBLISH not in may[Role.CHECKER]
    assert Permission.MANAGE_PEOPLE not in may[Role.EDITOR]
    assert Permission.READ_DESK not in may[Role.KEEPER]
    needing = {role for role in Role if rules.needs_second_factor(role)}
    assert needing == {Role.EDITOR, Role.ADMINISTRATOR, Role.KEEPER}
