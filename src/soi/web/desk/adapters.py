"""What allauth asks the desk: who may come in, by which way, and in which words it is told.

Nobody signs up by themselves; no mail is sent; an address that a single sign-on service vouches
for opens only the place of a person, or the invitation, whose address an administrator wrote down.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse, translate_url
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from soi.answer.rate import client_network
from soi.people import access, actions, rules, sealing
from soi.people.errors import EmailTaken, InvitationUnknown, PersonInvalid
from soi.people.types import Permission
from soi.web.desk.forms import sentences_of
from soi.web.desk.qr import square

HOMES = {
    Permission.READ_DESK: "/desk/",
    Permission.KEEP_REGISTER: "/desk/organisations/",
}
"""Where a member lands, by the first of these that they may do."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts: closed to sign-up, without mail, in the desk's own words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This person was switched off. Ask an administrator of the desk."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "enter_current_password": _("That is not your present password."),
        "incorrect_code": _("The code is not right."),
        "incorrect_password": _("The password is not right."),
        "rate_limited": _("Too many tries. Wait a few minutes and try again."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody comes in without an invitation."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """No mail server is assumed, so nothing is sent."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that tries are counted by; of IPv6 the network of one household."""
        network = client_network(request).partition("/")[0]
        return network if network != "unknown" else "0.0.0.0"  # noqa: S104  # a value, no socket

    def clean_password(self, password: str, user: Any = None) -> str:
        """The password, if it is strong enough; else the reasons in the reader's language."""
        try:
            return str(super().clean_password(password, user))
        except ValidationError as error:
            raise ValidationError(sentences_of(error)) from error

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody lands who was on the way to nowhere: their own part of the desk."""
        member = access.member_of(request)
        for permission, home in HOMES.items():
            if member is not None and rules.may(member.role, permission):
                return translate_url(home, member.language)
        return reverse("account:overview")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to prove again who it is, each with its name in the reader's language."""
        names = {
            "account_reauthenticate": gettext("Use your password"),
            "mfa_reauthenticate": gettext("Use a code"),
            "mfa_reauthenticate_webauthn": gettext("Use a passkey"),
        }
        words = {reverse(name): word for name, word in names.items()}
        return [
            {**method, "description": words.get(method["url"], method["description"])}
            for method in super().get_reauthentication_methods(user)
        ]


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors: their secrets sealed, their names the desk's."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Your role needs a second step: set up another first."),
        "cannot_generate_recovery_codes": _("Set up a passkey or an app first."),
        "incorrect_code": _("The code is not right."),
    }

    def encrypt(self, text: str) -> str:
        """See `soi.people.sealing`."""
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """See `soi.people.sealing`."""
        return sealing.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """False for the last second factor of somebody whose role needs one."""
        member = access.member_of(context.request)
        if member is None or not rules.needs_second_factor(member.role):
            return True
        others = Authenticator.objects.filter(user_id=member.id).exclude(pk=authenticator.pk)
        kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        return bool(others.filter(type__in=kinds).exists())

    def build_totp_svg(self, url: str) -> SafeString:
        """The square to scan."""
        return square(url)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        """What a passkey is called until its owner names it."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey {number}").format(number=number)

    def _get_site_name(self) -> str:
        return settings.SOI_DESK_NAME or "Soi"


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Single sign-on: only for people whom the desk knows or has invited by address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody comes in without an invitation."""
        return False

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        """True if an administrator wrote that address down for a person.

        Somebody who joined by an open link typed an address that nobody vouches for: its true owner
        would come into a place that another one has the password of.
        """
        return bool(EmailAddress.objects.filter(email=email.lower(), verified=True).exists())

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let somebody join by single sign-on whose verified address an invitation names."""
        told = _shortened(sociallogin.account)
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        for address in sociallogin.email_addresses:
            if not address.verified:
                continue
            name = str(told.get("name") or address.email.partition("@")[0])
            try:
                member = actions.join_by_address(
                    address.email, name=name, language=get_language() or "vi"
                )
            except (InvitationUnknown, PersonInvalid, EmailTaken):
                continue
            sociallogin.connect(request, get_user_model()._default_manager.get(pk=member.id))
            return

    def on_authentication_error(self, request: HttpRequest, provider: Any, **known: Any) -> None:
        """Say that it did not work on the page to sign in, where the other ways are."""
        raise ImmediateHttpResponse(redirect(f"{reverse('account_login')}?sso=failed"))


def _shortened(account: Any) -> dict[str, Any]:
    """What a service told of a person; of that only the number and the address are kept."""
    told = dict(account.get_provider_account().get_user_data() or {})
    account.extra_data = {key: told[key] for key in ("sub", "email") if key in told}
    if account.pk:
        account.save(update_fields=["extra_data"])
    return told
