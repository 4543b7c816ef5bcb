"""Read and write trust.txt: who an organisation belongs to, what it controls, where it speaks.

In: the bytes of a `/trust.txt` (JournalList specification of July 2024). Out: entries with the
line they stand on, what is not known kept apart, and a refusal for each line that cannot be used.
Nothing here believes an entry: the other side has to say the same, which `register` checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from soi.core.formats.admission import RefusedError, usable_url
from soi.core.formats.codes import Code
from soi.core.formats.encoding import check_head, decode
from soi.core.formats.errors import FormatError
from soi.core.formats.names import email_address, host_name, phone_number
from soi.core.formats.plain import excerpt, one_line

SIZE_LIMIT = 1_000_000
"""Bytes of a file."""
LINES_LIMIT = 20_000
VALUE_LIMIT = 2_000
"""Characters of a value."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_LINE_END = re.compile(r"\r\n|\r|\n")


class Attribute(StrEnum):
    """The attributes of the specification, in the order in which they are written."""

    MEMBER = "member"
    BELONGTO = "belongto"
    CONTROL = "control"
    CONTROLLEDBY = "controlledby"
    CUSTOMER = "customer"
    VENDOR = "vendor"
    SOCIAL = "social"
    CONTACT = "contact"
    DISCLOSURE = "disclosure"
    DATATRAININGALLOWED = "datatrainingallowed"


_WEB_ADDRESSES = frozenset({Attribute.SOCIAL, Attribute.DISCLOSURE})


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """One line: a host for a relationship, a URL for `social` and `disclosure`, "yes" or "no"."""

    attribute: str
    value: str
    line: int = 0
    """The line's number, from 1; 0 for an entry that was not read from a file."""


@dataclass(frozen=True, slots=True)
class TrustRefusal:
    """A line that was not taken, and why."""

    line: int
    code: str
    why: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class TrustTxt:
    """A whole file; `unknown` holds well-formed lines with attributes of no specification."""

    entries: tuple[TrustEntry, ...] = ()
    unknown: tuple[TrustEntry, ...] = ()
    refusals: tuple[TrustRefusal, ...] = ()

    def values(self, attribute: Attribute) -> tuple[str, ...]:
        """Return the values of one attribute in the order of the file."""
        return tuple(entry.value for entry in self.entries if entry.attribute == attribute)


def read_trusttxt(data: bytes) -> TrustTxt:
    """Return what a trust.txt says.

    Raises `FormatError`: `file_too_large` beyond `SIZE_LIMIT`, `not_utf8`. An empty file is an
    empty `TrustTxt`: it is a way to say nothing.
    """
    if len(data) > SIZE_LIMIT:
        raise FormatError(Code.FILE_TOO_LARGE, f"The file exceeds {SIZE_LIMIT} bytes.")
    text = decode(check_head(data)) if data else ""
    entries: list[TrustEntry] = []
    unknown: list[TrustEntry] = []
    refusals: list[TrustRefusal] = []
    for number, line in enumerate(_LINE_END.split(text), start=1):
        try:
            if (entry := _entry(line, number, entries)) is not None:
                (entries if entry.attribute in set(Attribute) else unknown).append(entry)
        except RefusedError as error:
            refusals.append(TrustRefusal(number, error.code, error.why, excerpt(error.value)))
            if error.code is Code.TOO_MANY_LINES:
                break
    return TrustTxt(tuple(entries), tuple(unknown), tuple(refusals))


def _entry(line: str, number: int, before: Iterable[TrustEntry]) -> TrustEntry | None:
    """Return the entry of a line, None for a blank line or a comment."""
    text = line.strip()
    if not text or text.startswith("#"):
        return None
    if number > LINES_LIMIT:
        raise RefusedError(Code.TOO_MANY_LINES, f"There are more than {LINES_LIMIT} lines.")
    name, equals, value = text.partition("=")
    name, value = name.strip().lower(), value.strip()
    if not equals or not _NAME.fullmatch(name):
        raise RefusedError(Code.ATTRIBUTE_MALFORMED, "The line is not name=value.", text)
    if not value:
        raise RefusedError(Code.VALUE_MISSING, f"{name} has no value.", text)
    if len(value) > VALUE_LIMIT:
        raise RefusedError(Code.TEXT_TOO_LONG, f"The value exceeds {VALUE_LIMIT}.", text)
    if name == Attribute.DATATRAININGALLOWED and any(name == entry.attribute for entry in before):
        raise RefusedError(Code.TRAINING_REPEATED, f"{name} stands twice.", text)
    return TrustEntry(name, _value(name, value), number)


def _value(name: str, value: str) -> str:
    if name not in set(Attribute):
        return one_line(value)
    if name in _WEB_ADDRESSES:
        return usable_url(value, "address").url
    if name == Attribute.CONTACT:
        return _contact(value)
    if name == Attribute.DATATRAININGALLOWED:
        if value.lower() not in ("yes", "no"):
            raise RefusedError(Code.TRAINING_INVALID, "Only yes or no can stand here.", value)
        return value.lower()
    return _relation(value)


def _relation(value: str) -> str:
    """Return the host of a relationship, which files give as a URL or as a bare name."""
    if "://" in value:
        return usable_url(value, "address").host
    return host_name(value.rstrip("/"))


def _contact(value: str) -> str:
    lower = value.lower()
    if lower.startswith(("http://", "https://")):
        return usable_url(value, "address").url
    if lower.startswith("tel:"):
        return f"tel:{phone_number(lower)}"
    if "@" in value:
        return f"mailto:{email_address(lower)}"
    raise RefusedError(Code.CONTACT_INVALID, "The contact cannot be followed.", value)


def write_trusttxt(trust: TrustTxt) -> bytes:
    """Return the file of the entries, grouped by attribute, and of the unknown lines after them.

    Relationships are written as `https://host/`; reading gives the same attributes and values.
    """
    lines = [
        f"{entry.attribute}={_written(entry)}"
        for attribute in Attribute
        for entry in trust.entries
        if entry.attribute == attribute
    ]
    lines += [f"{entry.attribute}={entry.value}" for entry in trust.unknown]
    return "".join(f"{line}\n" for line in lines).encode()


def _written(entry: TrustEntry) -> str:
    is_host = entry.attribute in tuple(Attribute)[:6]
    return f"https://{entry.value}/" if is_host else entry.value
