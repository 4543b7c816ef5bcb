"""A search that runs in the reader's browser, over small files: for a site that is only files.

What is looked for never leaves the browser.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from soi.publishing.site import searching
from soi.web.public.caching import MINUTE, kept


@require_safe
@kept(MINUTE)
def search(request: HttpRequest) -> HttpResponse:
    """The page that looks through the files below."""
    return render(request, "public/search.html")


@require_safe
@kept(MINUTE)
def shard(request: HttpRequest, number: int) -> HttpResponse:
    """One file of checks, from 1."""
    found = searching.shard(number)
    if found is None:
        raise Http404
    return HttpResponse(found, content_type="application/json")
