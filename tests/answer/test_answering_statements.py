"""Has it been checked: what the judge's word becomes in an answer.

How well the judge judges is measured in `evaluation`. Here its word is given, so that these tests
say what the answer makes of it; the clear cases at the end go the whole way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from checks import check_record
from factories import store_check

from soi.answer import statements
from soi.answer.answering import answer, is_warning
from soi.answer.types import StatementFinding, StatementState
from soi.answer.wording import state_word, verdict_word
from soi.claims.actions import allow_publisher, remove_demo_checks, store_checks
from soi.core.formats import Verdict
from soi.core.matching import Candidate, Look, Match, Reason, ReasonCode, Relation
from soi.core.text import Language
from soi.index import actions as index

pytestmark = pytest.mark.django_db

CLAIM = "Uống nước lá ổi mỗi sáng chữa khỏi bệnh tiểu đường."
OTHER = "Cầu Bến Sậy đóng từ thứ Hai để sửa mặt đường."

Word = Callable[[str, Candidate], tuple[Relation, float]]
Say = Callable[[Word], list[str]]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """Put words into the judge's mouth; gives the texts that it is asked about."""

    def become(word: Word) -> list[str]:
        asked: list[str] = []

        def judge(
            statement: str,
            language: Language,
            candidates: Sequence[Candidate],
            *,
            look: Look | None,
        ) -> tuple[Match, ...]:
            asked.append(statement)
            said = [(each, *word(statement, each)) for each in candidates]
            reasons = (Reason(ReasonCode.WORDS_AGREE),)
            matches = [Match(each, p, relation, reasons, p) for each, relation, p in said]
            return tuple(sorted(matches, key=lambda match: -match.score))

        monkeypatch.setattr(statements, "judge", judge)
        return asked

    return become


def statements_in(message: str) -> list[StatementFinding]:
    return [each for each in answer(message).findings if isinstance(each, StatementFinding)]


@pytest.mark.parametrize(
    ("relation", "state"),
    [
        (Relation.SAME, StatementState.CHECKED),
        (Relation.OPPOSITE, StatementState.OPPOSITE),
        (Relation.DENIAL, StatementState.DENIAL),
        (Relation.OTHER_NUMBER, StatementState.NEAR),
        (Relation.OTHER_NAME, StatementState.NEAR),
        (Relation.NEAR, StatementState.NEAR),
        (Relation.NONE, StatementState.NOT_CHECKED),
    ],
)
def test_each_relation_has_its_state(say: Say, relation: Relation, state: StatementState) -> None:
    store_check(CLAIM)
    say(lambda statement, candidate: (relation, 0.99))

    [found] = statements_in(CLAIM)

    assert found.state is state
    assert (found.check is None) == (state is StatementState.NOT_CHECKED)


@pytest.mark.parametrize("relation", set(Relation) - {Relation.SAME})
def test_only_the_same_claim_carries_the_verdict(say: Say, relation: Relation) -> None:
    store_check(CLAIM, Verdict.FALSE)
    say(lambda statement, candidate: (relation, 0.99))

    [found] = statements_in(CLAIM)

    assert state_word(found) != verdict_word(Verdict.FALSE)


def test_the_best_match_that_says_anything_is_shown(say: Say) -> None:
    store_check(CLAIM)
    store_check(OTHER)
    say(lambda _, each: (Relation.NONE, 0.9) if each.claim == CLAIM else (Relation.NEAR, 0.4))

    [found] = statements_in("Nước lá ổi và cầu Bến Sậy được nói tới trong một câu.")

    assert found.check
    assert found.check.claim == OTHER


def test_a_check_is_shown_once_at_the_statement_that_matches_it_best(say: Say) -> None:
    store_check(CLAIM)
    say(lambda text, _: (Relation.SAME, 0.97 if "tốt nhất" in text else 0.95))

    found = statements_in(
        "Uống nước lá ổi chữa tiểu đường.\nLá ổi trị bệnh tốt nhất.\nLá ổi chữa bệnh nhé."
    )

    assert [each.statement.text for each in found] == ["Lá ổi trị bệnh tốt nhất."]


def test_a_statement_that_is_about_a_check_goes_before_one_that_is_near(say: Say) -> None:
    store_check(CLAIM)
    say(lambda text, _: (Relation.OPPOSITE, 0.1) if "không" in text else (Relation.NEAR, 0.9))

    [found] = statements_in("Lá ổi có chữa được không thì chưa rõ.\nLá ổi chữa tiểu đường.")

    assert found.state is StatementState.OPPOSITE


def test_a_message_is_looked_up_whole_where_no_sentence_is_a_checked_claim(say: Say) -> None:
    store_check(CLAIM)
    message = "Nhà tôi có cây ổi.\nLá của nó nấu nước.\nUống vào là hết tiểu đường."
    asked = say(lambda text, _: (Relation.SAME, 0.9) if text == message else (Relation.NONE, 0))

    found = statements_in(message)

    assert asked == [*message.split("\n"), message]
    assert [each.state for each in found].count(StatementState.CHECKED) == 1
    checked = next(each for each in found if each.state is StatementState.CHECKED)
    assert checked.statement.text == message


def test_a_message_is_not_looked_up_whole_where_a_sentence_is_enough(say: Say) -> None:
    store_check(CLAIM)
    message = "Lá ổi chữa tiểu đường.\nCả nhà chuyển tin này đi nhé."
    asked = say(lambda text, _: (Relation.SAME, 0.9) if "ổi" in text else (Relation.NONE, 0))

    statements_in(message)

    assert asked == message.split("\n")


def test_the_whole_message_is_never_shown_as_only_near(say: Say) -> None:
    store_check(CLAIM)
    message = "Nhà tôi có cây ổi.\nLá của nó nấu nước."
    say(lambda text, _: (Relation.NEAR, 0.9) if text == message else (Relation.NONE, 0))

    assert {each.state for each in statements_in(message)} == {StatementState.NOT_CHECKED}


@pytest.mark.parametrize(
    ("verdict", "relation", "warns"),
    [
        (Verdict.FALSE, Relation.SAME, True),
        (Verdict.MISSING_CONTEXT, Relation.SAME, True),
        (Verdict.TRUE, Relation.SAME, False),
        (Verdict.UNPROVEN, Relation.SAME, False),
        (None, Relation.SAME, False),
        (Verdict.TRUE, Relation.OPPOSITE, True),
        (Verdict.FALSE, Relation.NEAR, False),
        (Verdict.FALSE, Relation.DENIAL, False),
        (Verdict.FALSE, Relation.NONE, False),
    ],
)
def test_what_warns(say: Say, verdict: Verdict | None, relation: Relation, warns: bool) -> None:
    store_check(CLAIM, verdict)
    say(lambda statement, candidate: (relation, 0.99))

    [found] = statements_in(CLAIM)

    assert is_warning(found) == warns


def test_the_gravest_comes_first_and_equals_keep_their_order(say: Say) -> None:
    store_check(CLAIM, Verdict.FALSE)
    store_check(OTHER, Verdict.TRUE)

    def word(text: str, each: Candidate) -> tuple[Relation, float]:
        same = ("ổi" in text and each.claim == CLAIM) or ("cầu" in text and each.claim == OTHER)
        return (Relation.SAME, 0.99) if same else (Relation.NONE, 0.0)

    say(word)
    found = statements_in(
        "Chợ phiên mở lại tuần này.\nĐóng cầu Bến Sậy từ thứ Hai.\nUống nước lá ổi chữa bệnh.\n"
        "Thư viện mở tới mười giờ."
    )

    assert [each.check.claim if each.check else each.statement.text for each in found] == [
        CLAIM,
        OTHER,
        "Chợ phiên mở lại tuần này.",
        "Thư viện mở tới mười giờ.",
    ]


def test_a_removed_check_is_shown_no_more() -> None:
    store_check(CLAIM, is_demo=True)
    assert statements_in(CLAIM)[0].check

    remove_demo_checks(by="test")

    assert [each.state for each in statements_in(CLAIM)] == [StatementState.NOT_CHECKED]


@pytest.mark.parametrize(
    "message",
    [
        CLAIM,
        "Uong nuoc la oi moi sang chua khoi benh tieu duong.",
        "UỐNG NƯỚC LÁ ỔI MỖI SÁNG CHỮA KHỎI BỆNH TIỂU ĐƯỜNG!!!",
    ],
)
def test_a_claim_is_found_however_it_is_typed(message: str) -> None:
    store_check(CLAIM)

    [found] = statements_in(message)

    assert found.state is StatementState.CHECKED
    assert found.check
    assert found.check.claim == CLAIM


@pytest.mark.parametrize(
    "message", [CLAIM, "Nghe nói uống nước lá ổi buổi sáng là hết bệnh tiểu đường"]
)
def test_a_check_is_told_from_others_before_the_worker_has_embedded_it(message: str) -> None:
    record = check_record(key="moi", claim=CLAIM, title="", verdict=Verdict.FALSE)
    allow_publisher(site=record.publisher_site, name=record.publisher_name, by="test")
    store_checks([record], by="test")

    [at_once] = statements_in(message)
    index.follow()
    [later] = statements_in(message)

    assert at_once.state is later.state is StatementState.CHECKED


def test_the_opposite_is_not_the_same() -> None:
    store_check(CLAIM)

    [found] = statements_in("Uống nước lá ổi mỗi sáng không chữa khỏi bệnh tiểu đường.")

    assert found.state is not StatementState.CHECKED


def test_statements_ask_the_database_no_more_often_than_one(
    django_assert_max_num_queries: Any,
) -> None:
    store_check(CLAIM)
    message = "\n".join(f"Câu số {n} nói về chuyện thứ {n} của làng." for n in range(60))
    answer(message)

    with django_assert_max_num_queries(10):
        answer(message)
