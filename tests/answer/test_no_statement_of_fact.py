"""What is surely no statement of fact is named as what it is, where no check is about it."""

from __future__ import annotations

import pytest

from soi.answer import wording
from soi.answer.answering import answer
from soi.answer.types import StatementFinding, StatementState
from soi.core.checkable import StatementType

pytestmark = pytest.mark.django_db


def the_finding(message: str) -> StatementFinding:
    (found,) = answer(message).findings
    assert isinstance(found, StatementFinding)
    return found


@pytest.mark.parametrize(
    ("message", "type_"),
    [
        ("Theo mình thì phở ở quán này ngon nhất khu phố.", StatementType.OPINION),
        ("Chúc cả nhà một buổi sáng an lành nhé!", StatementType.GREETING),
        ("Cho em hỏi quán nào bán bánh cuốn ngon ạ?", StatementType.QUESTION),
        ("I think this is the most beautiful park in the country.", StatementType.OPINION),
    ],
)
def test_it_is_named(message: str, type_: StatementType):
    found = the_finding(message)

    assert (found.state, found.type) == (StatementState.NOT_CHECKABLE, type_)
    assert found.check is None
    assert wording.explanation(found)


@pytest.mark.parametrize(
    "message",
    [
        "Từ ngày mai, cầu Bến Sậy đóng cửa 3 tháng để sửa chữa lớn.",
        "Nghe nói cá sấu sổng ra sông Lau, đã có hai người bị cắn.",
        "The ministry banned the sale of 12 cough syrups last Monday.",
        "El puente estará cerrado durante tres meses.",
    ],
)
def test_a_claim_and_what_cannot_be_told_stay_not_checked(message: str):
    found = the_finding(message)

    assert (found.state, found.type) == (StatementState.NOT_CHECKED, None)


def test_every_type_has_words_of_its_own():
    found = the_finding("Theo mình thì phở ở quán này ngon nhất khu phố.")
    said = {wording._without_fact(type_) for type_ in StatementType}

    assert found.type is not None
    assert len(said) == len(StatementType)
