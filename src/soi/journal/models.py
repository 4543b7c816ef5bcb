"""The journal's two tables: the events, and the head that gives out their numbers."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One thing that was done. Rows are added and read, never changed and never removed."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    verb = models.CharField(max_length=50)
    """For instance `check.stored`; the verbs are listed in docs/reference/journal.md."""
    subject = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    before = models.CharField(max_length=64, blank=True)
    """SHA-256 of the subject's canonical JSON before the event, "" when there was none."""
    after = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = (models.Index(fields=("subject", "seq")),)

    def __str__(self) -> str:
        return f"{self.seq} {self.verb} {self.subject}:{self.subject_id}"


class Head(models.Model):
    """The number of the last event; its one row is locked while events are appended."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    last_seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="journal_has_one_head"),
        )

    def __str__(self) -> str:
        return f"head at {self.last_seq}"
