"""Which site a form came from, on pages that set no cookie.

No token in a cookie can prove there that a form was the desk's own. What does is the browser: it
says in `Sec-Fetch-Site`, else in `Origin`, which site a post comes from, and no page of another
site can change that.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from soi.intake.errors import SentFromElsewhere


def refuse_other_sites(request: HttpRequest) -> None:
    """Raise `SentFromElsewhere` when the browser says that another site's page sent this.

    Old browsers, and all of them where the desk has no HTTPS, leave `Sec-Fetch-Site` out, and under
    our own Referrer-Policy `Origin` is "null" then: what says nothing is taken.
    """
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "null")
    if site:
        is_ours = site in ("same-origin", "none")
    else:
        is_ours = origin == "null" or origin.partition("://")[2] == request.get_host()
    if not is_ours:
        raise SentFromElsewhere("Another site sent this post.")


def private(response: HttpResponse) -> HttpResponse:
    """Keep a page and its address out of caches, searches and referrers."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response
