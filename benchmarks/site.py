"""How long the exported site takes to write, and to write again after one correction.

    python -m benchmarks.site --checks 10000
    python -m benchmarks.site --checks 500 --jobs 1 --profile

Wall and CPU seconds (of all processes, without a database server) of `soi export-site`: of all
files, after one correction, and with nothing changed. The checks stand in the desk's real tables
with their drafts, approvals, editions, events and leaves; the database's own triggers have let them
in. One in twenty has two editions. DATABASE_URL names the database to measure on.
"""

from __future__ import annotations

import argparse
import cProfile
import datetime as dt
import pstats
import random
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.desks import SEED, made_claims, scratch_desk

_SLICE = 500
_VERDICTS = ("true", "mostly_true", "missing_context", "false", "unproven")
_TOPICS = ("money", "disaster", "school", "other")
_CORRECTED = 20
"""One check in so many has a second edition."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill a desk, export it three times, and print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--checks", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-cards", action="store_true", help="leave the share cards out")
    parser.add_argument("--profile", action="store_true", help="print where time goes")
    chosen = parser.parse_args(arguments)
    with scratch_desk(SOI_BASE_URL="https://desk.example", SOI_DESK_NAME="Bench") as folder:
        _fill(folder, chosen.checks)
        _measure(folder / "site", chosen)


def _measure(site: Path, chosen: argparse.Namespace) -> None:
    from soi.publishing.site.exporting import export_site
    from soi.publishing.site.rendering import Wanted

    wanted = Wanted(with_cards=not chosen.no_cards)
    table = Table("export", "wall s", "CPU s", "files made", "left as they were")

    def measured(name: str) -> None:
        with _profiled(on=chosen.profile):
            wall, cpu = time.perf_counter(), _cpu_seconds()
            done = export_site(site, wanted, jobs=chosen.jobs)
            wall, cpu = time.perf_counter() - wall, _cpu_seconds() - cpu
        if done.failed or done.broken:
            raise RuntimeError(f"{name}: {[*done.failed, *done.broken][:5]}")
        table.add_row(name, f"{wall:.1f}", f"{cpu:.1f}", f"{done.made:,}", f"{done.unchanged:,}")

    measured("the first")
    _correct(1)
    measured("after one correction")
    measured("nothing changed")
    Console().print(f"{chosen.checks:,} checks, {chosen.jobs} processes", table)


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


@contextmanager
def _profiled(*, on: bool) -> Iterator[None]:
    """Print what took the most time in this process: with one job all of it."""
    if not on:
        yield
        return
    with cProfile.Profile() as profile:
        yield
    pstats.Stats(profile).sort_stats("cumulative").print_stats(60)


def _fill(folder: Path, count: int) -> None:
    """A desk as `soi init` makes it, with `count` published checks."""
    from django.conf import settings
    from django.core.management import call_command

    from soi.checking.actions import hand_out_again
    from soi.publishing.log import actions as log
    from soi.publishing.log import keys

    settings.STATIC_ROOT = folder / "static"
    call_command("collectstatic", interactive=False, verbosity=0)
    keys.make()
    people = _people()
    claims = iter(enumerate(made_claims(count), start=1))
    while some := list(islice(claims, _SLICE)):
        _open(some)
        _publish([number for number, _ in some], 1, people)
        _publish([number for number, _ in some if number % _CORRECTED == 0], 2, people)
    hand_out_again(by="benchmark")
    log.follow()


def _people() -> tuple[int, int]:
    """An, who writes, and Bình, who approves and publishes."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    make = get_user_model()._default_manager.create
    now = timezone.now()
    an, binh = (
        make(name=name, email=f"{role}@desk.example", role=role, joined_at=now)
        for name, role in (("An", "checker"), ("Bình", "editor"))
    )
    return an.pk, binh.pk


def _correct(claim: int) -> None:
    """One more edition of a check, found by answers and in the public log."""
    from django.contrib.auth import get_user_model

    from soi.checking.actions import hand_out_again

    an, binh = get_user_model()._default_manager.order_by("pk").values_list("pk", flat=True)
    _publish([claim], 2, (an, binh))
    hand_out_again(by="benchmark")


def _open(some: Sequence[tuple[int, str]]) -> None:
    from soi.checking.models import Claim

    now = _day(0)
    Claim.objects.bulk_create(
        Claim(pk=number, wording=text, language="vi", opened_at=now, last_asked_at=now)
        for number, text in some
    )


def _publish(claims: Sequence[int], number: int, people: tuple[int, int]) -> None:
    """Edition `number` of each claim, written, approved and published as the triggers want it."""
    from django.db import transaction

    from soi.checking.content import written
    from soi.checking.models import Approval, Claim, Draft, Edition, Revision
    from soi.journal.actions import Entry, append

    an, binh = people
    wordings = dict(Claim.objects.filter(pk__in=claims).values_list("pk", "wording"))
    contents = {each: written(_content(each, number, wordings[each])) for each in claims}
    rows: Callable[[type[Any], Callable[[int, str, str], Any]], list[Any]] = lambda kind, make: (  # noqa: E731
        kind.objects.bulk_create([make(each, *contents[each]) for each in claims])
    )
    with transaction.atomic():
        rows(
            Revision,
            lambda claim, plain, digest: Revision(
                claim_id=claim, version=number, content=plain, digest=digest, by_id=an, at=_day(0)
            ),
        )
        if number == 1:
            rows(
                Draft,
                lambda claim, _, digest: Draft(
                    claim_id=claim, version=1, digest=digest, written_by_id=an, edited_by_id=an,
                    edited_at=_day(0),
                ),
            )  # fmt: skip
        else:
            for claim, (_, digest) in contents.items():
                Draft.objects.filter(pk=claim).update(version=number, digest=digest)
        rows(
            Approval,
            lambda claim, _, digest: Approval(
                claim_id=claim, digest=digest, by_id=binh, at=_day(0)
            ),
        )
        made = rows(
            Edition,
            lambda claim, plain, digest: Edition(
                claim_id=claim, number=number, kind="first" if number == 1 else "update",
                content=plain, digest=digest, written_by_id=an, edited_by_id=an,
                published_by_id=binh, published_at=_day(claim, number),
            ),
        )  # fmt: skip
        for each in made:
            Approval.objects.filter(claim=each.claim_id, digest=each.digest).update(edition=each)
        Claim.objects.filter(pk__in=claims).update(state="published")
        said = (
            ("edition.published", "edition") if number == 1 else ("edition.corrected", "correction")
        )
        append([Entry(*said, each.pk, after=each.digest) for each in made], by="benchmark")


def _content(claim: int, number: int, wording: str) -> dict[str, Any]:
    """What an edition says: four paragraphs, two to four sources."""
    from soi.checking.content import Source, Words, content_of

    rng = random.Random(SEED + claim)  # noqa: S311  # the same desk in every run, not a secret
    words = wording.split()

    def paragraph() -> str:
        return f"{' '.join(rng.choices(words, k=60))}, **{words[0]}**.".capitalize()

    about = Words(
        wording=wording,
        language="vi",
        title=" ".join(words[:8]),
        summary=paragraph()[:200],
        explanation="\n\n".join(paragraph() for _ in range(4)),
        verdict=rng.choice(_VERDICTS),
        selected_because="Nhiều người hỏi.",
        claimed_on=_day(claim).date(),
        topics=(rng.choice(_TOPICS),),
        is_checkable=True, is_fair=True, is_masked=True, concerns_owner=False,
        correction_kind="update" if number > 1 else "",
        correction_note="Thêm số liệu mới." if number > 1 else "",
    )  # fmt: skip
    sources = [
        Source(
            id=10 * claim + place, capture=10 * claim + place,
            url=f"https://nguon{place}.example/tin/{claim}", sha256=f"{claim * 10 + place:064x}",
            captured_at="2026-11-20T05:00:00Z", title=" ".join(rng.choices(words, k=9)),
            publisher=f"Báo số {place}", stance="refutes",
            kind="secondary" if place else "primary", interest="Cơ quan quản lý.",
            quote=" ".join(rng.choices(words, k=15)),
        )
        for place in range(rng.randint(2, 4))
    ]  # fmt: skip
    return content_of(claim, number, about, sources)


def _day(claim: int, number: int = 1) -> dt.datetime:
    """A moment in the past, another one for each claim."""
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return start + dt.timedelta(minutes=30 * claim + 10 * number)


if __name__ == "__main__":
    main()
