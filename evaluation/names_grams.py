"""Make the list of letter groups that ordinary names are full of (`common-groups.txt`).

    python -m evaluation.names_grams --hosts HOSTS.csv --licence WORDS
        [--without NAMES.csv] --write FILE

In: a list of ordinary hosts, one a line, the first column. Out: every group of 3 to 8 letters that
stands in enough of them, in classes of commonness. Hosts in the `--without` file (labelled names
kept for measuring) are not counted.
"""

from __future__ import annotations

import argparse
import csv
import math
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from evaluation.names_data import read_names
from soi.core.lookalike import normalise_host
from soi.core.lookalike.hosts import public_suffix

SHORTEST, LONGEST = 3, 8
FEWEST = 3
_LETTERS = re.compile(r"[a-z]{3,}")


def count_groups(hosts: Iterable[str]) -> Counter[str]:
    """In how many hosts, left of the public suffix, every group of letters stands."""
    counts: Counter[str] = Counter()
    for host in hosts:
        name = normalise_host(host)
        left = name.removesuffix(public_suffix(name))
        counts.update({g for run in _LETTERS.findall(left) for g in _groups(run)})
    return counts


def _groups(run: str) -> Iterable[str]:
    return (
        run[i : i + size]
        for size in range(SHORTEST, LONGEST + 1)
        for i in range(len(run) - size + 1)
    )


def as_lines(counts: Counter[str], hosts: int) -> list[str]:
    """Lines of equal commonness: a class from 1 (few) up, each twice as common as the last.

    Class n holds the groups that stand in about 2**n of 10,000 hosts.
    """
    classes: dict[int, list[str]] = {}
    for group, count in counts.items():
        if count >= FEWEST:
            commonness = max(1, round(math.log2(count / hosts * 10_000)))
            classes.setdefault(commonness, []).append(group)
    lines = []
    for commonness in sorted(classes):
        lines += [f"[{commonness}]", " ".join(sorted(classes[commonness]))]
    return lines


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Count letter groups of ordinary hosts.")
    parser.add_argument("--hosts", type=Path, required=True)
    parser.add_argument("--without", type=Path, help="labelled names that must not be counted")
    parser.add_argument("--licence", required=True, help="of the hosts, for the first line")
    parser.add_argument("--write", type=Path, required=True)
    options = parser.parse_args()
    kept = {name.host for name in read_names(options.without)} if options.without else set()
    with options.hosts.open(encoding="utf-8", newline="") as stream:
        hosts = [row[0] for row in csv.reader(stream) if row and row[0] not in kept]
    source = f"{options.hosts.name} ({options.licence})"
    head = f"# Groups of letters in {len(hosts)} ordinary hosts of {source}, by commonness."
    lines = [head, *as_lines(count_groups(hosts), len(hosts))]
    options.write.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
