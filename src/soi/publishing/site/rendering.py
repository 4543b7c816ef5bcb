"""Ask the desk itself for an address, without a server, as somebody would who exports the site.

In: an address, and what is wanted of the site. Out: the bytes of the answer. It is the very answer
that the desk would serve, except that its pages know that they stand as files: what needs a running
desk leads to one, or is left out.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import translation

from soi.publishing.errors import PageFailed

STATIC_SITE = "soi.static_site"
"""Under this name a request's environment holds the `Wanted` of the site that is written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the site has. `live` is the address of a running desk, "" where there is none."""

    live: str = ""
    with_cards: bool = True


_PAGE_LINK = re.compile(rb'(href=")([^"?#]*)\?page=([0-9]+)(")')
_LINK = re.compile(rb'(?:href|src)="(/[^"#?]*)')


def rendered(address: str, wanted: Wanted, *, status: int = 200) -> bytes:
    """What stands at an address. Raises `PageFailed` for another status than `status`."""
    with _unlogged(status), translation.override(translation.get_language()):
        response = cast(
            HttpResponse | StreamingHttpResponse, _handler().get_response(_request(address, wanted))
        )
    content = (
        b"".join(cast(Iterable[bytes], response.streaming_content))
        if isinstance(response, StreamingHttpResponse)
        else response.content
    )
    if response.status_code != status:
        raise PageFailed(
            f"{address} gives status {response.status_code}.",
            address=address,
            status=response.status_code,
        )
    if response.get("Content-Type", "").startswith("text/html"):
        return _with_file_links(content, address.partition("?")[0])
    return content


def links_in(content: bytes) -> set[str]:
    """The addresses of this site that a page leads to or loads."""
    return {found.decode("utf-8", "replace") for found in _LINK.findall(content)}


def _with_file_links(content: bytes, path: str) -> bytes:
    """Pages of a list lie in folders of their own: a file has no query."""

    def replaced(found: re.Match[bytes]) -> bytes:
        base = found[2] or path.encode()
        number = b"" if found[3] == b"1" else b"page/" + found[3] + b"/"
        return found[1] + base + number + found[4]

    return _PAGE_LINK.sub(replaced, content)


@cache
def _handler() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler


@contextmanager
def _unlogged(status: int) -> Iterator[None]:
    """Django warns of a page that is not found; the one that is asked for on purpose is no news."""
    logger = logging.getLogger("django.request")
    before = logger.level
    if status == 404:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _request(address: str, wanted: Wanted) -> WSGIRequest:
    path, _, query = address.partition("?")
    host = next((host for host in settings.ALLOWED_HOSTS if "*" not in host), "localhost")
    return WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            # WSGI carries the bytes of a path as Latin-1 (PEP 3333).
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": host.lstrip("."),
            "SERVER_PORT": "443" if urlsplit(settings.SOI_BASE_URL).scheme == "https" else "80",
            "HTTP_X_FORWARDED_PROTO": "https",
            "wsgi.url_scheme": urlsplit(settings.SOI_BASE_URL).scheme,
            "wsgi.input": io.BytesIO(),
            STATIC_SITE: wanted,
        }
    )
