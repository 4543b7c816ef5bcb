"""Claims, their drafts with every version, approvals, editions, challenges.

What a check says stands in one place only, the canonical JSON of a revision. The constraints that a
person's word hangs on are in the database: see `soi.checking.triggers`.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from soi.checking.types import ChallengeState, ClaimState, CloseReason, EditionKind, Harm

DIGEST = 64
"""Letters of a SHA-256 in hex."""


def _values(words: type[Enum]) -> list[str | int]:
    return [each.value for each in words]


def _among(field: str, words: type[Enum], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__in": _values(words)}), name=name)


def _member(**options: Any) -> Any:
    """Somebody of the desk. They leave no list of what they did behind on themselves."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options
    )


class Claim(models.Model):
    """One checkable statement that people asked about: one item of the queue."""

    wording = models.TextField()
    """As the draft words it now."""
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=ClaimState.OPEN.value)
    reason = models.CharField(max_length=20, blank=True)
    """Why it is closed, "" in every other state."""
    answered_by = models.URLField(max_length=2000, blank=True)
    """The check that answers it, when that is why it is closed."""
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="parts"
    )
    taken_by = _member(null=True)
    asked = models.PositiveIntegerField(default=0)
    """How often tips of it came, without its parts."""
    asked_at = models.DateTimeField(null=True)
    """When the last of them came, null before the first."""
    reach = models.PositiveIntegerField(default=0)
    """How often tips of it and of its parts came."""
    harm = models.SmallIntegerField(default=Harm.UNSET.value)
    checkability = models.FloatField(default=0.5)
    """How likely it is a statement of fact, from 0 to 1."""
    opened_at = models.DateTimeField()
    last_asked_at = models.DateTimeField()
    """When the last tip of it or of its parts came, or when it was opened."""
    priority = models.FloatField(default=0.0)
    """`ordering.priority` of the factors: the queue is read by it, so it is kept."""
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(wording=""), name="claim_has_a_wording"),
            _among("state", ClaimState, "claim_state_is_known"),
            _among("harm", Harm, "claim_harm_is_known"),
            models.CheckConstraint(
                condition=Q(state=ClaimState.CLOSED.value, reason__in=_values(CloseReason))
                | ~Q(state=ClaimState.CLOSED.value) & Q(reason=""),
                name="claim_has_a_reason_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(reason=CloseReason.ALREADY_ANSWERED.value) & ~Q(answered_by="")
                | ~Q(reason=CloseReason.ALREADY_ANSWERED.value) & Q(answered_by=""),
                name="claim_has_an_address_when_answered",
            ),
            models.CheckConstraint(
                condition=Q(state=ClaimState.MERGED.value, merged_into__isnull=False)
                | ~Q(state=ClaimState.MERGED.value) & Q(merged_into__isnull=True),
                name="claim_has_a_whole_when_merged",
            ),
            models.CheckConstraint(
                condition=Q(state=ClaimState.WORKING.value, taken_by__isnull=False)
                | Q(state=ClaimState.MERGED.value)
                | ~Q(state=ClaimState.WORKING.value) & Q(taken_by__isnull=True),
                name="claim_is_taken_by_somebody_when_worked_on",
            ),
            models.CheckConstraint(
                condition=Q(checkability__gte=0) & Q(checkability__lte=1),
                name="claim_checkability_is_a_share",
            ),
        )
        indexes = (
            models.Index(fields=("state", "-priority", "-id")),
            models.Index(fields=("-priority", "-id")),
        )

    def __str__(self) -> str:
        return f"claim {self.pk}"


class Draft(models.Model):
    """Which version of a check the desk is at, and who stands behind it."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, primary_key=True)
    version = models.PositiveIntegerField(default=0)
    """Of the `Revision` that says what the check says now."""
    digest = models.CharField(max_length=DIGEST)
    """SHA-256 in hex of its canonical JSON: what an approval signs."""
    written_by = _member()
    """Whoever began it: the author."""
    edited_by = _member()
    """Whoever changed it last."""
    edited_at = models.DateTimeField()
    open_gates = models.PositiveSmallIntegerField(default=0)
    """Gates that were not met after the last change, the second person's approval aside."""
    approvals_needed = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return f"draft of {self.claim_id}"


class Revision(models.Model):
    """The whole content of a check after one change. Added and read, never changed."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField()
    content = models.TextField()
    """The canonical JSON: see `soi.checking.content`."""
    digest = models.CharField(max_length=DIGEST)
    changed = models.JSONField(default=list)
    """The names of the fields that differ from the version before."""
    by = _member()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("claim", "version"), name="one_revision_a_version"),
        )

    def __str__(self) -> str:
        return f"revision {self.version} of {self.claim_id}"


class Evidence(models.Model):
    """That a check cites a capture, or has cited it; what it says of it stands in the content."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="evidence")
    capture = models.ForeignKey("captures.Capture", on_delete=models.PROTECT, related_name="+")
    is_cited = models.BooleanField(default=True)
    """True while the draft has it."""
    is_taken_in = models.BooleanField(default=False)
    """True once the content names the bytes that were captured."""
    is_seen_to = models.BooleanField(default=False)
    """True once the watch was told of it, after its check was published."""

    def __str__(self) -> str:
        return f"evidence {self.pk} of {self.claim_id}"


class Scratch(models.Model):
    """What somebody has typed and not saved: kept by itself, seen by nobody else."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="scratches")
    by = _member()
    version = models.PositiveIntegerField()
    """The draft's version that it was typed over."""
    fields = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("claim", "by"), name="one_scratch_a_person"),
        )

    def __str__(self) -> str:
        return f"scratch of {self.claim_id}"


class Note(models.Model):
    """A working note on a claim, for the desk alone."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    by = _member()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"note {self.pk} on {self.claim_id}"


class Recusal(models.Model):
    """Somebody leaves a claim to others, because they have a part in the matter. For good."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="recusals")
    by = _member()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("claim", "by"), name="one_recusal_a_person"),
        )

    def __str__(self) -> str:
        return f"recusal from {self.claim_id}"


class Edition(models.Model):
    """What was published of a claim at one time. Added and read, never changed."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    content = models.TextField()
    """The very bytes that were approved."""
    digest = models.CharField(max_length=DIGEST)
    written_by = _member()
    edited_by = _member()
    published_by = _member()
    published_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("claim", "number"), name="one_edition_a_number"),
            models.UniqueConstraint(fields=("claim", "digest"), name="one_edition_a_digest"),
            _among("kind", EditionKind, "edition_kind_is_known"),
            models.CheckConstraint(
                condition=Q(number=1, kind=EditionKind.FIRST.value)
                | Q(number__gt=1) & ~Q(kind=EditionKind.FIRST.value),
                name="edition_one_is_the_first",
            ),
        )
        indexes = (models.Index(fields=("-published_at", "-id")),)

    def __str__(self) -> str:
        return f"edition {self.number} of {self.claim_id}"


class Approval(models.Model):
    """Somebody approved exactly the bytes that the digest names."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="approvals")
    digest = models.CharField(max_length=DIGEST)
    by = _member()
    at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    """When a change, a recusal or the approver ended it."""
    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, null=True, related_name="approvals"
    )
    """The edition that was published on it."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("claim", "digest", "by"),
                condition=Q(voided_at__isnull=True),
                name="one_standing_approval_a_person",
            ),
        )

    def __str__(self) -> str:
        return f"approval of {self.claim_id}"


class Reminder(models.Model):
    """When a published check is to be looked at again."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, primary_key=True)
    due_on = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"look at {self.claim_id} on {self.due_on}"


class Challenge(models.Model):
    """A reader's objection to an edition, and the desk's public answer."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="challenges")
    text = models.TextField()
    """Private numbers and mailboxes masked. Nothing says who sent it."""
    digest = models.CharField(max_length=DIGEST)
    """SHA-256 in hex of `text`: the same objection, sent twice, is one."""
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=ChallengeState.OPEN.value)
    answer = models.TextField(blank=True)
    """Markdown."""
    answered_by = _member(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("edition", "digest"), name="one_challenge_a_text"),
            _among("state", ChallengeState, "challenge_state_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="challenge_has_a_text"),
            models.CheckConstraint(
                condition=Q(
                    state__in=(ChallengeState.OPEN.value, ChallengeState.SET_ASIDE.value), answer=""
                )
                | Q(
                    state__in=(ChallengeState.UPHELD.value, ChallengeState.REJECTED.value),
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                )
                & ~Q(answer=""),
                name="challenge_has_an_answer_when_decided",
            ),
        )
        indexes = (models.Index(fields=("state", "received_at")),)

    def __str__(self) -> str:
        return f"challenge {self.pk}"


class QueueWeights(models.Model):
    """How much each factor counts in the order of the queue."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    reach = models.FloatField(default=1.0)
    harm = models.FloatField(default=1.0)
    checkability = models.FloatField(default=1.0)
    half_life_hours = models.FloatField(default=72.0)
    """After so many hours without a new tip a claim counts half."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(id=1), name="queue_has_one_set_of_weights"),
            models.CheckConstraint(
                condition=Q(half_life_hours__gt=0), name="queue_half_life_is_positive"
            ),
        )

    def __str__(self) -> str:
        return "weights of the queue"
