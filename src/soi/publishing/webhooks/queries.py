"""All reads of endpoints and of what each was told. Rows are frozen values, without secrets."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from soi.core.rows import Rows
from soi.publishing.webhooks.errors import WebhookUnknown
from soi.publishing.webhooks.models import Delivery, Endpoint
from soi.publishing.webhooks.types import (
    DeliveryRow,
    DeliveryState,
    EndpointRow,
    EndpointState,
    EventKind,
    Pause,
    Reached,
)


def endpoints() -> list[EndpointRow]:
    """Every endpoint that was not removed, in the order in which they were entered; one query."""
    found = _counted().exclude(state=EndpointState.REMOVED.value)
    return [_endpoint(each) for each in found.order_by("pk")]


def endpoint(endpoint_id: int) -> EndpointRow:
    """One of them. Raises `WebhookUnknown`."""
    known = _counted().exclude(state=EndpointState.REMOVED.value)
    found = known.filter(pk=endpoint_id).first() if 0 < endpoint_id < 2**63 else None
    if found is None:
        raise WebhookUnknown(f"There is no webhook {endpoint_id}.", endpoint=endpoint_id)
    return _endpoint(found)


def _counted() -> QuerySet[Endpoint]:
    return Endpoint.objects.annotate(
        **{
            state.value: Count("deliveries", filter=Q(deliveries__state=state.value))
            for state in DeliveryState
        }
    )


def deliveries(
    endpoint_id: int | None = None, state: DeliveryState | None = None
) -> Rows[DeliveryRow]:
    """Messages, the newest first, to be read page by page."""
    found = Delivery.objects.select_related("endpoint").order_by("-pk")
    if endpoint_id is not None:
        found = found.filter(endpoint=endpoint_id)
    if state is not None:
        found = found.filter(state=state.value)
    return Rows(found.count, lambda start, stop: [_delivery(each) for each in found[start:stop]])


def delivery(delivery_id: int) -> DeliveryRow | None:
    """One message, or None."""
    found = Delivery.objects.select_related("endpoint").filter(pk=delivery_id).first()
    return _delivery(found) if found else None


def reached(kind: EventKind, ref: str) -> list[Reached]:
    """Which endpoints were to be told of something, of which digest, and when they took it.

    Endpoints that were removed since are among them.
    """
    found = Delivery.objects.select_related("endpoint").filter(kind=kind.value, ref=ref)
    return [
        Reached(
            endpoint_id=each.endpoint_id,
            label=each.endpoint.label,
            digest=each.digest,
            state=DeliveryState(each.state),
            delivered_at=each.delivered_at,
        )
        for each in found.order_by("endpoint", "pk")
    ]


def _endpoint(found: Endpoint) -> EndpointRow:
    return EndpointRow(
        id=found.pk,
        url=found.url,
        label=found.label,
        kinds=tuple(EventKind(each) for each in found.kinds),
        state=EndpointState(found.state),
        pause=Pause(found.pause) if found.pause else None,
        made_at=found.made_at,
        old_secret_until=found.old_secret_until,
        resting_until=found.resting_until,
        **{state.value: vars(found)[state.value] for state in DeliveryState},
    )


def _delivery(found: Delivery) -> DeliveryRow:
    return DeliveryRow(
        id=found.pk,
        endpoint_id=found.endpoint_id,
        label=found.endpoint.label,
        message_id=found.message_id,
        kind=EventKind(found.kind),
        ref=found.ref,
        digest=found.digest,
        at=found.at,
        state=DeliveryState(found.state),
        attempts=found.attempts,
        next_at=found.next_at,
        tried_at=found.tried_at,
        delivered_at=found.delivered_at,
        status=found.status,
        problem=found.problem,
    )
