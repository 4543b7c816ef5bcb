"""Addresses below the language's prefix and `account/`.

allauth's views keep allauth's names, because allauth looks them up by these; which of them there
are is written here one by one. What the desk does not offer (sign-up, changing the address, mails)
has a name and no page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as sign_in
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as services
from allauth.usersessions import views as sessions
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from soi.people.access import member_of
from soi.web.desk import account
from soi.web.desk.guard import keep_session, private


def _page(address: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    """A view of allauth with the headers and the hours of a page of the desk."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if member_of(request) is not None:
            keep_session(request)
        return private(view(request, *args, **kwargs))

    return path(address, opened, name=name)


_ours = [
    path("", account.overview, name="overview"),
    path("secure/", account.secure, name="secure"),
    path("join/<str:token>/", account.join, name="join"),
    path("reset/<str:token>/", account.reset, name="reset"),
    path("sessions/<int:ref>/end/", account.end_session, name="end-session"),
    path("people/", account.people, name="people"),
    path("people/invitations/<int:ref>/withdraw/", account.withdraw, name="withdraw"),
    path("people/<int:ref>/", account.person, name="person"),
    path("people/<int:ref>/<slug:what>/", account.change, name="change"),
]
_closed = [
    path("signup/", account.closed, name="account_signup"),
    path("email/", account.closed, name="account_email"),
    path("confirm-email/", account.closed, name="account_email_verification_sent"),
    path("services/signup/", account.closed, name="socialaccount_signup"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((_ours, "account"))),
    _page("login/", sign_in.login, "account_login"),
    _page("logout/", sign_in.logout, "account_logout"),
    _page("inactive/", sign_in.account_inactive, "account_inactive"),
    _page("prove/", sign_in.reauthenticate, "account_reauthenticate"),
    _page("password/change/", sign_in.password_change, "account_change_password"),
    _page("password/set/", sign_in.password_set, "account_set_password"),
    path("password/forgotten/", account.forgotten, name="account_reset_password"),
    _page("second-step/", second_step.index, "mfa_index"),
    _page("second-step/code/", second_step.authenticate, "mfa_authenticate"),
    _page("second-step/prove/", second_step.reauthenticate, "mfa_reauthenticate"),
    _page("second-step/app/", app.activate_totp, "mfa_activate_totp"),
    _page("second-step/app/remove/", app.deactivate_totp, "mfa_deactivate_totp"),
    _page("second-step/codes/", recovery_codes.view_recovery_codes, "mfa_view_recovery_codes"),
    _page(
        "second-step/codes/new/",
        recovery_codes.generate_recovery_codes,
        "mfa_generate_recovery_codes",
    ),
    _page(
        "second-step/codes/download/",
        recovery_codes.download_recovery_codes,
        "mfa_download_recovery_codes",
    ),
    _page("passkeys/", passkeys.list_webauthn, "mfa_list_webauthn"),
    _page("passkeys/add/", passkeys.add_webauthn, "mfa_add_webauthn"),
    _page("passkeys/login/", passkeys.login_webauthn, "mfa_login_webauthn"),
    _page("passkeys/prove/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    _page("passkeys/<int:pk>/remove/", passkeys.remove_webauthn, "mfa_remove_webauthn"),
    _page("passkeys/<int:pk>/name/", passkeys.edit_webauthn, "mfa_edit_webauthn"),
    _page("sessions/", sessions.list_usersessions, "usersessions_list"),
    _page("services/", services.connections, "socialaccount_connections"),
    _page("services/cancelled/", services.login_cancelled, "socialaccount_login_cancelled"),
    _page("services/error/", services.login_error, "socialaccount_login_error"),
    *_closed,
]
single_sign_on: list[URLPattern | URLResolver] = [
    _page("oidc/<str:provider_id>/login/", account.to_service, "openid_connect_login"),
    _page(
        "oidc/<str:provider_id>/login/callback/",
        account.from_service,
        "openid_connect_callback",
    ),
]
