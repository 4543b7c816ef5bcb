"""What is known of a message's links, handles, addresses, numbers and bank accounts.

In: the parts of a message. Out: one finding for each distinct name. The order is fixed: official
first (real names do get listed as scams by mistake), known scam second, lookalike third, unknown
last, and unknown is never shown as safe. What people at the desk decided on a name goes before what
the machine makes of it. All names of a message are looked up together: a message
with a hundred links asks the database no more often than a message with one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from soi.answer.types import (
    HoldingCard,
    Name,
    NamedCard,
    NameFinding,
    NameState,
    NoteCode,
    NoticeCard,
    ScamCard,
)
from soi.core.formats import HoldingKind, HoldingState, ScamKind
from soi.core.formats.hosts import UnusableUrlError, web_url
from soi.core.lookalike import (
    Lookalike,
    NameKind,
    is_shared_host,
    is_shortener,
    judge,
    near_numbers,
    parents,
    registrable,
    score,
)
from soi.core.text import BankAccount, Email, Handle, Link, Parts, Phone, Platform
from soi.incidents.queries import notices_about
from soi.incidents.types import NoticeRow
from soi.register import queries as register
from soi.register.rules import standing
from soi.register.types import HoldingRow, Standing
from soi.watch.queries import (
    OWN_LICENCE,
    ScamRow,
    decided_with_keys,
    desk_name,
    scams_with_keys,
)
from soi.watch.rules import without_www
from soi.watch.types import DecidedRow, State

HOSTS_A_NAME = 10
"""So many hosts are looked up for one name: itself and the nearest to what somebody registered.
A link with a hundred labels must not become a hundred keys."""
_NEAR_A_MESSAGE = 20
"""So many unknown numbers of one message are held against numbers that differ in one digit."""

_AUTHORITY_END = re.compile(r"[/?#\\]")


@dataclass(frozen=True, slots=True)
class _Inquiry:
    """A name, what it is looked up by, what it is judged as, and what its kind has to be told."""

    name: Name
    holding_keys: tuple[tuple[HoldingKind, str], ...]
    scam_keys: tuple[tuple[ScamKind, str], ...]
    decided_keys: tuple[tuple[NameKind, str], ...] = ()
    """Under which keys the desk may have decided on it, the name itself first."""
    judged: tuple[str, NameKind] | None = None
    notes: tuple[NoteCode, ...] = ()
    unknown: NameState = NameState.UNKNOWN


def findings(parts: Parts) -> list[NameFinding]:
    """One finding for each distinct name.

    A profile's address is judged as the account that it is: the platform's own host says nothing.
    """
    inquiries = list({_identity(each.name): each for each in reversed(_inquiries(parts))}.values())
    if not inquiries:
        return []
    owned = register.holdings_with_keys({key for each in inquiries for key in each.holding_keys})
    listed = scams_with_keys({key for each in inquiries for key in each.scam_keys})
    decided = decided_with_keys({key for each in inquiries for key in each.decided_keys})
    near = _near_holdings(inquiries, owned)
    version = register.version()
    taken = {row.id for rows in owned.values() for row in rows if row.compromised_from}
    notices = notices_about(taken)
    return [
        _finding(
            each,
            [row for key in each.holding_keys for row in owned.get(key, []) if _is(each.name, row)],
            near.get(_identity(each.name), []),
            [row for key in each.scam_keys for row in listed.get(key, [])],
            [
                row
                for key in each.decided_keys
                for row in decided.get(key, [])
                if _may_be(each.name, row)
            ],
            notices,
            version,
        )
        for each in reversed(inquiries)
    ]


def _near_holdings(
    inquiries: Sequence[_Inquiry], owned: Mapping[register.KnownAs, Sequence[HoldingRow]]
) -> dict[tuple[str, ...], list[HoldingRow]]:
    """For numbers that nobody owns, the holdings whose number differs by one digit; one query."""
    asked = {
        _identity(each.name): (kind, near_numbers(number))
        for each in inquiries
        if isinstance(each.name, Phone | BankAccount) and not owned.get(each.holding_keys[0])
        for kind, number in each.holding_keys
    }
    few = dict(list(asked.items())[:_NEAR_A_MESSAGE])
    keys = {(kind, number) for kind, numbers in few.values() for number in numbers}
    if not keys:
        return {}
    found = register.holdings_with_keys(keys)
    return {
        identity: [row for number in sorted(numbers) for row in found.get((kind, number), [])]
        for identity, (kind, numbers) in few.items()
    }


def _inquiries(parts: Parts) -> list[_Inquiry]:
    profiles = {link.span: link for link in parts.links}
    accounts = {handle.span for handle in parts.handles}
    return [
        *(_link(link) for link in parts.links if link.span not in accounts),
        *(_email(email) for email in parts.emails),
        *(_handle(handle, profiles.get(handle.span)) for handle in parts.handles),
        *(_phone(phone) for phone in parts.phones),
        *(_bank_account(account) for account in parts.bank_accounts),
    ]


def _identity(name: Name) -> tuple[str, ...]:
    """What makes two mentions the same name: each is shown once, where it stands first."""
    match name:
        case Link():
            return ("link", name.url)
        case Email():
            return ("email", name.address)
        case Handle():
            return ("handle", name.platform, name.name)
        case Phone():
            return ("phone", name.number)
        case BankAccount():
            return ("bank_account", name.bank, name.number)


def _link(link: Link) -> _Inquiry:
    host = link.ascii_host
    hosts = _hosts(host)
    shared, hidden = is_shared_host(host), is_shortener(host)
    notes = [NoteCode.SHARED_HOST] if shared or hidden else []
    if hides_its_host(link):
        notes.append(NoteCode.LOOKS_DIFFERENT)
    # What stands before the host as a user's name is what a hurried reader takes for the host.
    user = _user_part(link)
    shown = f"{user}@{link.host}" if user else link.host
    return _Inquiry(
        link,
        # Whoever owns a shortener, strangers write below it: a link there is nobody's own word.
        holding_keys=() if hidden else tuple(_owned_hosts(hosts)),
        scam_keys=(*_url_keys(link), *_host_keys(host, hosts, shared=shared)),
        decided_keys=_decided_keys(host, hosts, shared=shared),
        judged=None if hidden else (shown, NameKind.HOST),
        notes=tuple(notes),
        unknown=NameState.HIDDEN_TARGET if hidden else NameState.UNKNOWN,
    )


def _email(email: Email) -> _Inquiry:
    hosts = _hosts(email.host)
    shared = is_shared_host(email.host)
    return _Inquiry(
        email,
        holding_keys=(
            (HoldingKind.EMAIL, email.address),
            *_owned_hosts(hosts),
            *((HoldingKind.EMAIL_DOMAIN, host) for host in hosts),
        ),
        scam_keys=(
            (ScamKind.EMAIL, email.address),
            *_host_keys(email.host, hosts, shared=shared),
        ),
        decided_keys=(
            (NameKind.EMAIL, email.address.lower()),
            *_decided_keys(email.host, hosts, shared=shared),
        ),
        judged=(email.address, NameKind.EMAIL),
        notes=(NoteCode.SENDER_SPOOFABLE,),
    )


def _handle(handle: Handle, profile: Link | None) -> _Inquiry:
    # The same name on another platform may be anybody's, and this message does not say which.
    notes = (NoteCode.PLATFORM_NOT_SAID,) if handle.platform is Platform.UNKNOWN else ()
    return _Inquiry(
        handle,
        holding_keys=((HoldingKind.ACCOUNT, handle.name.lower()),),
        scam_keys=tuple(_url_keys(profile)) if profile else (),
        decided_keys=((NameKind.HANDLE, handle.name.lower()),),
        judged=(handle.name, NameKind.HANDLE),
        notes=notes,
    )


def _phone(phone: Phone) -> _Inquiry:
    return _Inquiry(
        phone,
        holding_keys=((HoldingKind.PHONE, phone.number),),
        scam_keys=((ScamKind.PHONE, phone.number),),
        notes=(NoteCode.CALLER_ID_SPOOFABLE,),
    )


def _bank_account(account: BankAccount) -> _Inquiry:
    return _Inquiry(
        account,
        holding_keys=((HoldingKind.BANK_ACCOUNT, account.number),),
        scam_keys=((ScamKind.BANK_ACCOUNT, account.number),),
    )


def _hosts(host: str) -> list[str]:
    """The host and what stands above it, down to what somebody registered."""
    above = [parent for parent in parents(host)[1:] if registrable(parent)]
    return [host, *above[1 - HOSTS_A_NAME :]]


def _owned_hosts(hosts: Sequence[str]) -> Iterator[tuple[HoldingKind, str]]:
    for host in hosts:
        yield HoldingKind.DOMAIN, host
        yield HoldingKind.SUBDOMAIN, host


def _host_keys(host: str, hosts: Sequence[str], *, shared: bool) -> Iterator[tuple[ScamKind, str]]:
    # Where strangers share a host, one listed customer says nothing of the others.
    yield from ((ScamKind.HOST, each) for each in ([host] if shared else hosts))


def _decided_keys(
    host: str, hosts: Sequence[str], *, shared: bool
) -> tuple[tuple[NameKind, str], ...]:
    own = without_www(host)
    above = () if shared else hosts
    return tuple((NameKind.HOST, each) for each in dict.fromkeys([own, *above]))


def _url_keys(link: Link) -> Iterator[tuple[ScamKind, str]]:
    """The spellings of one address: lists and messages leave out scheme, `www.` or a last slash."""
    try:
        address = web_url(link.url).url.partition("://")[2]
    except UnusableUrlError:
        return
    bare = address.removeprefix("www.").rstrip("/")
    for scheme in ("https", "http"):
        for prefix in ("", "www."):
            yield from ((ScamKind.URL, f"{scheme}://{prefix}{bare}{end}") for end in ("", "/"))


def _is(name: Name, holding: HoldingRow) -> bool:
    """Whether a holding with the name's key is that very name, as far as the message says."""
    match name:
        case Handle():
            return name.platform in (Platform.UNKNOWN, holding.platform)
        case BankAccount():
            return not name.bank or holding.bank in (name.bank, "")
    return True


def _may_be(name: Name, decided: DecidedRow) -> bool:
    """Whether a name with the key of a decision is what was decided on, as far as anybody says."""
    if not isinstance(name, Handle) or decided.kind is not NameKind.HANDLE:
        return True
    return name.platform is Platform.UNKNOWN or decided.platform in ("", name.platform)


def _finding(
    inquiry: _Inquiry,
    holdings: Sequence[HoldingRow],
    near: Sequence[HoldingRow],
    scams: Sequence[ScamRow],
    decided: Sequence[DecidedRow],
    notices: Mapping[int, NoticeRow],
    version: str,
) -> NameFinding:
    """Put what the look-ups found in the fixed order."""
    name, notes = inquiry.name, inquiry.notes
    cards = tuple(_scam_card(scam) for scam in scams)
    # The lists know no accounts; the desk does.
    called_scam = [row for row in decided if row.state is State.SCAM]
    cards += tuple(_desk_card(row) for row in called_scam if row.kind is NameKind.HANDLE)
    if holdings:
        holding, state = _standing(holdings)
        if state is NameState.OFFICIAL:
            if cards:
                notes = (*notes, NoteCode.LISTED_BUT_OFFICIAL)
            if holding.state is HoldingState.DORMANT:
                notes = (*notes, NoteCode.DORMANT)
        elif cards and state is NameState.OFFICIAL_UNTIL:
            # What an organisation gave up may be in other hands: here the list is believed.
            state = NameState.KNOWN_SCAM
        said = notices.get(holding.id) if state is NameState.COMPROMISED else None
        notice = _notice_card(said) if said else None
        return NameFinding(name, state, _holding_card(holding), cards, None, notes, notice)
    if cards:
        return NameFinding(name, NameState.KNOWN_SCAM, None, cards, None, notes)
    if real_one := _real_number(name, near):
        notes = (*notes, NoteCode.ONE_DIGIT_OFF)
        return NameFinding(name, NameState.LOOKALIKE, _holding_card(real_one), (), None, notes)
    if imitation := _imitation(inquiry, decided, version):
        lookalike, brand, notes = imitation
        real = _real_ones(version, timezone.localdate()).get(brand)
        card = _holding_card(real) if real else None
        return NameFinding(name, NameState.LOOKALIKE, card, (), lookalike, notes)
    notes = (*notes, NoteCode.UNKNOWN_IS_NOT_SAFE)
    return NameFinding(name, inquiry.unknown, None, (), None, notes)


_STATES = {
    Standing.COMPROMISED: NameState.COMPROMISED,
    Standing.OFFICIAL: NameState.OFFICIAL,
    Standing.ENDED: NameState.OFFICIAL_UNTIL,
    Standing.DOUBTED: NameState.OFFICIAL_UNTIL,
    Standing.COMING: NameState.OFFICIAL_UNTIL,
}
"""The gravest first. What is only proposed is not looked up at all."""


def _imitation(
    inquiry: _Inquiry, decided: Sequence[DecidedRow], version: str
) -> tuple[Lookalike | None, str, tuple[NoteCode, ...]] | None:
    """Whom the name imitates, and who says so: the desk if it has decided, else the machine."""
    own = [row for row in decided if (row.kind, row.key) == inquiry.decided_keys[0]]
    if any(row.state is State.DISMISSED for row in own):
        return None
    confirmed = next((row for row in decided if row.state is State.LOOKALIKE), None)
    if confirmed is None:
        found = judge(*inquiry.judged, register.compiled(version)) if inquiry.judged else None
        return (found, found.brand, inquiry.notes) if found else None
    scored = score(*inquiry.judged, register.compiled(version)) if inquiry.judged else None
    # What the machine sees is told only where it sees the same as the desk.
    agrees = scored is not None and scored.lookalike.brand == confirmed.organisation
    lookalike = scored.lookalike if scored and agrees else None
    return lookalike, confirmed.organisation, (*inquiry.notes, NoteCode.DESK_CONFIRMED)


def _real_number(name: Name, near: Sequence[HoldingRow]) -> HoldingRow | None:
    """The number in use that this one could be taken for; what was given up is nobody's face."""
    rows = [row for row in near if _is(name, row)]
    return next((r for r in rows if _standing([r])[1] is NameState.OFFICIAL), None)


def _standing(holdings: Sequence[HoldingRow]) -> tuple[HoldingRow, NameState]:
    """The holding that counts today and what it is: one in force goes before one that ended."""
    today, order = timezone.localdate(), list(_STATES)
    best = min(holdings, key=lambda each: order.index(standing(each, today)))
    stands = standing(best, today)
    if stands is Standing.DOUBTED:
        # Since then somebody else was seen under the name.
        best = replace(best, valid_to=best.doubted_from)
    return best, _STATES[stands]


def hides_its_host(link: Link) -> bool:
    """True if a hurried reader would take the link for another host: a user part, other letters."""
    return bool(_user_part(link)) or link.host != link.ascii_host


def _user_part(link: Link) -> str:
    """What stands before the host as a user's name, refanged; "" for nothing."""
    written = link.text.partition("//")[2] or link.text
    user = _AUTHORITY_END.split(written, maxsplit=1)[0].rpartition("@")[0]
    return user.replace("[.]", ".").replace("(.)", ".")


@lru_cache(maxsize=1)
def _real_ones(version: str, today: dt.date) -> Mapping[str, HoldingRow]:
    """By organisation, where to send somebody who was about to fall for a lookalike."""
    return register.main_holdings(on=today)


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


def _notice_card(notice: NoticeRow) -> NoticeCard | None:
    if notice.since is None or notice.published_at is None:
        return None
    return NoticeCard(
        id=notice.id,
        since=notice.since,
        published_at=notice.published_at,
        trusted=tuple(NamedCard(each.kind, each.platform, each.value) for each in notice.trusted),
        words=notice.words,
        words_en=notice.words_en,
    )


def _desk_card(decided: DecidedRow) -> ScamCard:
    return ScamCard(
        list_name=desk_name(),
        list_url=settings.SOI_BASE_URL,
        licence=OWN_LICENCE,
        value=decided.key,
        listed_on=decided.since,
        fetched_on=decided.since,
        is_demo=decided.is_demo,
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
