"""Tips come under claims by themselves: one item of the queue, however many messages say it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from soi.checking import actions as checking
from soi.checking import queries as claims
from soi.checking.types import ClaimState, CloseReason, Harm
from soi.core.checkable import StatementType
from soi.intake import actions, queries
from soi.intake.grouping import actions as grouping_actions
from soi.intake.grouping import queries as grouping
from soi.intake.grouping import tasks
from soi.intake.grouping.reading import Read
from soi.intake.models import Form
from soi.intake.types import Channel, Decision, Reason, State
from soi.journal.models import Event
from soi.people.types import Member, Role
from tests.checking_desk import CheckingDesk
from tests.checks import SITE
from tests.factories import store_check
from tests.members import member

pytestmark = pytest.mark.django_db

BRIDGE = "Cây cầu ở Sông Xanh đã sập trong đêm qua, nhiều xe rơi xuống sông."
FORWARDED = "Mọi người ơi, cây cầu ở Sông Xanh đã sập trong đêm qua, nhiều xe rơi xuống sông 😱"
SHARED = "Cây cầu ở Sông Xanh đã sập trong đêm qua, nhiều xe rơi xuống sông, chia sẻ cho mọi người"
WATER = "Nước máy thành phố Bắc Lâm nhiễm chì vượt ngưỡng cho phép từ tháng 9."
FILM = "Phim này dở quá trời, xem chán ngắt luôn."


def sent(text: str = BRIDGE, *, source: str = "") -> int:
    return actions.receive(text, channel=Channel.PAGE, by="page", source=source).tip_id


def grouped(*texts: str) -> list[int]:
    tips = [sent(text) for text in texts]
    tasks.run_due()
    return tips


def queue() -> list[str]:
    return [row.claim.wording for row in claims.queue()]


def claim_of(tip: int) -> int:
    [claim] = grouping.claims_of_tips([tip])[tip]
    return claim.id


@pytest.fixture
def an() -> Member:
    return member(Role.CHECKER)


class TestATipThatComes:
    def test_opens_a_claim_in_its_own_words(self) -> None:
        [tip] = grouped(BRIDGE)
        [row] = claims.queue()
        assert (row.claim.wording, row.claim.state) == (BRIDGE, ClaimState.OPEN)
        assert row.claim.language == "vi"
        assert row.claim.checkability > 0.5
        assert claim_of(tip) == row.claim.id
        assert queries.tip_with_id(tip).is_grouped

    def test_is_acknowledged_before_anything_is_grouped(self) -> None:
        tip = sent()
        assert not queries.tip_with_id(tip).is_grouped
        assert queue() == []
        assert grouping.waiting_to_be_grouped() == 1

    def test_that_brings_about_a_fault_hinders_no_other(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        read = grouping_actions.statements

        def faulty(text: str) -> list[Read]:
            if text == BRIDGE:
                raise LookupError(text)
            return read(text)

        monkeypatch.setattr(grouping_actions, "statements", faulty)
        first, second = grouped(BRIDGE, WATER)
        assert queue() == [WATER]
        assert queries.tip_with_id(second).is_grouped
        assert not queries.tip_with_id(first).is_grouped
        assert "LookupError" in caplog.text
        assert BRIDGE not in caplog.text

        monkeypatch.undo()
        tasks.run_due()
        assert len(queue()) == 2

    def test_joins_the_claim_that_it_surely_repeats(self) -> None:
        first, second = grouped(BRIDGE, FORWARDED)
        assert claim_of(first) == claim_of(second)
        assert len(queue()) == 1
        assert claims.queue()[0].claim.reach == 2

    def test_joins_a_claim_of_an_earlier_look_too(self) -> None:
        [first] = grouped(BRIDGE)
        [second] = grouped(FORWARDED)
        assert claim_of(first) == claim_of(second)

    @pytest.mark.parametrize(
        "other",
        [
            "Cây cầu ở Sông Xanh không sập trong đêm qua, không có xe nào rơi xuống sông.",
            "Cây cầu ở Bến Sậy đã sập trong đêm qua, nhiều xe rơi xuống sông.",
        ],
    )
    def test_that_says_something_else_opens_a_claim_of_its_own(self, other: str) -> None:
        first, second = grouped(BRIDGE, other)
        assert claim_of(first) != claim_of(second)

    def test_with_another_number_opens_a_claim_of_its_own(self) -> None:
        first, second = grouped(
            "Từ ngày 15/10, vượt đèn đỏ ở Đông Lĩnh bị phạt 20 triệu đồng.",
            "Từ ngày 15/10, vượt đèn đỏ ở Đông Lĩnh bị phạt 2 triệu đồng.",
        )
        assert claim_of(first) != claim_of(second)

    def test_that_may_say_the_same_opens_a_claim_with_a_suggestion(self) -> None:
        first, second = grouped(
            "Nhà máy nước Thạch Lĩnh ngừng cấp nước cho quận Tây Hạ 48 giờ từ sáng 3/5.",
            "Tây Hạ mất nước 48 tiếng từ 3/5.",
        )
        [suggestion] = grouping.suggestions_for([claim_of(second)])[claim_of(second)]
        assert suggestion.other is not None
        assert suggestion.other.id == claim_of(first)
        assert 0 < suggestion.probability < 1

    @pytest.mark.parametrize(
        "message",
        [
            "Chúc cả nhà buổi sáng tốt lành, bình an nhé!",
            "0900 000 000 https://nganhang-songxanh.example/khoa @songxanh",
            "Tin nóng!",
            "Có ai biết quán bún bò nào ngon ở gần đây không ạ?",
        ],
    )
    def test_that_claims_nothing_opens_nothing(self, message: str) -> None:
        [tip] = grouped(message)
        assert queue() == []
        assert queries.tip_with_id(tip).is_grouped
        assert queries.tip_with_id(tip).state is State.RECEIVED

    def test_that_is_surely_a_view_says_what_it_seems(self) -> None:
        [tip] = grouped(FILM)
        assert queries.tip_with_id(tip).seems is StatementType.OPINION
        assert queue() == []

    def test_a_long_forward_does_not_fill_the_queue(self) -> None:
        lines = [f"Bệnh viện số {n} ở Bắc Lâm đã đóng cửa khoa cấp cứu." for n in range(12)]
        grouped("\n".join(lines))
        assert len(queue()) == 3

    def test_the_same_words_cost_nothing_and_come_to_the_same_place(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        [first] = grouped(BRIDGE)
        from soi.intake.grouping import matching

        def forbidden(*_: Any, **__: Any) -> None:
            raise AssertionError("these words are known")

        monkeypatch.setattr(matching, "judge", forbidden)
        [second] = grouped(f"{BRIDGE}\n{BRIDGE.upper()}")
        assert claim_of(first) == claim_of(second)
        assert Form.objects.count() == 1

    def test_hostile_letters_are_no_trouble(self) -> None:
        tips = grouped(
            "\u202eCây cầu ở Sông Xanh\u0000 đã sập trong đêm qua\u202c <script>alert(1)</script>",
            "‮" * 50 + "a" * 3000 + " " + "cầu sập " * 2000,
            "👉" * 2000 + BRIDGE,
        )
        assert all(queries.tip_with_id(tip).is_grouped for tip in tips)
        assert all(len(wording) <= 1000 for wording in queue())

    def test_a_tip_that_fails_holds_up_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from soi.checking.errors import FieldInvalid
        from soi.intake.grouping import actions as own

        opened = own.triage.open_claim

        def refusing(*, wording: str, **rest: Any) -> int:
            if "Sông Xanh" in wording:
                raise FieldInvalid("no", field="wording")
            return opened(wording=wording, **rest)

        monkeypatch.setattr(own.triage, "open_claim", refusing)
        grouped(BRIDGE, WATER)
        assert queue() == [WATER]
        assert grouping.waiting_to_be_grouped() == 0


class TestPublishedChecks:
    def test_a_tip_that_a_check_answers_is_answered_at_once_and_opens_nothing(self) -> None:
        store_check(BRIDGE, url="https://soisang.example/check/cau")
        [tip] = grouped(BRIDGE)
        assert queue() == []
        row = queries.tip_with_id(tip)
        assert (row.state, row.link) == (State.PUBLISHED, "https://soisang.example/check/cau")

    def test_what_the_desks_own_site_had_published_before_is_a_check_like_others(
        self, settings: Any
    ) -> None:
        store_check(BRIDGE, url=f"https://{SITE}/check/cau")
        settings.SOI_BASE_URL = f"https://{SITE}"
        [tip] = grouped(BRIDGE)
        row = queries.tip_with_id(tip)
        assert (row.state, row.link) == (State.PUBLISHED, f"https://{SITE}/check/cau")

    def test_a_check_that_may_answer_a_claim_is_suggested(self) -> None:
        store_check("Nhà máy nước Thạch Lĩnh ngừng cấp nước cho quận Tây Hạ 48 giờ từ sáng 3/5.")
        [tip] = grouped("Tây Hạ mất nước 48 tiếng từ 3/5.")
        [suggestion] = grouping.suggestions_for([claim_of(tip)])[claim_of(tip)]
        assert suggestion.check is not None
        assert suggestion.check.claim.startswith("Nhà máy nước")

    def test_a_check_that_comes_later_is_suggested_to_the_claims_that_wait(self) -> None:
        desk = CheckingDesk()
        [tip] = grouped("Tây Hạ mất nước 48 tiếng từ 3/5.")
        answer = desk.ready(
            "Nhà máy nước Thạch Lĩnh ngừng cấp nước cho quận Tây Hạ 48 giờ từ sáng 3/5."
        )
        tasks.run_due()
        assert grouping.suggestions_for([claim_of(tip)]) == {}
        desk.publish(answer)
        tasks.run_due()
        [suggestion] = grouping.suggestions_for([claim_of(tip)])[claim_of(tip)]
        assert suggestion.other is not None
        assert suggestion.other.id == answer
        desk.correct(answer)
        tasks.run_due()
        assert len(grouping.suggestions_for([claim_of(tip)])[claim_of(tip)]) == 1
        grouping_actions.decide(suggestion.id, Decision.SAME, by=desk.an)
        tasks.run_due()
        assert queries.tip_with_id(tip).state is State.PUBLISHED

    def test_a_later_check_is_suggested_to_nothing_that_is_decided(self) -> None:
        desk = CheckingDesk()
        [tip] = grouped("Tây Hạ mất nước 48 tiếng từ 3/5.")
        checking.close_claim(claim_of(tip), reason=CloseReason.SATIRE, by=desk.an)
        desk.published("Nhà máy nước Thạch Lĩnh ngừng cấp nước cho quận Tây Hạ 48 giờ từ sáng 3/5.")
        tasks.run_due()
        assert grouping.suggestions_for([claim_of(tip)]) == {}


class TestTheSendersAreTold:
    def test_a_tip_follows_its_claim(self, an: Member) -> None:
        [tip] = grouped(BRIDGE)
        assert queries.tip_with_id(tip).state is State.RECEIVED
        checking.take(claim_of(tip), by=an)
        tasks.run_due()
        assert queries.tip_with_id(tip).state is State.CHECKING
        checking.close_claim(claim_of(tip), reason=CloseReason.SATIRE, by=an)
        tasks.run_due()
        row = queries.tip_with_id(tip)
        assert (row.state, row.reason) == (State.NOT_CHECKABLE, Reason.SATIRE)
        checking.reopen(claim_of(tip), by=an)
        tasks.run_due()
        assert queries.tip_with_id(tip).state is State.CHECKING

    def test_an_answered_claim_gives_its_link(self, an: Member) -> None:
        [tip] = grouped(BRIDGE)
        checking.close_claim(
            claim_of(tip),
            reason=CloseReason.ALREADY_ANSWERED,
            answered_by="https://soisang.example/check/cau",
            by=an,
        )
        tasks.run_due()
        assert queries.tip_with_id(tip).link == "https://soisang.example/check/cau"

    def test_a_later_tip_of_a_closed_claim_is_told_at_once(self, an: Member) -> None:
        [tip] = grouped(BRIDGE)
        checking.close_claim(claim_of(tip), reason=CloseReason.PRIVATE_MATTER, by=an)
        [later] = grouped(FORWARDED)
        assert queries.tip_with_id(later).state is State.NOT_CHECKABLE
        assert queue() == []

    def test_one_claim_that_waits_keeps_a_tip_open(self, an: Member) -> None:
        [tip] = grouped(f"{BRIDGE}\n{WATER}")
        bridge, water = (claim.id for claim in grouping.claims_of_tips([tip])[tip])
        checking.close_claim(bridge, reason=CloseReason.UNCLEAR, by=an)
        tasks.run_due()
        assert queries.tip_with_id(tip).state is State.RECEIVED
        checking.close_claim(water, reason=CloseReason.OPINION, by=an)
        tasks.run_due()
        assert queries.tip_with_id(tip).reason is Reason.UNCLEAR

    def test_whoever_tells_them_by_hand_has_the_last_word(self, an: Member) -> None:
        [tip] = grouped(BRIDGE)
        actions.close(tip, Reason.PRIVATE_MATTER, by=an.actor)
        checking.take(claim_of(tip), by=an)
        tasks.run_due()
        assert queries.tip_with_id(tip).state is State.NOT_CHECKABLE

    def test_it_is_written_down_once(self, an: Member) -> None:
        [tip] = grouped(BRIDGE)
        checking.take(claim_of(tip), by=an)
        for _ in range(3):
            tasks.run_due()
        verbs = Event.objects.filter(subject="tip", subject_id=tip).order_by("seq")
        assert [each.verb for each in verbs] == ["tip.received", "tip.grouped", "tip.checking"]


class TestCounts:
    def test_by_day_and_in_all(self, time_machine: Any) -> None:
        start = dt.datetime(2026, 11, 20, 9, tzinfo=timezone.get_current_timezone())
        time_machine.move_to(start, tick=False)
        grouped(BRIDGE, BRIDGE, FORWARDED)
        time_machine.move_to(start + dt.timedelta(days=2), tick=False)
        [tip] = grouped(BRIDGE)
        claim = claim_of(tip)
        trend = grouping.trends_of([claim])[claim]
        assert [times for _, times in trend.days][-3:] == [3, 0, 1]
        assert (trend.today, trend.most) == (1, 3)
        row = claims.claim(claim)
        assert row.reach == 4
        assert row.last_asked_at == timezone.now()

    def test_one_source_counts_once_a_day(self) -> None:
        for _ in range(3):
            sent(source="a")
        sent(source="b")
        tasks.run_due()
        [row] = claims.queue()
        assert row.claim.reach == 2

    def test_two_sentences_of_one_claim_count_once(self) -> None:
        [tip] = grouped(f"{BRIDGE}\n{FORWARDED}")
        assert claims.claim(claim_of(tip)).reach == 1

    def test_a_tip_that_comes_again_lifts_its_claim_in_the_queue(self, an: Member) -> None:
        for claim in (grouped(BRIDGE, WATER)[0],):
            checking.set_harm(claim_of(claim), harm=Harm.LOW, by=an)
        assert queue()[0].startswith("Nước máy")
        for _ in range(30):
            sent(BRIDGE)
        tasks.run_due()
        assert queue()[0].startswith("Cây cầu")

    def test_forms_are_counted(self) -> None:
        [first, _, _] = grouped(BRIDGE, BRIDGE, SHARED)
        forms = list(grouping.forms_of(claim_of(first)))
        assert [(form.tips, form.times) for form in forms] == [(1, 2), (1, 1)]
        assert grouping.form_counts([claim_of(first)]) == {claim_of(first): 2}
