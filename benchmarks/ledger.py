"""Measure the public log: adding to it with every byte on the disk, proofs, and verification.

    python -m benchmarks.ledger --leaves 1000000

Times are wall milliseconds, p50/p99, since waiting for the disk is what adding a leaf costs; the
row "the disk alone" does the same system calls without a log. Each alternative stands beside what
is used. Memory is the peak of a process that did nothing else.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from soi.core.ledger import (
    Leaf,
    LeafKind,
    Log,
    LogReader,
    Signer,
    Tiles,
    Trust,
    fetch_from,
    merkle,
    read_proof,
    verify_log,
    verify_proof,
)
from soi.core.ledger.disk import Disk

SIGNER = Signer("bench.example/log", b"\x01" * 32)
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
KINDS = tuple(LeafKind)
BATCHES = (10, 100, 1000)
Report = Callable[[str, str], None]


def leaf(number: int) -> Leaf:
    sha = hashlib.sha256(number.to_bytes(8, "big")).digest()
    at = START + dt.timedelta(seconds=number)
    return Leaf(KINDS[number % len(KINDS)], f"{number + 1}.1", at, sha)


def leaves(start: int, count: int) -> Iterator[Leaf]:
    return (leaf(number) for number in range(start, start + count))


def in_a_child(work: Callable[[], None]) -> tuple[float, float]:
    """Wall seconds of `work`, and by how many MB the child that did it grew at its peak."""
    reading, writing = os.pipe()
    started = time.perf_counter()
    pid = os.fork()
    if not pid:
        before = _resident()
        work()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        os.write(writing, f"{max(0, peak - before)}".encode())
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if status:
        sys.exit("a child failed")
    return time.perf_counter() - started, float(os.read(reading, 100))


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def milliseconds(calls: Iterable[Callable[[], object]]) -> list[float]:
    taken = []
    for call in calls:
        started = time.perf_counter_ns()
        call()
        taken.append((time.perf_counter_ns() - started) / 1e6)
    return taken


def shown(taken: list[float]) -> str:
    return f"{np.percentile(taken, 50):.2f} / {np.percentile(taken, 99):.2f}"


def measure_build(directory: Path, count: int, report: Report) -> None:
    def build() -> None:
        Log(directory, [SIGNER]).append(leaves(0, count))

    seconds, megabytes = in_a_child(build)
    report(f"{count:,} leaves in one append, s", f"{seconds:.1f}")
    report("memory that it took, MB", f"{megabytes:.1f}")
    files = [path for path in directory.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    report("disk, MB / files", f"{size / 1e6:.0f} / {len(files):,}")


def measure_appends(directory: Path, times: int, report: Report) -> None:
    log = Log(directory, [SIGNER])
    size = log.checkpoint().tree.size
    alone = Disk(directory.with_name("alone"))
    directory.with_name("alone").mkdir()
    taken: list[float] = []
    waited: list[float] = []
    for number in range(times):  # in turns, since others use the disk, too
        taken += milliseconds([partial(_append, log, size + number, 1)])
        waited += milliseconds([partial(_disk_alone, alone, number)])
    report("append of 1, durable, ms", shown(taken))
    report("the disk alone: the calls of an append of 1, ms", shown(waited))
    report("append of 1 / the disk alone", f"{np.median(taken) / np.median(waited):.2f}")
    for batch in BATCHES:
        size = log.checkpoint().tree.size
        starts = range(size, size + 40 * batch, batch)
        taken = milliseconds(partial(_append, log, start, batch) for start in starts)
        report(f"append of {batch:,}, durable, ms", shown(taken))

    def opened_anew() -> None:
        Log(directory, [SIGNER]).append([leaf(0)])

    report("open the log and append 1, ms", shown(milliseconds([opened_anew] * 50)))


def _append(log: Log, start: int, count: int) -> None:
    log.append(leaves(start, count), at=start)


def _disk_alone(disk: Disk, number: int) -> None:
    """Two tiles, half full as they are on the average, and a checkpoint."""
    disk.put(f"tile/entries/000.p/{number}", bytes(128 * 170))
    disk.put(f"tile/0/000.p/{number}", bytes(128 * 32))
    disk.settle()
    disk.put("checkpoint", bytes(200))
    disk.settle()


def measure_proofs(directory: Path, times: int, report: Report) -> None:
    log = Log(directory, [SIGNER])
    tree = log.checkpoint().tree
    places = [random.Random(5).randrange(tree.size) for _ in range(times)]  # noqa: S311 - a draw
    kept = log.reader()
    milliseconds([lambda: kept.inclusion_proof(0)])
    made = milliseconds(partial(kept.inclusion_proof, place) for place in places)
    report("inclusion proof made, last tiles kept, ms", shown(made))

    def cold(place: int) -> list[bytes]:
        return LogReader(Tiles(fetch_from(directory)), tree).inclusion_proof(place)

    made = milliseconds(partial(cold, place) for place in places)
    report("inclusion proof made, no tile kept, ms", shown(made))
    files = milliseconds(partial(log.proof, place) for place in places)
    report("proof file with leaf and checkpoint, ms", shown(files))
    olds = [kept.tree_of(place) for place in places]
    made = milliseconds(partial(kept.consistency_proof, old) for old in olds)
    report("consistency proof made and verified, ms", shown(made))
    _measure_verification(log, places, report)


def _measure_verification(log: Log, places: list[int], report: Report) -> None:
    tree = log.checkpoint().tree
    proofs = [log.proof(place) for place in places]

    def walk(number: int) -> None:
        proof = proofs[number]
        found = merkle.leaf_hash(bytes(proof.leaf))
        merkle.verify_inclusion(found, proof.index, tree, proof.hashes)

    taken = milliseconds(partial(walk, number) for number in range(len(proofs)))
    report("inclusion proof verified, ms", shown(taken))

    def verify_file(content: bytes) -> None:
        verify_proof(read_proof(content), log.trust)

    contents = [proof.as_json() for proof in proofs]
    taken = milliseconds(partial(verify_file, content) for content in contents)
    report("proof file read and verified with its signature, ms", shown(taken))


def measure_audit(directory: Path, report: Report) -> None:
    trust = Trust((SIGNER.key,))

    def verify() -> None:
        verify_log(fetch_from(directory), trust)

    seconds, megabytes = in_a_child(verify)
    report("the whole log verified, s", f"{seconds:.1f}")
    report("memory that it took, MB", f"{megabytes:.1f}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Build a log, add to it, prove from it, verify it, and print a table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--leaves", type=int, default=1_000_000)
    options.add_argument("--times", type=int, default=600, help="of each measurement")
    options.add_argument("--directory", type=Path, default=None, help="where the log is put")
    chosen = options.parse_args(arguments)
    table = Table("measured", "value", title=f"A log of {chosen.leaves:,} leaves")

    def report(name: str, value: str) -> None:
        table.add_row(name, value)

    with tempfile.TemporaryDirectory(prefix="soi-bench-", dir=chosen.directory) as made:
        directory = Path(made) / "log"
        measure_build(directory, chosen.leaves, report)
        measure_appends(directory, chosen.times, report)
        measure_proofs(directory, chosen.times, report)
        measure_audit(directory, report)
    Console().print(table)


if __name__ == "__main__":
    main()
