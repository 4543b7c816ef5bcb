"""The links and names that stand in a tip, as they are kept beside its masked text."""

from __future__ import annotations

from soi.answer.answering import LIMITS
from soi.core.text import Handle, split
from soi.masking import MASK

Name = dict[str, str]


def names_in(text: str) -> list[Name]:
    """Each link, account, number and address of a masked text once, in the order of its kind.

    What `masked` left is public. Of a masked mailbox only its host stands in the text, and that is
    no account.
    """
    parts = split(text, LIMITS)
    found: list[Name] = [
        *({"kind": "link", "value": link.url, "host": link.ascii_host} for link in parts.links),
        *({"kind": "email", "value": email.address} for email in parts.emails),
        *(
            {"kind": "handle", "value": handle.name, "platform": handle.platform.value}
            for handle in parts.handles
            if not _is_masked(text, handle)
        ),
        *({"kind": "phone", "value": phone.number} for phone in parts.phones),
        *(
            {"kind": "bank_account", "value": account.number, "bank": account.bank}
            for account in parts.bank_accounts
        ),
    ]
    return list({tuple(name.values()): name for name in found}.values())


def _is_masked(text: str, handle: Handle) -> bool:
    return text[: handle.span.start].endswith(MASK) or MASK in handle.text
