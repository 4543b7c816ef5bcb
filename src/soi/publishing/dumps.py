"""All checks of the desk's own as one file: CSV for tables, JSON for programs, with a schema.

In: the database. Out: bytes, piece by piece, with memory for a few hundred checks. Each row is what
a check says now: its newest edition, with the digest by which the public log knows it and the
address of the very bytes. A withdrawn check stays in the file and says so, without a verdict: who
has taken it over has to learn of it. Nothing of other desks is here.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from soi.checking import public
from soi.checking.public import EditionRow
from soi.checking.types import EditionKind, Topic
from soi.core.formats import Verdict
from soi.core.formats.table import guarded
from soi.publishing import sheets

FORM: Final = "soi checks 1"
"""Names the form of the file; another number when a field changes its meaning."""

_DIGEST: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_ADDRESS: Final = {"type": "string", "pattern": "^https?://"}
_MOMENT: Final = {"type": "string", "format": "date-time"}

FIELDS: Final[dict[str, dict[str, Any]]] = {
    "claim": {"type": "integer", "minimum": 1, "description": "number of the check"},
    "edition": {"type": "integer", "minimum": 1, "description": "number of its newest edition"},
    "kind": {"enum": [each.value for each in EditionKind]},
    "is_withdrawn": {"type": "boolean"},
    "url": {**_ADDRESS, "description": "page of the check"},
    "language": {"type": "string", "pattern": "^[a-z]{2,3}$"},
    "wording": {"type": "string", "minLength": 1, "description": "the claim"},
    "title": {"type": "string"},
    "summary": {"type": "string"},
    "verdict": {
        "enum": [*(each.value for each in Verdict), None],
        "description": "null for a check that is withdrawn",
    },
    "topics": {"type": "array", "items": {"enum": [each.value for each in Topic]}},
    "claimed_on": {"type": ["string", "null"], "format": "date"},
    "first_published_at": _MOMENT,
    "published_at": {**_MOMENT, "description": "when this edition was published"},
    "concerns_owner": {"type": "boolean", "description": "it concerns the owner of the desk"},
    "digest": {**_DIGEST, "description": "SHA-256 of the edition; stands in the public log"},
    "record": {**_ADDRESS, "description": "the very bytes that the digest is of"},
    "publisher": {"type": "string", "minLength": 1},
    "licence": {"type": "string", "description": "empty where the desk names none"},
    "is_demo": {"type": "boolean", "description": "invented for the demonstration"},
}
"""The fields in the order of the columns; each stands in every row."""


def schema() -> bytes:
    """The JSON Schema of the JSON file."""
    row = {
        "type": "object",
        "properties": FIELDS,
        "required": list(FIELDS),
        "additionalProperties": False,
    }
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _address("checks-schema"),
        "title": "All checks of one desk",
        "type": "object",
        "properties": {
            "form": {"const": FORM},
            "schema": _ADDRESS,
            "checks": {"type": "array", "items": row},
        },
        "required": ["form", "schema", "checks"],
        "additionalProperties": False,
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode() + b"\n"


def as_json() -> Iterator[bytes]:
    """The checks as one JSON object, a check on each line."""
    head = {"form": FORM, "schema": _address("checks-schema")}
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "checks": [\n'
    between = b""
    for row in _rows():
        yield between + json.dumps(row, ensure_ascii=False).encode()
        between = b",\n"
    yield b"\n]}\n"


def as_csv() -> Iterator[bytes]:
    """The checks as a table; no cell is run as a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(FIELDS)
    for row in _rows():
        writer.writerow([guarded(_cell(value)) for value in row.values()])
        yield _taken(buffer)
    yield _taken(buffer)


WRITERS: Final[dict[str, Callable[[], Iterator[bytes]]]] = {"json": as_json, "csv": as_csv}


def _taken(buffer: io.StringIO) -> bytes:
    written = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return written


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value)


def _rows() -> Iterator[dict[str, Any]]:
    for row in public.current_editions():
        found = _row(row)
        yield {name: found[name] for name in FIELDS}


def _row(row: EditionRow) -> dict[str, Any]:
    words = row.words
    record = reverse("edition-record", args=[row.claim_id, row.number])
    return {
        "claim": row.claim_id,
        "edition": row.number,
        "kind": row.kind.value,
        "is_withdrawn": row.is_withdrawn,
        "url": sheets.address_of(row),
        "language": words.language,
        "wording": words.wording,
        "title": words.title,
        "summary": words.summary,
        "verdict": None if row.is_withdrawn else words.verdict,
        "topics": list(words.topics),
        "claimed_on": words.claimed_on.isoformat() if words.claimed_on else None,
        "first_published_at": row.first_published_at.isoformat(),
        "published_at": row.published_at.isoformat(),
        "concerns_owner": bool(words.concerns_owner),
        "digest": row.digest,
        "record": settings.SOI_BASE_URL + record,
        "publisher": sheets.desk_name(),
        "licence": settings.SOI_LICENCE,
        "is_demo": row.is_demo,
    }


def _address(name: str) -> str:
    return f"{settings.SOI_BASE_URL}{reverse(name)}"
