"""What people at the desk decided on a name is what readers are told, at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from factories import declare, list_scam

from soi.answer import wording
from soi.answer.answering import answer
from soi.answer.types import NameFinding, NameState, NoteCode
from soi.core.formats import HoldingKind, ScamKind
from soi.core.lookalike import NameKind
from soi.watch import actions
from soi.watch.noting import note_names
from soi.watch.queries import lookalikes
from soi.watch.types import Name, State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def register() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.ACCOUNT, "hoamaibank")


def one_name(message: str) -> NameFinding:
    (found,) = (each for each in answer(message).findings if isinstance(each, NameFinding))
    return found


def decide(
    name: str, state: State, *, kind: NameKind = NameKind.HOST, platform: str = "", days: int = 30
) -> int:
    note_names([Name(kind, name, platform)], source="test", by="worker")
    (row,) = lookalikes(text=name)[:2]
    if state is State.DISMISSED:
        actions.dismiss([row.id], reason="Trang của người hâm mộ", by="an")
    else:
        actions.confirm([row.id], state=state, reason="Hỏi mã OTP", by="an", days=days)
    return row.id


class TestScams:
    def test_a_confirmed_scam_is_known_under_the_desks_name(self, settings: Any) -> None:
        settings.SOI_DESK_NAME = "Bàn Thử"
        decide("hoamaibank-login.top", State.SCAM)
        found = one_name("https://www.hoamaibank-login.top/qua?x=1")
        assert found.state is NameState.KNOWN_SCAM
        assert [scam.list_name for scam in found.scams] == ["Bàn Thử"]

    def test_it_is_said_that_people_looked_and_no_licence_is_made_up(self, settings: Any) -> None:
        settings.SOI_DESK_NAME = "Bàn Thử"
        decide("hoamaibank-login.top", State.SCAM)
        with translation.override("en"):
            text = wording.reasons(one_name("hoamaibank-login.top"))[0].text
        assert text.startswith("People of “Bàn Thử” looked at hoamaibank-login.top on ")
        assert "()" not in text

    def test_what_stands_below_a_confirmed_scam_is_one_too(self) -> None:
        decide("hoamaibank-login.top", State.SCAM)
        assert one_name("an.hoamaibank-login.top").state is NameState.KNOWN_SCAM

    def test_on_a_shared_host_only_the_very_name_is_one(self) -> None:
        decide("hoamaibank.github.io", State.SCAM)
        assert one_name("https://hoamaibank.github.io/").state is NameState.KNOWN_SCAM
        assert one_name("https://thuvien.github.io/").state is not NameState.KNOWN_SCAM

    def test_a_confirmed_account_is_one_on_its_platform(self) -> None:
        decide("hoamaibank.hotro", State.SCAM, kind=NameKind.HANDLE, platform="facebook")
        assert one_name("facebook.com/HoaMaiBank.hotro").state is NameState.KNOWN_SCAM
        assert one_name("tiktok.com/@hoamaibank.hotro").state is NameState.LOOKALIKE

    def test_an_account_without_a_platform_may_be_the_one_and_it_is_said(self) -> None:
        decide("hoamaibank.hotro", State.SCAM, kind=NameKind.HANDLE, platform="facebook")
        found = one_name("Nhắn cho @hoamaibank.hotro nhé")
        assert found.state is NameState.KNOWN_SCAM
        assert NoteCode.PLATFORM_NOT_SAID in found.notes

    def test_official_goes_before_what_the_desk_decided_earlier(self) -> None:
        decide("hoamaibank-login.top", State.SCAM)
        declare(HoldingKind.DOMAIN, "hoamaibank-login.top")
        found = one_name("hoamaibank-login.top")
        assert found.state is NameState.OFFICIAL
        assert NoteCode.LISTED_BUT_OFFICIAL in found.notes

    def test_an_undone_decision_is_told_to_nobody(self) -> None:
        number = decide("hoamaibank-login.top", State.SCAM)
        actions.undo(number, by="an")
        assert one_name("hoamaibank-login.top").state is NameState.LOOKALIKE

    def test_a_decision_that_ran_out_is_told_to_nobody(self, time_machine: Any) -> None:
        decide("hoamaibank-login.top", State.SCAM, days=30)
        time_machine.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(days=32))
        assert one_name("hoamaibank-login.top").state is NameState.LOOKALIKE


class TestLookalikes:
    def test_a_confirmed_imitation_says_that_people_looked(self) -> None:
        decide("hoamaibank-login.top", State.LOOKALIKE)
        found = one_name("hoamaibank-login.top")
        assert found.state is NameState.LOOKALIKE
        assert NoteCode.DESK_CONFIRMED in found.notes
        assert found.holding
        assert found.holding.value == "hoamaibank.example"

    def test_one_of_which_the_machine_is_not_sure_is_told_once_people_are(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        name = "hoamaibank-login.top"
        number = decide(name, State.LOOKALIKE)
        monkeypatch.setattr("soi.answer.names.judge", lambda *_: None)
        assert one_name(name).state is NameState.LOOKALIKE
        actions.undo(number, by="an")
        assert one_name(name).state is NameState.UNKNOWN

    def test_a_scam_list_goes_before_an_imitation(self) -> None:
        decide("hoamaibank-login.top", State.LOOKALIKE)
        list_scam(ScamKind.HOST, "hoamaibank-login.top")
        assert one_name("hoamaibank-login.top").state is NameState.KNOWN_SCAM


class TestDismissed:
    def test_a_dismissed_name_is_no_lookalike_and_not_called_safe(self) -> None:
        decide("hoamaibank-fan.top", State.DISMISSED)
        for spelling in ("hoamaibank-fan.top", "https://www.hoamaibank-fan.top/x"):
            found = one_name(spelling)
            assert found.state is NameState.UNKNOWN
            assert NoteCode.UNKNOWN_IS_NOT_SAFE in found.notes

    def test_what_stands_below_a_dismissed_name_is_judged_by_itself(self) -> None:
        decide("hoamaibank-fan.top", State.DISMISSED)
        assert one_name("hoamaibank.example.hoamaibank-fan.top").state is NameState.LOOKALIKE

    def test_a_dismissed_name_on_a_scam_list_is_a_known_scam(self) -> None:
        decide("hoamaibank-fan.top", State.DISMISSED)
        list_scam(ScamKind.HOST, "hoamaibank-fan.top")
        assert one_name("hoamaibank-fan.top").state is NameState.KNOWN_SCAM


def test_many_names_ask_the_database_no_more_often_than_one() -> None:
    decide("hoamaibank-login.top", State.SCAM)
    some = [f"hoamaibank-login{number}.top" for number in range(50)]
    answer(some[0])  # what is compiled once is compiled
    with CaptureQueriesContext(connection) as few:
        answer(" ".join(some[:2]))
    with CaptureQueriesContext(connection) as many:
        answer(" ".join(some))
    assert len(many) <= len(few)
