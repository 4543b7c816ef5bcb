"""How long an answer takes: the demonstration's messages, and one statement among many checks."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from rich.console import Console
from rich.table import Table

from benchmarks.desks import made_claims, scratch_desk


def main(arguments: Sequence[str] | None = None) -> None:
    """Load a desk, ask, and print CPU and wall milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checks", type=int, default=2000, help="made-up checks beside the demo's")
    parser.add_argument("--rounds", type=int, default=20)
    chosen = parser.parse_args(arguments)
    with scratch_desk():
        _measure(chosen.checks, chosen.rounds)


def _measure(checks: int, rounds: int) -> None:
    from soi import demo
    from soi.answer.answering import answer
    from soi.index import actions

    demo.load()
    actions.follow()
    table = Table("message", "findings", "CPU p50", "CPU max", "wall p50", "wall max")
    for sample in demo.samples("en"):
        found = len(answer(sample.text).findings)
        _row(table, sample.label, found, partial(answer, sample.text), rounds)
    _store(checks)
    started = time.process_time()
    actions.follow()
    following = time.process_time() - started
    one = "Uong nuoc chanh nong moi sang chua khoi ung thu."
    _row(table, f"one statement, {checks} more checks", 1, partial(answer, one), rounds)
    console = Console()
    console.print("Answers in process, warm, milliseconds", table)
    rate = checks / following
    console.print(f"following {checks} checks, vectors included: {rate:.0f} a CPU second")


def _store(count: int) -> None:
    """Store made-up checks the way an import does."""
    from soi.claims import actions as claims
    from soi.core.formats import CheckRecord, Verdict

    site = "bench.example"
    claims.allow_publisher(site=site, name="Bench", by="bench")
    records = [
        CheckRecord(
            key=str(number),
            url=f"https://{site}/{number}",
            publisher_name="Bench",
            publisher_site=site,
            claim=claim,
            title="",
            summary="",
            verdict=Verdict.FALSE,
            verdict_words="False",
            language="vi",
            claimed_on=None,
            published_on=None,
            modified_on=None,
            licence="",
        )
        for number, claim in enumerate(made_claims(count))
    ]
    for start in range(0, count, 500):
        claims.store_checks(records[start : start + 500], by="bench")


def _row(table: Table, label: str, findings: int, ask: Callable[[], object], rounds: int) -> None:
    cpu, wall = [], []
    for _ in range(rounds):
        cpu_started, wall_started = time.process_time(), time.perf_counter()
        ask()
        cpu.append(1000 * (time.process_time() - cpu_started))
        wall.append(1000 * (time.perf_counter() - wall_started))
    figures = (statistics.median(cpu), max(cpu), statistics.median(wall), max(wall))
    table.add_row(label, str(findings), *(f"{figure:.1f}" for figure in figures))


if __name__ == "__main__":
    main()
