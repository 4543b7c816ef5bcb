"""What every address that is only read has in common: pages by cursor, caches, refusals.

A cursor names the last item that was read and the question that it was read for, so a list can be
read on while items are added: none comes twice, none is missed. It is opaque to clients and no
secret: who makes one up reads the same public list from another place.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Annotated, Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from ninja import Router, Schema
from ninja.decorators import decorate_view
from pydantic import AfterValidator, AwareDatetime, Field

from soi.answer.rate import admit
from soi.api.v1.errors import CursorInvalid, MethodNotAllowed
from soi.api.v1.schemas import Failure

Item = TypeVar("Item")
View = TypeVar("View", bound=Callable[..., Any])

LARGEST, USUAL = 100, 20
"""Items of a page: the most, and how many when nobody says."""
MINUTE = "public, max-age=0, s-maxage=60, must-revalidate"
AT_ONCE = "public, no-cache"
"""For what warns: it is asked for again each time."""
_ALLOWED = ("GET", "HEAD")
_METHODS = (*_ALLOWED, "DELETE", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")


class Page(Schema):
    """How much of a list, and from where."""

    limit: int = Field(USUAL, ge=1, le=LARGEST, description=f"Items of a page, at most {LARGEST}.")
    cursor: str = Field(
        "", max_length=500, description="`next_cursor` of the page before, with the same filters."
    )


def like(value: object) -> dict[str, Any]:
    """An example of a parameter, as OpenAPI's own field for it has it; tests ask with each."""
    return {"example": value}


def _in_utc(at: dt.datetime) -> dt.datetime:
    try:
        return at.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError("no such time in UTC") from error


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A time with its offset."""
Words = Annotated[str, Field(max_length=200), AfterValidator(lambda text: text.replace("\0", ""))]
"""A text to look for."""
Place = list[Any]
"""What a list is ordered by, of its last item that was read."""


def place_in(page: Page, asked: object, *kinds: type) -> Place | None:
    """Where a page begins, None for the first one. Raises `CursorInvalid`.

    `asked` is the question: its name and its filters. `kinds` are the types of the place's parts;
    a time is a text in ISO 8601.
    """
    if not page.cursor:
        return None
    try:
        plain = base64.b64decode(page.cursor.encode(), altchars=b"-_", validate=True)
        question, *place = json.loads(plain)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise CursorInvalid("It is not one that the API gave.") from error
    if question != _named(asked):
        raise CursorInvalid("It belongs to another list, or to other filters.")
    if [type(part) for part in place] != [str if kind is dt.datetime else kind for kind in kinds]:
        raise CursorInvalid("It is not one that the API gave.")
    return [_checked(part, kind) for part, kind in zip(place, kinds, strict=True)]


def _checked(part: Any, kind: type) -> Any:
    """A part of a place as the database can compare it. Raises `CursorInvalid`."""
    try:
        if kind is dt.datetime:
            return dt.datetime.fromisoformat(part).astimezone(dt.UTC)
        if isinstance(part, int) and not 0 < part < 2**63:
            raise ValueError("no number of a row")
        if isinstance(part, str):
            part.encode()
            if "\0" in part:
                raise ValueError("no text of a row")
    except (ValueError, OverflowError) as error:
        raise CursorInvalid("It is not one that the API gave.") from error
    return part


def page_of(
    items: Sequence[Item], page: Page, asked: object, place: Callable[[Item], Place]
) -> tuple[Sequence[Item], str | None]:
    """The items of a page, of which one more than wanted was read, and the cursor of the next."""
    some = items[: page.limit]
    if len(items) <= page.limit:
        return some, None
    plain = json.dumps([_named(asked), *place(some[-1])], separators=(",", ":"))
    return some, base64.urlsafe_b64encode(plain.encode()).decode()


def _named(asked: object) -> str:
    return hashlib.sha256(repr(asked).encode("utf-8", "replace")).hexdigest()[:12]


def changed(response: HttpResponse, at: dt.datetime | None) -> None:
    """Say when the newest of what an answer holds was changed."""
    if at is not None:
        response["Last-Modified"] = http_date(at.timestamp())


def admit_reader(request: HttpRequest) -> None:
    """Count one look. Raises `MethodNotAllowed` for what is no look, and `TooManyRequests`."""
    if request.method not in _ALLOWED:
        raise MethodNotAllowed("It is only read.", allowed=", ".join(_ALLOWED))
    admit(request, what="reads", per_minute=settings.SOI_READS_PER_MINUTE)


def reads(
    router: Router, path: str, answer: Any, *, summary: str, cached: str = MINUTE
) -> Callable[[View], View]:
    """Let an address be read, with an ETag; the view itself calls `admit_reader` first."""

    def decorate(view: View) -> View:
        name = getattr(view, "__name__", "")
        refused = dict.fromkeys((404, 422, 429, 503), Failure)
        decorate_view(_kept(cached))(view)
        router.get(path, response={200: answer, **refused}, summary=summary, operation_id=name)(
            view
        )
        others = [method for method in _METHODS if method != "GET"]
        router.api_operation(
            others,
            path,
            response={200: answer},
            include_in_schema=False,
            operation_id=f"other_methods_of_{name}",
        )(view)
        return view

    return decorate


def _kept(cached: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let caches keep an answer, and say 304 to who has its bytes already."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            response["ETag"] = etag
            response["Cache-Control"] = cached
            response["Access-Control-Allow-Origin"] = "*"
            # By the bytes alone: what is gone from a list leaves its newest change where it was.
            return get_conditional_response(request, etag=etag, response=response) or response

        return wrapped

    return decorate
