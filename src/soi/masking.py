"""Mask what belongs to private people before a text is stored or published (charter rule C4).

In: the readable text of a message, an objection or a check. Out: the same text with phone numbers,
mailboxes and bank accounts masked, unless an organisation has registered them or a list of known
scams names them: those are nobody's private matter, and the desk needs them. Hotlines and short
codes stay.

`core.text` finds what a reader would call, and passes over what may be an order number. Here the
doubt falls the other way: long runs of digits that it did not read are masked as well, also inside
links, where numbers and mailboxes stand in paths and queries. People's names are not masked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from soi.core.formats import HoldingKind, ScamKind
from soi.core.text import Limits, Parts, PhoneKind, Span, split
from soi.core.text.reading import overlaps
from soi.register.queries import holdings_with_keys
from soi.watch.queries import scams_with_keys

MASK = "•••"
"""Stands for what was masked, in every language."""

LOOKED_UP = 100
"""Numbers and mailboxes of one message that are looked up; what is beyond is masked unasked."""

_EVERYTHING = Limits(
    statements=50_000,
    links=50_000,
    emails=50_000,
    handles=50_000,
    phones=50_000,
    bank_accounts=50_000,
)
_GAP = r"(?:[,_]|[ .\-()·‐-―]{0,2})"
_CALLABLE = re.compile(
    r"(?<!\d)(?<!\d[.,])"
    rf"(?:\+\d(?:{_GAP}\d){{8,14}}|0 ?\d(?:{_GAP}\d){{7,13}}|84(?:{_GAP}\d){{9}})(?!\d)"
)
"""What could be dialled: the numbers of Vietnam have 9 or 10 digits behind 0 or +84. Behind digits
and a dot stands money."""
_LONG = re.compile(r"(?<!\d)(?<!\d[.,])\d{9,}(?!\d)")
"""Bank accounts, identity cards. A claim's own numbers are written with separators or in words."""
_MAILBOX = re.compile(r"[\w.+%-]{1,64}?(?=(?:@|%40)[\w-]+(?:\.|%2e))", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d(?!\d)")
_PATH = re.compile(r"(?<![/:])[/?#]")


@dataclass(frozen=True, slots=True)
class _Private:
    """A stretch that may be somebody's own, what it is looked up by, and what would stand there."""

    span: Span
    holdings: tuple[tuple[HoldingKind, str], ...]
    scams: tuple[tuple[ScamKind, str], ...]
    mask: str = MASK


def masked(text: str) -> str:
    """`text` without the numbers and mailboxes of private people; masking twice changes nothing.

    At most two queries, none when there is nothing to mask.
    """
    pieces: list[str] = []
    done = 0
    for each in _private(text):
        pieces += [text[done : each.span.start], each.mask]
        done = each.span.end
    return "".join([*pieces, text[done:]])


def private_stretches(text: str) -> list[str]:
    """What `masked` would mask, each once, in the order of the text: for whoever has to."""
    found = (text[each.span.start : each.span.end] for each in _private(text))
    return list(dict.fromkeys(found))


def _private(text: str) -> Iterator[_Private]:
    """The stretches that are nobody's registered or listed ones, in order, none inside another."""
    found = sorted(_found(text), key=lambda each: (each.span.start, -each.span.end))
    public = _public(found[:LOOKED_UP])
    done = 0
    for each in found:
        if each.span.start < done:
            continue
        done = each.span.end
        keys = (*each.holdings, *each.scams)
        if not any((kind.value, key) in public for kind, key in keys):
            yield each


def _public(found: Sequence[_Private]) -> frozenset[tuple[str, str]]:
    """Of what may be private, the keys that somebody has registered or listed."""
    if not found:
        return frozenset()
    owned = holdings_with_keys({key for each in found for key in each.holdings})
    listed = scams_with_keys({key for each in found for key in each.scams})
    return frozenset((kind.value, key) for kind, key in (*owned, *listed))


def _found(text: str) -> Iterator[_Private]:
    parts = split(text, _EVERYTHING)
    yield from _read(parts)
    hotlines = [p.span for p in parts.phones if p.kind is not PhoneKind.NUMBER]
    public = [(span.start, span.end) for span in hotlines]
    # A long number in a link names a post or a page, which the desk must find again.
    linked = sorted([*public, *((each.span.start, each.span.end) for each in parts.links)])
    undated = _DATE.sub(lambda date: "." * len(date[0]), text)
    for pattern, left_alone in ((_CALLABLE, public), (_LONG, linked)):
        for match in pattern.finditer(undated):
            if not overlaps(*match.span(), left_alone):
                yield _number(Span(*match.span()), match[0])
    for link in parts.links:
        yield from _mailboxes_in_link(link.text, link.span.start)


def _read(parts: Parts) -> Iterator[_Private]:
    """What the finders of `core.text` read as numbers and mailboxes."""
    for phone in parts.phones:
        if phone.kind is PhoneKind.NUMBER:
            yield _number(phone.span, phone.number)
    for account in parts.bank_accounts:
        yield _number(account.span, account.number)
    for email in parts.emails:
        # The host stays: it is what an imitated organisation is told by.
        yield _Private(
            email.span,
            ((HoldingKind.EMAIL, email.address),),
            ((ScamKind.EMAIL, email.address),),
            f"{MASK}@{email.host}",
        )


def _mailboxes_in_link(link: str, offset: int) -> Iterator[_Private]:
    """Mailboxes behind the host. Before it stands what makes a link look like another's."""
    path = _PATH.search(link)
    for match in _MAILBOX.finditer(link, path.start()) if path else ():
        yield _Private(Span(match.start() + offset, match.end() + offset), (), ())


def _number(span: Span, written: str) -> _Private:
    """A number that is looked up both as a phone's and as a bank account's."""
    digits = "".join(str(int(each)) for each in written if each.isdecimal())
    phone = f"+{digits}" if written.startswith("+") else digits
    if digits.startswith("0"):
        phone = f"+84{digits[1:]}"
    elif digits.startswith("84"):
        phone = f"+{digits}"
    return _Private(
        span,
        ((HoldingKind.PHONE, phone), (HoldingKind.BANK_ACCOUNT, digits)),
        ((ScamKind.PHONE, phone), (ScamKind.BANK_ACCOUNT, digits)),
    )
