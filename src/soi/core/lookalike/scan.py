"""Judge a stream of hosts: pass over what is like nobody's name quickly, weigh the rest.

In: host names, a compiled register. Out: for every name what `score` gives. `sift` is the quick
half: names are searched a block at a time, as one text. Nothing is left out by it: whatever has a
score is sifted out, and what is written unusually always is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from soi.core.lookalike.hosts import MAX_HOST
from soi.core.lookalike.judge import score
from soi.core.lookalike.letters import class_fold
from soi.core.lookalike.register import Register
from soi.core.lookalike.types import NameKind, Scored

BLOCK = 4096
"""Names searched at once: enough that the search, not the loop, takes the time."""


def scan(names: Iterable[str], register: Register) -> Iterator[Scored | None]:
    """`score` for a stream of hosts, in order."""
    block: list[str] = []
    for name in names:
        block.append(name)
        if len(block) == BLOCK:
            yield from _scan_block(block, register)
            block = []
    yield from _scan_block(block, register)


def sift(names: Sequence[str], register: Register) -> list[int]:
    """The places of those names that `score` may find something in, in ascending order.

    About one benign name in forty is among them, with a register of some dozens of brands.
    """
    places: list[int] = []
    for start in range(0, len(names), BLOCK):
        places += [start + i for i in _possible(names[start : start + BLOCK], register)]
    return places


def _scan_block(block: list[str], register: Register) -> Iterator[Scored | None]:
    hits = set(_possible(block, register))
    for i, name in enumerate(block):
        yield score(name, NameKind.HOST, register) if i in hits else None


def _possible(block: Sequence[str], register: Register) -> list[int]:
    text = "\n".join(block).lower()
    hits = _unusual(block, text)
    if hits or text.count("\n") != len(block) - 1:
        odd = hits | {i for i, name in enumerate(block) if "\n" in name}
        text = "\n".join("" if i in odd else name for i, name in enumerate(block)).lower()
        hits = odd
    folded = class_fold(text)
    lines = folded.split("\n")
    hits.update(_touched(folded, range(len(lines)), lines, register))
    hyphened = [i for i, line in enumerate(lines) if "-" in line]
    joined = [lines[i].replace("-", "") for i in hyphened]
    hits.update(_touched("\n".join(joined), hyphened, joined, register))
    return sorted(hits)


def _unusual(block: Sequence[str], text: str) -> set[int]:
    """Names that are longer than a host, or written with escapes, punycode or other letters."""
    hits = {i for i, name in enumerate(block) if len(name) > MAX_HOST}
    if not text.isascii():
        hits |= {i for i, name in enumerate(block) if not name.isascii()}
    if "xn--" in text or "%" in text:
        hits |= {i for i, name in enumerate(block) if "xn--" in name.lower() or "%" in name}
    return hits


def _touched(
    text: str, places: Sequence[int], lines: Sequence[str], register: Register
) -> Iterator[int]:
    """The places whose line of `text` anything is found in."""
    ends = list(accumulate(len(line) + 1 for line in lines))
    for last in register.ends(text):
        yield places[bisect_right(ends, last)]
