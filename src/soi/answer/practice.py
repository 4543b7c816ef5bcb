"""Questions to practise on: "Which of these is really theirs?", from the desk's own register.

In: confirmed holdings and names that people of the desk have confirmed to imitate them. Out: one
question at a time with its choices and, once somebody has chosen, the reason for each. Never among
them: what nobody has confirmed, what only a list says, mailboxes and names without a reason of the
engine's (they could be a person's, charter rule C4), and whatever somebody owns by now. Nothing is
stored: a question is a signed text in the address, and counts only while it is still true.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from django.core import signing
from django.utils import timezone

from soi.answer.errors import QuestionGone
from soi.core.formats import HoldingKind
from soi.core.lookalike import LookalikeReason, NameKind, score
from soi.core.text import Span
from soi.journal.queries import last_mark
from soi.register import queries as register
from soi.register.types import HoldingRow
from soi.watch.queries import confirmed_names, owners_of_names
from soi.watch.types import LookalikeRow

CHOICES = 4
"""Names of one question at most, the real one among them."""
POOL = 500
"""Confirmed names that questions are made of: the newest."""
TOKEN_LIMIT = 400
_SALT = "soi.practice"
_SITES = (HoldingKind.DOMAIN, HoldingKind.SUBDOMAIN)


@dataclass(frozen=True, slots=True)
class Choice:
    """One name to choose: the real one, or one that imitates it."""

    text: str
    platform: str
    holding: HoldingRow | None
    """The official holding, None for an imitation."""
    lookalike: LookalikeRow | None
    span: Span | None
    """What of an imitation stands for the real one, where the engine can point at it."""
    reasons: tuple[LookalikeReason, ...] = ()
    """Why it imitates, as far as it differs from the real one beside it."""

    @property
    def is_official(self) -> bool:
        """Whether it is really theirs."""
        return self.holding is not None


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `token` asks the same again, in the same order."""

    token: str
    official: HoldingRow
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class _Material:
    """A name that imitates, and the holdings with which it can be asked."""

    name: LookalikeRow
    official: tuple[HoldingRow, ...]


def question_count() -> int:
    """How many questions can be asked today: one for each imitation."""
    return len(_pool())


def question(number: int, *, on: dt.date) -> Question | None:
    """The question with that number from 1 on, in an order of the day; None after the last.

    The same day and the same material give the same question.
    """
    pool = sorted(_pool(), key=lambda each: _mixed(on, each.name.id))
    if not 1 <= number <= len(pool):
        return None
    asked = pool[number - 1]
    official = min(asked.official, key=lambda each: (len(each.key), each.key))
    same = [each.name for each in pool if official in each.official and each is not asked]
    same.sort(key=lambda each: _mixed(on, asked.name.id, each.id))
    order: list[LookalikeRow | None] = [None, asked.name, *same[: CHOICES - 2]]
    order.sort(key=lambda each: _mixed(on, asked.name.id, each.id if each else 0, "shown"))
    return _asked(official, order)


def question_again(token: str) -> Question:
    """The question that somebody answers. Raises `QuestionGone` when it is no longer true.

    Also for what this desk did not ask: nobody can have names of their own shown as imitations.
    """
    try:
        holding_id, *ids = signing.loads(token[: TOKEN_LIMIT + 1], salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise QuestionGone("That is no question of this desk.") from error
    known = {each.name.id: each for each in _pool()}
    names = [known.get(each) for each in ids if each]
    official = {each.id: each for some in names if some for each in some.official}
    if None in names or holding_id not in official:
        raise QuestionGone("What it asks is no longer so.")
    return _asked(official[holding_id], [known[each].name if each else None for each in ids])


def _asked(official: HoldingRow, order: Sequence[LookalikeRow | None]) -> Question:
    token = signing.dumps([official.id, *(each.id if each else 0 for each in order)], salt=_SALT)
    choices = [_imitation(each, official) if each else _real(official) for each in order]
    return Question(token, official, tuple(choices))


def _real(holding: HoldingRow) -> Choice:
    is_account = holding.kind is HoldingKind.ACCOUNT
    text = f"@{holding.key}" if is_account else holding.key
    return Choice(text, holding.platform, holding, None, None)


def _imitation(name: LookalikeRow, official: HoldingRow) -> Choice:
    sign = "@" if name.kind is NameKind.HANDLE else ""
    return Choice(
        text=f"{sign}{name.key}",
        platform=name.platform,
        holding=None,
        lookalike=name,
        span=_span(name, len(sign)),
        reasons=tuple(each for each in name.reasons if not _is_shared(each, name, official)),
    )


def _is_shared(reason: LookalikeReason, name: LookalikeRow, official: HoldingRow) -> bool:
    """Whether the real one beside it has the very ending that is another's elsewhere."""
    suffix = name.details.get("suffix", "")
    return reason is LookalikeReason.OTHER_SUFFIX and official.key.endswith(f".{suffix}")


def _span(name: LookalikeRow, shift: int) -> Span | None:
    """What the engine points at today, in the text as it is shown."""
    scored = score(name.key, name.kind, register.compiled())
    if scored is None or scored.lookalike.brand != name.organisation:
        return None
    at = name.key.find(scored.lookalike.name)
    if at < 0:
        return None
    found = scored.lookalike.span
    return Span(shift + at + found.start, shift + at + found.end)


def _mixed(on: dt.date, *numbers: object) -> bytes:
    return blake2b(repr((on, *numbers)).encode(), digest_size=8).digest()


def _pool() -> tuple[_Material, ...]:
    return _made(last_mark("lookalike"), register.version(), timezone.localdate())


@lru_cache(maxsize=1)
def _made(names_at: str, register_at: str, today: dt.date) -> tuple[_Material, ...]:
    """Made again when the register or what was decided on names has changed, and each day."""
    names = confirmed_names(limit=POOL, on=today)
    taken = owners_of_names(names)
    by_owner: defaultdict[str, list[HoldingRow]] = defaultdict(list)
    for each in register.official_holdings({name.organisation for name in names}, on=today):
        by_owner[each.organisation].append(each)
    found = []
    for name in names:
        official = tuple(each for each in by_owner[name.organisation] if _goes_with(each, name))
        if official and name.id not in taken:
            found.append(_Material(name, official))
    return tuple(found)


def _goes_with(holding: HoldingRow, name: LookalikeRow) -> bool:
    """Whether the two could stand in one question: both sites, or both on one platform."""
    if name.kind is NameKind.HOST:
        return holding.kind in _SITES
    return holding.kind is HoldingKind.ACCOUNT and name.platform in ("", holding.platform)
