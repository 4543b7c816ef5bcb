"""What a message says: the body that is signed and sent, made of what is public at that moment.

In: a delivery. Out: bytes. The record goes along as long as it is still the one that the event was
about, which its digest says; else it is left out, and another message follows with the newer one.
So nothing old is ever told as if it stood, and nothing has to be kept to be told later.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from soi.checking import public
from soi.checking.content import read
from soi.checking.errors import EditionUnknown
from soi.core.ledger import LeafKind, canonical_json, digest
from soi.incidents import queries as incidents
from soi.incidents import statements
from soi.incidents.errors import NoticeUnknown
from soi.journal.queries import EventRow
from soi.publishing import sheets
from soi.publishing.log.leaves import KINDS, is_logged, names_of
from soi.publishing.webhooks.types import EventKind
from soi.register import queries as register

LARGEST: Final = 200_000
"""Bytes of a record that goes along; a larger one is read at its address."""
SUBJECTS: Final = tuple(KINDS)
"""Whatever the journal says of them may be told."""

_KINDS: Final = {
    LeafKind.EDITION: EventKind.EDITION,
    LeafKind.CORRECTION: EventKind.CORRECTION,
    LeafKind.WITHDRAWAL: EventKind.WITHDRAWAL,
    LeafKind.CHALLENGE_ANSWER: EventKind.CHALLENGE,
    LeafKind.NOTICE: EventKind.NOTICE,
    LeafKind.REGISTER_CHANGE: EventKind.REGISTER,
}
_OF_NOTICES: Final = frozenset({"notice.published", "notice.ended", "notice.retracted"})
"""A notice that is only prepared is nobody's business, though its hash is in the log."""
_NOT_PUBLIC: Final = frozenset(
    {"edition", "correction", "withdrawal", "challenge_answer", "notice"}
)
"""Subjects of which nothing is told once they are gone, as the demonstration's are."""


def told(events: Sequence[EventRow]) -> list[tuple[EventRow, EventKind, str]]:
    """The events among these that endpoints are told of, with their kinds and public names."""
    logged = [event for event in events if is_logged(event) and _is_told(event)]
    names = names_of(logged)
    return [
        (event, _KINDS[KINDS[event.subject]], names[event.seq])
        for event in logged
        if event.seq in names
    ]


def _is_told(event: EventRow) -> bool:
    if event.subject == "notice" and event.verb not in _OF_NOTICES:
        return False
    return bool(event.after) or event.subject not in _NOT_PUBLIC


def body_of(kind: EventKind, ref: str, sha256: str, at: dt.datetime, seq: int | None) -> bytes:
    """The body of a message."""
    page, address, record = _about(kind, ref)
    is_it = record is not None and digest(record).hex() == sha256
    content = {
        "type": kind.value,
        "timestamp": _time(at),
        "data": {
            "id": ref,
            "sequence": seq,
            "digest": sha256,
            "url": page,
            "record_url": address,
            "record": record if is_it and len(canonical_json(record)) <= LARGEST else None,
        },
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _time(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _about(kind: EventKind, ref: str) -> tuple[str, str, dict[str, Any] | None]:
    """The page of what a message is about, the address of its record, and the record.

    Each is empty once it is not public any more.
    """
    match kind:
        case EventKind.TEST:
            return settings.SOI_BASE_URL, "", None
        case EventKind.CHALLENGE:
            return _challenge(int(ref))
        case EventKind.NOTICE:
            return _notice(int(ref))
        case EventKind.REGISTER:
            return _organisation(int(ref))
        case _:
            claim, _, number = ref.partition(".")
            return _edition(int(claim), int(number))


def _edition(claim: int, number: int) -> tuple[str, str, dict[str, Any] | None]:
    try:
        found = public.edition(claim, number)
    except EditionUnknown:
        return "", "", None
    with translation.override(sheets.page_language(found.row.words.language)):
        page = sheets.address_of(found.row)
    return page, _address("edition-record", claim, number), read(found.content)


def _challenge(ref: int) -> tuple[str, str, dict[str, Any] | None]:
    record = public.challenge_record(ref)
    if record is None:
        return "", "", None
    with translation.override(settings.LANGUAGE_CODE):
        page = settings.SOI_BASE_URL + sheets.path_of(record["claim"])
    return page, _address("challenge-record", ref), record


def _notice(ref: int) -> tuple[str, str, dict[str, Any] | None]:
    try:
        row = incidents.public_notice(ref)
    except NoticeUnknown:
        return "", "", None
    with translation.override(settings.LANGUAGE_CODE):
        page = _address("public:notice", ref)
    return page, _address("notice-record", ref), statements.record_of(row)


def _organisation(ref: int) -> tuple[str, str, dict[str, Any] | None]:
    slug = register.slugs_of([ref]).get(ref)
    if slug is None:
        return "", "", None
    with translation.override(settings.LANGUAGE_CODE):
        page = _address("public:organisation", slug)
    return page, _address("record", slug), register.public_record(slug)


def _address(name: str, *arguments: object) -> str:
    return str(settings.SOI_BASE_URL + reverse(name, args=arguments))
