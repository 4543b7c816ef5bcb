"""Names against the register: streams, one name, and one link through the whole look-up.

Brands and names are invented: syllables and words put together, a third of the names built on a
brand for the single look-ups, one in forty for the stream. With `--register` and `--names` (files
as `soi evaluate names` reads them) the stream is made of real benign names instead.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.desks import SEED, scratch_desk
from soi.core.lookalike import Brand, NameKind, compile_register, scan, score, sift

_SYLLABLES = """
song xanh hoa mai nui cao bien rong rung thong dong que binh minh sao vang tre viet phuc an lac hong
ha son tay nam bac trung dai hai phong loc tien thanh cong khang thinh duc tam tin nghia
""".split()  # noqa: SIM905  read as running text
_TAILS = ("", "", "bank", "pay", "post", "tech", "group", "mart")
_PLAIN = """
tin tuc bao moi nha dat xe may du lich am thuc suc khoe thoi trang hoc sinh dien may noi that garden
kitchen travel music daily studio market green photo design school
""".split()  # noqa: SIM905  the same
_LURES = ("dangnhap", "xacthuc", "vay", "login", "hotro", "nhanqua")
_SUFFIXES = ("com", "vn", "com.vn", "net", "org", "top", "xyz", "online")


def made_brands(count: int) -> list[Brand]:
    """Invented organisations: a name of two to four syllables, one in four with three letters."""
    rng = random.Random(SEED)  # noqa: S311  the same in every run, not a secret
    brands: dict[str, Brand] = {}
    while len(brands) < count:
        token = "".join(rng.choices(_SYLLABLES, k=rng.choice((2, 3, 3, 4)))) + rng.choice(_TAILS)
        short = "".join(rng.choices("bcdghklmnpqstvx", k=3)) if rng.random() < 0.25 else ""
        hosts = (f"{token}.vn", f"{token}.com.vn")
        brands.setdefault(token, Brand(token, token, (token,), (short,) if short else (), hosts))
    return list(brands.values())


def made_names(count: int, brands: Sequence[Brand], share: float) -> Iterator[str]:
    """Invented hosts, `share` of them built on a brand."""
    rng = random.Random(SEED + 1)  # noqa: S311  the same
    for _ in range(count):
        words = rng.choices(_PLAIN, k=rng.choice((1, 2, 2, 3)))
        if rng.random() < share:
            words = [rng.choice(brands).tokens[0], rng.choice(_LURES)]
        name = rng.choice(("", "", "-")).join(words)
        yield f"{rng.choice(('', '', 'www.', 'm.'))}{name}.{rng.choice(_SUFFIXES)}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--register", type=Path)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument("--scam-hosts", type=int, default=1_000_000)
    chosen = parser.parse_args(arguments)
    console = Console()
    console.print("One name in process, CPU ms", _single(chosen.organisations))
    console.print("A stream, names per CPU second", _streams(chosen.register, chosen.names))
    console.print("One link through the look-up", _links(chosen.organisations, chosen.scam_hosts))


def _streams(register: Path | None, names: Path | None) -> Table:
    table = Table(
        "register", "names", "sifted out", "sift", "scan with scores, first time", "again"
    )
    if register and names:
        from evaluation.names_data import read_names, read_register

        brands = read_register(register)
        hosts = [name.host for name in read_names(names) if not name.imitates]
        _stream_row(table, f"{register.name}, {len(brands)} brands", brands, hosts)
    for count, size in ((34, 200_000), (300, 100_000), (10_000, 10_000)):
        made = made_brands(count)
        hosts = list(made_names(size, made, 1 / 40))
        _stream_row(table, f"made, {count:,} brands", made, hosts)
    return table


def _stream_row(table: Table, title: str, brands: Sequence[Brand], hosts: list[str]) -> None:
    register = compile_register(brands)
    kept: list[int] = []
    sifted = _seconds(lambda: kept.extend(sift(hosts, register)))
    scanned = [_seconds(lambda: list(scan(hosts, register))) for _ in range(2)]
    rates = (f"{len(hosts) / each:,.0f}" for each in (sifted, *scanned))
    table.add_row(title, f"{len(hosts):,}", f"{len(kept) / len(hosts):.1%}", *rates)


def _single(organisations: int) -> Table:
    table = Table("brands", "compile, s", "memory, MB", "p50", "p99", "max")
    for count in (34, organisations):
        brands = made_brands(count)
        gc.collect()
        before, started = _resident_mb(), time.process_time_ns()
        register = compile_register(brands)
        seconds = (time.process_time_ns() - started) / 1e9
        memory = _resident_mb() - before
        hosts = made_names(3000, brands, 1 / 3)
        taken = [_seconds(partial(score, host, NameKind.HOST, register)) for host in hosts]
        table.add_row(f"{count:,}", f"{seconds:.2f}", f"{memory:.0f}", *_spread(taken))
    return table


def _links(organisations: int, scam_hosts: int) -> Table:
    table = Table("link", "p50, CPU ms", "p99", "max")
    with scratch_desk():
        brands = made_brands(organisations)
        _fill(brands, scam_hosts)
        from soi.answer.names import findings
        from soi.core.text import split

        for title, host in (
            ("official", brands[5].hosts[0]),
            ("a known scam", "lua-dao-77.example"),
            ("a lookalike", f"{brands[5].tokens[0]}-dangnhap.top"),
            ("unknown", "tin-tuc-moi.vn"),
        ):
            parts = split(f"https://{host}/a")
            findings(parts)
            taken = [_seconds(partial(findings, parts)) for _ in range(400)]
            table.add_row(f"{title}: {findings(parts)[0].state}", *_spread(taken))
    return table


def _fill(brands: Sequence[Brand], scam_hosts: int) -> None:
    """A desk with these organisations and a list of so many scam hosts, without the journal."""
    import datetime as dt

    from django.apps import apps

    organisation = apps.get_model("register", "Organisation")
    holding = apps.get_model("register", "Holding")
    rows = organisation.objects.bulk_create(
        organisation(slug=b.id, name=b.display, aliases=[*b.tokens, *b.aliases]) for b in brands
    )
    holding.objects.bulk_create(
        holding(organisation=row, kind="domain", key=host, value=host)
        for row, brand in zip(rows, brands, strict=True)
        for host in brand.hosts
    )
    scam_list = apps.get_model("watch", "ScamList").objects.create(
        name="made", licence="CC0-1.0", fetched_on=dt.date(2026, 11, 1)
    )
    scam_name = apps.get_model("watch", "ScamName")
    for start in range(0, scam_hosts, 50_000):
        scam_name.objects.bulk_create(
            [
                scam_name(scam_list=scam_list, kind="host", key=f"lua-dao-{i}.example")
                for i in range(start, min(scam_hosts, start + 50_000))
            ]
        )


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time_ns()
    work()
    return (time.process_time_ns() - started) / 1e9


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _spread(seconds: list[float]) -> tuple[str, ...]:
    ordered = sorted(1000 * each for each in seconds)
    p99 = ordered[int(len(ordered) * 0.99)]
    return tuple(f"{each:.3f}" for each in (statistics.median(ordered), p99, ordered[-1]))


if __name__ == "__main__":
    main()
