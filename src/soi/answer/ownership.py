"""Say whose a name was on a day: "is this theirs, and was it then?"

In: one name as somebody writes it (a link, an account, a number, a sender, an address) and a day.
Out: each holding that had that name, with how it stood on that day and how it stands today. What is
only proposed is nobody's; what nobody registered is unknown, and unknown is never shown as safe.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.utils import timezone

from soi.answer.errors import MessageEmpty, MessageTooLong
from soi.core.formats import HoldingKind
from soi.core.formats.admission import RefusedError
from soi.core.formats.names import bank_account, email_address, handle, host_name, phone_number
from soi.core.lookalike import is_shortener, parents, registrable
from soi.core.text import Parts, Platform, clean, split
from soi.register import queries, rules
from soi.register.rules import address_key, sender_key
from soi.register.types import HoldingRow, Standing

NAME_LIMIT = 500
"""Characters of one name."""
HOSTS_LIMIT = 10
"""Hosts above one that are looked up."""

_SENDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._&-]{0,12}")
_APP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,154}")
_HOSTS = (HoldingKind.DOMAIN, HoldingKind.SUBDOMAIN)
_READERS: tuple[tuple[HoldingKind, Callable[[str], str]], ...] = (
    (HoldingKind.PHONE, phone_number),
    (HoldingKind.BANK_ACCOUNT, bank_account),
    (HoldingKind.EMAIL, email_address),
    (HoldingKind.ACCOUNT, lambda text: handle(text).lower()),
)

_Key = tuple[HoldingKind, str]


@dataclass(frozen=True, slots=True)
class Ownership:
    """A holding that has or had the name, how it stood on the day and how it stands today."""

    holding: HoldingRow
    then: Standing
    now: Standing
    is_asked_of: bool
    """Whether it belongs to the organisation that was asked about; True when none was."""


def whose(text: str, *, on: dt.date, organisation: str = "") -> list[Ownership]:
    """Whose the name was on that day, those of the organisation that is asked about first.

    Raises `MessageEmpty` for no name, `MessageTooLong` beyond `NAME_LIMIT`.
    """
    name = _readable(text)
    parts, today = split(name), timezone.localdate()
    found = [
        Ownership(
            holding=row,
            then=then,
            now=rules.standing(row, today, row.periods),
            is_asked_of=organisation in ("", row.organisation),
        )
        for row, then in queries.standings_on(set(_keys(name)), on)
        if _is_meant(row, parts)
    ]
    order = list(Standing)
    return sorted(found, key=lambda each: (not each.is_asked_of, order.index(each.then)))


def _is_meant(row: HoldingRow, parts: Parts) -> bool:
    """Whether what was written says nothing else of the platform or the bank."""
    if row.kind is HoldingKind.ACCOUNT:
        platforms = {each.platform for each in parts.handles} - {Platform.UNKNOWN}
        return not platforms or row.platform in platforms
    if row.kind is HoldingKind.BANK_ACCOUNT:
        banks = {each.bank for each in parts.bank_accounts} - {""}
        return not banks or row.bank in banks | {""}
    return True


def _readable(text: str) -> str:
    if len(text) > NAME_LIMIT:
        raise MessageTooLong(
            f"A name has at most {NAME_LIMIT} characters.", length=len(text), limit=NAME_LIMIT
        )
    name = " ".join(clean(text).split())
    if not re.search(r"\w", name):
        raise MessageEmpty("There is no name.")
    return name


def _keys(name: str) -> Iterator[_Key]:
    """Under what the name could stand in the register, as every kind that it could be."""
    parts = split(name)
    accounts = {each.span for each in parts.handles}
    for each in parts.handles:
        yield HoldingKind.ACCOUNT, each.name.lower()
    for link in parts.links:
        # A profile's address is the account; what strangers write below a shortener is nobody's.
        if link.span not in accounts and not is_shortener(link.ascii_host):
            yield from _host_keys(link.ascii_host)
    for email in parts.emails:
        yield HoldingKind.EMAIL, email.address
        yield from ((HoldingKind.EMAIL_DOMAIN, host) for host in _hosts(email.host))
        yield from _host_keys(email.host)
    for phone in parts.phones:
        yield HoldingKind.PHONE, phone.number
    for account in parts.bank_accounts:
        yield HoldingKind.BANK_ACCOUNT, account.number
    yield from _bare(name)


def _bare(name: str) -> Iterator[_Key]:
    """The whole of it as one name, which says of itself neither what it is nor where it begins."""
    for kind, read in _READERS:
        try:
            yield kind, read(name)
        except RefusedError:
            continue
    with suppress(RefusedError):
        yield from _host_keys(host_name(name))
    if _SENDER.fullmatch(name):
        yield HoldingKind.SMS_SENDER, sender_key(name)
    if _APP.fullmatch(name):
        yield HoldingKind.APP, name
    yield HoldingKind.ADDRESS, address_key(name)


def _host_keys(host: str) -> Iterator[_Key]:
    yield from ((kind, each) for each in _hosts(host) for kind in _HOSTS)


def _hosts(host: str) -> list[str]:
    """The host and what stands above it, down to what somebody registered, without `www.`."""
    above = [parent for parent in parents(host)[1:] if registrable(parent)]
    return list(dict.fromkeys([host.removeprefix("www."), host, *above[1 - HOSTS_LIMIT :]]))
