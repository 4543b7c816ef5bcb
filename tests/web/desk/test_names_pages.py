"""The desk's pages of names: the queue, campaigns, one name, deciding, undoing, adding, lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from factories import declare

from soi.core.formats import HoldingKind, ScamKind, ScamRecord
from soi.core.lookalike import NameKind
from soi.journal.models import Event
from soi.people.types import Role
from soi.watch import actions
from soi.watch.actions import ListDescription, Schedule, import_scam_list, put_off
from soi.watch.noting import note_names
from soi.watch.queries import lookalike_with_id, lookalikes, sightings_of, waiting_count
from soi.watch.types import LookalikeRow, Name, State
from soi.web.desk import names
from tests.members import member, signed_in

pytestmark = pytest.mark.django_db

QUEUE, DECIDE, UNDO, ADD = (
    "/en/desk/names/",
    "/en/desk/names/decide/",
    "/en/desk/names/undo/",
    "/en/desk/names/add/",
)


@pytest.fixture(autouse=True)
def register() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")


@pytest.fixture
def an() -> Client:
    return signed_in(member(Role.CHECKER))


@pytest.fixture
def binh() -> Client:
    return signed_in(member(Role.EDITOR))


def noted(*hosts: str, source: str = "tip:7") -> list[int]:
    note_names([Name(NameKind.HOST, host) for host in hosts], source=source, by="worker")
    numbers = {row.key: row.id for row in lookalikes(states=tuple(State))[:1000]}
    return [numbers[host] for host in hosts]


def page_of(client: Client, address: str = QUEUE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


class TestTheQueue:
    def test_an_empty_queue_says_so_and_that_no_source_is_read(self, an: Client) -> None:
        page = page_of(an)
        assert "No name waits" in page
        assert "No source has been read yet" in page

    def test_names_that_wait_stand_there_with_whom_they_imitate_and_why(self, an: Client) -> None:
        noted("hoamaibank-login.top")
        page = page_of(an)
        assert "hoamaibank-login.top" in page
        assert "could be taken for Hoa Mai Bank" in page
        assert "the name with other words" in page
        assert "readers are warned" in page

    def test_no_name_is_a_link_that_leads_there(self, an: Client) -> None:
        (ref,) = noted("hoamaibank-login.top")
        for page in (page_of(an), page_of(an, f"{QUEUE}{ref}/?answer=1")):
            assert 'href="https://hoamaibank-login' not in page
            assert 'href="http://hoamaibank-login' not in page

    def test_filters_say_that_they_hide_something(self, an: Client) -> None:
        noted("hoamaibank-login.top")
        assert "others are hidden by the filter" in page_of(an)
        assert "others are hidden by the filter" not in page_of(an, f"{QUEUE}?state=all")
        for query in ("q=login", "organisation=hoamaibank", "clear=1", "campaign=hoamaibanklogin"):
            page = page_of(an, f"{QUEUE}?state=all&{query}")
            assert "others are hidden by the filter" in page
            assert "hoamaibank-login.top" in page

    def test_a_filter_that_finds_nothing_says_what_to_do(self, an: Client) -> None:
        noted("hoamaibank-login.top")
        page = page_of(an, f"{QUEUE}?q=zebra")
        assert "No name found" in page
        assert "take away a filter" in page

    def test_decided_names_are_there_when_asked_for(self, an: Client) -> None:
        first = noted("hoamaibank-login.top", "hoamaibank-otp.top")[0]
        actions.dismiss([first], reason="Vô hại", by="test")
        assert "hoamaibank-login.top" not in page_of(an)
        assert "hoamaibank-login.top" in page_of(an, f"{QUEUE}?state=dismissed")
        assert "hoamaibank-otp.top" not in page_of(an, f"{QUEUE}?state=dismissed")

    def test_a_name_that_was_registered_in_the_meantime_is_marked(self, an: Client) -> None:
        (ref,) = noted("hoamaibank-login.top")
        declare(HoldingKind.DOMAIN, "hoamaibank-login.top")
        assert "Registered by Hoa Mai Bank in the meantime" in page_of(an)
        assert "it is their own and can only be dismissed" in page_of(an, f"{QUEUE}{ref}/")

    @pytest.mark.parametrize(
        "query", ["page=0", "page=%00", "state=x", "q=%00%25_", "done=x,,9", "clear=9", "id=1e9"]
    )
    def test_no_address_breaks_it(self, an: Client, query: str) -> None:
        noted("hoamaibank-login.top")
        page_of(an, f"{QUEUE}?{query}")

    def test_what_a_stranger_named_stays_text(self, an: Client) -> None:
        note_names(
            [Name(NameKind.HANDLE, 'hoamaibank hotro"><script>alert(1)</script>')],
            source='pipe:"><script>alert(2)</script>',
            by="worker",
        )
        (row,) = lookalikes()[:5]
        for page in (page_of(an), page_of(an, f"{QUEUE}{row.id}/")):
            assert "<script>alert" not in page

    def test_it_takes_few_queries(self, an: Client, django_assert_max_num_queries: Any) -> None:
        noted(*(f"hoamaibank-login{number}.top" for number in range(40)))
        an.get(QUEUE)  # the first visit writes the session down
        with django_assert_max_num_queries(15):
            an.get(QUEUE)

    def test_in_vietnamese_too(self, an: Client) -> None:
        noted("hoamaibank-login.top")
        assert "có thể bị nhầm với Ngân hàng Hoa Mai" in page_of(an, "/desk/names/")


class TestCampaigns:
    def test_names_of_one_pattern_are_one_campaign_that_leads_to_them(self, an: Client) -> None:
        noted("hoamaibank-login1.top", "hoamaibank-login2.xyz", "hoamaibank-otp.top")
        page = page_of(an, f"{QUEUE}campaigns/")
        assert page.count('class="q"') == 2
        assert "2 wait" in page
        assert "?organisation=hoamaibank&amp;campaign=hoamaibanklogin" in page
        shown = page_of(an, f"{QUEUE}?organisation=hoamaibank&campaign=hoamaibanklogin")
        assert "hoamaibank-login2.xyz" in shown
        assert "hoamaibank-otp.top" not in shown

    def test_none_says_so(self, an: Client) -> None:
        assert "No campaign has a name that waits" in page_of(an, f"{QUEUE}campaigns/")


class TestOneName:
    def test_it_shows_why_where_and_what_was_decided(self, an: Client) -> None:
        (ref,) = noted("hoamaibank-login.top")
        noted("hoamaibank-login.top", source="live:ct")
        actions.dismiss([ref], reason="Trang của người hâm mộ", by="cli:keeper")
        page = page_of(an, f"{QUEUE}{ref}/")
        assert "words that scams like to add: “login”" in page
        assert '/en/desk/tips/7/">Tip 7</a>' in page
        assert "live:ct" in page
        assert "Trang của người hâm mộ" in page
        assert "cli:keeper" in page

    def test_it_shows_what_a_reader_is_answered(self, an: Client) -> None:
        (ref,) = noted("hoamaibank-login.top")
        page = page_of(an, f"{QUEUE}{ref}/?answer=1")
        assert "What a reader is answered" in page
        assert "imitates Hoa Mai Bank" in page

    def test_an_unknown_number_is_not_found(self, an: Client) -> None:
        answer = an.get(f"{QUEUE}999/")
        assert (answer.status_code, "lookalike_unknown" in answer.content.decode()) == (404, True)


class TestDeciding:
    def test_chosen_names_are_decided_together_and_can_be_undone_from_there(
        self, an: Client
    ) -> None:
        first, second, third = noted("hoamaibank-a.top", "hoamaibank-b.top", "hoamaibank-c.top")
        given = {"id": [first, second], "verdict": "dismissed", "reason": "Hai trang cũ"}
        answer = an.post(DECIDE, given)
        assert answer.status_code == 302
        page = page_of(an, answer["Location"])
        assert "2 names were decided on" in page
        assert lookalike_with_id(third).state is State.WAITING
        assert waiting_count() == 1
        an.post(UNDO, {"id": f"{first},{second}"})
        assert waiting_count() == 3
        verbs = Event.objects.filter(subject="lookalike").order_by("seq")
        assert [event.verb for event in verbs] == [
            *["lookalike.dismissed"] * 2,
            *["lookalike.reopened"] * 2,
        ]
        assert all(event.actor.startswith("person:") for event in verbs)

    def test_all_that_the_filter_shows_are_decided_and_nothing_that_came_later(
        self, an: Client
    ) -> None:
        noted(*(f"hoamaibank-login{number}.top" for number in range(40)), "hoamaibank-otp.top")
        newest = an.get(f"{QUEUE}?campaign=hoamaibanklogin").context["newest"]
        (later,) = noted("hoamaibank-login99.top")
        given = {
            "all": "1",
            "campaign": "hoamaibanklogin",
            "newest": newest,
            "verdict": "lookalike",
            "reason": "Một đợt",
        }
        answer = an.post(DECIDE, given)
        assert "campaign=hoamaibanklogin" in answer["Location"]
        assert {row.key for row in lookalikes()[:50]} == {
            "hoamaibank-login99.top",
            "hoamaibank-otp.top",
        }
        assert lookalike_with_id(later).state is State.WAITING

    def test_only_who_may_publish_calls_a_name_fraud(self, an: Client, binh: Client) -> None:
        (ref,) = noted("hoamaibank-login.top")
        given = {"id": ref, "verdict": "scam", "reason": "Hỏi mã OTP", "days": "30"}
        assert an.post(DECIDE, given).status_code == 403
        assert lookalike_with_id(ref).state is State.WAITING
        assert "An editor can say so." in page_of(an, f"{QUEUE}{ref}/")
        assert binh.post(DECIDE, given).status_code == 302
        row = lookalike_with_id(ref)
        assert row.state is State.SCAM
        assert row.expires_on
        assert (row.expires_on - dt.datetime.now(dt.UTC).date()).days in (29, 30, 31)
        assert an.post(UNDO, {"id": ref}).status_code == 403
        assert binh.post(UNDO, {"id": ref}).status_code == 302

    def test_what_became_fraud_a_moment_ago_is_not_undone_by_who_may_not(
        self, an: Client, binh: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (ref,) = noted("hoamaibank-login.top")
        given = {"id": ref, "reason": "Nhái tên"}
        an.post(DECIDE, {**given, "verdict": "lookalike"})
        read = names.queries.lookalikes_with_ids

        def read_too_early(ids: list[int]) -> list[LookalikeRow]:
            found = read(ids)
            monkeypatch.setattr(names.queries, "lookalikes_with_ids", read)
            binh.post(DECIDE, {**given, "verdict": "scam"})
            return found

        monkeypatch.setattr(names.queries, "lookalikes_with_ids", read_too_early)
        answer = an.post(UNDO, {"id": ref})
        assert (answer.status_code, "lookalike_decided" in answer.content.decode()) == (409, True)
        assert lookalike_with_id(ref).state is State.SCAM

    def test_what_imitates_can_become_fraud_without_undoing(self, an: Client, binh: Client) -> None:
        (ref,) = noted("hoamaibank-login.top")
        given = {"id": ref, "page_of": ref, "reason": "Nhái tên"}
        assert an.post(DECIDE, {**given, "verdict": "lookalike"})["Location"] == f"{QUEUE}{ref}/"
        binh.post(DECIDE, {**given, "verdict": "scam"})
        assert lookalike_with_id(ref).state is State.SCAM
        assert an.post(DECIDE, {**given, "verdict": "dismissed"}).status_code == 409

    def test_without_a_reason_nothing_happens_and_what_was_typed_comes_back(
        self, an: Client
    ) -> None:
        first, second = noted("hoamaibank-a.top", "hoamaibank-b.top")
        answer = an.post(DECIDE, {"id": [first], "verdict": "lookalike", "reason": " - "})
        page = answer.content.decode()
        assert (answer.status_code, "decision_reason_invalid" in page) == (422, True)
        assert f'value="{first}" id="pick-{first}" aria-labelledby="name-{first}" checked' in page
        assert f'value="{second}" id="pick-{second}" aria-labelledby="name-{second}">' in page
        assert 'value="lookalike" required checked' in page
        assert waiting_count() == 2

    def test_nothing_chosen_is_said(self, an: Client) -> None:
        noted("hoamaibank-a.top")
        answer = an.post(DECIDE, {"verdict": "dismissed", "reason": "Vô hại"})
        assert answer.status_code == 422
        assert "nothing_chosen" in answer.content.decode()

    def test_whoever_was_slower_is_told_so(self, an: Client, binh: Client) -> None:
        (ref,) = noted("hoamaibank-a.top")
        given = {"id": ref, "page_of": ref, "verdict": "dismissed", "reason": "Vô hại"}
        assert an.post(DECIDE, given).status_code == 302
        answer = binh.post(DECIDE, {**given, "verdict": "lookalike"})
        assert (answer.status_code, "lookalike_decided" in answer.content.decode()) == (409, True)
        assert lookalike_with_id(ref).state is State.DISMISSED

    def test_what_is_official_now_can_not_be_confirmed(self, an: Client) -> None:
        (ref,) = noted("hoamaibank-a.top")
        declare(HoldingKind.DOMAIN, "hoamaibank-a.top")
        given = {"id": ref, "page_of": ref, "verdict": "lookalike", "reason": "Nhái"}
        answer = an.post(DECIDE, given)
        assert answer.status_code == 409
        assert "lookalike_is_official" in answer.content.decode()

    @pytest.mark.parametrize("ids", ["999", "x", "1,,2", "9" * 30, "-1", ""])
    def test_numbers_that_name_nothing_decide_nothing(self, an: Client, ids: str) -> None:
        noted("hoamaibank-a.top")
        answer = an.post(DECIDE, {"id": ids, "verdict": "dismissed", "reason": "Vô hại"})
        assert answer.status_code in (404, 422)
        assert Event.objects.filter(subject="lookalike").count() == 0

    def test_an_unknown_verdict_decides_nothing(self, an: Client) -> None:
        (ref,) = noted("hoamaibank-a.top")
        assert an.post(DECIDE, {"id": ref, "verdict": "x", "reason": "Vô hại"}).status_code == 422
        assert waiting_count() == 1


class TestAdding:
    def test_a_name_in_which_the_machine_sees_nothing_comes_before_the_desk(
        self, an: Client
    ) -> None:
        given = {"name": "https://nhan-qua.example/x", "organisation": "hoamaibank"}
        answer = an.post(ADD, given)
        assert answer.status_code == 302
        page = page_of(an, answer["Location"])
        assert "nhan-qua.example" in page
        assert "Put here by a person" in page
        (row,) = lookalikes()[:5]
        assert (row.probability, row.imitation, row.is_clear) == (None, None, True)

    def test_one_in_which_it_does_has_its_reasons(self, an: Client) -> None:
        answer = an.post(ADD, {"name": "hoamaibank-login.top", "organisation": "hoamaibank"})
        assert "the name with other words" in page_of(an, answer["Location"])

    def test_an_account_has_its_platform(self, an: Client) -> None:
        given = {"name": "@chi.lan.hotro", "platform": "zalo", "organisation": "hoamaibank"}
        page = page_of(an, an.post(ADD, given)["Location"])
        assert "chi.lan.hotro" in page
        assert "Zalo" in page

    def test_a_name_that_is_there_already_is_seen_once_more(self, an: Client) -> None:
        (ref,) = noted("hoamaibank-login.top")
        given = {"name": "www.hoamaibank-login.top", "organisation": "hoamaibank", "source": "Zalo"}
        assert an.post(ADD, given)["Location"] == f"{QUEUE}{ref}/"
        assert [each.source for each in sightings_of(ref)[:5]] == ["person:Zalo", "tip:7"]

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"name": "…", "organisation": "hoamaibank"}, "name_invalid"),
            ({"name": "", "organisation": "hoamaibank"}, "name_invalid"),
            ({"name": "a.example", "organisation": "khong-co"}, "organisation_unknown"),
            ({"name": "a.example"}, "organisation_unknown"),
            (
                {"name": "login.hoamaibank.example", "organisation": "hoamaibank"},
                "lookalike_is_official",
            ),
        ],
    )
    def test_what_can_not_be_put_there_comes_back_with_what_was_typed(
        self, an: Client, given: dict[str, str], code: str
    ) -> None:
        page = an.post(ADD, given).content.decode()
        assert code in page
        assert f'value="{given["name"]}"' in page
        assert waiting_count() == 0


class TestLists:
    def test_lists_stand_there_with_what_went_wrong_and_where_they_err(self, an: Client) -> None:
        about = ListDescription(
            "Danh sách", "CC0", dt.date(2026, 11, 1), schedule=Schedule("/srv/list.txt", 24)
        )
        records = [
            ScamRecord(ScamKind.HOST, "login.hoamaibank.example", None),
            ScamRecord(ScamKind.HOST, "qua-tang.example", None),
        ]
        import_scam_list(about, records, by="an")
        put_off("Danh sách", failure="file_unreadable")
        page = page_of(an, f"{QUEUE}lists/")
        assert "read again every 24 hours" in page
        assert "file_unreadable" in page
        assert "1 row, at the last import" in page
        assert "login.hoamaibank.example" in page

    def test_none_says_so(self, an: Client) -> None:
        assert "No list is here" in page_of(an, f"{QUEUE}lists/")
