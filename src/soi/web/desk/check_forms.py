"""Read the forms of the workbench: what was typed, and the same as fields of a check.

In: a POST of the workbench. Out: the fields that `soi.checking` takes, and the texts as they were
typed, so that a form that is refused comes back whole. What may stand in a field is decided by
`soi.checking.rules`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.http import QueryDict

from soi.checking.content import Source, Words
from soi.checking.errors import FieldInvalid

Typed = dict[str, Any]

_TEXTS: Final = (
    "wording",
    "language",
    "title",
    "summary",
    "explanation",
    "verdict",
    "selected_because",
)
_TICKS: Final = ("is_checkable", "is_fair", "is_masked")
_CORRECTION: Final = ("correction_kind", "correction_note")
SOURCE_TEXTS: Final = ("title", "publisher", "stance", "kind", "interest", "quote")
_OWNER: Final = {"yes": True, "no": False, "": None}
_OWNER_WORDS: Final = {True: "yes", False: "no", None: ""}


def typed_words(post: QueryDict, *, is_correction: bool) -> Typed:
    """The fields of a check as they were typed, for the form and for the scratch."""
    typed: Typed = {name: _text(post, name) for name in _TEXTS}
    typed |= {name: name in post for name in _TICKS}
    typed["claimed_on"] = post.get("claimed_on", "")
    typed["topics"] = post.getlist("topics")[:20]
    typed["concerns_owner"] = post.get("concerns_owner", "")
    if is_correction:
        typed |= {name: _text(post, name) for name in _CORRECTION}
    return typed


def fields_of(typed: Typed) -> dict[str, object]:
    """The same as `save_draft` takes it. Raises `FieldInvalid` for what can't be read."""
    fields = dict(typed)
    fields["claimed_on"] = _day(typed["claimed_on"])
    fields["topics"] = tuple(typed["topics"])
    if typed["concerns_owner"] not in _OWNER:
        raise FieldInvalid("concerns_owner is neither yes nor no.", field="concerns_owner")
    fields["concerns_owner"] = _OWNER[typed["concerns_owner"]]
    return fields


def shown_words(words: Words) -> Typed:
    """What a form shows of a check."""
    names = (*_TEXTS, *_TICKS, *_CORRECTION)
    return {
        **{name: getattr(words, name) for name in names},
        "claimed_on": words.claimed_on.isoformat() if words.claimed_on else "",
        "topics": list(words.topics),
        "concerns_owner": _OWNER_WORDS[words.concerns_owner],
    }


def from_scratch(words: Words, kept: Mapping[str, object]) -> Typed:
    """What a form shows with what somebody typed and did not save."""
    shown = shown_words(words)
    for name, value in kept.items():
        if name in shown:
            shown[name] = _as_shown(name, value, like=shown[name])
    return shown


def typed_source(post: QueryDict) -> Typed:
    """The fields of a source as they were typed."""
    return {name: _text(post, name) for name in SOURCE_TEXTS} | {"is_owners": "is_owners" in post}


def shown_source(source: Source) -> Typed:
    """What a form shows of a source."""
    return {name: getattr(source, name) for name in (*SOURCE_TEXTS, "is_owners")}


def version_of(post: QueryDict) -> int:
    """The version of the draft that a form was opened with; one that nothing has if unreadable."""
    written = post.get("version", "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else -1


def _as_shown(name: str, value: object, *, like: object) -> Any:
    """A kept value as a form shows it: a save that was refused keeps fields, not what was typed."""
    if name == "concerns_owner" and not isinstance(value, str):
        return _OWNER_WORDS[value if isinstance(value, bool) else None]
    if isinstance(like, bool):
        return bool(value)
    if isinstance(like, list):
        return [str(each) for each in value] if isinstance(value, list) else []
    return "" if value is None else str(value)


def _text(post: QueryDict, name: str) -> str:
    """A browser ends lines by CR LF; the draft by LF."""
    return post.get(name, "").replace("\r\n", "\n")


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written) if written else None
    except ValueError as error:
        raise FieldInvalid("claimed_on is no date.", field="claimed_on") from error
