"""Who keeps an organisation's accounts, who holds their keys, and who may see that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from soi.journal.models import Event
from soi.people.errors import NotAllowed, PersonUnknown
from soi.people.types import Role
from soi.register import access, custody, lifecycle
from soi.register.actions import (
    appoint_keeper,
    describe_organisation,
    dismiss_keeper,
    open_organisation,
)
from soi.register.errors import (
    HoldingInvalid,
    HoldingUnknown,
    NotTheirKeeper,
    OrganisationTaken,
    OrganisationUnknown,
)
from soi.register.models import Custody
from soi.register.queries import known_organisation
from soi.register.types import RoleWord, TwoFactor
from tests.members import member

pytestmark = pytest.mark.django_db

BY = "person:1"
BANK, POWER = "song-xanh", "dien-luc"


@pytest.fixture(autouse=True)
def two_organisations() -> Iterator[None]:
    with time_machine.travel("2026-11-20T05:00:00Z", tick=False):
        open_organisation(BANK, name="Ngân hàng Sông Xanh", by=BY)
        open_organisation(POWER, name="Điện lực", by=BY)
        yield


def phone(slug: str = BANK, value: str = "19000001") -> int:
    return lifecycle.propose(slug, {"kind": "phone", "value": value}, by=BY, vouched=True)


def said(
    number: int, *, members: list[int] | None = None, roles: tuple[str, ...] = ("it",)
) -> None:
    custody.set_custody(
        BANK, number, members=members or [], roles=roles, two_factor=TwoFactor.ON, by=BY
    )


class TestOrganisations:
    def test_they_are_entered_and_renamed_and_keep_their_short_name(self) -> None:
        describe_organisation(BANK, name="Ngân hàng Sông Xanh Mới", aliases="sxb | sx", by=BY)
        found = known_organisation(BANK)
        assert (found.name, found.aliases, found.revision) == (
            "Ngân hàng Sông Xanh Mới",
            ("sxb", "sx"),
            2,
        )
        with pytest.raises(OrganisationTaken):
            open_organisation(BANK, name="Khác", by=BY)

    @pytest.mark.parametrize(
        ("slug", "name"), [("Sông Xanh", "x"), ("a" * 61, "x"), ("ok", " "), ("ok", "x" * 201)]
    )
    def test_what_cannot_be_one_is_refused(self, slug: str, name: str) -> None:
        with pytest.raises(HoldingInvalid):
            open_organisation(slug, name=name, by=BY)


class TestKeepers:
    def test_a_keeper_has_the_organisations_that_they_were_appointed_to(self) -> None:
        dung = member(Role.KEEPER)
        appoint_keeper(BANK, dung.id, by=BY)
        appoint_keeper(BANK, dung.id, by=BY)
        assert access.kept_by(dung) == [BANK]
        assert access.organisation_for(dung, BANK).slug == BANK
        with pytest.raises(NotTheirKeeper):
            access.organisation_for(dung, POWER)
        assert Event.objects.filter(verb="keeper.appointed").count() == 1

    def test_dismissed_they_have_it_no_more(self) -> None:
        dung = member(Role.KEEPER)
        appoint_keeper(BANK, dung.id, by=BY)
        dismiss_keeper(BANK, dung.id, by=BY)
        dismiss_keeper(BANK, dung.id, by=BY)
        with pytest.raises(NotTheirKeeper):
            access.custody_for(dung, BANK)
        assert Event.objects.filter(verb="keeper.dismissed").count() == 1
        appoint_keeper(BANK, dung.id, by=BY)
        assert access.kept_by(dung) == [BANK]

    def test_the_desks_register_people_have_all_and_checkers_none(self) -> None:
        for role in (Role.EDITOR, Role.ADMINISTRATOR):
            assert access.organisation_for(member(role), POWER).slug == POWER
        with pytest.raises(NotAllowed):
            access.organisation_for(member(Role.CHECKER), BANK)

    def test_nobody_is_appointed_who_is_not_there_or_has_no_business_with_it(self) -> None:
        with pytest.raises(PersonUnknown):
            appoint_keeper(BANK, 12345, by=BY)
        with pytest.raises(HoldingInvalid):
            appoint_keeper(BANK, member(Role.CHECKER).id, by=BY)
        with pytest.raises(OrganisationUnknown):
            appoint_keeper("nobody", member(Role.KEEPER).id, by=BY)


class TestCustody:
    def test_it_names_people_of_the_desk_and_posts(self) -> None:
        dung, number = member(Role.KEEPER), phone()
        said(number, members=[dung.id], roles=("it", "agency"))
        appoint_keeper(BANK, dung.id, by=BY)
        (row,) = access.custody_for(dung, BANK).values()
        assert row.people == ((dung.id, "Dung"),)
        assert row.roles == (RoleWord.AGENCY, RoleWord.IT)
        assert (row.two_factor, row.due_on) == (TwoFactor.ON, dt.date(2027, 2, 18))

    @pytest.mark.parametrize(
        ("members", "roles"),
        [([], ()), ([99999], ()), ([], ("Nguyễn Văn A",)), ([], ("director",))],
    )
    def test_it_has_no_room_for_anybody_else(
        self, members: list[int], roles: tuple[str, ...]
    ) -> None:
        number = phone()
        with pytest.raises(HoldingInvalid):
            said(number, members=members, roles=roles)
        assert not Custody.objects.exists()

    def test_it_is_of_one_organisation(self) -> None:
        number = phone(POWER)
        with pytest.raises(HoldingUnknown):
            said(number)
        assert custody.confirm_custody(BANK, [number], by=BY) == 0

    def test_the_journal_says_that_it_was_said_and_not_by_whom_it_is_held(self) -> None:
        number = phone()
        said(number)
        said(number, roles=("finance",))
        custody.confirm_custody(BANK, [number], by=BY)
        first, second, third = Event.objects.filter(verb__startswith="custody.").order_by("seq")
        assert (first.before, first.after) == ("", second.before)
        assert second.after == third.before == third.after != first.after


class TestReminders:
    def test_what_was_never_said_is_asked_for_at_once(self) -> None:
        number = phone()
        (found,) = custody.reminders()
        assert (found.holding_id, found.was_said, found.is_overdue) == (number, False, False)

    @pytest.mark.parametrize(
        ("day", "count", "overdue"),
        [("2027-02-03", 0, None), ("2027-02-04", 1, False), ("2027-02-19", 1, True)],
    )
    def test_a_confirmation_is_asked_for_two_weeks_before_it_is_old(
        self, day: str, count: int, overdue: bool | None
    ) -> None:
        said(phone())
        with time_machine.travel(f"{day}T05:00:00Z", tick=False):
            found = custody.reminders()
            assert (len(found), found[0].is_overdue if found else None) == (count, overdue)

    def test_confirmed_it_is_quiet_again(self) -> None:
        number = phone()
        said(number)
        with time_machine.travel("2027-02-19T05:00:00Z", tick=False):
            assert custody.confirm_custody(BANK, [number], by=BY) == 1
            assert custody.reminders() == []

    def test_nobody_is_asked_about_what_has_ended(self) -> None:
        number = phone()
        lifecycle.retire(BANK, number, day=dt.date(2026, 11, 20), by=BY)
        assert custody.reminders() == []

    def test_a_keeper_is_reminded_of_their_own_and_the_desk_of_what_is_overdue(self) -> None:
        phone()
        phone(POWER, "19000002")
        dung, chi = member(Role.KEEPER), member(Role.ADMINISTRATOR)
        appoint_keeper(BANK, dung.id, by=BY)
        assert [each.organisation for each in access.reminders_for(dung)] == [BANK]
        assert access.reminders_for(chi) == []
        said(custody.reminders(slugs=[BANK])[0].holding_id)
        with time_machine.travel("2027-03-20T05:00:00Z", tick=False):
            assert [each.organisation for each in access.reminders_for(chi)] == [BANK]
