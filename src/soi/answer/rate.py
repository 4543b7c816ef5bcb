"""How often one client may ask: counted per minute, in memory, by a key that names nobody.

The key is a keyed hash of the client's network address that changes every minute with its window,
so that nothing that could follow a person is ever kept (charter rule C4).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from soi.answer.errors import TooManyRequests

WINDOW = 60
"""Seconds in which answers are counted."""


def admit(request: HttpRequest, *, what: str = "answers", per_minute: int = 0) -> None:
    """Count one answer for the client. Raises `TooManyRequests` with the seconds left to wait.

    `what` else is counted apart, up to `per_minute`.
    """
    most = per_minute or settings.SOI_ANSWERS_PER_MINUTE
    now = int(time.time())
    window = now // WINDOW
    name = hmac.new(
        settings.SECRET_KEY.encode(), f"{window} {client_network(request)}".encode(), hashlib.sha256
    )
    key = f"{what}:{name.hexdigest()}"
    cache.add(key, 0, timeout=WINDOW)
    try:
        asked = cache.incr(key)
    except ValueError:  # the entry was culled between the two calls: start it again
        cache.set(key, 1, timeout=WINDOW)
        asked = 1
    if asked > most:
        seconds = (window + 1) * WINDOW - now
        raise TooManyRequests(f"More than {most} {what} in a minute.", seconds=seconds)


def client_network(request: HttpRequest) -> str:
    """The client's network: an IPv4 address, or the /64 that one IPv6 household has.

    Behind proxies the address is taken from X-Forwarded-For, as many entries from its right end as
    there are trusted proxies: what stands further left is the client's own word.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SOI_TRUSTED_PROXIES:
        chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        place = max(0, len(chain) - settings.SOI_TRUSTED_PROXIES)
        address = chain[place].strip() or address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
