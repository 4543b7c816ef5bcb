"""Read an organisation's trust.txt as declarations of holdings.

The file says what its domain controls and which accounts it calls its own. It is a declaration, not
a proof: whether the other side says so too is for a later proof to find out.
"""

from __future__ import annotations

from collections.abc import Iterator

from soi.core.formats import (
    Attribute,
    HoldingKind,
    HoldingRecord,
    Refusal,
    TrustTxt,
    read_trusttxt,
)
from soi.core.text import split


def holdings_of_trusttxt(
    data: bytes, *, organisation: str, name: str, domain: str
) -> list[HoldingRecord | Refusal]:
    """The domain itself, the domains it controls, its accounts and its e-mail contacts.

    Raises `FormatError` when the file can't be read at all.
    """
    read = read_trusttxt(data)
    refused = [Refusal(r.line, r.code, r.why, r.excerpt) for r in read.refusals]
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
    return [*declared, *refused]


def _declared(read: TrustTxt, domain: str) -> Iterator[tuple[HoldingKind, str, str]]:
    """Kind, platform and value of each holding that the file declares."""
    yield HoldingKind.DOMAIN, "", domain.strip().lower().removeprefix("www.")
    for host in read.values(Attribute.CONTROL):
        yield HoldingKind.DOMAIN, "", host
    for address in read.values(Attribute.SOCIAL):
        for handle in split(address).handles:
            yield HoldingKind.ACCOUNT, handle.platform.value, handle.name
    for contact in read.values(Attribute.CONTACT):
        for email in split(contact).emails:
            yield HoldingKind.EMAIL, "", email.address
