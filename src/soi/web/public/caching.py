"""What caches may keep of public pages, and how a reader asks whether theirs is still right.

A page is the same for everybody: no cookie, no session, the language in the address. So caches may
share it for a short time, and its ETag is made of its bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

View = Callable[..., HttpResponse]

FOR_EVER = "public, max-age=31536000, immutable"
"""For what never changes at its address."""
MINUTE = 60
AT_ONCE = 0
"""For what can be in other hands a moment later: caches ask each time whether theirs is right."""


def kept(seconds: int) -> Callable[[View], View]:
    """Let shared caches keep what a view gives for `seconds`; 304 to who has it already.

    A reader's own browser asks each time: who has just objected, or reloads after a correction,
    sees it.
    A view that sets `Cache-Control` or `Last-Modified` itself is not overruled. What is no success
    is left as it is.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code != 200 or response.streaming:
                return response
            kept_so = f"max-age=0, s-maxage={seconds}, must-revalidate" if seconds else "no-cache"
            response.headers.setdefault("Cache-Control", f"public, {kept_so}")
            return conditional(request, response)

        return wrapped

    return decorate


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response with an ETag of its bytes, or 304 when the reader has these."""
    etag = f'"{sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    # By the bytes alone: a page also changes by what stands around its content.
    found = get_conditional_response(request, etag=etag, response=response)
    return response if found is None else found


def last_modified(response: HttpResponse, at: dt.datetime) -> HttpResponse:
    """Say when what a page shows was changed."""
    response["Last-Modified"] = http_date(at.timestamp())
    return response


def for_programs(response: HttpResponse) -> HttpResponse:
    """Let the scripts of every site read it: it is public, and no cookie goes with it."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
