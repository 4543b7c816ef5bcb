"""One look at a source: ask its server, read what is new, keep what can't be taken.

In: a source. Out: a `Look` with what came of it. A file of checks is imported as it is; a page is
read for the checks in its markup; a sitemap or feed leads to pages, which are read one by one.
Killed anywhere, the next look goes on: a download with the bytes that are missing, a file with the
record that it stopped at, a list with the pages that were not read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from soi.captures.addresses import PUBLIC, Policy
from soi.captures.bodies import text_of
from soi.captures.downloading import LARGE_FILES, Downloaded, Validators, download
from soi.captures.errors import FetchFailed
from soi.captures.fetching import Limits
from soi.core.formats import FormatError, Refusal, read_page
from soi.core.formats.links import is_link_list
from soi.core.formats.plain import excerpt
from soi.publishing.importing import Refused, import_checks
from soi.publishing.models import ImportSource
from soi.publishing.sources import actions, pages, quarantine, rules
from soi.publishing.sources.quarantine import FromSource

_HEAD: Final = 65_536
_SIGN_OF_LIFE: Final = 30.0
"""Seconds between two signs that a look goes on."""

Progress = Callable[[str, int], object]
"""Called with what is being done and how far it is: "fetching" bytes, "reading" bytes, "pages"."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look came to."""

    is_new: bool
    """False if the server said that nothing has changed, and no page was left to read."""
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    has_shrunk: bool = False
    """True if the file has less than half of its records left; what was known stays."""
    has_more: bool = False
    """True if pages are left for the next look."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How the web is reached: tests have one of their own."""

    policy: Policy = PUBLIC
    limits: Limits = LARGE_FILES
    rest: Callable[[], object] = lambda: time.sleep(pages.REST)
    """Called between two pages of one site."""


WEB: Final = Reach()
"""The public web."""


def look(
    source_id: int,
    *,
    by: str,
    reach: Reach = WEB,
    progress: Progress = lambda what, done: None,
) -> Look:
    """Look at a source now, whether it is due or not.

    Raises `SourceUnknown`, `SourceBusy`; and what kept it from being read, `FetchFailed` or
    `FormatError`, once that is written down and the next look is put off.
    """
    actions.begin(source_id)
    source = ImportSource.objects.get(pk=source_id)
    folder = Path(settings.SOI_IMPORTS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"source-{source_id}"
    watched = _signs_of_life(source_id, progress)
    try:
        with suppress(FileNotFoundError):
            path.unlink()  # of a look that was killed: its bytes are asked for again
        return _look(source, path, by=by, reach=reach, progress=watched)
    except (FetchFailed, FormatError) as error:
        if isinstance(error, FormatError):
            quarantine.hold(source_id, [_fault(error, path)])
        actions.failed(source_id, str(error.code))
        raise
    except OSError:
        actions.failed(source_id, "file_unwritable")
        raise
    finally:
        path.unlink(missing_ok=True)


def _look(source: ImportSource, path: Path, *, by: str, reach: Reach, progress: Progress) -> Look:
    found = download(
        source.url,
        path,
        known=Validators(source.etag, source.last_modified),
        limits=reach.limits,
        policy=reach.policy,
        may_come_from=lambda url: rules.may_come_from(source.url, url),
        progress=lambda done: progress("fetching", done),
    )
    head = _head(path) if found.is_new else b""
    door = FromSource(source.pk, source.url, source.sites)
    if not found.is_new or is_link_list(head):
        if found.is_new:
            pages.list_pages(source, path, reach.policy, reach.limits)
        read = pages.read_due(source, door, reach.policy, reach.rest, by=by, progress=progress)
        records = pages.count(source.pk) if found.is_new else None
        return _done(source, found, read, records, by=by)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        items = list(read_page(text_of(path.read_bytes(), found.charset)))
        read = pages.store_page(source, door, items, by=by)
        return _done(source, found, read, len(items), by=by)
    done = import_checks(
        path,
        by=by,
        door=door,
        name=source.url,
        progress=lambda at, size: progress("reading", at),
    )
    if done.cut_off:
        raise done.cut_off
    read = pages.Read(done.added, done.updated, done.unchanged, done.refused)
    return _done(source, found, read, done.records, by=by)


def _done(
    source: ImportSource, found: Downloaded, read: pages.Read, records: int | None, *, by: str
) -> Look:
    has_shrunk = actions.looked(
        source.pk, records=records, validators=found.validators, has_more=read.has_more, by=by
    )
    return Look(
        found.is_new or bool(read.pages),
        read.added,
        read.updated,
        read.unchanged,
        read.refused,
        has_shrunk,
        read.has_more,
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD)


def _fault(error: FormatError, path: Path) -> Refused:
    """What is wrong with a file as a whole, with its first bytes."""
    first = ""
    with suppress(OSError):
        first = excerpt(repr(_head(path)[:150])[2:-1])
    return Refused(Refusal(error.position or 0, str(error.code), str(error), first))


def _signs_of_life(source_id: int, progress: Progress) -> Progress:
    last = time.monotonic()

    def tell(what: str, done: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _SIGN_OF_LIFE:
            actions.renew(source_id)
            last = time.monotonic()
        progress(what, done)

    return tell
