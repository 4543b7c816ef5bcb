"""Endpoints, and what each was told of when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from soi.publishing.webhooks.types import DeliveryState, EndpointState


class Endpoint(models.Model):
    """An address that is told of what is published."""

    url = models.CharField(max_length=500)
    label = models.CharField(max_length=100)
    """What people call it: the name of a channel."""
    kinds = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=EndpointState.ACTIVE.value)
    pause = models.CharField(max_length=10, blank=True)
    """Why it is paused, "" in every other state."""
    secret = models.TextField(blank=True)
    """Sealed; "" once it was removed."""
    old_secret = models.TextField(blank=True)
    """Sealed: the one before the last rotation, which signs as well until `old_secret_until`."""
    old_secret_until = models.DateTimeField(null=True)
    followed_seq = models.BigIntegerField()
    """Up to which event of the journal its deliveries are made."""
    resting_until = models.DateTimeField(null=True)
    """Nothing is sent before: it is being sent to, or the last try failed."""
    made_at = models.DateTimeField()

    class Meta:
        db_table = "publishing_webhook_endpoint"
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in EndpointState]),
                name="webhook_endpoint_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state=EndpointState.PAUSED.value) ^ Q(pause=""),
                name="webhook_endpoint_has_a_reason_when_paused",
            ),
            models.CheckConstraint(
                condition=Q(state=EndpointState.REMOVED.value) ^ ~Q(secret=""),
                name="webhook_endpoint_has_a_secret_until_removed",
            ),
        )

    def __str__(self) -> str:
        return f"webhook endpoint {self.pk}"


class Delivery(models.Model):
    """One message to one endpoint: made from an event, kept for good.

    It holds no text: what is said is read from what is public when it is sent.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    seq = models.BigIntegerField(null=True)
    """The event of the journal, null for a test."""
    message_id = models.CharField(max_length=40, unique=True)
    """The same however often it is sent: by it receivers know a message again."""
    kind = models.CharField(max_length=30)
    ref = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default=DeliveryState.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    """When it was taken, the last time; kept while it is sent again."""
    status = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "publishing_webhook_delivery"
        constraints = (
            models.UniqueConstraint(
                fields=("endpoint", "seq"), name="one_webhook_delivery_an_event"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in DeliveryState]),
                name="webhook_delivery_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state=DeliveryState.DELIVERED.value) | Q(delivered_at__isnull=False),
                name="webhook_delivery_has_a_time_when_delivered",
            ),
        )
        indexes = (
            models.Index(fields=("endpoint", "state", "next_at")),
            models.Index(fields=("kind", "ref")),
        )

    def __str__(self) -> str:
        return f"webhook delivery {self.pk}"
