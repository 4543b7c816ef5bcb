"""All reads of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.utils import timezone

from soi.people import rules
from soi.people.errors import InvitationUnknown, PersonUnknown
from soi.people.models import Invitation, Person
from soi.people.types import Member, Role


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as the administrators see them."""

    id: int
    name: str
    email: str
    role: Role
    language: str
    is_active: bool
    joined_at: dt.datetime
    last_login: dt.datetime | None
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One invitation that can still be used."""

    id: int
    email: str
    role: Role
    invited_by: str
    made_at: dt.datetime
    expires_at: dt.datetime


def member_with_id(person_id: int) -> Member:
    """The member with that number. Raises `PersonUnknown`, also for one who was switched off."""
    found = _with_id(person_id)
    if found is None or not found.is_active:
        raise PersonUnknown(f"There is no active person {person_id}.", person=person_id)
    return as_member(found)


def members() -> list[Member]:
    """Everybody who may act, by name."""
    found = Person.objects.filter(is_active=True).order_by("name", "pk")
    return [as_member(person) for person in found]


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """The names of people by number, also of those who have left; unknown numbers are left out."""
    return dict(Person.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def as_member(person: Person) -> Member:
    """What the rest of the desk sees of a person."""
    return Member(person.pk, person.name, Role(person.role), person.language)


def has_second_factor(person_id: int) -> bool:
    """True if a passkey, or an application that makes codes, stands beside the password."""
    return person_id in _with_second_factor([person_id])


def people() -> list[PersonRow]:
    """Everybody, also those who were switched off; the active ones first, by name."""
    found = list(Person.objects.order_by("-is_active", "name", "pk"))
    secured = _with_second_factor([person.pk for person in found])
    return [_row(person, person.pk in secured) for person in found]


def person_with_id(person_id: int) -> PersonRow:
    """One person. Raises `PersonUnknown`."""
    found = _with_id(person_id)
    if found is None:
        raise PersonUnknown(f"There is no person {person_id}.", person=person_id)
    return _row(found, has_second_factor(person_id))


def id_with_email(email: str) -> int:
    """The number of whoever has that address. Raises `PersonUnknown` and `PersonInvalid`."""
    found = Person.objects.filter(email=rules.folded_email(email)).values_list("pk", flat=True)
    for person_id in found:
        return person_id
    raise PersonUnknown("Nobody at the desk has that address.")


def open_invitations() -> list[InvitationRow]:
    """The invitations that can still be used, the newest first."""
    return [_invitation(each) for each in _open().order_by("-made_at", "-pk")]


def invitation_with_token(token: str) -> InvitationRow:
    """The open invitation behind a link. Raises `InvitationUnknown`.

    A wrong link, a used one and an old one are told apart by nobody.
    """
    found = _open().filter(token_digest=rules.digest_of_token(token)).first()
    if found is None:
        raise InvitationUnknown("No open invitation has that link.")
    return _invitation(found)


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now()
    )


def _with_id(person_id: int) -> Person | None:
    return Person.objects.filter(pk=person_id).first() if 0 < person_id < 2**63 else None


def _with_second_factor(ids: list[int]) -> set[int]:
    """Recovery codes alone are no second factor: they only stand in for one."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    found = Authenticator.objects.filter(user_id__in=ids, type__in=kinds)
    return set(found.values_list("user_id", flat=True))


def _row(person: Person, secured: bool) -> PersonRow:
    return PersonRow(
        id=person.pk,
        name=person.name,
        email=person.email,
        role=Role(person.role),
        language=person.language,
        is_active=person.is_active,
        joined_at=person.joined_at,
        last_login=person.last_login,
        has_second_factor=secured,
    )


def _invitation(found: Invitation) -> InvitationRow:
    return InvitationRow(
        id=found.pk,
        email=found.email,
        role=Role(found.role),
        invited_by=found.invited_by,
        made_at=found.made_at,
        expires_at=found.expires_at,
    )
