"""Known-scam lists and their rows."""

from __future__ import annotations

from django.db import models

from soi.core.formats import ScamKind


class ScamList(models.Model):
    """One list, known by its name, with where it came from and what may be done with it."""

    name = models.CharField(max_length=200, unique=True)
    url = models.URLField(max_length=2000, blank=True)
    licence = models.CharField(max_length=200)
    fetched_on = models.DateField()
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class ScamName(models.Model):
    """One row of one list."""

    scam_list = models.ForeignKey(ScamList, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in ScamKind])
    key = models.CharField(max_length=2000)
    """The value as it is looked up: a host in ASCII lower case, a URL, an E.164 number, digits."""
    listed_on = models.DateField(null=True)
    """The day that the list gives, null when it gives none."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("scam_list", "kind", "key"), name="one_row_a_name"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in ScamKind]),
                name="scam_kind_is_known",
            ),
        )
        indexes = (models.Index(fields=("kind", "key")),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
