"""The words of webhooks, and the rows in which they leave."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """What an endpoint can be told of: the `type` of a message."""

    EDITION = "edition.published"
    CORRECTION = "correction.published"
    WITHDRAWAL = "withdrawal.published"
    CHALLENGE = "challenge.answered"
    NOTICE = "notice.changed"
    REGISTER = "register.changed"
    TEST = "test.sent"
    """Sent when somebody asks for it, to every endpoint; it says nothing."""


WANTED = tuple(kind for kind in EventKind if kind is not EventKind.TEST)
"""Kinds that an endpoint can choose among."""


class EndpointState(StrEnum):
    """Whether an endpoint is sent anything."""

    ACTIVE = "active"
    PAUSED = "paused"
    REMOVED = "removed"
    """Nothing is sent any more; what it was told before stays known."""


class Pause(StrEnum):
    """Why an endpoint is paused."""

    BY_HAND = "by_hand"
    GONE = "gone"
    """It answered 410 Gone (RFC 9110, section 15.5.11)."""
    FAILING = "failing"
    """A message could not be brought to it within all tries."""
    SECRET = "secret"  # noqa: S105  # a reason, no secret
    """Its secret can't be opened: the desk's own was changed."""


class DeliveryState(StrEnum):
    """Where one message to one endpoint stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Every try has failed; somebody can have it sent again."""


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An endpoint as administrators see it; its secret is never in it."""

    id: int
    url: str
    label: str
    kinds: tuple[EventKind, ...]
    state: EndpointState
    pause: Pause | None
    made_at: dt.datetime
    old_secret_until: dt.datetime | None
    """Until when messages are signed with the secret before the last rotation, too."""
    resting_until: dt.datetime | None
    """Until when nothing is sent, since the last try failed."""
    waiting: int = 0
    delivered: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One message to one endpoint."""

    id: int
    endpoint_id: int
    label: str
    message_id: str
    kind: EventKind
    ref: str
    """What it is about, as the public log names it: "17.2" is edition 2 of check 17."""
    digest: str
    """SHA-256 in hex of the public record that it is about."""
    at: dt.datetime
    state: DeliveryState
    attempts: int
    next_at: dt.datetime
    tried_at: dt.datetime | None
    delivered_at: dt.datetime | None
    status: int
    """Of the last reply, 0 when none came."""
    problem: str
    """Why the last try failed, a code of errors.md; "" when it did not."""


@dataclass(frozen=True, slots=True)
class Reached:
    """That an endpoint was told of something, and when; None while it was not."""

    endpoint_id: int
    label: str
    digest: str
    state: DeliveryState
    delivered_at: dt.datetime | None
