"""The desk's pages: what waits, what senders are told, and the journal."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from soi.intake import queries
from soi.intake.actions import receive
from soi.intake.types import Channel, Reason, State
from soi.journal.models import Event
from soi.people.types import Role
from tests.members import member, signed_in

pytestmark = pytest.mark.django_db

BRIDGE = "Cây cầu ở Sông Xanh đã sập trong đêm qua, nhiều xe rơi xuống sông."
LINK = "https://desk.example/checks/7/"


def sent(text: str = BRIDGE, *, contact: str = "") -> int:
    return receive(text, channel=Channel.PAGE, by="page", contact=contact).tip_id


def address(name: str, ref: int = 1, step: str = "check") -> str:
    if name == "move":
        return reverse("desk:move", args=[ref, step])
    return reverse(f"desk:{name}", args=[ref] if name in ("tip", "contacts") else [])


@pytest.fixture
def an() -> Client:
    return signed_in(member(Role.CHECKER))


@pytest.fixture
def binh() -> Client:
    return signed_in(member(Role.EDITOR))


class TestTheList:
    def test_an_empty_desk_says_so(self, an: Client) -> None:
        assert "No tip waits" in an.get("/en/desk/tips/").content.decode()

    def test_tips_that_wait_stand_there_and_others_when_asked_for(self, an: Client) -> None:
        sent()
        closed = sent("Phim này dở quá, đừng ai đi xem nữa nhé mọi người.")
        an.post(address("move", closed, "close"), {"reason": Reason.OPINION})
        assert "Phim này" not in an.get("/en/desk/tips/").content.decode()
        page = an.get("/en/desk/tips/?state=not_checkable").content.decode()
        assert "Phim này" in page
        assert "Cây cầu" not in page

    def test_what_came_most_often_may_stand_first(self, an: Client) -> None:
        often = sent("Nước máy thành phố Bắc Lâm nhiễm chì vượt ngưỡng cho phép.")
        sent("Nước máy thành phố Bắc Lâm nhiễm chì vượt ngưỡng cho phép.")
        newest = sent()
        rows = [tip.id for tip in an.get("/desk/tips/").context["page"].object_list]
        assert rows == [newest, often]
        rows = [tip.id for tip in an.get("/desk/tips/?order=often").context["page"].object_list]
        assert rows == [often, newest]

    def test_words_filter_it(self, an: Client) -> None:
        sent()
        sent("Nước máy thành phố Bắc Lâm nhiễm chì vượt ngưỡng cho phép.")
        assert [t.text for t in an.get("/desk/tips/?q=cầu").context["page"].object_list] == [BRIDGE]
        assert "No tip found" in an.get("/en/desk/tips/?q=zebra").content.decode()

    @pytest.mark.parametrize("query", ["page=0", "page=%00", "state=x", "q=%00%25_", "order=."])
    def test_no_address_breaks_it(self, an: Client, query: str) -> None:
        sent()
        assert an.get(f"/desk/tips/?{query}").status_code == 200

    def test_it_takes_few_queries(self, an: Client, django_assert_max_num_queries: Any) -> None:
        for number in range(40):
            sent(f"Cầu số {number} ở Sông Xanh đã sập trong đêm qua, nhiều xe rơi xuống sông.")
        an.get("/desk/tips/")  # the first visit writes the session down
        with django_assert_max_num_queries(10):
            an.get("/desk/tips/")


class TestATip:
    def test_its_senders_are_told_step_by_step(self, an: Client) -> None:
        tip = sent()
        assert an.post(address("move", tip, "check")).status_code == 302
        assert queries.tip_with_id(tip).state is State.CHECKING
        an.post(address("move", tip, "answer"), {"link": f" {LINK} "})
        assert (queries.tip_with_id(tip).state, queries.tip_with_id(tip).link) == (
            State.PUBLISHED,
            LINK,
        )
        assert LINK in an.get(address("tip", tip)).content.decode()
        verbs = Event.objects.filter(subject="tip", subject_id=tip).order_by("seq")
        assert [each.verb for each in verbs] == ["tip.received", "tip.checking", "tip.published"]
        assert verbs.last().actor.startswith("person:")  # type: ignore[union-attr]

    def test_a_wrong_link_comes_back_with_what_was_typed(self, an: Client) -> None:
        tip = sent()
        answer = an.post(address("move", tip, "answer"), {"link": "javascript:alert(1)"})
        page = answer.content.decode()
        assert (answer.status_code, "tip_link_invalid" in page) == (422, True)
        assert 'value="javascript:alert(1)"' in page
        assert queries.tip_with_id(tip).state is State.RECEIVED

    def test_a_form_that_came_too_late_says_so(self, an: Client) -> None:
        tip = sent()
        an.post(address("move", tip, "close"), {"reason": Reason.SATIRE})
        answer = an.post(address("move", tip, "close"), {"reason": Reason.OPINION})
        assert (answer.status_code, "tip_state_refused" in answer.content.decode()) == (409, True)
        assert queries.tip_with_id(tip).reason is Reason.SATIRE

    @pytest.mark.parametrize(
        ("step", "said"), [("close", {}), ("close", {"reason": "rude"}), ("burn", {})]
    )
    def test_what_is_no_step_is_not_found(
        self, an: Client, step: str, said: dict[str, str]
    ) -> None:
        assert an.post(address("move", sent(), step), said).status_code == 404

    def test_a_tip_that_is_not_there_is_not_found(self, an: Client) -> None:
        assert an.get(address("tip", 999)).status_code == 404
        assert an.post(address("move", 999)).status_code == 404

    def test_markup_in_a_message_stays_text(self, an: Client) -> None:
        tip = sent("<script>alert(1)</script> cầu sập <img src=x onerror=alert(1)>")
        for page in (an.get("/desk/tips/"), an.get(address("tip", tip))):
            assert "<script>alert" not in page.content.decode()
            assert "<img" not in page.content.decode()

    def test_contacts_are_opened_by_an_editor_and_that_is_written_down(
        self, an: Client, binh: Client
    ) -> None:
        tip = sent(contact="hoa@example.org")
        assert "hoa@example.org" not in binh.get(address("tip", tip)).content.decode()
        assert "hoa@example.org" in binh.post(address("contacts", tip)).content.decode()
        assert Event.objects.filter(verb="contact.read", subject_id=tip).count() == 1
        assert "hoa@example.org" not in an.post(address("contacts", tip)).content.decode()
        assert Event.objects.filter(verb="contact.read").count() == 1

    @pytest.mark.usefixtures("demo_desk")
    def test_what_a_reader_is_answered_is_shown_when_asked_for(self, an: Client) -> None:
        page = an.get(f"{reverse('desk:tip', args=[sent()])}?answer=1")
        assert page.context["answer"].findings


class TestTheJournal:
    def test_events_stand_there_with_the_names_of_who_acted(self, binh: Client) -> None:
        tip = sent()
        binh.post(address("move", tip, "check"))
        page = binh.get(f"/desk/journal/?subject=tip&id={tip}").content.decode()
        assert page.index("tip.checking") < page.index("tip.received")
        assert "Bình" in page

    @pytest.mark.parametrize(
        ("query", "count"),
        [("since=2999-01-01", 0), ("until=1999-01-01", 0), ("id=1234567", 0), ("subject=x", 0)],
    )
    def test_filters_leave_events_out(self, binh: Client, query: str, count: int) -> None:
        sent()
        assert binh.get(f"/desk/journal/?{query}").context["page"].paginator.count == count

    @pytest.mark.parametrize(
        "query",
        ["since=9999-99-99", "until=9999-12-31", "id=99999999999999999999", "id=²", "subject=%00"],
    )
    def test_no_address_breaks_it(self, binh: Client, query: str) -> None:
        sent()
        assert binh.get(f"/desk/journal/?{query}").status_code == 200

    def test_it_is_downloaded_whole_and_in_order(self, binh: Client) -> None:
        for number in range(60):
            sent(f"Cầu số {number} ở Sông Xanh đã sập trong đêm qua, nhiều xe rơi xuống sông.")
        answer: Any = binh.get("/desk/journal/export/?subject=tip")
        written = b"".join(answer.streaming_content).decode()
        rows = list(csv.DictReader(io.StringIO(written)))
        assert len(rows) == 60
        assert [int(row["seq"]) for row in rows] == sorted(int(row["seq"]) for row in rows)
        assert {row["verb"] for row in rows} == {"tip.received"}
