"""Forms of organisations and holdings, in the words of the register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from soi.answer.wording import PLATFORM_NAMES
from soi.core.formats import HoldingKind
from soi.core.text import Platform
from soi.web.ui.register_words import KINDS

_APP_PLATFORMS = {"android": "Android", "ios": "iOS", "huawei": "Huawei", "web": "Web"}


class _RegisterForm(forms.Form):
    """Says "This field is empty" in our own words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = gettext("This field is empty.")
            field.widget.attrs.setdefault("autocomplete", "off")


class OrganisationForm(_RegisterForm):
    """A new organisation."""

    name = forms.CharField(label=_("Name"), max_length=200)
    slug = forms.CharField(
        label=_("Short name, for addresses; it can't be changed later"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    aliases = forms.CharField(
        label=_("Other short names, with | between"), max_length=1000, required=False
    )


class DeclareForm(_RegisterForm):
    """Something that is the organisation's own, in the cells of the register's CSV."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(k.value, KINDS[k]) for k in HoldingKind])
    platform = forms.ChoiceField(
        label=_("Platform, for accounts and apps"),
        required=False,
        choices=[
            ("", "–"),
            *((p.value, PLATFORM_NAMES.get(p, p.value)) for p in Platform if p != "unknown"),
            *_APP_PLATFORMS.items(),
        ],
    )
    value = forms.CharField(
        label=_("Name, address or number, as it is written"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    bank = forms.CharField(label=_("Bank, for bank accounts"), max_length=100, required=False)
    platform_id = forms.CharField(
        label=_("Identifier that the platform itself uses, if you know it"),
        max_length=200,
        required=False,
    )
    valid_from = forms.CharField(
        label=_("Theirs since (day)"),
        max_length=10,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    note = forms.CharField(label=_("Note, which is public"), max_length=1000, required=False)
    vouched = forms.BooleanField(label=_("The desk stands for it at once"), required=False)

    def __init__(self, *args: Any, is_desk: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_desk:
            del self.fields["vouched"]
