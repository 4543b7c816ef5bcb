"""Read registers and labelled names for the evaluation of the lookalike engine.

In: two CSV files. The register has the columns brand, display, tokens, aliases, handles (parted by
`|`), official_domain, one row for every domain; the names have domain (or name), label (1 imitates
`brand`, 0 benign), brand, kind, source, and what (host, handle, display or email; host without the
column). Other columns are ignored. Nothing is written anywhere.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from soi.core.lookalike import Brand, NameKind

_KINDS = {"display": NameKind.HANDLE, **{kind.value: kind for kind in NameKind}}
"""By the column `what`; a display name is judged as a handle."""


@dataclass(frozen=True, slots=True)
class LabelledName:
    """A name with its label; `brand` is the brand's id in the register, or "" for none."""

    host: str
    imitates: bool
    brand: str
    kind: str
    source: str
    what: NameKind = NameKind.HOST


def read_register(path: Path) -> tuple[Brand, ...]:
    """The brands of a register file. Raises `ValueError` naming the first missing column."""
    rows = _rows(path, ("brand", "tokens", "official_domain"))
    hosts: dict[str, list[str]] = {}
    first: dict[str, Mapping[str, str]] = {}
    for row in rows:
        first.setdefault(row["brand"], row)
        hosts.setdefault(row["brand"], []).append(row["official_domain"])
    return tuple(
        Brand(
            id=brand,
            display=row.get("display") or brand,
            tokens=_parted(row["tokens"]),
            aliases=_parted(row.get("aliases") or ""),
            hosts=tuple(hosts[brand]),
            handles=_parted(row.get("handles") or ""),
        )
        for brand, row in first.items()
    )


def read_names(path: Path) -> tuple[LabelledName, ...]:
    """The labelled names of a file.

    Raises `ValueError` for a missing column, another label or another kind of name.
    """
    names = []
    for row in _rows(path, ("label", "brand")):
        shown = row.get("domain") or row.get("name")
        if shown is None:
            raise ValueError(f"{path.name} has neither a column 'domain' nor 'name'")
        if row["label"] not in ("0", "1"):
            raise ValueError(f"{path.name}: the label of {shown!r} is neither 0 nor 1")
        what = row.get("what") or NameKind.HOST.value
        if what not in _KINDS:
            raise ValueError(f"{path.name}: {shown!r} is a {what!r}, which is no kind of name")
        names.append(
            LabelledName(
                host=shown,
                imitates=row["label"] == "1",
                brand=row["brand"] or "",
                kind=row.get("kind") or "",
                source=row.get("source") or "",
                what=_KINDS[what],
            )
        )
    return tuple(names)


def _rows(path: Path, needed: tuple[str, ...]) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [column for column in needed if column not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(f"{path.name} has no column {missing[0]!r}")
        return list(reader)


def _parted(text: str) -> tuple[str, ...]:
    return tuple(piece for piece in text.split("|") if piece)
