"""Known-scam lists with their rows; names that could be taken for another, and what was decided.

No column says who owns a name: lists name what they name, and the desk decides on names alone.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from soi.core.formats import ScamKind
from soi.core.lookalike import LookalikeKind, NameKind
from soi.watch.types import State


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in words]


def _is_one_of(field: str, words: type[StrEnum]) -> Q:
    return Q(**{f"{field}__in": [each.value for each in words]})


_CONFIRMED = [State.LOOKALIKE.value, State.SCAM.value]


class ScamList(models.Model):
    """One list, known by its name, with where it came from and what may be done with it."""

    name = models.CharField(max_length=200, unique=True)
    url = models.URLField(max_length=2000, blank=True)
    licence = models.CharField(max_length=200)
    fetched_on = models.DateField()
    is_demo = models.BooleanField(default=False)
    keep_days = models.PositiveIntegerField(null=True)
    """Days after `fetched_on` that a row counts, null for no end."""
    path = models.CharField(max_length=1000, blank=True)
    """The file that is read again on schedule, "" for none."""
    every_hours = models.PositiveIntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    """When the file is looked at next, null when there is no schedule."""
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the file that was imported last, "" when it was not told."""
    failure = models.CharField(max_length=40, blank=True)
    """The code of what went wrong at the last look, "" when it went well."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(due_at=None, every_hours=None, path="")
                | Q(due_at__isnull=False, every_hours__gte=1) & ~Q(path=""),
                name="scam_list_schedule_is_whole",
            ),
        )

    def __str__(self) -> str:
        return self.name


class ScamName(models.Model):
    """One row of one list."""

    scam_list = models.ForeignKey(ScamList, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=20, choices=_choices(ScamKind))
    key = models.CharField(max_length=2000)
    """The value as it is looked up: a host in ASCII lower case, a URL, an E.164 number, digits."""
    listed_on = models.DateField(null=True)
    """The day that the list gives, null when it gives none."""
    expires_on = models.DateField(null=True)
    """The last day on which the row counts, null for no end."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("scam_list", "kind", "key"), name="one_row_a_name"),
            models.CheckConstraint(
                condition=_is_one_of("kind", ScamKind), name="scam_kind_is_known"
            ),
        )
        indexes = (models.Index(fields=("kind", "key")),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class ListImport(models.Model):
    """One import of one list: what was read, when, by whom, and what came of it."""

    scam_list = models.ForeignKey(ScamList, on_delete=models.CASCADE, related_name="imports")
    at = models.DateTimeField()
    imported_by = models.CharField(max_length=100)
    fetched_on = models.DateField()
    digest = models.CharField(max_length=64, blank=True)
    added = models.PositiveIntegerField()
    updated = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    official = models.PositiveIntegerField()
    """Rows that name what the register calls official."""
    conflicts = models.JSONField(default=list)
    """The first of them, each as kind, key and the organisation's short name."""

    def __str__(self) -> str:
        return f"import {self.pk}"


class Lookalike(models.Model):
    """A name that could be taken for an organisation's, once, however often it was seen."""

    kind = models.CharField(max_length=10, choices=_choices(NameKind))
    platform = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=500)
    """See `rules.identity_of`."""
    organisation = models.CharField(max_length=100)
    """The short name of the organisation that it could be taken for."""
    imitation = models.CharField(max_length=20, blank=True, choices=_choices(LookalikeKind))
    """"" for a name that somebody put here although the engine sees nothing in it."""
    probability = models.FloatField(null=True)
    """What the engine made of it when it was seen first, null as above."""
    reasons = models.JSONField(default=list)
    details = models.JSONField(default=dict)
    campaign = models.CharField(max_length=500)
    """See `rules.campaign_of`."""
    first_seen_on = models.DateField()
    state = models.CharField(max_length=10, default=State.WAITING.value, choices=_choices(State))
    expires_on = models.DateField(null=True)
    """The last day on which a confirmed name counts, null in every other state."""
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "platform", "key"), name="one_lookalike_a_name"
            ),
            models.CheckConstraint(
                condition=_is_one_of("kind", NameKind), name="lookalike_kind_is_known"
            ),
            models.CheckConstraint(
                condition=_is_one_of("imitation", LookalikeKind) & Q(probability__isnull=False)
                | Q(imitation="", probability=None),
                name="imitation_is_known",
            ),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1),
                name="lookalike_probability_is_one",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_CONFIRMED, expires_on__isnull=False)
                | Q(state__in=[State.WAITING.value, State.DISMISSED.value], expires_on=None),
                name="lookalike_expires_when_confirmed",
            ),
        )
        indexes = (
            models.Index(fields=("state", "-probability")),
            models.Index(fields=("organisation", "campaign")),
            models.Index(fields=("key", "kind")),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.state}"


class Sighting(models.Model):
    """A lookalike was seen at a source on a day; reading the same stretch again adds nothing."""

    lookalike = models.ForeignKey(Lookalike, on_delete=models.CASCADE, related_name="sightings")
    source = models.CharField(max_length=200)
    seen_on = models.DateField()
    noted_by = models.CharField(max_length=100)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("lookalike", "source", "seen_on"), name="one_sighting_a_source_and_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.seen_on}"


class Decision(models.Model):
    """What a person decided on a lookalike, and why. Undoing it leaves it readable."""

    lookalike = models.ForeignKey(Lookalike, on_delete=models.CASCADE, related_name="decisions")
    state = models.CharField(max_length=10, choices=_choices(State))
    reason = models.CharField(max_length=500)
    expires_on = models.DateField(null=True)
    at = models.DateTimeField()
    decided_by = models.CharField(max_length=100)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=_is_one_of("state", State) & ~Q(state=State.WAITING.value),
                name="decision_state_is_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_has_a_reason"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by="")
                | Q(undone_at__isnull=False) & ~Q(undone_by=""),
                name="decision_is_undone_by_somebody",
            ),
            models.UniqueConstraint(
                fields=("lookalike",),
                condition=Q(undone_at=None),
                name="one_standing_decision_a_lookalike",
            ),
        )

    def __str__(self) -> str:
        return f"{self.lookalike_id} {self.state}"


class Stream(models.Model):
    """How far a source of names has been read."""

    source = models.CharField(max_length=200, unique=True)
    position = models.BigIntegerField(default=0)
    """Bytes of a file; for a live stream the time of its last message, in milliseconds."""
    head = models.CharField(max_length=64, blank=True)
    """SHA-256 of the first `head_length` bytes: another file under the same name begins anew."""
    head_length = models.PositiveIntegerField(default=0)
    names = models.BigIntegerField(default=0)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source} at {self.position}"
