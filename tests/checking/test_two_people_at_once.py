"""On PostgreSQL several connections do things at the same moment: what two agree on is kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from soi.checking import actions, public, queries
from soi.checking.errors import (
    ChallengesLimited,
    ClaimStateRefused,
    ClaimTaken,
    DraftStale,
    GatesOpen,
    StaleDigest,
)
from soi.checking.models import Approval, Challenge, Edition, Revision
from soi.checking.types import ClaimState
from soi.core.errors import SoiError
from soi.people.types import Role
from tests.checking_desk import CheckingDesk
from tests.members import member

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6


@pytest.fixture(autouse=True)
def postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite in memory has one writer; test_two_processes writes to a file")


@pytest.fixture
def desk(transactional_db: None) -> CheckingDesk:
    return CheckingDesk()


def together(*steps: Callable[[], object]) -> list[object]:
    """What the steps give, or the errors they raise, when they start at the same moment."""
    gate = Barrier(len(steps))

    def one(step: Callable[[], object]) -> object:
        try:
            gate.wait(timeout=20)
            return step()
        except SoiError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(one, steps))


def test_a_claim_is_taken_by_one(desk: CheckingDesk) -> None:
    people = [member(Role.CHECKER, name=f"Người {n}") for n in range(4)]
    for _ in range(ROUNDS):
        claim_id = desk.claim()
        done = together(*(partial(actions.take, claim_id, by=who) for who in people))
        assert sum(each is None for each in done) == 1
        assert all(each is None or isinstance(each, ClaimTaken) for each in done)
        assert queries.claim(claim_id).state is ClaimState.WORKING


def test_two_who_save_other_fields_at_the_same_moment_are_both_kept(desk: CheckingDesk) -> None:
    for _ in range(ROUNDS):
        claim_id = desk.claim()
        fields = {"title": "Một", "summary": "Hai", "explanation": "Ba", "verdict": "false"}
        together(
            *(
                partial(actions.save_draft, claim_id, version=0, fields={name: value}, by=desk.an)
                for name, value in fields.items()
            )
        )
        words = queries.draft(claim_id).words
        assert {name: getattr(words, name) for name in fields} == fields
        assert Revision.objects.filter(claim=claim_id).count() == 5


def test_of_two_who_save_the_same_field_one_is_told_and_both_wordings_are_there(
    desk: CheckingDesk,
) -> None:
    for _ in range(ROUNDS):
        claim_id = desk.claim()
        desk.write(claim_id, title="Cũ")
        done = together(
            *(
                partial(
                    actions.save_draft,
                    claim_id,
                    version=1,
                    fields={"title": f"Của {who.name}"},
                    by=who,
                )
                for who in (desk.an, desk.binh)
            )
        )
        [stale] = [each for each in done if isinstance(each, DraftStale)]
        [conflict] = stale.conflicts
        assert {conflict.theirs, conflict.yours} == {"Của An", "Của Bình"}
        assert queries.draft(claim_id).words.title == conflict.theirs


def test_an_edit_and_an_approval_at_the_same_moment_never_leave_an_approval_of_other_words(
    desk: CheckingDesk,
) -> None:
    for _ in range(ROUNDS):
        claim_id = desk.ready()
        digest = desk.digest(claim_id)
        together(
            partial(actions.approve, claim_id, digest=digest, by=desk.binh),
            partial(desk.write, claim_id, title="Khác"),
        )
        assert queries.draft(claim_id).approvals == ()
        assert not Approval.objects.filter(claim=claim_id, voided_at__isnull=True).exists()


def test_an_edit_and_a_publication_at_the_same_moment_publish_what_was_approved_or_nothing(
    desk: CheckingDesk,
) -> None:
    for _ in range(ROUNDS):
        claim_id = desk.ready()
        digest = desk.digest(claim_id)
        desk.approve(claim_id)
        published, _ = together(
            partial(actions.publish, claim_id, digest=digest, by=desk.binh),
            partial(desk.write, claim_id, title="Khác"),
        )
        if isinstance(published, StaleDigest):
            assert not Edition.objects.filter(claim=claim_id).exists()
        else:
            assert public.edition(claim_id).row.digest == digest


def test_publishing_many_times_at_the_same_moment_is_publishing_once(desk: CheckingDesk) -> None:
    for _ in range(ROUNDS):
        claim_id = desk.ready()
        digest = desk.digest(claim_id)
        desk.approve(claim_id)
        done = together(
            *[partial(actions.publish, claim_id, digest=digest, by=desk.binh)] * 3,
            *[partial(actions.approve, claim_id, digest=digest, by=desk.binh)] * 2,
        )
        assert done[0] == done[1] == done[2]
        assert done[3] == done[4]
        assert Edition.objects.filter(claim=claim_id).count() == 1


def test_recusing_and_publishing_at_the_same_moment_agree(desk: CheckingDesk) -> None:
    for _ in range(ROUNDS):
        who = member(Role.EDITOR, name="Giang")
        claim_id = desk.ready()
        digest = desk.digest(claim_id)
        desk.approve(claim_id, by=who)
        done, _ = together(
            partial(actions.publish, claim_id, digest=digest, by=desk.binh),
            partial(actions.recuse, claim_id, by=who),
        )
        assert isinstance(done, GatesOpen) == (not Edition.objects.filter(claim=claim_id).exists())


def test_merging_two_claims_into_each_other_at_the_same_moment_merges_one(
    desk: CheckingDesk,
) -> None:
    for _ in range(ROUNDS):
        one, two = desk.claim("Một."), desk.claim("Hai.")
        done = together(
            partial(actions.merge, one, into=two, by=desk.an),
            partial(actions.merge, two, into=one, by=desk.binh),
        )
        assert sum(each is None for each in done) == 1
        assert sum(isinstance(each, ClaimStateRefused) for each in done) == 1


def test_the_same_objection_at_the_same_moment_is_one(
    desk: CheckingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soi.checking.rules.CHALLENGES_LIMIT", 2)
    claim_id = desk.published()
    done = together(
        *[partial(actions.send_challenge, claim_id, 1, text="Không đúng.", by="page")] * 4
    )
    assert len(set(done)) == 1

    done = together(
        *(
            partial(actions.send_challenge, claim_id, 1, text=f"Không đúng {n}.", by="page")
            for n in range(4)
        )
    )
    assert sum(isinstance(each, ChallengesLimited) for each in done) == 3
    assert Challenge.objects.count() == 2


def test_the_first_two_publications_at_the_same_moment_name_one_publisher(
    desk: CheckingDesk,
) -> None:
    one, two = desk.ready("Cầu Một đã sập."), desk.ready("Cầu Hai đã sập.")
    for claim_id in (one, two):
        desk.approve(claim_id)

    done = together(
        *(
            partial(actions.publish, claim_id, digest=desk.digest(claim_id), by=desk.binh)
            for claim_id in (one, two)
        )
    )

    assert [getattr(each, "number", each) for each in done] == [1, 1]
