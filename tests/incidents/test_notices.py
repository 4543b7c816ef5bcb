"""A notice is prepared and signed beforehand, published by a code alone, and undone in the open."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from factories import declare

from soi import demo
from soi.answer.answering import answer
from soi.answer.types import NameFinding, NameState
from soi.core.formats import HoldingKind
from soi.core.ledger import LedgerError, read_key
from soi.core.ledger.notes import read_note
from soi.incidents import actions, codes, queries
from soi.incidents.actions import Kit
from soi.incidents.errors import (
    NoticeAltered,
    NoticeInvalid,
    NoticeStateRefused,
    NoticeUnknown,
    RecoveryCodeMistyped,
    RecoveryCodeWrong,
)
from soi.incidents.models import Notice, RecoveryKey
from soi.incidents.statements import FORM
from soi.incidents.types import NoticeRow, NoticeState
from soi.journal.models import Event
from soi.register import lifecycle
from soi.register.queries import all_holdings_of, holdings_of, public_record
from soi.register.types import HoldingRow

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 12, 1, 8, 30, tzinfo=dt.UTC)
BANK = "hoamaibank"


@pytest.fixture(autouse=True)
def desk(time_machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    time_machine.move_to(NOW, tick=False)
    monkeypatch.setattr(codes, "COST", 2**4)  # slow on purpose; the tests are not about that
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")
    declare(HoldingKind.PHONE, "+84190009999")


@pytest.fixture
def kit() -> Kit:
    return actions.make_kit(BANK, by="person:1")


def about(kit: Kit, value: str = "hoamaibank") -> NoticeRow:
    return next(row for row in kit.notices if row.untrusted[0].value == value)


def holding(value: str = "hoamaibank") -> HoldingRow:
    return next(row for row in all_holdings_of(BANK) if row.value == value)


def state_of(message: str = "facebook.com/hoamaibank") -> NameState:
    (found,) = (each for each in answer(message).findings if isinstance(each, NameFinding))
    return found.state


def verbs() -> list[str]:
    found = Event.objects.filter(subject__in=["notice", "recovery_key", "notice_drill"])
    return [event.verb for event in found.order_by("seq")]


class TestTheKit:
    def test_it_holds_a_signed_notice_for_everything_that_can_be_taken(self, kit: Kit) -> None:
        taken = {row.untrusted[0].value for row in kit.notices}
        assert taken == {"hoamaibank.example", "hoamaibank", "+84190009999"}
        row = about(kit)
        assert [each.value for each in row.trusted] == ["hoamaibank.example", "+84190009999"]
        note = read_note(row.prepared_note.encode())
        assert note.signed_by([read_key(kit.key.key)])
        assert note.text.splitlines()[0] == FORM
        assert "not trusted: account facebook hoamaibank" in note.text
        assert "trust only: domain hoamaibank.example" in note.text

    def test_nothing_of_it_is_public_before_it_is_published(self, kit: Kit) -> None:
        assert list(queries.public_notices()[:5]) == []
        with pytest.raises(NoticeUnknown):
            queries.public_notice(kit.notices[0].id)
        assert state_of() is NameState.OFFICIAL

    def test_that_it_was_signed_beforehand_stands_in_the_log_beforehand(self, kit: Kit) -> None:
        events = Event.objects.filter(verb="notice.prepared").order_by("seq")
        assert {event.subject_id for event in events} == {row.id for row in kit.notices}
        assert {event.after for event in events} == {
            queries.public_digest(row) for row in kit.notices
        }

    def test_the_code_is_kept_nowhere(self, kit: Kit) -> None:
        secret = codes.read_code(kit.code).secret
        key = RecoveryKey.objects.get()
        kept = [key.handle, bytes(key.salt).hex(), key.key, *(n.prepared_note for n in kit.notices)]
        kept += [str(event.__dict__) for event in Event.objects.all()]
        assert not [each for each in kept if secret in each]

    def test_a_new_code_shuts_the_old_one_out_and_signs_what_was_prepared_anew(
        self, kit: Kit
    ) -> None:
        declare(HoldingKind.ACCOUNT, "hoamaibank.vn", platform="tiktok")
        again = actions.make_kit(BANK, by="person:1")
        with pytest.raises(RecoveryCodeWrong):
            actions.kit_behind(kit.code)
        assert {row.id for row in kit.notices} < {row.id for row in again.notices}
        assert len(again.notices) == 4
        for row in again.notices:
            assert read_note(row.prepared_note.encode()).signed_by([read_key(again.key.key)])

    def test_an_organisation_of_which_nothing_is_confirmed_gets_none(self) -> None:
        lifecycle.propose(
            BANK, {"kind": "account", "platform": "x", "value": "hoamaibank"}, by="person:1"
        )
        for row in holdings_of(BANK):
            lifecycle.retire(BANK, row.id, day=dt.date(2026, 11, 30), by="person:1")
        with pytest.raises(NoticeInvalid):
            actions.make_kit(BANK, by="person:1")

    def test_what_is_only_proposed_is_neither_warned_of_nor_trusted(self) -> None:
        lifecycle.propose(
            BANK, {"kind": "domain", "value": "hoamaibank-moi.example"}, by="person:1"
        )
        kit = actions.make_kit(BANK, by="person:1")
        named = {n.value for row in kit.notices for n in (*row.untrusted, *row.trusted)}
        assert "hoamaibank-moi.example" not in named


class TestPublishing:
    def test_the_code_alone_publishes_and_everything_switches_at_once(self, kit: Kit) -> None:
        since = NOW - dt.timedelta(hours=2)
        row = actions.publish_with_code(kit.code, about(kit).id, since=since)
        assert (row.state, row.since, row.published_at) == (NoticeState.PUBLISHED, since, NOW)
        assert row.published_by == f"recovery:{kit.key.handle}"
        assert holding().compromised_from == dt.date(2026, 12, 1)
        assert state_of() is NameState.COMPROMISED
        assert state_of("hoamaibank.example") is NameState.OFFICIAL
        record = public_record(BANK)
        assert record
        taken = [each for each in record["holdings"] if each["compromised_from"]]
        assert [each["value"] for each in taken] == ["hoamaibank"]
        assert [each.id for each in queries.standing_notices()] == [row.id]

    def test_what_is_published_is_signed_with_since_when(self, kit: Kit) -> None:
        row = actions.publish_with_code(kit.code, about(kit).id, since=NOW)
        note = read_note(row.note.encode())
        assert note.signed_by([read_key(kit.key.key)])
        prepared = read_note(row.prepared_note.encode()).text
        assert note.text.startswith(prepared)
        assert note.text.endswith("since: 2026-12-01T08:30:00Z\npublished: 2026-12-01T08:30:00Z\n")

    def test_answers_say_since_when_and_what_to_trust(self, kit: Kit) -> None:
        actions.publish_with_code(kit.code, about(kit).id, since=NOW)
        (found,) = (
            each
            for each in answer("facebook.com/hoamaibank").findings
            if isinstance(each, NameFinding)
        )
        assert found.notice
        assert found.notice.since == NOW
        assert [each.value for each in found.notice.trusted] == [
            "hoamaibank.example",
            "+84190009999",
        ]

    def test_publishing_again_changes_nothing(self, kit: Kit) -> None:
        first = actions.publish_with_code(kit.code, about(kit).id, since=NOW)
        events = Event.objects.count()
        later = NOW - dt.timedelta(days=3)
        assert actions.publish_with_code(kit.code, first.id, since=later) == first
        assert Event.objects.count() == events

    def test_somebody_who_is_signed_in_publishes_without_the_code(self, kit: Kit) -> None:
        row = actions.publish(about(kit).id, since=NOW, by="person:5")
        assert (row.published_by, row.note) == ("person:5", "")
        assert state_of() is NameState.COMPROMISED

    def test_a_code_that_was_withdrawn_opens_nothing_and_the_notices_stay(self, kit: Kit) -> None:
        actions.withdraw_key(BANK, by="person:5")
        with pytest.raises(RecoveryCodeWrong):
            actions.publish_with_code(kit.code, about(kit).id, since=NOW)
        assert actions.publish(about(kit).id, since=NOW, by="person:5").state == "published"

    def test_another_organisations_code_publishes_nothing_here(self, kit: Kit) -> None:
        other = {"organisation": "thuvien", "name": "Thư viện"}
        declare(HoldingKind.DOMAIN, "thuvien.example", **other)
        theirs = actions.make_kit("thuvien", by="person:2")
        with pytest.raises(NoticeUnknown):
            actions.publish_with_code(theirs.code, about(kit).id, since=NOW)
        assert state_of() is NameState.OFFICIAL

    def test_wrong_codes_publish_nothing_and_are_told_from_mistyped_ones_only(
        self, kit: Kit
    ) -> None:
        handle = codes.read_code(kit.code).handle
        wrong_secret = str(codes.RecoveryCode(handle, "0" * 20))
        wrong_handle = str(codes.RecoveryCode("000000", codes.read_code(kit.code).secret))
        for typed in (wrong_secret, wrong_handle):
            with pytest.raises(RecoveryCodeWrong):
                actions.publish_with_code(typed, about(kit).id, since=NOW)
        with pytest.raises(RecoveryCodeMistyped):
            actions.publish_with_code(kit.code[:-1], about(kit).id, since=NOW)
        assert queries.notice_with_id(about(kit).id).state is NoticeState.PREPARED

    @pytest.mark.parametrize(
        "off", [dt.timedelta(hours=1), dt.timedelta(days=-367), dt.timedelta(days=3000)]
    )
    def test_a_time_that_can_not_be_is_refused(self, kit: Kit, off: dt.timedelta) -> None:
        with pytest.raises(NoticeInvalid):
            actions.publish_with_code(kit.code, about(kit).id, since=NOW + off)
        assert state_of() is NameState.OFFICIAL

    def test_a_phone_whose_clock_is_a_little_ahead_publishes_now(self, kit: Kit) -> None:
        since = NOW + dt.timedelta(minutes=3)
        assert actions.publish_with_code(kit.code, about(kit).id, since=since).since == NOW

    def test_an_account_that_is_gone_meanwhile_does_not_hold_the_warning_up(self, kit: Kit) -> None:
        lifecycle.retire(BANK, holding().id, day=dt.date(2026, 11, 30), by="person:1")
        row = actions.publish_with_code(kit.code, about(kit).id, since=NOW)
        assert row.state is NoticeState.PUBLISHED
        assert holding().compromised_from is None

    def test_since_before_it_was_theirs_is_since_it_was(self) -> None:
        declare(HoldingKind.ACCOUNT, "moi", platform="zalo", valid_from=dt.date(2026, 11, 20))
        kit = actions.make_kit(BANK, by="person:1")
        actions.publish_with_code(kit.code, about(kit, "moi").id, since=NOW - dt.timedelta(days=90))
        assert holding("moi").compromised_from == dt.date(2026, 11, 20)

    def test_a_notice_that_was_altered_in_the_database_is_not_published(self, kit: Kit) -> None:
        row = about(kit)
        stored = Notice.objects.get(pk=row.id)
        stored.trusted = [{"id": 1, "kind": "account", "platform": "x", "value": "ke-gian"}]
        stored.save()
        with pytest.raises(NoticeAltered):
            actions.publish_with_code(kit.code, row.id, since=NOW)
        stored.prepared_note = stored.prepared_note.replace("hoamaibank.example", "ke-gian.example")
        stored.save()
        for publish in (
            lambda: actions.publish_with_code(kit.code, row.id, since=NOW),
            lambda: actions.publish(row.id, since=NOW, by="person:5"),
            lambda: actions.drill_with_code(kit.code, row.id),
        ):
            with pytest.raises(NoticeAltered):
                publish()
        assert state_of() is NameState.OFFICIAL

    def test_when_the_desks_address_changes_the_notice_is_still_what_was_signed(
        self, kit: Kit, settings: Any
    ) -> None:
        settings.SOI_BASE_URL = "https://moi.example"
        row = actions.publish_with_code(kit.code, about(kit).id, since=NOW)
        assert "desk: http://localhost:8000" in row.note

    def test_what_breaks_half_way_publishes_nothing(
        self, kit: Kit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> None:
            raise OSError("torn")

        monkeypatch.setattr(actions, "append", broken)
        with pytest.raises(OSError, match="torn"):
            actions.publish_with_code(kit.code, about(kit).id, since=NOW)
        assert queries.notice_with_id(about(kit).id).state is NoticeState.PREPARED
        assert state_of() is NameState.OFFICIAL


class TestUndoing:
    @pytest.fixture
    def published(self, kit: Kit) -> NoticeRow:
        return actions.publish_with_code(kit.code, about(kit).id, since=NOW)

    def test_a_false_alarm_is_retracted_with_a_public_trace(
        self, kit: Kit, published: NoticeRow
    ) -> None:
        row = actions.end_with_code(kit.code, published.id, reason="Báo nhầm", was_right=False)
        assert (row.state, row.reason) == (NoticeState.RETRACTED, "Báo nhầm")
        assert queries.public_notice(row.id).note == published.note
        assert queries.standing_notices() == []
        assert state_of() is NameState.OFFICIAL
        assert verbs()[-2:] == ["notice.published", "notice.retracted"]
        events = list(Event.objects.filter(subject="notice").order_by("seq"))
        assert events[-2].after == events[-1].before != events[-1].after

    def test_what_is_over_is_ended_and_was_in_other_hands_until_today(
        self, kit: Kit, published: NoticeRow, time_machine: Any
    ) -> None:
        time_machine.move_to(NOW + dt.timedelta(days=5), tick=False)
        actions.end(published.id, reason="Đã lấy lại được", by="person:5")
        assert state_of() is NameState.OFFICIAL
        (past,) = [
            each
            for row in public_record(BANK)["holdings"]
            for each in row["periods"]  # type: ignore[index]
        ]
        assert (past["since"], past["until"]) == ("2026-12-01", "2026-12-06")

    @pytest.mark.parametrize("reason", ["", " \n", "…", "x" * 501, "x" * 1_000_000])
    def test_it_needs_a_reason_in_words(self, published: NoticeRow, reason: str) -> None:
        with pytest.raises(NoticeInvalid):
            actions.retract(published.id, reason=reason, by="person:5")
        assert state_of() is NameState.COMPROMISED

    def test_what_is_over_stays_over(self, kit: Kit, published: NoticeRow) -> None:
        actions.retract(published.id, reason="Báo nhầm", by="person:5")
        for step in (
            lambda: actions.publish_with_code(kit.code, published.id, since=NOW),
            lambda: actions.end(published.id, reason="Xong", by="person:5"),
            lambda: actions.discard(published.id, by="person:5"),
        ):
            with pytest.raises(NoticeStateRefused):
                step()

    def test_of_two_notices_about_one_account_the_second_still_stands(
        self, kit: Kit, published: NoticeRow
    ) -> None:
        both = [holding().id, holding("+84190009999").id]
        lifecycle.recover(BANK, holding().id, day=NOW.date(), by="person:5")
        second = actions.prepare(kit.code, both, [holding("hoamaibank.example").id], by="person:5")
        lifecycle.report_compromised(BANK, holding().id, since=NOW.date(), by="person:5")
        actions.publish_with_code(kit.code, second.id, since=NOW)
        actions.retract(published.id, reason="Báo nhầm", by="person:5")
        assert state_of() is NameState.COMPROMISED

    def test_what_came_back_by_the_register_is_warned_of_no_longer(
        self, published: NoticeRow
    ) -> None:
        lifecycle.recover(BANK, holding().id, day=NOW.date(), by="person:5")
        assert queries.standing_notices() == []
        assert queries.public_notice(published.id).state is NoticeState.PUBLISHED
        actions.end(published.id, reason="Đã lấy lại được", by="person:5")
        assert state_of() is NameState.OFFICIAL

    def test_a_prepared_notice_can_be_given_up_and_leaves_the_log_saying_so(self, kit: Kit) -> None:
        actions.discard(about(kit).id, by="person:5")
        last = Event.objects.filter(subject="notice").order_by("seq").last()
        assert last
        assert (last.verb, last.after) == ("notice.discarded", "")


class TestDrills:
    def test_a_drill_does_everything_and_publishes_nothing(self, kit: Kit) -> None:
        row = actions.drill_with_code(kit.code, about(kit).id, seconds=17)
        assert row.state is NoticeState.PREPARED
        assert state_of() is NameState.OFFICIAL
        assert list(queries.public_notices()[:5]) == []
        (drill,) = queries.drills_of(BANK)
        assert (drill.by, drill.seconds) == (f"recovery:{kit.key.handle}", 17)
        assert queries.notice_with_id(row.id).drilled_at == NOW

    def test_a_drill_with_a_wrong_code_is_none(self, kit: Kit) -> None:
        with pytest.raises(RecoveryCodeWrong):
            actions.drill_with_code(str(codes.new_code()), about(kit).id)
        assert queries.drills_of(BANK) == []

    @pytest.mark.parametrize("seconds", [-5, 10**9, None])
    def test_a_time_that_tells_nothing_is_not_kept(self, kit: Kit, seconds: int | None) -> None:
        actions.drill_with_code(kit.code, about(kit).id, seconds=seconds)
        assert queries.drills_of(BANK)[0].seconds is None


class TestPreparing:
    def test_one_with_words_of_ones_own_is_signed_with_them(self, kit: Kit) -> None:
        row = actions.prepare(
            kit.code,
            [holding().id],
            [holding("hoamaibank.example").id],
            by="person:5",
            words="Ngân hàng không bao giờ hỏi mã OTP.\ntrust only: domain ke-gian.example",
            words_en="The bank never asks for codes.",
        )
        note = read_note(row.prepared_note.encode())
        assert note.signed_by([read_key(kit.key.key)])
        assert "\ntrust only: domain ke-gian.example" not in note.text
        assert actions.publish_with_code(kit.code, row.id, since=NOW).words == row.words

    @pytest.mark.parametrize("sides", [([], []), ([1], [1]), ([999], []), ([1], [999])])
    def test_sides_that_can_not_be_are_refused(
        self, kit: Kit, sides: tuple[list[int], list[int]]
    ) -> None:
        real = {1: holding().id, 999: 999}
        taken, trusted = ([real[each] for each in side] for side in sides)
        from soi.register.errors import HoldingUnknown

        with pytest.raises((NoticeInvalid, HoldingUnknown)):
            actions.prepare(kit.code, taken, trusted, by="person:5")
        assert len(queries.notices_of(BANK)) == 3


class TestTheDatabase:
    def test_it_refuses_a_notice_without_since_and_an_end_without_a_reason(self, kit: Kit) -> None:
        found = Notice.objects.filter(pk=about(kit).id)
        for changes in (
            {"state": "published"},
            {"state": "retracted", "since": NOW, "published_at": NOW},
            {"state": "ended", "since": NOW, "published_at": NOW, "ended_at": NOW},
            {"since": NOW},
            {"state": "x"},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                found.update(**changes)

    def test_it_refuses_a_second_key_that_works(self, kit: Kit) -> None:
        key = RecoveryKey.objects.get()
        key.pk, key.handle = None, "000000"
        with pytest.raises(IntegrityError), transaction.atomic():
            key.save()


def test_a_note_of_another_key_is_no_proof(kit: Kit) -> None:
    row = actions.publish_with_code(kit.code, about(kit).id, since=NOW)
    forged = row.note.replace("trust only: domain hoamaibank.example", "trust only: domain x.y")
    with pytest.raises(LedgerError):
        read_note(forged.encode()).signed_by([read_key(kit.key.key)])


def test_the_demonstrations_notices_and_keys_go_with_it_and_no_other() -> None:
    bank = actions.make_kit(BANK, by="person:1")
    RecoveryKey.objects.update(is_demo=True)
    Notice.objects.update(is_demo=True)
    declare(HoldingKind.DOMAIN, "thuvien.example", organisation="thuvien", name="Thư viện")
    real = actions.make_kit("thuvien", by="person:1")
    assert demo.remove().holdings == 0
    assert queries.notices_of(BANK) == []
    assert [row.id for row in queries.notices_of("thuvien")] == [row.id for row in real.notices]
    with pytest.raises(RecoveryCodeWrong):
        actions.kit_behind(bank.code)
    assert verbs().count("notice.removed") == len(bank.notices)
