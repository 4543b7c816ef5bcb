"""Read the data sets that matching is measured on, by the files that a folder holds.

In: a directory. Out: data sets of three kinds: retrieval (`corpus.jsonl`, `queries.jsonl`,
`qrels.tsv`), relations (`checks.jsonl`, `messages.jsonl`) and opposites (`pairs.jsonl`). Nothing is
copied into the project, and nothing here measures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soi.core.text import Language


@dataclass(frozen=True, slots=True)
class Check:
    """What the index holds of one check."""

    id: str
    claim: str
    title: str
    summary: str
    language: str
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A text that is looked up; `relevant` names the checks that answer it."""

    id: str
    text: str
    language: str
    split: str
    relevant: frozenset[str]
    exclude: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message with its relation to a check (None when no check covers it)."""

    id: str
    text: str
    language: str
    check: str | None
    relation: str
    register: str


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Queries with the checks that answer them."""

    name: str
    corpus: tuple[Check, ...]
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Relations:
    """Messages with their relation to checks."""

    name: str
    checks: tuple[Check, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    """A claim and its variants by kind (num, neg, ant say something else; the rest do not)."""

    original: str
    language: str
    source: str
    variants: dict[str, str]


@dataclass(frozen=True, slots=True)
class Opposites:
    """Claims with rule-made variants."""

    name: str
    items: tuple[Opposite, ...]


DataSet = Retrieval | Relations | Opposites

VARIANTS = ("num", "neg", "ant", "nodiac", "teen", "teennd")


def language_from(code: str) -> Language:
    """The matching engine's language for a BCP 47 primary tag."""
    return Language(code) if code in ("vi", "en") else Language.OTHER


def find_data(root: Path) -> dict[str, Path]:
    """The folders under `root` (or `root` itself) that hold a data set, by name, sorted."""
    folders = [root, *sorted(path for path in root.rglob("*") if path.is_dir())]
    return {folder.name: folder for folder in folders if _kind(folder)}


def read_data(folder: Path) -> DataSet:
    """The data set in a folder. Raises `ValueError` when its files are of no known kind."""
    kind = _kind(folder)
    if kind == "retrieval":
        return _retrieval(folder)
    if kind == "relations":
        return _relations(folder)
    if kind == "opposites":
        return _opposites(folder)
    raise ValueError(f"{folder} holds no data set for matching")


def _kind(folder: Path) -> str | None:
    names = {path.name for path in folder.iterdir()}
    if {"corpus.jsonl", "queries.jsonl", "qrels.tsv"} <= names:
        return "retrieval"
    if {"checks.jsonl", "messages.jsonl"} <= names:
        return "relations"
    return "opposites" if "pairs.jsonl" in names else None


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file; empty lines are skipped."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _retrieval(folder: Path) -> Retrieval:
    corpus = tuple(
        Check(row["id"], row["text"] or "", row.get("title") or "", "", row.get("lang") or "")
        for row in rows(folder / "corpus.jsonl")
    )
    known = {check.id for check in corpus}
    relevant: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines():
        query, document = line.split("\t")[:2]
        if document in known:
            relevant.setdefault(query, set()).add(document)
    queries = tuple(
        Query(
            row["id"], row["text"], row.get("lang") or "", row.get("split") or "",
            frozenset(relevant[row["id"]]), row.get("exclude"),
        )
        for row in rows(folder / "queries.jsonl")
        if row["id"] in relevant
    )  # fmt: skip
    return Retrieval(folder.name, corpus, queries)


def _relations(folder: Path) -> Relations:
    return Relations(
        folder.name,
        tuple(check_from(row) for row in rows(folder / "checks.jsonl")),
        tuple(message_from(row) for row in rows(folder / "messages.jsonl")),
    )


def check_from(row: dict[str, Any]) -> Check:
    """A check from a row with claim, title, summary and lang."""
    return Check(
        row["id"], row["claim"], row.get("title", ""), row.get("summary", ""), row["lang"],
        row.get("verdict", ""),
    )  # fmt: skip


def message_from(row: dict[str, Any]) -> Message:
    """A message from a row with text, relation, register and check."""
    return Message(
        row["id"], row["text"], row["lang"], row.get("check"), row["relation"], row["register"]
    )


def _opposites(folder: Path) -> Opposites:
    items = tuple(
        Opposite(
            row["orig"], row["lang"], row.get("src", ""),
            {kind: row[kind] for kind in VARIANTS if row.get(kind)},
        )
        for row in rows(folder / "pairs.jsonl")
    )  # fmt: skip
    return Opposites(folder.name, items)
