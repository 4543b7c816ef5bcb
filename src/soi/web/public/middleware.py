"""Turn foreseen failures anywhere in a page into a page that says what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from soi.answer.complaints import complaint

log = logging.getLogger(__name__)


class LanguageByAddressMiddleware:
    """Say nothing of `Accept-Language` in `Vary`: the address alone decides the language.

    Django names it on every page without a prefix, and caches would keep a copy for each reader.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, and mend the response."""
        response = self._get_response(request)
        names = [name.strip() for name in response.get("Vary", "").split(",")]
        left = [name for name in names if name and name.lower() != "accept-language"]
        if left:
            response["Vary"] = ", ".join(left)
        elif response.has_header("Vary"):
            del response["Vary"]
        return response


class ComplaintMiddleware:
    """Answer a foreseen exception with its page and status; leave the others to Django."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for `exception`, None when nobody foresaw it."""
        told = complaint(exception)
        if told is None:
            return None
        log.warning("%s: %s", told.code, type(exception).__name__)
        return render(request, "public/error.html", {"error": told}, status=told.http_status)
