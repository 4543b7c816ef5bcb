"""The sample messages that are offered under the box."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"


@dataclass(frozen=True, slots=True)
class Sample:
    """A message to try, with a short label in the reader's language."""

    id: str
    label: str
    text: str


def samples(language: str) -> list[Sample]:
    """Every sample message, labelled in Vietnamese or English."""
    label = "label_en" if language == "en" else "label_vi"
    return [Sample(row["id"], row[label], row["text"]) for row in _rows()]


@cache
def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((CONTENT / "messages.json").read_text(encoding="utf-8"))
    return rows
