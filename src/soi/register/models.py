"""Organisations and holdings."""

from __future__ import annotations

from django.db import models

from soi.core.formats import HoldingKind


class Organisation(models.Model):
    """Whose holdings are registered."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    aliases = models.JSONField(default=list)
    """Short names in ASCII, as people type them; the lookalike engine looks for them."""
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Holding(models.Model):
    """One thing that an organisation owns, or owned."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="holdings"
    )
    kind = models.CharField(
        max_length=20, choices=[(kind.value, kind.value) for kind in HoldingKind]
    )
    platform = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=500)
    """The value as it is looked up: see `soi.register.rules.key_of`."""
    value = models.CharField(max_length=500)
    bank = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    compromised_from = models.DateField(null=True)
    verified_on = models.DateField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "kind", "platform", "key"), name="one_holding_a_key"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in HoldingKind]),
                name="holding_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="holding_ends_after_it_begins",
            ),
        )
        indexes = (models.Index(fields=("kind", "key")),)

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
