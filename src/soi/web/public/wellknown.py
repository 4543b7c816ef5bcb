"""Small files that programs look for at fixed addresses."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from soi.publishing.register import own_trust_txt
from soi.web.public.caching import kept

_TEXT = "text/plain; charset=utf-8"
_HOUR = 3600
SECURITY_DAYS = 180
"""RFC 9116, section 2.5.5, recommends less than a year."""


@require_safe
@kept(_HOUR)
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read: everything public, and no private page."""
    lines = (
        "User-agent: *",
        *(f"Disallow: {prefix}{path}" for prefix in ("", "/en") for path in _PRIVATE),
        f"Sitemap: {settings.SOI_BASE_URL}/sitemap.xml",
        "",
    )
    return HttpResponse("\n".join(lines), content_type=_TEXT)


_PRIVATE = ("/account/", "/desk/", "/tips/")


@require_safe
@kept(_HOUR)
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole in the desk (RFC 9116); 404 while nobody is named."""
    if not settings.SOI_SECURITY_CONTACT:
        raise Http404
    day = timezone.now().astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    expires = (day + dt.timedelta(days=SECURITY_DAYS)).isoformat().replace("+00:00", "Z")
    lines = (
        f"Contact: {settings.SOI_SECURITY_CONTACT}",
        f"Expires: {expires}",
        "Preferred-Languages: vi, en",
        f"Canonical: {settings.SOI_BASE_URL}/.well-known/security.txt",
        "",
    )
    return HttpResponse("\n".join(lines), content_type=_TEXT)


@require_safe
@kept(_HOUR)
def trust(request: HttpRequest) -> HttpResponse:
    """What the desk controls and where it speaks, by its own register (JournalList trust.txt)."""
    return HttpResponse(own_trust_txt(), content_type=_TEXT)
