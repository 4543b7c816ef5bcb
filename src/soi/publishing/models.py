"""Import runs, which event of the journal has which place in the public log, and webhooks."""

from __future__ import annotations

from django.db import models

from soi.publishing.webhooks.models import Delivery, Endpoint

__all__ = ["Delivery", "Endpoint", "ImportRefusal", "ImportRun", "LogHead", "LogLeaf"]


class ImportRun(models.Model):
    """One file's way in. An interrupted run is continued from `position` by importing it again."""

    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    """SHA-256 of the file: the same bytes are the same run."""
    file_format = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    position = models.BigIntegerField(default=0)
    """How many records of the file are dealt with; moved in the transaction that stores them."""
    added = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("file_digest",),
                condition=models.Q(finished_at=None),
                name="one_open_run_a_file",
            ),
        )

    def __str__(self) -> str:
        return f"{self.file_name} at {self.position}"


class ImportRefusal(models.Model):
    """A record that was not taken, and why."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="refusals")
    position = models.BigIntegerField()
    code = models.CharField(max_length=50)
    why = models.CharField(max_length=500)
    excerpt = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=("run", "position")),)

    def __str__(self) -> str:
        return f"{self.position} {self.code}"


class LogLeaf(models.Model):
    """A leaf and its place in the public log, given out before the leaf is written there.

    Places are without gaps: the files of the log can be made again from these rows.
    """

    index = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField(null=True, unique=True)
    """The event of the journal, null for a leaf that the log holds and the journal doesn't know."""
    kind = models.CharField(max_length=20)
    ref = models.CharField(max_length=40)
    """The leaf's id."""
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(index__gte=0), name="leaf_has_a_place"),
        )
        indexes = (models.Index(fields=("kind", "ref", "-index")),)

    def __str__(self) -> str:
        return f"{self.index} {self.kind} {self.ref}"


class LogHead(models.Model):
    """How far the log has come; its one row is locked while places are given out."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    rules = models.CharField(max_length=20, blank=True)
    """By which rules events became leaves; by others the journal is read from its beginning."""
    followed_seq = models.BigIntegerField(default=0)
    """Up to which event of the journal leaves have their places."""
    settled = models.BigIntegerField(default=0)
    """So many leaves are known to be in the files."""

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="log_has_one_head"),)

    def __str__(self) -> str:
        return f"log at {self.followed_seq}"
