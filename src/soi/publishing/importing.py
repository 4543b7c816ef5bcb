"""Import checks from a file: strict, in batches, continued after an interruption.

In: a path. Out: an `Import` with what was added, updated, left and refused. Only publishers on the
allow list are taken; everything else is a refusal with its reason. Each batch is stored with the
run's position in one transaction, so a run that was killed goes on where it stopped when the same
file is imported again, and a file that was imported before changes only what has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from soi.claims import actions as claims
from soi.claims.queries import allowed_sites
from soi.core.formats import CheckRecord, Code, Format, FormatError, Refusal, detect, read_checks
from soi.publishing.errors import FileUnreadable
from soi.publishing.models import ImportRefusal, ImportRun

BATCH = 500
"""Records in one transaction: an interruption repeats at most so many."""

Item = CheckRecord | Refusal
Progress = Callable[[int, int], None]
"""Called with the bytes read so far and the file's size."""


@dataclass(frozen=True, slots=True)
class Import:
    """How an import ended; `cut_off` is the error at which reading stopped, if it did."""

    run_id: int
    file_format: Format
    added: int
    updated: int
    unchanged: int
    refused: int
    continued_from: int
    """The record at which an interrupted run was taken up, 0 for a new one."""
    cut_off: FormatError | None


def import_checks(
    path: Path,
    *,
    by: str,
    is_demo: bool = False,
    progress: Progress | None = None,
    on_batch: Callable[[], object] | None = None,
) -> Import:
    """Import every check of a file whose publisher is allowed.

    What is whole before a cut-off is kept, and the run stays open. `on_batch` is called after each
    commit, when the batch can be indexed. Raises `FileUnreadable` when the file can't be opened and
    `FormatError` when it is in no known format or nothing of it can be read; no run is left then.
    """
    sites = allowed_sites()
    run = _open_run(path)
    if _has_refused_any_of(sites, run):
        _begin_anew(run)
    start = run.position
    cut_off: FormatError | None = None
    with path.open("rb") as stream:
        size = path.stat().st_size
        items = read_checks(stream, Format(run.file_format), start=start)
        try:
            for batch in _batches(items):
                _store(run, batch, sites, by=by, is_demo=is_demo)
                if progress:
                    progress(stream.tell(), size)
                if on_batch:
                    on_batch()
        except FormatError as error:
            cut_off = error
    run.refresh_from_db()
    if cut_off is None:
        run.finished_at = timezone.now()
        run.save(update_fields=["finished_at"])
    elif run.position == 0:
        run.delete()
        raise cut_off
    return Import(
        run_id=run.pk,
        file_format=Format(run.file_format),
        added=run.added,
        updated=run.updated,
        unchanged=run.unchanged,
        refused=run.refused,
        continued_from=start,
        cut_off=cut_off,
    )


def _open_run(path: Path) -> ImportRun:
    """The run of this very file that was interrupted, else a new one."""
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise FileUnreadable(f"{path} can't be read: {error.strerror}", path=str(path)) from error
    run, _ = ImportRun.objects.get_or_create(
        file_digest=digest,
        finished_at=None,
        defaults={
            "file_name": path.name[:255],
            "file_format": detect(path).value,
            "started_at": timezone.now(),
        },
    )
    return run


def _has_refused_any_of(sites: frozenset[str], run: ImportRun) -> bool:
    """True if a publisher was allowed since the run stopped: its records are to be read again."""
    refused = run.refusals.filter(code=Code.PUBLISHER_NOT_ALLOWED)
    return refused.filter(why__in=[_not_allowed(site) for site in sites]).exists()


@transaction.atomic
def _begin_anew(run: ImportRun) -> None:
    run.refusals.all().delete()
    run.position = run.added = run.updated = run.unchanged = run.refused = 0
    run.save()


def _not_allowed(site: str) -> str:
    return f"{site} is not on the allow list."


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Batches that never part what one element of a feed gave: it may hold several reviews.

    When reading breaks off, what was read before it is still given out, then the error goes on.
    """
    batch: list[Item] = []
    broken: FormatError | None = None
    try:
        for _, element in groupby(items, key=attrgetter("position")):
            batch += element
            if len(batch) >= BATCH:
                yield batch
                batch = []
    except FormatError as error:
        broken = error
    if batch:
        yield batch
    if broken:
        raise broken


@transaction.atomic
def _store(
    run: ImportRun,
    batch: list[Item],
    sites: frozenset[str],
    *,
    by: str,
    is_demo: bool,
) -> None:
    """Store one batch, its refusals and the run's position together."""
    records = [item for item in batch if isinstance(item, CheckRecord)]
    taken = [record for record in records if record.publisher_site in sites]
    refusals = [item for item in batch if isinstance(item, Refusal)]
    refusals += [
        Refusal(
            record.position,
            Code.PUBLISHER_NOT_ALLOWED,
            _not_allowed(record.publisher_site),
            record.url[:200],
        )
        for record in records
        if record.publisher_site not in sites
    ]
    stored = claims.store_checks(taken, by=by, is_demo=is_demo)
    ImportRefusal.objects.bulk_create(
        ImportRefusal(
            run=run, position=r.position, code=r.code, why=r.why[:500], excerpt=r.excerpt[:200]
        )
        for r in refusals
    )
    ImportRun.objects.filter(pk=run.pk).update(
        position=batch[-1].position + 1,
        added=F("added") + stored.added,
        updated=F("updated") + stored.updated,
        unchanged=F("unchanged") + len(taken) - stored.added - stored.updated,
        refused=F("refused") + len(refusals),
    )
