"""Import runs and their sources, which event has which place in the public log, and webhooks."""

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
    source = models.ForeignKey(
        "ImportSource", null=True, on_delete=models.CASCADE, related_name="runs"
    )
    """Where the file was fetched from, null if somebody brought it."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("file_digest",),
                condition=models.Q(finished_at=None, source=None),
                name="one_open_run_a_file",
            ),
            models.UniqueConstraint(
                fields=("source",),
                condition=models.Q(finished_at=None) & ~models.Q(source=None),
                name="one_open_run_a_source",
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


class LogWitness(models.Model):
    """What is known of a witness of the public log that is asked over the network."""

    key = models.CharField(max_length=400, unique=True)
    """Its verifier key."""
    size = models.BigIntegerField(default=0)
    """How many leaves the log had that it has last signed."""
    root = models.CharField(max_length=64, blank=True)
    """The root of that log in hex."""
    signed_at = models.DateTimeField(null=True)
    """When, by its own clock."""
    due_at = models.DateTimeField()
    failures = models.IntegerField(default=0)
    failure = models.CharField(max_length=50, blank=True)
    """The code of what kept it from signing the last time."""

    def __str__(self) -> str:
        return f"{self.key} at {self.size}"


class ImportSource(models.Model):
    """An address from which checks of other desks are brought again and again."""

    url = models.CharField(max_length=2000, unique=True)
    sites = models.JSONField(default=list)
    """The hosts of the publishers whose checks it may bring; each has to be allowed as well."""
    every_hours = models.IntegerField()
    is_paused = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    busy_until = models.DateTimeField(null=True)
    """Somebody is at it until then, or was killed at it."""
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=200, blank=True)
    looked_at = models.DateTimeField(null=True)
    """When the server was last asked with success."""
    failures = models.IntegerField(default=0)
    """Looks without success in a row."""
    failure = models.CharField(max_length=50, blank=True)
    """The code of the last look's failure."""
    records = models.IntegerField(default=0)
    """How many records the file had that was read last."""
    records_before = models.IntegerField(null=True)
    """How many it had before it shrank, null unless it did."""
    left_out = models.IntegerField(default=0)
    """Refusals that the quarantine had no room for."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(every_hours__gte=1), name="source_rests_between_looks"
            ),
        )
        indexes = (models.Index(fields=("due_at",)),)

    def __str__(self) -> str:
        return self.url


class ImportPage(models.Model):
    """A page that a source leads to, and which version of it was read."""

    source = models.ForeignKey(ImportSource, on_delete=models.CASCADE, related_name="pages")
    url = models.CharField(max_length=2000)
    changed = models.CharField(max_length=100, blank=True)
    """As the list of pages says it."""
    is_listed = models.BooleanField(default=True)
    """False once the list names it no more."""
    read_changed = models.CharField(max_length=100, blank=True)
    """What the list said when the page was read last."""
    read_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    """Times in a row that the page did not come."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "url"), name="one_page_a_source"),)

    def __str__(self) -> str:
        return self.url


class QuarantinedItem(models.Model):
    """What a source brought and was not let in, once for each fault however often it comes."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting"
        LET_IN = "let_in"
        DISMISSED = "dismissed"

    source = models.ForeignKey(ImportSource, on_delete=models.CASCADE, related_name="quarantine")
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of fault and content."""
    code = models.CharField(max_length=50)
    why = models.CharField(max_length=500)
    excerpt = models.CharField(max_length=200, blank=True)
    record = models.TextField(blank=True)
    """The check as a line of JSON, "" when it could not be read as one."""
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("source", "fingerprint"), name="one_item_a_fault"),
        )
        indexes = (models.Index(fields=("source", "state", "-last_seen_at")),)

    def __str__(self) -> str:
        return f"{self.code} {self.state}"
