"""What a message costs that comes again: as it was, wrapped, and behind a sender's own words.

Each row is measured in turns with the same message as a new one, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from rich.console import Console
from rich.table import Table

from benchmarks.desks import scratch_desk

OWN_WORDS = "Bà con trong xóm {} đọc rồi gửi cho nhau nhé."


def main(arguments: Sequence[str] | None = None) -> None:
    """Load a desk, ask, and print CPU milliseconds and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    chosen = parser.parse_args(arguments)
    with scratch_desk():
        _measure(chosen.rounds)


def _measure(rounds: int) -> None:
    from soi import demo
    from soi.index import actions

    demo.load()
    actions.follow()
    table = Table("message", "new", "again", "again/new", "wrapped/new", "own words/new")
    shares = []
    for label, text in _messages():
        new, again, wrapped, greeted_new, greeted = _in_turns(text, rounds)
        shares.append(again / new)
        ratios = (again / new, wrapped / new, greeted / greeted_new)
        table.add_row(label, f"{new:.1f}", f"{again:.1f}", *(f"{each:.3f}" for each in ratios))
    console = Console()
    console.print("Messages that come again, CPU ms at the median", table)
    console.print(f"again / new: median {statistics.median(shares):.3f}, worst {max(shares):.3f}")


def _messages() -> list[tuple[str, str]]:
    from soi import demo

    one = "Uong nuoc chanh nong moi sang chua khoi ung thu."
    return [("one statement", one), *((each.label, each.text) for each in demo.samples("en"))]


def _in_turns(text: str, rounds: int) -> list[float]:
    """CPU milliseconds of the message: new, again, wrapped, behind own words new, behind others."""
    from soi.answer import statements
    from soi.answer.answering import answer

    taken: list[list[float]] = [[], [], [], [], []]
    for number in range(rounds):
        greeted = [f"{OWN_WORDS.format(each)}\n{text}" for each in (number, -1 - number)]
        for times, form, is_new in zip(
            taken,
            (text, text, f"Chào cả nhà!\nFwd: {text.replace(' ', '  ')}", *greeted),
            (True, False, False, True, False),
            strict=True,
        ):
            if is_new:
                statements.forget()
            times.append(_cpu_milliseconds(partial(answer, form)))
    return [statistics.median(times) for times in taken]


def _cpu_milliseconds(ask: Callable[[], object]) -> float:
    started = time.process_time_ns()
    ask()
    return (time.process_time_ns() - started) / 1e6


if __name__ == "__main__":
    main()
