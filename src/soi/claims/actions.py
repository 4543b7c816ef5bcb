"""All writes of claims: allow publishers, store and remove checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from soi.claims import rules
from soi.claims.errors import PublisherIsOwn, UnknownPublisher
from soi.claims.models import Check, Publisher
from soi.core.formats import CheckRecord
from soi.journal.actions import Entry, append

_CONTENT = (
    "url",
    "claim",
    "title",
    "summary",
    "verdict",
    "verdict_words",
    "language",
    "claimed_on",
    "published_on",
    "modified_on",
    "licence",
)

_PROVENANCE = ("origin", "brought_at")

OWN_KEY = "soi-"
"""How the keys of the desk's own checks begin."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where checks come from: an address or the name of a file, and when it was brought.

    `is_feed`: it is read again and again. Then the first of several checks with one id is taken,
    and one that came from its publisher's own site is left as it is by all others.
    """

    name: str
    at: dt.datetime
    is_feed: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """How many checks a batch added, updated and left as they were."""

    added: int
    updated: int
    unchanged: int
    doubled: Sequence[CheckRecord] = ()
    """Those of a feed whose id another one before had, with other content; they were not taken."""


@transaction.atomic
def allow_publisher(*, site: str, name: str, by: str, is_demo: bool = False) -> Publisher:
    """Let checks of `site` (a host without `www.`) be imported from now on. Idempotent.

    Raises `PublisherIsOwn` for the desk's own site: what stands under its name was approved by two.
    """
    if site == rules.site_of(settings.SOI_BASE_URL):
        raise PublisherIsOwn("The desk's own checks are not imported.", site=site)
    publisher, _ = Publisher.objects.get_or_create(
        site=site, defaults={"name": name, "is_demo": is_demo}
    )
    if publisher.is_demo and not is_demo:
        publisher.is_demo = False
        publisher.save(update_fields=["is_demo"])
    if not publisher.is_allowed:
        publisher.is_allowed, publisher.is_own = True, False  # own until the desk moved elsewhere
        publisher.save(update_fields=["is_allowed", "is_own"])
        append([Entry("publisher.allowed", "publisher", publisher.pk)], by=by)
    return publisher


@transaction.atomic
def disallow_publisher(*, site: str, by: str) -> None:
    """Import nothing more of `site`; what was imported stays. Raises `UnknownPublisher`."""
    publisher = Publisher.objects.filter(site=site).first()
    if publisher is None:
        raise UnknownPublisher(f"No publisher has the site {site}.", site=site)
    if publisher.is_allowed:
        publisher.is_allowed = False
        publisher.save(update_fields=["is_allowed"])
        append([Entry("publisher.disallowed", "publisher", publisher.pk)], by=by)


@transaction.atomic
def store_checks(
    records: Sequence[CheckRecord], *, by: str, is_demo: bool = False, origin: Origin | None = None
) -> Stored:
    """Add new checks and update those whose content differs, all or none of the batch.

    A later record with the same publisher and key wins over an earlier one, but for a feed's
    (`Origin`). The publishers must exist: the caller has allowed them. Of a record that is
    unchanged only a feed writes down that it still stands there. A check of the demonstration that
    comes from elsewhere too is kept when the demonstration goes.
    """
    latest, doubled = _one_of_each(records, first=bool(origin and origin.is_feed))
    publishers = Publisher.objects.in_bulk({site for site, _ in latest}, field_name="site")
    known = {
        (check.publisher.site, check.key): check
        for check in Check.objects.select_related("publisher").filter(
            publisher__in=publishers.values(), key__in={key for _, key in latest}
        )
    }
    added: list[Check] = []
    updated: list[tuple[Check, str]] = []
    seen: list[int] = []
    again: list[CheckRecord] = []
    for identity, record in latest.items():
        digest = rules.digest_of(record)
        check = known.get(identity)
        if check is None:
            check = Check(
                publisher=publishers[record.publisher_site], key=record.key, is_demo=is_demo
            )
            added.append(check)
        elif (is_demo and not check.is_demo) or _has_better_origin(check, origin):
            continue
        elif check.digest == digest and check.is_demo == is_demo:
            seen.append(check.pk)
            continue
        elif _came_before(check, origin):
            again.append(record)
            continue
        else:
            check.is_demo = is_demo
            updated.append((check, check.digest))
        _fill(check, record, digest, origin)
    Check.objects.bulk_create(added, batch_size=500)
    Check.objects.bulk_update(
        [check for check, _ in updated],
        [*_CONTENT, *_PROVENANCE, "digest", "stored_at", "is_demo"],
        batch_size=100,
    )
    if origin and origin.is_feed and seen:
        Check.objects.filter(pk__in=seen).update(origin=origin.name, brought_at=origin.at)
    _name_publishers(latest.values(), publishers)
    append(
        [
            *(Entry("check.stored", "check", check.pk, after=check.digest) for check in added),
            *(
                Entry("check.stored", "check", check.pk, before=before, after=check.digest)
                for check, before in updated
            ),
        ],
        by=by,
    )
    unchanged = len(latest) - len(added) - len(updated) - len(again)
    return Stored(len(added), len(updated), unchanged, (*doubled, *again))


def _one_of_each(
    records: Sequence[CheckRecord], *, first: bool
) -> tuple[dict[tuple[str, str], CheckRecord], list[CheckRecord]]:
    """One record for each publisher and key, and those that say something else than the first."""
    if not first:
        return {(record.publisher_site, record.key): record for record in records}, []
    found: dict[tuple[str, str], CheckRecord] = {}
    doubled = []
    for record in records:
        one = found.setdefault((record.publisher_site, record.key), record)
        if rules.digest_of(one) != rules.digest_of(record):
            doubled.append(record)
    return found, doubled


def _has_better_origin(check: Check, origin: Origin | None) -> bool:
    """True if the check came from its publisher's own site, and the feed that brings it is not."""
    if origin is None or not origin.is_feed:
        return False
    site = check.publisher.site
    is_own, was_own = (rules.is_by_publisher(name, site) for name in (origin.name, check.origin))
    return was_own and not is_own


def _came_before(check: Check, origin: Origin | None) -> bool:
    """True if this very reading of the feed has brought a check with that id already."""
    return bool(
        origin and origin.is_feed and (check.origin, check.brought_at) == (origin.name, origin.at)
    )


@transaction.atomic
def store_own_checks(records: Sequence[CheckRecord], *, by: str, is_demo: bool = False) -> Stored:
    """Store what the desk itself publishes, under its own site and name as the records give them.

    When the desk's address has changed, what it published before moves along. Raises like
    `store_checks`.
    """
    for site, name in {(record.publisher_site, record.publisher_name) for record in records}:
        _be_publisher(site, name, by)
    return store_checks(records, by=by, is_demo=is_demo)


def _be_publisher(site: str, name: str, by: str) -> None:
    own = Publisher.objects.select_for_update().filter(is_own=True).first()
    if own and (own.site, own.name) == (site, name):
        return
    there, _ = Publisher.objects.get_or_create(site=site, defaults={"name": name})
    if own and own != there:
        own.is_own = False
        own.save(update_fields=["is_own"])
        Check.objects.filter(publisher=own, key__startswith=OWN_KEY).update(publisher=there)
    there.is_own, there.is_allowed, there.is_demo, there.name = True, False, False, name
    there.save(update_fields=["is_own", "is_allowed", "is_demo", "name"])
    append([Entry("publisher.is_own", "publisher", there.pk)], by=by)


@transaction.atomic
def remove_own_checks(keys: Iterable[str], *, by: str) -> int:
    """Remove checks of the desk itself that were withdrawn; returns how many there were."""
    found = Check.objects.filter(publisher__is_own=True, key__in=list(keys))
    gone = list(found.values_list("pk", "digest"))
    found.delete()
    append([Entry("check.removed", "check", pk, before=digest) for pk, digest in gone], by=by)
    return len(gone)


def _fill(check: Check, record: CheckRecord, digest: str, origin: Origin | None) -> None:
    for field in _CONTENT:
        setattr(check, field, getattr(record, field))
    check.verdict = record.verdict or ""
    check.digest = digest
    check.stored_at = timezone.now()
    if origin:
        check.origin, check.brought_at = origin.name, origin.at


def _name_publishers(records: Iterable[CheckRecord], publishers: dict[str, Publisher]) -> None:
    """Give a publisher that was allowed by its site alone the name that its records carry."""
    for record in records:
        publisher = publishers[record.publisher_site]
        if publisher.name == publisher.site and record.publisher_name:
            publisher.name = record.publisher_name
            publisher.save(update_fields=["name"])


@transaction.atomic
def remove_demo_checks(*, by: str) -> int:
    """Remove the demonstration's checks and publishers; returns how many checks there were."""
    gone = list(Check.objects.filter(is_demo=True).values_list("pk", "digest"))
    Check.objects.filter(is_demo=True).delete()
    Publisher.objects.filter(is_demo=True, checks=None).delete()
    append([Entry("check.removed", "check", pk, before=digest) for pk, digest in gone], by=by)
    return len(gone)
