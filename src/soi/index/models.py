"""The vectors of checks: costly to make, so the database keeps them."""

from __future__ import annotations

from django.db import models


class Meaning(models.Model):
    """The vector of one check's text by one embedder. Rows are replaced, never changed.

    Ids follow the order of commits (they are given out under the journal's kind of row lock), so
    the engine's meaning channel can be replayed from the last id it has applied.
    """

    id = models.BigIntegerField(primary_key=True)
    check_ref = models.BigIntegerField(unique=True)
    """The check's id; no foreign key, because the claims package keeps its tables to itself."""
    embedder = models.CharField(max_length=50)
    text_digest = models.CharField(max_length=64)
    """SHA-256 of the text that was embedded."""
    vector = models.BinaryField()
    """384 little-endian 16-bit floats."""

    def __str__(self) -> str:
        return f"meaning of check {self.check_ref}"


class MeaningHead(models.Model):
    """The id of the last vector; its one row is locked while vectors are added."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    last_id = models.BigIntegerField(default=0)
    embedder = models.CharField(max_length=50, blank=True)
    followed_seq = models.BigIntegerField(default=0)
    """Up to which event of the journal `embedder` has seen every check."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="meaning_has_one_head"),
        )

    def __str__(self) -> str:
        return f"head at {self.last_id}"
