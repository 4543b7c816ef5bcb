"""All writes of endpoints: enter, pause, change the secret, remove, send again.

What is sent to them is `soi.publishing.webhooks.delivering`'s work.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from soi.journal.actions import Entry, append
from soi.journal.queries import newest_seq
from soi.publishing.webhooks import rules
from soi.publishing.webhooks.errors import (
    DeliveryUnknown,
    WebhookInvalid,
    WebhookStateRefused,
    WebhookUnknown,
)
from soi.publishing.webhooks.models import Delivery, Endpoint
from soi.publishing.webhooks.sealing import seal
from soi.publishing.webhooks.signing import new_secret
from soi.publishing.webhooks.types import DeliveryState, EndpointState, EventKind, Pause


@transaction.atomic
def add(*, url: str, label: str, kinds: Iterable[str], by: str) -> tuple[int, str]:
    """Enter an endpoint; returns its number and its secret, which is shown this once.

    It is told of what happens from now on. Raises `WebhookInvalid`.
    """
    wanted = Endpoint(
        url=rules.url_of(url, settings.SOI_WEBHOOK_PRIVATE_HOSTS),
        label=rules.label_of(label),
        kinds=rules.kinds_of(kinds),
        followed_seq=newest_seq(),
        made_at=timezone.now(),
    )
    if Endpoint.objects.exclude(state=EndpointState.REMOVED.value).count() >= rules.ENDPOINTS:
        raise WebhookInvalid(f"A desk has at most {rules.ENDPOINTS}.", reason="many")
    secret = new_secret()
    wanted.secret = seal(secret)
    wanted.save()
    append([Entry("webhook.added", "webhook", wanted.pk)], by=by)
    return wanted.pk, secret


@transaction.atomic
def pause(endpoint_id: int, *, by: str) -> None:
    """Send nothing more until somebody lets it go on. Raises `WebhookUnknown`."""
    found = locked(endpoint_id)
    if found.state == EndpointState.ACTIVE:
        _pause(found, Pause.BY_HAND, by=by)


def pause_for(found: Endpoint, why: Pause) -> None:
    """The same by the worker, for an endpoint that the caller has locked."""
    if found.state == EndpointState.ACTIVE:
        _pause(found, why, by="worker")


def _pause(found: Endpoint, why: Pause, *, by: str) -> None:
    found.state, found.pause = EndpointState.PAUSED.value, why.value
    found.save(update_fields=["state", "pause"])
    append([Entry("webhook.paused", "webhook", found.pk)], by=by)


@transaction.atomic
def resume(endpoint_id: int, *, by: str) -> None:
    """Let a paused endpoint go on, at once, with everything that happened meanwhile.

    Raises `WebhookUnknown`.
    """
    found = locked(endpoint_id)
    if found.state == EndpointState.PAUSED:
        found.state, found.pause, found.resting_until = EndpointState.ACTIVE.value, "", None
        found.save(update_fields=["state", "pause", "resting_until"])
        waiting = found.deliveries.filter(state=DeliveryState.WAITING.value)
        waiting.update(next_at=timezone.now(), attempts=0)
        append([Entry("webhook.resumed", "webhook", found.pk)], by=by)


@transaction.atomic
def rotate(endpoint_id: int, *, overlap: dt.timedelta = rules.OVERLAP, by: str) -> str:
    """Give an endpoint a new secret, which is returned this once.

    Until `overlap` has passed each message is signed with the old one, too; with none it ends now.
    Raises `WebhookUnknown`, `WebhookInvalid`.
    """
    if not dt.timedelta() <= overlap <= rules.LONGEST_OVERLAP:
        raise WebhookInvalid("An overlap lasts 0 to 30 days.", reason="overlap")
    found = locked(endpoint_id)
    secret = new_secret()
    found.old_secret = found.secret if overlap else ""
    found.old_secret_until = timezone.now() + overlap if overlap else None
    found.secret = seal(secret)
    found.save(update_fields=["secret", "old_secret", "old_secret_until"])
    append([Entry("webhook.rotated", "webhook", found.pk)], by=by)
    return secret


@transaction.atomic
def remove(endpoint_id: int, *, by: str) -> None:
    """Send an endpoint nothing more and forget its secret; what it was told stays known.

    Raises `WebhookUnknown`.
    """
    found = locked(endpoint_id)
    found.state, found.pause = EndpointState.REMOVED.value, ""
    found.secret = found.old_secret = ""
    found.old_secret_until = found.resting_until = None
    found.save()
    found.deliveries.filter(state=DeliveryState.WAITING.value).update(
        state=DeliveryState.DEAD.value
    )
    append([Entry("webhook.removed", "webhook", found.pk)], by=by)


@transaction.atomic
def send_test(endpoint_id: int, *, by: str) -> int:
    """Have a message sent that says nothing; returns its number.

    Raises `WebhookUnknown`, and `WebhookStateRefused` for an endpoint that is paused.
    """
    found = _active(endpoint_id)
    now = timezone.now()
    made = Delivery.objects.create(
        endpoint=found,
        message_id=f"msg_{secrets.token_hex(16)}",
        kind=EventKind.TEST.value,
        at=now,
        next_at=now,
    )
    append([Entry("webhook.tested", "webhook", found.pk)], by=by)
    return made.pk


@transaction.atomic
def replay(endpoint_id: int, delivery_ids: Iterable[int] | None = None, *, by: str) -> int:
    """Have messages sent again under their old ids; returns how many. Without ids, all dead ones.

    Raises `WebhookUnknown`, `WebhookStateRefused` for an endpoint that is paused, and
    `DeliveryUnknown` for a number that is none of its own or is waiting already.
    """
    found = _active(endpoint_id)
    ended = found.deliveries.exclude(state=DeliveryState.WAITING.value)
    if delivery_ids is None:
        wanted = ended.filter(state=DeliveryState.DEAD.value)
    else:
        ids = {each for each in delivery_ids if 0 < each < 2**63}
        wanted = ended.filter(pk__in=ids)
        if not ids or wanted.count() != len(ids):
            raise DeliveryUnknown("It has no such message that could be sent again.")
    again = wanted.update(
        state=DeliveryState.WAITING.value,
        attempts=0,
        next_at=timezone.now(),
        problem="",
    )
    if again:
        append([Entry("webhook.replayed", "webhook", found.pk)], by=by)
    return again


def _active(endpoint_id: int) -> Endpoint:
    found = locked(endpoint_id)
    if found.state != EndpointState.ACTIVE:
        raise WebhookStateRefused("It is paused; let it go on first.", endpoint=endpoint_id)
    return found


def locked(endpoint_id: int) -> Endpoint:
    """The endpoint, not removed, locked until the transaction ends. Raises `WebhookUnknown`."""
    found = None
    if 0 < endpoint_id < 2**63:
        known = Endpoint.objects.exclude(state=EndpointState.REMOVED.value)
        found = known.select_for_update().filter(pk=endpoint_id).first()
    if found is None:
        raise WebhookUnknown(f"There is no webhook {endpoint_id}.", endpoint=endpoint_id)
    return found
