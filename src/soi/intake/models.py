"""Tips, one receipt for each time that one came, and the contacts that some senders leave.

No column says who sent anything. A receipt is known by a token that only its sender has.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from soi.intake.types import Channel, Reason, State


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
        indexes = (models.Index(fields=("state", "-received_at")),)

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

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(channel__in=[each.value for each in Channel]),
                name="receipt_channel_is_known",
            ),
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
