"""Bring messages to endpoints: what the journal has and an endpoint was not told yet.

A message is taken, sent, recorded, in three steps. Taking it counts a try and puts it off; so
whoever dies between sending and recording leaves it to the next one, which sends it again under the
same id. Messages to one endpoint go out one after the other in the order of the journal. When the
endpoint fails, those behind wait with the first; when it refuses one message by a status of its own
(400, 422 and the like), only that one waits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from soi import __version__
from soi.captures.addresses import Policy, addresses_of, target_of
from soi.captures.errors import FetchFailed
from soi.captures.problems import Problem, problem_of_status
from soi.captures.transport import Deadline, asking
from soi.journal.queries import EventRow, events_after
from soi.publishing.webhooks import messages, rules
from soi.publishing.webhooks.actions import pause_for
from soi.publishing.webhooks.errors import WebhookSecretUnreadable
from soi.publishing.webhooks.models import Delivery, Endpoint
from soi.publishing.webhooks.sealing import unseal
from soi.publishing.webhooks.signing import headers_of
from soi.publishing.webhooks.types import DeliveryState, EndpointState, EventKind, Pause

Policies = Callable[[str], Policy]
"""Whither a message to a host may go."""
log = logging.getLogger(__name__)
_BATCH = 500
_MOST_WAITING = 1000
"""So many messages wait for one endpoint; the journal keeps the rest."""
_GONE = 410


def usual(host: str) -> Policy:
    """Public addresses by TLS, but for the hosts that a setting names."""
    return rules.policy_for(host, settings.SOI_WEBHOOK_PRIVATE_HOSTS)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that is about to be sent, and by which secrets it is signed."""

    delivery_id: int
    endpoint_id: int
    url: str
    message_id: str
    kind: EventKind
    ref: str
    digest: str
    at: dt.datetime
    seq: int | None
    attempts: int
    """With this one."""
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back."""

    status: int = 0
    problem: str = ""
    """Why it was not taken, "" when it was."""
    asked: dt.timedelta = dt.timedelta()
    """What `Retry-After` said."""


def follow() -> int:
    """Make the deliveries that the journal calls for; returns how many."""
    made = 0
    active = Endpoint.objects.filter(state=EndpointState.ACTIVE.value).order_by("pk")
    for endpoint_id, seq in active.values_list("pk", "followed_seq"):
        # Asked without a lock, for it is asked all the time.
        while events := events_after(seq, subjects=messages.SUBJECTS, limit=_BATCH):
            number = _make(endpoint_id, events)
            if number is None:
                break
            made, seq = made + number, events[-1].seq
    return made


@transaction.atomic
def _make(endpoint_id: int, events: list[EventRow]) -> int | None:
    """Make the deliveries of these events, unless somebody else has or too many wait already."""
    found = Endpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if found is None or found.state != EndpointState.ACTIVE:
        return None
    if found.followed_seq >= events[-1].seq or _waiting(found).count() >= _MOST_WAITING:
        return None
    new = [event for event in events if event.seq > found.followed_seq]
    made = [
        Delivery(
            endpoint=found,
            seq=event.seq,
            message_id=_message_id(endpoint_id, event),
            kind=kind.value,
            ref=ref,
            digest=event.after,
            at=event.at,
            next_at=timezone.now(),
        )
        for event, kind, ref in messages.told(new)
        if rules.is_wanted(kind, found.kinds)
    ]
    Delivery.objects.bulk_create(made, batch_size=100)
    found.followed_seq = events[-1].seq
    found.save(update_fields=["followed_seq"])
    return len(made)


def _message_id(endpoint_id: int, event: EventRow) -> str:
    """Names a message for good: also a desk that was restored gives it to the same event again."""
    plain = f"{settings.SOI_BASE_URL} {endpoint_id} {event.seq} {event.at.isoformat()}"
    return f"msg_{hashlib.sha256(plain.encode()).hexdigest()[:32]}"


def _waiting(found: Endpoint) -> QuerySet[Delivery]:
    return Delivery.objects.filter(endpoint=found, state=DeliveryState.WAITING.value)


def is_something_due() -> bool:
    """Whether `deliver_due` would find something to do."""
    return _due(timezone.now()).exists() or _is_journal_ahead()


def _is_journal_ahead() -> bool:
    active = Endpoint.objects.filter(state=EndpointState.ACTIVE.value).order_by("followed_seq")
    seq = active.values_list("followed_seq", flat=True).first()
    return seq is not None and bool(events_after(seq, subjects=messages.SUBJECTS, limit=1))


def _due(now: dt.datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        Q(endpoint__resting_until=None) | Q(endpoint__resting_until__lte=now),
        endpoint__state=EndpointState.ACTIVE.value,
        state=DeliveryState.WAITING.value,
        next_at__lte=now,
    )


def deliver_due(policies: Policies = usual) -> int:
    """Send everything that is due, one message to each endpoint in turn; returns how many went.

    What happens meanwhile is sent, too, and before what is tried again: an endpoint that hangs
    keeps no news from the others.
    """
    sent = 0
    while True:
        follow()
        due = _due(timezone.now()).order_by().values("endpoint").annotate(tries=Max("attempts"))
        before = sent
        for each in list(due.order_by("tries", "endpoint")):
            taken = take(each["endpoint"])
            if taken is not None:
                record(taken, _sent(taken, policies))
                sent += 1
        if sent == before:
            return sent


def _sent(taken: Taken, policies: Policies) -> Outcome:
    """Send a message; a fault of ours in it is logged, and holds up no other endpoint."""
    try:
        return send(taken, policies)
    except Exception:
        log.exception("webhook message %s could not be sent", taken.message_id)
        return Outcome(problem=Problem.INTERRUPTED.value)


def deliver_now(delivery_id: int, policies: Policies = usual) -> Outcome | None:
    """Send one message at once, whatever waits before it; None if there is nothing to send."""
    endpoint = Delivery.objects.filter(pk=delivery_id).values_list("endpoint", flat=True).first()
    taken = take(endpoint, only=delivery_id) if endpoint else None
    if taken is None:
        return None
    outcome = send(taken, policies)
    record(taken, outcome)
    return outcome


@transaction.atomic
def take(endpoint_id: int, *, only: int | None = None) -> Taken | None:
    """Take the next message to an endpoint to send it; None if there is none for now.

    It is left to whoever took it for `rules.LEASE`, and no other goes to its endpoint meanwhile.
    """
    now = timezone.now()
    found = Endpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if found is None or found.state != EndpointState.ACTIVE:
        return None
    if only is None and found.resting_until and found.resting_until > now:
        return None
    waiting = _waiting(found).filter(pk=only) if only else _waiting(found).filter(next_at__lte=now)
    row = waiting.order_by("pk").first()
    if row is None:
        return None
    try:
        keys = _keys(found, now)
    except WebhookSecretUnreadable:
        pause_for(found, Pause.SECRET)
        return None
    row.attempts, row.tried_at, row.next_at = row.attempts + 1, now, now + rules.LEASE
    row.save(update_fields=["attempts", "tried_at", "next_at"])
    found.resting_until = row.next_at
    found.save(update_fields=["resting_until"])
    return Taken(
        delivery_id=row.pk,
        endpoint_id=found.pk,
        url=found.url,
        message_id=row.message_id,
        kind=EventKind(row.kind),
        ref=row.ref,
        digest=row.digest,
        at=row.at,
        seq=row.seq,
        attempts=row.attempts,
        keys=keys,
    )


def _keys(found: Endpoint, now: dt.datetime) -> tuple[str, ...]:
    """The secret, and for as long as it counts the one before. Raises `WebhookSecretUnreadable`."""
    is_old_good = found.old_secret and found.old_secret_until and found.old_secret_until > now
    return (unseal(found.secret), *([unseal(found.old_secret)] if is_old_good else []))


def send(taken: Taken, policies: Policies = usual) -> Outcome:
    """Send a message, once; never raises for whatever the other side does.

    One connection to an address that is allowed, `rules.SECONDS` for all of it; no redirect is
    followed, and of the reply no more than its head is read.
    """
    body = messages.body_of(taken.kind, taken.ref, taken.digest, taken.at, taken.seq)
    headers = (
        ("User-Agent", f"Soi/{__version__}"),
        ("Content-Type", "application/json"),
        *headers_of(taken.message_id, timezone.now(), body, taken.keys),
    )
    deadline = Deadline(rules.SECONDS)
    try:
        target = target_of(taken.url, policies(_host(taken.url)))
        policy = policies(target.host)
        addresses = addresses_of(target.host, policy, deadline.left(rules.SECONDS))
        with asking(
            target, addresses, headers=headers, policy=policy, deadline=deadline, body=body
        ) as reply:
            if 200 <= reply.status < 300:
                return Outcome(reply.status)
            problem = problem_of_status(reply.status) or Problem.STATUS_REFUSED
            return Outcome(reply.status, problem.value, _asked(reply.header("retry-after")))
    except FetchFailed as error:
        return Outcome(problem=error.code)


def _host(url: str) -> str:
    return target_of(url, rules.INSIDE).host


def _asked(retry_after: str) -> dt.timedelta:
    """How long `Retry-After` asks to wait (RFC 9110, section 10.2.3), none for what is unclear."""
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return dt.timedelta(seconds=min(int(text[:9]), 86_400))
    try:
        at = parsedate_to_datetime(text)
        return max(dt.timedelta(), at - timezone.now())
    except (ValueError, TypeError, OverflowError):
        return dt.timedelta()


@transaction.atomic
def record(taken: Taken, outcome: Outcome) -> None:
    """Write down what came of a message that was sent."""
    now = timezone.now()
    endpoint = Endpoint.objects.select_for_update().get(pk=taken.endpoint_id)
    row = Delivery.objects.get(pk=taken.delivery_id)
    row.status, row.problem = outcome.status, outcome.problem
    endpoint.resting_until = None
    if not outcome.problem:
        row.state, row.delivered_at = DeliveryState.DELIVERED.value, now
    elif row.state == DeliveryState.WAITING:  # it may have been removed meanwhile
        _put_off(endpoint, row, outcome, now)
    row.save(update_fields=["state", "status", "problem", "next_at", "delivered_at"])
    endpoint.save(update_fields=["resting_until"])


def _put_off(endpoint: Endpoint, row: Delivery, outcome: Outcome, now: dt.datetime) -> None:
    """Say when a message is tried again, or that it is dead; pause an endpoint that is."""
    if outcome.status == _GONE:
        row.next_at = now
        pause_for(endpoint, Pause.GONE)
        return
    is_refused = rules.is_of_the_message(outcome.status)
    again = rules.next_try(row.attempts, now, asked=outcome.asked)
    if again is not None:
        row.next_at = again
        endpoint.resting_until = None if is_refused else again
        return
    row.state = DeliveryState.DEAD.value
    if not is_refused:
        pause_for(endpoint, Pause.FAILING)
