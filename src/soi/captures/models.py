"""Captures, the watch that looks at their sources again, and each of its looks.

The bytes lie in files named by their SHA-256 (`soi.captures.storage`); here are only those names.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from soi.captures.kinds import HTML
from soi.captures.types import CaptureState, Seen

DIGEST = 64
"""Letters of a SHA-256 in hex."""


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in words]


class Capture(models.Model):
    """One source as it was at one moment. Once captured, what it holds never changes."""

    requested_url = models.CharField(max_length=2000, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    state = models.CharField(
        max_length=10, default=CaptureState.WAITING.value, choices=_choices(CaptureState)
    )
    problem = models.CharField(max_length=50, blank=True)
    """A `soi.captures.problems.Problem`: why it failed, or why the last try did."""
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    """When the worker tries next; whoever works on it puts this off first. Null: no more tries."""
    tries = models.PositiveSmallIntegerField(default=0)
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="following"
    )
    """The watched capture whose source was found changed, null for what people asked for."""

    url = models.CharField(max_length=2000, blank=True)
    """Where it was found, after redirects."""
    http_status = models.PositiveSmallIntegerField(null=True)
    captured_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=DIGEST, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    media_type = models.CharField(max_length=100, blank=True)
    charset = models.CharField(max_length=40, blank=True)
    """As the server named it, in Python's name; "" when the bytes speak for themselves."""
    title = models.CharField(max_length=500, blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    text_sha256 = models.CharField(max_length=DIGEST, blank=True)
    """Of the extracted text in UTF-8, "" when nothing can be read in it."""
    record_sha256 = models.CharField(max_length=DIGEST, blank=True)
    """Of the WARC record of request and response, "" for a file that somebody brought."""
    screenshot_sha256 = models.CharField(max_length=DIGEST, blank=True)
    screenshot_problem = models.CharField(max_length=50, blank=True)
    """Why no picture could be taken, "" while none was tried."""
    timestamp_sha256 = models.CharField(max_length=DIGEST, blank=True)
    """Of the RFC 3161 reply for `sha256`, "" without one."""
    timestamped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(requested_url="") & ~Q(file_name="")
                | ~Q(requested_url="") & Q(file_name=""),
                name="capture_is_of_an_address_or_a_file",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in CaptureState]),
                name="capture_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaptureState.CAPTURED.value)
                | Q(captured_at__isnull=False, problem="") & ~Q(sha256=""),
                name="capture_has_its_bytes",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaptureState.FAILED.value) | ~Q(problem=""),
                name="capture_failed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(timestamp_sha256="", timestamped_at__isnull=True)
                | ~Q(timestamp_sha256="") & Q(timestamped_at__isnull=False),
                name="capture_has_a_timestamp_with_its_time",
            ),
        )
        indexes = (
            models.Index(fields=("due_at",)),
            models.Index(fields=("sha256",)),
            models.Index(
                fields=("id",),
                condition=Q(state=CaptureState.CAPTURED.value, timestamp_sha256=""),
                name="capture_without_timestamp",
            ),
            models.Index(
                fields=("captured_at",),
                condition=Q(
                    state=CaptureState.CAPTURED.value,
                    media_type=HTML,
                    screenshot_sha256="",
                    screenshot_problem="",
                ),
                name="capture_without_screenshot",
            ),
        )

    def __str__(self) -> str:
        return f"capture {self.pk} {self.state}"


class Watch(models.Model):
    """That the source of a capture is looked at again, and when."""

    capture = models.OneToOneField(Capture, on_delete=models.PROTECT, related_name="watch")
    is_on = models.BooleanField(default=True)
    due_at = models.DateTimeField()
    """The next look; whoever looks puts this off first."""
    failures = models.PositiveSmallIntegerField(default=0)
    """How many looks in a row found nothing out."""
    last_seen = models.CharField(max_length=10, blank=True, choices=_choices(Seen))
    last_looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(last_seen__in=["", *(each.value for each in Seen)]),
                name="watch_saw_what_is_known",
            ),
        )
        indexes = (models.Index(fields=("is_on", "due_at")),)

    def __str__(self) -> str:
        return f"watch of {self.capture_id}"


class Look(models.Model):
    """One look at a watched source. Rows are added and read."""

    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="looks")
    at = models.DateTimeField()
    seen = models.CharField(max_length=10, blank=True, choices=_choices(Seen))
    """What it found, "" when the look itself failed."""
    problem = models.CharField(max_length=50, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    """Where the address led."""
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, null=True, related_name="looks")
    """What was kept of it, null when nothing new was there to keep."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(seen__in=[each.value for each in Seen]) | Q(seen="") & ~Q(problem=""),
                name="look_found_something_or_failed",
            ),
        )
        indexes = (models.Index(fields=("watch", "-at")),)

    def __str__(self) -> str:
        return f"look {self.pk} {self.seen}"
