"""Pure decisions about people: who may do what, who needs a second factor, what a name may be.

Nothing here reads the database or the clock.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Final

from soi.core.text import clean
from soi.people.errors import PersonInvalid
from soi.people.types import Permission, Role

NAME_LIMIT: Final = 100
EMAIL_LIMIT: Final = 254
"""RFC 5321, section 4.5.3.1.3, less the brackets."""
LANGUAGES: Final = ("vi", "en")
INVITATION_DAYS: Final = 7

_CHECKER = frozenset({Permission.READ_DESK, Permission.TRIAGE, Permission.WRITE_CHECK})
_EDITOR = _CHECKER | {
    Permission.APPROVE,
    Permission.PUBLISH,
    Permission.ANSWER_CHALLENGE,
    Permission.ORDER_QUEUE,
    Permission.READ_CONTACT,
    Permission.READ_JOURNAL,
    Permission.KEEP_REGISTER,
    Permission.MANAGE_REGISTER,
    Permission.IMPORT_CHECKS,
}
_PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.CHECKER: _CHECKER,
    Role.EDITOR: _EDITOR,
    Role.KEEPER: frozenset({Permission.KEEP_REGISTER}),
    Role.ADMINISTRATOR: _EDITOR | {Permission.MANAGE_PEOPLE, Permission.MANAGE_WEBHOOKS},
}
_EMAIL = re.compile(r"[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\[\]\\]+\.[^\s@.]+")


def may(role: Role, permission: Permission) -> bool:
    """True if somebody with that role may do that."""
    return permission in _PERMISSIONS[role]


def needs_second_factor(role: Role) -> bool:
    """True if a password alone is not enough: for all but checkers.

    Editors publish, administrators change what others may do, keepers change what is official.
    """
    return role is not Role.CHECKER


def folded_email(email: str) -> str:
    """The address as two are compared and as it is kept: trimmed, in small letters.

    Raises `PersonInvalid` for what can't be an address.
    """
    folded = email.strip().lower()
    if len(folded) > EMAIL_LIMIT or clean(folded) != folded or not _EMAIL.fullmatch(folded):
        raise PersonInvalid("That is no e-mail address.", field="email")
    return folded


def display_name(name: str) -> str:
    """The name on one line, without unseen characters. Raises `PersonInvalid`."""
    line = " ".join(clean(name[: 4 * NAME_LIMIT]).split())
    if len(line) > NAME_LIMIT or not re.search(r"\w", line):
        raise PersonInvalid(f"A name has 1 to {NAME_LIMIT} characters.", field="name")
    return line


def known_language(language: str) -> str:
    """The language's code. Raises `PersonInvalid` for one that the desk does not speak."""
    if language not in LANGUAGES:
        raise PersonInvalid("The desk does not speak that language.", field="language")
    return language


def digest_of_token(token: str) -> str:
    """SHA-256 in hex of an invitation's token: all that is kept of it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def digest_of_standing(role: str, *, is_active: bool) -> str:
    """SHA-256 in hex of what a person may do, for the journal; no name and no address is in it."""
    plain = json.dumps([role, is_active], separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
