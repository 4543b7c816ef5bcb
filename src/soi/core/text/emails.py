"""Find e-mail addresses, also defanged ones ("ten [at] vidu.example").

In: a `Reading`. Out: `Email`s in order. An address counts when its host stands under a public or
reserved ending. Nothing here asks whether a mailbox exists.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from soi.core.text.links import DOT, LABEL, ascii_name, has_public_suffix, host_name
from soi.core.text.parts import Email
from soi.core.text.reading import Reading, overlaps

_AT = r"(?:@| ?[\[({](?:at|@|a cong)[\])}] ?)"
_ADDRESS = re.compile(
    rf"(?<![\w.+%@-])(?P<local>[\w.+%-]{{1,64}}){_AT}(?P<host>{LABEL}(?:{DOT}{LABEL}){{1,20}})",
    re.IGNORECASE,
)


class FoundEmail(NamedTuple):
    """An address with its place in the reading."""

    start: int
    end: int
    email: Email


def find_emails(reading: Reading, taken: list[tuple[int, int]]) -> list[FoundEmail]:
    """Return the e-mail addresses of `reading` outside the ranges `taken`, in order.

    What stands before the @ inside a link is no address: `taken` holds those links.
    """
    return [
        item
        for match in _ADDRESS.finditer(reading.plain)
        if not overlaps(*match.span(), taken) and (item := _email(reading, match))
    ]


def _email(reading: Reading, match: re.Match[str]) -> FoundEmail | None:
    host = host_name(match["host"])
    ascii_host = ascii_name(host)
    if not host or not ascii_host or not has_public_suffix(ascii_host):
        return None
    local = match["local"].strip(".").lower()
    if not local:
        return None
    span, text = reading.place(match.start(), match.end())
    return FoundEmail(*match.span(), Email(span, text, f"{local}@{host}", host))
