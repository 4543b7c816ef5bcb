"""Import checks from a file: strict, in batches, continued after an interruption.

In: a path, and a `Door` that says who may come in. Out: an `Import` with what was added, updated,
left and refused. Only publishers on the allow list are taken; everything else is a refusal with its
reason. Each batch is stored with the
run's position in one transaction, so a run that was killed goes on where it stopped when the same
file is imported again, and a file that was imported before changes only what has changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from soi.claims import actions as claims
from soi.claims.actions import Origin
from soi.claims.queries import allowed_sites
from soi.core.formats import CheckRecord, Code, Format, FormatError, Refusal, detect, read_checks
from soi.publishing.errors import FileUnreadable
from soi.publishing.models import ImportRefusal, ImportRun

BATCH = 500
"""Records in one transaction: an interruption repeats at most so many."""

Item = CheckRecord | Refusal
Progress = Callable[[int, int], object]
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
    records: int
    """How many records the file has, as far as it was read."""
    cut_off: FormatError | None


@dataclass(frozen=True, slots=True)
class Refused:
    """What was not taken, with the check itself where it could be read as one."""

    refusal: Refusal
    record: CheckRecord | None = None


class Door(Protocol):
    """Who decides about each check of a file, and keeps what is refused."""

    source_id: int | None
    today: dt.date | None
    """Dates further ahead are left out by the reader; None for the day that it is."""

    def origin(self, run: ImportRun) -> Origin:
        """What is written down of where the checks came from."""

    def judge(self, record: CheckRecord) -> Refusal | None:
        """Why the check is not taken, None if it is."""

    def begin(self, run: ImportRun) -> None:
        """Called before the file is read, with a run that may have been interrupted."""

    def keep(self, run: ImportRun, refused: Sequence[Refused]) -> None:
        """Keep refusals, in the transaction of their batch."""


class ByHand:
    """A file that somebody brings: publishers on the allow list, refusals kept with the run."""

    source_id: int | None = None
    today: dt.date | None = None

    def __init__(self) -> None:
        self._sites = allowed_sites()

    def origin(self, run: ImportRun) -> Origin:
        """The file, by its name."""
        return Origin(run.file_name, run.started_at)

    def judge(self, record: CheckRecord) -> Refusal | None:
        """Only its publisher counts."""
        if record.publisher_site in self._sites:
            return None
        return not_allowed(record)

    def begin(self, run: ImportRun) -> None:
        """Read again from the start if a publisher was allowed since the run stopped."""
        refused = run.refusals.filter(code=Code.PUBLISHER_NOT_ALLOWED)
        if refused.filter(why__in=[_not_allowed(site) for site in self._sites]).exists():
            _begin_anew(run)

    def keep(self, run: ImportRun, refused: Sequence[Refused]) -> None:
        """One row for each."""
        ImportRefusal.objects.bulk_create(
            ImportRefusal(
                run=run, position=r.position, code=r.code, why=r.why[:500], excerpt=r.excerpt[:200]
            )
            for r in (each.refusal for each in refused)
        )


def import_checks(
    path: Path,
    *,
    by: str,
    is_demo: bool = False,
    progress: Progress | None = None,
    on_batch: Callable[[], object] | None = None,
    door: Door | None = None,
    name: str = "",
) -> Import:
    """Import every check of a file whose publisher is allowed; `name` is what the file is called.

    What is whole before a cut-off is kept, and the run stays open. `on_batch` is called after each
    commit, when the batch can be indexed. Raises `FileUnreadable` when the file can't be opened and
    `FormatError` when it is in no known format or nothing of it can be read; no run is left then.
    """
    chosen: Door = door or ByHand()
    run = _open_run(path, name or path.name, chosen.source_id)
    chosen.begin(run)
    start = run.position
    cut_off: FormatError | None = None
    with path.open("rb") as stream:
        size = path.stat().st_size
        items = read_checks(stream, Format(run.file_format), start=start, today=chosen.today)
        try:
            for batch in _batches(items):
                store_batch(run, batch, chosen, by=by, is_demo=is_demo)
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
        records=run.position,
        cut_off=cut_off,
    )


def _open_run(path: Path, name: str, source_id: int | None) -> ImportRun:
    """The run of this very file that was interrupted, else a new one.

    A source has one: an open one of another file is given up, as the source has left that file.
    """
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise FileUnreadable(f"{path} can't be read: {error.strerror}", path=str(path)) from error
    if source_id is not None:
        open_runs = ImportRun.objects.filter(source=source_id, finished_at=None)
        open_runs.exclude(file_digest=digest).delete()
    run, _ = ImportRun.objects.get_or_create(
        file_digest=digest,
        finished_at=None,
        source_id=source_id,
        defaults={
            "file_name": name[:255],
            "file_format": detect(path).value,
            "started_at": timezone.now(),
        },
    )
    return run


@transaction.atomic
def _begin_anew(run: ImportRun) -> None:
    run.refusals.all().delete()
    run.position = run.added = run.updated = run.unchanged = run.refused = 0
    run.save()


def not_allowed(record: CheckRecord) -> Refusal:
    """The refusal of a check whose publisher is not on the allow list."""
    why = _not_allowed(record.publisher_site)
    return Refusal(record.position, Code.PUBLISHER_NOT_ALLOWED, why, record.url[:200])


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
def store_batch(
    run: ImportRun, batch: Sequence[Item], door: Door, *, by: str, is_demo: bool = False
) -> None:
    """Store one batch, its refusals and the run's position together."""
    taken: list[CheckRecord] = []
    refused: list[Refused] = []
    for item in batch:
        if isinstance(item, Refusal):
            refused.append(Refused(item))
        elif refusal := door.judge(item):
            refused.append(Refused(refusal, item))
        else:
            taken.append(item)
    stored = claims.store_checks(taken, by=by, is_demo=is_demo, origin=door.origin(run))
    refused += [Refused(_doubled(record)) for record in stored.doubled]
    door.keep(run, refused)
    ImportRun.objects.filter(pk=run.pk).update(
        position=batch[-1].position + 1,
        added=F("added") + stored.added,
        updated=F("updated") + stored.updated,
        unchanged=F("unchanged") + len(taken) - stored.added - stored.updated - len(stored.doubled),
        refused=F("refused") + len(refused),
    )


def _doubled(record: CheckRecord) -> Refusal:
    why = f"Another check with the id {record.key[:200]} stands before it."
    return Refusal(record.position, Code.DUPLICATE_ID, why, record.url[:200])
