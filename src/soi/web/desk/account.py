"""The pages of one's own account and of people: join, second step, sessions, invitations, roles.

Signing in, passwords and second factors are allauth's views under our templates; what is here is
what allauth does not have. Each view is a call or two and a template.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import requests
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from soi.answer.complaints import complaint
from soi.core.errors import SoiError
from soi.people import actions, queries, rules
from soi.people.errors import FormStale, InvitationUnknown, ResetLinkUnknown
from soi.people.types import Member, Permission, Role
from soi.web.desk.forms import (
    ROLE_WORDS,
    InviteForm,
    JoinForm,
    NewPasswordForm,
    ProfileForm,
    RoleForm,
    sentences_of,
)
from soi.web.desk.guard import at_desk, private

log = logging.getLogger(__name__)

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@at_desk(None, without_second_factor=True)
def overview(request: HttpRequest, member: Member) -> HttpResponse:
    """One's own account: name, language, and the way to everything else."""
    known = {"name": member.name, "language": member.language}
    form = ProfileForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.describe(member.id, **said, by=member.actor)
        except SoiError as error:
            _refuse(form, error)
        else:
            return redirect(f"{reverse('account:overview')}?saved=1")
    context = {
        "form": form,
        "person": queries.person_with_id(member.id),
        "role": ROLE_WORDS[member.role],
        "saved": "saved" in request.GET,
        "may_read_desk": rules.may(member.role, Permission.READ_DESK),
        "may_manage": rules.may(member.role, Permission.MANAGE_PEOPLE),
        "needs_second_factor": rules.needs_second_factor(member.role),
        "has_single_sign_on": bool(settings.SOI_OIDC_URL),
    }
    return render(request, "people/overview.html", context)


@require_safe
@at_desk(None, without_second_factor=True)
def secure(request: HttpRequest, member: Member) -> HttpResponse:
    """Set up a second step: must be done by some roles, may be put off by the others."""
    way_on = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(way_on, allowed_hosts=None):
        way_on = reverse("account:overview")
    if queries.has_second_factor(member.id):
        return redirect(way_on)
    context = {"is_needed": rules.needs_second_factor(member.role), "address": way_on}
    return render(request, "people/secure.html", context)


@get_or_post
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Become a person of the desk by an invitation."""
    try:
        invitation = queries.invitation_with_token(token)
    except InvitationUnknown as error:
        return _told(request, error)
    known = {"email": invitation.email}
    form = JoinForm(request.POST or None, initial=known, known_email=invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            member = actions.join(token, **form.cleaned_data, language=get_language() or "vi")
        except (SoiError, ValidationError) as error:
            _refuse(form, error)
        else:
            return private(_signed_in(request, member))
    context = {"form": form, "invitation": invitation, "role": ROLE_WORDS[invitation.role]}
    return private(render(request, "people/join.html", context, status=_status(form)))


def _signed_in(request: HttpRequest, member: Member) -> HttpResponse:
    """Sign in whoever has just chosen a password, and lead on to the second step.

    Choosing it proves as much as typing it again: the second step does not ask for it at once.
    """
    person = get_user_model()._default_manager.get(pk=member.id)
    record_authentication(request, person, "password", reauthenticated=True)
    response: HttpResponse = perform_login(
        request, person, email_verification="none", redirect_url=reverse("account:secure")
    )
    return response


@get_or_post
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password by an administrator's link."""
    try:
        actions.person_of_reset_token(token)
    except ResetLinkUnknown as error:
        return _told(request, error)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_password(token, form.cleaned_data["password"])
        except ValidationError as error:
            _refuse(form, error)
        else:
            return private(redirect(f"{reverse('account_login')}?password=new"))
    return private(render(request, "people/reset.html", {"form": form}, status=_status(form)))


@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    """How to get a new password: the desk sends no mail, an administrator makes a link."""
    return private(render(request, "people/forgotten.html"))


@require_POST
@at_desk(None, without_second_factor=True)
def end_session(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """Sign out on one device."""
    for session in UserSession.objects.filter(user_id=member.id, pk=ref):
        session.end()
    return redirect("usersessions_list")


@get_or_post
@at_desk(Permission.MANAGE_PEOPLE)
def people(request: HttpRequest, member: Member) -> HttpResponse:
    """Everybody, the open invitations, and a new invitation: its link is shown once."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.invite(Role(said["role"]), email=said["email"], by=member.actor)
        except SoiError as error:
            _refuse(form, error)
        else:
            link = f"{settings.SOI_BASE_URL}{reverse('account:join', args=[made.token])}"
            context = {"link": link, "until": made.expires_at, "is_invitation": True}
            return render(request, "people/link.html", context)
    context = {
        "form": form,
        "people": [_shown(row) for row in queries.people()],
        "invitations": [_shown(row) for row in queries.open_invitations()],
    }
    return render(request, "people/people.html", context, status=_status(form))


@require_POST
@at_desk(Permission.MANAGE_PEOPLE)
def withdraw(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """End an invitation."""
    actions.withdraw_invitation(ref, by=member.actor)
    return redirect("account:people")


@require_safe
@at_desk(Permission.MANAGE_PEOPLE)
def person(request: HttpRequest, member: Member, ref: int) -> HttpResponse:
    """One person, and what can be done about them."""
    row = queries.person_with_id(ref)
    form = RoleForm(initial={"role": row.role.value})
    context = {"form": form, **_shown(row), "is_self": member.id == ref}
    return render(request, "people/person.html", context)


@require_POST
@at_desk(Permission.MANAGE_PEOPLE)
def change(request: HttpRequest, member: Member, ref: int, what: str) -> HttpResponse:
    """Do one thing about a person: `role`, `off`, `on`, `second-step`, `link`."""
    if what == "role":
        form = RoleForm(request.POST)
        if form.is_valid():
            actions.change_role(ref, Role(form.cleaned_data["role"]), by=member.actor)
    elif what == "off":
        actions.deactivate(ref, by=member.actor)
    elif what == "on":
        actions.reactivate(ref, by=member.actor)
    elif what == "second-step":
        actions.reset_second_factor(ref, by=member.actor)
    elif what == "link":
        token = actions.make_reset_token(ref, by=member.actor)
        link = f"{settings.SOI_BASE_URL}{reverse('account:reset', args=[token])}"
        return render(request, "people/link.html", {"link": link, "is_invitation": False})
    else:
        raise Http404
    return redirect("account:person", ref=ref)


def to_service(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the single sign-on service, or say that it is away."""
    return _by_service(openid_connect.login, request, provider_id)


def from_service(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take what the service says of whoever comes back from it."""
    return _by_service(openid_connect.callback, request, provider_id)


def _by_service(view: Callable[..., Any], request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = view(request, provider_id)
    except (requests.RequestException, ValueError, LookupError) as error:
        # It did not answer, or not as OpenID Connect Discovery 1.0 wants it.
        log.warning("single sign-on: %s", type(error).__name__)
        return redirect(f"{reverse('account_login')}?sso=failed")
    return answer


def closed(request: HttpRequest, **rest: Any) -> HttpResponse:
    """Addresses that allauth wants to name and the desk does not have."""
    raise Http404


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What Django answers a form with that lacks its token (CSRF_FAILURE_VIEW)."""
    return _told(request, FormStale(reason))


def _shown(row: queries.PersonRow | queries.InvitationRow) -> dict[str, Any]:
    return {"row": row, "role": ROLE_WORDS[row.role]}


def _refuse(form: Form, error: SoiError | ValidationError) -> None:
    """Show why it was refused in the form, beside what it is about."""
    if isinstance(error, ValidationError):
        form.add_error("password", ValidationError(sentences_of(error)))
        return
    told = complaint(error)
    field = {"email_taken": "email"}.get(error.code, str(error.params.get("field", "")))
    words = f"{told.what}. {told.why}" if told else str(error)
    form.add_error(field if field in form.fields else None, words)


def _status(form: Form) -> int:
    return 422 if form.is_bound and form.errors else 200


def _told(request: HttpRequest, error: SoiError) -> HttpResponse:
    told = complaint(error)
    status = told.http_status if told else error.http_status
    return private(render(request, "public/error.html", {"error": told}, status=status))
