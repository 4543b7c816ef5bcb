"""Read the word lists and lexicons that come with the package.

In: the name of a file or a list in `data/`. Out: its rows, or its words. The files are UTF-8 with
tab-separated fields; empty lines and lines that begin with # are left out.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=8)
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the fields of every row of `data/NAME.tsv`."""
    lines = files(__package__).joinpath(f"data/{name}.tsv").read_text("utf-8").splitlines()
    return tuple(tuple(line.split("\t")) for line in lines if line and not line.startswith("#"))


def word_list(name: str) -> frozenset[str]:
    """Return the words of one list of `data/words.tsv`; raises `KeyError` for another name."""
    return frozenset({row[0]: row[1] for row in rows("words")}[name].split())
