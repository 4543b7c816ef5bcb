"""What is due with people: sessions that have ended are removed."""

from __future__ import annotations

import time

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

_EVERY = 3600.0
_last = -_EVERY


def run_due() -> int:
    """Remove ended sessions, with the address and browser that stood beside them.

    Looks at most once an hour. Says how many it removed.
    """
    global _last
    if time.monotonic() - _last < _EVERY:
        return 0
    _last = time.monotonic()
    return remove_ended_sessions()


def remove_ended_sessions() -> int:
    """Remove what has ended; says how many sessions that were."""
    removed, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    going = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=going).delete()
    return removed
