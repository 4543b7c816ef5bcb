"""Version 1 of the HTTP API: an answer for a message, a way to send it to the desk, what is public.

A message that is sent to be answered is not stored; a tip is. What is read is what the public
pages show, and nothing else. Errors are
`{"error": {"code", "what", "why", "next"}}` with the codes of docs/reference/errors.md.
"""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

import soi
from soi.answer.complaints import complaint
from soi.answer.rate import WINDOW
from soi.api.v1 import answers, checks, editions, notices, register, tips
from soi.api.v1.errors import AddressUnknown, MethodNotAllowed, RequestInvalid, RequestUnreadable

api = NinjaAPI(
    title="Soi",
    version=soi.__version__,
    description="A message in, an answer out: is it true, and is it really them?",
    docs_url=None,
    openapi_url="openapi.json",
    urls_namespace="api",
)
api.add_router("", answers.router)
api.add_router("", tips.router)
for _reads in (checks, editions, register, notices):
    api.add_router("", _reads.router)


@api.exception_handler(Exception)
def on_failure(request: HttpRequest, error: Exception) -> HttpResponse:
    """Say a foreseen failure in the reader's language; let the others be seen as faults."""
    with translation.override(answers.reader_language(request)):
        told = complaint(error)
    if told is None:
        raise error
    said = {"code": told.code, "what": told.what, "why": told.why, "next": told.next}
    response = api.create_response(request, {"error": said}, status=told.http_status)
    response["Cache-Control"] = "no-store"
    if told.http_status == 429:
        response["Retry-After"] = str(getattr(error, "params", {}).get("seconds", WINDOW))
    if isinstance(error, MethodNotAllowed):
        response["Allow"] = str(error.params["allowed"])
    return response


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The body is JSON, or the address has its parameters, but not what the schema says."""
    # A place begins with where the parameter stands and, in a body, what ours is called.
    places = [(e["loc"][2 if e["loc"][0] == "body" else 1 :], e["msg"]) for e in error.errors]
    why = "; ".join(f"{'.'.join(map(str, place))}: {told}" for place, told in places)
    return on_failure(request, RequestInvalid(why.removeprefix(": ")[:500]))


@api.exception_handler(HttpError)
def on_unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The body is not JSON, or there is too much of it."""
    if isinstance(error.__cause__, RequestDataTooBig):
        return on_failure(request, error.__cause__)
    return on_failure(request, RequestUnreadable(str(error)))


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address below `/api/`: an error that a program can read."""
    return on_failure(request, AddressUnknown("No such address."))
