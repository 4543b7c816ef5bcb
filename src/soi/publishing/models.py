"""Import runs: how far each file was read, and what was refused."""

from __future__ import annotations

from django.db import models


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
