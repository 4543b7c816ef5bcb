"""People split and join what the machine grouped, and take it back."""

from __future__ import annotations

import pytest

from soi.checking import actions as checking
from soi.checking import queries as claims
from soi.checking.errors import ClaimStateRefused, ClaimUnknown
from soi.checking.types import ClaimState, CloseReason
from soi.intake import actions, queries
from soi.intake.errors import FormUnknown, MoveUnknown, SuggestionUnknown
from soi.intake.grouping import actions as grouping
from soi.intake.grouping import queries as groups
from soi.intake.grouping import tasks
from soi.intake.models import Form
from soi.intake.types import Channel, Decision, State
from soi.journal.models import Event
from soi.people.errors import NotAllowed
from soi.people.types import Member, Role
from tests.factories import store_check
from tests.members import member

pytestmark = pytest.mark.django_db

BRIDGE = "Cây cầu ở Sông Xanh đã sập trong đêm qua, nhiều xe rơi xuống sông."
SHARED = "Cây cầu ở Sông Xanh đã sập trong đêm qua, nhiều xe rơi xuống sông, chia sẻ cho mọi người"
WATER = "Nước máy thành phố Bắc Lâm nhiễm chì vượt ngưỡng cho phép từ tháng 9."
CUT = "Nhà máy nước Thạch Lĩnh ngừng cấp nước cho quận Tây Hạ 48 giờ từ sáng 3/5."
CUT_TOO = "Tây Hạ mất nước 48 tiếng từ 3/5."


def grouped(*texts: str) -> list[int]:
    tips = [actions.receive(text, channel=Channel.PAGE, by="page").tip_id for text in texts]
    tasks.run_due()
    return tips


def claim_of(tip: int) -> int:
    [claim] = groups.claims_of_tips([tip])[tip]
    return claim.id


def form(text: str) -> int:
    return int(Form.objects.get(text=text).pk)


def reach(claim: int) -> int:
    return claims.claim(claim).reach


@pytest.fixture
def an() -> Member:
    return member(Role.CHECKER)


class TestSplitting:
    def test_a_form_becomes_a_claim_of_its_own_with_its_counts(self, an: Member) -> None:
        first, second, _ = grouped(BRIDGE, SHARED, SHARED)
        whole = claim_of(first)
        assert (claim_of(second), reach(whole)) == (whole, 3)
        grouping.move_forms([form(SHARED)], to=None, by=an)
        apart = claim_of(second)
        assert apart != whole
        assert claims.claim(apart).wording == SHARED
        assert (reach(whole), reach(apart)) == (1, 2)
        assert groups.trends_of([whole, apart])[apart].today == 2

    def test_is_taken_back_with_its_counts_and_leaves_no_empty_claim(self, an: Member) -> None:
        first, second = grouped(BRIDGE, SHARED)
        whole = claim_of(first)
        move = grouping.move_forms([form(SHARED)], to=None, by=an)
        apart = claim_of(second)
        assert [each.id for each in groups.moves_of(whole)] == [move]
        assert grouping.take_back_move(move, by=an) == whole
        assert claim_of(second) == whole
        assert reach(whole) == 2
        assert claims.claim(apart).state is ClaimState.MERGED
        assert groups.moves_of(whole) == []

    def test_is_taken_back_once(self, an: Member) -> None:
        grouped(BRIDGE, SHARED)
        move = grouping.move_forms([form(SHARED)], to=None, by=an)
        grouping.take_back_move(move, by=an)
        with pytest.raises(MoveUnknown):
            grouping.take_back_move(move, by=an)

    def test_holds_for_tips_to_come(self, an: Member) -> None:
        _, second = grouped(BRIDGE, SHARED)
        grouping.move_forms([form(SHARED)], to=None, by=an)
        [later] = grouped(SHARED.upper())
        assert claim_of(later) == claim_of(second)

    def test_to_a_claim_that_is_there(self, an: Member) -> None:
        first, second, water = grouped(BRIDGE, SHARED, WATER)
        grouping.move_forms([form(SHARED)], to=claim_of(water), by=an)
        assert claim_of(second) == claim_of(water)
        assert (reach(claim_of(first)), reach(claim_of(water))) == (1, 2)

    def test_senders_are_told_of_the_claim_where_their_tip_stands_now(self, an: Member) -> None:
        _, second, water = grouped(BRIDGE, SHARED, WATER)
        checking.close_claim(claim_of(water), reason=CloseReason.SATIRE, by=an)
        grouping.move_forms([form(SHARED)], to=claim_of(water), by=an)
        tasks.run_due()
        assert queries.tip_with_id(second).state is State.NOT_CHECKABLE

    def test_is_written_down_for_both_claims(self, an: Member) -> None:
        first, second = grouped(BRIDGE, SHARED)
        grouping.move_forms([form(SHARED)], to=None, by=an)
        found = Event.objects.filter(verb="claim.forms_moved")
        assert {each.subject_id for each in found} == {claim_of(first), claim_of(second)}
        assert {each.actor for each in found} == {an.actor}

    def test_needs_forms_of_one_claim(self, an: Member) -> None:
        grouped(BRIDGE, WATER)
        with pytest.raises(FormUnknown):
            grouping.move_forms([form(BRIDGE), form(WATER)], to=None, by=an)
        for forms in ([], [999], [2**70]):
            with pytest.raises(FormUnknown):
                grouping.move_forms(forms, to=None, by=an)
        with pytest.raises(ClaimUnknown):
            grouping.move_forms([form(BRIDGE)], to=999, by=an)

    def test_is_for_those_who_may_triage(self) -> None:
        grouped(BRIDGE, SHARED)
        with pytest.raises(NotAllowed):
            grouping.move_forms([form(SHARED)], to=None, by=member(Role.KEEPER))


class TestSuggestions:
    def test_the_same_claim_becomes_a_part_and_can_be_separated(self, an: Member) -> None:
        first, second = grouped(CUT, CUT_TOO)
        whole, part = claim_of(first), claim_of(second)
        [suggestion] = groups.suggestions_for([part])[part]
        assert grouping.decide(suggestion.id, Decision.SAME, by=an) == whole
        assert claim_of(second) == whole
        assert reach(whole) == 2
        assert groups.trends_of([whole])[whole].today == 2
        assert [each.text for each in groups.forms_of(whole)] == [CUT, CUT_TOO]
        assert len(groups.under(whole).newest_tips) == 2
        grouping.separate(part, by=an)
        assert claim_of(second) == part
        assert reach(whole) == 1
        assert groups.suggestions_for([part]) == {}

    def test_another_claim_stays_and_is_not_suggested_again(self, an: Member) -> None:
        _, second = grouped(CUT, CUT_TOO)
        part = claim_of(second)
        [suggestion] = groups.suggestions_for([part])[part]
        assert grouping.decide(suggestion.id, Decision.OTHER, by=an) == part
        assert groups.suggestions_for([part]) == {}
        assert claims.claim(part).state is ClaimState.OPEN

    def test_a_check_that_answers_closes_the_claim_with_its_link(self, an: Member) -> None:
        store_check(CUT, url="https://soisang.example/check/nuoc")
        [tip] = grouped(CUT_TOO)
        [suggestion] = groups.suggestions_for([claim_of(tip)])[claim_of(tip)]
        grouping.decide(suggestion.id, Decision.SAME, by=an)
        tasks.run_due()
        assert claims.claim(claim_of(tip)).reason is CloseReason.ALREADY_ANSWERED
        assert queries.tip_with_id(tip).link == "https://soisang.example/check/nuoc"

    def test_deciding_twice_changes_nothing(self, an: Member) -> None:
        _, second = grouped(CUT, CUT_TOO)
        [suggestion] = groups.suggestions_for([claim_of(second)])[claim_of(second)]
        for _ in range(2):
            grouping.decide(suggestion.id, Decision.SAME, by=an)
        assert Event.objects.filter(verb="claim.merged").count() == 1

    def test_who_says_after_all_that_it_is_another_claim_undoes_the_joining(
        self, an: Member
    ) -> None:
        first, second = grouped(CUT, CUT_TOO)
        whole, part = claim_of(first), claim_of(second)
        [suggestion] = groups.suggestions_for([part])[part]
        grouping.decide(suggestion.id, Decision.SAME, by=an)
        assert reach(whole) == 2
        for _ in range(2):
            assert grouping.decide(suggestion.id, Decision.OTHER, by=an) == part
        assert claim_of(second) == part
        assert (reach(whole), reach(part)) == (1, 1)
        assert claims.claim(part).state is ClaimState.OPEN

    def test_who_says_after_all_that_a_check_is_no_answer_opens_the_claim_again(
        self, an: Member
    ) -> None:
        store_check(CUT, url="https://soisang.example/check/nuoc")
        [tip] = grouped(CUT_TOO)
        part = claim_of(tip)
        [suggestion] = groups.suggestions_for([part])[part]
        grouping.decide(suggestion.id, Decision.SAME, by=an)
        assert claims.claim(part).state is ClaimState.CLOSED
        grouping.decide(suggestion.id, Decision.OTHER, by=an)
        assert claims.claim(part).state is ClaimState.OPEN

    def test_what_was_done_with_it_since_stays(self, an: Member) -> None:
        _, second = grouped(CUT, CUT_TOO)
        part = claim_of(second)
        [suggestion] = groups.suggestions_for([part])[part]
        grouping.decide(suggestion.id, Decision.SAME, by=an)
        checking.unmerge(part, by=an)
        checking.close_claim(part, reason=CloseReason.UNCLEAR, by=an)
        grouping.decide(suggestion.id, Decision.OTHER, by=an)
        assert claims.claim(part).reason is CloseReason.UNCLEAR

    def test_a_claim_that_was_published_or_closed_meanwhile_is_said(self, an: Member) -> None:
        _, second = grouped(CUT, CUT_TOO)
        part = claim_of(second)
        [suggestion] = groups.suggestions_for([part])[part]
        checking.close_claim(part, reason=CloseReason.UNCLEAR, by=an)
        with pytest.raises(ClaimStateRefused):
            grouping.decide(suggestion.id, Decision.SAME, by=an)
        assert [each.id for each in groups.suggestions_for([part])[part]] == [suggestion.id]

    def test_there_is_no_other(self, an: Member) -> None:
        with pytest.raises(SuggestionUnknown):
            grouping.decide(2**70, Decision.SAME, by=an)


class TestFormsWithoutAClaim:
    def test_one_is_opened_by_hand(self, an: Member) -> None:
        lines = [f"Bệnh viện số {n} ở Bắc Lâm đã đóng cửa khoa cấp cứu." for n in range(5)]
        [tip] = grouped("\n".join(lines))
        free = [each for each in groups.statements_of(tip) if each.claim is None]
        assert len(free) == 2
        claim = grouping.open_claim_for(free[0].form, by=an)
        assert claims.claim(claim).wording == free[0].text
        assert reach(claim) == 1
        with pytest.raises(FormUnknown):
            grouping.open_claim_for(free[0].form, by=an)

    def test_a_tip_that_came_later_finds_it(self, an: Member) -> None:
        lines = [f"Bệnh viện số {n} ở Bắc Lâm đã đóng cửa khoa cấp cứu." for n in range(5)]
        [tip] = grouped("\n".join(lines))
        free = next(each for each in groups.statements_of(tip) if each.claim is None)
        claim = grouping.open_claim_for(free.form, by=an)
        [later] = grouped(f"{free.text.rstrip('.')}, chia sẻ cho mọi người nha")
        assert claim_of(later) == claim


class TestWordings:
    def test_a_claim_is_found_by_the_wording_that_the_desk_gave_it(self, an: Member) -> None:
        [tip] = grouped("cau song xanh bi sap hoi dem roi, xe rot xuong nuoc may chiec lan")
        claim = claim_of(tip)
        checking.save_draft(claim, version=0, fields={"wording": BRIDGE}, by=an)
        [later] = grouped(SHARED)
        assert claim_of(later) == claim
