"""The door of the desk: who may open a page, and where everybody else is sent.

In: a view that takes a request and a `Member`. Out: the same view for Django, which lets in whoever
is signed in, has the second factor that their role needs, and may do what the page is for. Nothing
here decides what a role may do: `soi.people.rules` does.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode, urlsplit

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from soi.people import access, queries, rules
from soi.people.types import Member, Permission

Rest = ParamSpec("Rest")
Page = TypeVar("Page", bound=HttpResponseBase)
DeskView = Callable[Concatenate[HttpRequest, Member, Rest], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]

_SEEN = "seen_at"
_SEEN_EVERY = 300
"""Seconds after which a visit is written down again: a session ends so long after the last one."""


def at_desk(
    permission: Permission | None,
    *,
    without_second_factor: bool = False,
    keeps_session: bool = True,
) -> Callable[[DeskView[Rest]], View[Rest]]:
    """Let a view be opened by members who may do `permission`; by every member for None.

    The view gets the member as its second argument. Somebody who is not signed in is sent to sign
    in and comes back; somebody without the second factor that their role needs is sent to set it
    up, unless the page is what they need for that (`without_second_factor`). A page that asks by
    itself, as somebody may have left it open, keeps no session alive (`keeps_session`). Raises
    `NotAllowed` for everybody else. No answer is kept in any cache.
    """

    def guarded(view: DeskView[Rest]) -> View[Rest]:
        @wraps(view)
        def opened(
            request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs
        ) -> HttpResponseBase:
            member = access.member_of(request)
            if member is None:
                return private(_sent(request, f"{reverse('account_login')}?{_back_to(request)}"))
            if not without_second_factor and _lacks_second_factor(member):
                return private(_sent(request, f"{reverse('account:secure')}?{_back_to(request)}"))
            if permission is not None:
                access.require(member, permission)
            if keeps_session:
                keep_session(request)
            return private(view(request, member, *args, **kwargs))

        return opened

    return guarded


def _lacks_second_factor(member: Member) -> bool:
    is_needed = rules.needs_second_factor(member.role)
    return is_needed and not queries.has_second_factor(member.id)


def keep_session(request: HttpRequest) -> None:
    """Count the session's hours from now on; written down at most every few minutes."""
    now = int(time.time())
    if now - request.session.get(_SEEN, 0) >= _SEEN_EVERY:
        request.session[_SEEN] = now
        UserSession.objects.create_from_request(request)


def private(response: Page) -> Page:
    """Keep a page out of caches and searches.

    `Referrer-Policy: same-origin` and not the site's `no-referrer`: under that one browsers send
    `Origin: null` with every form, and Django refuses such a post.
    """
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "same-origin"
    return response


def _sent(request: HttpRequest, address: str) -> HttpResponse:
    """Lead a page there; htmx would put what a redirect leads to into the middle of the page."""
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _back_to(request: HttpRequest) -> str:
    """`next=` with the page that somebody was on: never the address of a post or of a fragment."""
    address = request.get_full_path()
    if getattr(request, "htmx", False):
        current = urlsplit(request.headers.get("HX-Current-URL", ""))
        address = current._replace(scheme="", netloc="").geturl() or address
    elif request.method not in ("GET", "HEAD"):
        came_from = urlsplit(request.headers.get("Referer", ""))
        is_ours = came_from.netloc == request.get_host()
        address = came_from._replace(scheme="", netloc="").geturl() if is_ours else "/"
    return urlencode({"next": address})
