"""People of the desk for tests: An (checker), Bình (editor), Chi (administrator), Dung (keeper).

`member` makes one; `signed_in` gives a client that has come in, second step and all.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from soi.people import queries
from soi.people.types import Member, Role

NAMES = {Role.CHECKER: "An", Role.EDITOR: "Bình", Role.ADMINISTRATOR: "Chi", Role.KEEPER: "Dung"}
SECRET = "JBSWY3DPEHPK3PXP"
"""What the codes of everybody's app are made of."""
PASSWORD = "ba con voi di bo"


def member(
    role: Role = Role.CHECKER,
    *,
    name: str = "",
    email: str = "",
    second_step: bool = True,
    password: str = "",
) -> Member:
    """Somebody of the desk; without a password unless one is given: hashing one takes time."""
    people = get_user_model()._default_manager
    person = people.model(
        name=name or NAMES[role],
        email=email or f"{role.value}{people.count()}@desk.example",
        role=role.value,
        joined_at=timezone.now(),
    )
    if password:
        person.set_password(password)
    else:
        person.set_unusable_password()
    person.save()
    if second_step:
        TOTP.activate(person, SECRET)
    return queries.member_with_id(person.pk)


def signed_in(who: Member, client: Client | None = None) -> Client:
    """A client that has come in as `who`."""
    client = client or Client()
    client.force_login(get_user_model()._default_manager.get(pk=who.id))
    return client


def second_steps(who: Member) -> int:
    """How many second factors and sets of recovery codes somebody has."""
    return int(Authenticator.objects.filter(user_id=who.id).count())
