"""All writes of people: invite, join, change what somebody may do, switch off and on."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36

from soi.journal.actions import Entry, append
from soi.people import queries, rules
from soi.people.errors import (
    EmailTaken,
    InvitationUnknown,
    LastAdministrator,
    PersonUnknown,
    ResetLinkUnknown,
)
from soi.people.models import Invitation, Person
from soi.people.types import Member, Role

TOKEN_BYTES = 24
"""192 random bits: nobody guesses another's invitation."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was made, with the token that is kept nowhere."""

    id: int
    token: str
    expires_at: dt.datetime


@transaction.atomic
def invite(role: Role, *, by: str, email: str = "") -> Invited:
    """Make an invitation for one person, good once and for `rules.INVITATION_DAYS`.

    With an address only that address can join by it. Raises `PersonInvalid` and `EmailTaken`.
    """
    email = rules.folded_email(email) if email.strip() else ""
    if email and Person.objects.filter(email=email).exists():
        raise EmailTaken("Somebody at the desk has that address.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = timezone.now()
    made = Invitation.objects.create(
        token_digest=rules.digest_of_token(token),
        email=email,
        role=role.value,
        invited_by=by,
        made_at=now,
        expires_at=now + dt.timedelta(days=rules.INVITATION_DAYS),
    )
    after = rules.digest_of_standing(role.value, is_active=False)
    append([Entry("person.invited", "invitation", made.pk, after=after)], by=by)
    return Invited(made.pk, token, made.expires_at)


@transaction.atomic
def withdraw_invitation(invitation_id: int, *, by: str) -> None:
    """End an invitation before it is used. Raises `InvitationUnknown` when it is not open."""
    found = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if found is None or not _is_open(found):
        raise InvitationUnknown(f"There is no open invitation {invitation_id}.")
    found.withdrawn_at, found.email = timezone.now(), ""
    found.save(update_fields=["withdrawn_at", "email"])
    before = rules.digest_of_standing(found.role, is_active=False)
    append([Entry("invitation.withdrawn", "invitation", found.pk, before=before)], by=by)


def join(token: str, *, name: str, email: str, password: str, language: str) -> Member:
    """Make whoever holds an invitation a person of the desk; the invitation is used up by it.

    An invitation that names an address is good for that address alone, which then counts as
    verified: an administrator stands for it. Raises `InvitationUnknown`, `EmailTaken`,
    `PersonInvalid`, and Django's `ValidationError` for a password that is too weak; then the
    invitation is still open.
    """
    found = Invitation.objects.filter(token_digest=rules.digest_of_token(token))
    return _join(found, name=name, email=email, password=password, language=language)


def join_by_address(email: str, *, name: str, language: str) -> Member:
    """Make somebody a person whose address an open invitation names and another service verified.

    They get no password: they come by that service. Raises like `join`.
    """
    now = timezone.now()
    email = rules.folded_email(email)
    # What was used or withdrawn has lost its address.
    found = Invitation.objects.filter(email=email, expires_at__gt=now).order_by("-made_at")
    return _join(found, name=name, email=email, password=None, language=language)


@transaction.atomic
def _join(
    among: QuerySet[Invitation], *, name: str, email: str, password: str | None, language: str
) -> Member:
    name, language = rules.display_name(name), rules.known_language(language)
    found = among.select_for_update().first()
    if found is None or not _is_open(found):
        raise InvitationUnknown("There is no such open invitation.")
    person = Person(
        email=found.email or rules.folded_email(email),
        name=name,
        role=found.role,
        language=language,
        joined_at=timezone.now(),
    )
    _set_password(person, password)
    _store_new(person)
    EmailAddress.objects.create(
        user=person, email=person.email, verified=bool(found.email), primary=True
    )
    found.used_at, found.used_by, found.email = person.joined_at, person, ""
    found.save(update_fields=["used_at", "used_by", "email"])
    member = queries.as_member(person)
    append([Entry("person.joined", "person", person.pk, after=_standing(person))], by=member.actor)
    return member


def _set_password(person: Person, password: str | None) -> None:
    if password is None:
        person.set_unusable_password()
        return
    validate_password(password, person)
    person.set_password(password)


def _store_new(person: Person) -> None:
    """Raises `EmailTaken`, also when two join with one address at once."""
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise EmailTaken("Somebody at the desk has that address.") from error


@transaction.atomic
def describe(person_id: int, *, name: str, language: str, by: str) -> None:
    """Change what somebody is called and which language they read. Raises `PersonInvalid`."""
    person = _locked(person_id)
    person.name, person.language = rules.display_name(name), rules.known_language(language)
    person.save(update_fields=["name", "language"])
    standing = _standing(person)
    append([Entry("person.described", "person", person.pk, standing, standing)], by=by)


def change_role(person_id: int, role: Role, *, by: str) -> None:
    """Give somebody another role. Raises `PersonUnknown` and `LastAdministrator`."""

    def changed(person: Person) -> None:
        person.role = role.value

    _change(person_id, "person.role_changed", changed, by=by)


@transaction.atomic
def deactivate(person_id: int, *, by: str) -> None:
    """Switch somebody off: they are signed out everywhere at once and can't come in again.

    What they did keeps their number. Raises `PersonUnknown` and `LastAdministrator`.
    """

    def changed(person: Person) -> None:
        person.is_active = False

    _change(person_id, "person.deactivated", changed, by=by)
    end_sessions(person_id)


def reactivate(person_id: int, *, by: str) -> None:
    """Let somebody in again who was switched off. Raises `PersonUnknown`."""

    def changed(person: Person) -> None:
        person.is_active = True

    _change(person_id, "person.reactivated", changed, by=by)


@transaction.atomic
def _change(person_id: int, verb: str, change: Callable[[Person], None], *, by: str) -> None:
    """Change what somebody may do, keeping one administrator; nothing happens without a change."""
    administrators = Person.objects.filter(role=Role.ADMINISTRATOR.value, is_active=True)
    # Two who switch each other off at once wait for one another here.
    others = [each.pk for each in administrators.select_for_update().order_by("pk")]
    person = _locked(person_id)
    before = _standing(person)
    change(person)
    after = _standing(person)
    if before == after:
        return
    stays = person.is_active and person.role == Role.ADMINISTRATOR.value
    if others == [person.pk] and not stays:
        raise LastAdministrator("The desk needs one active administrator.", person=person_id)
    person.save(update_fields=["role", "is_active"])
    append([Entry(verb, "person", person.pk, before, after)], by=by)


@transaction.atomic
def reset_second_factor(person_id: int, *, by: str) -> None:
    """Take away somebody's passkeys and codes, and sign them out everywhere.

    For who has lost their phone. Whose role needs a second factor sets it up anew at the next
    sign-in. Raises `PersonUnknown`.
    """
    person = _locked(person_id)
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person_id)
    standing = _standing(person)
    append([Entry("person.second_factor_reset", "person", person.pk, standing, standing)], by=by)


@transaction.atomic
def make_reset_token(person_id: int, *, by: str) -> str:
    """A token that lets somebody choose a new password, once and within a day.

    The old password works until then. Raises `PersonUnknown`, also for one who was switched off.
    """
    person = _locked(person_id)
    if not person.is_active:
        raise PersonUnknown(f"There is no active person {person_id}.", person=person_id)
    standing = _standing(person)
    append([Entry("person.reset_link_made", "person", person.pk, standing, standing)], by=by)
    return f"{int_to_base36(person.pk)}-{default_token_generator.make_token(person)}"


def person_of_reset_token(token: str) -> int:
    """Whose password the token changes. Raises `ResetLinkUnknown`."""
    return _person_of_reset_token(token).pk


@transaction.atomic
def set_password(token: str, password: str) -> None:
    """Set the password of whoever holds a reset token, and sign them out everywhere.

    Raises `ResetLinkUnknown`, and Django's `ValidationError` for a password that is too weak.
    """
    person = _person_of_reset_token(token)
    _set_password(person, password)
    person.save(update_fields=["password"])
    end_sessions(person.pk)
    standing = _standing(person)
    entry = Entry("person.password_reset", "person", person.pk, standing, standing)
    append([entry], by=queries.as_member(person).actor)


def _person_of_reset_token(token: str) -> Person:
    number, _, rest = token.partition("-")
    try:
        person = Person.objects.filter(pk=base36_to_int(number), is_active=True).first()
    except (ValueError, OverflowError):
        person = None
    if person is None or not default_token_generator.check_token(person, rest):
        raise ResetLinkUnknown("The link is wrong, used or too old.")
    return person


def end_sessions(person_id: int) -> int:
    """Sign somebody out on every device; says how many sessions that were."""
    sessions = list(UserSession.objects.filter(user_id=person_id))
    for session in sessions:
        session.end()
    return len(sessions)


def _is_open(found: Invitation) -> bool:
    ended = found.used_at is not None or found.withdrawn_at is not None
    return not ended and found.expires_at > timezone.now()


def _locked(person_id: int) -> Person:
    """Raises `PersonUnknown`."""
    known = Person.objects.select_for_update()
    found = known.filter(pk=person_id).first() if 0 < person_id < 2**63 else None
    if found is None:
        raise PersonUnknown(f"There is no person {person_id}.", person=person_id)
    return found


def _standing(person: Person) -> str:
    return rules.digest_of_standing(person.role, is_active=person.is_active)
