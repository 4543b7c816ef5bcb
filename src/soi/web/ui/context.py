"""What every page shows: whose desk it is (charter rule C9), and itself in the other language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language

from soi.claims.queries import has_demo


def desk(request: HttpRequest) -> dict[str, Any]:
    """The variables `desk` and `other_language_url` of `ui/base.html`."""
    other = "en" if get_language() == "vi" else "vi"
    return {
        "desk": {
            "name": settings.SOI_DESK_NAME,
            "owner": settings.SOI_DESK_OWNER,
            "funding": settings.SOI_DESK_FUNDING,
            "is_demo": _is_demo(),
        },
        "other_language_url": translate_url(request.get_full_path(), other),
    }


def _is_demo() -> bool:
    """False too when the records can't be read: an error page must not fail by this."""
    try:
        return has_demo()
    except DatabaseError:
        return False
