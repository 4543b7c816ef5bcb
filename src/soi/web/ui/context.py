"""What every page shows: whose desk it is (charter rule C9), and itself in the other language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language

from soi.claims.queries import has_demo
from soi.publishing.site.rendering import STATIC_SITE, Wanted


def desk(request: HttpRequest) -> dict[str, Any]:
    """The variables of `ui/base.html`, which names them."""
    other = "en" if get_language() == "vi" else "vi"
    return {
        "desk": {
            "name": settings.SOI_DESK_NAME,
            "owner": settings.SOI_DESK_OWNER,
            "funding": settings.SOI_DESK_FUNDING,
            "is_demo": _is_demo(),
        },
        "other_language_url": translate_url(request.get_full_path(), other),
        "page_address": _page_address(request),
        "static_site": _static_site(request),
    }


def _static_site(request: HttpRequest) -> Wanted | None:
    """None for a page that is served. No client can set what is no header."""
    wanted = request.META.get(STATIC_SITE)
    return wanted if isinstance(wanted, Wanted) else None


@dataclass(frozen=True, slots=True)
class PageAddress:
    """The one address of a public page, and the same page by language."""

    canonical: str
    languages: dict[str, str]


def _page_address(request: HttpRequest) -> PageAddress | None:
    """None for pages that are not public, and for what was not found."""
    found = request.resolver_match
    if found is None or found.app_name != "public":
        return None
    # Filters make no page of their own; the pages of a list do.
    number = request.GET.get("page", "")
    page = f"?page={number}" if number.isascii() and number.isdecimal() and number != "1" else ""
    if page and _static_site(request):
        page = f"page/{number}/"
    addresses = {
        code: f"{settings.SOI_BASE_URL}{translate_url(request.path, code)}{page}"
        for code, _ in settings.LANGUAGES
    }
    return PageAddress(addresses.get(get_language() or "", ""), addresses)


def _is_demo() -> bool:
    """False too when the records can't be read: an error page must not fail by this."""
    try:
        return has_demo()
    except DatabaseError:
        return False
