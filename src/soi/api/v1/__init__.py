"""Version 1 of the HTTP API: one answer for one message, described by OpenAPI.

Nothing that is sent is stored. Errors are `{"error": {"code", "what", "why", "next"}}` with the
codes of docs/reference/errors.md.
"""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

import soi
from soi.answer.complaints import Complaint, complaint
from soi.answer.rate import WINDOW
from soi.api.v1 import answers

api = NinjaAPI(
    title="Soi",
    version=soi.__version__,
    description="A message in, an answer out: is it true, and is it really them?",
    docs_url=None,
    openapi_url="openapi.json",
    urls_namespace="api",
)
api.add_router("", answers.router)


def _respond(request: HttpRequest, told: Complaint) -> HttpResponse:
    error = {"code": told.code, "what": told.what, "why": told.why, "next": told.next}
    response = api.create_response(request, {"error": error}, status=told.http_status)
    if told.code == "rate_limited":
        response["Retry-After"] = str(WINDOW)
    return response


@api.exception_handler(Exception)
def on_failure(request: HttpRequest, error: Exception) -> HttpResponse:
    """Say a foreseen failure in the reader's language; let the others be seen as faults."""
    with translation.override(answers.reader_language(request)):
        told = complaint(error)
        if told is None:
            raise error
        return _respond(request, told)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The body is JSON, but not what the schema says."""
    what = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors)
    return _respond(
        request, Complaint("request_invalid", "The request is not valid.", what[:500], "", 422, 2)
    )


@api.exception_handler(HttpError)
def on_unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The body is not JSON, or the address or method does not exist."""
    if isinstance(error.__cause__, RequestDataTooBig):
        return on_failure(request, error.__cause__)
    return _respond(
        request, Complaint("request_unreadable", str(error), "", "", error.status_code, 2)
    )
