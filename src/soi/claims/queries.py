"""All reads of claims. Rows leave as frozen values, so that models stay private."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from soi.claims.models import Check, Publisher
from soi.core.formats import CheckRecord, Verdict
from soi.core.remembering import remembered
from soi.core.rows import Rows


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check with its publisher, as other packages see it."""

    id: int
    key: str
    url: str
    claim: str
    title: str
    summary: str
    verdict: Verdict | None
    verdict_words: str
    language: str
    claimed_on: dt.date | None
    published_on: dt.date | None
    modified_on: dt.date | None
    licence: str
    publisher_name: str
    publisher_site: str
    is_demo: bool
    stored_at: dt.datetime
    """When the desk stored it as it stands now."""
    is_own: bool = False
    """True for what this desk itself has published."""
    origin: str = ""
    """The address that it was fetched from, "" for a file that somebody brought."""
    brought_at: dt.datetime | None = None
    """When it was fetched or brought last, None for what was written here."""

    @property
    def record(self) -> CheckRecord:
        """The record that a writer of `soi.core.formats` takes."""
        return CheckRecord(
            key=self.key,
            url=self.url,
            publisher_name=self.publisher_name,
            publisher_site=self.publisher_site,
            claim=self.claim,
            title=self.title,
            summary=self.summary,
            verdict=self.verdict,
            verdict_words=self.verdict_words,
            language=self.language,
            claimed_on=self.claimed_on,
            published_on=self.published_on,
            modified_on=self.modified_on,
            licence=self.licence,
        )


@dataclass(frozen=True, slots=True)
class PublisherRow:
    """A publisher and how many of its checks are stored."""

    site: str
    name: str
    is_allowed: bool
    checks: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Which checks somebody wants to read; what is empty leaves nothing out."""

    text: str = ""
    """In the claim or the title, as it is written."""
    verdict: str = ""
    language: str = ""
    publisher: str = ""
    """A site."""
    is_own: bool | None = None
    keys: Collection[str] | None = None
    """Only those that their publisher calls so."""
    changed_since: dt.datetime | None = None
    dated_since: dt.date | None = None
    """By the newest of its days: when the claim was made, published, changed."""


def _row(check: Check) -> CheckRow:
    return CheckRow(
        id=check.pk,
        key=check.key,
        url=check.url,
        claim=check.claim,
        title=check.title,
        summary=check.summary,
        verdict=Verdict(check.verdict) if check.verdict else None,
        verdict_words=check.verdict_words,
        language=check.language,
        claimed_on=check.claimed_on,
        published_on=check.published_on,
        modified_on=check.modified_on,
        licence=check.licence,
        publisher_name=check.publisher.name,
        publisher_site=check.publisher.site,
        is_demo=check.is_demo,
        stored_at=check.stored_at,
        is_own=check.publisher.is_own,
        origin=check.origin if "://" in check.origin else "",
        brought_at=check.brought_at,
    )


def checks_by_id(ids: Collection[int]) -> dict[int, CheckRow]:
    """The checks with these ids; ids without a check are left out."""
    found = Check.objects.select_related("publisher").filter(pk__in=ids)
    return {check.pk: _row(check) for check in found}


def check_with_id(check_id: int) -> CheckRow | None:
    """The check, or None."""
    # An exact look-up knows that no row has a number too large for the column.
    found = Check.objects.select_related("publisher").filter(pk=check_id).first()
    return _row(found) if found else None


def check_count() -> int:
    """How many checks are stored."""
    return Check.objects.count()


def all_checks() -> Iterator[CheckRow]:
    """Every check by id, streamed: memory stays flat whatever their number."""
    for check in Check.objects.select_related("publisher").order_by("pk").iterator(chunk_size=1000):
        yield _row(check)


def own_checks() -> Iterator[CheckRow]:
    """Every check that the desk itself has published and not withdrawn, the oldest first."""
    found = Check.objects.select_related("publisher").filter(publisher__is_own=True)
    for check in found.order_by("pk").iterator(chunk_size=1000):
        yield _row(check)


def newest_checks(
    *, text: str = "", verdict: str = "", language: str = "", is_own: bool | None = None
) -> Rows[CheckRow]:
    """The checks, newest first, to be read page by page.

    `text` filters by plain containment in claim or title; finding by meaning is the answer's work.
    `is_own` asks for the desk's own alone, or for those of others.
    """
    found: QuerySet[Check] = Check.objects.select_related("publisher")
    if text:
        found = found.filter(Q(claim__icontains=text) | Q(title__icontains=text))
    if verdict:
        found = found.filter(verdict=verdict)
    if language:
        found = found.filter(language=language)
    if is_own is not None:
        found = found.filter(publisher__is_own=is_own)
    ordered = found.order_by("-published_on", "-pk")
    return Rows(found.count, lambda start, stop: [_row(check) for check in ordered[start:stop]])


def checks_before(asked: Asked, *, before: int | None, limit: int, skip: int = 0) -> list[CheckRow]:
    """The next checks by number, the newest first, below `before` where that is given.

    A number never changes: whoever reads on from the last one meets no check twice and misses none.
    """
    found = _asked(asked)
    if before is not None:
        found = found.filter(pk__lt=before)
    return [_row(check) for check in found.order_by("-pk")[skip : skip + limit]]


def checks_changed_after(
    asked: Asked, *, after: tuple[dt.datetime, int] | None, limit: int
) -> list[CheckRow]:
    """The next checks by when they were stored as they stand, the earliest first.

    `after` is that time of the last one read, with its number. What changes while somebody reads
    comes again at the end.
    """
    found = _asked(asked)
    if after is not None:
        at, number = after
        found = found.filter(Q(stored_at__gt=at) | Q(stored_at=at, pk__gt=number))
    return [_row(check) for check in found.order_by("stored_at", "pk")[:limit]]


def _asked(asked: Asked) -> QuerySet[Check]:
    found = Check.objects.select_related("publisher")
    if asked.text:
        found = found.filter(Q(claim__icontains=asked.text) | Q(title__icontains=asked.text))
    if asked.verdict:
        found = found.filter(verdict=asked.verdict)
    if asked.language:
        found = found.filter(language=asked.language)
    if asked.publisher:
        found = found.filter(publisher__site=asked.publisher)
    if asked.is_own is not None:
        found = found.filter(publisher__is_own=asked.is_own)
    if asked.keys is not None:
        found = found.filter(key__in=asked.keys)
    if asked.changed_since:
        found = found.filter(stored_at__gte=asked.changed_since)
    if day := asked.dated_since:
        found = found.filter(
            Q(claimed_on__gte=day) | Q(published_on__gte=day) | Q(modified_on__gte=day)
        )
    return found


def count_from(origin: str, *, but_not_at: dt.datetime | None = None) -> int:
    """How many checks came from there last; of these those that another reading brought."""
    found = Check.objects.filter(origin=origin, publisher__is_own=False)
    return (found.exclude(brought_at=but_not_at) if but_not_at else found).count()


def publishers() -> list[PublisherRow]:
    """Every publisher, by site."""
    found = Publisher.objects.annotate(stored=Count("checks")).order_by("site")
    return [PublisherRow(p.site, p.name, p.is_allowed, p.stored) for p in found]


def allowed_sites() -> frozenset[str]:
    """The sites whose checks may be imported."""
    return frozenset(Publisher.objects.filter(is_allowed=True).values_list("site", flat=True))


@remembered
def has_demo() -> bool:
    """True while the demonstration's checks are loaded."""
    return Check.objects.filter(is_demo=True).exists()


def languages() -> list[str]:
    """The languages that checks are written in, by code."""
    found = Check.objects.exclude(language="").values_list("language", flat=True)
    return sorted(found.distinct().order_by())
