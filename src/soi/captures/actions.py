"""All writes of captures: ask for one, fetch it, bring a file, overrule, watch, look again."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePath
from typing import BinaryIO, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from soi.captures import bringing, kinds, queries, rules, screenshots, storage, timestamps
from soi.captures.addresses import PUBLIC, Policy
from soi.captures.bringing import Brought
from soi.captures.errors import (
    AddressInvalid,
    CaptureStateRefused,
    CaptureUnknown,
    FileAltered,
    FileEmpty,
    FileKindRefused,
    FileMissing,
    FileTooLarge,
    FileUnreadable,
    ScreenshotFailed,
    ScreenshotUnavailable,
    TimestampFailed,
)
from soi.captures.fetching import Fetched
from soi.captures.models import Capture, Look, Watch
from soi.captures.problems import PASSING, Problem
from soi.captures.reading import read
from soi.captures.timestamps import OPERATORS
from soi.captures.types import Capture as Captured
from soi.captures.types import CaptureState, Seen
from soi.core.formats.hosts import UnusableUrlError, web_url
from soi.core.formats.plain import cut, one_line
from soi.journal.actions import Entry, append

_SEEN: Final = {
    Seen.SAME: "capture.found_same",
    Seen.CHANGED: "capture.found_changed",
    Seen.GONE: "capture.found_gone",
    Seen.MOVED: "capture.found_moved",
}
FILE_LIMIT: Final = 20_000_000
"""Bytes of a file that somebody brings."""


@transaction.atomic
def request(url: str, *, by: str) -> int:
    """Ask for the source at `url`; the worker fetches it. Returns the capture's number.

    Asking again gives another capture: sources change. Raises `AddressInvalid`.
    """
    try:
        address = web_url(url).url
    except UnusableUrlError as error:
        raise AddressInvalid("That is no address of the public web.", reason=error.code) from error
    now = timezone.now()
    capture = Capture.objects.create(requested_url=address, requested_at=now, due_at=now)
    append([Entry("capture.requested", "capture", capture.pk)], by=by)
    return capture.pk


def fetch(capture_id: int, *, by: str, policy: Policy = PUBLIC) -> Captured:
    """Fetch what a capture was asked for, now; takes as long as the server and the limits let it.

    What comes back is captured or failed, or waits for another try by the worker when the reason
    may pass. A capture that has failed is tried again. Raises `CaptureUnknown`, and
    `CaptureStateRefused` for one that is captured already, or that was brought as a file.
    """
    capture = queries.capture_with_id(capture_id)
    if not capture.requested_url or capture.state is CaptureState.CAPTURED:
        raise CaptureStateRefused(f"Capture {capture_id} is not to be fetched.", capture=capture_id)
    _begin_try(capture_id)
    brought = bringing.from_address(capture.requested_url, policy)
    bringing.keep(brought)
    _store(capture_id, brought, by=by)
    return queries.capture_with_id(capture_id)


@transaction.atomic
def _begin_try(capture_id: int) -> None:
    """Count a try before it is made, and keep others off: what kills a worker has an end."""
    capture = _locked(capture_id)
    capture.tries = capture.tries + 1 if capture.state == CaptureState.WAITING else 1
    capture.due_at = timezone.now() + rules.LEASE
    capture.save(update_fields=["tries", "due_at"])


def keep_fetched(fetched: Fetched, *, by: str) -> int:
    """Keep what somebody has fetched and judged: these very bytes, with the record of their way.

    Returns the capture's number. Raises `FileKindRefused` for bytes of no kind that is taken.
    """
    brought = bringing.from_fetched(fetched)
    if brought.at is None:
        raise FileKindRefused("What was fetched is no page, PDF, text or picture.")
    bringing.keep(brought)
    with transaction.atomic():
        capture = Capture(requested_url=fetched.requested_url, requested_at=timezone.now())
        _fill(capture, brought)
        capture.save()
        append([_entry("capture.captured", capture)], by=by)
    return capture.pk


def keep_file(name: str, stream: BinaryIO, *, by: str) -> int:
    """Keep a file that somebody brought: a page, a PDF, a text or a picture by its bytes.

    Returns the capture's number; a page that only says "sign in" is kept, and has failed. Raises
    `FileEmpty`, `FileTooLarge`, `FileKindRefused` and `FileUnreadable`; then nothing is kept.
    """
    content = stream.read(FILE_LIMIT + 1)
    if not content:
        raise FileEmpty("The file is empty.")
    if len(content) > FILE_LIMIT:
        raise FileTooLarge(f"The file has more than {FILE_LIMIT} bytes.", limit=FILE_LIMIT)
    file_name = _file_name(name)
    kind = kinds.kind_of(content, name=file_name)
    if kind is None:
        raise FileKindRefused("The file is no page, PDF, text or picture.")
    reading = read(content, kind)
    if not reading.is_readable or reading.is_locked:
        raise FileUnreadable("The file can't be read.")
    brought = bringing.from_file(content, kind, reading)
    bringing.keep(brought)
    with transaction.atomic():
        capture = Capture(file_name=file_name, requested_at=timezone.now())
        _fill(capture, brought)
        capture.save()
        append([_entry("capture.brought", capture)], by=by)
    return capture.pk


def _file_name(name: str) -> str:
    """The last part of a name, on one line, as somebody's computer called the file."""
    last = PurePath(name[-4000:].replace("\\", "/")).name
    return cut(one_line(last), 255) or "file"


@transaction.atomic
def ask_again(capture_id: int, *, by: str) -> None:
    """Let the worker try once more what has failed; one that waits already goes on waiting.

    Raises `CaptureUnknown`, and `CaptureStateRefused` for what is captured, or came as a file.
    """
    capture = _locked(capture_id)
    if not capture.requested_url or capture.state == CaptureState.CAPTURED:
        raise CaptureStateRefused(f"Capture {capture_id} is not to be fetched.", capture=capture_id)
    if capture.state == CaptureState.WAITING:
        return
    capture.state, capture.problem, capture.tries = CaptureState.WAITING, "", 0
    capture.due_at = timezone.now()
    capture.save(update_fields=["state", "problem", "tries", "due_at"])
    append([Entry("capture.requested", "capture", capture.pk)], by=by)


@transaction.atomic
def accept(capture_id: int, *, by: str) -> None:
    """Say that a capture is what was asked for, though it looked like a wall.

    Raises `CaptureUnknown`, and `CaptureStateRefused` when nothing was kept, or all is well.
    """
    capture = _locked(capture_id)
    if capture.state != CaptureState.FAILED or not capture.sha256:
        raise CaptureStateRefused(f"Capture {capture_id} has nothing to accept.")
    capture.state, capture.problem = CaptureState.CAPTURED, ""
    capture.save(update_fields=["state", "problem"])
    append([_entry("capture.accepted", capture)], by=by)


@transaction.atomic
def _store(capture_id: int, brought: Brought, *, by: str) -> None:
    """Write down what came of a try; what somebody else has captured meanwhile stands."""
    capture = _locked(capture_id)
    if capture.state == CaptureState.CAPTURED:
        return
    _fill(capture, brought)
    if brought.problem in PASSING and capture.tries < rules.TRIES:
        capture.state = CaptureState.WAITING
        capture.due_at = _later(rules.pause_before_try(capture.tries))
    capture.save()
    if capture.state == CaptureState.CAPTURED:
        append([_entry("capture.captured", capture)], by=by)
    elif capture.state == CaptureState.FAILED:
        append([_entry("capture.failed", capture)], by=by)


def _fill(capture: Capture, brought: Brought) -> None:
    capture.state = CaptureState.FAILED if brought.problem else CaptureState.CAPTURED
    capture.problem = brought.problem or ""
    capture.due_at = None
    capture.url = brought.url
    capture.http_status = brought.http_status
    capture.captured_at = brought.at
    capture.sha256 = brought.sha256
    capture.size = len(brought.content)
    capture.media_type = brought.kind
    capture.charset = brought.charset
    capture.title = brought.title
    capture.publisher = brought.publisher
    capture.text_sha256 = brought.text_sha256
    capture.record_sha256 = brought.record_sha256


def take_due(*, by: str, policy: Policy = PUBLIC) -> bool:
    """Fetch the capture that has waited longest, if one is due; says whether there was one.

    Several workers may call it at once: each takes another. Whoever is killed leaves it to be taken
    again after `rules.LEASE`; one that is never finished is given up after some tries.
    """
    taken = _take(by=by)
    if taken is None:
        return False
    if taken.state == CaptureState.WAITING:
        fetch(taken.pk, by=by, policy=policy)
    return True


@transaction.atomic
def _take(*, by: str) -> Capture | None:
    """The next one, left to the caller; given up when every try was cut short."""
    now = timezone.now()
    due = Capture.objects.filter(state=CaptureState.WAITING, due_at__lte=now)
    capture = due.select_for_update(skip_locked=True).order_by("due_at").first()
    if capture is None:
        return None
    capture.due_at = now + rules.LEASE
    if capture.tries >= rules.TRIES:
        capture.state, capture.due_at = CaptureState.FAILED, None
        capture.problem = Problem.INTERRUPTED
    capture.save(update_fields=["due_at", "state", "problem"])
    if capture.state == CaptureState.FAILED:
        append([_entry("capture.failed", capture)], by=by)
    return capture


def take_timestamp(capture_id: int, *, by: str, policy: Policy = OPERATORS) -> dt.datetime:
    """Have the desk's authority sign the time of a capture; says which time it signed.

    One that has a timestamp keeps it. Raises `CaptureUnknown`, `CaptureStateRefused` for what is
    not captured, `TimestampFailed`, also when the desk has no authority, `FileMissing` and
    `FileAltered`.
    """
    capture = queries.capture_with_id(capture_id)
    if capture.state is not CaptureState.CAPTURED:
        raise CaptureStateRefused(f"Capture {capture_id} is not captured.", capture=capture_id)
    if capture.timestamped_at:
        return capture.timestamped_at
    if not settings.SOI_TIMESTAMP_URL:
        raise TimestampFailed("SOI_TIMESTAMP_URL names no authority.")
    stamp = timestamps.stamp(
        storage.kept(capture.sha256),
        settings.SOI_TIMESTAMP_URL,
        timestamps.roots_in(Path(settings.SOI_TIMESTAMP_ROOTS)),
        policy,
    )
    digest = storage.keep(stamp.reply)
    with transaction.atomic():
        row = _locked(capture_id)
        if not row.timestamped_at:
            row.timestamp_sha256, row.timestamped_at = digest, stamp.at
            row.save(update_fields=["timestamp_sha256", "timestamped_at"])
            append([Entry("capture.timestamped", "capture", row.pk, after=digest)], by=by)
    return row.timestamped_at or stamp.at


def take_screenshot(capture_id: int, *, by: str, policy: Policy = PUBLIC) -> bool:
    """Have a captured page drawn; says whether there is a picture of it now.

    That none could be drawn is written down, and not tried again. Raises `CaptureUnknown`,
    `CaptureStateRefused` for what is no captured page, and `ScreenshotUnavailable` on a machine
    that can't draw any.
    """
    capture = queries.capture_with_id(capture_id)
    if capture.state is not CaptureState.CAPTURED or capture.media_type != kinds.HTML:
        raise CaptureStateRefused(f"Capture {capture_id} is no page.", capture=capture_id)
    if capture.has_screenshot:
        return True
    if not screenshots.is_possible():
        raise ScreenshotUnavailable("This machine has no Chromium, or no playwright.")
    try:
        content = queries.content_of(capture_id)
        picture = screenshots.picture_of(
            content.data,
            url=capture.url,
            charset=content.charset,
            policy=policy,
            agent=bringing.agent(),
        )
    except (ScreenshotFailed, FileMissing, FileAltered) as error:
        Capture.objects.filter(pk=capture_id).update(screenshot_problem=error.code)
        return False
    digest = storage.keep(picture)
    with transaction.atomic():
        row = _locked(capture_id)
        if not row.screenshot_sha256:
            row.screenshot_sha256, row.screenshot_problem = digest, ""
            row.save(update_fields=["screenshot_sha256", "screenshot_problem"])
            append([Entry("capture.drawn", "capture", row.pk, after=digest)], by=by)
    return True


@transaction.atomic
def watch(capture_id: int, *, by: str) -> None:
    """Have the source of a capture looked at on schedule, until `unwatch`; again changes nothing.

    Raises `CaptureUnknown`, and `CaptureStateRefused` for what was not captured at an address.
    """
    capture = _locked(capture_id)
    if capture.state != CaptureState.CAPTURED or not capture.requested_url:
        raise CaptureStateRefused(f"Capture {capture_id} can't be watched.", capture=capture_id)
    due_at = _later(rules.pause_before_look(0, settings.SOI_WATCH_HOURS))
    watched, is_new = Watch.objects.get_or_create(capture=capture, defaults={"due_at": due_at})
    if not is_new and watched.is_on:
        return
    watched.is_on, watched.due_at, watched.failures = True, due_at, 0
    watched.save(update_fields=["is_on", "due_at", "failures"])
    append([Entry("capture.watched", "capture", capture_id)], by=by)


@transaction.atomic
def unwatch(capture_id: int, *, by: str) -> None:
    """Look no more; what was seen so far stays. Raises `CaptureUnknown`."""
    _locked(capture_id)
    if Watch.objects.filter(capture=capture_id, is_on=True).update(is_on=False):
        append([Entry("capture.unwatched", "capture", capture_id)], by=by)


def look(capture_id: int, *, by: str, policy: Policy = PUBLIC) -> Seen | None:
    """Look at a watched source now; says what was found, None when the look itself failed.

    Another text is kept as a capture of its own, once. Where the captured text itself is lost there
    is nothing to compare with: nothing is fetched, and the look has the store's problem. Raises
    `CaptureUnknown`, and `CaptureStateRefused` when the capture is not watched.
    """
    if not queries.capture_with_id(capture_id).is_watched:
        raise CaptureStateRefused(f"Capture {capture_id} is not watched.", capture=capture_id)
    base = Capture.objects.get(pk=capture_id)
    try:
        was = rules.Version(base.url, base.sha256, queries.text_of(capture_id))
    except (FileMissing, FileAltered) as error:
        _note_blind_look(base, error.code)
        return None
    brought = bringing.from_address(base.requested_url, policy)
    now = rules.Version(brought.url, brought.sha256, brought.text)
    failures = Watch.objects.values_list("failures", flat=True).get(capture=base)
    seen = rules.seen(brought.problem, was, now, failures=failures)
    is_new = not brought.problem and not any(now.says_the_same(each) for each in _versions(base))
    if is_new:
        bringing.keep(brought)
    _note_look(base, brought, seen, is_new=is_new, by=by)
    return seen


def _versions(base: Capture) -> Iterator[rules.Version]:
    """What is kept of a source already: as it was captured, and as it was found changed."""
    for row in (base, *base.following.order_by("-pk")):
        with suppress(FileMissing, FileAltered):  # what is lost is kept anew, once
            yield rules.Version(row.url, row.sha256, queries.text_of(row.pk))


@transaction.atomic
def _note_blind_look(base: Capture, problem: str) -> None:
    """Write down that a source could not be compared with its capture; it says nothing of it."""
    watched = Watch.objects.select_for_update().get(capture=base)
    Look.objects.create(watch=watched, at=timezone.now(), problem=problem)
    watched.last_looked_at = timezone.now()
    watched.due_at = _later(rules.pause_before_look(0, settings.SOI_WATCH_HOURS))
    watched.save(update_fields=["last_looked_at", "due_at"])


@transaction.atomic
def _note_look(
    base: Capture, brought: Brought, seen: Seen | None, *, is_new: bool, by: str
) -> None:
    watched = Watch.objects.select_for_update().get(capture=base)
    entries = []
    kept = None
    if is_new:
        kept = Capture(requested_url=base.requested_url, requested_at=timezone.now(), previous=base)
        _fill(kept, brought)
        kept.save()
        entries.append(_entry("capture.captured", kept))
    Look.objects.create(
        watch=watched,
        at=timezone.now(),
        seen=seen or "",
        problem=brought.problem or "",
        url=brought.url,
        capture=kept,
    )
    if seen and seen != watched.last_seen:
        after = kept.sha256 if kept else ""
        entries.append(Entry(_SEEN[seen], "capture", base.pk, before=base.sha256, after=after))
    watched.failures = watched.failures + 1 if rules.is_failure(brought.problem) else 0
    watched.last_seen = seen or watched.last_seen
    watched.last_looked_at = timezone.now()
    watched.due_at = _later(rules.pause_before_look(watched.failures, settings.SOI_WATCH_HOURS))
    watched.save()
    append(entries, by=by)


def take_due_look(*, by: str, policy: Policy = PUBLIC) -> bool:
    """Look at the watched source that has waited longest, if one is due; as `take_due`."""
    capture_id = _take_look()
    if capture_id is None:
        return False
    look(capture_id, by=by, policy=policy)
    return True


@transaction.atomic
def _take_look() -> int | None:
    now = timezone.now()
    due = Watch.objects.filter(is_on=True, due_at__lte=now)
    watched = due.select_for_update(skip_locked=True).order_by("due_at").first()
    if watched is None:
        return None
    watched.due_at = now + rules.LEASE
    watched.save(update_fields=["due_at"])
    return watched.capture_id


def _locked(capture_id: int) -> Capture:
    known = 0 < capture_id < 2**63
    found = Capture.objects.select_for_update().filter(pk=capture_id).first() if known else None
    if found is None:
        raise CaptureUnknown(f"There is no capture {capture_id}.", capture=capture_id)
    return found


def _later(pause: dt.timedelta) -> dt.datetime:
    """After a pause and a little chance, so that not everything comes due at once."""
    return timezone.now() + pause * random.uniform(0.8, 1.2)  # noqa: S311  # spreads load


def _entry(verb: str, capture: Capture) -> Entry:
    return Entry(verb, "capture", capture.pk, after=capture.sha256)
