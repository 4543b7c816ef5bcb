"""Pages that a sitemap or feed leads to: which of them are due, and the checks in their markup.

In: a list of links on the disk. Out: rows that say which version of each page was read, and the
checks of those that were due. A page counts as read in the transaction that stores its checks. Only
pages of the source's own publishers are asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from soi.captures.addresses import Policy
from soi.captures.downloading import download
from soi.captures.errors import FetchFailed
from soi.captures.fetching import SMALL_TEXTS, Limits, fetch
from soi.core.formats import Code, FormatError, Refusal, read_page
from soi.core.formats.hosts import UnusableUrlError, web_url
from soi.core.formats.links import LINKS, PageLink, is_link_list, read_links
from soi.core.formats.plain import excerpt
from soi.publishing.importing import Item, Refused, store_batch
from soi.publishing.models import ImportPage, ImportRun, ImportSource
from soi.publishing.sources import quarantine, rules
from soi.publishing.sources.quarantine import FromSource
from soi.publishing.sources.queries import PAGES

AT_ONCE: Final = 200
"""Pages that one look reads; the next one comes soon."""
LISTS: Final = 50
"""Lists that a list of lists may lead to."""
GIVEN_UP: Final = 5
"""Failures in a row after which a page is left alone until its list says that it has changed."""
REST: Final = 1.0
"""Seconds between two pages of a site."""
_BATCH = 500


@dataclass(slots=True)
class Read:
    """What came of pages, or of a file."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    pages: int = 0
    has_more: bool = False


def count(source_id: int) -> int:
    """How many pages the list named when it was read last."""
    return ImportPage.objects.filter(source=source_id, is_listed=True).count()


def list_pages(source: ImportSource, path: Path, policy: Policy, limits: Limits) -> None:
    """Bring the rows of pages up to the list at `path`, and the lists that it leads to.

    Pages that it names no more stay as they are. Raises `FormatError` for a list that can't be
    read, and `FetchFailed` for one that does not come; then nothing has changed.
    """
    links = list(_links(path))
    for inner in [link for link in links if link.is_list][:LISTS]:
        links += _inner(source, inner, path.with_name(f"{path.name}-list"), policy, limits)
    refused: list[Refused] = []
    listed: dict[str, str] = {}
    for link in links[:LINKS]:
        if not link.is_list:
            _sort_in(link, source.sites, listed, refused)
    with transaction.atomic():
        ImportPage.objects.filter(source=source).update(is_listed=False)
        for some in _slices(listed.items()):
            _write_down(source, some)
        quarantine.hold(source.pk, refused)


def _links(path: Path) -> Iterable[PageLink]:
    with path.open("rb") as stream:
        yield from read_links(stream)


def _inner(
    source: ImportSource, inner: PageLink, path: Path, policy: Policy, limits: Limits
) -> list[PageLink]:
    if not rules.may_come_from(source.url, inner.url):
        return []
    try:
        download(
            inner.url,
            path,
            limits=limits,
            policy=policy,
            may_come_from=lambda url: rules.may_come_from(source.url, url),
        )
        with path.open("rb") as stream:
            is_list = is_link_list(stream.read(65_536))
        return [link for link in _links(path) if not link.is_list] if is_list else []
    finally:
        path.unlink(missing_ok=True)


def _sort_in(
    link: PageLink, sites: Sequence[str], listed: dict[str, str], refused: list[Refused]
) -> None:
    """A page of the source's own publishers is listed, any other one refused."""
    try:
        url = web_url(link.url).url
    except UnusableUrlError as error:
        why = "The address of a page can't be used."
        refused.append(Refused(Refusal(0, error.code, why, excerpt(link.url))))
        return
    if rules.is_page_of(url, sites):
        listed[url] = link.changed[:100]
    else:
        why = "The page is not on the site of a publisher of this source."
        refused.append(Refused(Refusal(0, Code.URL_ELSEWHERE, why, excerpt(url))))


def _slices(items: Iterable[tuple[str, str]]) -> Iterable[list[tuple[str, str]]]:
    whole = iter(items)
    while some := list(islice(whole, _BATCH)):
        yield some


def _write_down(source: ImportSource, some: Sequence[tuple[str, str]]) -> None:
    ImportPage.objects.bulk_create(
        [
            ImportPage(source=source, url=url, changed=changed, is_listed=True)
            for url, changed in some
        ],
        update_conflicts=True,
        unique_fields=["source", "url"],
        update_fields=["changed", "is_listed"],
    )


def read_due(
    source: ImportSource,
    door: FromSource,
    policy: Policy,
    rest: Callable[[], object],
    *,
    by: str,
    progress: Callable[[str, int], object],
) -> Read:
    """Read the pages that are due: new ones, changed ones, and those not read for a week."""
    due = list(
        _due(source.pk).order_by(F("read_at").asc(nulls_first=True), "-changed", "pk")[
            : AT_ONCE + 1
        ]
    )
    done = Read(has_more=len(due) > AT_ONCE)
    if not due:
        return done
    run = _run(source)
    for page in due[:AT_ONCE]:
        if done.pages:
            rest()
        _read_one(run, page, door, policy, by=by)
        done.pages += 1
        progress("pages", done.pages)
    return _closed(run, done)


def _due(source_id: int) -> QuerySet[ImportPage]:
    again = timezone.now() - rules.READ_AGAIN
    is_new = Q(read_at=None) | ~Q(read_changed=F("changed"))
    is_old = Q(read_at__lte=again)
    pages = ImportPage.objects.filter(source=source_id, is_listed=True)
    return pages.filter((is_new & Q(failures__lt=GIVEN_UP)) | is_old)


def _read_one(
    run: ImportRun, page: ImportPage, door: FromSource, policy: Policy, *, by: str
) -> None:
    try:
        found = fetch(page.url, SMALL_TEXTS, policy)
        if not rules.may_come_from(page.url, found.url):
            why = "It leads to another site."
            items: list[Item] = [Refusal(0, Code.URL_ELSEWHERE, why, excerpt(page.url))]
        else:
            items = list(read_page(found.text()))
    except (FetchFailed, FormatError) as error:
        with transaction.atomic():
            page.failures += 1
            page.read_at = timezone.now() if page.failures >= GIVEN_UP else page.read_at
            page.save(update_fields=["failures", "read_at"])
            refusal = Refusal(0, str(error.code), str(error), excerpt(page.url))
            quarantine.hold(page.source_id, [Refused(refusal)])
        return
    with transaction.atomic():
        _store(run, items, door, by=by)
        page.read_changed, page.read_at, page.failures = page.changed, timezone.now(), 0
        page.save(update_fields=["read_changed", "read_at", "failures"])


def store_page(source: ImportSource, door: FromSource, items: Sequence[Item], *, by: str) -> Read:
    """Store the checks of one page that is a source by itself."""
    run = _run(source)
    _store(run, items, door, by=by)
    return _closed(run, Read(pages=1))


def _store(run: ImportRun, items: Sequence[Item], door: FromSource, *, by: str) -> None:
    if items:
        store_batch(run, items, door, by=by)


def _run(source: ImportSource) -> ImportRun:
    """The run of this source that was interrupted, else a new one."""
    digest = hashlib.sha256(source.url.encode()).hexdigest()
    ImportRun.objects.filter(source=source, finished_at=None).exclude(file_digest=digest).delete()
    run, _ = ImportRun.objects.get_or_create(
        source=source,
        finished_at=None,
        defaults={
            "file_name": source.url[:255],
            "file_digest": digest,
            "file_format": PAGES,
            "started_at": timezone.now(),
        },
    )
    return run


def _closed(run: ImportRun, done: Read) -> Read:
    run.refresh_from_db()
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at"])
    done.added, done.updated = run.added, run.updated
    done.unchanged, done.refused = run.unchanged, run.refused
    return done
