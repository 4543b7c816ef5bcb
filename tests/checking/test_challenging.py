"""Anyone may object to a published check, and is answered in public (charter rule C6)."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from soi.checking import actions, public, queries, rules
from soi.checking.challenging import answer_challenge
from soi.checking.errors import (
    ChallengeDecided,
    ChallengeNotMet,
    ChallengesLimited,
    ChallengeUnknown,
    EditionUnknown,
    FieldInvalid,
    Recused,
    SamePerson,
)
from soi.checking.models import Challenge
from soi.checking.types import ChallengeState
from soi.core.ledger import canonical_json
from soi.journal.models import Event
from soi.people.errors import NotAllowed
from tests.checking_desk import CheckingDesk, sha256

OBJECTION = "Ảnh trong bài chụp cầu khác: cầu này có ba nhịp."


def object_to(claim_id: int, text: str = OBJECTION, number: int = 1) -> int:
    return actions.send_challenge(claim_id, number, text=text, by="page")


def test_an_objection_waits_for_the_desk_and_is_counted_not_shown(desk: CheckingDesk) -> None:
    claim_id = desk.published()

    number = object_to(claim_id)

    [row] = queries.desk_challenges([ChallengeState.OPEN])[:10]
    assert (row.id, row.claim_id, row.edition, row.text) == (number, claim_id, 1, OBJECTION)
    assert public.challenges(claim_id) == []
    assert public.challenge_counts(claim_id).open == 1
    assert queries.queue_counts().open_challenges == 1


def test_it_is_answered_in_public_beside_the_check(desk: CheckingDesk) -> None:
    claim_id = desk.published()
    number = object_to(claim_id)

    for _ in range(2):
        answer_challenge(
            number,
            state=ChallengeState.REJECTED,
            answer="Ảnh **đúng** là cầu này: xem nguồn 1.",
            by=desk.binh,
        )

    [row] = public.challenges(claim_id)
    assert (row.text, row.answer) == (OBJECTION, "Ảnh **đúng** là cầu này: xem nguồn 1.")
    assert (row.state, row.answered_by) == (ChallengeState.REJECTED, "Bình")
    assert public.newest_challenges()[:10] == [row]
    [event] = Event.objects.filter(verb="challenge.answered")
    assert (event.subject, event.subject_id) == ("challenge_answer", number)
    assert event.after == sha256(
        canonical_json(
            {
                "form": "soi challenge answer 1",
                "challenge": number,
                "claim": claim_id,
                "edition": 1,
                "text": OBJECTION,
                "state": "rejected",
                "answer": "Ảnh **đúng** là cầu này: xem nguồn 1.",
            }
        ).decode()
    )


def test_an_objection_is_upheld_by_correcting_or_withdrawing_not_by_words(
    desk: CheckingDesk,
) -> None:
    claim_id = desk.published()
    number = object_to(claim_id)
    upheld = ChallengeState.UPHELD
    with pytest.raises(ChallengeNotMet):
        answer_challenge(number, state=upheld, answer="Bạn đúng.", by=desk.binh)

    desk.correct(claim_id)
    answer_challenge(number, state=upheld, answer="Bạn đúng: xem bản 2.", by=desk.binh)

    assert public.challenge_counts(claim_id).upheld == 1
    # The newer edition has to be challenged for itself.
    again = object_to(claim_id, number=2)
    assert again != number
    with pytest.raises(ChallengeNotMet):
        answer_challenge(again, state=upheld, answer="Bạn đúng.", by=desk.binh)


def test_an_answer_names_no_private_number(desk: CheckingDesk) -> None:
    claim_id = desk.published()
    number = object_to(claim_id)

    for _ in range(2):
        answer_challenge(
            number, state=ChallengeState.REJECTED, answer="Hỏi anh Tư, 0912 345 678.", by=desk.binh
        )

    [row] = public.challenges(claim_id)
    assert row.answer == "Hỏi anh Tư, •••."


def test_an_answer_stays_as_it_was_given(desk: CheckingDesk) -> None:
    number = object_to(desk.published())
    answer_challenge(number, state=ChallengeState.REJECTED, answer="Không.", by=desk.binh)

    for state, answer in (
        (ChallengeState.REJECTED, "Có."),
        (ChallengeState.SET_ASIDE, ""),
        (ChallengeState.OPEN, ""),
    ):
        with pytest.raises(ChallengeDecided):
            answer_challenge(number, state=state, answer=answer, by=desk.binh)
    for change in ("answer = 'Có.'", "state = 'open', answer = ''", "text = 'x'"):
        statement = f"UPDATE checking_challenge SET {change}"  # noqa: S608  # a stranger's
        with pytest.raises(IntegrityError, match="keeps its words"), transaction.atomic():
            connection.cursor().execute(statement)
    with pytest.raises(IntegrityError, match="keeps its rows"), transaction.atomic():
        Challenge.objects.all().delete()


def test_what_is_no_objection_is_set_aside_counted_and_can_be_taken_up_again(
    desk: CheckingDesk,
) -> None:
    claim_id = desk.published()
    number = object_to(claim_id, "Mua thuốc ở đây.")
    answer_challenge(number, state=ChallengeState.SET_ASIDE, by=desk.binh)

    assert public.challenges(claim_id) == []
    assert public.challenge_counts(claim_id).set_aside == 1
    answer_challenge(number, state=ChallengeState.REJECTED, answer="Quảng cáo.", by=desk.binh)
    assert len(public.challenges(claim_id)) == 1


def test_the_same_objection_sent_twice_is_one(desk: CheckingDesk) -> None:
    claim_id = desk.published()

    assert object_to(claim_id) == object_to(claim_id, f"  {OBJECTION}\u200b\n")
    assert Event.objects.filter(verb="challenge.received").count() == 1


def test_private_numbers_are_masked_before_anything_is_stored(desk: CheckingDesk) -> None:
    claim_id = desk.published()

    object_to(claim_id, "Gọi tôi 0912 345 678 hoặc tu@thu.example.")

    text = Challenge.objects.get().text
    assert "345" not in text
    assert "tu@" not in text
    assert text.startswith("Gọi tôi")


@pytest.mark.parametrize("text", ["", " \n", "\u202e\u200b", "?!", "x" * 10_001, "x" * 10_000_000])
def test_an_objection_has_words_and_an_end(desk: CheckingDesk, text: str) -> None:
    claim_id = desk.published()

    with pytest.raises(FieldInvalid):
        object_to(claim_id, text)

    assert not Challenge.objects.exists()


def test_only_what_was_published_is_objected_to(desk: CheckingDesk) -> None:
    draft, claim_id = desk.ready(), desk.published()
    for number in (0, 2, -1, 10**30):
        with pytest.raises(EditionUnknown):
            object_to(claim_id, number=number)
    with pytest.raises(EditionUnknown):
        object_to(draft)
    with pytest.raises(ChallengeUnknown):
        answer_challenge(999_999, state=ChallengeState.REJECTED, answer="x", by=desk.binh)


def test_only_editors_answer_and_an_answer_has_words(desk: CheckingDesk) -> None:
    number = object_to(desk.published())
    with pytest.raises(NotAllowed):
        answer_challenge(number, state=ChallengeState.REJECTED, answer="Không.", by=desk.an)
    for answer in ("", " ", "x" * 10_001):
        with pytest.raises(FieldInvalid):
            answer_challenge(number, state=ChallengeState.REJECTED, answer=answer, by=desk.binh)


def test_nobody_decides_alone_on_an_objection_to_their_own_words(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    desk.write(claim_id, by=desk.binh, summary="Cầu vẫn hoạt động, ảnh là của nơi khác.")
    desk.approve(claim_id, by=desk.chi)
    actions.publish(claim_id, digest=desk.digest(claim_id), by=desk.chi)
    number = object_to(claim_id)

    with pytest.raises(SamePerson):
        answer_challenge(number, state=ChallengeState.REJECTED, answer="Không.", by=desk.binh)
    assert public.challenges(claim_id) == []
    answer_challenge(number, state=ChallengeState.SET_ASIDE, by=desk.binh)
    answer_challenge(number, state=ChallengeState.REJECTED, answer="Không.", by=desk.chi)
    assert len(public.challenges(claim_id)) == 1


def test_whoever_recused_does_not_answer(desk: CheckingDesk) -> None:
    claim_id = desk.published()
    number = object_to(claim_id)
    actions.recuse(claim_id, by=desk.binh)

    with pytest.raises(Recused):
        answer_challenge(number, state=ChallengeState.REJECTED, answer="Không.", by=desk.binh)


def test_a_flood_of_objections_ends_and_loses_none(
    desk: CheckingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "CHALLENGES_LIMIT", 3)
    claim_id, other = desk.published(), desk.published("Chợ Bến Sậy cháy đêm qua.")
    numbers = [object_to(claim_id, f"Không đúng, lý do {n}.") for n in range(3)]

    with pytest.raises(ChallengesLimited):
        object_to(claim_id, "Không đúng, lý do khác.")
    assert object_to(claim_id, "Không đúng, lý do 1.") == numbers[1]
    object_to(other)
    answer_challenge(numbers[0], state=ChallengeState.SET_ASIDE, by=desk.binh)
    object_to(claim_id, "Không đúng, lý do khác.")


def test_nothing_is_kept_of_who_objects() -> None:
    columns = {field.name for field in Challenge._meta.get_fields()}

    assert columns == {
        "id", "edition", "text", "digest", "received_at", "state", "answer", "answered_by",
        "answered_at",
    }  # fmt: skip


def test_a_list_of_challenges_asks_the_database_little(desk: CheckingDesk) -> None:
    claim_id = desk.published()
    for number in range(12):
        answer_challenge(
            object_to(claim_id, f"Không đúng, lý do {number}."),
            state=ChallengeState.REJECTED,
            answer="Đúng.",
            by=desk.binh if number % 2 else desk.chi,
        )
    with CaptureQueriesContext(connection) as seen:
        rows = public.newest_challenges()[:50]
    assert len(rows) == 12
    assert json.dumps([row.answered_by for row in rows], ensure_ascii=False).count("Chi") == 6
    assert len(seen) == 3
