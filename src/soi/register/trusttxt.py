"""Read an organisation's trust.txt as declarations of holdings, and write one of its holdings.

The file says what its domain controls and which accounts it calls its own. It is a declaration, not
a proof: whether the other side says so too is for `proofs` to find out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from soi.core.formats import (
    Attribute,
    Code,
    FormatError,
    HoldingKind,
    HoldingRecord,
    Refusal,
    TrustEntry,
    TrustTxt,
    read_trusttxt,
    write_trusttxt,
)
from soi.core.formats.admission import RefusedError
from soi.core.formats.names import host_name
from soi.core.formats.register_csv import full_name, short_name
from soi.core.text import split
from soi.register.proofs.running import profile_url
from soi.register.rules import standing
from soi.register.types import HoldingRow, Standing


def holdings_of_trusttxt(
    data: bytes, *, organisation: str, name: str, domain: str
) -> list[HoldingRecord | Refusal]:
    """The domain itself, the domains it controls, its accounts, addresses and phone numbers.

    An account's address that names no account is a refusal. Raises `FormatError` when the file
    can't be read at all, or when the short name, the name or the domain could be nobody's.
    """
    read = read_trusttxt(data)
    refused = [Refusal(r.line, r.code, r.why, r.excerpt) for r in read.refusals]
    try:
        organisation, name, domain = short_name(organisation), full_name(name), host_name(domain)
    except RefusedError as error:
        raise FormatError(error.code, f"{error.why} {error.refusal(0).excerpt}") from error
    declared = [
        HoldingRecord(
            organisation=organisation,
            name=name,
            name_en="",
            kind=kind,
            platform=platform,
            value=value,
            bank="",
            aliases=(),
            valid_from=None,
            valid_to=None,
            compromised_from=None,
            verified_on=None,
            note="trust.txt",
        )
        for kind, platform, value in _declared(read, domain)
    ]
    return [*declared, *refused, *_without_account(read)]


def _declared(read: TrustTxt, domain: str) -> Iterator[tuple[HoldingKind, str, str]]:
    """Kind, platform and value of each holding that the file declares."""
    yield HoldingKind.DOMAIN, "", domain
    for host in read.values(Attribute.CONTROL):
        yield HoldingKind.DOMAIN, "", host
    for address in read.values(Attribute.SOCIAL):
        for handle in split(address).handles:
            yield HoldingKind.ACCOUNT, handle.platform.value, handle.name
    for contact in read.values(Attribute.CONTACT):
        if contact.startswith("tel:"):
            yield HoldingKind.PHONE, "", contact.removeprefix("tel:")
        for email in split(contact).emails:
            yield HoldingKind.EMAIL, "", email.address


def _without_account(read: TrustTxt) -> Iterator[Refusal]:
    for entry in read.entries:
        if entry.attribute == Attribute.SOCIAL and not split(entry.value).handles:
            why = "The address names no account of a known platform."
            yield Refusal(entry.line, Code.PLATFORM_UNKNOWN, why, entry.value[:200])


def trusttxt_of(holdings: Iterable[HoldingRow], *, domain: str, today: dt.date) -> bytes:
    """The trust.txt that an organisation can publish on `domain`: what is official on that day.

    Numbers, addresses and accounts of platforms without public profiles are left out.
    """
    entries: list[TrustEntry] = []
    for row in holdings:
        if standing(row, today) is not Standing.OFFICIAL:
            continue
        if row.kind is HoldingKind.DOMAIN and row.key != domain:
            entries.append(TrustEntry(Attribute.CONTROL, row.key))
        elif row.kind is HoldingKind.ACCOUNT and (url := profile_url(row.platform, row.value)):
            entries.append(TrustEntry(Attribute.SOCIAL, url))
        elif row.kind is HoldingKind.PHONE:
            entries.append(TrustEntry(Attribute.CONTACT, f"tel:{row.key}"))
        elif row.kind is HoldingKind.EMAIL:
            entries.append(TrustEntry(Attribute.CONTACT, f"mailto:{row.key}"))
    return write_trusttxt(TrustTxt(tuple(entries)))
