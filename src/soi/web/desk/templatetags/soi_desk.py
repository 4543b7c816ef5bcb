"""What a template of the desk may ask of whoever looks at it."""

from __future__ import annotations

from django import template
from django.http import HttpRequest

from soi.people import rules
from soi.people.access import member_of
from soi.people.types import Permission

register = template.Library()


@register.filter
def may(request: HttpRequest, permission: str) -> bool:
    """Whether whoever is signed in may do that: for links; the page behind it asks again."""
    member = member_of(request)
    return member is not None and rules.may(member.role, Permission(permission))
