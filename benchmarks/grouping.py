"""What it costs to put a tip under a claim while thousands of claims are open.

    python -m benchmarks.grouping --claims 10000

CPU milliseconds a tip, of everything that the worker does for it: reading, meanings, looking up
among claims and checks, judging, the rows. Claims are put together from the demonstration's words.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from rich.console import Console
from rich.table import Table

from benchmarks.desks import made_claims, scratch_desk

MEASURED = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill a queue, send tips, and print what grouping each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--tips", type=int, default=MEASURED)
    chosen = parser.parse_args(arguments)
    with scratch_desk():
        _measure(chosen.claims, chosen.tips)


def _measure(count: int, tips: int) -> None:
    from soi import demo
    from soi.checking.queries import queue_counts
    from soi.index import actions as index

    demo.load()
    index.follow()
    claims = _one_statement_each(count)
    seconds = _fill(claims)
    step = max(1, count // tips)
    known = claims[::step][:tips]
    kinds: dict[str, list[str]] = {
        "the same words": known,
        "a forward with other words around": [f"{text} ai đọc rồi gửi tiếp nhé" for text in known],
        "a new statement": _others(tips),
    }
    table = Table("tip", "p50 ms", "mean ms", "p95 ms", "claims opened")
    for label, texts in kinds.items():
        before = queue_counts().waiting
        spent = _costs(texts)
        opened = queue_counts().waiting - before
        p95 = statistics.quantiles(spent, n=20)[-1]
        figures = (statistics.median(spent), statistics.mean(spent), p95)
        table.add_row(label, *(f"{each:.1f}" for each in figures), str(opened))
    console = Console()
    console.print(f"{count:,} open claims, made findable in {seconds:.0f} CPU s")
    console.print("Grouping, CPU ms a tip", table)


def _one_statement_each(count: int) -> list[str]:
    return [re.sub(r"[^\w\s%]+", " ", text) for text in made_claims(count)]


def _others(count: int) -> list[str]:
    """Statements like the claims, but none of them."""
    words = [text.split() for text in _one_statement_each(2 * count)]
    return [
        " ".join([*first[:-1:2], *second[1::2]])
        for first, second in zip(words[:count], words[count:], strict=True)
    ]


def _fill(claims: Sequence[str]) -> float:
    """Open a claim for each; returns the CPU seconds that the index of claims took."""
    from django.db import transaction

    from soi.checking.triage import open_claim
    from soi.intake.grouping import finding
    from soi.intake.models import Form
    from soi.intake.rules import digest_of

    with transaction.atomic():
        Form.objects.bulk_create(
            Form(
                digest=digest_of(text),
                text=text,
                language="vi",
                claim_id=open_claim(wording=text, language="vi", by="bench"),
            )
            for text in claims
        )
    return _cpu(finding.follow)


def _costs(texts: Sequence[str]) -> list[float]:
    """CPU milliseconds for each tip in one look of the worker; `receive` is not counted.

    What indexing the opened claims takes at the end is spread over all.
    """
    from soi.intake import actions
    from soi.intake.grouping import actions as grouping
    from soi.intake.models import Tip
    from soi.intake.types import Channel

    tips = [actions.receive(text, channel=Channel.FILE, by="bench").tip_id for text in texts]
    run = grouping.Grouping("bench")
    spent = [_cpu(partial(run.group, Tip.objects.get(pk=tip))) for tip in tips]
    rest = _cpu(run.index)
    return [1000 * (each + rest / len(tips)) for each in spent]


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
