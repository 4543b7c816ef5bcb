"""Who is asking, and whether they may: the one way from a request to a member."""

from __future__ import annotations

from django.http import HttpRequest

from soi.people import rules
from soi.people.errors import NotAllowed
from soi.people.models import Person
from soi.people.queries import as_member
from soi.people.types import Member, Permission


def member_of(request: HttpRequest) -> Member | None:
    """Whoever is signed in, None for everybody else; somebody switched off is nobody."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person) or not person.is_active:
        return None
    return as_member(person)


def require(member: Member, permission: Permission) -> None:
    """Raise `NotAllowed` unless the member's role may do that."""
    if not rules.may(member.role, permission):
        raise NotAllowed(
            f"A {member.role.value} may not {permission.value}.",
            role=member.role.value,
            permission=permission.value,
        )
