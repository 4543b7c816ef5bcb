"""The forms of sign-in and of people, with every label and complaint in the reader's language.

allauth and Django bring the checks; their English words are replaced here, because neither has
them all in Vietnamese.
"""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, SetPasswordForm
from allauth.account.forms import ReauthenticateForm as ProvePasswordForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ProveCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from soi.people import rules
from soi.people.types import Role

PASSWORD_LIMIT = 1000
"""More characters than any password has; hashing takes time for each of them."""

ROLE_WORDS = {
    Role.CHECKER: _("checker"),
    Role.EDITOR: _("editor"),
    Role.KEEPER: _("keeper"),
    Role.ADMINISTRATOR: _("administrator"),
}
LANGUAGE_WORDS = {"vi": "Tiếng Việt", "en": "English"}


def sentences_of(error: ValidationError) -> list[str]:
    """Why a password is too weak, in the reader's language."""
    return [_sentence(each) for each in error.error_list]


def _sentence(error: ValidationError) -> str:
    least = int((error.params or {}).get("min_length", 0))
    known = {
        "password_too_short": ngettext(
            "The password needs at least {n} character.",
            "The password needs at least {n} characters.",
            least,
        ).format(n=least),
        "password_too_common": gettext("Too many people use this password."),
        "password_entirely_numeric": gettext("A password of digits alone is too easy to guess."),
        "password_too_similar": gettext("The password is too much like your name or address."),
    }
    return known.get(error.code or "", str(error.message))


def _required(form: forms.Form) -> None:
    """Say "This field is empty" in our own words, and show no placeholder in place of a label."""
    for field in form.fields.values():
        field.error_messages["required"] = gettext("This field is empty.")
        field.widget.attrs.pop("placeholder", None)
        field.help_text = "" if isinstance(field.widget, forms.PasswordInput) else field.help_text
        if isinstance(field.widget, forms.PasswordInput):
            field.widget.attrs["maxlength"] = PASSWORD_LIMIT


def _invalid_email(field: forms.Field) -> None:
    wrong = gettext("That is no e-mail address.")
    field.error_messages["invalid"] = wrong
    for validator in field.validators:
        if hasattr(validator, "domain_allowlist"):
            validator.message = wrong  # type: ignore[attr-defined]  # an EmailValidator


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = gettext("E-mail")
        self.fields["password"].label = gettext("Password")
        _required(self)
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        self.fields["login"].error_messages["invalid"] = gettext("That is no e-mail address.")


class ChangeForm(ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The present password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = gettext("Present password")
        self.fields["password1"].label = gettext("New password")
        self.fields["password2"].label = gettext("New password again")
        _required(self)

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        return _same_twice(self)


class FirstPasswordForm(SetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """A password for somebody who came by single sign-on and has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = gettext("New password")
        self.fields["password2"].label = gettext("New password again")
        _required(self)

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        return _same_twice(self)


def _same_twice(form: forms.Form) -> dict[str, Any]:
    found = forms.Form.clean(form) or {}
    first, second = found.get("password1"), found.get("password2")
    if first and second and first != second:
        form.add_error("password2", gettext("The two passwords are not the same."))
    return found


class ProvePassword(ProvePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = gettext("Password")
        _required(self)


class _Code:
    fields: dict[str, forms.Field]

    def name_code(self) -> None:
        """Label the field of a code and let a phone offer it."""
        self.fields["code"].label = gettext("Code")
        _required(self)  # type: ignore[arg-type]  # mixed into forms
        self.fields["code"].widget.attrs |= {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "maxlength": "20",
        }


class CodeForm(_Code, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """A code of the app, or a recovery code, at sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name_code()


class ProveCode(_Code, ProveCodeForm):  # type: ignore[misc]  # allauth has no types
    """The same, once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name_code()


class AppForm(_Code, ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The first code of an app that was just set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name_code()


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new passkey and its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext("Name of the passkey")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = gettext("Sign in with it alone, without a password")
        self.fields["passwordless"].help_text = ""
        _required(self)
        self.fields["name"].widget.attrs["maxlength"] = 100


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext("Name of the passkey")
        _required(self)
        self.fields["name"].widget.attrs["maxlength"] = 100


class _OurForm(forms.Form):
    """A form of our own, labelled in our own words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _required(self)
        for name, field in self.fields.items():
            if name == "email":
                _invalid_email(field)


def _language_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language"), choices=list(LANGUAGE_WORDS.items()))


def _name_field() -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "name"})
    return forms.CharField(label=_("Name"), max_length=rules.NAME_LIMIT, widget=widget)


def _email_field(*, required: bool = True) -> forms.EmailField:
    return forms.EmailField(label=_("E-mail"), max_length=rules.EMAIL_LIMIT, required=required)


def _new_password_field() -> forms.CharField:
    return forms.CharField(
        label=_("New password"),
        max_length=PASSWORD_LIMIT,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class JoinForm(_OurForm):
    """What somebody says of themselves when they join."""

    name = _name_field()
    email = _email_field()
    password = _new_password_field()

    def __init__(self, *args: Any, known_email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "username"
        if known_email:
            # The invitation names the address: what is sent in its place is left aside.
            self.fields["email"].disabled = True
            self.initial["email"] = known_email


class NewPasswordForm(_OurForm):
    """A new password by an administrator's link."""

    password = _new_password_field()


class ProfileForm(_OurForm):
    """What somebody is called and which language they read."""

    name = _name_field()
    language = _language_field()


class InviteForm(_OurForm):
    """Whom to invite."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, word) for role, word in ROLE_WORDS.items()]
    )
    email = _email_field(required=False)


class RoleForm(_OurForm):
    """Another role."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, word) for role, word in ROLE_WORDS.items()]
    )
