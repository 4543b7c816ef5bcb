"""Every action × every role, and whoever has recused: the matrix of who may do what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from soi.checking import access, actions, queries
from soi.checking.errors import Recused
from soi.checking.ordering import Weights
from soi.checking.types import ChallengeState, CloseReason, Harm
from soi.core.errors import SoiError
from soi.people.errors import NotAllowed
from soi.people.types import Member, Permission, Role
from tests.checking_desk import CheckingDesk, captured
from tests.members import member

C, E, A, K = Role.CHECKER, Role.EDITOR, Role.ADMINISTRATOR, Role.KEEPER
WORKING = {C, E, A}
EDITING = {E, A}
Step = Callable[[int, Member, "Given"], object]


class Given:
    """A claim with a draft, a source and an objection, for whoever tries."""

    def __init__(self, desk: CheckingDesk) -> None:
        self.claim = desk.ready()
        self.other = desk.claim("Điều khác.")
        self.closed = desk.claim("Phim dở.")
        actions.close_claim(self.closed, reason=CloseReason.OPINION, by=desk.an)
        self.part = desk.claim("Phần.")
        actions.merge(self.part, into=self.other, by=desk.an)
        self.public = desk.published("Chợ Bến Sậy cháy đêm qua.")
        self.challenge = actions.send_challenge(self.public, 1, text="Không cháy.", by="page")
        found = queries.draft(self.claim)
        self.source = found.evidence[0].source.id
        self.version, self.digest = found.version, found.digest
        self.an = desk.an


TOMORROW = timezone.localdate() + dt.timedelta(days=1)

# name: who may, on which of the claims that are given, how
MATRIX: dict[str, tuple[set[Role], str, Step]] = {
    "take": (WORKING, "claim", lambda c, by, g: actions.take(c, by=by)),
    "hand_over": (WORKING, "claim", lambda c, by, g: actions.hand_over(c, to=g.an.id, by=by)),
    "close_claim": (
        WORKING,
        "claim",
        lambda c, by, g: actions.close_claim(c, reason=CloseReason.SATIRE, by=by),
    ),
    "reopen": (WORKING, "closed", lambda c, by, g: actions.reopen(c, by=by)),
    "merge": (WORKING, "claim", lambda c, by, g: actions.merge(c, into=g.other, by=by)),
    "unmerge": (WORKING, "part", lambda c, by, g: actions.unmerge(c, by=by)),
    "set_harm": (WORKING, "claim", lambda c, by, g: actions.set_harm(c, harm=Harm.LOW, by=by)),
    "add_note": (WORKING, "claim", lambda c, by, g: actions.add_note(c, text="Ghi", by=by)),
    "save_draft": (
        WORKING,
        "claim",
        lambda c, by, g: actions.save_draft(c, version=g.version, fields={"title": "T"}, by=by),
    ),
    "restore_version": (
        WORKING,
        "claim",
        lambda c, by, g: actions.restore_version(c, version=g.version, by=by),
    ),
    "keep_scratch": (
        WORKING,
        "claim",
        lambda c, by, g: actions.keep_scratch(c, version=0, fields={"title": "T"}, by=by),
    ),
    "check_can_cite": (WORKING, "claim", lambda c, by, g: actions.check_can_cite(c, by=by)),
    "add_evidence": (
        WORKING,
        "claim",
        lambda c, by, g: actions.add_evidence(c, capture_id=captured(), fields={}, by=by),
    ),
    "change_evidence": (
        WORKING,
        "claim",
        lambda c, by, g: actions.change_evidence(
            c, g.source, version=g.version, fields={"interest": "I"}, by=by
        ),
    ),
    "move_evidence": (
        WORKING,
        "claim",
        lambda c, by, g: actions.move_evidence(c, g.source, place=1, by=by),
    ),
    "remove_evidence": (
        WORKING,
        "claim",
        lambda c, by, g: actions.remove_evidence(c, g.source, by=by),
    ),
    "set_reminder": (
        WORKING,
        "public",
        lambda c, by, g: actions.set_reminder(c, due_on=TOMORROW, by=by),
    ),
    "approve": (EDITING, "claim", lambda c, by, g: actions.approve(c, digest=g.digest, by=by)),
    "take_back_approval": (
        EDITING,
        "claim",
        lambda c, by, g: actions.take_back_approval(c, by=by),
    ),
    "answer_challenge": (
        EDITING,
        "public",
        lambda c, by, g: actions.answer_challenge(
            g.challenge, state=ChallengeState.REJECTED, answer="Có cháy.", by=by
        ),
    ),
}


@pytest.fixture
def given(desk: CheckingDesk) -> Given:
    return Given(desk)


def tried(step: Callable[[], object]) -> type[SoiError] | None:
    """What refuses the step; whatever it does is undone."""
    with transaction.atomic():
        try:
            step()
        except SoiError as error:
            return type(error)
        finally:
            transaction.set_rollback(True)
    return None


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_it_is_for_and_nothing_else(given: Given, role: Role) -> None:
    who = member(role, name="Lan")

    for name, (allowed, where, step) in MATRIX.items():
        refusal = tried(lambda step=step, where=where: step(getattr(given, where), who, given))
        assert refusal is (None if role in allowed else NotAllowed), name


def test_whoever_has_recused_may_only_read(given: Given) -> None:
    who = member(Role.ADMINISTRATOR, name="Lan")
    for claim_id in (given.claim, given.closed, given.part, given.public):
        actions.recuse(claim_id, by=who)
        assert access.claim_for(who, claim_id, to=Permission.READ_DESK).wording

    for name, (_, where, step) in MATRIX.items():
        refusal = tried(lambda step=step, where=where: step(getattr(given, where), who, given))
        assert refusal is Recused, name


@pytest.mark.parametrize("role", Role)
def test_what_is_about_no_claim_is_allowed_by_role_alone(desk: CheckingDesk, role: Role) -> None:
    who = member(role, name="Lan")
    for allowed, step in (
        (WORKING, lambda: actions.open_claim(wording="Cầu sập.", language="vi", by=who)),
        (EDITING, lambda: actions.set_weights(Weights(), by=who)),
    ):
        if role in allowed:
            step()
        else:
            with pytest.raises(NotAllowed):
                step()


@pytest.mark.parametrize("role", Role)
def test_publishing_is_for_editors_and_recusing_for_all_who_write(
    desk: CheckingDesk, role: Role
) -> None:
    claim_id, who = desk.ready(), member(role, name="Lan")
    desk.approve(claim_id)
    digest = desk.digest(claim_id)
    if role in EDITING:
        assert actions.publish(claim_id, digest=digest, by=who).number == 1
    else:
        with pytest.raises(NotAllowed):
            actions.publish(claim_id, digest=digest, by=who)
    if role in WORKING:
        actions.recuse(claim_id, by=who)
    else:
        with pytest.raises(NotAllowed):
            actions.recuse(claim_id, by=who)


def test_every_action_of_a_member_stands_in_the_matrix() -> None:
    elsewhere = {
        "Asked", "note_asked", "open_claim", "publish", "recuse", "set_weights", "send_challenge",
        "take_in_captures", "remove_demo_claims", "hand_out_again",
        "watch_sources",
        "give_back",  # only of what was taken: see test_triage
        "drop_scratch",  # of one's own only
    }  # fmt: skip

    assert set(actions.__all__) - elsewhere == set(MATRIX)


def test_a_refusal_changes_nothing(given: Given) -> None:
    keeper = member(Role.KEEPER)
    before = queries.claim(given.claim), queries.draft(given.claim)

    for _, where, step in MATRIX.values():
        with pytest.raises(SoiError):
            step(getattr(given, where), keeper, given)

    assert (queries.claim(given.claim), queries.draft(given.claim)) == before
