"""The word lists of the engine: read once from the package, one entry a line, `#` for comments."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def _lines(name: str) -> list[str]:
    text = files("soi.core.lookalike").joinpath("data", f"{name}.txt").read_text("utf-8")
    rows = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return [row for row in rows if row]


@cache
def word_set(name: str) -> frozenset[str]:
    """Every entry of `data/<name>.txt`, whatever section it stands in."""
    return frozenset(
        word for row in _lines(name) if not row.startswith("[") for word in row.split()
    )


@cache
def word_classes(name: str) -> Mapping[str, str]:
    """Entry to section for a list with `[section]` lines; the first section of a word counts."""
    classes: dict[str, str] = {}
    section = ""
    for row in _lines(name):
        if row.startswith("["):
            section = row.strip("[]")
            continue
        for word in row.split():
            classes.setdefault(word, section)
    return classes
