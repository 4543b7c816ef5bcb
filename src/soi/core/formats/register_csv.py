"""Read and write organisations and what is theirs, as CSV.

In: a spreadsheet with one holding a row, the organisation's name repeated on each. Out: a
`HoldingRecord` or a refusal for each row. A date that cannot be read is refused, never dropped: a
holding without its end would stay official for ever. Nothing here proves that a holding is theirs.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO

from soi.core.formats.admission import RefusedError
from soi.core.formats.codes import Code
from soi.core.formats.dates import read_any_date
from soi.core.formats.names import bank_account, email_address, handle, host_name, phone_number
from soi.core.formats.plain import plain_line
from soi.core.formats.records import Refusal
from soi.core.formats.table import iso, refuse_columns, rows, write_rows
from soi.core.text import Platform

COLUMNS = (
    "organisation", "name", "name_en", "kind", "platform", "value", "bank", "aliases",
    "valid_from", "valid_to", "compromised_from", "verified_on", "note",
    "state", "platform_id", "handed_to",
)  # fmt: skip
REQUIRED = ("organisation", "name", "kind", "value")
NAME_LIMIT = 200
NOTE_LIMIT = 1_000
ALIASES_LIMIT = 20
ALIAS_SEPARATOR = "|"
"""Between the names in `aliases`; a comma could be the spreadsheet's own."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SLUG_LIMIT = 60
_APP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,154}")
_SMS_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9 ._&-]{0,9}[A-Za-z0-9])")
"""3GPP TS 23.040, section 9.1.2.5: an alphanumeric sender has at most 11 characters."""
_PLATFORM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:=@/-]{0,199}")
_ADDRESS_LIMIT = 300
_APP_PLATFORMS = frozenset({"android", "ios", "huawei", "web"})


class HoldingKind(StrEnum):
    """What sort of thing an organisation holds."""

    DOMAIN = "domain"
    SUBDOMAIN = "subdomain"
    """A host below a domain that is somebody else's: that host and what is below it is theirs."""
    ACCOUNT = "account"
    PHONE = "phone"
    SMS_SENDER = "sms_sender"
    """The name that a phone shows as the sender of a text message."""
    EMAIL = "email"
    EMAIL_DOMAIN = "email_domain"
    """A domain that its mail comes from, whatever stands before the @."""
    BANK_ACCOUNT = "bank_account"
    APP = "app"
    ADDRESS = "address"


class HoldingState(StrEnum):
    """What people or proofs have said of a holding; the days beside it say from when."""

    PROPOSED = "proposed"
    """Somebody says that it is theirs, and nobody has confirmed it. It counts for nothing."""
    VERIFIED = "verified"
    """Confirmed, by proofs or by the desk."""
    ACTIVE = "active"
    """Confirmed, and in everyday use."""
    DORMANT = "dormant"
    """Confirmed, and not used at present: what comes from it is unusual."""
    RETIRED = "retired"
    """No longer theirs."""
    COMPROMISED = "compromised"
    """Theirs, but in other hands."""


@dataclass(frozen=True, slots=True)
class HoldingRecord:
    """One holding as a row gives it, in the form in which names are compared."""

    organisation: str
    """The organisation's short name: lower-case ASCII letters, digits and hyphens."""
    name: str
    name_en: str
    kind: HoldingKind
    platform: str
    """For accounts a `soi.core.text.Platform`, for apps the store's platform, else ""."""
    value: str
    bank: str
    """The bank's short code in lower case, for bank accounts only."""
    aliases: tuple[str, ...]
    """Other names of the organisation ("vcb")."""
    valid_from: dt.date | None
    valid_to: dt.date | None
    compromised_from: dt.date | None
    verified_on: dt.date | None
    note: str
    position: int = field(default=0, compare=False)
    state: HoldingState | None = None
    """None: as the days say."""
    platform_id: str = ""
    """What the platform itself calls the account, whatever its name becomes."""
    handed_to: str = ""
    """The short name of the organisation that has it now, once it is retired."""


def read_register_csv(stream: BinaryIO) -> Iterator[HoldingRecord | Refusal]:
    """Yield a holding or a refusal for each row.

    Raises `FormatError` (`columns`, `not_utf8`, `empty_file`) as `read_csv` does.
    """
    for found in rows(stream, _check_header):
        yield found if isinstance(found, Refusal) else _holding(*found)


def _check_header(columns: Sequence[str]) -> None:
    refuse_columns(columns, COLUMNS, [name for name in REQUIRED if name not in columns])


def _holding(position: int, row: Mapping[str, str]) -> HoldingRecord | Refusal:
    try:
        return holding_of(row, position)
    except RefusedError as error:
        return error.refusal(position)


def holding_of(row: Mapping[str, str], position: int = 0) -> HoldingRecord:
    """Return the holding that cells by column describe; what is left out is empty.

    Raises `RefusedError` for what may not be stored.
    """
    cells = {name: row.get(name, "").strip() for name in COLUMNS}
    kind = _kind(cells["kind"])
    days = _days(cells)
    state = _state(cells["state"])
    _check_state(state, days)
    return HoldingRecord(
        organisation=short_name(cells["organisation"]),
        name=full_name(cells["name"]),
        name_en=_text(cells["name_en"], NAME_LIMIT),
        kind=kind,
        platform=_platform(kind, cells["platform"]),
        value=_value(kind, cells["value"]),
        bank=_bank(kind, cells["bank"]),
        aliases=aliases_of(cells["aliases"]),
        note=_text(cells["note"], NOTE_LIMIT),
        position=position,
        state=state,
        platform_id=_platform_id(kind, cells["platform_id"]),
        handed_to=short_name(cells["handed_to"]) if cells["handed_to"] else "",
        **days,
    )


def _kind(cell: str) -> HoldingKind:
    name = cell.lower().replace(" ", "_")
    if name not in set(HoldingKind):
        known = ", ".join(HoldingKind)
        raise RefusedError(Code.KIND_UNKNOWN, f"The kind is none of {known}.", cell)
    return HoldingKind(name)


def _state(cell: str) -> HoldingState | None:
    if not cell:
        return None
    if (name := cell.lower()) not in set(HoldingState):
        known = ", ".join(HoldingState)
        raise RefusedError(Code.STATE_UNKNOWN, f"The state is none of {known}.", cell)
    return HoldingState(name)


def _check_state(state: HoldingState | None, days: Mapping[str, dt.date | None]) -> None:
    needed = {HoldingState.RETIRED: "valid_to", HoldingState.COMPROMISED: "compromised_from"}
    if state in needed and not days[needed[state]]:
        why = f"What is {state} needs a day in {needed[state]}."
        raise RefusedError(Code.STATE_WITHOUT_DAY, why, state)


def _platform_id(kind: HoldingKind, cell: str) -> str:
    if cell and kind not in (HoldingKind.ACCOUNT, HoldingKind.APP):
        raise RefusedError(Code.PLATFORM_ID_INVALID, f"A {kind} has none.", cell)
    return platform_id(cell) if cell else ""


def platform_id(cell: str) -> str:
    """Return what a platform calls an account. Raises `RefusedError` for what is none."""
    if not _PLATFORM_ID.fullmatch(cell):
        raise RefusedError(Code.PLATFORM_ID_INVALID, "This is not a platform's identifier.", cell)
    return cell


def short_name(cell: str) -> str:
    """Return an organisation's short name. Raises `RefusedError` for what is none."""
    if len(cell) > _SLUG_LIMIT or not _SLUG.fullmatch(cell):
        raise RefusedError(Code.ORGANISATION_INVALID, "This is not a short name.", cell)
    return cell


def full_name(cell: str) -> str:
    """Return an organisation's name as plain text. Raises `RefusedError` without one."""
    if not (name := _text(cell, NAME_LIMIT)):
        raise RefusedError(Code.ORGANISATION_NAME_MISSING, "The organisation has no name.", cell)
    return name


def _text(cell: str, limit: int) -> str:
    text = plain_line(cell)
    if len(text) > limit or len(cell) > 10 * limit:
        raise RefusedError(Code.TEXT_TOO_LONG, f"The text exceeds {limit} characters.", cell)
    return text


def _platform(kind: HoldingKind, cell: str) -> str:
    name = cell.lower()
    if kind not in (HoldingKind.ACCOUNT, HoldingKind.APP):
        if name:
            raise RefusedError(Code.PLATFORM_UNKNOWN, f"A {kind} has no platform.", cell)
        return ""
    known = sorted(_APP_PLATFORMS if kind is HoldingKind.APP else set(Platform) - {"unknown"})
    if not name:
        raise RefusedError(Code.PLATFORM_MISSING, f"The platform of the {kind} is missing.")
    if name not in known:
        raise RefusedError(Code.PLATFORM_UNKNOWN, f"Known are {', '.join(known)}.", cell)
    return name


def _value(kind: HoldingKind, cell: str) -> str:
    if not cell:
        raise RefusedError(Code.VALUE_MISSING, "The value is missing.")
    read = {
        HoldingKind.DOMAIN: host_name,
        HoldingKind.SUBDOMAIN: host_name,
        HoldingKind.ACCOUNT: handle,
        HoldingKind.PHONE: phone_number,
        HoldingKind.SMS_SENDER: _sms_sender,
        HoldingKind.EMAIL: email_address,
        HoldingKind.EMAIL_DOMAIN: host_name,
        HoldingKind.BANK_ACCOUNT: bank_account,
        HoldingKind.APP: _app,
        HoldingKind.ADDRESS: _address,
    }
    return read[kind](cell)


def _sms_sender(cell: str) -> str:
    if not _SMS_SENDER.fullmatch(cell):
        raise RefusedError(Code.SMS_SENDER_INVALID, "This is not a sender's name.", cell)
    return cell


def _address(cell: str) -> str:
    if not re.search(r"[^\W\d_]", address := _text(cell, _ADDRESS_LIMIT)):
        raise RefusedError(Code.ADDRESS_INVALID, "This is not an address.", cell)
    return address


def _app(cell: str) -> str:
    if not _APP.fullmatch(cell):
        raise RefusedError(Code.APP_INVALID, "This is not an app's identifier.", cell)
    return cell


def _bank(kind: HoldingKind, cell: str) -> str:
    bank = _text(cell, NAME_LIMIT).lower()
    if kind is HoldingKind.BANK_ACCOUNT and not bank:
        raise RefusedError(Code.BANK_MISSING, "The bank of the account is missing.")
    if kind is not HoldingKind.BANK_ACCOUNT and bank:
        raise RefusedError(Code.BANK_UNEXPECTED, f"A {kind} has no bank.", cell)
    return bank


def aliases_of(cell: str) -> tuple[str, ...]:
    """Return the names in a cell, each once. Raises `RefusedError` for too many or too long."""
    names = [_text(name, NAME_LIMIT) for name in cell.split(ALIAS_SEPARATOR)]
    found = tuple(dict.fromkeys(name for name in names if name))
    if len(found) > ALIASES_LIMIT:
        raise RefusedError(Code.TEXT_TOO_LONG, f"There are more than {ALIASES_LIMIT} names.", cell)
    return found


def _days(cells: Mapping[str, str]) -> dict[str, dt.date | None]:
    columns = ("valid_from", "valid_to", "compromised_from", "verified_on")
    days = {column: _day(cells[column], column) for column in columns}
    start = days["valid_from"]
    for end in (days["valid_to"], days["compromised_from"]):
        if start and end and end < start:
            raise RefusedError(Code.DATES_DISORDERED, f"{end} is before {start}.", str(end))
    return days


def _day(cell: str, column: str) -> dt.date | None:
    day = read_any_date(cell)
    if cell and day is None:
        raise RefusedError(Code.DATE_UNREADABLE, f"The date in {column} cannot be read.", cell)
    return day


def write_register_csv(holdings: Iterable[HoldingRecord], stream: BinaryIO) -> None:
    """Write the holdings, safe to open in a spreadsheet; reading gives them back."""
    write_rows(COLUMNS, map(cells_of, holdings), stream)


def cells_of(holding: HoldingRecord) -> dict[str, str]:
    """Return the cells of a holding by column; `holding_of` gives it back."""
    return {
        "organisation": holding.organisation,
        "name": holding.name,
        "name_en": holding.name_en,
        "kind": holding.kind.value,
        "platform": holding.platform,
        "value": holding.value,
        "bank": holding.bank,
        "aliases": ALIAS_SEPARATOR.join(holding.aliases),
        "valid_from": iso(holding.valid_from),
        "valid_to": iso(holding.valid_to),
        "compromised_from": iso(holding.compromised_from),
        "verified_on": iso(holding.verified_on),
        "note": holding.note,
        "state": holding.state or "",
        "platform_id": holding.platform_id,
        "handed_to": holding.handed_to,
    }
