"""Which addresses the exported site has, and what each of them depends on.

In: the database. Out: `Task`s, each with a stamp that changes whenever what stands at its address
could. A stamp that is the same as last time means that nothing has to be made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

import soi
from soi.checking import public
from soi.checking.types import Topic
from soi.claims import queries as claims
from soi.core.formats import HoldingKind
from soi.core.formats.feeds import FeedForm
from soi.core.rows import Rows
from soi.incidents import queries as incidents
from soi.publishing import dumps, mapping, news, sheets
from soi.publishing.cards import Shape
from soi.publishing.log import queries as log
from soi.publishing.register import own_trust_txt
from soi.publishing.site import searching
from soi.publishing.site.rendering import Wanted
from soi.register import queries as register

PAGE = 20
"""Rows of a page of a list, as the pages themselves have it."""
_READ = 500
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Task:
    """One address of the site: what is asked for, where the answer lies, and on what it depends."""

    address: str
    file: str
    stamp: str
    status: int = 200


def tasks(wanted: Wanted) -> Iterator[Task]:
    """Every address of the site."""
    base = _stamp(_sources(), wanted, _settings(), claims.has_demo())
    stamped = partial(_stamp, base)
    yield from _single_pages(stamped)
    yield from _claims(stamped, wanted)
    yield from _lists(stamped)
    yield from _register(stamped)
    yield from _notices(stamped)
    yield from _others_checks(stamped)
    yield from _feeds(stamped)
    yield from _log(stamped)
    yield from _search(stamped)


def file_of(address: str) -> str:
    """Where the answer to an address lies, so that a web host finds it."""
    path, _, query = address.partition("?")
    path = path.lstrip("/")
    if query.startswith("page="):
        return f"{path}page/{query.removeprefix('page=')}/index.html"
    return f"{path}index.html" if not path or path.endswith("/") else path


Stamped = Callable[..., str]


def _single_pages(stamped: Stamped) -> Iterator[Task]:
    for name in ("answer", "how-we-work", "feeds", "search"):
        yield from _in_languages(f"public:{name}", stamp=stamped(name))
    for name in ("robots", "security"):
        # A file with a date in it is made again every week.
        week = timezone.localdate().isocalendar()[:2]
        if name == "robots" or settings.SOI_SECURITY_CONTACT:
            yield _task(reverse(name), stamped(week))
    for name in ("own-trust", "well-known-trust"):
        yield _task(reverse(name), stamped(own_trust_txt()))
    yield Task("/nothing-here/", "404.html", stamped("404"), status=404)


def _claims(stamped: Stamped, wanted: Wanted) -> Iterator[Task]:
    for check in public.standings():
        claim, editions = check.claim_id, check.editions
        stamp = stamped(check)
        yield from _in_languages("public:claim", claim, stamp=stamp)
        if len(editions) > 1:
            yield from _in_languages("public:claim-history", claim, stamp=stamp)
        for number, digest in editions:
            if len(editions) > 1:
                yield from _in_languages("public:claim-edition", claim, number, stamp=stamp)
            yield _task(reverse("edition-record", args=[claim, number]), digest)
            code = str(sheets.card_code_of(claim, number, digest))
            yield _task(f"{code.removeprefix(settings.SOI_BASE_URL)}/", stamp)
            if wanted.with_cards:
                yield from _cards(claim, number, check.language, stamped(digest))


def _cards(claim: int, number: int, language: str, stamp: str) -> Iterator[Task]:
    """The cards of an edition in its own language: in that the claim is worded."""
    with translation.override(sheets.page_language(language)):
        for shape in Shape:
            address = reverse("public:card", args=[claim, number, shape.value])
            yield _task(address, stamp)


def _lists(stamped: Stamped) -> Iterator[Task]:
    yield from _pages("public:checks", claims.newest_checks(), stamped)
    yield from _pages("public:corrections", public.corrections(), stamped)
    yield from _pages("public:challenges", public.newest_challenges(), stamped)
    yield from _pages("public:ownership", public.newest_editions(concerns_owner=True), stamped)
    for topic in Topic:
        found = public.newest_editions(topic=topic.value)
        yield from _pages("public:topic", found, stamped, topic.value)
    for row in _all(public.newest_challenges()):
        yield _task(reverse("challenge-record", args=[row.id]), stamped(row))


def _register(stamped: Stamped) -> Iterator[Task]:
    # What is official today may not be tomorrow, without any change.
    today = timezone.localdate()
    yield from _pages("public:organisations", register.organisations(), stamped, extra=today)
    digests = dict(register.public_digests())
    for name in ("register-csv", "register-json"):
        yield _task(reverse(name), stamped(digests))
    for pk, slug in register.slugs_of(list(digests)).items():
        warnings = incidents.public_notices(organisation=slug)[:_READ]
        changes = register.changes_of(slug)
        stamp = stamped(digests[pk], today, warnings, changes[:1])
        yield from _in_languages("public:organisation", slug, stamp=stamp)
        yield from _pages("public:organisation-history", changes, stamped, slug)
        for name in ("record", "record-sig", "holdings-csv"):
            yield _task(reverse(name, args=[slug]), stamped(digests[pk]))
        main = register.main_holdings(on=today, slugs=[slug]).get(slug)
        if main is not None and main.kind is HoldingKind.DOMAIN:
            yield _task(reverse("trust-txt", args=[slug]), stamp)
        for holding in register.holdings_of(slug):
            yield _task(reverse("public:badge", args=[slug, holding.id]), stamp)


def _notices(stamped: Stamped) -> Iterator[Task]:
    standing = incidents.standing_notices()
    notices = incidents.public_notices()
    yield from _pages("public:notices", notices, stamped, extra=standing)
    yield _task(reverse("notices-feed"), stamped(notices[:_READ], standing))
    for row in _all(notices):
        stamp = stamped(row, row in standing)
        yield from _in_languages("public:notice", row.id, stamp=stamp)
        for name in ("notice-record", "notice-note"):
            yield _task(reverse(name, args=[row.id]), stamp)


def _others_checks(stamped: Stamped) -> Iterator[Task]:
    for row in claims.all_checks():
        if sheets.claim_of(row) is None:
            yield from _in_languages("public:check", row.id, stamp=stamped(row))


def _feeds(stamped: Stamped) -> Iterator[Task]:
    for named in news.all_feeds():
        stamp = stamped(news.rows(named)[: news.MOST])
        for form in FeedForm:
            arguments = (named.language, named.subject, form.value)
            yield from _in_languages("public:feed", *arguments, stamp=stamp)
    yield from _in_languages("public:opml", stamp=stamped("opml"))
    stamp = stamped([(each.claim_id, each.editions) for each in public.standings()])
    yield _task(reverse("datafeed"), stamp)
    for written in dumps.WRITERS:
        yield _task(reverse("checks-data", args=[written]), stamp)
    yield _task(reverse("checks-schema"), stamped(dumps.FORM))
    yield _task(reverse("sitemap-index"), stamped(mapping.part_count()))
    stamp = _stamp(stamp, [slug for _, slug in sorted(register.slugs_of_all().items())])
    for part in range(1, mapping.part_count() + 1):
        yield _task(reverse("sitemap", args=[part]), stamp)


def _log(stamped: Stamped) -> Iterator[Task]:
    standing = log.standing()
    yield from _pages("public:log", log.leaves(), stamped, extra=standing)
    yield _task(reverse("log:key"), stamped(standing.keys))
    for number in range(1, standing.handovers + 1):
        yield _task(reverse("log:handover", args=[number]), stamped(number))
    for index in range(standing.tree.size):
        # An older proof stays right: the log only grows.
        yield _task(reverse("log:proof", args=[index]), str(standing.keys))


def _search(stamped: Stamped) -> Iterator[Task]:
    for number, rows in enumerate(searching.shards(), start=1):
        yield _task(reverse("search-shard", args=[number]), stamped(rows))


def _pages(
    name: str, rows: Rows[Row], stamped: Stamped, *arguments: object, extra: object = ""
) -> Iterator[Task]:
    """The pages of a list; each depends on its rows and on how many there are."""
    total = len(rows)
    size = _SIZES.get(name, PAGE)
    read = _all(rows)
    for number in range(1, max(1, -(-total // size)) + 1):
        some = [row for _, row in zip(range(size), read, strict=False)]
        query = f"?page={number}" if number > 1 else ""
        stamp = stamped(total, some, extra)
        yield from _in_languages(name, *arguments, stamp=stamp, query=query)


_SIZES = {"public:log": 50, "public:notices": 30, "public:organisation-history": 50}


def _all(rows: Rows[Row]) -> Iterator[Row]:
    for start in range(0, len(rows), _READ):
        yield from rows[start : start + _READ]


def _in_languages(name: str, *arguments: object, stamp: str, query: str = "") -> Iterator[Task]:
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            yield _task(reverse(name, args=arguments) + query, stamp)


def _task(address: str, stamp: str) -> Task:
    return Task(address, file_of(address), stamp)


def _stamp(*parts: object) -> str:
    return blake2b(repr(parts).encode("utf-8", "replace"), digest_size=12).hexdigest()


def _settings() -> Sequence[str]:
    names = ("SOI_BASE_URL", "SOI_DESK_NAME", "SOI_DESK_OWNER", "SOI_DESK_FUNDING")
    return [str(getattr(settings, name)) for name in names]


def _sources() -> str:
    """Changes with the program: its version, its templates, its strings, its style."""
    found = blake2b(soi.__version__.encode(), digest_size=12)
    package = Path(soi.__file__).parent
    for path in sorted(package.rglob("*")):
        if path.suffix in {".html", ".css", ".js", ".mo", ".py"}:
            found.update(path.read_bytes())
    return found.hexdigest()
