"""Tips, one receipt for each time that one came, and the contacts that some senders leave; the
forms of wording that tips hold, and under which claim each stands.

No column says who sent anything. A receipt is known by a token that only its sender has.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from soi.intake.types import Channel, Decision, Reason, State


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in words]


class Tip(models.Model):
    """One message that was sent to the desk, however often it came."""

    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the text as `rules.comparable` reads it: the same message is the same tip."""
    text = models.TextField()
    """As it came first, without unseen characters, private numbers and mailboxes masked."""
    language = models.CharField(max_length=10)
    names = models.JSONField(default=list)
    """Links and names in `text`: objects with `kind`, `value` and perhaps `platform` or `bank`."""
    channel = models.CharField(max_length=10, choices=_choices(Channel))
    received_at = models.DateTimeField()
    last_received_at = models.DateTimeField()
    reach = models.PositiveIntegerField(default=1)
    """How often it came; from one source once a day."""
    state = models.CharField(
        max_length=20,
        default=State.RECEIVED.value,
        choices=_choices(State),
    )
    reason = models.CharField(max_length=20, blank=True, choices=_choices(Reason))
    """Why it is not checkable, "" in every other state."""
    link = models.URLField(max_length=2000, blank=True)
    """The published check that answers it, "" in every other state."""
    is_grouped = models.BooleanField(default=False)
    """True once its statements have been put under claims, or nothing in it belonged under one."""
    seems = models.CharField(max_length=20, blank=True)
    """The `StatementType` of a message that surely states no fact, "" for every other."""
    is_told_by_hand = models.BooleanField(default=False)
    """True once somebody has told its senders something: its claims then say nothing more."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="tip_has_a_text"),
            models.CheckConstraint(condition=Q(reach__gte=1), name="tip_came_at_least_once"),
            models.CheckConstraint(
                condition=Q(channel__in=[each.value for each in Channel]),
                name="tip_channel_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in State]), name="tip_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=State.PUBLISHED.value) & ~Q(link="")
                | ~Q(state=State.PUBLISHED.value) & Q(link=""),
                name="tip_has_a_link_when_published",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=State.NOT_CHECKABLE.value, reason__in=[each.value for each in Reason]
                )
                | ~Q(state=State.NOT_CHECKABLE.value) & Q(reason=""),
                name="tip_has_a_reason_when_not_checkable",
            ),
        )
        indexes = (
            models.Index(fields=("state", "-received_at")),
            models.Index(fields=("id",), condition=Q(is_grouped=False), name="tip_to_be_grouped"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class Receipt(models.Model):
    """One time that a tip came. Its sender's token opens the status page; here is only its hash."""

    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="receipts")
    token_digest = models.CharField(max_length=64, unique=True)
    key_digest = models.CharField(max_length=64, null=True, unique=True)
    """SHA-256 of the idempotency key, null when none was given."""
    channel = models.CharField(max_length=10, choices=_choices(Channel))
    received_at = models.DateTimeField()
    is_counted = models.BooleanField(default=True)
    """False when its source had counted in the tip's reach already that day."""
    is_noted = models.BooleanField(default=False)
    """True once the claims of its tip know of it."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(channel__in=[each.value for each in Channel]),
                name="receipt_channel_is_known",
            ),
        )
        indexes = (
            models.Index(fields=("id",), condition=Q(is_noted=False), name="receipt_to_be_noted"),
        )

    def __str__(self) -> str:
        return f"receipt {self.pk}"


class Contact(models.Model):
    """How the desk may ask back: sealed, and erased when its day has come."""

    receipt = models.OneToOneField(Receipt, on_delete=models.CASCADE, related_name="contact")
    sealed = models.BinaryField()
    """See `soi.intake.sealing`."""
    erase_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"contact {self.pk}"


class Form(models.Model):
    """One way of wording a statement, however many tips hold it. What is grouped are forms: the
    same words stand under the same claim wherever they come."""

    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the text as `rules.comparable` reads it."""
    text = models.TextField()
    """As it came first."""
    language = models.CharField(max_length=10)
    checkability = models.FloatField(default=0.5)
    """How likely it is a statement of fact, from 0 to 1."""
    claim = models.ForeignKey(
        "checking.Claim", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """The claim that it stands under; null when none was opened for it."""
    link = models.URLField(max_length=2000, blank=True)
    """The published check that says the same, where no claim of the desk's was needed."""
    check_ref = models.BigIntegerField(null=True)
    """The number of that check; no foreign key, because the claims package keeps its tables."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="form_has_a_text"),
            models.CheckConstraint(
                condition=Q(claim__isnull=True) | Q(check_ref__isnull=True),
                name="form_stands_in_one_place",
            ),
        )

    def __str__(self) -> str:
        return f"form {self.pk}"


class Saying(models.Model):
    """That a tip holds a form."""

    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="sayings")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="sayings")
    place = models.PositiveSmallIntegerField()
    """The statement's number in the message, from 0."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tip", "form"), name="one_saying_a_tip_and_form"),
        )

    def __str__(self) -> str:
        return f"form {self.form_id} in tip {self.tip_id}"


class Suggestion(models.Model):
    """That a claim may be the same as another, or as a published check: a person decides."""

    claim = models.ForeignKey("checking.Claim", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(
        "checking.Claim", on_delete=models.PROTECT, null=True, related_name="+"
    )
    check_ref = models.BigIntegerField(null=True)
    relation = models.CharField(max_length=20)
    """The judge's `Relation`."""
    probability = models.FloatField()
    decision = models.CharField(max_length=10, blank=True)
    """A `Decision`, "" while nobody has decided."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(other__isnull=False, check_ref__isnull=True)
                | Q(other__isnull=True, check_ref__isnull=False),
                name="suggestion_names_one_other",
            ),
            models.UniqueConstraint(fields=("claim", "other"), name="one_suggestion_a_claim"),
            models.UniqueConstraint(fields=("claim", "check_ref"), name="one_suggestion_a_check"),
            models.CheckConstraint(
                condition=Q(decision__in=["", *(each.value for each in Decision)]),
                name="suggestion_decision_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"suggestion {self.pk} for claim {self.claim_id}"


class Move(models.Model):
    """That somebody put forms under another claim: what is needed to take it back."""

    source = models.ForeignKey("checking.Claim", on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey("checking.Claim", on_delete=models.PROTECT, related_name="+")
    forms = models.JSONField()
    """The numbers of the forms."""
    opened = models.BooleanField()
    """True when the target was opened for them."""
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"move {self.pk}"


class AskedOn(models.Model):
    """How often tips of a claim came on one day."""

    claim = models.ForeignKey("checking.Claim", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    times = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("claim", "day"), name="one_count_a_claim_and_day"),
        )

    def __str__(self) -> str:
        return f"claim {self.claim_id} on {self.day}"


class Findable(models.Model):
    """A text by which a claim is found, and its vector. Rows are replaced, never changed.

    Only whoever holds the lock of grouping adds one, so ids follow the order of commits, and the
    index of claims can be brought up to date from the last id that it has.
    """

    claim = models.ForeignKey(
        "checking.Claim", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """Set for the wording that the desk gave to a claim."""
    form = models.OneToOneField(Form, on_delete=models.PROTECT, null=True)
    """Set for a form: it is found under whichever claim it stands."""
    text = models.TextField()
    language = models.CharField(max_length=10)
    embedder = models.CharField(max_length=50)
    vector = models.BinaryField()
    """384 little-endian 16-bit floats."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(claim__isnull=False, form__isnull=True)
                | Q(claim__isnull=True, form__isnull=False),
                name="findable_is_of_one_thing",
            ),
        )

    def __str__(self) -> str:
        return f"findable {self.pk}"


class GroupingHead(models.Model):
    """How far grouping follows what happens to claims."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    followed_seq = models.BigIntegerField(default=0)
    """The last event of the journal about claims that was followed."""

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="grouping_has_one_head"),)

    def __str__(self) -> str:
        return f"grouping at {self.followed_seq}"
