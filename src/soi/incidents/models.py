"""Incidents with their steps, and notices with the keys that signed them.

No code and no private key is here. No column has room for who did it: an incident is about names
and accounts (charter rule C4).
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from soi.incidents.types import (
    FRAUD,
    Form,
    Happening,
    IncidentKind,
    IncidentState,
    NoticeState,
    StepState,
    StepWord,
)


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in words]


def _is_one_of(field: str, words: type[StrEnum]) -> Q:
    return Q(**{f"{field}__in": [each.value for each in words]})


class RecoveryKey(models.Model):
    """The public half of a key whose code an organisation keeps on paper."""

    organisation = models.CharField(max_length=100)
    """The organisation's short name."""
    handle = models.CharField(max_length=6, unique=True)
    salt = models.BinaryField()
    key = models.CharField(max_length=400)
    """The verifier key as one line."""
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=100, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation",),
                condition=Q(withdrawn_at=None),
                name="one_recovery_key_an_organisation",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation} {self.handle}"


_PUBLIC = [each.value for each in (NoticeState.PUBLISHED, NoticeState.ENDED, NoticeState.RETRACTED)]
_OVER = [each.value for each in (NoticeState.ENDED, NoticeState.RETRACTED)]


class Notice(models.Model):
    """What an organisation will say, or says, of accounts that are in other hands."""

    organisation = models.CharField(max_length=100, db_index=True)
    key = models.ForeignKey(RecoveryKey, on_delete=models.PROTECT, related_name="notices")
    state = models.CharField(
        max_length=12, default=NoticeState.PREPARED.value, choices=_choices(NoticeState)
    )
    untrusted = models.JSONField()
    """Holdings as they were when it was signed: objects with id, kind, platform, value."""
    trusted = models.JSONField()
    words = models.CharField(max_length=500, blank=True)
    words_en = models.CharField(max_length=500, blank=True)
    prepared_note = models.TextField()
    prepared_at = models.DateTimeField()
    prepared_by = models.CharField(max_length=100)
    since = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    switched = models.JSONField(default=list)
    """Ids of the holdings that publishing it called compromised; others were so before."""
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    is_demo = models.BooleanField(default=False)
    incident = models.ForeignKey(
        "Incident", on_delete=models.SET_NULL, null=True, related_name="notices"
    )
    """The incident in which it was published, null for none."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in NoticeState]),
                name="notice_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_PUBLIC, since__isnull=False, published_at__isnull=False)
                | ~Q(state__in=_PUBLIC) & Q(since=None, published_at=None, note=""),
                name="notice_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_OVER, ended_at__isnull=False) & ~Q(reason="")
                | ~Q(state__in=_OVER) & Q(ended_at=None),
                name="notice_ends_with_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"notice {self.pk} {self.state}"


class Drill(models.Model):
    """Somebody practised with a notice: nothing was published."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="drills")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    seconds = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return f"drill {self.pk}"


_OF_A_NAME = [each.value for each in FRAUD - {IncidentKind.HIJACK}]


class Incident(models.Model):
    """Something that happened to a holding, or that is done under a name like it.

    What it is about and its kind never change: see `soi.incidents.triggers`.
    """

    organisation = models.CharField(max_length=100)
    """The organisation's short name."""
    kind = models.CharField(max_length=20, choices=_choices(IncidentKind))
    state = models.CharField(
        max_length=10, default=IncidentState.OPEN.value, choices=_choices(IncidentState)
    )
    holding = models.BigIntegerField(null=True)
    """The number of the holding in the register."""
    lookalike = models.BigIntegerField(null=True)
    """The number of the name before the desk."""
    named = models.JSONField()
    """What it is about as it was then: id, kind, platform, value."""
    words = models.CharField(max_length=1000)
    since = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=100)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=_is_one_of("kind", IncidentKind), name="incident_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(holding__isnull=False, lookalike=None)
                | Q(holding=None, lookalike__isnull=False),
                name="incident_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(kind=IncidentKind.HIJACK.value) | Q(holding__isnull=False),
                name="incident_hijack_is_of_a_holding",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=_OF_A_NAME) | Q(lookalike__isnull=False),
                name="incident_of_a_name_has_one",
            ),
            models.CheckConstraint(
                condition=Q(state=IncidentState.OPEN.value, closed_at=None, reason="")
                | Q(state=IncidentState.CLOSED.value, closed_at__isnull=False) & ~Q(reason=""),
                name="incident_is_closed_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=("kind", "holding"),
                condition=Q(state=IncidentState.OPEN.value, holding__isnull=False),
                name="one_open_incident_a_kind_and_holding",
            ),
            models.UniqueConstraint(
                fields=("kind", "lookalike"),
                condition=Q(state=IncidentState.OPEN.value, lookalike__isnull=False),
                name="one_open_incident_a_kind_and_name",
            ),
        )
        indexes = (models.Index(fields=("organisation", "state")),)

    def __str__(self) -> str:
        return f"incident {self.pk} {self.kind}"


class Step(models.Model):
    """One thing to do about an incident, and by when."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="steps")
    word = models.CharField(max_length=20, choices=_choices(StepWord))
    place = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, default=StepState.OPEN.value, choices=_choices(StepState)
    )
    at = models.DateTimeField(null=True)
    by = models.CharField(max_length=100, blank=True)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("incident", "word"), name="one_step_a_word"),
            models.CheckConstraint(
                condition=_is_one_of("word", StepWord), name="step_word_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=StepState.OPEN.value, at=None, words="")
                | Q(state=StepState.DONE.value, at__isnull=False)
                | Q(state=StepState.SKIPPED.value, at__isnull=False) & ~Q(words=""),
                name="step_is_skipped_for_a_reason",
            ),
        )
        indexes = (models.Index(fields=("state", "due_at")),)

    def __str__(self) -> str:
        return f"{self.word} {self.state}"


class TimelineEntry(models.Model):
    """What was done about an incident, by whom and when; never changed."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="timeline")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    what = models.CharField(max_length=20, choices=_choices(Happening))
    step = models.CharField(max_length=20, blank=True, choices=_choices(StepWord))
    words = models.CharField(max_length=1000, blank=True)
    number = models.BigIntegerField(null=True)
    """Of the capture or the notice that it is about."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=_is_one_of("what", Happening), name="timeline_entry_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.at}"


class Evidence(models.Model):
    """That a capture shows something of an incident."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="evidence")
    capture = models.ForeignKey("captures.Capture", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("incident", "capture"), name="one_evidence_a_capture"),
        )

    def __str__(self) -> str:
        return f"capture {self.capture_id} of incident {self.incident_id}"


class Prepared(models.Model):
    """That a bundle or a report was prepared for a platform: of fraud only, never changed."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="prepared")
    form = models.CharField(max_length=10, choices=_choices(Form))
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=_is_one_of("form", Form), name="prepared_form_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.form} of incident {self.incident_id}"
