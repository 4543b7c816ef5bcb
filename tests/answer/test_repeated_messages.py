"""A message that comes again is answered as if it were new, at a fraction of the cost.

What is remembered is what was found, under a name that says nothing of the text.
"""

from __future__ import annotations

import gc
import os
import random
import time
import unicodedata
from collections.abc import Collection, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from checks import check_record
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import BY, store_check

from soi.answer import repeats, statements
from soi.answer.answering import answer
from soi.answer.repeats import Repeats
from soi.answer.types import Finding, StatementFinding, StatementState
from soi.claims.actions import remove_demo_checks, store_checks
from soi.claims.queries import CheckRow, checks_by_id
from soi.core.formats import Verdict
from soi.index import actions as index

CLAIM = "Uống nước lá ổi mỗi sáng chữa khỏi bệnh tiểu đường sau 7 ngày ở Sông Xanh."
OTHER = "Cầu Bến Sậy đóng từ thứ Hai 01/12 để sửa mặt đường."
BOTH = f"{OTHER}\nNghe nói chợ Mới Hai sắp dời sang bên kia sông."


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    statements.forget()
    yield
    statements.forget()


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the judge has been asked about."""
    asked: list[str] = []
    judge = statements.judge

    def listening(statement: str, *others: Any, **more: Any) -> Any:
        asked.append(statement)
        return judge(statement, *others, **more)

    monkeypatch.setattr(statements, "judge", listening)
    return asked


def as_new(message: str) -> tuple[Finding, ...]:
    """The answer of a process that has never seen the message."""
    statements.forget()
    return answer(message).findings


def the_statement(message: str) -> StatementFinding:
    [found] = answer(message).findings
    assert isinstance(found, StatementFinding)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("message", [CLAIM, BOTH, f"{CLAIM}\n{OTHER}", CLAIM.upper()])
def test_the_same_message_gets_the_same_answer_and_is_judged_once(
    judged: list[str], message: str
) -> None:
    store_check(CLAIM)

    first = answer(message).findings
    asked = len(judged)

    assert answer(message).findings == first
    assert len(judged) == asked > 0


WRAPPED = [
    f"Fwd: {CLAIM}",
    f"FW: Fwd: {CLAIM}",
    f"Tin chuyển tiếp: {CLAIM}",
    f"Chào cả nhà, {CLAIM}",
    f"Mọi người ơi!! {CLAIM}",
    f"🙏🙏 {CLAIM} 🙏",
    CLAIM.replace("mỗi sáng", "🌿 mỗi   sáng 🌿"),
    CLAIM.replace("nước", "n\u200bước"),
    unicodedata.normalize("NFD", CLAIM),
    CLAIM.replace(" ", "\u00a0 "),
]


@pytest.mark.django_db
@pytest.mark.parametrize("message", WRAPPED)
def test_what_forwarding_wraps_around_a_statement_costs_nothing(
    judged: list[str], message: str
) -> None:
    store_check(CLAIM)
    plain = the_statement(CLAIM)
    judged.clear()

    found = the_statement(message)

    assert judged == []
    assert (found.state, found.check, found.probability) == (
        plain.state,
        plain.check,
        plain.probability,
    )
    assert [reason.code for reason in found.reasons] == [reason.code for reason in plain.reasons]
    assert message[found.statement.span.start : found.statement.span.end] == found.statement.text
    assert (found,) == as_new(message)
    for reason in found.reasons:
        if span := reason.statement_span:
            assert reason.statement_quote == found.statement.text[span.start : span.end]


@pytest.mark.django_db
def test_a_greeting_on_its_line_costs_nothing_in_a_long_forward_either(judged: list[str]) -> None:
    answer(BOTH)
    judged.clear()

    answer(f"Chào cả nhà!\nFwd: {BOTH}")

    assert judged == []


@pytest.mark.django_db
def test_a_new_greeting_before_a_long_forward_costs_only_the_greeting(judged: list[str]) -> None:
    store_check(CLAIM)
    answer(f"Gửi các bạn cùng lớp xem.\n{CLAIM}\n{OTHER}")
    judged.clear()

    answer(f"Bà con trong xóm đọc nhé.\n{CLAIM}\n{OTHER}")

    assert judged == ["Bà con trong xóm đọc nhé."]


CHANGED = [
    ("7 ngày", "17 ngày"),
    ("7 ngày", "7. ngày"),
    ("chữa khỏi", "không chữa khỏi"),
    ("chữa khỏi", "chưa khỏi"),
    ("ở Sông Xanh", "ở Sông Hồng"),
    ("Sông Xanh", "sông xanh"),
    ("lá ổi", "la oi"),
    ("sáng", "sáng 01/12"),
    ("sáng", "sáng 02/12"),
    ("7 ngày", "7●● ngày"),
    ("sáng", "sáng ❌"),
    ("sáng", "sáng 👎"),
    ("sáng", "sáng 📈"),
    ("sáng", "sáng 🇻🇳"),
    ("sáng", "sáng 5️⃣"),
    ("khỏi bệnh tiểu đường", "khỏi bệnh tiểu đường?"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("was", "becomes"), CHANGED)
def test_what_may_change_the_meaning_is_judged_anew(
    judged: list[str], was: str, becomes: str
) -> None:
    store_check(CLAIM)
    answer(CLAIM)
    judged.clear()
    changed = CLAIM.replace(was, becomes)

    found = answer(changed).findings

    assert judged
    assert found == as_new(changed)


@pytest.mark.django_db
def test_words_of_address_that_are_names_are_kept(judged: list[str]) -> None:
    answer("Cả Anh, Pháp và Đức đóng cửa biên giới từ mai.")
    answer("Pháp và Đức đóng cửa biên giới từ mai.")

    assert len(set(judged)) == 2


@pytest.mark.django_db
def test_a_new_check_is_found_by_a_message_that_was_asked_before() -> None:
    store_check(OTHER)
    assert the_statement(CLAIM).state is not StatementState.CHECKED

    store_check(CLAIM)

    assert the_statement(CLAIM).state is StatementState.CHECKED


@pytest.mark.django_db
def test_a_new_check_is_found_by_words_before_it_has_its_vector() -> None:
    store_check(OTHER)
    answer(CLAIM)

    store_checks([check_record(1, claim=CLAIM, title="")], by=BY)

    for _ in range(3):
        found = the_statement(CLAIM)
        assert found.check
        assert found.check.claim == CLAIM
    index.follow()
    assert answer(CLAIM).findings == as_new(CLAIM)


@pytest.mark.django_db
def test_a_corrected_check_shows_its_new_verdict_and_claim() -> None:
    store_check(CLAIM, Verdict.FALSE)
    answer(CLAIM)

    store_check(CLAIM, Verdict.MISSING_CONTEXT)
    found = the_statement(CLAIM)

    assert found.check
    assert found.check.verdict is Verdict.MISSING_CONTEXT
    assert (found,) == as_new(CLAIM)


@pytest.mark.django_db
def test_a_check_whose_claim_was_rewritten_is_judged_anew() -> None:
    store_check(CLAIM, key="one")
    assert the_statement(CLAIM).state is StatementState.CHECKED

    store_check(CLAIM.replace("chữa khỏi", "không chữa khỏi"), key="one")

    assert answer(CLAIM).findings == as_new(CLAIM)


@pytest.mark.django_db
def test_a_withdrawn_check_is_not_shown_again() -> None:
    store_check(CLAIM, is_demo=True)
    assert the_statement(CLAIM).check

    remove_demo_checks(by=BY)

    assert the_statement(CLAIM).check is None


@pytest.mark.django_db
def test_a_rebuilt_index_is_asked_anew_though_it_holds_as_much(judged: list[str]) -> None:
    store_check(CLAIM)
    answer(CLAIM)
    judged.clear()

    index.rebuild()
    assert judged == []
    answer(CLAIM)

    assert judged == [CLAIM]


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["claim", "title", "summary", "language"])
def test_a_check_that_changes_while_a_message_is_answered_is_judged_anew(
    judged: list[str], monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """What is remembered is compared with the very words that the card will show."""
    store_check(CLAIM)
    answer(CLAIM)
    judged.clear()

    def changed(ids: Collection[int]) -> dict[int, CheckRow]:
        return {id_: replace(row, **{word: "vv"}) for id_, row in checks_by_id(ids).items()}

    monkeypatch.setattr(statements, "checks_by_id", changed)
    answer(CLAIM)

    assert judged == [CLAIM]


@pytest.mark.django_db
def test_what_was_found_while_checks_changed_is_not_remembered(
    judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store_check(OTHER)
    candidates = statements.candidates

    def late(*asked: Any) -> Any:
        found = candidates(*asked)
        store_check(CLAIM)
        return found

    monkeypatch.setattr(statements, "candidates", late)
    answer(CLAIM)
    monkeypatch.setattr(statements, "candidates", candidates)

    assert the_statement(CLAIM).state is StatementState.CHECKED


@pytest.mark.django_db
def test_an_index_that_lags_behind_is_asked_every_time(
    judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store_check(CLAIM)
    monkeypatch.setattr(statements, "state", lambda: None)

    answer(CLAIM)
    answer(CLAIM)

    assert judged == [CLAIM, CLAIM]
    assert len(statements._remembered) == 0


@pytest.mark.django_db
def test_no_file_and_no_row_is_written_for_a_message(tmp_path: Path) -> None:
    store_check(CLAIM)
    before = files_below(tmp_path)

    with CaptureQueriesContext(connection) as asked:
        answer(BOTH)
        answer(BOTH)

    assert len(statements._remembered) > 1
    assert files_below(tmp_path) == before
    assert {query["sql"].split(maxsplit=1)[0] for query in asked} == {"SELECT"}


def files_below(folder: Path) -> dict[Path, tuple[int, int]]:
    """By path, size and time of each file; the index lies below a test's folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert paths
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in paths}


@pytest.mark.django_db
def test_nothing_of_the_message_is_kept() -> None:
    store_check(CLAIM)
    strange = "zaqxswcde"
    message = f"{CLAIM[:-1]} theo lời {strange}.\n{OTHER} {strange}"

    answer(message)

    assert len(statements._remembered) > 1
    kept = list(texts_within(statements._remembered._era.kept))
    own = {word.strip(".") for word in (CLAIM.split() + OTHER.split())}
    assert not [text for text in kept if strange in text]
    # What a check says is public, and may stand in a reason.
    assert not [text for text in kept if text not in CLAIM and own & set(text.split())]


def texts_within(thing: object) -> Iterator[str]:
    """Every text that can be reached from a value, bytes read as text."""
    seen: set[int] = set()
    waiting = [thing]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type):
            continue
        seen.add(id(each))
        if isinstance(each, str | bytes):
            yield each if isinstance(each, str) else each.decode("utf-8", "replace")
        waiting += gc.get_referents(each)
        waiting += [getattr(each, name) for name in getattr(type(each), "__slots__", ())]


def test_the_same_text_has_another_name_in_another_process_or_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, process = [1000.0], [os.getpid()]
    monkeypatch.setattr(repeats.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(repeats.os, "getpid", lambda: process[0])
    memory: Repeats[int] = Repeats(seconds=600)
    names: list[bytes] = []

    def ask() -> int | None:
        found = memory.recall(CLAIM, "one")
        memory.keep(CLAIM, "one", 7)
        names.extend(memory._era.kept)
        return found

    assert [ask(), ask()] == [None, 7]
    now[0] += 601
    assert ask() is None
    process[0] += 1
    assert ask() is None
    assert len(set(names)) == 3
    assert all(len(name) == 32 for name in names)


def test_what_was_found_in_one_state_is_not_told_in_another() -> None:
    memory: Repeats[int] = Repeats()
    assert memory.recall(CLAIM, "one") is None
    memory.keep(CLAIM, "one", 1)

    assert memory.recall(CLAIM, "two") is None
    memory.keep(CLAIM, "one", 1)  # found before the change, told after it

    assert memory.recall(CLAIM, "two") is None
    assert memory.recall(CLAIM, "one") is None


def test_a_million_different_messages_do_not_make_the_memory_grow() -> None:
    memory: Repeats[int] = Repeats(most=500)
    memory.recall("", "state")
    most = 0
    for number in range(1_000_000):
        memory.keep(str(number), "state", number)
        most = max(most, len(memory))

    assert most == 500
    assert memory.recall("999999", "state") == 999_999


def test_threads_get_what_belongs_to_their_text_and_state() -> None:
    memory: Repeats[tuple[str, Hashable]] = Repeats(most=50)

    def ask(seed: int) -> int:
        drawn, told = random.Random(seed), 0  # noqa: S311  # no secret
        until = time.monotonic() + 0.2
        while time.monotonic() < until:
            text, state = str(drawn.randrange(20)), drawn.choices("ab", (500, 1))[0]
            value = memory.recall(text, state)
            assert value in (None, (text, state))
            told += value is not None
            memory.keep(text, state, (text, state))
        return told

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) > 0
    assert len(memory) <= 50 + 8
