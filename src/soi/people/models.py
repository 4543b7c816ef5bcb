"""The members of the desk, and the invitations by which somebody becomes one."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from soi.people.types import Role

_ROLES = [(each.value, each.value) for each in Role]


class Person(AbstractBaseUser):
    """Somebody who works at the desk. Switched off when they leave, never deleted."""

    email = models.EmailField(max_length=254, unique=True)
    """In small letters: see `rules.folded_email`."""
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=20, choices=_ROLES)
    language = models.CharField(max_length=10, default="vi")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role", "joined_at"]
    objects = BaseUserManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=[each.value for each in Role]), name="person_role_is_known"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="person_has_a_name"),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="person_email_is_folded"
            ),
        )

    def __str__(self) -> str:
        """Never the name or the address: this ends up in logs."""
        return f"person {self.pk}"


class Invitation(models.Model):
    """A link that lets one person join with one role. Here is only the hash of its token."""

    token_digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254, blank=True)
    """Who is meant, "" when whoever has the link may use it; emptied when it is used or ended."""
    role = models.CharField(max_length=20, choices=_ROLES)
    invited_by = models.CharField(max_length=100)
    """As the journal names its actors."""
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=[each.value for each in Role]),
                name="invitation_role_is_known",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_by__isnull=True)
                | Q(used_at__isnull=False, used_by__isnull=False),
                name="invitation_used_by_somebody",
            ),
        )
        indexes = (models.Index(fields=("-made_at", "-id")),)

    def __str__(self) -> str:
        return f"invitation {self.pk}"
