"""The practice page: what it is made of, the reason after each choice, a score without a cookie."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from factories import declare

from soi.answer import practice
from soi.answer.errors import QuestionGone
from soi.answer.practice import Question
from soi.core.formats import HoldingKind, ScamKind
from soi.core.lookalike import LookalikeReason, NameKind
from soi.register import lifecycle
from soi.register.queries import all_holdings_of
from soi.watch.actions import confirm, dismiss, undo
from soi.watch.noting import note_names, report
from soi.watch.queries import lookalikes
from soi.watch.types import Name, State
from tests.members import NAMES

pytestmark = pytest.mark.django_db

BANK = "hoamaibank"
SITES = ("hoamaibank-login.top", "hoarnaibank.com", "hoamaibank.xyz", "hoamai-bank.net")
TODAY = dt.date(2026, 12, 1)


@pytest.fixture(autouse=True)
def desk(time_machine: Any) -> Any:
    time_machine.move_to(dt.datetime(2026, 12, 1, 3, tzinfo=dt.UTC), tick=False)
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")
    return time_machine


def noted(*names: str, kind: NameKind = NameKind.HOST, platform: str = "") -> list[int]:
    note_names([Name(kind, each, platform) for each in names], source="tip:1", by="worker")
    keys = {row.key: row.id for row in lookalikes(states=tuple(State))[:100]}
    return [keys[each] for each in names]


def confirmed(*names: str, state: State = State.LOOKALIKE, **given: Any) -> list[int]:
    numbers = noted(*names, **given)
    confirm(numbers, state=state, reason="Nhái tên", by="person:1")
    return numbers


def asked(number: int = 1) -> Question:
    found = practice.question(number, on=TODAY)
    assert found is not None
    return found


def shown(**given: Any) -> str:
    answer = Client().get("/en/practice/", given)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def place_of(question: Question, *, is_official: bool) -> int:
    return next(
        place
        for place, each in enumerate(question.choices, start=1)
        if each.is_official is is_official
    )


class TestWhatItIsMadeOf:
    def test_one_real_name_among_confirmed_imitations(self) -> None:
        confirmed(*SITES)
        found = asked()
        assert len(found.choices) == practice.CHOICES
        assert [each.text for each in found.choices if each.is_official] == ["hoamaibank.example"]
        assert {each.text for each in found.choices if not each.is_official} < set(SITES)
        assert practice.question_count() == len(SITES)
        assert practice.question(len(SITES) + 1, on=TODAY) is None

    def test_two_names_are_a_question(self) -> None:
        confirmed(SITES[0])
        assert len(asked().choices) == 2

    def test_accounts_stand_beside_accounts_of_the_same_platform(self) -> None:
        confirmed(SITES[0])
        confirmed("hoamaibank.hotro", kind=NameKind.HANDLE, platform="facebook")
        for number in (1, 2):
            kinds = {each.text.startswith("@") for each in asked(number).choices}
            assert len(kinds) == 1
        confirmed("hoamaibank.cskh", kind=NameKind.HANDLE, platform="tiktok")
        assert practice.question_count() == 2

    def test_nothing_that_nobody_has_confirmed(self) -> None:
        first, second = noted(*SITES[:2])
        assert practice.question_count() == 0
        dismiss([first], reason="Trang của người hâm mộ", by="person:1")
        confirm([second], state=State.SCAM, reason="Lừa đảo", by="person:1")
        assert practice.question_count() == 1
        undo(second, by="person:1")
        assert practice.question_count() == 0

    def test_nothing_that_only_a_list_calls_a_scam(self) -> None:
        from factories import list_scam

        list_scam(ScamKind.HOST, SITES[0])
        assert practice.question_count() == 0

    def test_no_mailbox_and_nothing_that_the_engine_sees_no_imitation_in(self) -> None:
        confirmed("chi.tu@hoamaibank-login.top", kind=NameKind.EMAIL)
        number = report(
            Name(NameKind.HANDLE, "nguyenthitu", "facebook"),
            organisation=BANK,
            source="t",
            by="test",
        )
        confirm([number], state=State.LOOKALIKE, reason="Giả nhân viên", by="person:1")
        assert practice.question_count() == 0

    def test_nobody_of_the_desk_and_no_source_is_named(self) -> None:
        confirmed(*SITES)
        question = asked()
        page = shown(q=question.token, choice=1, n=1)
        assert "tip:1" not in page
        assert "Nhái tên" not in page
        assert not [name for name in NAMES.values() if f">{name}<" in page]

    def test_what_has_run_out_is_asked_no_more(self, desk: Any) -> None:
        confirmed(SITES[0])
        desk.move_to(timezone.now() + dt.timedelta(days=400), tick=False)
        assert practice.question_count() == 0

    def test_only_what_is_in_use_and_theirs_today_is_the_real_one(self) -> None:
        confirmed(SITES[0])
        (site,) = (row for row in all_holdings_of(BANK) if row.kind is HoldingKind.DOMAIN)
        lifecycle.report_compromised(BANK, site.id, since=TODAY, by="person:1")
        assert practice.question_count() == 0
        lifecycle.recover(BANK, site.id, day=TODAY, by="person:1")
        assert practice.question_count() == 1
        lifecycle.retire(BANK, site.id, day=TODAY - dt.timedelta(days=1), by="person:1")
        assert practice.question_count() == 0

    def test_a_name_that_somebody_has_registered_since_is_no_imitation(self) -> None:
        confirmed(SITES[0])
        declare(HoldingKind.DOMAIN, SITES[0])
        assert practice.question_count() == 0

    def test_the_same_day_gives_the_same_questions(self) -> None:
        confirmed(*SITES)
        assert asked(2) == asked(2)
        assert {tuple(c.text for c in asked(n).choices) for n in (1, 2, 3, 4)}
        asked_for = [{c.text for c in asked(n).choices if not c.is_official} for n in (1, 2, 3, 4)]
        assert set().union(*asked_for) == set(SITES)


class TestAnswering:
    def test_a_right_choice_counts_and_every_name_has_its_reason(self) -> None:
        confirmed(SITES[0], state=State.SCAM)
        confirmed(*SITES[1:])
        question = asked()
        page = shown(q=question.token, choice=place_of(question, is_official=True), n=1)
        assert "Right: that one is really theirs" in page
        assert "1 of 1 right" in page
        assert "Why" in page
        for each in question.choices:
            if each.lookalike:
                assert each.span is not None
                assert f"<mark>{each.text[each.span.start : each.span.end]}</mark>" in page
        (following,) = re.findall(r'href="(/en/practice/\?n=2[^"]*)"', page)
        assert parse_qs(urlsplit(following).query) == {"n": ["2"], "right": ["1"]}
        assert "Question 2 of 4" in html.unescape(Client().get(following).content.decode())

    def test_a_wrong_choice_is_told_and_does_not_count(self) -> None:
        confirmed(*SITES)
        question = asked()
        page = shown(q=question.token, choice=place_of(question, is_official=False), n=1)
        assert "No: that one is an imitation" in page
        assert "0 of 1 right" in page
        assert "It stands in the register as Hoa Mai Bank's own." in page

    def test_an_ending_that_the_real_one_has_too_is_no_difference(self) -> None:
        confirmed("hoamaibank.xyz", "h0amaibank.example")
        by_name = {each.text: each for each in asked().choices}
        assert by_name["hoamaibank.xyz"].reasons == (LookalikeReason.OTHER_SUFFIX,)
        assert LookalikeReason.CONFUSABLE_LETTERS in by_name["h0amaibank.example"].reasons
        assert LookalikeReason.OTHER_SUFFIX not in by_name["h0amaibank.example"].reasons

    def test_in_vietnamese_too(self) -> None:
        confirmed(*SITES)
        page = Client().get("/practice/").content.decode()
        assert "Ngân hàng Hoa Mai" in page
        assert 'lang="vi"' in page

    @pytest.mark.parametrize("choice", ["", "0", "9", "x", "-1", "99999999"])
    def test_no_choice_asks_the_same_again(self, choice: str) -> None:
        confirmed(*SITES)
        question = asked()
        page = shown(q=question.token, choice=choice, n=1)
        assert "Nothing was chosen" in page
        assert question.token in page

    def test_names_of_scams_are_never_links(self) -> None:
        confirmed(*SITES)
        question = asked()
        for page in (shown(), shown(q=question.token, choice=1, n=1)):
            led_to = re.findall(r'href="([^"]*)"', page)
            own = re.compile(r"(/en)?/organisations/hoamaibank/$")
            assert not [each for each in led_to if "hoa" in each and not own.match(each)]

    def test_the_last_question_ends_it(self) -> None:
        confirmed(SITES[0])
        assert "That was the last one for today." in shown(q=asked().token, choice=1, n=1)
        assert "That was the last one for today." in shown(n=2, right=1)
        assert "1 of 1 right" in shown(n=2, right=1)

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"n": "3", "right": "99"}, "2 of 2 right"),
            ({"n": "3", "right": "-1"}, "0 of 2 right"),
            ({"n": "0", "right": "1"}, "Question 1 of 4"),
            ({"n": "x" * 5000}, "Question 1 of 4"),
            ({"n": "99999", "right": "9" * 300}, "Question 1 of 4"),
        ],
    )
    def test_a_score_that_somebody_made_up_is_bounded(
        self, given: dict[str, str], said: str
    ) -> None:
        confirmed(*SITES)
        assert said in shown(**given)


class TestHostileQuestions:
    def forged(self, *ids: object, salt: str = "soi.practice") -> str:
        return signing.dumps(list(ids), salt=salt)

    def test_what_this_desk_did_not_ask_is_no_question(self) -> None:
        numbers = confirmed(*SITES)
        holding = asked().official.id
        good = asked().token
        for token in (
            "",
            "x" * 100_000,
            good[:-1] + ("A" if good[-1] != "A" else "B"),
            self.forged(holding, *numbers, salt="soi.emergency"),
        ):
            with pytest.raises(QuestionGone):
                practice.question_again(token)
            assert "practice_question_gone" in shown(q=token, choice=1)

    def test_a_question_counts_only_while_it_is_true(self) -> None:
        numbers = confirmed(*SITES)
        question = asked()
        assert practice.question_again(question.token) == question
        undo(*numbers, by="person:1")
        with pytest.raises(QuestionGone):
            practice.question_again(question.token)

    def test_nobody_can_have_a_name_shown_that_is_not_confirmed(self) -> None:
        confirmed(SITES[0])
        (waiting,) = noted(SITES[1])
        token = self.forged(asked().official.id, 0, waiting)  # even signed by the desk itself
        with pytest.raises(QuestionGone):
            practice.question_again(token)

    def test_another_organisations_holding_is_not_shown_as_the_real_one(self) -> None:
        numbers = confirmed(SITES[0])
        other = {"organisation": "thuvien", "name": "Thư viện", "name_en": ""}
        declare(HoldingKind.DOMAIN, "thuvien.example", **other)
        (theirs,) = all_holdings_of("thuvien")
        with pytest.raises(QuestionGone):
            practice.question_again(self.forged(theirs.id, 0, *numbers))


class TestThePage:
    def test_with_too_little_it_says_so(self) -> None:
        page = shown()
        assert "There is nothing to practise on yet" in page
        assert "/en/organisations/" in page

    def test_it_sets_no_cookie_and_works_without_scripts(self, client: Client) -> None:
        confirmed(*SITES)
        page = client.get("/en/practice/")
        assert not client.cookies
        assert 'method="get"' in page.content.decode()
        assert client.post("/en/practice/").status_code == 405

    def test_it_asks_little(self, django_assert_max_num_queries: Any) -> None:
        confirmed(*SITES)
        token = asked().token
        for given in ({}, {"q": token, "choice": 1, "n": 1}):
            with django_assert_max_num_queries(10):
                shown(**given)
