"""Recovery keys, and the notices that were signed with them. No code and no private key is here."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from soi.incidents.types import NoticeState


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in words]


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
