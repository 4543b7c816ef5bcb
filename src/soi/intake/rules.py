"""Pure decisions about tips: when two are one, what a key and a contact may be, what may follow.

Nothing here reads the database or the clock.
"""

from __future__ import annotations

import hashlib
import json
import re
from urllib.parse import urlsplit

from soi.answer.answering import LIMITS
from soi.answer.errors import MessageEmpty, MessageTooLong
from soi.core.text import clean, fold, squeeze
from soi.intake.errors import ContactInvalid, KeyInvalid, LinkInvalid, StateRefused
from soi.intake.types import State
from soi.masking import MASK

MARKS_COUNT_BELOW = 8
"""Words of a message below which Vietnamese marks tell two apart. Whole messages of more words that
agree in every base letter are one message typed with and without marks; "bò bị cấm" and "bỏ bị cắm"
are not."""

STATUS_DAYS = 365
"""Days that a status link leads somewhere."""

SHARE = 10
"""One source may take one in so many of the places that are free."""

CONTACT_LIMIT = 200
LINK_LIMIT = 2000

_KEY = re.compile(r"[\x21-\x7e]{16,255}")
_WORDS = re.compile(rf"{MASK}|(?<!\w)[+\-−]?\d+(?:[.,:/]\d+)*|[%$€£₫<>=≠≤≥]|\w+")
"""A number keeps its sign, its separators and its unit: "-5", "5", "0,5" and "5%" are four."""

_FOLLOWING: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.CHECKING, State.PUBLISHED, State.NOT_CHECKABLE}),
    State.CHECKING: frozenset({State.PUBLISHED, State.NOT_CHECKABLE}),
    State.PUBLISHED: frozenset({State.PUBLISHED, State.CHECKING}),
    State.NOT_CHECKABLE: frozenset({State.CHECKING}),
}
"""A published tip may get another link, when its check moves; a closed one may be opened again."""


def readable(message: str) -> str:
    """The message as it may be stored: without NUL, bidi controls, half surrogates and the like.

    Raises `MessageEmpty` when it holds no word and no number, `MessageTooLong` above the limit of
    answers.
    """
    if len(message) > LIMITS.characters:
        raise MessageTooLong(
            f"The message has {len(message)} characters; {LIMITS.characters} are allowed.",
            length=len(message),
            limit=LIMITS.characters,
        )
    text = clean(message).strip()
    if not _WORDS.search(text):
        raise MessageEmpty("The message is empty.")
    return text


def comparable(text: str) -> str:
    """The words of a masked text as two tips are compared: case, marks and punctuation aside."""
    words: list[str] = _WORDS.findall(fold(text))
    if len(words) < MARKS_COUNT_BELOW:
        words = _WORDS.findall(squeeze(text).lower())
    return " ".join(words)


def digest_of(text: str) -> str:
    """SHA-256 in hex of what `comparable` reads in a masked text."""
    return hashlib.sha256(comparable(text).encode()).hexdigest()


def digest_of_standing(digest: str, state: str, reason: str, link: str) -> str:
    """SHA-256 in hex of a tip and where it stands, for the journal."""
    plain = json.dumps([digest, state, reason, link], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def digest_of_token(token: str) -> str:
    """SHA-256 in hex of a status token: all that is kept of it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def digest_of_key(key: str) -> str | None:
    """SHA-256 in hex of an idempotency key, None for "". Raises `KeyInvalid`.

    All clients share one room of keys, so a key must be too long to be met by chance.
    """
    if not key:
        return None
    if not _KEY.fullmatch(key):
        raise KeyInvalid("The key must be 16 to 255 visible ASCII characters.")
    return hashlib.sha256(key.encode()).hexdigest()


def contact_line(contact: str) -> str:
    """The contact on one line, "" for none. Raises `ContactInvalid`."""
    if len(contact) > 4 * CONTACT_LIMIT:
        raise ContactInvalid(f"The contact has more than {CONTACT_LIMIT} characters.")
    line = " ".join(clean(contact).split())
    if len(line) > CONTACT_LIMIT:
        raise ContactInvalid(f"The contact has more than {CONTACT_LIMIT} characters.")
    if contact.strip() and not re.search(r"\w", line):
        raise ContactInvalid("The contact holds no letter and no digit.")
    return line


def check_following(state: State, following: State) -> None:
    """Raise `StateRefused` unless a tip may go from `state` to `following`."""
    if following not in _FOLLOWING[state]:
        raise StateRefused(
            f"A tip that is {state.value} can't become {following.value}.",
            state=state.value,
            following=following.value,
        )


def published_link(url: str) -> str:
    """The web address of the check that answers a tip. Raises `LinkInvalid`."""
    if clean(url) != url or any(letter.isspace() for letter in url) or len(url) > LINK_LIMIT:
        raise LinkInvalid("The link is no web address.")
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise LinkInvalid("The link is no web address.") from error
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise LinkInvalid("The link is no web address.")
    return url


def share_of(free: int) -> int:
    """How many places one source may hold while `free` others are free: at least one.

    By this alone a source stops at a tenth of the room that it found; the others keep the rest.
    """
    return max(1, free // SHARE) if free > 0 else 0
