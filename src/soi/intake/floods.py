"""Slow floods without silencing people, and without knowing anybody.

A source is a network in one day: a keyed hash of both, as answers are counted by the minute. Counts
live in the cache and expire; none is in the database, and none stands beside a tip (ADR 0007).
A source is bound twice: by what it may send in a day, and by its share of the places that are free,
so that no source can take the last ones. What is over a bound is refused and said; nothing that was
taken is ever removed.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from soi.answer.rate import client_network
from soi.intake import queries, rules
from soi.intake.errors import QueueFull, TooManyTips

DAY = 86_400
WAITING_FOR = 5
"""Seconds for which a count of the queue is believed: counting a full one costs milliseconds."""


def source_of(request: HttpRequest) -> str:
    """The request's source under a name that nobody can turn back, another one every day."""
    day = int(time.time()) // DAY
    name = f"tips {day} {client_network(request)}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), name, hashlib.sha256).hexdigest()


def admit(source: str) -> None:
    """Count one tip that a source sends. Raises `TooManyTips` above its bound for the day."""
    if source and _counted(f"tips:sent:{source}") > settings.SOI_TIPS_PER_DAY:
        raise TooManyTips(
            f"More than {settings.SOI_TIPS_PER_DAY} tips in a day.", seconds=_rest_of_day()
        )


def take_place(source: str) -> None:
    """Count one place in the queue for a tip that is new.

    Raises `QueueFull` when no place is free, for whoever asks, and `TooManyTips` when the source
    already holds its share. Without a source, as for the desk's own files, there is no bound.
    """
    if not source:
        return
    free = settings.SOI_TIPS_WAITING - _waiting()
    if free <= 0:
        raise QueueFull(f"{settings.SOI_TIPS_WAITING} tips are waiting.")
    held = f"tips:new:{source}"
    if _counted(held) > rules.share_of(free):
        _add(held, -1)
        raise TooManyTips("The source holds its share of the queue.", seconds=_rest_of_day())
    _add("tips:waiting", 1)


def has_counted(source: str, digest: str) -> bool:
    """Whether the source already counts in this tip's reach: one source counts once a day."""
    return bool(source) and cache.get(_seen(source, digest)) is not None


def note_counted(source: str, digest: str) -> None:
    """Remember for the day that the source counts in this tip's reach."""
    if source:
        cache.set(_seen(source, digest), 1, timeout=DAY)


def _seen(source: str, digest: str) -> str:
    return f"tips:reach:{source[:32]}:{digest[:32]}"


def _waiting() -> int:
    known: int | None = cache.get("tips:waiting")
    if known is None:
        known = queries.waiting_count()
        cache.set("tips:waiting", known, timeout=WAITING_FOR)
    return known


def _add(key: str, number: int) -> None:
    """Change a count that may have expired meanwhile."""
    with suppress(ValueError):
        cache.incr(key, number)


def _counted(key: str) -> int:
    """One more under `key` today; the day is in the source's name."""
    cache.add(key, 0, timeout=DAY)
    try:
        return int(cache.incr(key))
    except ValueError:  # the entry was culled between the two calls: start it again
        cache.set(key, 1, timeout=DAY)
        return 1


def _rest_of_day() -> int:
    return DAY - int(time.time()) % DAY
