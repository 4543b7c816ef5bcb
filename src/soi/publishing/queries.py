"""All reads of import runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count

from soi.core.formats import Refusal
from soi.publishing.errors import RunUnknown
from soi.publishing.models import ImportRefusal, ImportRun


@dataclass(frozen=True, slots=True)
class RunRow:
    """One import run as a person sees it."""

    id: int
    file_name: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    added: int
    updated: int
    unchanged: int
    refused: int

    @classmethod
    def of(cls, run: ImportRun) -> RunRow:
        """The run as a row."""
        return cls(
            run.pk,
            run.file_name,
            run.started_at,
            run.finished_at,
            run.added,
            run.updated,
            run.unchanged,
            run.refused,
        )


def runs(limit: int = 20) -> list[RunRow]:
    """The last import runs, newest first."""
    return [RunRow.of(run) for run in ImportRun.objects.order_by("-pk")[:limit]]


def refusals_by_code(run_id: int) -> list[tuple[str, int]]:
    """How many records of a run were refused for each reason, the commonest first."""
    found = (
        ImportRefusal.objects.filter(run=run_id).values_list("code").annotate(number=Count("pk"))
    )
    return [(code, number) for code, number in found.order_by("-number", "code")]


def refusals(run_id: int) -> Iterator[Refusal]:
    """Every refusal of a run in the order of its file. Raises `RunUnknown`."""
    if not ImportRun.objects.filter(pk=run_id).exists():
        raise RunUnknown(f"There is no import run {run_id}.", run=run_id)
    for row in ImportRefusal.objects.filter(run=run_id).order_by("position", "pk").iterator():
        yield Refusal(row.position, row.code, row.why, row.excerpt)
