"""Split a message into everything that can be looked up.

In: a message as somebody pasted it, and limits. Out: `Parts`: statements, links, e-mail
addresses, handles, phone numbers and bank accounts, each with the exact place it holds in the
original. A stretch is read once: as a link, else an address, an account, a phone; only handles may
share a link's place and wallet accounts a phone's, and statements hold the others. Nothing here
looks anything up.
"""

from __future__ import annotations

from collections.abc import Sequence

from soi.core.text.accounts import WALLETS, find_accounts
from soi.core.text.emails import find_emails
from soi.core.text.handles import find_handles
from soi.core.text.limits import Limits
from soi.core.text.links import find_bare_links, find_links_with_scheme
from soi.core.text.parts import Parts
from soi.core.text.phones import find_phones
from soi.core.text.reading import read
from soi.core.text.statements import find_statements

_DEFAULT = Limits()


def split(message: str, limits: Limits = _DEFAULT) -> Parts:
    """Return the parts of `message`, each kind in the order in which it stands there.

    For every part `message[part.span.start : part.span.end] == part.text`. What is beyond a limit
    is left out and `truncated` set. Time is linear in what the limits let through; never raises.
    """
    reading = read(message[: limits.characters])
    links = find_links_with_scheme(reading)
    emails = find_emails(reading, _places(links))
    links = sorted([*links, *find_bare_links(reading, sorted(_places(links) + _places(emails)))])
    kept = sorted(_places(links) + _places(emails))
    accounts = find_accounts(reading, kept)
    bank_places = _places([found for found in accounts if found[2].bank not in WALLETS])
    taken = sorted(kept + bank_places)
    phones, unread = find_phones(reading, taken)
    handles = find_handles(reading, links, _places(emails))
    statements, more = find_statements(reading, kept, limits.statements)
    over = (
        more
        or unread
        or len(message) > limits.characters
        or len(links) > limits.links
        or len(emails) > limits.emails
        or len(handles) > limits.handles
        or len(phones) > limits.phones
        or len(accounts) > limits.bank_accounts
    )
    return Parts(
        message=message,
        statements=tuple(statements),
        links=tuple(item.link for item in links[: limits.links]),
        emails=tuple(item.email for item in emails[: limits.emails]),
        handles=tuple(handle for _, _, handle in handles[: limits.handles]),
        phones=tuple(phone for _, _, phone in phones[: limits.phones]),
        bank_accounts=tuple(account for _, _, account in accounts[: limits.bank_accounts]),
        truncated=over,
    )


def _places(found: Sequence[tuple[int, int, object]]) -> list[tuple[int, int]]:
    return [(start, end) for start, end, _ in found]
