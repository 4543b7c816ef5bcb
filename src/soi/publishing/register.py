"""Publish the register: each organisation's record with the desk's signature, and files of all.

In: organisations by their short name. Out: bytes, always of what is public. The same keys sign as
the public log's; what they sign here can't be taken for a checkpoint (`core.ledger.statements`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from soi.claims.rules import site_of
from soi.core.formats import (
    Attribute,
    HoldingKind,
    HoldingRecord,
    TrustEntry,
    TrustTxt,
    write_register_csv,
    write_trusttxt,
)
from soi.core.ledger import canonical_json
from soi.core.ledger.statements import write_statement
from soi.publishing.exporting import writing
from soi.publishing.log import keys
from soi.register import queries
from soi.register.rules import standing
from soi.register.trusttxt import trusttxt_of
from soi.register.types import Standing

_Item = TypeVar("_Item")


def record(slug: str) -> bytes | None:
    """The record as canonical JSON, None where there is no such organisation."""
    found = queries.public_record(slug)
    return canonical_json(found) if found is not None else None


def signature(slug: str, content: bytes, *, at: dt.datetime | None = None) -> bytes:
    """The signed note that says that this is the organisation's record. Raises `LogKeyMissing`."""
    moment = at or timezone.now()
    return bytes(write_statement(content, about=slug, at=moment, signers=keys.signers()))


def signed_lines() -> Iterator[bytes]:
    """One line of JSON for each organisation: its record as it was signed, and the signature."""
    for slug in queries.slugs():
        content = record(slug)
        if content is not None:
            line = {"record": content.decode(), "signature": signature(slug, content).decode()}
            yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def holdings() -> Iterator[HoldingRecord]:
    """Every holding of every organisation that is or was confirmed, by organisation."""
    for slug in queries.slugs():
        yield from queries.records_of(slug)


def export_register(path: Path, *, signed: bool) -> int:
    """Write the register to `path`, whole or not at all; returns how many lines that were.

    Signed, one organisation a line; else CSV, one holding a row. Raises `FileUnwritable`,
    `LogKeyMissing`, and `OSError` when the disk is full or fails.
    """
    written = 0

    def counted(items: Iterator[_Item]) -> Iterator[_Item]:
        nonlocal written
        for written, item in enumerate(items, start=1):  # noqa: B007  # it is counted for outside
            yield item

    with writing(path) as stream:
        if signed:
            stream.writelines(counted(signed_lines()))
        else:
            write_register_csv(counted(holdings()), stream)
    return written


def export_trust_txt(path: Path, slug: str, *, domain: str) -> None:
    """Write an organisation's trust.txt. Raises `OrganisationUnknown` and `FileUnwritable`."""
    queries.known_organisation(slug)
    today = timezone.localdate()
    with writing(path) as stream:
        stream.write(trusttxt_of(queries.holdings_of(slug), domain=domain, today=today))


def own_trust_txt() -> bytes:
    """The desk's own trust.txt: what the register says of whoever owns its address, if anything.

    Who owns and pays for the desk (charter rule C9) stands at its `disclosure`.
    """
    disclosure = f"{settings.SOI_BASE_URL}{reverse('public:ownership')}"
    said = write_trusttxt(TrustTxt((TrustEntry(Attribute.DISCLOSURE, disclosure),)))
    host = site_of(settings.SOI_BASE_URL)
    today = timezone.localdate()
    key = (HoldingKind.DOMAIN, host)
    owners = {
        row.organisation
        for row in queries.holdings_with_keys([key]).get(key, [])
        if standing(row, today) is Standing.OFFICIAL
    }
    if len(owners) != 1:
        return said
    return trusttxt_of(queries.holdings_of(owners.pop()), domain=host, today=today) + said
