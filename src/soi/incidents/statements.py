"""What a notice says, as the text that is signed and as the record that is hashed.

In: the holdings and words of a notice. Out: the text of a signed note (C2SP signed-note), which any
program can verify with the key's one line, and the record whose SHA-256 stands in the public log.
Pure: nothing here reads the database or the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from soi.core.text import clean
from soi.incidents.types import Named, NoticeRow, NoticeState

FORM = "soi notice 1"
"""Names the form of text and record; another number when a line changes its meaning."""


def prepared_text(
    *,
    desk: str,
    organisation: str,
    at: dt.datetime,
    untrusted: Iterable[Named],
    trusted: Iterable[Named],
    words: str = "",
    words_en: str = "",
) -> str:
    """The text that is signed beforehand: everything but since when."""
    lines = [
        FORM,
        f"desk: {_line(desk)}",
        f"organisation: {_line(organisation)}",
        f"prepared: {moment(at)}",
        *(f"not trusted: {_named(each)}" for each in untrusted),
        *(f"trust only: {_named(each)}" for each in trusted),
    ]
    lines += [f"{name}: {_line(said)}" for name, said in (("vi", words), ("en", words_en)) if said]
    return "\n".join(lines) + "\n"


def desk_in(text: str) -> str:
    """The address of the desk that a notice names, "" when it names none."""
    lines = [line for line in text.splitlines() if line.startswith("desk: ")]
    return lines[0].removeprefix("desk: ") if lines else ""


def published_text(prepared: str, *, since: dt.datetime, at: dt.datetime) -> str:
    """The same text with since when, and when it was published."""
    return f"{prepared}since: {moment(since)}\npublished: {moment(at)}\n"


def moment(at: dt.datetime) -> str:
    """A time as notices write it: a whole second in UTC."""
    return f"{at.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"


def record_of(row: NoticeRow) -> dict[str, Any]:
    """What is public of a notice, or will be, as data that can be hashed."""
    is_public = row.since is not None
    return {
        "form": FORM,
        "notice": row.id,
        "organisation": row.organisation,
        "state": row.state.value,
        "key": row.key,
        "prepared_note": row.prepared_note,
        "since": moment(row.since) if row.since else None,
        "published": moment(row.published_at) if row.published_at else None,
        "note": row.note if is_public else None,
        "ended": moment(row.ended_at) if row.ended_at else None,
        "reason": row.reason if row.state in (NoticeState.ENDED, NoticeState.RETRACTED) else None,
        "not_trusted": [_plain(each) for each in row.untrusted],
        "trust_only": [_plain(each) for each in row.trusted],
        "words": row.words,
        "words_en": row.words_en,
        "is_demo": row.is_demo,
    }


def _plain(named: Named) -> dict[str, Any]:
    return {
        "holding": named.id,
        "kind": named.kind,
        "platform": named.platform,
        "value": named.value,
    }


def _named(named: Named) -> str:
    return _line(" ".join(filter(None, (named.kind, named.platform, named.value))))


def _line(text: str) -> str:
    """A text on one line: a line feed in it would begin a line that nobody meant."""
    return "".join(each if each.isprintable() else " " for each in clean(text)).strip()
