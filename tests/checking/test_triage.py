"""Claims go through the queue: opened, taken, handed over, closed, and back again."""

from __future__ import annotations

import pytest
from django.conf import settings

from soi.checking import actions, queries
from soi.checking.errors import ClaimStateRefused, ClaimTaken, ClaimUnknown, FieldInvalid, Recused
from soi.checking.types import ClaimState, CloseReason, Harm
from soi.journal.models import Event
from soi.people.errors import NotAllowed, PersonUnknown
from soi.people.types import Role
from tests.checking_desk import WORDING, CheckingDesk
from tests.members import member


def test_a_claim_stands_in_the_queue_until_somebody_takes_it(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    assert queries.claim(claim_id).state is ClaimState.OPEN

    actions.take(claim_id, by=desk.an)

    found = queries.claim(claim_id)
    assert (found.state, found.taken_by) == (ClaimState.WORKING, desk.an.id)


def test_taking_twice_is_taking_once(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    actions.take(claim_id, by=desk.an)
    actions.take(claim_id, by=desk.an)

    assert Event.objects.filter(verb="claim.taken").count() == 1


def test_what_somebody_has_is_not_taken_from_them_but_an_editor_may_give_it_on(
    desk: CheckingDesk,
) -> None:
    claim_id, other = desk.claim(), member(Role.CHECKER, name="Lan")
    actions.take(claim_id, by=desk.an)

    for refused in (
        lambda: actions.take(claim_id, by=other),
        lambda: actions.give_back(claim_id, by=other),
        lambda: actions.hand_over(claim_id, to=other.id, by=other),
    ):
        with pytest.raises(ClaimTaken):
            refused()

    actions.hand_over(claim_id, to=other.id, by=desk.binh)
    assert queries.claim(claim_id).taken_by == other.id
    actions.give_back(claim_id, by=other)
    assert queries.claim(claim_id).state is ClaimState.OPEN


def test_a_claim_is_handed_only_to_those_who_may_work_on_it(desk: CheckingDesk) -> None:
    claim_id, keeper = desk.claim(), member(Role.KEEPER)
    recused = member(Role.CHECKER, name="Lan")
    actions.recuse(claim_id, by=recused)

    for to, error in ((keeper.id, NotAllowed), (recused.id, Recused), (10**30, PersonUnknown)):
        with pytest.raises(error):
            actions.hand_over(claim_id, to=to, by=desk.an)


@pytest.mark.parametrize(
    "reason", [each for each in CloseReason if each is not CloseReason.ALREADY_ANSWERED]
)
def test_what_can_not_be_checked_is_closed_with_its_reason(
    desk: CheckingDesk, reason: CloseReason
) -> None:
    claim_id = desk.claim("Phim này dở.")

    actions.close_claim(claim_id, reason=reason, by=desk.an)

    found = queries.claim(claim_id)
    assert (found.state, found.reason) == (ClaimState.CLOSED, reason)
    actions.reopen(claim_id, by=desk.an)
    assert queries.claim(claim_id).reason is None


def test_what_is_answered_already_is_closed_with_the_address_of_its_check(
    desk: CheckingDesk,
) -> None:
    reason = CloseReason.ALREADY_ANSWERED
    for address in ("https://bao.example/kiem-chung/7", f"{settings.SOI_BASE_URL}/claims/7/"):
        claim_id = desk.claim()
        actions.close_claim(claim_id, reason=reason, answered_by=address, by=desk.an)
        assert queries.claim(claim_id).answered_by == address

    claim_id = desk.claim()
    for address in ("", "javascript:alert(1)", "/claims/7/", "https://an@bao.example/"):
        with pytest.raises(FieldInvalid):
            actions.close_claim(claim_id, reason=reason, answered_by=address, by=desk.an)
    with pytest.raises(FieldInvalid):
        actions.close_claim(
            claim_id, reason=CloseReason.OPINION, answered_by="https://a.example/", by=desk.an
        )
    assert queries.claim(claim_id).state is ClaimState.OPEN


def test_a_claim_goes_only_where_it_can_from_where_it_stands(desk: CheckingDesk) -> None:
    public, closed, opened = desk.published(), desk.claim(), desk.claim()
    actions.close_claim(closed, reason=CloseReason.SATIRE, by=desk.an)

    for refused in (
        lambda: actions.close_claim(public, reason=CloseReason.OPINION, by=desk.binh),
        lambda: actions.take(public, by=desk.an),
        lambda: actions.merge(public, into=opened, by=desk.an),
        lambda: actions.take(closed, by=desk.an),
        lambda: actions.reopen(opened, by=desk.an),
        lambda: actions.give_back(opened, by=desk.an),
        lambda: desk.write(closed, title="Không"),
    ):
        with pytest.raises(ClaimStateRefused):
            refused()


@pytest.mark.parametrize("number", [0, -1, 10**30, 999_999])
def test_a_claim_that_is_not_there_is_unknown(desk: CheckingDesk, number: int) -> None:
    with pytest.raises(ClaimUnknown):
        actions.take(number, by=desk.an)
    with pytest.raises(ClaimUnknown):
        queries.draft(number)


@pytest.mark.parametrize("wording", ["", "  \n ", "\u200b\u202e", "?!…", "x" * 1001])
def test_a_claim_needs_words(desk: CheckingDesk, wording: str) -> None:
    with pytest.raises(FieldInvalid):
        desk.claim(wording)


def test_a_machine_may_open_a_claim_and_nobody_has_written_it(desk: CheckingDesk) -> None:
    claim_id = actions.open_claim(
        wording=f"\u202e{WORDING}\u200b", language="vi", by="worker", times=3, checkability=7.0
    )

    found = queries.claim(claim_id)
    assert (found.wording, found.reach, found.checkability) == (WORDING, 3, 1.0)
    assert queries.draft(claim_id).written_by is None
    assert Event.objects.get(verb="claim.opened").actor == "worker"


def test_harm_is_judged_and_the_journal_says_so_once(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    actions.set_harm(claim_id, harm=Harm.HIGH, by=desk.an)
    actions.set_harm(claim_id, harm=Harm.HIGH, by=desk.an)

    assert queries.claim(claim_id).harm is Harm.HIGH
    [event] = Event.objects.filter(verb="claim.harm_set")
    assert event.before != event.after
    assert (event.actor, event.subject_id) == (desk.an.actor, claim_id)


def test_notes_stay_with_the_claim(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    first = actions.add_note(claim_id, text="Đã gọi Sở.", by=desk.an)
    assert actions.add_note(claim_id, text="Đã gọi Sở.", by=desk.an) == first
    actions.add_note(claim_id, text="Chờ trả lời.", by=desk.binh)

    assert [(each.name, each.text) for each in queries.notes(claim_id)] == [
        ("An", "Đã gọi Sở."),
        ("Bình", "Chờ trả lời."),
    ]
    for text in ("", "x" * 10_001, "x" * 10_000_000):
        with pytest.raises(FieldInvalid):
            actions.add_note(claim_id, text=text, by=desk.an)
