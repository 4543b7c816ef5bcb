"""Measure the embedded engine: build, disk, memory, search, and a new check until it is found.

    python -m benchmarks.index --checks 100000
    python -m benchmarks.index --checks 100000 --tokens 80 --query-tokens 60   # character 4-grams

Entries are drawn: tokens by Zipf's law, vectors evenly on the sphere. Times are CPU milliseconds of
one process unless the table says otherwise, so that a busy machine changes little; p50/p99.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from soi.index.engine import EmbeddedEngine, Entry, Vector, scan, vectors

BLOCK = 2000
VOCABULARY = 200_000
DIMENSION = 384
ADDED = 20


class Query(NamedTuple):
    tokens: list[str]
    vector: Vector


class Corpus:
    """Entries that can be drawn again block by block."""

    def __init__(self, checks: int, tokens: int) -> None:
        self._checks = checks
        self._tokens = tokens
        weights = 1 / np.arange(1, VOCABULARY + 1)
        self._odds = np.cumsum(weights / weights.sum())
        self._names = [f"w{number}" for number in range(VOCABULARY)]

    def entries(self) -> Iterator[Entry]:
        for block in range(-(-self._checks // BLOCK)):
            yield from islice(self._block(block), self._checks - block * BLOCK)

    def queries(self, count: int, tokens: int) -> list[Query]:
        """Each repeats half of an entry's tokens, and its vector with as much noise."""
        rng = np.random.default_rng(1)
        found = []
        for _ in range(count):
            block = int(rng.integers(-(-self._checks // BLOCK)))
            entry = next(islice(self._block(block), int(rng.integers(BLOCK)), None))
            kept = list(entry.tokens or ())[: tokens // 2]
            others = self._drawn(rng, tokens - len(kept))
            found.append(Query(kept + others, _unit(entry.vector + _units(rng, 1)[0])))
        return found

    def _block(self, block: int) -> Iterator[Entry]:
        rng = np.random.default_rng([7, block])
        directions = _units(rng, BLOCK)
        for row, direction in enumerate(directions):
            tokens = tuple(self._drawn(rng, self._tokens))
            yield Entry(block * BLOCK + row, "vi", tokens, direction)

    def _drawn(self, rng: np.random.Generator, count: int) -> list[str]:
        places = np.searchsorted(self._odds, rng.random(count)).clip(max=VOCABULARY - 1)
        return [self._names[place] for place in places.tolist()]


def _units(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    return np.stack([_unit(row) for row in rng.normal(size=(count, DIMENSION))])


def _unit(vector: NDArray[np.floating]) -> Vector:
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def build(directory: Path, corpus: Corpus, report: Callable[[str, str], None]) -> None:
    """Rebuild in a child, so that its memory does not count; drawing the entries is taken off."""
    started, cpu = time.perf_counter(), time.process_time()
    for _ in corpus.entries():
        pass
    drawing = time.perf_counter() - started, time.process_time() - cpu
    started = time.perf_counter()
    pid = os.fork()
    if not pid:
        EmbeddedEngine(directory).rebuild(corpus.entries(), words_seq=1, meaning_seq=1)
        os._exit(0)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit("the build failed")
    wall = time.perf_counter() - started - drawing[0]
    spent = usage.ru_utime + usage.ru_stime - drawing[1]
    report("build, seconds of CPU / wall", f"{spent:.1f} / {wall:.1f}")
    report("memory of the build at its peak, MB", f"{usage.ru_maxrss / 1024:.0f}")
    size = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    report("disk, MB", f"{size / 1e6:.0f}")


def private_megabytes() -> float:
    """Memory that is this process's alone; pages of the mapped files are the page cache's."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("Private_Dirty")]
    return int(kilobytes) / 1024


def cpu_milliseconds(calls: Sequence[Callable[[], object]]) -> list[float]:
    taken = []
    for call in calls:
        started = time.process_time_ns()
        call()
        taken.append((time.process_time_ns() - started) / 1e6)
    return taken


def shown(milliseconds: list[float]) -> str:
    return f"{np.percentile(milliseconds, 50):.2f} / {np.percentile(milliseconds, 99):.2f}"


def measure_search(
    engine: EmbeddedEngine, queries: list[Query], k: int, report: Callable[[str, str], None]
) -> None:
    kinds: dict[str, Sequence[Callable[[], object]]] = {
        "words": [partial(engine.search, q.tokens, None, k) for q in queries],
        "meaning": [partial(engine.search, [], q.vector, k) for q in queries],
        "both": [partial(engine.search, q.tokens, q.vector, k) for q in queries],
    }
    for name, calls in kinds.items():
        cpu_milliseconds(calls[:10])
        report(f"search by {name}, best {k}, CPU ms", shown(cpu_milliseconds(calls)))


def measure_adding(engine: EmbeddedEngine, checks: int, report: Callable[[str, str], None]) -> None:
    taken = []
    rng = np.random.default_rng(3)
    for number in range(ADDED):
        entry = Entry(checks + number, "vi", (f"moi{number}",), _units(rng, 1)[0])
        started = time.perf_counter()
        engine.upsert([entry], words_seq=2 + number)
        hits = engine.search(entry.tokens or (), entry.vector, 1)
        taken.append((time.perf_counter() - started) * 1000)
        if [hit.id for hit in hits] != [entry.id]:
            sys.exit("a new check was not found")
    report("one check added until it is found, wall ms", shown(taken))


def measure_scans(
    directory: Path, queries: list[Query], report: Callable[[str, str], None]
) -> None:
    """All f16 vectors against bits and a rerank, at this size, whichever the engine would take."""
    [path] = directory.glob("gen-*/vectors")
    view = vectors.VectorFile(path, DIMENSION).view()
    if view.codes is None:
        mean = view.vectors[:100_000].mean(axis=0, dtype=np.float32)
        view = view._replace(mean=mean, codes=np.packbits(view.vectors > mean, axis=1))
    exact = [partial(scan.best_products, view.vectors, q.vector, 10, None) for q in queries]
    coded = [partial(view.search, q.vector, 10) for q in queries]
    exact_ms, coded_ms = cpu_milliseconds(exact), cpu_milliseconds(coded)
    report("exact scan, CPU ms", shown(exact_ms))
    report(f"scan of bits, {vectors.RERANK} reranked, CPU ms", shown(coded_ms))
    report("exact / bits", f"{np.median(exact_ms) / np.median(coded_ms):.1f}")
    kept = [
        len({id_ for id_, _ in search()} & set(view.ids[call()[0]].tolist())) / 10
        for call, search in zip(exact, coded, strict=True)
    ]
    report("recall@10 of bits on drawn vectors", f"{np.mean(kept):.3f}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Build an index, search it, and print a table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--checks", type=int, default=10_000)
    options.add_argument("--tokens", type=int, default=20, help="of each check")
    options.add_argument("--query-tokens", type=int, default=15)
    options.add_argument("--queries", type=int, default=200)
    options.add_argument("--best", type=int, default=50)
    options.add_argument("--directory", type=Path, default=None, help="where the index is put")
    chosen = options.parse_args(arguments)
    table = Table("measured", "value", title=f"{chosen.checks:,} checks")

    def report(name: str, value: str) -> None:
        table.add_row(name, value)

    with tempfile.TemporaryDirectory(dir=chosen.directory) as made:
        directory = Path(made)
        corpus = Corpus(chosen.checks, chosen.tokens)
        build(directory, corpus, report)
        queries = corpus.queries(chosen.queries, chosen.query_tokens)
        before = private_megabytes()
        engine = EmbeddedEngine(directory)
        measure_search(engine, queries, chosen.best, report)
        report("private memory of a reader, MB", f"{private_megabytes() - before:.0f}")
        measure_adding(engine, chosen.checks, report)
        measure_scans(directory, queries, report)
    Console().print(table)


if __name__ == "__main__":
    main()
