"""Approve, publish, correct and withdraw: nothing goes out on one person's word (charter rule C3).

The database refuses the same by its triggers. Here it is said before, in a sentence with a code.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from soi.checking import drafting, handing, rules, standing
from soi.checking.access import locked_claim
from soi.checking.content import kind_of, written
from soi.checking.errors import GatesOpen, SamePerson, StaleDigest
from soi.checking.models import Approval, Claim, Draft, Edition, Reminder
from soi.checking.standing import Standing
from soi.checking.types import ClaimState, EditionKind, Gate
from soi.journal.actions import Entry, append
from soi.people.types import Member, Permission

_SAID_AS = {
    EditionKind.FIRST: ("edition.published", "edition"),
    EditionKind.MINOR: ("edition.corrected", "correction"),
    EditionKind.UPDATE: ("edition.corrected", "correction"),
    EditionKind.SUBSTANTIAL: ("edition.corrected", "correction"),
    EditionKind.WITHDRAWAL: ("edition.withdrawn", "withdrawal"),
}
"""Verb and subject of the event: the subject says which kind of leaf it is in the public log."""


@dataclass(frozen=True, slots=True)
class Given:
    """An approval that stands."""

    id: int
    by: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Published:
    """An edition that is public now."""

    claim_id: int
    number: int
    digest: str
    kind: EditionKind


@transaction.atomic
def approve(claim_id: int, *, digest: str, by: Member) -> Given:
    """Approve exactly the bytes that `digest` names (SHA-256 of the canonical JSON).

    The approval stands until the draft changes by one byte. Approving twice returns the first
    approval. Raises `StaleDigest` if the draft says something else by now, `SamePerson` if `by`
    wrote or last edited it, `GatesOpen` with the gates that are not met, `ClaimStateRefused`,
    `Recused`, `ClaimUnknown` and `NotAllowed`.
    """
    digest = rules.digest_named(digest)
    claim = locked_claim(by, claim_id, to=Permission.APPROVE)
    known = Approval.objects.filter(
        claim=claim, digest=digest, by=by.id, voided_at__isnull=True
    ).first()
    if known is not None:
        return Given(known.pk, by.id, known.at)
    rules.check_editable(ClaimState(claim.state))
    found = _as_seen(claim, digest)
    if by.id in (found.written_by, found.edited_by):
        raise SamePerson("The author and the last editor can't approve.", claim=claim_id)
    _check_gates(found.open_gates)
    row = Approval.objects.create(claim=claim, digest=digest, by_id=by.id, at=timezone.now())
    append([Entry("approval.given", "claim", claim.pk, after=digest)], by=by.actor)
    return Given(row.pk, by.id, row.at)


@transaction.atomic
def take_back_approval(claim_id: int, *, by: Member) -> bool:
    """End one's own approval of what is not published yet; says whether there was one.

    Raises like `claim_for`.
    """
    claim = locked_claim(by, claim_id, to=Permission.APPROVE)
    standing_ones = Approval.objects.filter(
        claim=claim, by=by.id, voided_at__isnull=True, edition__isnull=True
    )
    digests = list(standing_ones.values_list("digest", flat=True))
    standing_ones.update(voided_at=timezone.now())
    entries = [Entry("approval.taken_back", "claim", claim.pk, before=each) for each in digests]
    append(entries, by=by.actor)
    return bool(digests)


@transaction.atomic
def publish(claim_id: int, *, digest: str, by: Member) -> Published:
    """Publish exactly the approved bytes that `digest` names, or correct or withdraw by them.

    What the draft's correction says decides which: an edition after the first is `minor`, `update`,
    `substantial` or a `withdrawal`. Answers find it, or find it no more, as soon as this is
    committed. Publishing twice returns the first edition. Raises `StaleDigest`, `GatesOpen` (also
    when a quote is no longer found in its capture), and like `approve`.
    """
    digest = rules.digest_named(digest)
    claim = locked_claim(by, claim_id, to=Permission.PUBLISH)
    known = Edition.objects.filter(claim=claim, digest=digest).first()
    if known is not None:
        return _published(known)
    found = _as_seen(claim, digest)
    kind = kind_of(found.content)
    is_withdrawal = kind is EditionKind.WITHDRAWAL
    following = ClaimState.WITHDRAWN if is_withdrawal else ClaimState.PUBLISHED
    rules.check_following(ClaimState(claim.state), following)
    _check_gates(tuple(each.gate for each in found.gates if not each.is_met))
    draft = Draft.objects.select_for_update().get(claim=claim)
    draft.claim = claim
    edition = _new_edition(draft, found, kind, by)
    # The draft is the next edition's from now on: no approval can be left over for that one.
    next_one = found.content | {"edition": found.edition + 1, "correction": None}
    drafting.go_on(draft, next_one, found.content)
    claim.state, claim.taken_by_id = following.value, None
    claim.save(update_fields=["state", "taken_by"])
    _set_reminder(claim, edition.published_at, is_withdrawal)
    if is_withdrawal:
        handing.take_away(claim.pk, by=by.actor)
    else:
        handing.hand_out(edition, found.words, is_demo=claim.is_demo, by=by.actor)
    before = Edition.objects.filter(claim=claim, number=edition.number - 1)
    entry = Entry(
        *_SAID_AS[kind],
        edition.pk,
        before=before.values_list("digest", flat=True).first() or "",
        after=edition.digest,
    )
    append([entry], by=by.actor)
    return _published(edition)


def _as_seen(claim: Claim, digest: str) -> Standing:
    """The check as it stands, if that is what somebody saw. Raises `StaleDigest`."""
    found = standing.standing_of(claim)
    # The digest is made anew: a row of the history that somebody has tampered with is not approved.
    if found.version == 0 or found.digest != digest or written(found.content)[1] != digest:
        raise StaleDigest("The draft says something else by now.", claim=claim.pk)
    return found


def _check_gates(open_gates: tuple[Gate, ...]) -> None:
    if open_gates:
        raise GatesOpen(
            f"Gates that are not met: {', '.join(open_gates)}.",
            gates=tuple(gate.value for gate in open_gates),
        )


def _new_edition(draft: Draft, found: Standing, kind: EditionKind, by: Member) -> Edition:
    content, digest = written(found.content)
    edition = Edition.objects.create(
        claim_id=found.claim_id,
        number=found.edition,
        kind=kind.value,
        content=content,
        digest=digest,
        written_by_id=draft.written_by_id,
        edited_by_id=draft.edited_by_id,
        published_by_id=by.id,
        published_at=timezone.now(),
    )
    Approval.objects.filter(
        claim=found.claim_id,
        digest=digest,
        by__in=[each.by for each in found.approvals],
        voided_at__isnull=True,
        edition__isnull=True,
    ).update(edition=edition)
    return edition


def _set_reminder(claim: Claim, at: dt.datetime, is_withdrawal: bool) -> None:
    """A day on which the check is to be looked at again, unless somebody chose a later one."""
    today = timezone.localdate(at)
    if is_withdrawal:
        Reminder.objects.filter(claim=claim).delete()
        return
    row, is_new = Reminder.objects.get_or_create(
        claim=claim, defaults={"due_on": today + dt.timedelta(days=rules.RECHECK_DAYS)}
    )
    if not is_new and row.due_on <= today:
        row.due_on = today + dt.timedelta(days=rules.RECHECK_DAYS)
        row.save(update_fields=["due_on"])


def _published(edition: Edition) -> Published:
    return Published(edition.claim_id, edition.number, edition.digest, EditionKind(edition.kind))
