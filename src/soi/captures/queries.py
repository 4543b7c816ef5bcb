"""All reads of captures."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from soi.captures import kinds, quotes, rules, screenshots, storage
from soi.captures.errors import CaptureUnknown, FileAltered, FileMissing, ScreenshotUnavailable
from soi.captures.models import Capture as Row
from soi.captures.models import Look as LookRow
from soi.captures.models import Watch
from soi.captures.types import Capture, CaptureState, Look, Seen
from soi.core.rows import Rows
from soi.core.text import Span

log = logging.getLogger(__name__)


def capture_with_id(capture_id: int) -> Capture:
    """One capture. Raises `CaptureUnknown`."""
    return _capture(_row_with_id(capture_id))


def captures_with_ids(capture_ids: Iterable[int]) -> dict[int, Capture]:
    """Captures by number, those that exist; one query."""
    wanted = {each for each in capture_ids if _may_be_id(each)}
    return {row.pk: _capture(row) for row in _rows().filter(pk__in=wanted)} if wanted else {}


def text_of(capture_id: int) -> str:
    """The text that was read in a capture, "" when none was.

    Raises `CaptureUnknown`, `FileMissing` and `FileAltered`.
    """
    return _text(_row_with_id(capture_id).text_sha256)


def place_of_quote(capture_id: int, quote: str) -> Span | None:
    """Where a quoted passage stands in the text of a capture, None when it does not.

    Raises `CaptureUnknown`, `FileMissing` and `FileAltered`.
    """
    return quotes.place_of(quote, text_of(capture_id))


def quotes_found(pairs: Iterable[tuple[int, str]]) -> dict[tuple[int, str], bool]:
    """Whether each quote stands in the capture beside it; one query.

    What can't be proved now is not found: no such capture, one that failed, a lost or altered file.
    """
    found = dict.fromkeys(pairs, False)
    wanted: dict[int, list[str]] = {}
    for capture_id, quote in found:
        wanted.setdefault(capture_id, []).append(quote)
    known = [each for each in wanted if _may_be_id(each)]
    captured = Row.objects.filter(pk__in=known, state=CaptureState.CAPTURED)
    for capture_id, digest in captured.values_list("pk", "text_sha256") if known else ():
        try:
            text = _text(digest)
        except (FileMissing, FileAltered) as error:
            log.error("The text of capture %d: %s", capture_id, error.code)
            continue
        for quote, _ in quotes.places_of(wanted[capture_id], text):
            found[capture_id, quote] = True
    return found


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a capture, for somebody of the desk to look at.

    They are a stranger's: serve them as an attachment or in a sandbox, never as a page of the desk.
    """

    data: bytes
    media_type: str
    charset: str


def content_of(capture_id: int) -> Content:
    """The bytes that were captured. Raises `CaptureUnknown`, `FileMissing` and `FileAltered`."""
    row = _row_with_id(capture_id)
    if not row.sha256:
        raise FileMissing(f"Nothing came for capture {capture_id}.", capture=capture_id)
    return Content(storage.kept(row.sha256), row.media_type, row.charset)


def record_of(capture_id: int) -> bytes:
    """The WARC record of how it came, b"" for a file that somebody brought, or when nothing came.

    Raises `CaptureUnknown`, `FileMissing` and `FileAltered`.
    """
    digest = _row_with_id(capture_id).record_sha256
    return storage.kept(digest) if digest else b""


def captures(
    *, states: Sequence[CaptureState] = (), watched: bool = False, seen: Sequence[Seen] = ()
) -> Rows[Capture]:
    """Captures, the newest first, to be read page by page; `seen` by what the watch found last."""
    found = _rows().order_by("-pk")
    if states:
        found = found.filter(state__in=states)
    if watched:
        found = found.filter(watch__is_on=True)
    if seen:
        found = found.filter(watch__last_seen__in=seen)
    return Rows(found.count, lambda start, stop: [_capture(row) for row in found[start:stop]])


def looks_at(capture_id: int) -> Rows[Look]:
    """The looks of the watch at a capture's source, the newest first."""
    found = LookRow.objects.filter(watch__capture=capture_id).order_by("-at", "-pk")
    return Rows(found.count, lambda start, stop: [_look(row) for row in found[start:stop]])


def without_timestamp(*, after: int = 0) -> int | None:
    """The next capture after a number that has no timestamp; None as well if the desk takes none.

    The index of those that have none keeps this quick however many have one.
    """
    if not settings.SOI_TIMESTAMP_URL:
        return None
    found = Row.objects.filter(state=CaptureState.CAPTURED, timestamp_sha256="", pk__gt=after)
    return found.order_by("pk").values_list("pk", flat=True).first()


def without_screenshot() -> int | None:
    """A page that was captured lately and has no picture yet; None as well if none are taken.

    Later its styles and pictures would be others than those that it was captured with.
    """
    if not screenshots.is_possible():
        return None
    since = timezone.now() - rules.DRAWN_WITHIN
    found = Row.objects.filter(
        state=CaptureState.CAPTURED,
        media_type=kinds.HTML,
        screenshot_sha256="",
        screenshot_problem="",
        captured_at__gte=since,
    )
    return found.order_by("captured_at").values_list("pk", flat=True).first()


def screenshot_of(capture_id: int) -> bytes:
    """The picture of a captured page as PNG, b"" without one.

    Raises `CaptureUnknown`, `FileMissing` and `FileAltered`.
    """
    digest = _row_with_id(capture_id).screenshot_sha256
    return storage.kept(digest) if digest else b""


def why_no_screenshot(capture_id: int) -> str:
    """The code of why a capture has no picture; "" when it has one, or none is to be expected.

    Raises `CaptureUnknown`.
    """
    row = _row_with_id(capture_id)
    if row.media_type != kinds.HTML or row.screenshot_sha256 or not row.sha256:
        return ""
    if row.screenshot_problem:
        return row.screenshot_problem
    return "" if screenshots.is_possible() else ScreenshotUnavailable.code


def timestamp_of(capture_id: int) -> bytes:
    """The reply of the authority (RFC 3161) for the bytes of a capture, b"" without one.

    Raises `CaptureUnknown`, `FileMissing` and `FileAltered`.
    """
    digest = _row_with_id(capture_id).timestamp_sha256
    return storage.kept(digest) if digest else b""


def is_something_due() -> bool:
    """True if the worker has something to do for captures; at most three queries."""
    now = timezone.now()
    if without_screenshot() is not None:
        return True
    waiting = Row.objects.filter(state=CaptureState.WAITING, due_at__lte=now)
    looks = Watch.objects.filter(is_on=True, due_at__lte=now)
    return waiting.exists() or looks.exists()


def digests_of(capture_id: int) -> dict[str, str]:
    """The SHA-256 of each file of a capture: content, text, record, screenshot, timestamp.

    Raises `CaptureUnknown`.
    """
    return _digests(_row_with_id(capture_id))


def digests_with_ids(capture_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """The same for several captures, by number, those that exist; one query."""
    wanted = {each for each in capture_ids if _may_be_id(each)}
    return {row.pk: _digests(row) for row in _rows().filter(pk__in=wanted)} if wanted else {}


def files_compared() -> Iterator[tuple[int, str, str]]:
    """Every kept file compared with its hash: the capture, the file's name, what is wrong or ""."""
    for row in Row.objects.exclude(sha256="").order_by("pk").iterator():
        for name, digest in _digests(row).items():
            problem = ""
            try:
                storage.kept(digest)
            except (FileMissing, FileAltered) as error:
                problem = error.code
            yield row.pk, name, problem


def _digests(row: Row) -> dict[str, str]:
    named = {
        "content": row.sha256,
        "text": row.text_sha256,
        "record": row.record_sha256,
        "screenshot": row.screenshot_sha256,
        "timestamp": row.timestamp_sha256,
    }
    return {name: digest for name, digest in named.items() if digest}


def _look(row: LookRow) -> Look:
    seen = Seen(row.seen) if row.seen else None
    return Look(row.at, seen, row.problem, row.url, row.capture_id)


def _text(digest: str) -> str:
    return storage.kept(digest).decode() if digest else ""


def _rows() -> QuerySet[Row]:
    return Row.objects.select_related("watch")


def _row_with_id(capture_id: int) -> Row:
    found = _rows().filter(pk=capture_id).first() if _may_be_id(capture_id) else None
    if found is None:
        raise CaptureUnknown(f"There is no capture {capture_id}.", capture=capture_id)
    return found


def _may_be_id(number: int) -> bool:
    return 0 < number < 2**63


def _capture(row: Row) -> Capture:
    watch = getattr(row, "watch", None)
    return Capture(
        id=row.pk,
        requested_url=row.requested_url,
        url=row.url,
        file_name=row.file_name,
        state=CaptureState(row.state),
        problem=row.problem,
        sha256=row.sha256,
        captured_at=row.captured_at,
        media_type=row.media_type,
        size=row.size,
        title=row.title,
        publisher=row.publisher,
        has_text=bool(row.text_sha256),
        has_screenshot=bool(row.screenshot_sha256),
        timestamped_at=row.timestamped_at,
        is_watched=bool(watch and watch.is_on),
        last_seen=Seen(watch.last_seen) if watch and watch.last_seen else None,
    )
