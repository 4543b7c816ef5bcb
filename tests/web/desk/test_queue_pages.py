"""The queue of claims: what stands first and why, what can be done, and how it is undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from soi.checking import actions as checking
from soi.checking import queries as claims
from soi.checking.types import ClaimState, CloseReason, Harm
from soi.intake import actions
from soi.intake.grouping import queries as groups
from soi.intake.grouping import tasks
from soi.intake.models import Form
from soi.intake.types import Channel
from soi.people.types import Member, Role
from tests.members import member, signed_in

pytestmark = pytest.mark.django_db

BRIDGE = "Cây cầu ở Sông Xanh đã sập trong đêm qua, nhiều xe rơi xuống sông."
SHARED = "Cây cầu ở Sông Xanh đã sập trong đêm qua, nhiều xe rơi xuống sông, chia sẻ cho mọi người"
WATER = "Nước máy thành phố Bắc Lâm nhiễm chì vượt ngưỡng cho phép từ tháng 9."
CUT = "Nhà máy nước Thạch Lĩnh ngừng cấp nước cho quận Tây Hạ 48 giờ từ sáng 3/5."
CUT_TOO = "Tây Hạ mất nước 48 tiếng từ 3/5."


def opened(wording: str = BRIDGE, **changes: Any) -> int:
    return checking.open_claim(wording=wording, language="vi", by="worker", **changes)


def grouped(*texts: str) -> list[int]:
    tips = [actions.receive(text, channel=Channel.PAGE, by="page").tip_id for text in texts]
    tasks.run_due()
    return tips


def claim_of(tip: int) -> int:
    return groups.claims_of_tips([tip])[tip][0].id


def do(client: Client, claim: int, step: str, **said: Any) -> Any:
    return client.post(reverse("desk:triage", args=[claim, step]), said)


@pytest.fixture
def an_member() -> Member:
    return member(Role.CHECKER)


@pytest.fixture
def an(an_member: Member) -> Client:
    return signed_in(an_member)


@pytest.fixture
def binh() -> Client:
    return signed_in(member(Role.EDITOR))


class TestTheList:
    def test_an_empty_queue_says_so(self, an: Client) -> None:
        assert "No claim waits" in an.get("/en/desk/").content.decode()

    def test_what_is_asked_most_stands_first_and_says_why(self, an: Client) -> None:
        opened(BRIDGE, times=1)
        opened(WATER, times=90)
        answer = an.get("/en/desk/")
        rows = [item.row.claim.wording for item in answer.context["items"]]
        assert rows == [WATER, BRIDGE]
        page = answer.content.decode()
        assert "came 90 times" in page
        assert "Together" in page

    def test_a_filter_says_that_it_hides_something(self, an: Client) -> None:
        opened(BRIDGE)
        opened(WATER)
        page = an.get("/en/desk/?q=chì").content.decode()
        assert "others are hidden by the filter" in page
        assert "Cây cầu" not in page
        assert "No claim found" in an.get("/en/desk/?q=zebra").content.decode()

    @pytest.mark.parametrize(
        ("show", "found"),
        [
            ("waiting", {BRIDGE, WATER}),
            ("open", {WATER}),
            ("working", {BRIDGE}),
            ("mine", {BRIDGE}),
            ("closed", {CUT}),
            ("all", {BRIDGE, WATER, CUT}),
            ("published", set()),
            ("approval", set()),
            ("nonsense", {BRIDGE, WATER}),
        ],
    )
    def test_each_list_holds_its_claims(
        self, an: Client, an_member: Member, show: str, found: set[str]
    ) -> None:
        checking.take(opened(BRIDGE), by=an_member)
        opened(WATER)
        checking.close_claim(opened(CUT), reason=CloseReason.SATIRE, by=an_member)
        answer = an.get(f"/desk/?show={show}")
        assert {item.row.claim.wording for item in answer.context["items"]} == found
        assert answer.context["page"].paginator.count == len(found)

    def test_harm_filters_it(self, an: Client, an_member: Member) -> None:
        checking.set_harm(opened(BRIDGE), harm=Harm.HIGH, by=an_member)
        opened(WATER)
        answer = an.get("/desk/?harm=3")
        assert [item.row.claim.wording for item in answer.context["items"]] == [BRIDGE]

    @pytest.mark.parametrize(
        "query",
        ["page=0", "page=%00", "show=x", "q=%00%25_", "harm=99", "harm=²", "done=x&claim=²",
         "done=taken&claim=99999999999999999999", "back=%00"],
    )  # fmt: skip
    def test_no_address_breaks_it(self, an: Client, query: str) -> None:
        opened()
        assert an.get(f"/desk/?{query}").status_code == 200

    def test_markup_in_a_claim_stays_text(self, an: Client) -> None:
        opened("<script>alert(1)</script> cầu sập <img src=x onerror=alert(1)>")
        page = an.get("/desk/").content.decode()
        assert "<script>alert" not in page
        assert "<img" not in page

    def test_it_takes_at_most_fifteen_queries(
        self, binh: Client, an_member: Member, django_assert_max_num_queries: Any
    ) -> None:
        tips = grouped(CUT, CUT_TOO, BRIDGE)
        for number in range(40):
            opened(f"Cầu số {number} ở Sông Xanh đã sập.", times=number)
        whole, part = opened("Một điều khác hẳn.", times=50), opened("Điều ấy nữa.")
        checking.merge(part, into=whole, by=an_member)
        checking.take(claim_of(tips[0]), by=an_member)
        checking.save_draft(claim_of(tips[2]), version=0, fields={"title": "Cầu"}, by=an_member)
        binh.get("/desk/")  # the first visit writes the session down
        for address in ("/desk/", "/desk/?q=a", "/desk/?show=mine", "/desk/?show=approval"):
            with django_assert_max_num_queries(15):
                assert binh.get(address).status_code == 200

    def test_counts_come_alone_and_keep_no_session(self, an: Client) -> None:
        opened()
        an.get("/desk/")
        before = an.session["seen_at"]
        session = an.session
        session["seen_at"] = before - 4000
        session.save()
        page = an.get("/en/desk/counts/?show=open", headers={"HX-Request": "true"})
        assert "<b>1</b>" in page.content.decode()
        assert "<html" not in page.content.decode()
        assert an.session["seen_at"] == before - 4000


class TestWhatCanBeDone:
    def test_take_and_give_back_and_undo(self, an: Client, an_member: Member) -> None:
        claim = opened()
        answer = do(an, claim, "take", back="show=all&q=cầu")
        assert "/desk/?show=all&q=c" in answer["Location"]
        assert answer["Location"].endswith(f"#claim-{claim}")
        assert claims.claim(claim).taken_by == an_member.id
        page = an.get(answer["Location"])
        assert page.context["done"] == {"what": "taken", "claim": claim, "undo": "back"}
        assert f"/desk/claims/{claim}/triage/back/" in page.content.decode()
        do(an, claim, "back")
        assert claims.claim(claim).state is ClaimState.OPEN

    def test_somebody_elses_is_told_above_the_same_list(self, an: Client, binh: Client) -> None:
        claim = opened()
        do(binh, claim, "take")
        answer = do(an, claim, "take", back="show=working")
        page = answer.content.decode()
        assert (answer.status_code, "claim_taken" in page) == (409, True)
        assert answer.context["asked"].show == "working"

    def test_hand_over_to_somebody_who_may(self, an: Client) -> None:
        claim, other = opened(), member(Role.CHECKER, name="Em")
        do(an, claim, "hand", to=other.id)
        assert claims.claim(claim).taken_by == other.id

    @pytest.mark.parametrize("to", ["", "0", "x", "999", "99999999999999999999", "²"])
    def test_hand_over_to_nobody_is_not_found(self, an: Client, to: str) -> None:
        claim = opened()
        assert do(an, claim, "hand", to=to).status_code == 404
        assert claims.claim(claim).state is ClaimState.OPEN

    def test_close_with_a_reason_and_open_again(self, an: Client) -> None:
        claim = opened()
        do(an, claim, "close", reason="opinion")
        assert claims.claim(claim).reason is CloseReason.OPINION
        do(an, claim, "reopen")
        assert claims.claim(claim).state is ClaimState.OPEN

    def test_close_as_answered_needs_an_address(self, an: Client) -> None:
        claim = opened()
        for address in ("", "javascript:alert(1)", "x" * 3000, "https://a b/"):
            answer = do(an, claim, "close", reason="already_answered", answered_by=address)
            assert answer.status_code == 422
        do(an, claim, "close", reason="already_answered", answered_by="https://soisang.example/1")
        assert claims.claim(claim).answered_by == "https://soisang.example/1"

    @pytest.mark.parametrize(
        ("step", "said"),
        [("close", {}), ("close", {"reason": "rude"}), ("harm", {"harm": "9"}), ("harm", {})],
    )
    def test_a_word_that_is_not_known_is_told(
        self, an: Client, step: str, said: dict[str, str]
    ) -> None:
        assert do(an, opened(), step, **said).status_code == 422

    def test_what_is_no_step_is_not_found(self, an: Client) -> None:
        assert do(an, opened(), "burn").status_code == 404
        assert do(an, 999, "take").status_code == 404

    def test_a_form_that_came_too_late_says_so(self, an: Client) -> None:
        claim = opened()
        do(an, claim, "close", reason="satire")
        answer = do(an, claim, "close", reason="opinion")
        assert (answer.status_code, "claim_state_refused" in answer.content.decode()) == (409, True)
        assert claims.claim(claim).reason is CloseReason.SATIRE

    def test_harm_changes_the_order(self, an: Client) -> None:
        low, high = opened(BRIDGE, times=5), opened(WATER, times=5)
        do(an, high, "harm", harm="3")
        do(an, low, "harm", harm="1")
        rows = [item.row.claim.id for item in an.get("/desk/").context["items"]]
        assert rows == [high, low]

    def test_ten_megabytes_are_refused(self, an: Client) -> None:
        claim = opened()
        answer = do(an, claim, "close", reason="x" * 10_000_000)
        assert answer.status_code == 413
        assert claims.claim(claim).state is ClaimState.OPEN


class TestSuggestions:
    def test_joining_and_separating(self, an: Client) -> None:
        first, second = (claim_of(tip) for tip in grouped(CUT, CUT_TOO))
        page = an.get("/en/desk/")
        assert "The same: join them" in page.content.decode()
        [near] = groups.suggestions_for([second])[second]
        answer = an.post(reverse("desk:suggestion", args=[near.id]), {"decision": "same"})
        assert f"claim={first}" in answer["Location"]
        assert [item.row.claim.id for item in an.get("/desk/").context["items"]] == [first]
        an.post(reverse("desk:claim-separate", args=[second]))
        assert claims.claim(second).state is ClaimState.OPEN

    def test_another_claim_stays(self, an: Client) -> None:
        _, second = (claim_of(tip) for tip in grouped(CUT, CUT_TOO))
        [near] = groups.suggestions_for([second])[second]
        an.post(reverse("desk:suggestion", args=[near.id]), {"decision": "other"})
        assert "join them" not in an.get("/en/desk/").content.decode()

    def test_what_is_no_decision_is_not_found(self, an: Client) -> None:
        assert an.post(reverse("desk:suggestion", args=[1]), {"decision": "x"}).status_code == 404
        assert (
            an.post(reverse("desk:suggestion", args=[9]), {"decision": "same"}).status_code == 404
        )


class TestWeights:
    def test_an_editor_changes_the_order_for_all(self, an: Client, binh: Client) -> None:
        often, likely = opened(BRIDGE, times=90, checkability=0.2), opened(WATER, checkability=0.9)
        ids = [item.row.claim.id for item in an.get("/desk/").context["items"]]
        assert ids == [often, likely]
        said = {"reach": "0", "harm": "1", "checkability": "2,5", "half_life_hours": "72"}
        assert binh.post("/desk/weights/", said).status_code == 302
        assert claims.weights().checkability == 2.5
        ids = [item.row.claim.id for item in an.get("/desk/").context["items"]]
        assert ids == [likely, often]

    @pytest.mark.parametrize("reach", ["", "x", "-1", "11", "nan", "inf", "1e400", "9" * 5000])
    def test_what_is_no_weight_comes_back(self, binh: Client, reach: str) -> None:
        said = {"reach": reach, "harm": "1", "checkability": "1", "half_life_hours": "72"}
        answer = binh.post("/en/desk/weights/", said)
        assert answer.status_code == 422
        assert "field_invalid" in answer.content.decode()
        assert claims.weights().reach == 1

    def test_a_checker_reads_them_only(self, an: Client) -> None:
        assert "An editor can change it." in an.get("/en/desk/weights/").content.decode()
        said = {"reach": "0", "harm": "1", "checkability": "1", "half_life_hours": "72"}
        assert an.post("/desk/weights/", said).status_code == 403


class TestWordings:
    def form(self, text: str) -> int:
        return int(Form.objects.get(text=text).pk)

    def test_split_off_and_taken_back(self, an: Client) -> None:
        first, second = grouped(BRIDGE, SHARED)
        whole = claim_of(first)
        address = reverse("desk:wordings", args=[whole])
        assert an.get(address).context["page"].paginator.count == 2
        answer = an.post(f"{address}move/", {"form": self.form(SHARED), "to": ""})
        page = an.get(answer["Location"])
        assert claim_of(second) != whole
        [move] = page.context["moves"]
        an.post(reverse("desk:move-back", args=[whole, move.id]))
        assert claim_of(second) == whole

    def test_joined_by_number_and_separated(self, an: Client) -> None:
        one, other = opened(BRIDGE), opened(WATER)
        an.post(reverse("desk:claim-join", args=[one]), {"into": str(other)})
        assert claims.claim(one).merged_into == other
        [part] = an.get(reverse("desk:wordings", args=[other])).context["parts"]
        assert part.id == one
        an.post(reverse("desk:claim-separate", args=[one]))
        assert claims.claim(one).state is ClaimState.OPEN

    @pytest.mark.parametrize(
        ("address", "said", "code"),
        [
            ("wordings-move", {}, "form_unknown"),
            ("wordings-move", {"form": "²", "to": "1"}, "form_unknown"),
            ("wordings-move", {"form": ["1"] * 900, "to": "999999"}, "form_unknown"),
            ("claim-join", {"into": "99999999999999999999"}, "claim_unknown"),
            ("claim-join", {"into": "x"}, "claim_unknown"),
            ("claim-separate", {}, "claim_state_refused"),
        ],
    )
    def test_what_cannot_be_done_is_told_on_the_same_page(
        self, an: Client, address: str, said: dict[str, Any], code: str
    ) -> None:
        claim = opened()
        answer = an.post(reverse(f"desk:{address}", args=[claim]), said)
        assert answer.status_code in (404, 409)
        assert code in answer.content.decode()
        assert answer.context["claim"].id == claim

    def test_what_was_typed_comes_back(self, an: Client) -> None:
        [tip] = grouped(BRIDGE)
        said = {"form": self.form(BRIDGE), "to": "987654"}
        answer = an.post(reverse("desk:wordings-move", args=[claim_of(tip)]), said)
        page = answer.content.decode()
        assert 'value="987654"' in page
        assert answer.context["chosen"] == {self.form(BRIDGE)}

    def test_it_takes_at_most_fifteen_queries(
        self, an: Client, an_member: Member, django_assert_max_num_queries: Any
    ) -> None:
        tips = grouped(BRIDGE, SHARED, WATER)
        checking.merge(claim_of(tips[2]), into=claim_of(tips[0]), by=an_member)
        address = reverse("desk:wordings", args=[claim_of(tips[0])])
        an.get(address)
        with django_assert_max_num_queries(15):
            an.get(address)


class TestATipsPage:
    def test_shows_its_claims_and_opens_others(self, an: Client) -> None:
        lines = [f"Bệnh viện số {n} ở Bắc Lâm đã đóng cửa khoa cấp cứu." for n in range(4)]
        [tip] = grouped("\n".join(lines))
        answer = an.get(reverse("desk:tip", args=[tip]))
        [free] = [each for each in answer.context["statements"] if each.claim is None]
        an.post(reverse("desk:tip-claim", args=[tip, free.form]))
        assert len(groups.claims_of_tips([tip])[tip]) == 4
        answer = an.post(reverse("desk:tip-claim", args=[tip, free.form]))
        assert (answer.status_code, "form_unknown" in answer.content.decode()) == (404, True)

    def test_a_view_offers_its_reason(self, an: Client) -> None:
        [tip] = grouped("Phim này dở quá trời, xem chán ngắt luôn.")
        page = an.get(reverse("desk:tip", args=[tip])).content.decode()
        assert '<option value="opinion" selected>' in page

    def test_tips_under_no_claim_can_be_listed(self, an: Client) -> None:
        view, _ = grouped("Phim này dở quá trời, xem chán ngắt luôn.", BRIDGE)
        rows = an.get("/desk/tips/?state=alone").context["page"].object_list
        assert [row.id for row in rows] == [view]
