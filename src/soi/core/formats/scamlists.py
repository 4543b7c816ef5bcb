"""Read lists of names that somebody reported as fraud.

In: plain lists, hosts files, AdBlock rules and CSV, as such lists are published. Out: a
`ScamRecord` for each name or a `Refusal`. A URL with a path stays a URL and is never cut to its
host: swindlers' pages stand on hosts that millions share. Nothing here says that a name is fraud,
only that a list says so; official names do get listed by mistake.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO

from soi.core.formats.admission import RefusedError
from soi.core.formats.codes import Code
from soi.core.formats.dates import read_date
from soi.core.formats.encoding import check_head, decode, lines
from soi.core.formats.errors import FormatError
from soi.core.formats.hosts import UnusableUrlError, public_address, web_url
from soi.core.formats.names import bank_account, email_address, host_name, phone_number
from soi.core.formats.plain import excerpt
from soi.core.formats.records import Refusal

HEAD_LENGTH = 65_536
NAMES_A_LINE = 100
"""Names on one line of a hosts file."""

CELLS_LOOKED_AT = 8
"""Cells of a CSV line in which `detect_scamlist` looks for a name."""

_COMMENT = re.compile(r"^\s*(?:!|\[Adblock).*|(?:^|\s)(?:#|//).*", re.IGNORECASE | re.DOTALL)
_HOSTS_LINE = re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|::1?)\s")
_SINKS = ("0.0.0.0", "127.", "::")  # noqa: S104  # what lists point names at
_ADBLOCK = re.compile(r"\|\|([^\s/^$|*]+)\^?(?:\$[\w~,=.|-]*)?")
_WEB = re.compile(r"h(?:tt|xx)p(s?)(?:://|\[:\]//)", re.IGNORECASE)
_DOT = re.compile(r"\[\.\]|\(\.\)|\[dot\]", re.IGNORECASE)
_HOST_PART = re.compile(r"https?://(\[[^\]]*\]|[^/:?#]*)(?::[0-9]{1,5})?([/?#].*)?")
_NUMBER = re.compile(r"[+(]?[0-9][0-9 ().\-]{5,20}")
_LOCAL = frozenset(
    {"localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost"}
    | {"ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters"}
    | {"ip6-allhosts", "0.0.0.0"}  # noqa: S104  # a line of hosts files, not an address to bind
)


class ScamKind(StrEnum):
    """What sort of name is listed."""

    HOST = "host"
    URL = "url"
    PHONE = "phone"
    BANK_ACCOUNT = "bank_account"
    EMAIL = "email"


class ScamListFormat(StrEnum):
    """How a list is written."""

    PLAIN = "plain"
    HOSTS = "hosts"
    ADBLOCK = "adblock"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class ScamRecord:
    """One listed name in the form in which names are compared, and since when it is listed."""

    kind: ScamKind
    value: str
    listed_on: dt.date | None = None
    position: int = field(default=0, compare=False)
    """The number of its line, from 0."""


_NAME_COLUMNS: Mapping[str, ScamKind] = {
    "host": ScamKind.HOST,
    "domain": ScamKind.HOST,
    "hostname": ScamKind.HOST,
    "url": ScamKind.URL,
    "phone": ScamKind.PHONE,
    "bank_account": ScamKind.BANK_ACCOUNT,
    "email": ScamKind.EMAIL,
}
_DATE_COLUMNS = frozenset({"date", "listed_on", "first_seen", "first seen"})

Listed = tuple[ScamKind | None, str, dt.date | None]
"""What a line lists: kind (None: see by its form), name as written, and day."""
Reader = Callable[[str], Sequence[Listed]]


def detect_scamlist(head: bytes) -> ScamListFormat:
    """Return how a list is written, by its first bytes (`HEAD_LENGTH` of them are enough).

    Raises `FormatError`: `empty_file`, `not_utf8`, and `unknown_format` when hardly a line of it
    could be a name.
    """
    whole = check_head(head[:HEAD_LENGTH]).rpartition(b"\n")
    text = decode(whole[0] or whole[2])
    sample = [line for raw in text.splitlines()[:500] if (line := _without_comment(raw))]
    if not sample:
        raise FormatError(Code.EMPTY_FILE, "The list holds no names.")
    shapes = [_shape(line) for line in sample]
    likeliest = max(ScamListFormat, key=shapes.count)
    if shapes.count(None) > len(shapes) / 2:
        raise FormatError(Code.UNKNOWN_FORMAT, "This is no list of names.")
    return likeliest


def _shape(line: str) -> ScamListFormat | None:
    if line.startswith(("||", "@@", "##")):
        return ScamListFormat.ADBLOCK
    if _HOSTS_LINE.match(line):
        return ScamListFormat.HOSTS
    cells = _cells(line)
    if len(cells) > 1 and (_header(cells) or any(map(_is_name, cells[:CELLS_LOOKED_AT]))):
        return ScamListFormat.CSV
    return ScamListFormat.PLAIN if _is_name(line) else None


def _is_name(text: str) -> bool:
    try:
        _name(text)
    except RefusedError:
        return False
    return True


def read_scamlist(
    stream: BinaryIO, form: ScamListFormat, *, today: dt.date | None = None
) -> Iterator[ScamRecord | Refusal]:
    """Yield a record or refusal for each name; comments, blank lines and local names are passed by.

    A position is a line's number, from 0. A CSV has a header with `host`, `url`, `phone`,
    `bank_account` or `email` and a date (`date`, `listed_on`, `first_seen`), or none and then a
    name and a date. A date that cannot be read is None. Raises `FormatError`: `not_utf8`,
    `empty_file`.
    """
    read = _reader(form, today or dt.datetime.now(dt.UTC).date())
    for position, (raw, whole) in enumerate(lines(stream)):
        if not whole:
            yield Refusal(position, Code.ROW_TOO_LONG, "The line is too long.", repr(raw[:100]))
        elif line := _without_comment(decode(raw, position)):
            yield from _records(read, line, position)


def _records(read: Reader, line: str, position: int) -> Iterator[ScamRecord | Refusal]:
    try:
        listed = read(line)
    except RefusedError as error:
        yield error.refusal(position)
        return
    for kind, text, day in listed[:NAMES_A_LINE]:
        try:
            yield ScamRecord(*_name(text, kind), day, position)
        except RefusedError as error:
            yield error.refusal(position)
    if len(listed) > NAMES_A_LINE:
        why = f"The line lists more than {NAMES_A_LINE} names."
        yield Refusal(position, Code.ROW_CELLS, why, excerpt(line))


def _reader(form: ScamListFormat, today: dt.date) -> Reader:
    return {
        ScamListFormat.PLAIN: _plain,
        ScamListFormat.HOSTS: _hosts,
        ScamListFormat.ADBLOCK: _adblock,
        ScamListFormat.CSV: _Table(today).read,
    }[form]


def _without_comment(line: str) -> str:
    return _COMMENT.sub("", line.strip()).strip()


def _plain(line: str) -> Sequence[Listed]:
    return [(None, line, None)]


def _hosts(line: str) -> Sequence[Listed]:
    if not _HOSTS_LINE.match(line):
        return _plain(line)
    address, *names = line.split()
    if not address.startswith(_SINKS):
        why = "The line gives a name an address of its own instead of blocking it."
        raise RefusedError(Code.RULE_NOT_A_NAME, why, line)
    return [(None, name, None) for name in names if name.lower() not in _LOCAL]


def _adblock(line: str) -> Sequence[Listed]:
    rule = _ADBLOCK.fullmatch(line)
    if rule is None:
        raise RefusedError(Code.RULE_NOT_A_NAME, "The rule does not name one host.", line)
    return [(ScamKind.HOST, rule[1], None)]


class _Table:
    """Reads the lines of a CSV list; the first decides whether there is a header."""

    def __init__(self, today: dt.date) -> None:
        self._today = today
        self._columns: Sequence[str] | None = None

    def read(self, line: str) -> Sequence[Listed]:
        """Return what a line lists, nothing for the header."""
        cells = _cells(line)
        if self._columns is None:
            header = _header(cells)
            self._columns = header or ("", "date")
            if header:
                return []
        row = list(zip(self._columns, cells, strict=False))
        dates = (read_date(cell, today=self._today) for name, cell in row if name in _DATE_COLUMNS)
        day = next(dates, None)
        return [
            (_NAME_COLUMNS.get(name), cell, day)
            for name, cell in row
            if cell and (name in _NAME_COLUMNS or not name)
        ]


def _cells(line: str) -> list[str]:
    delimiter = max(",;\t", key=line.count)
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return [line]


def _header(cells: Sequence[str]) -> Sequence[str]:
    """Return the columns in lower case when these cells are a header, else nothing."""
    columns = [cell.lower() for cell in cells]
    return columns if any(name in _NAME_COLUMNS for name in columns) else ()


def _name(text: str, kind: ScamKind | None = None) -> tuple[ScamKind, str]:
    """Return the kind and normal form of a listed name; without a kind, by its form."""
    match kind:
        case ScamKind.PHONE:
            return kind, phone_number(text)
        case ScamKind.BANK_ACCOUNT:
            return kind, bank_account(text)
        case ScamKind.EMAIL:
            return kind, email_address(_DOT.sub(".", text))
    name = _WEB.sub(r"http\1://", _DOT.sub(".", text.strip()))
    if not name.startswith("http") and "@" in name:
        return ScamKind.EMAIL, email_address(name)
    if _NUMBER.fullmatch(name) and public_address(name) is None:
        return ScamKind.PHONE, phone_number(name)
    return _web_name(name)


def _web_name(name: str) -> tuple[ScamKind, str]:
    """Return a URL when it has a path or query of its own, else its host."""
    url = name if _HOST_PART.match(name) else f"http://{name}"
    parts = _HOST_PART.fullmatch(url)
    if parts is None:
        raise RefusedError(Code.HOST_INVALID, "This is neither a host nor a URL.", name)
    if parts[2] in (None, "/") or public_address(parts[1]) is not None:
        return ScamKind.HOST, host_name(parts[1])
    try:
        return ScamKind.URL, web_url(url).url
    except UnusableUrlError as error:
        raise RefusedError(error.code, "This URL cannot be used.", name) from None
