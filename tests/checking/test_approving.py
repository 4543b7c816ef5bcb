"""A second person approves exactly the bytes that go out (charter rule C3)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from soi.checking import actions, public, queries
from soi.checking.errors import (
    ClaimStateRefused,
    GatesOpen,
    Recused,
    SamePerson,
    StaleDigest,
)
from soi.checking.models import Approval
from soi.checking.types import SENSITIVE, CloseReason, Gate
from soi.journal.models import Event
from soi.people import actions as people
from soi.people.errors import NotAllowed
from soi.people.types import Role
from tests.checking_desk import CheckingDesk
from tests.members import member
from tests.past import changeable_checking


def test_a_second_person_approves_what_they_have_read(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    digest = desk.digest(claim_id)

    given = actions.approve(claim_id, digest=digest, by=desk.binh)

    found = queries.draft(claim_id)
    assert [each.by for each in found.approvals] == [desk.binh.id] == [given.by]
    assert found.can_be_published
    event = Event.objects.get(verb="approval.given")
    assert (event.actor, event.subject_id, event.after) == (desk.binh.actor, claim_id, digest)


def test_approving_twice_returns_the_first_approval(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    digest = desk.digest(claim_id)
    first = actions.approve(claim_id, digest=digest, by=desk.binh)

    assert actions.approve(claim_id, digest=digest, by=desk.binh) == first
    desk.publish(claim_id)
    assert actions.approve(claim_id, digest=digest, by=desk.binh) == first
    assert Event.objects.filter(verb="approval.given").count() == 1


def test_the_author_and_the_last_editor_can_not_approve_whatever_their_role(
    desk: CheckingDesk,
) -> None:
    author, editor = member(Role.EDITOR, name="Giang"), member(Role.EDITOR, name="Hà")
    desk.an = author
    claim_id = desk.ready()
    desk.write(claim_id, title="Cầu Bến Sậy còn đứng", by=editor)

    for who in (author, editor):
        with pytest.raises(SamePerson):
            actions.approve(claim_id, digest=desk.digest(claim_id), by=who)
    desk.approve(claim_id)
    assert queries.draft(claim_id).can_be_published


def test_a_checker_can_not_approve(desk: CheckingDesk) -> None:
    claim_id, other = desk.ready(), member(Role.CHECKER, name="Lan")

    with pytest.raises(NotAllowed):
        desk.approve(claim_id, by=other)


def test_whoever_recused_can_not_approve_and_what_they_approved_is_approved_no_more(
    desk: CheckingDesk,
) -> None:
    claim_id = desk.ready()
    desk.approve(claim_id)

    actions.recuse(claim_id, by=desk.binh)
    actions.recuse(claim_id, by=desk.binh)

    assert queries.draft(claim_id).approvals == ()
    assert Event.objects.filter(verb="claim.recused").count() == 1
    with pytest.raises(Recused):
        desk.approve(claim_id)
    with pytest.raises(GatesOpen):
        actions.publish(claim_id, digest=desk.digest(claim_id), by=desk.chi)


@pytest.mark.parametrize("change", ["a letter", "a source", "an order", "a flag"])
def test_any_change_ends_the_approval(desk: CheckingDesk, change: str) -> None:
    claim_id = desk.ready()
    digest = desk.digest(claim_id)
    desk.approve(claim_id)
    sources = queries.draft(claim_id).evidence
    {
        "a letter": lambda: desk.write(claim_id, title="Cầu Bến Sậy không sập."),
        "a source": lambda: desk.cite(claim_id),
        "an order": lambda: actions.move_evidence(
            claim_id, sources[1].source.id, place=0, by=desk.an
        ),
        "a flag": lambda: desk.write(claim_id, concerns_owner=True),
    }[change]()

    assert queries.draft(claim_id).approvals == ()
    with pytest.raises(StaleDigest):
        actions.publish(claim_id, digest=digest, by=desk.binh)
    event = Event.objects.get(verb="approval.voided")
    assert (event.before, event.after) == (digest, desk.digest(claim_id))


def test_when_the_old_words_come_back_the_old_approval_does_not(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    digest = desk.digest(claim_id)
    desk.approve(claim_id)
    title = queries.draft(claim_id).words.title
    desk.write(claim_id, title="Khác")
    desk.write(claim_id, title=title)
    assert desk.digest(claim_id) == digest

    with pytest.raises(GatesOpen):
        actions.publish(claim_id, digest=digest, by=desk.binh)

    desk.approve(claim_id)
    rows = queries.approvals(claim_id)
    assert [row.voided_at is None for row in rows] == [True, False]
    assert actions.publish(claim_id, digest=digest, by=desk.binh).number == 1


def test_a_stale_form_approves_nothing(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    seen = desk.digest(claim_id)
    desk.write(claim_id, verdict="true")

    nothing = ("", "0" * 64, seen.upper(), "x" * 10_000_000, f"{seen}\x00", "\x00" * 64)
    for digest in (seen, *nothing):
        for act in (actions.approve, actions.publish):
            with pytest.raises(StaleDigest):
                act(claim_id, digest=digest, by=desk.binh)
    assert not Approval.objects.exists()


def test_an_approval_of_nothing_is_no_approval(desk: CheckingDesk) -> None:
    claim_id = desk.claim()

    with pytest.raises(StaleDigest):
        actions.approve(claim_id, digest="", by=desk.binh)


@pytest.mark.parametrize("topic", sorted(SENSITIVE))
def test_health_elections_and_the_law_need_two_others(desk: CheckingDesk, topic: str) -> None:
    claim_id = desk.ready(topics=(str(topic), "school"))
    desk.approve(claim_id)
    found = queries.draft(claim_id)
    assert (len(found.approvals), found.approvals_needed) == (1, 2)
    [gate] = [each for each in found.gates if each.gate is Gate.SECOND_PERSON_APPROVED]
    assert (gate.is_met, gate.count) == (False, 1)

    desk.approve(claim_id)
    with pytest.raises(GatesOpen) as refused:
        actions.publish(claim_id, digest=desk.digest(claim_id), by=desk.binh)
    assert refused.value.gates == (Gate.SECOND_PERSON_APPROVED.value,)

    desk.approve(claim_id, by=desk.chi)
    assert actions.publish(claim_id, digest=desk.digest(claim_id), by=desk.binh).number == 1


@pytest.mark.parametrize("after", ["switched off", "a checker"])
def test_an_approval_counts_while_whoever_gave_it_may_approve(
    desk: CheckingDesk, after: str
) -> None:
    claim_id = desk.ready()
    desk.approve(claim_id)
    if after == "switched off":
        people.deactivate(desk.binh.id, by=desk.chi.actor)
    else:
        people.change_role(desk.binh.id, Role.CHECKER, by=desk.chi.actor)

    assert queries.draft(claim_id).approvals == ()
    with pytest.raises(GatesOpen):
        actions.publish(claim_id, digest=desk.digest(claim_id), by=desk.chi)

    desk.approve(claim_id, by=member(Role.EDITOR, name="Giang"))
    actions.publish(claim_id, digest=desk.digest(claim_id), by=desk.chi)
    assert public.edition(claim_id).approved_by == ("Giang",)


def test_what_was_approved_can_be_taken_back_until_it_is_published(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    desk.approve(claim_id)

    assert actions.take_back_approval(claim_id, by=desk.binh)
    assert not actions.take_back_approval(claim_id, by=desk.binh)
    assert not actions.take_back_approval(claim_id, by=desk.chi)
    with pytest.raises(GatesOpen):
        actions.publish(claim_id, digest=desk.digest(claim_id), by=desk.binh)

    desk.publish(claim_id)
    assert not actions.take_back_approval(claim_id, by=desk.binh)
    [used, ended] = queries.approvals(claim_id)
    assert (used.edition, used.voided_at) == (1, None)
    assert ended.voided_at is not None
    assert Event.objects.filter(verb="approval.taken_back").count() == 1


def test_each_step_asks_the_database_as_often_however_many_sources_there_are(
    desk: CheckingDesk,
) -> None:
    def counted(claim_id: int) -> list[int]:
        found = queries.draft(claim_id)
        steps = (
            lambda: actions.save_draft(
                claim_id, version=found.version, fields={"title": "Khác"}, by=desk.an
            ),
            lambda: desk.approve(claim_id),
            lambda: actions.publish(claim_id, digest=desk.digest(claim_id), by=desk.binh),
        )
        counts = []
        for step in steps:
            with CaptureQueriesContext(connection) as seen:
                step()
            counts.append(len(seen))
        return counts

    desk.published()
    few, many = desk.ready(), desk.ready()
    for _ in range(20):
        desk.cite(many)

    assert counted(few) == counted(many)
    saving, approving, publishing = counted(desk.ready())
    assert saving <= 17
    assert approving <= 22  # with the digest that is looked up for it
    assert publishing <= 50


def test_a_claim_that_was_closed_in_between_is_not_approved(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    digest = desk.digest(claim_id)
    actions.close_claim(claim_id, reason=CloseReason.PRIVATE_MATTER, by=desk.an)

    with pytest.raises(ClaimStateRefused):
        actions.approve(claim_id, digest=digest, by=desk.binh)


def test_a_check_that_was_approved_and_then_closed_is_not_published(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    desk.approve(claim_id)
    actions.close_claim(claim_id, reason=CloseReason.PRIVATE_MATTER, by=desk.an)

    with pytest.raises(ClaimStateRefused):
        actions.publish(claim_id, digest=desk.digest(claim_id), by=desk.binh)


def test_a_history_that_somebody_tampered_with_is_not_approved(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    digest = desk.digest(claim_id)
    with changeable_checking(), connection.cursor() as cursor:
        cursor.execute("UPDATE checking_revision SET content = replace(content, 'false', 'true')")

    with pytest.raises(StaleDigest):
        actions.approve(claim_id, digest=digest, by=desk.binh)
