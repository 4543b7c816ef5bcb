"""All writes of sources: add, pause, resume, remove, and what a look came to."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from soi.captures.downloading import Validators
from soi.claims.errors import PublisherIsOwn
from soi.claims.queries import allowed_sites
from soi.claims.rules import site_of
from soi.journal.actions import Entry, append
from soi.publishing.errors import SourceBusy, SourceInvalid, SourceKnown, SourceUnknown
from soi.publishing.models import ImportSource
from soi.publishing.sources import rules

LEASE: Final = dt.timedelta(minutes=10)
"""So long after its last sign of life a look counts as killed."""


@transaction.atomic
def add_source(*, url: str, sites: Sequence[str] = (), every_hours: int = 24, by: str) -> int:
    """Have `url` looked at every so many hours from now on; returns the source's number.

    It may bring checks of `sites` only, by default of the one that it lies on; each of them has to
    be allowed. Raises `SourceInvalid`, `SourceKnown`, and `PublisherIsOwn` for the desk's own site.
    """
    address = rules.source_address(url)
    names = rules.site_names(sites, address)
    own = site_of(settings.SOI_BASE_URL)
    if own in names:
        raise PublisherIsOwn("The desk's own checks are not imported.", site=own)
    if missing := sorted(set(names) - allowed_sites()):
        raise SourceInvalid(f"Not on the allow list: {', '.join(missing[:5])}.", field="sites")
    made, is_new = ImportSource.objects.get_or_create(
        url=address,
        defaults={
            "sites": names,
            "every_hours": rules.hours(every_hours),
            "due_at": timezone.now(),
        },
    )
    if not is_new:
        raise SourceKnown("That address is looked at already.", source=made.pk)
    append([Entry("source.added", "source", made.pk)], by=by)
    return made.pk


@transaction.atomic
def pause_source(source_id: int, *, by: str) -> None:
    """Look there no more until it is resumed. Idempotent. Raises `SourceUnknown`."""
    source = _locked(source_id)
    if not source.is_paused:
        source.is_paused = True
        source.save(update_fields=["is_paused"])
        append([Entry("source.paused", "source", source_id)], by=by)


@transaction.atomic
def resume_source(source_id: int, *, by: str) -> None:
    """Look there again, as soon as may be. Idempotent. Raises `SourceUnknown`."""
    source = _locked(source_id)
    if source.is_paused:
        source.is_paused, source.due_at = False, timezone.now()
        source.save(update_fields=["is_paused", "due_at"])
        append([Entry("source.resumed", "source", source_id)], by=by)


@transaction.atomic
def remove_source(source_id: int, *, by: str) -> None:
    """Forget the source with its quarantine; what it brought stays. Raises `SourceUnknown`."""
    _locked(source_id).delete()
    append([Entry("source.removed", "source", source_id)], by=by)


@transaction.atomic
def ask_for_look(source_id: int) -> None:
    """Have the worker look there at once. Raises `SourceUnknown`."""
    source = _locked(source_id)
    source.due_at = timezone.now()
    source.save(update_fields=["due_at"])


@transaction.atomic
def begin(source_id: int) -> None:
    """Take the source for one look. Raises `SourceUnknown`, and `SourceBusy` if it is taken."""
    source = _locked(source_id)
    now = timezone.now()
    if source.busy_until and source.busy_until > now:
        raise SourceBusy("Somebody is looking there.", source=source_id)
    source.busy_until = now + LEASE
    source.save(update_fields=["busy_until"])


def renew(source_id: int) -> None:
    """Say that the look goes on. Raises `SourceUnknown` if the source was removed meanwhile."""
    source = ImportSource.objects.filter(pk=source_id)
    if not source.update(busy_until=timezone.now() + LEASE):
        raise _unknown(source_id)


@transaction.atomic
def looked(
    source_id: int, *, records: int | None, validators: Validators, has_more: bool, by: str
) -> bool:
    """Write down a look that succeeded; says whether the file has shrunk to less than half.

    `records` is None when nothing new was there. What was known stays, whatever is missing now.
    """
    source = _locked(source_id)
    now = timezone.now()
    source.busy_until, source.looked_at = None, now
    source.failures, source.failure = 0, ""
    source.etag, source.last_modified = validators.etag, validators.last_modified
    rest = rules.pause(source.every_hours, failures=0, chance=_chance())
    source.due_at = now if has_more else now + rest
    shrank = False
    if records is not None:
        before = source.records_before or source.records
        shrank = rules.has_shrunk(before, records)
        is_news = shrank and source.records_before is None
        source.records, source.records_before = records, before if shrank else None
        if is_news:
            append([Entry("source.shrunk", "source", source_id)], by=by)
    source.save()
    return shrank


@transaction.atomic
def failed(source_id: int, code: str) -> None:
    """Write down a look that failed, and wait longer each time."""
    source = _locked(source_id)
    source.busy_until = None
    source.failures += 1
    source.failure = code[:50]
    wait = rules.pause(source.every_hours, failures=source.failures, chance=_chance())
    source.due_at = timezone.now() + wait
    source.save(update_fields=["busy_until", "failures", "failure", "due_at"])


def _chance() -> float:
    return random.random()  # noqa: S311  # it spreads load, it hides nothing


def _locked(source_id: int) -> ImportSource:
    found = ImportSource.objects.select_for_update().filter(pk=source_id).first()
    if found is None:
        raise _unknown(source_id)
    return found


def _unknown(source_id: int) -> SourceUnknown:
    return SourceUnknown(f"There is no source {source_id}.", source=source_id)
