"""Read the statements that the statement types are trained and measured on.

In: folders. Out: `Labelled` statements: those written for training beside this module, the
messages of the pairs that train the judge of claims, and any `statements.jsonl` below a folder of
data sets; from research sets, sentences of which is known only whether they state a fact. Nothing
is copied into the project, and nothing here measures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evaluation.matching_data import rows
from soi.core.checkable import StatementType
from soi.core.text import split

WRITTEN: Final = Path(__file__).parent / "statement-types"
PAIRS: Final = Path(__file__).parent / "pairs"
FILE: Final = "statements.jsonl"
MESSAGES: Final = "messages.jsonl"
ITEMS: Final = "items.jsonl"
KEPT_ASIDE: Final = frozenset({"test", "gold"})
"""Splits of research sets that nobody looks at while tuning."""

_STATES: Final = frozenset({"same", "opposite", "number", "entity", "denial"})
"""Relations to a check of messages that state something."""

_OF_THE_FUTURE: Final = re.compile(
    r"\b(?:sẽ|sắp|se|sap|will|gonna|going to)\b|\bwon['’]t\b", re.IGNORECASE
)
"""Whether such a message is a prediction or a plan on record, its relation does not tell."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A statement with its type; those of one `group` go into one fold."""

    text: str
    language: str
    type: StatementType
    group: str
    kind: str = ""
    """What makes it hard, for reports; mostly empty."""


def written() -> list[Labelled]:
    """The statements written for training."""
    return [one for path in sorted(WRITTEN.glob("*.jsonl")) for one in read_statements(path)]


def read_statements(path: Path) -> list[Labelled]:
    """The statements of a JSON Lines file with text, lang and label. Raises `ValueError` for a
    label that is no type."""
    return [
        Labelled(
            row["text"], row["lang"], StatementType(row["label"]), f"{path.stem}-{number}",
            row.get("kind", ""),
        )
        for number, row in enumerate(rows(path))
    ]  # fmt: skip


def find_statements(root: Path) -> dict[str, Path]:
    """The folders under `root` (or `root` itself) that hold labelled statements, by name."""
    return {path.parent.name: path.parent for path in sorted(root.rglob(FILE))}


def find_factual(root: Path) -> dict[str, Path]:
    """The folders under `root` (or `root` itself) whose items say whether they state a fact."""
    folders = {path.parent.name: path.parent for path in sorted(root.rglob(ITEMS))}
    return {name: folder for name, folder in folders.items() if read_factual(folder)}


def read_factual(folder: Path) -> list[tuple[str, bool]]:
    """Sentences of `items.jsonl`, and whether each states a fact, which `claim` (0 or 1) or
    `verdict` (-1 for no statement of fact) says; items without either, and those of splits that
    are kept aside, are left out."""
    return [
        (row["text"], row["claim"] == 1 if "claim" in row else row["verdict"] != -1)
        for row in rows(folder / ITEMS)
        if row.get("split") not in KEPT_ASIDE and ("claim" in row or "verdict" in row)
    ]


def from_pairs() -> list[Labelled]:
    """Messages of one statement in the words of forwards, typed by their relation to a check.

    They teach how rumours sound, which statements written one by one do not: without them one
    message in five that repeats a checked claim is taken for satire.
    """
    found: list[Labelled] = []
    for path in sorted(PAIRS.glob("*.jsonl")):
        for number, row in enumerate(rows(path)):
            for message in row["messages"]:
                type_ = _type_by(message["relation"], message["text"])
                if type_ and is_one_statement(message["text"]):
                    group = f"{path.stem}-{number}"
                    found.append(Labelled(message["text"], message["lang"], type_, group))
    return found


def claims_in(folder: Path) -> list[tuple[str, str]]:
    """Text and language of the messages of one statement that repeat a checked claim, if the
    folder has messages; plans and predictions are left out."""
    path = folder / MESSAGES
    if not path.exists():
        return []
    return [
        (row["text"], row["lang"])
        for row in rows(path)
        if row["relation"] == "same"
        and _type_by("same", row["text"])
        and is_one_statement(row["text"])
    ]


def repeating(folder: Path) -> list[Labelled]:
    """`claims_in` a folder, as statements of fact."""
    return [
        Labelled(text, language, StatementType.FACT, f"{folder.name}-{number}")
        for number, (text, language) in enumerate(claims_in(folder))
    ]


def is_one_statement(message: str) -> bool:
    """Whether a message is a single statement."""
    return len(split(message).statements) == 1


def _type_by(relation: str, text: str) -> StatementType | None:
    """The type that a relation implies, None where it implies none."""
    if relation == "related":
        return StatementType.QUESTION if text.rstrip().endswith("?") else None
    if _OF_THE_FUTURE.search(text):
        return None
    if relation == "opinion":
        return StatementType.OPINION
    return StatementType.FACT if relation in _STATES else None
