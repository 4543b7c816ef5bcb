"""Editions, corrections, withdrawals and answers to challenges become leaves of the public log."""

from __future__ import annotations

import pytest
from django.db import connection

from soi.checking import actions as checking
from soi.checking import public
from soi.checking.removing import remove_demo_claims
from soi.checking.types import ChallengeState
from soi.core.ledger import LeafKind, Trust, canonical_json, verify_proof
from soi.publishing.log import actions, audit, keys, queries
from soi.publishing.log.audit import Difference
from tests.checking_desk import CheckingDesk
from tests.past import changeable_checking

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> CheckingDesk:
    return CheckingDesk()


def leaves() -> list[tuple[str, str]]:
    """Kind and id of every leaf, in order."""
    log = actions.opened()
    return [
        (str(log.leaf(index).kind), log.leaf(index).id)
        for index in range(log.checkpoint().tree.size)
    ]


def proves(index: int, content: bytes) -> bool:
    report = verify_proof(queries.proof(index), Trust(keys.verifier_keys()), content=content)
    return "content" in report.proved


def differences() -> list[str]:
    return [str(each.difference) for each in audit.audit().found]


def test_each_edition_is_a_leaf_with_the_hash_of_what_was_approved(desk: CheckingDesk) -> None:
    claim = desk.published()
    desk.correct(claim)
    desk.withdraw(claim)
    actions.follow()

    assert leaves() == [
        ("edition", f"{claim}.1"),
        ("correction", f"{claim}.2"),
        ("withdrawal", f"{claim}.3"),
    ]
    for number in (1, 2, 3):
        assert proves(number - 1, public.edition(claim, number).content.encode())
    found = queries.leaf_about(LeafKind.CORRECTION, f"{claim}.2")
    assert found
    assert (found.index, found.is_written) == (1, True)
    assert differences() == []


def test_an_answer_to_a_challenge_is_a_leaf_and_the_challenge_is_none(desk: CheckingDesk) -> None:
    claim = desk.published()
    challenge = checking.send_challenge(claim, 1, text="Ảnh là của năm nay.", by="page")
    actions.follow()
    assert len(leaves()) == 1
    checking.answer_challenge(
        challenge, state=ChallengeState.REJECTED, answer="Ảnh có từ 2019.", by=desk.binh
    )
    actions.follow()

    assert leaves()[1] == ("challenge_answer", str(challenge))
    record = public.challenge_record(challenge)
    assert record
    assert proves(1, canonical_json(record))
    assert differences() == []


def test_a_demonstration_that_is_gone_leaves_its_leaves(desk: CheckingDesk) -> None:
    claim = desk.published(is_demo=True)
    challenge = checking.send_challenge(claim, 1, text="Ảnh là của năm nay.", by="page")
    checking.answer_challenge(
        challenge, state=ChallengeState.REJECTED, answer="Ảnh có từ 2019.", by=desk.binh
    )
    actions.follow()
    remove_demo_claims(by="test")
    actions.follow()

    assert len(leaves()) == 2
    assert differences() == []


def test_an_audit_sees_an_edition_that_was_changed_or_removed_past_the_product(
    desk: CheckingDesk,
) -> None:
    claim, other = desk.published(), desk.published("Cầu Bến Sậy đóng cửa một tuần.")
    actions.follow()
    with changeable_checking(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE checking_edition SET content = replace(content, 'hoạt động', 'đóng cửa')"
            " WHERE claim_id = %s",
            [claim],
        )
    assert differences() == [Difference.CONTENT_DIFFERS]
    seen = audit.audit().found
    assert seen[0].about == f"edition {claim}.1"
    assert other
