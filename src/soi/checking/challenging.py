"""Take readers' objections to a published check, and answer them in public (charter rule C6).

Nothing is kept of who objects. What was decided stays as it was answered.
"""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.utils import timezone

from soi.checking import rules
from soi.checking.access import known_id, locked_claim
from soi.checking.errors import (
    ChallengeDecided,
    ChallengeNotMet,
    ChallengesLimited,
    ChallengeUnknown,
    EditionUnknown,
    SamePerson,
)
from soi.checking.models import Challenge, Claim, Edition
from soi.checking.public import answer_content
from soi.checking.types import ChallengeState
from soi.core.ledger import canonical_json
from soi.journal.actions import Entry, append
from soi.masking import masked
from soi.people.types import Member, Permission

DECIDED = frozenset({ChallengeState.UPHELD, ChallengeState.REJECTED})


@transaction.atomic
def send_challenge(claim_id: int, number: int, *, text: str, by: str) -> int:
    """Take an objection to an edition; returns its number. Sent twice in the same words it is one.

    Private numbers and mailboxes are masked before anything is stored. `by` is the way it came, as
    the journal names it. Raises `EditionUnknown`, `FieldInvalid` and `ChallengesLimited`; then
    nothing is stored. Floods are slowed by whoever takes requests.
    """
    text = masked(rules.text_value("challenge", text, is_required=True))
    digest = hashlib.sha256(text.encode()).hexdigest()
    edition = _edition(claim_id, number)
    # So that two at once are not both the last that is taken, or the same.
    Claim.objects.select_for_update().get(pk=edition.claim_id)
    known = Challenge.objects.filter(edition=edition, digest=digest).first()
    if known is not None:
        return known.pk
    waiting = Challenge.objects.filter(
        edition__claim=edition.claim_id, state=ChallengeState.OPEN.value
    )
    if waiting.count() >= rules.CHALLENGES_LIMIT:
        raise ChallengesLimited("Too many challenges wait for an answer.")
    row = Challenge.objects.create(
        edition=edition, text=text, digest=digest, received_at=timezone.now()
    )
    append([Entry("challenge.received", "challenge", row.pk, after=digest)], by=by)
    return row.pk


@transaction.atomic
def answer_challenge(
    challenge_id: int, *, state: ChallengeState, answer: str = "", by: Member
) -> None:
    """Decide a challenge and answer it in public, or set aside what is no objection to the check.

    `answer` is Markdown, needed but for setting aside. Private numbers and mailboxes are masked in
    it, and it stays. Given twice, it is one. Nobody decides alone on an objection to their own
    words (charter rule C3): whoever wrote or last edited the edition can only set it aside.
    Raises `SamePerson` for them, `ChallengeUnknown`, `ChallengeDecided`, `ChallengeNotMet` when one
    is upheld before the check was corrected or withdrawn, `FieldInvalid`, and like `claim_for`.
    """
    found = Challenge.objects.filter(pk=known_id(challenge_id)).select_related("edition").first()
    if found is None:
        raise ChallengeUnknown(f"There is no challenge {challenge_id}.", challenge=challenge_id)
    claim = locked_claim(by, found.edition.claim_id, to=Permission.ANSWER_CHALLENGE)
    row = Challenge.objects.select_for_update(of=("self",)).get(pk=found.pk)
    is_decision = state in DECIDED
    text = masked(rules.text_value("answer", answer, is_required=is_decision))
    if row.state in DECIDED:
        if (row.state, row.answer) == (state, text):
            return
        raise ChallengeDecided("The challenge has its answer.", challenge=challenge_id)
    if is_decision and by.id in (found.edition.written_by_id, found.edition.edited_by_id):
        raise SamePerson("The objection is to what this person wrote.", challenge=challenge_id)
    newer = Edition.objects.filter(claim=claim, number__gt=found.edition.number)
    if state is ChallengeState.UPHELD and not newer.exists():
        raise ChallengeNotMet("The check says the same as before.", challenge=challenge_id)
    before = row.state
    row.state = state.value
    if is_decision:
        row.answer, row.answered_by_id, row.answered_at = text, by.id, timezone.now()
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    append([_entry(row, found.edition, before)], by=by.actor)


def _entry(row: Challenge, edition: Edition, before: str) -> Entry:
    if row.state not in DECIDED:
        digests = rules.digest_of(row.digest, before), rules.digest_of(row.digest, row.state)
        return Entry("challenge.set_aside", "challenge", row.pk, *digests)
    content = canonical_json(answer_content(row, edition))
    return Entry(
        "challenge.answered",
        "challenge_answer",
        row.pk,
        after=hashlib.sha256(content).hexdigest(),
    )


def _edition(claim_id: int, number: int) -> Edition:
    found = Edition.objects.filter(claim=known_id(claim_id), number=known_id(number)).first()
    if found is None:
        raise EditionUnknown(f"Check {claim_id} has no edition {number}.", claim=claim_id)
    return found
