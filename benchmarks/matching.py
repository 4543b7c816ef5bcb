"""Matching at scale: ours, words alone, meaning alone, their fusion, and a threshold on the cosine.

    python -m benchmarks matching --checks 10000 --checks 100000 --data path/to/claims
    python -m benchmarks matching --checks 1000000

Each size is measured on a desk of its own in a child process. Half of the checks are real, where
`--data` names a folder of claims; the rest are made (`benchmarks.distractors`). The first
`--embedded` have their real vectors; the others are made of those, as far from one of them as real
vectors are from their neighbours, and the tables say how the cosines compare. Ways are
asked in turns, query by query, so that a busy machine slows all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.desks import SEED, scratch_desk
from benchmarks.distractors import Made, distractors

if TYPE_CHECKING:
    from evaluation.matching_bench import Vectors
    from evaluation.matching_data import Relations
    from soi.core.matching import Candidate
    from soi.index.queries import Query

SITE = "bench.example"
BLOCK = 2000
ADDED = 20
IMPORTED = 1000
NEIGHBOURS = 2000
BEST = 10
SUMMARY = 600
"""Characters of a real check's text that are kept as its summary; most are shorter."""

Matrix = NDArray[np.float32]
Figures = dict[str, str]

_READER = """
import sys, django
django.setup()
from soi.core.text import Language
from soi.index.queries import Query, candidates
for text in sys.argv[1:]:
    candidates([Query(text, Language.VI)])
print("ready", flush=True)
sys.stdin.read()
"""
_BUILDER = """
import django
django.setup()
from soi.index import actions
actions.rebuild()
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each size in a child process and print one table over all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checks", type=int, action="append", help="10000 and 100000 by default")
    parser.add_argument("--data", type=Path, help="a folder of data sets; without, all is made")
    parser.add_argument("--embedded", type=int, default=10_000, help="checks with real vectors")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--result", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.result:
        found = _measured(chosen.checks[0], chosen.data, chosen.embedded, chosen.queries)
        chosen.result.write_text(json.dumps(found), encoding="utf-8")
        return
    sizes = chosen.checks or [10_000, 100_000]
    with TemporaryDirectory(prefix="soi-bench-") as folder:
        columns = [_in_child(size, chosen, Path(folder) / f"{size}.json") for size in sizes]
    table = Table("measured", *(f"{size:,} checks" for size in sizes), title="Matching at scale")
    for name in dict.fromkeys(name for column in columns for name in column):
        table.add_row(name, *(column.get(name, "") for column in columns))
    Console(width=120).print(table)


def _in_child(size: int, chosen: argparse.Namespace, result: Path) -> Figures:
    command = [
        *(sys.executable, "-m", "benchmarks.matching", "--checks", str(size)),
        *("--embedded", str(chosen.embedded), "--queries", str(chosen.queries)),
        *(("--data", str(chosen.data)) if chosen.data else ()),
        *("--result", str(result)),
    ]
    subprocess.run(command, check=True)  # noqa: S603  # this very program
    figures: Figures = json.loads(result.read_text("utf-8"))
    return figures


def _measured(checks: int, data: Path | None, embedded: int, queries: int) -> Figures:
    figures: Figures = {}

    def report(name: str, value: str) -> None:
        figures[name] = value
        print(f"{name}: {value}", file=sys.stderr, flush=True)

    with scratch_desk(SOI_CACHE_DIR=os.environ.get("SOI_CACHE_DIR", "~/.cache/soi")) as folder:
        corpus = Corpus(checks, data, embedded)
        report("checks: own + real + made", corpus.described())
        corpus.fill(report)
        measure_building(folder, report)
        asked = corpus.queries(queries)
        measure_ways(asked, report)
        measure_adding(report)
        measure_readers([each.text for each in asked[:20]], report)
        if corpus.own:
            measure_quality(corpus.own, corpus.vectors, report)
        measure_importing(checks, report)
    return figures


Report = Callable[[str, str], None]


class Corpus:
    """The checks of a desk in their order: those that the messages are about, real ones, made."""

    def __init__(self, checks: int, data: Path | None, embedded: int) -> None:
        from evaluation.matching_bench import Vectors
        from soi.index import engines

        self.own = _own(data) if data else None
        first = [_from(check) for check in self.own.checks] if self.own else []
        real = _real(data, limit=max(0, checks // 2 - len(first))) if data else []
        self._known = [*first, *real]
        self._counts = (len(first), len(real), max(0, checks - len(self._known)))
        self._size = len(self._known) + self._counts[2]
        # Real vectors for all of the first, and for the real and the made in equal parts.
        half = max(0, min(embedded, self._size) - len(first)) // 2
        made = min(half, self._counts[2])
        self._embedded = [*self._known[: len(first) + min(half, len(real))], *distractors(made)]
        self._made_before = made
        cache = Path(os.environ["SOI_CACHE_DIR"]).expanduser()
        self.vectors = Vectors(engines.embedder(), cache, _progress)

    def described(self) -> str:
        own, real, made = self._counts
        return f"{own:,} + {real:,} + {made:,}; {len(self._embedded):,} embedded"

    def rows(self) -> Iterator[Made]:
        """The embedded ones first, then the others."""
        yield from self._embedded
        yield from self._known[len(self._embedded) - self._made_before :]
        yield from distractors(self._counts[2] - self._made_before, start=self._made_before)

    def fill(self, report: Report) -> None:
        """Put the rows and their vectors into the database, as `soi import` would leave them."""
        from soi.core.matching import meaning_text

        texts = [meaning_text(row.claim, row.title, row.summary) for row in self._embedded]
        started = time.process_time()
        vectors = self.vectors.passages(texts)
        spent = time.process_time() - started
        report("embedding, real texts a CPU second (0: kept from an earlier run)",
               f"{len(texts) / spent:.0f}" if spent > 1 else "0")  # fmt: skip
        perturbed = Perturbed(vectors)
        _store(self.rows(), vectors, perturbed)
        for name, value in perturbed.cosines().items():
            report(name, value)

    def queries(self, count: int) -> list[Query]:
        """Statements of real messages, or of made checks retold, without their vectors."""
        from evaluation.matching_bench import lookups
        from soi.core.text import fold, language_of
        from soi.index.queries import Query

        rng = random.Random(SEED)  # noqa: S311  # the same queries in every run, not a secret
        if self.own:
            asked = [each for message in self.own.messages for each in lookups(message.text)]
            statements = [Query(each.text, each.language) for each in asked if len(each.text) < 300]
            return rng.sample(statements, min(count, len(statements)))
        claims = [row.claim for row in distractors(count)]
        return [Query(fold(claim), language_of(claim)) for claim in claims]


class Perturbed:
    """Vectors made from real ones: each of a real one and the difference of two others."""

    def __init__(self, real: Matrix) -> None:
        self._real = real
        self._rng = np.random.default_rng(SEED)
        sample = self._rng.choice(len(real), min(NEIGHBOURS, len(real)), replace=False)
        products = real[sample] @ real.T
        products[np.arange(len(sample)), sample] = -1
        self._nearest = products.max(axis=1).clip(max=0.999)
        self._mean = real.mean(axis=0)
        self._centre = float(self._mean @ self._mean)
        self._made: list[Matrix] = []

    def draw(self, count: int) -> Matrix:
        rng = self._rng
        one, two, three = (self._real[rng.integers(len(self._real), size=count)] for _ in range(3))
        cosine = rng.choice(self._nearest, count)[:, None]
        # Kept about the mean, so that mean and covariance stay those of the real vectors: mixtures
        # of two vectors would crowd in the middle, where they are near to every query.
        share = (cosine - self._centre) / (1 - self._centre)
        apart = np.sqrt(np.maximum(0, 1 - share**2) / 2) * (two - three)
        made = self._mean + share * (one - self._mean) + apart
        unit: Matrix = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
        if len(self._made) * BLOCK < len(self._real):
            self._made.append(unit)
        return unit

    def cosines(self) -> Figures:
        """Of random pairs and of nearest neighbours, p1/p50/p99, for real and made vectors."""
        kinds = {"real": self._real}
        if self._made:
            kinds["made"] = np.concatenate(self._made)[: len(self._real)]
        found = {}
        for name, vectors in kinds.items():
            pairs = (vectors * self._rng.permutation(vectors)).sum(axis=1)
            near = Perturbed(vectors)._nearest
            found[f"cosine of pairs, {name}, p1/p50/p99"] = _percentiles(pairs)
            found[f"cosine of neighbours, {name}, p1/p50/p99"] = _percentiles(near)
        return found


def _percentiles(values: NDArray[Any]) -> str:
    return " / ".join(f"{np.percentile(values, each):.3f}" for each in (1, 50, 99))


def _progress(done: int) -> None:
    print(f"\rembedded {done}", end="", file=sys.stderr, flush=True)


def _own(data: Path) -> Relations | None:
    """The set of messages with their relation to checks, if the folder has one."""
    from evaluation.matching_data import Relations, find_data, read_data

    sets = [read_data(path) for name, path in find_data(data).items() if name == "vi-own"]
    return next((each for each in sets if isinstance(each, Relations)), None)


def _from(check: Any) -> Made:
    return Made(check.claim, check.title, check.summary[:SUMMARY], check.language)


def _real(data: Path, limit: int) -> list[Made]:
    """Real claims of the retrieval sets in random order."""
    from evaluation.matching_data import Retrieval, find_data, read_data

    found: dict[str, Made] = {}
    for folder in find_data(data).values():
        if not (folder / "corpus.jsonl").exists():
            continue
        read = read_data(folder)
        assert isinstance(read, Retrieval)  # noqa: S101  # it has a corpus
        rows = (Made(c.claim[:SUMMARY], c.title, "", c.language) for c in read.corpus if c.claim)
        found |= {row.claim: row for row in rows if row.claim.strip()}
    shuffled = list(found.values())
    random.Random(SEED).shuffle(shuffled)  # noqa: S311  # the same order in every run, not a secret
    return shuffled[:limit]


def _store(rows: Iterator[Made], real: Matrix, perturbed: Perturbed) -> None:
    """Write in bulk past the actions: a million checks by import would take ten minutes."""
    from django.utils import timezone

    from soi.claims.actions import allow_publisher
    from soi.claims.models import Check
    from soi.index import engines
    from soi.index.models import Meaning, MeaningHead
    from soi.journal.actions import Entry, append
    from soi.journal.queries import last_mark, seq_of

    publisher = allow_publisher(site=SITE, name="Bench", by="bench")
    name, now, done = engines.embedder().name, timezone.now(), 0
    while block := list(islice(rows, BLOCK)):
        numbers = range(done + 1, done + len(block) + 1)
        known = real[done : done + len(block)]
        vectors = np.concatenate([known, perturbed.draw(len(block) - len(known))])
        Check.objects.bulk_create(
            Check(
                id=number,
                publisher=publisher,
                key=str(number),
                url=f"https://{SITE}/{number}",
                claim=row.claim,
                title=row.title,
                summary=row.summary,
                verdict="false",
                verdict_words="False",
                language=row.language,
                digest=f"{number:064x}",
                stored_at=now,
            )
            for number, row in zip(numbers, block, strict=True)
        )
        Meaning.objects.bulk_create(
            Meaning(
                id=number,
                check_ref=number,
                embedder=name,
                text_digest="",
                vector=vector.astype("<f2").tobytes(),
            )
            for number, vector in zip(numbers, vectors, strict=True)
        )
        done += len(block)
    append([Entry("check.stored", "check", done)], by="bench")
    followed = seq_of(last_mark("check"))
    MeaningHead.objects.create(id=1, last_id=done, embedder=name, followed_seq=followed)


def measure_building(folder: Path, report: Report) -> None:
    """Build the index from the database in a process of its own."""
    from django.db import connections

    connections.close_all()
    started = time.perf_counter()
    builder = subprocess.Popen([sys.executable, "-c", _BUILDER])  # noqa: S603  # constant
    _, status, usage = os.wait4(builder.pid, 0)
    builder.returncode = os.waitstatus_to_exitcode(status)
    if status:
        sys.exit("the build failed")
    spent = usage.ru_utime + usage.ru_stime
    report("build, seconds of CPU / wall", f"{spent:.0f} / {time.perf_counter() - started:.0f}")
    report("build, memory at its peak, MB", f"{usage.ru_maxrss / 1024:.0f}")
    files = [path for path in (folder / "index").rglob("*") if path.is_file()]
    report("index on disk, MB", f"{sum(path.stat().st_size for path in files) / 1e6:.0f}")


class _Times:
    """CPU and wall milliseconds of one way."""

    def __init__(self) -> None:
        self.cpu: list[float] = []
        self.wall: list[float] = []

    def of(self, call: Callable[[], Any]) -> Any:
        cpu, wall = time.process_time_ns(), time.perf_counter_ns()
        result = call()
        self.cpu.append((time.process_time_ns() - cpu) / 1e6)
        self.wall.append((time.perf_counter_ns() - wall) / 1e6)
        return result

    def plus(self, other: _Times) -> _Times:
        """Call by call this way and the other."""
        both = _Times()
        both.cpu = [a + b for a, b in zip(self.cpu, other.cpu, strict=True)]
        both.wall = [a + b for a, b in zip(self.wall, other.wall, strict=True)]
        return both

    def shown(self) -> str:
        cpu, wall = (np.percentile(times, (50, 99)) for times in (self.cpu, self.wall))
        ratio = f"x{cpu[1] / cpu[0]:.1f}"
        return f"{cpu[0]:.1f} / {cpu[1]:.1f} ({ratio}); {wall[0]:.1f} / {wall[1]:.1f}"


def measure_ways(asked: Sequence[Query], report: Report) -> None:
    """Every way on every query, in turns."""
    from soi.core.matching import judge
    from soi.core.text import index_tokens
    from soi.index import engines
    from soi.index.queries import CANDIDATES, candidates

    engine, embedder = engines.engine(), engines.embedder()
    embed, words, meaning, fusion, found, judged = (_Times() for _ in range(6))
    for number, query in enumerate([*asked[:10], *asked]):
        if number == 10:  # the first ten only warm up
            for times in (embed, words, meaning, fusion, found, judged):
                times.__init__()  # type: ignore[misc]
        tokens = index_tokens(query.text, query.language)
        vector = embed.of(partial(embedder.query, query.text))
        words.of(partial(engine.search, tokens, None, BEST))
        meaning.of(partial(engine.search, [], vector, BEST))
        fusion.of(partial(engine.search, tokens, vector, CANDIDATES))
        [one] = found.of(partial(candidates, [query]))
        judged.of(partial(judge, query.text, query.language, one.candidates))
    rows = {
        "ours: candidates + judge": found.plus(judged),
        "words alone (BM25)": words,
        "meaning alone, thresholded or not": meaning.plus(embed),
        "plain fusion": fusion.plus(embed),
        "of these, embedding": embed,
        "of ours, the judge": judged,
    }
    for name, times in rows.items():
        report(f"{name}, ms: CPU p50/p99, wall p50/p99", times.shown())


def measure_adding(report: Report) -> None:
    """One check stored until it is found by words."""
    from soi.claims.actions import store_checks
    from soi.core.text import Language
    from soi.index.queries import Query, candidates

    taken = []
    for number in range(ADDED):
        word = f"bxqz{number}wvk"
        started = time.perf_counter()
        store_checks([_record(f"new-{number}", f"Chợ {word} mở cửa lại từ sáng nay")], by="bench")
        [found] = candidates([Query(f"cho {word} mo cua", Language.VI)])
        taken.append(time.perf_counter() - started)
        if not any(word in each.claim for each in found.candidates):
            sys.exit("a new check was not found")
    p50, worst = np.median(taken), max(taken)
    report("one check stored until found by words, wall seconds p50/max", f"{p50:.2f}/{worst:.2f}")


def measure_importing(checks: int, report: Report) -> None:
    """New checks stored, embedded, and found by words and meaning."""
    from soi.claims.actions import store_checks
    from soi.index import actions

    actions.follow()
    rows = distractors(IMPORTED, start=2 * checks)
    records = [
        _record(f"import-{n}", row.claim, row.title, row.summary) for n, row in enumerate(rows)
    ]
    started, cpu = time.perf_counter(), time.process_time()
    for start in range(0, IMPORTED, 500):
        store_checks(records[start : start + 500], by="bench")
    actions.follow()
    spent, wall = time.process_time() - cpu, time.perf_counter() - started
    rates = f"{IMPORTED / spent:.0f} / {IMPORTED / wall:.0f}"
    report("imported with vectors, checks a CPU / wall second", rates)


def _record(key: str, claim: str, title: str = "", summary: str = "") -> Any:
    from soi.core.formats import CheckRecord, Verdict

    return CheckRecord(
        key=key,
        url=f"https://{SITE}/{key}",
        publisher_name="Bench",
        publisher_site=SITE,
        claim=claim,
        title=title,
        summary=summary,
        verdict=Verdict.FALSE,
        verdict_words="False",
        language="vi",
        claimed_on=None,
        published_on=None,
        modified_on=None,
        licence="",
    )


def measure_readers(texts: Sequence[str], report: Report) -> None:
    """What one process holds that has searched, and what two hold that share the memory map."""
    with ExitStack() as stack:
        readers = []
        for count in ("one process", "each of two"):
            reader = subprocess.Popen(  # noqa: S603  # constant
                [sys.executable, "-c", _READER, *texts],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            stack.callback(reader.communicate)
            assert reader.stdout  # noqa: S101  # asked for above
            reader.stdout.readline()
            readers.append(reader.pid)
            held = [_held(pid) for pid in readers]
            figures = " / ".join(f"{np.mean(kind):.0f}" for kind in zip(*held, strict=True))
            report(f"memory of {count}, MB: RSS / PSS / private", figures)


def _held(pid: int) -> tuple[float, float, float]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {
        name: int(size.split()[0]) / 1024 for name, size in (line.split(":") for line in lines)
    }
    return sizes["Rss"], sizes["Pss"], sizes["Private_Clean"] + sizes["Private_Dirty"]


def measure_quality(own: Relations, vectors: Vectors, report: Report) -> None:
    """The messages of the set among all these checks.

    Success at 1 is of messages that say the same as a check. "Same claim" is asked of all messages:
    ours decides by itself; for the cosine the threshold is chosen here, on the same messages, which
    flatters it.
    """
    from evaluation.matching_bench import lookups, understandings
    from evaluation.matching_metrics import Answer, quality
    from soi.core.matching import Relation, judge
    from soi.index.queries import Query, candidates

    number = {check.id: str(place) for place, check in enumerate(own.checks, start=1)}
    first: dict[str, list[bool]] = {}
    ours: list[Answer] = []
    cosine: list[Answer] = []
    asked = [lookups(message.text) for message in own.messages]
    known = understandings(asked, vectors)
    for message, texts, theirs in zip(own.messages, asked, known, strict=True):
        found = candidates(
            [Query(t.text, t.language, each) for t, each in zip(texts, theirs, strict=True)]
        )
        judged = [
            judge(t.text, t.language, f.candidates, look=f.look)
            for t, f in zip(texts, found, strict=True)
        ]
        mine = number.get(message.check or "")
        if message.relation == "same":
            tops = _tops(found[0].candidates) | {
                "ours": judged[0][0].candidate.id if judged[0] else ""
            }
            for way, top in tops.items():
                first.setdefault(way, []).append(top == mine)
        same = [m for each in judged for m in each if m.relation is Relation.SAME]
        near = [c for each in found for c in each.candidates if c.meaning is not None]
        best = max(same, key=lambda match: match.probability, default=None)
        nearest = max(near, key=lambda each: each.meaning or 0.0)
        about = message.relation if mine else "none"
        ours.append(
            Answer(best.probability if best else 0.0,
                   about if best and best.candidate.id == mine else "none",
                   about, message.register, covered=mine is not None)
        )  # fmt: skip
        cosine.append(
            Answer(nearest.meaning or 0.0, about if nearest.id == mine else "none",
                   about, message.register, covered=mine is not None)
        )  # fmt: skip
    for way in ("ours", "words", "meaning", "fusion"):
        report(f"success@1, {way}", f"{np.mean(first[way]):.3f}")
    told = quality(ours, 1e-9)
    report("same claim, ours: precision / recall", f"{told.precision:.3f} / {told.recall:.3f}")
    for recall in (round(told.recall, 2), 0.5, 0.75):
        at = _threshold_at(cosine, recall)
        reached = quality(cosine, at)
        where = recall if recall in (0.5, 0.75) else "as ours"
        report(
            f"same claim, cosine where recall is {where}: threshold, precision / recall",
            f"{at:.3f}: {reached.precision:.3f} / {reached.recall:.3f}",
        )


def _tops(found: Sequence[Candidate]) -> dict[str, str]:
    """The first of each plain way."""
    by_words = next((c.id for c in found if c.words_rank == 1), "")
    by_meaning = next((c.id for c in found if c.meaning_rank == 1), "")
    return {"words": by_words, "meaning": by_meaning, "fusion": found[0].id if found else ""}


def _threshold_at(answers: Sequence[Any], recall: float) -> float:
    """The highest threshold that reaches this recall, or the least score where none does."""
    same = [a for a in answers if a.covered and a.kind == "same"]
    right = sorted((a.probability for a in same if a.relation == "same"), reverse=True)
    needed = int(np.ceil(recall * len(same)))
    return float(right[min(needed, len(right)) - 1])


if __name__ == "__main__":
    main()
