"""What is known of a message's links, handles, addresses, numbers and bank accounts.

The order is fixed: official first (real names do get listed as scams by mistake), known scam
second, lookalike third, unknown last, and unknown is never shown as safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from django.utils import timezone

from soi.answer.types import HoldingCard, Name, NameFinding, NameState, NoteCode, ScamCard
from soi.core.formats import HoldingKind, ScamKind
from soi.core.lookalike import (
    Lookalike,
    NameKind,
    Register,
    compile_register,
    is_shared_host,
    is_shortener,
    judge,
    parents,
    registrable,
)
from soi.core.text import BankAccount, Email, Handle, Link, Parts, Phone, Platform
from soi.register import queries as register
from soi.register.queries import HoldingRow
from soi.watch.queries import ScamRow, scams_with_keys

AnyName = TypeVar("AnyName", Link, Email, Handle, Phone, BankAccount)


def findings(parts: Parts) -> list[NameFinding]:
    """One finding for each distinct name.

    A profile's address is judged as the account that it is: the platform's own host says nothing.
    """
    profiles = {handle.span for handle in parts.handles}
    links = [link for link in parts.links if link.span not in profiles]
    return [
        *(_link(link) for link in _distinct(links)),
        *(_email(email) for email in _distinct(parts.emails)),
        *(_handle(handle) for handle in _distinct(parts.handles)),
        *(_phone(phone) for phone in _distinct(parts.phones)),
        *(_bank_account(account) for account in _distinct(parts.bank_accounts)),
    ]


def _distinct(names: Iterable[AnyName]) -> list[AnyName]:
    """Each name once, where it stands first."""
    return list({_identity(name): name for name in reversed(list(names))}.values())[::-1]


def _identity(name: Name) -> tuple[str, ...]:
    match name:
        case Link():
            return (name.url,)
        case Email():
            return (name.address,)
        case Handle():
            return (name.platform, name.name)
        case Phone():
            return (name.number,)
        case BankAccount():
            return (name.bank, name.number)


def _link(link: Link) -> NameFinding:
    host = link.ascii_host
    hosts = [parent for parent in parents(host) if registrable(parent)] or [host]
    shared = is_shared_host(host)
    holdings = register.holdings_with_keys(HoldingKind.DOMAIN, hosts)
    scams = [
        *scams_with_keys(ScamKind.URL, [link.url]),
        # Where strangers share a host, one listed customer says nothing of the others.
        *scams_with_keys(ScamKind.HOST, [host] if shared else hosts),
    ]
    notes = [NoteCode.SHARED_HOST] if shared or is_shortener(host) else []
    if hides_its_host(link):
        notes.append(NoteCode.LOOKS_DIFFERENT)
    if is_shortener(host):
        # Whoever owns the platform, strangers write below it: a link there is nobody's own word.
        return _judged(link, [], scams, None, notes, unknown=NameState.HIDDEN_TARGET)
    lookalike = judge(link.host, NameKind.HOST, compiled()) if not holdings and not scams else None
    return _judged(link, holdings, scams, lookalike, notes)


def _email(email: Email) -> NameFinding:
    hosts = [parent for parent in parents(email.host) if registrable(parent)] or [email.host]
    shared = is_shared_host(email.host)
    holdings = [
        *register.holdings_with_keys(HoldingKind.EMAIL, [email.address]),
        *register.holdings_with_keys(HoldingKind.DOMAIN, hosts),
    ]
    scams = [
        *scams_with_keys(ScamKind.EMAIL, [email.address]),
        *scams_with_keys(ScamKind.HOST, [email.host] if shared else hosts),
    ]
    lookalike = (
        judge(email.address, NameKind.EMAIL, compiled()) if not holdings and not scams else None
    )
    return _judged(email, holdings, scams, lookalike, [NoteCode.SENDER_SPOOFABLE])


def _handle(handle: Handle) -> NameFinding:
    platform = "" if handle.platform is Platform.UNKNOWN else handle.platform.value
    holdings = register.holdings_with_keys(
        HoldingKind.ACCOUNT, [handle.name.lower()], platform=platform
    )
    scams = scams_with_keys(ScamKind.URL, [handle.text])
    lookalike = (
        judge(handle.name, NameKind.HANDLE, compiled()) if not holdings and not scams else None
    )
    return _judged(handle, holdings, scams, lookalike, [])


def _phone(phone: Phone) -> NameFinding:
    holdings = register.holdings_with_keys(HoldingKind.PHONE, [phone.number])
    scams = scams_with_keys(ScamKind.PHONE, [phone.number])
    return _judged(phone, holdings, scams, None, [NoteCode.CALLER_ID_SPOOFABLE])


def _bank_account(account: BankAccount) -> NameFinding:
    holdings = register.holdings_with_keys(
        HoldingKind.BANK_ACCOUNT, [account.number], bank=account.bank
    )
    scams = scams_with_keys(ScamKind.BANK_ACCOUNT, [account.number])
    return _judged(account, holdings, scams, None, [])


def _judged(
    name: Name,
    holdings: Sequence[HoldingRow],
    scams: Sequence[ScamRow],
    lookalike: Lookalike | None,
    notes: Sequence[NoteCode],
    *,
    unknown: NameState = NameState.UNKNOWN,
) -> NameFinding:
    """Put what the look-ups found in the fixed order."""
    cards = tuple(_scam_card(scam) for scam in scams)
    if holdings:
        holding, state = _standing(holdings)
        conflict = [NoteCode.LISTED_BUT_OFFICIAL] if scams and state is NameState.OFFICIAL else []
        return NameFinding(name, state, _holding_card(holding), cards, None, (*notes, *conflict))
    if scams:
        return NameFinding(name, NameState.KNOWN_SCAM, None, cards, None, tuple(notes))
    if lookalike:
        imitated = register.main_holding(lookalike.brand)
        card = _holding_card(imitated) if imitated else None
        return NameFinding(name, NameState.LOOKALIKE, card, (), lookalike, tuple(notes))
    return NameFinding(name, unknown, None, (), None, (*notes, NoteCode.UNKNOWN_IS_NOT_SAFE))


def _standing(holdings: Sequence[HoldingRow]) -> tuple[HoldingRow, NameState]:
    """The holding that counts today and what it is: one in force goes before one that ended."""
    today = timezone.localdate()

    def state(holding: HoldingRow) -> NameState:
        if holding.compromised_from and holding.compromised_from <= today:
            return NameState.COMPROMISED
        begun = holding.valid_from is None or holding.valid_from <= today
        if begun and (holding.valid_to is None or holding.valid_to >= today):
            return NameState.OFFICIAL
        return NameState.OFFICIAL_UNTIL

    order = (NameState.COMPROMISED, NameState.OFFICIAL, NameState.OFFICIAL_UNTIL)
    best = min(holdings, key=lambda holding: order.index(state(holding)))
    return best, state(best)


def hides_its_host(link: Link) -> bool:
    """True if a hurried reader would take the link for another host: a user part, other letters."""
    authority = link.url.partition("://")[2].partition("/")[0]
    return "@" in authority or link.host != link.ascii_host


def compiled() -> Register:
    """The register as the lookalike judge wants it, compiled again only when it has changed."""
    return _compiled(register.version())


@lru_cache(maxsize=1)
def _compiled(version: str) -> Register:
    return compile_register(register.brands())


def _holding_card(holding: HoldingRow) -> HoldingCard:
    return HoldingCard(
        organisation_ref=holding.organisation,
        organisation_name=holding.organisation_name,
        organisation_name_en=holding.organisation_name_en,
        kind=holding.kind,
        platform=holding.platform,
        value=holding.value,
        valid_from=holding.valid_from,
        valid_to=holding.valid_to,
        compromised_from=holding.compromised_from,
        verified_on=holding.verified_on,
        is_demo=holding.is_demo,
    )


def _scam_card(scam: ScamRow) -> ScamCard:
    return ScamCard(
        list_name=scam.list_name,
        list_url=scam.list_url,
        licence=scam.licence,
        value=scam.key,
        listed_on=scam.listed_on,
        fetched_on=scam.fetched_on,
        is_demo=scam.is_demo,
    )
