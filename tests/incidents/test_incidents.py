"""An incident is opened, its steps run by the clock, and all that is done stays readable."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from factories import declare

from soi import demo
from soi.captures.errors import AddressInvalid, CaptureUnknown
from soi.core.formats import HoldingKind
from soi.core.lookalike import NameKind
from soi.incidents import access, actions, clocks, codes, following, handling
from soi.incidents.errors import (
    IncidentInvalid,
    IncidentKnown,
    IncidentStateRefused,
    IncidentUnknown,
)
from soi.incidents.following import Asked
from soi.incidents.types import (
    FRAUD,
    Happening,
    IncidentKind,
    IncidentRow,
    IncidentState,
    NoticeState,
    StepState,
    StepWord,
)
from soi.journal.models import Event
from soi.people.errors import NotAllowed
from soi.people.types import Role
from soi.register import lifecycle
from soi.register.actions import appoint_keeper
from soi.register.errors import HoldingUnknown, NotTheirKeeper, OrganisationUnknown
from soi.register.queries import all_holdings_of, organisations
from soi.watch.actions import confirm, dismiss
from soi.watch.errors import LookalikeUnknown
from soi.watch.noting import note_names, report
from soi.watch.queries import newest_id
from soi.watch.types import Name, State
from tests.members import member

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 12, 1, 8, 30, tzinfo=dt.UTC)
BANK = "hoamaibank"
WORDS = "Trang bị chiếm lúc nửa đêm."


@pytest.fixture(autouse=True)
def desk(time_machine: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    time_machine.move_to(NOW, tick=False)
    monkeypatch.setattr(codes, "COST", 2**4)  # slow on purpose; the tests are not about that
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")
    return time_machine


def holding(value: str = "hoamaibank") -> int:
    return next(row.id for row in all_holdings_of(BANK) if row.value == value)


def lookalike(key: str = "hoamaibank-login.top") -> int:
    note_names([Name(NameKind.HOST, key)], source="tip:1", by="worker")
    return newest_id()


def opened(kind: IncidentKind = IncidentKind.HIJACK, **changes: Any) -> int:
    about = {"holding": holding()} if kind is IncidentKind.HIJACK else {"lookalike": lookalike()}
    given = {"words": WORDS, "by": "person:1"} | (about | changes)
    return handling.open_incident(BANK, kind, **given)


def row(number: int) -> IncidentRow:
    return following.incident_with_id(number)


def verbs(number: int) -> list[str]:
    found = Event.objects.filter(subject="incident", subject_id=number).order_by("seq")
    return [event.verb.removeprefix("incident.") for event in found]


def happened(number: int) -> list[Happening]:
    return [line.what for line in following.timeline_of(number)]


class TestOpening:
    def test_a_hijack_has_its_steps_with_times_from_its_opening(self) -> None:
        found = row(opened(since=NOW - dt.timedelta(hours=3)))
        assert [(step.word, step.due_at - NOW) for step in found.steps] == list(
            clocks.CLOCKS[IncidentKind.HIJACK].items()
        )
        assert {step.state for step in found.steps} == {StepState.OPEN}
        assert (found.named.value, found.named.platform) == ("hoamaibank", "facebook")
        assert found.since == NOW - dt.timedelta(hours=3)
        assert (happened(found.id), verbs(found.id)) == ([Happening.OPENED], ["opened"])

    @pytest.mark.parametrize("kind", list(IncidentKind))
    def test_only_fraud_has_the_step_of_telling_the_platform(self, kind: IncidentKind) -> None:
        for is_of_holding in (True, False):
            words = {word for word, _ in clocks.steps_of(kind, is_of_holding=is_of_holding)}
            assert (StepWord.TELL_PLATFORM in words) is (kind in FRAUD)
            assert is_of_holding or not words & {StepWord.STOP_USING, StepWord.RECOVER}

    def test_a_name_before_the_desk_is_impersonated_or_phished_under(self) -> None:
        found = row(opened(IncidentKind.PHISHING))
        assert (found.named.value, found.holding_id) == ("hoamaibank-login.top", None)
        assert [step.word for step in found.steps] == [
            StepWord.TELL_KEEPER,
            StepWord.TELL_PUBLIC,
            StepWord.TELL_PLATFORM,
            StepWord.CONFIRM,
        ]

    @pytest.mark.parametrize("kind", [IncidentKind.IMPERSONATION, IncidentKind.PHISHING])
    def test_nobody_imitates_with_ones_own_holding(self, kind: IncidentKind) -> None:
        with pytest.raises(IncidentInvalid) as refused:
            opened(kind, lookalike=None, holding=holding())
        assert refused.value.params["reason"] == "kind_of_another"

    def test_a_name_is_not_hijacked(self) -> None:
        with pytest.raises(IncidentInvalid):
            opened(IncidentKind.HIJACK, holding=None, lookalike=lookalike())

    def test_it_is_about_one_thing(self) -> None:
        for about in ({"holding": None}, {"lookalike": lookalike()}):
            with pytest.raises(IncidentInvalid) as refused:
                opened(**about)
            assert refused.value.params["reason"] == "one_thing"

    def test_a_name_that_imitates_nobody_is_no_incident(self) -> None:
        number = lookalike()
        dismiss([number], reason="Trang phê bình", by="person:1")
        with pytest.raises(IncidentInvalid) as refused:
            opened(IncidentKind.IMPERSONATION, lookalike=number)
        assert refused.value.params["reason"] == "name_dismissed"

    def test_a_name_like_another_organisations_is_theirs_to_open(self) -> None:
        declare(HoldingKind.DOMAIN, "thuvien.example", organisation="thuvien", name="Thư viện")
        other = report(
            Name(NameKind.HOST, "sach-hay.top"), organisation="thuvien", source="t", by="test"
        )
        with pytest.raises(IncidentInvalid) as refused:
            opened(IncidentKind.PHISHING, lookalike=other)
        assert refused.value.params["reason"] == "of_another"

    def test_what_is_only_proposed_is_not_theirs_to_lose(self) -> None:
        lifecycle.propose(
            BANK, {"kind": "account", "platform": "x", "value": "hoamai_moi"}, by="person:1"
        )
        with pytest.raises(IncidentInvalid):
            opened(holding=holding("hoamai_moi"))

    def test_one_of_a_kind_is_open_about_one_thing(self) -> None:
        number = opened()
        with pytest.raises(IncidentKnown):
            opened()
        assert opened(IncidentKind.ANOMALY, lookalike=None, holding=holding()) > number
        handling.close(number, reason="Báo nhầm", by="person:1")
        assert opened() > number

    @pytest.mark.parametrize(
        ("given", "error"),
        [
            ({"holding": 10**20}, HoldingUnknown),
            ({"holding": -1}, HoldingUnknown),
            ({"holding": None, "lookalike": 10**20}, LookalikeUnknown),
            ({"words": " \u200b"}, IncidentInvalid),
            ({"words": "a" * 1001}, IncidentInvalid),
            ({"words": "a" * 10_000_000}, IncidentInvalid),
            ({"since": NOW + dt.timedelta(hours=1)}, IncidentInvalid),
            ({"since": NOW - dt.timedelta(days=4000)}, IncidentInvalid),
        ],
    )
    def test_what_can_not_be_is_refused_and_nothing_is_opened(
        self, given: dict[str, Any], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            opened(**given)
        assert not following.incidents(Asked())[:5]

    def test_an_organisation_that_is_not_there_has_none(self) -> None:
        with pytest.raises(OrganisationUnknown):
            handling.open_incident(
                "khong-co", IncidentKind.HIJACK, words=WORDS, by="t", holding=holding()
            )


class TestSteps:
    def test_a_step_is_done_skipped_with_a_reason_and_undone(self) -> None:
        number = opened()
        handling.do_step(number, StepWord.STOP_USING, words="Đã gỡ liên kết", by="person:1")
        handling.skip_step(number, StepWord.RECOVER, reason="Nền tảng đã xoá", by="person:1")
        handling.undo_step(number, StepWord.STOP_USING, by="person:2")
        steps = {step.word: step for step in row(number).steps}
        assert (steps[StepWord.RECOVER].state, steps[StepWord.RECOVER].words) == (
            StepState.SKIPPED,
            "Nền tảng đã xoá",
        )
        assert (steps[StepWord.STOP_USING].state, steps[StepWord.STOP_USING].by) == (
            StepState.OPEN,
            "",
        )
        assert verbs(number) == ["opened", "step_done", "step_skipped", "step_undone"]
        kept = [(line.what, line.step, line.words) for line in following.timeline_of(number)]
        assert kept[1] == (Happening.STEP_DONE, StepWord.STOP_USING, "Đã gỡ liên kết")

    @pytest.mark.parametrize("reason", ["", "  ", "…", "a" * 501])
    def test_skipping_needs_a_reason_in_words(self, reason: str) -> None:
        number = opened()
        with pytest.raises(IncidentInvalid):
            handling.skip_step(number, StepWord.RECOVER, reason=reason, by="person:1")
        assert verbs(number) == ["opened"]

    def test_a_step_goes_only_where_it_can(self) -> None:
        number = opened()
        with pytest.raises(IncidentStateRefused):
            handling.undo_step(number, StepWord.CONFIRM, by="person:1")
        handling.do_step(number, StepWord.CONFIRM, by="person:1")
        with pytest.raises(IncidentStateRefused):
            handling.skip_step(number, StepWord.CONFIRM, reason="Thôi", by="person:1")

    def test_a_step_that_the_kind_does_not_have_can_not_be_done(self) -> None:
        number = opened(IncidentKind.MISUSE)
        with pytest.raises(IncidentInvalid):
            handling.do_step(number, StepWord.TELL_PLATFORM, by="person:1")

    def test_what_is_late_is_seen_and_found(self, desk: Any) -> None:
        number, other = opened(), opened(IncidentKind.IMPERSONATION)
        desk.move_to(NOW + dt.timedelta(minutes=31), tick=False)
        assert row(number).overdue == 2
        late = following.incidents(Asked(is_overdue=True))[:5]
        assert [each.id for each in late] == [number]
        assert [each.id for each in following.incidents(Asked())[:5]] == [number, other]
        handling.close(number, reason="Xong", by="person:1")
        assert row(number).overdue == 0
        assert not following.incidents(Asked(is_overdue=True))[:5]


class TestTheEnd:
    def test_closing_skips_what_is_open_for_its_reason_and_it_opens_again(self) -> None:
        number = opened()
        handling.do_step(number, StepWord.STOP_USING, by="person:1")
        handling.close(number, reason="Báo nhầm: chính họ đổi mật khẩu", by="person:1")
        found = row(number)
        assert (found.state, found.closed_by) == (IncidentState.CLOSED, "person:1")
        assert [step.state for step in found.steps].count(StepState.SKIPPED) == 5
        handling.reopen(number, reason="Lại bị chiếm", by="person:1")
        found = row(number)
        assert (found.state, found.closed_at, found.reason) == (IncidentState.OPEN, None, "")
        assert verbs(number)[-2:] == ["closed", "reopened"]
        assert following.timeline_of(number)[-1].words == "Lại bị chiếm"

    def test_nothing_is_done_about_what_is_closed_but_a_note(self) -> None:
        number = opened()
        handling.close(number, reason="Xong", by="person:1")
        for act in (
            lambda: handling.do_step(number, StepWord.CONFIRM, by="t"),
            lambda: handling.undo_step(number, StepWord.CONFIRM, by="t"),
            lambda: handling.capture_address(number, "https://a.example/", by="t"),
            lambda: handling.close(number, reason="Xong", by="t"),
        ):
            with pytest.raises(IncidentStateRefused):
                act()
        handling.note(number, words="Cảnh sát đã gọi lại.", by="person:1")
        assert happened(number)[-1] is Happening.NOTED

    def test_what_is_open_is_not_opened_again(self) -> None:
        with pytest.raises(IncidentStateRefused):
            handling.reopen(opened(), reason="Lại nữa", by="person:1")

    def test_of_two_about_the_same_only_one_is_open(self) -> None:
        first = opened()
        handling.close(first, reason="Xong", by="person:1")
        opened()
        with pytest.raises(IncidentKnown):
            handling.reopen(first, reason="Lại bị chiếm", by="person:1")
        assert row(first).state is IncidentState.CLOSED

    @pytest.mark.parametrize("number", [0, -1, 10**20, 999])
    def test_one_that_is_not_there_is_not_found(self, number: int) -> None:
        with pytest.raises(IncidentUnknown):
            handling.note(number, words="Có ai không?", by="t")
        with pytest.raises(IncidentUnknown):
            row(number)


class TestEvidence:
    def test_a_page_is_asked_for_kept_and_taken_out(self) -> None:
        number = opened(IncidentKind.PHISHING)
        capture = handling.capture_address(number, "https://hoamaibank-login.top/", by="person:1")
        assert [each.id for each in following.captures_of(number)] == [capture]
        handling.add_capture(number, capture, by="person:1")
        handling.drop_capture(number, capture, by="person:1")
        assert following.captures_of(number) == []
        assert verbs(number) == ["opened", "capture_added", "capture_dropped"]
        assert [line.number for line in following.timeline_of(number)] == [None, capture, capture]

    def test_what_is_no_capture_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        number = opened()
        with pytest.raises(CaptureUnknown):
            handling.add_capture(number, 10**20, by="t")
        with pytest.raises(AddressInvalid):
            handling.capture_address(number, "javascript:alert(1)", by="t")
        with pytest.raises(IncidentInvalid):
            handling.drop_capture(number, 10**20, by="t")
        monkeypatch.setattr(handling, "CAPTURES_LIMIT", 0)
        with pytest.raises(IncidentInvalid):
            handling.capture_address(number, "https://a.example/", by="t")
        assert verbs(number) == ["opened"]


class TestNotices:
    def published(self) -> int:
        kit = actions.make_kit(BANK, by="person:1")
        return next(each.id for each in kit.notices if each.untrusted[0].value == "hoamaibank")

    def test_publishing_the_notice_does_the_step_of_telling_the_public(self) -> None:
        number, notice = opened(), self.published()
        assert [each.id for each in following.notices_in(row(number))] == [notice]
        actions.publish(notice, since=NOW, by="person:2")
        (step,) = (each for each in row(number).steps if each.word is StepWord.TELL_PUBLIC)
        assert (step.state, step.by) == (StepState.DONE, "person:2")
        assert happened(number)[-2:] == [Happening.NOTICE_LINKED, Happening.STEP_DONE]
        (linked,) = following.notices_in(row(number))
        assert (linked.id, linked.state) == (notice, NoticeState.PUBLISHED)
        actions.end(notice, reason="Đã lấy lại", by="person:2")
        assert [each.state for each in following.notices_in(row(number))] == [NoticeState.ENDED]

    def test_the_recovery_code_does_it_too(self) -> None:
        kit = actions.make_kit(BANK, by="person:1")
        number = opened()
        notice = next(each for each in kit.notices if each.untrusted[0].value == "hoamaibank")
        actions.publish_with_code(kit.code, notice.id, since=NOW)
        assert happened(number)[-1] is Happening.STEP_DONE

    def test_a_notice_from_before_belongs_to_the_incident_that_is_opened_after_it(self) -> None:
        actions.publish(self.published(), since=NOW, by="person:2")
        number = opened()
        assert len(following.notices_in(row(number))) == 1
        assert happened(number) == [
            Happening.OPENED,
            Happening.NOTICE_LINKED,
            Happening.STEP_DONE,
        ]

    def test_another_holdings_notice_is_none_of_it(self) -> None:
        number, notice = opened(holding=holding("hoamaibank.example")), self.published()
        actions.publish(notice, since=NOW, by="person:2")
        assert happened(number) == [Happening.OPENED]


class TestAccess:
    def test_a_keeper_has_their_organisations_and_the_desk_has_all(self) -> None:
        declare(HoldingKind.DOMAIN, "thuvien.example", organisation="thuvien", name="Thư viện")
        number, dung, other = opened(), member(Role.KEEPER), member(Role.KEEPER)
        appoint_keeper(BANK, dung.id, by="test")
        appoint_keeper("thuvien", other.id, by="test")
        assert access.incident_for(dung, number)[0].id == number
        for editor in (member(Role.EDITOR), member(Role.ADMINISTRATOR)):
            assert access.incident_for(editor, number)[0].id == number
            assert len(access.incidents_for(editor, Asked())) == 1
        with pytest.raises(NotTheirKeeper):
            access.incident_for(other, number)
        assert len(access.incidents_for(dung, Asked())) == 1
        assert len(access.incidents_for(other, Asked())) == 0
        with pytest.raises(NotAllowed):
            access.incident_for(member(Role.CHECKER), number)
        with pytest.raises(NotAllowed):
            access.incidents_for(member(Role.CHECKER), Asked())


def test_the_demonstrations_incidents_go_with_it_and_no_other() -> None:
    demo.load()
    invented = next(each for each in organisations()[:50] if each.is_demo)
    theirs = next(
        each for each in all_holdings_of(invented.slug) if each.kind is HoldingKind.DOMAIN
    )
    shown = handling.open_incident(
        invented.slug, IncidentKind.HIJACK, words=WORDS, by="t", holding=theirs.id
    )
    number = opened()
    handling.do_step(shown, StepWord.CONFIRM, by="t")
    demo.remove()
    assert row(number).id == number
    with pytest.raises(IncidentUnknown):
        row(shown)
    assert verbs(shown)[-1] == "removed"


def test_a_confirmed_name_is_what_can_be_reported() -> None:
    number = lookalike()
    confirm([number], state=State.SCAM, reason="Trang thu mật khẩu", by="person:1")
    handling.check_may_prepare(row(opened(IncidentKind.PHISHING, lookalike=number)))
