"""All reads of captures."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from soi.captures import storage
from soi.captures.errors import CaptureUnknown
from soi.captures.models import Capture as Row
from soi.captures.types import Capture, CaptureState, Seen


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
