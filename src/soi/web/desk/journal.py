"""The journal as a page and as a file."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from soi.core.formats.table import guarded
from soi.journal import queries
from soi.journal.queries import Asked, EventRow
from soi.people.types import Member, Permission
from soi.web.desk.actors import named_actors
from soi.web.desk.guard import at_desk

PAGE = 50
COLUMNS = ("seq", "at", "actor", "verb", "subject", "subject_id", "before", "after")


@require_safe
@at_desk(Permission.READ_JOURNAL)
def events(request: HttpRequest, member: Member) -> HttpResponse:
    """What was done, the newest first, with filters."""
    page = Paginator(queries.events(_asked(request)), PAGE).get_page(request.GET.get("page"))
    names = named_actors(event.actor for event in page.object_list)
    context: dict[str, Any] = {
        "page": page,
        "events": [(event, names[event.actor]) for event in page.object_list],
        "subjects": queries.subjects(),
        "asked": {
            name: request.GET.get(name, "")[:100] for name in ("subject", "id", "since", "until")
        },
    }
    return render(request, "desk/journal.html", context)


@require_safe
@at_desk(Permission.READ_JOURNAL)
def export(request: HttpRequest, member: Member) -> StreamingHttpResponse:
    """The same events as CSV, the oldest first, as many as there are."""
    writer = csv.writer(_Echo())
    found = queries.events_in_order(_asked(request))
    return StreamingHttpResponse(
        _lines(writer, found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="journal.csv"'},
    )


class _Echo:
    """A file that hands back each line: the writer's lines are sent and not gathered."""

    def write(self, line: str) -> str:
        """Give the line back."""
        return line


def _lines(writer: Any, found: Iterable[EventRow]) -> Iterator[str]:
    yield writer.writerow(COLUMNS)
    for event in found:
        cells = [event.seq, event.at.isoformat(), *(getattr(event, name) for name in COLUMNS[2:])]
        yield writer.writerow([guarded(str(cell)) for cell in cells])


def _asked(request: HttpRequest) -> Asked:
    """What the address asks for; what can't be read asks for nothing."""
    number = request.GET.get("id", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    return Asked(
        subject=request.GET.get("subject", "")[:30].replace("\0", ""),
        subject_id=int(number) if is_number else None,
        since=_midnight(request.GET.get("since", "")),
        until=_midnight(request.GET.get("until", ""), days_later=1),
    )


def _midnight(written: str, *, days_later: int = 0) -> dt.datetime | None:
    """Where that day, or one so much later, begins at the desk; None for what is no day."""
    try:
        day = parse_date(written[:10])
        if day is None:
            return None
        begins = dt.datetime.combine(day + dt.timedelta(days=days_later), dt.time())
        return timezone.make_aware(begins)
    except (ValueError, OverflowError):
        return None
