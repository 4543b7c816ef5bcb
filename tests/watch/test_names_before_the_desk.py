"""Names that could be taken for an organisation's come before the desk once, and people decide."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from factories import declare

from soi.core.formats import HoldingKind, ScamKind
from soi.core.lookalike import LookalikeReason, NameKind
from soi.journal.queries import Asked, EventRow, events
from soi.watch import actions
from soi.watch.errors import (
    DecisionRefused,
    LookalikeUnknown,
    NameIsOfficial,
    NothingToUndo,
    ReasonInvalid,
)
from soi.watch.models import Decision, Lookalike
from soi.watch.noting import Noted, note_names, report
from soi.watch.queries import (
    campaigns,
    decided_with_keys,
    decisions_on,
    lookalike_with_id,
    lookalikes,
    scams_with_keys,
    sightings_of,
    waiting_count,
)
from soi.watch.types import LookalikeRow, Name, State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def register() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")


def _note(*hosts: str, source: str = "tip:1") -> Noted:
    return note_names([Name(NameKind.HOST, host) for host in hosts], source=source, by="worker")


def _noted(host: str = "hoamaibank-login.top") -> LookalikeRow:
    _note(host)
    (row,) = lookalikes(states=list(State), text=host)[:2]
    return row


def _events() -> list[EventRow]:
    return list(reversed(events(Asked(subject="lookalike"))[:50]))


def test_names_are_found_by_an_index_of_their_keys() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # few rows are read whole otherwise
    found = Lookalike.objects.filter(key__in=["a.top", "b.top"])
    assert "watch_looka_key" in found.explain()


class TestNoting:
    def test_a_name_that_imitates_waits_with_its_reasons(self) -> None:
        assert _note("hoamaibank-login.top", "bao-thoi-tiet.example") == Noted(2, 1, 1)
        (row,) = lookalikes()[:5]
        assert (row.key, row.organisation, row.state) == (
            "hoamaibank-login.top",
            "hoamaibank",
            State.WAITING,
        )
        assert LookalikeReason.LURE_WORD in row.reasons
        assert row.details["official"] == "hoamaibank.example"
        assert row.is_clear

    def test_official_names_are_never_put_there(self) -> None:
        noted = note_names(
            [
                Name(NameKind.HOST, "hoamaibank.example"),
                Name(NameKind.HOST, "https://www.hoamaibank.example/dang-nhap"),
                Name(NameKind.HANDLE, "hoamaibank", "facebook"),
                Name(NameKind.EMAIL, "cskh@hoamaibank.example"),
            ],
            source="tip:1",
            by="worker",
        )
        assert noted.found == 0
        assert waiting_count() == 0

    def test_the_same_name_in_other_spellings_is_one(self) -> None:
        _note(
            "hoamaibank-login.top",
            "HOAMAIBANK-LOGIN.TOP.",
            "*.hoamaibank-login.top",
            "https://hoamaibank-login.top/x?y",
        )
        (row,) = lookalikes()[:5]
        assert len(sightings_of(row.id)) == 1

    def test_seen_again_is_another_sighting_and_no_other_name(self) -> None:
        row = _noted()
        with time_machine.travel("2027-01-02T12:00:00+07:00", tick=False):
            assert _note("hoamaibank-login.top", source="tip:9").added == 0
            assert _note("hoamaibank-login.top", source="tip:9").added == 0
        seen = sightings_of(row.id)[:5]
        assert [each.source for each in seen] == ["tip:9", "tip:1"]
        assert seen[0].seen_on == dt.date(2027, 1, 2)

    def test_an_account_whose_platform_nobody_knows_is_one_account(self) -> None:
        for platform in ("", "unknown"):
            note_names(
                [Name(NameKind.HANDLE, "hoamaibank.hotro", platform)], source="tip:1", by="worker"
            )
        (row,) = lookalikes()[:5]
        assert (row.kind, row.platform) == (NameKind.HANDLE, "")

    @pytest.mark.parametrize(
        "hostile",
        [
            "",
            ".",
            "a" * 100_000,
            "hoamaibank" * 5000 + ".top",
            ".".join(["hoamaibank"] * 10_000),
            "hoamaibank\x00.top",
            "xn--hoamaibank-\ud800.top",
            "xn--" + "a" * 60 + ".top",
            "\u202ehoamaibank.top",
            "http://hoamaibank.example@hoamaibank.example:99999999/%00%ff",
            "%68oamaibank.top" * 1000,
            "•••@hoamaibank-login.top",
        ],
    )
    @pytest.mark.parametrize("kind", NameKind)
    def test_hostile_names_are_judged_or_passed_by(self, hostile: str, kind: NameKind) -> None:
        note_names([Name(kind, hostile)], source="tip:1" * 500, by="worker")
        for row in lookalikes()[:5]:
            assert len(row.key) <= 500
            assert "•" not in row.key

    def test_names_made_after_one_pattern_are_one_campaign(self) -> None:
        _note("hoamaibank-login1.top", "hoamaibank-login22.xyz", "hoamaibank-otp.top")
        first, second = campaigns()[:5]
        assert (first.campaign, first.names, first.waiting) == ("hoamaibanklogin", 2, 2)
        assert (second.campaign, second.names) == ("hoamaibankotp", 1)
        assert {row.key for row in lookalikes(campaign="hoamaibanklogin")[:5]} == {
            "hoamaibank-login1.top",
            "hoamaibank-login22.xyz",
        }

    def test_a_campaign_is_gone_from_the_queue_when_nothing_of_it_waits(self) -> None:
        row = _noted()
        actions.dismiss([row.id], reason="Trang của người hâm mộ", by="an")
        assert list(campaigns()[:5]) == []


class TestDeciding:
    def test_a_confirmed_scam_is_one_more_list_under_the_desks_name(self, settings: object) -> None:
        settings.SOI_DESK_NAME = "Bàn Thử"  # type: ignore[attr-defined]  # a fixture without types
        row = _noted()
        key = (ScamKind.HOST, row.key)
        assert scams_with_keys([key]) == {}
        actions.confirm([row.id], state=State.SCAM, reason="Hỏi mã OTP", by="an")
        (listed,) = scams_with_keys([key])[key]
        assert (listed.list_name, listed.licence) == ("Bàn Thử", "")

    def test_a_confirmed_lookalike_is_on_no_list(self) -> None:
        row = _noted()
        actions.confirm([row.id], state=State.LOOKALIKE, reason="Nhái tên", by="an")
        assert scams_with_keys([(ScamKind.HOST, row.key)]) == {}
        key = (NameKind.HOST, row.key)
        (decided,) = decided_with_keys([key])[key]
        assert (decided.state, decided.organisation) == (State.LOOKALIKE, "hoamaibank")

    def test_a_decision_keeps_who_when_why_and_is_in_the_journal(self) -> None:
        row = _noted()
        actions.confirm([row.id], state=State.SCAM, reason="  Hỏi mã\n OTP  ", by="an")
        (decision,) = decisions_on(row.id)
        assert (decision.state, decision.by, decision.reason) == (
            State.SCAM,
            "an",
            "Hỏi mã OTP",
        )
        (event,) = _events()
        assert (event.verb, event.subject_id, event.actor) == ("lookalike.confirmed", row.id, "an")
        assert event.before != event.after

    def test_several_names_are_decided_all_or_none(self) -> None:
        first, second = _noted("hoamaibank-login.top"), _noted("hoamaibank-otp.top")
        with pytest.raises(LookalikeUnknown):
            actions.dismiss([first.id, second.id, 999_999], reason="x", by="an")
        assert waiting_count() == 2
        actions.dismiss([first.id, second.id], reason="Hai trang cũ", by="an")
        assert waiting_count() == 0
        assert len(_events()) == 2

    def test_whoever_was_slower_is_told_so(self) -> None:
        row = _noted()
        actions.dismiss([row.id], reason="Vô hại", by="an")
        with pytest.raises(DecisionRefused):
            actions.confirm([row.id], state=State.SCAM, reason="Lừa đảo", by="binh")
        assert lookalike_with_id(row.id).state is State.DISMISSED

    @pytest.mark.parametrize("reason", ["", "  \n", "—", "x" * 501, "x" * 1_000_000])
    def test_a_decision_needs_a_reason_in_words(self, reason: str) -> None:
        row = _noted()
        with pytest.raises(ReasonInvalid):
            actions.dismiss([row.id], reason=reason, by="an")
        assert waiting_count() == 1

    def test_what_became_official_in_the_meantime_can_be_dismissed_and_not_confirmed(self) -> None:
        row = _noted("hoamaibank-login.top")
        declare(HoldingKind.DOMAIN, "hoamaibank-login.top")
        with pytest.raises(NameIsOfficial):
            actions.confirm([row.id], state=State.SCAM, reason="Lừa đảo", by="an")
        actions.dismiss([row.id], reason="Tên miền phòng thủ của họ", by="an")

    def test_an_account_of_the_same_name_on_another_platform_is_not_official(self) -> None:
        note_names([Name(NameKind.HANDLE, "hoamaibank.hotro", "tiktok")], source="x", by="worker")
        (row,) = lookalikes()[:5]
        declare(HoldingKind.ACCOUNT, "hoamaibank.hotro", platform="facebook")
        actions.confirm([row.id], state=State.SCAM, reason="Lừa đảo", by="an")
        assert lookalike_with_id(row.id).state is State.SCAM

    def test_waiting_is_no_decision(self) -> None:
        row = _noted()
        with pytest.raises(ValueError, match="no confirmation"):
            actions.confirm([row.id], state=State.WAITING, reason="x", by="an")

    @pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
    def test_numbers_that_name_nothing_are_said_to_be_unknown(self, number: int) -> None:
        with pytest.raises(LookalikeUnknown):
            actions.dismiss([number], reason="x", by="an")
        with pytest.raises(LookalikeUnknown):
            lookalike_with_id(number)

    def test_dismissed_stays_dismissed_when_seen_again(self) -> None:
        row = _noted()
        actions.dismiss([row.id], reason="Vô hại", by="an")
        _note(row.key, source="tip:2")
        assert waiting_count() == 0
        assert len(sightings_of(row.id)) == 2

    def test_dismissed_for_one_organisation_it_waits_again_when_it_imitates_another(self) -> None:
        row = _noted()
        actions.dismiss([row.id], reason="Vô hại", by="an")
        declare(
            HoldingKind.DOMAIN,
            "songxanhpower.example",
            organisation="songxanhpower",
            name="Điện lực Sông Xanh",
        )
        wanted = {"organisation": "songxanhpower", "source": "person:binh", "by": "binh"}
        assert report(Name(NameKind.HOST, row.key), **wanted) == row.id

        again = lookalike_with_id(row.id)
        assert (again.state, again.organisation) == (State.WAITING, "songxanhpower")
        assert again.probability is None
        (decided,) = decisions_on(row.id)
        assert (decided.state, decided.undone_by) == (State.DISMISSED, "binh")
        assert _events()[-1].verb == "lookalike.reopened"

        actions.dismiss([row.id], reason="Vô hại", by="an")
        report(Name(NameKind.HOST, row.key), **wanted)
        assert lookalike_with_id(row.id).state is State.DISMISSED

    def test_what_a_stream_sees_against_another_organisation_waits_again(self) -> None:
        row = _noted()
        actions.dismiss([row.id], reason="Vô hại", by="an")
        Lookalike.objects.filter(pk=row.id).update(organisation="songxanhpower", reasons=[])
        _note(row.key, source="tip:2")
        again = lookalike_with_id(row.id)
        assert (again.state, again.organisation) == (State.WAITING, "hoamaibank")
        assert again.reasons == row.reasons

    def test_the_database_refuses_a_decision_without_a_reason_and_a_second_one(self) -> None:
        row = _noted()
        stored = Lookalike.objects.get(pk=row.id)
        actions.dismiss([row.id], reason="Vô hại", by="an")
        now = dt.datetime.now(dt.UTC)
        for reason in ("", "Một lần nữa"):
            with pytest.raises(IntegrityError), transaction.atomic():
                Decision.objects.create(
                    lookalike=stored, state="scam", reason=reason, at=now, decided_by="an"
                )


class TestUndoing:
    def test_an_undone_decision_stays_readable_and_counts_no_more(self) -> None:
        row = _noted()
        actions.confirm([row.id], state=State.SCAM, reason="Lừa đảo", by="an")
        actions.undo(row.id, by="binh")
        assert scams_with_keys([(ScamKind.HOST, row.key)]) == {}
        (decision,) = decisions_on(row.id)
        assert (decision.by, decision.undone_by) == ("an", "binh")
        assert lookalike_with_id(row.id).state is State.WAITING
        assert [event.verb for event in _events()] == [
            "lookalike.confirmed",
            "lookalike.reopened",
        ]
        assert _events()[0].before == _events()[1].after

    def test_what_waits_can_not_be_undone(self) -> None:
        row = _noted()
        with pytest.raises(NothingToUndo):
            actions.undo(row.id, by="an")

    def test_it_can_be_decided_again(self) -> None:
        row = _noted()
        actions.dismiss([row.id], reason="Vô hại", by="an")
        actions.undo(row.id, by="an")
        actions.confirm([row.id], state=State.SCAM, reason="Lừa đảo", by="an")
        assert [each.state for each in decisions_on(row.id)] == [State.SCAM, State.DISMISSED]


class TestRunningOut:
    @pytest.fixture
    def confirmed(self) -> LookalikeRow:
        with time_machine.travel("2026-11-01T12:00:00+07:00", tick=False):
            row = _noted()
            actions.confirm([row.id], state=State.SCAM, reason="Lừa đảo", by="an", days=30)
        return row

    def test_a_confirmed_name_counts_to_its_last_day(self, confirmed: LookalikeRow) -> None:
        key = (ScamKind.HOST, confirmed.key)
        with time_machine.travel("2026-12-01T12:00:00+07:00", tick=False):
            assert key in scams_with_keys([key])
            assert decided_with_keys([(NameKind.HOST, confirmed.key)])
        with time_machine.travel("2026-12-02T12:00:00+07:00", tick=False):
            assert scams_with_keys([key]) == {}
            assert decided_with_keys([(NameKind.HOST, confirmed.key)]) == {}

    def test_seen_again_after_that_it_waits_again(self, confirmed: LookalikeRow) -> None:
        with time_machine.travel("2026-12-02T12:00:00+07:00", tick=False):
            assert waiting_count() == 0
            _note(confirmed.key, source="tip:2")
            assert lookalike_with_id(confirmed.id).state is State.WAITING
            (decision,) = decisions_on(confirmed.id)
            assert decision.undone_by == "worker"
            assert decision.expires_on == dt.date(2026, 12, 1)
        assert [event.verb for event in _events()][-1] == "lookalike.reopened"

    def test_seen_again_before_that_it_stays_confirmed(self, confirmed: LookalikeRow) -> None:
        with time_machine.travel("2026-12-01T12:00:00+07:00", tick=False):
            _note(confirmed.key, source="tip:2")
        assert lookalike_with_id(confirmed.id).state is State.SCAM

    def test_it_can_be_confirmed_anew_without_undoing(self, confirmed: LookalikeRow) -> None:
        with time_machine.travel("2026-12-02T12:00:00+07:00", tick=False):
            actions.confirm([confirmed.id], state=State.SCAM, reason="Vẫn thế", by="an")
        assert [each.reason for each in decisions_on(confirmed.id)] == ["Vẫn thế", "Lừa đảo"]
