"""Publishers and their checks."""

from __future__ import annotations

from django.db import models

from soi.core.formats import Verdict


class Publisher(models.Model):
    """An organisation that publishes checks, known by its site's host."""

    site = models.CharField(max_length=253, unique=True)
    name = models.CharField(max_length=200)
    is_allowed = models.BooleanField(default=False)
    """True while its checks may be imported."""
    is_own = models.BooleanField(default=False)
    """True for this desk itself, whose checks are published here and never imported."""
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("is_own",), condition=models.Q(is_own=True), name="one_own_publisher"
            ),
            models.CheckConstraint(
                condition=models.Q(is_own=False) | models.Q(is_allowed=False),
                name="own_checks_are_not_imported",
            ),
        )

    def __str__(self) -> str:
        return self.site


class Check(models.Model):
    """One published check of one claim, as its publisher last stated it."""

    publisher = models.ForeignKey(Publisher, on_delete=models.PROTECT, related_name="checks")
    key = models.CharField(max_length=500)
    url = models.URLField(max_length=2000)
    claim = models.TextField()
    title = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    verdict = models.CharField(
        max_length=20, blank=True, choices=[(verdict.value, verdict.value) for verdict in Verdict]
    )
    """On the normalised scale, "" when the publisher's words are on no known scale."""
    verdict_words = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=10, blank=True)
    claimed_on = models.DateField(null=True)
    published_on = models.DateField(null=True)
    modified_on = models.DateField(null=True)
    licence = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)
    """SHA-256 of the record's canonical JSON: a re-import writes only what differs."""
    stored_at = models.DateTimeField()
    origin = models.CharField(max_length=2000, blank=True)
    """The address or the file that it came from, "" for what was written here."""
    brought_at = models.DateTimeField(null=True)
    """When the file that it stood in last was fetched or brought."""
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("publisher", "key"), name="one_check_a_key"),
            models.CheckConstraint(
                condition=models.Q(verdict__in=["", *(v.value for v in Verdict)]),
                name="check_verdict_is_on_the_scale",
            ),
            models.CheckConstraint(condition=~models.Q(claim=""), name="check_has_a_claim"),
        )
        indexes = (
            models.Index(fields=("-published_on", "-id")),
            models.Index(fields=("stored_at", "id")),
            models.Index(fields=("publisher", "brought_at")),
        )

    def __str__(self) -> str:
        return self.claim[:80]
