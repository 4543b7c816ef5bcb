"""Pure decisions about claims and fields: what may follow, what a field may hold.

Nothing here reads the database or the clock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Final

from soi.checking.errors import ClaimStateRefused, FieldInvalid
from soi.checking.types import ClaimState, EditionKind, SourceKind, Stance, Topic
from soi.core.formats import Verdict
from soi.core.text import clean

LIMITS: Final = {
    "wording": 1000,
    "title": 300,
    "summary": 2000,
    "explanation": 50_000,
    "selected_because": 2000,
    "correction_note": 2000,
    "publisher": 200,
    "interest": 2000,
    "quote": 5000,
    "note": 10_000,
    "challenge": 10_000,
    "answer": 10_000,
}
"""Characters that a field may hold."""

LINES: Final = frozenset({"wording", "title", "publisher"})
"""Fields of one line."""

EVIDENCE_LIMIT: Final = 100
"""Sources of one check."""

CHALLENGES_LIMIT: Final = 1000
"""Challenges of one check that may wait for an answer."""

RECHECK_DAYS: Final = 180
"""After so many days a published check is looked at again, unless somebody chose another day."""

CORRECTIONS: Final = frozenset(EditionKind) - {EditionKind.FIRST}

_FOLLOWING: Final[dict[ClaimState, frozenset[ClaimState]]] = {
    ClaimState.OPEN: frozenset(
        {ClaimState.WORKING, ClaimState.CLOSED, ClaimState.MERGED, ClaimState.PUBLISHED}
    ),
    ClaimState.WORKING: frozenset(
        {ClaimState.OPEN, ClaimState.CLOSED, ClaimState.MERGED, ClaimState.PUBLISHED}
    ),
    ClaimState.CLOSED: frozenset({ClaimState.OPEN}),
    ClaimState.MERGED: frozenset({ClaimState.OPEN, ClaimState.WORKING}),
    ClaimState.PUBLISHED: frozenset({ClaimState.PUBLISHED, ClaimState.WITHDRAWN}),
    ClaimState.WITHDRAWN: frozenset({ClaimState.PUBLISHED, ClaimState.WITHDRAWN}),
}

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def check_following(state: ClaimState, following: ClaimState) -> None:
    """Raise `ClaimStateRefused` unless a claim may go from `state` to `following`."""
    if following not in _FOLLOWING[state]:
        raise ClaimStateRefused(
            f"A claim that is {state.value} can't become {following.value}.",
            state=state.value,
            following=following.value,
        )


def digest_named(text: str) -> str:
    """The digest that somebody names, "" (which no draft has) for what is no SHA-256 in hex."""
    return text if _DIGEST.fullmatch(text) else ""


def check_editable(state: ClaimState) -> None:
    """Raise `ClaimStateRefused` while the claim is closed or part of another."""
    if state in (ClaimState.CLOSED, ClaimState.MERGED):
        raise ClaimStateRefused(f"A claim that is {state.value} is not edited.", state=state.value)


def word_value(name: str, value: object) -> Any:
    """The value of a field of `content.Words`, as it is kept. Raises `FieldInvalid`."""
    reader = _WORD_FIELDS.get(name)
    if reader is None:
        raise FieldInvalid(f"There is no field {name[:40]}.", field=name[:40])
    return reader(name, value)


def source_value(name: str, value: object) -> Any:
    """The value of a field of `content.Source` that people write. Raises `FieldInvalid`."""
    reader = _SOURCE_FIELDS.get(name)
    if reader is None:
        raise FieldInvalid(f"There is no field {name[:40]}.", field=name[:40])
    return reader(name, value)


def text_value(name: str, value: object, *, is_required: bool = False) -> str:
    """The text of a field: NFC, without unseen and direction-changing characters.

    Raises `FieldInvalid` for what is longer than `LIMITS` allows, before it is read.
    """
    limit = LIMITS[name]
    # Unseen characters go when it is cleaned, but nobody types three of them for each letter.
    if not isinstance(value, str) or len(value) > 4 * limit:
        raise FieldInvalid(f"{name} has more than {limit} characters.", field=name, limit=limit)
    text = clean(value).strip()
    if name in LINES:
        text = " ".join(text.split())
    if len(text) > limit:
        raise FieldInvalid(f"{name} has more than {limit} characters.", field=name, limit=limit)
    if is_required and not re.search(r"\w", text):
        raise FieldInvalid(f"{name} is empty.", field=name)
    return text


def _required(name: str, value: object) -> str:
    return text_value(name, value, is_required=True)


def _word(words: Iterable[StrEnum], *, or_empty: bool) -> Callable[[str, object], str]:
    known = {word.value for word in words} | ({""} if or_empty else set())

    def reader(name: str, value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise FieldInvalid(f"{name} holds no known word.", field=name)
        return str(value)

    return reader


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise FieldInvalid(f"{name} is neither yes nor no.", field=name)
    return value


def _flag_or_none(name: str, value: object) -> bool | None:
    return None if value is None else _flag(name, value)


def _date(name: str, value: object) -> dt.date | None:
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise FieldInvalid(f"{name} is no date.", field=name)
    return value


def _language(name: str, value: object) -> str:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise FieldInvalid(f"{name} is no code of a language.", field=name)
    return value


def _topics(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, tuple | list | set | frozenset):
        raise FieldInvalid(f"{name} is no list.", field=name)
    reader = _word(Topic, or_empty=False)
    return tuple(sorted({reader(name, topic) for topic in value}))


_WORD_FIELDS: Final[dict[str, Callable[[str, object], object]]] = {
    "wording": _required,
    "language": _language,
    "title": text_value,
    "summary": text_value,
    "explanation": text_value,
    "verdict": _word(Verdict, or_empty=True),
    "selected_because": text_value,
    "claimed_on": _date,
    "topics": _topics,
    "is_checkable": _flag,
    "is_fair": _flag,
    "is_masked": _flag,
    "concerns_owner": _flag_or_none,
    "correction_kind": _word(CORRECTIONS, or_empty=True),
    "correction_note": text_value,
}
_SOURCE_FIELDS: Final[dict[str, Callable[[str, object], object]]] = {
    "title": text_value,
    "publisher": text_value,
    "stance": _word(Stance, or_empty=False),
    "kind": _word(SourceKind, or_empty=False),
    "interest": text_value,
    "is_owners": _flag,
    "quote": text_value,
}


def digest_of(*standing: object) -> str:
    """SHA-256 in hex of where something stands, for the journal. No text of people is in it."""
    plain = json.dumps(standing, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(plain.encode()).hexdigest()
