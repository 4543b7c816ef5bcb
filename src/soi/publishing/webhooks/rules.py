"""Pure decisions about webhooks: where they may lead, when a message is tried again.

Nothing here reads the database, the clock or the network.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Iterable
from typing import Final

from soi.captures.addresses import PUBLIC, Policy, target_of
from soi.captures.errors import FetchFailed
from soi.core.text import clean
from soi.publishing.webhooks.errors import WebhookInvalid
from soi.publishing.webhooks.types import WANTED, EventKind

LABEL_LIMIT: Final = 100
URL_LIMIT: Final = 500
ENDPOINTS: Final = 50
"""Endpoints of a desk."""
OVERLAP: Final = dt.timedelta(hours=24)
"""For so long messages are signed with the old secret too, unless something else is said."""
LONGEST_OVERLAP: Final = dt.timedelta(days=30)
SECONDS: Final = 15.0
"""From the look-up of the name to the head of the reply."""
LEASE: Final = dt.timedelta(seconds=60)
"""So long a message is left to whoever took it to send it; more than `SECONDS`."""
WAITS: Final = tuple(
    dt.timedelta(seconds=each)
    for each in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""After each failure until the next try: 5 seconds to a day, 75 hours in all, as Standard Webhooks
suggests. What then fails again is dead."""
_JITTER: Final = 0.2
_REFUSED: Final = range(400, 500)
_OF_THE_ENDPOINT: Final = frozenset({401, 403, 404, 407, 408, 410, 425, 429})
"""Statuses of the four hundreds that say nothing about the one message."""


def label_of(text: str) -> str:
    """The label on one line. Raises `WebhookInvalid`."""
    line = " ".join(clean(text[: 4 * LABEL_LIMIT]).split())
    if not line or len(line) > LABEL_LIMIT:
        raise WebhookInvalid(f"A label has 1 to {LABEL_LIMIT} characters.", reason="label")
    return line


def kinds_of(kinds: Iterable[str]) -> list[str]:
    """The kinds in their order, each once. Raises `WebhookInvalid` for none and unknown ones."""
    wanted = set(kinds)
    if not wanted or wanted - {each.value for each in WANTED}:
        raise WebhookInvalid("Choose among the kinds of events.", reason="kinds")
    return [each.value for each in WANTED if each.value in wanted]


def url_of(text: str, private_hosts: Collection[str]) -> str:
    """The address as it is kept. Raises `WebhookInvalid`; whether it is there is not asked."""
    plain = text.strip()
    if len(plain) > URL_LIMIT:
        raise WebhookInvalid(f"An address has at most {URL_LIMIT} characters.", reason="url")
    try:
        host = target_of(plain, INSIDE).host
        return target_of(plain, policy_for(host, private_hosts)).url
    except FetchFailed as error:
        raise WebhookInvalid("Only public hosts are sent to, by https.", reason="url") from error


PUBLIC_HTTPS: Final = Policy(schemes=frozenset({"https"}), ports=PUBLIC.ports)
"""What messages go to: public addresses, over TLS."""
INSIDE: Final = Policy(ports=range(1, 65536), is_allowed=lambda address: True)
"""What the hosts may be that `SOI_WEBHOOK_PRIVATE_HOSTS` names: any port, with or without TLS."""


def policy_for(host: str, private_hosts: Collection[str]) -> Policy:
    """Whither a message to this host may go."""
    return INSIDE if host in private_hosts else PUBLIC_HTTPS


def next_try(attempts: int, now: dt.datetime, *, asked: dt.timedelta) -> dt.datetime | None:
    """When to try again after `attempts` failures, None when it has been tried enough.

    `asked` is what the receiver's `Retry-After` says; it only makes the wait longer, up to a day.
    """
    if attempts > len(WAITS):
        return None
    wait = WAITS[attempts - 1] * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  # no secret
    return now + max(wait, min(asked, WAITS[-1]))


def is_of_the_message(status: int) -> bool:
    """True when the receiver refuses this one message, and others may fare better."""
    return status in _REFUSED and status not in _OF_THE_ENDPOINT


def is_wanted(kind: EventKind, kinds: Collection[str]) -> bool:
    """True if an endpoint with these kinds is told of it; a test it is always."""
    return kind is EventKind.TEST or kind.value in kinds
