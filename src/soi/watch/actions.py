"""All writes of the watch: import known-scam lists, remove the demonstration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from soi.core.formats import Refusal, ScamRecord
from soi.journal.actions import Entry, append
from soi.watch.models import ScamList, ScamName

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Listed:
    """How many rows an import added, updated and left, and what it refused."""

    added: int
    updated: int
    unchanged: int
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class ListDescription:
    """What is said of a list beside its rows."""

    name: str
    licence: str
    fetched_on: dt.date
    url: str = ""


@transaction.atomic
def import_scam_list(
    description: ListDescription,
    records: Iterable[ScamRecord | Refusal],
    *,
    by: str,
    is_demo: bool = False,
) -> Listed:
    """Bring one list up to date from a file, all or nothing.

    A row keeps its earliest date. Rows that the file no longer names stay: a list that arrives cut
    short must not make known scams unknown. A list takes the place of the demonstration's of that
    name.
    """
    if not is_demo:
        ScamList.objects.filter(name=description.name, is_demo=True).delete()
    scam_list, _ = ScamList.objects.update_or_create(
        name=description.name,
        defaults={
            "licence": description.licence,
            "fetched_on": description.fetched_on,
            "url": description.url,
        },
        create_defaults={
            "licence": description.licence,
            "fetched_on": description.fetched_on,
            "url": description.url,
            "is_demo": is_demo,
        },
    )
    refusals: list[Refusal] = []
    added = updated = unchanged = 0
    for batch in _batches(records, refusals):
        new, changed = _store(scam_list, batch)
        added, updated, unchanged = (
            added + new,
            updated + changed,
            unchanged + len(batch) - new - changed,
        )
    append([Entry("scam_list.imported", "scam_list", scam_list.pk)], by=by)
    return Listed(added, updated, unchanged, tuple(refusals))


def _batches(
    records: Iterable[ScamRecord | Refusal], refusals: list[Refusal]
) -> Iterator[dict[tuple[str, str], ScamRecord]]:
    """Records by identity in batches, each once, at its earliest; refusals are put aside."""
    stream = iter(records)
    while chunk := list(islice(stream, _BATCH)):
        refusals.extend(item for item in chunk if isinstance(item, Refusal))
        found = [item for item in chunk if isinstance(item, ScamRecord)]
        found.sort(key=lambda item: item.listed_on or dt.date.max, reverse=True)
        yield {(item.kind, item.value): item for item in found}


def _store(scam_list: ScamList, batch: dict[tuple[str, str], ScamRecord]) -> tuple[int, int]:
    """Write one batch; returns how many rows are new and how many got an earlier date."""
    known = {
        (name.kind, name.key): name
        for name in scam_list.names.filter(key__in={value for _, value in batch})
    }
    new: list[ScamName] = []
    changed: list[ScamName] = []
    for identity, record in batch.items():
        name = known.get(identity)
        if name is None:
            kind, key = identity
            new.append(
                ScamName(scam_list=scam_list, kind=kind, key=key, listed_on=record.listed_on)
            )
        elif record.listed_on and (name.listed_on is None or record.listed_on < name.listed_on):
            name.listed_on = record.listed_on
            changed.append(name)
    ScamName.objects.bulk_create(new, batch_size=_BATCH)
    ScamName.objects.bulk_update(changed, ["listed_on"], batch_size=500)
    return len(new), len(changed)


@transaction.atomic
def remove_demo_lists(*, by: str) -> int:
    """Remove the demonstration's lists with their rows; returns how many lists."""
    gone = list(ScamList.objects.filter(is_demo=True).values_list("pk", flat=True))
    ScamList.objects.filter(is_demo=True).delete()
    append([Entry("scam_list.removed", "scam_list", pk) for pk in gone], by=by)
    return len(gone)
