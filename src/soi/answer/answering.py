"""Answer a message: split it, look up each part, judge, and put the gravest first.

In: the text of a message. Out: an `Answer`. The way has no way back: parts come from `core.text`,
statements go to the index and the judge, names to the register, the scam lists and the lookalike
judge. Nothing is stored and nothing is fetched.
"""

from __future__ import annotations

import logging
import re
import time

from soi.answer import names, statements
from soi.answer.complaints import complaint
from soi.answer.errors import MessageEmpty, MessageTooLong, MessageUnreadable
from soi.answer.types import (
    Answer,
    Coverage,
    Finding,
    NameFinding,
    NameState,
    StatementFinding,
    StatementState,
)
from soi.core.formats import Verdict
from soi.core.text import Limits, split
from soi.index.queries import held
from soi.register.queries import organisation_count
from soi.watch.queries import scam_name_count

log = logging.getLogger(__name__)

LIMITS = Limits()
"""How long a message may be and how many parts of a kind are looked at."""

_WEB_PAGE = re.compile(r"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head)\b", re.I | re.S)

_NAME_GRAVITY = {
    NameState.COMPROMISED: 0,
    NameState.KNOWN_SCAM: 0,
    NameState.LOOKALIKE: 1,
    NameState.OFFICIAL_UNTIL: 3,
    NameState.HIDDEN_TARGET: 5,
    NameState.UNKNOWN: 6,
    NameState.OFFICIAL: 7,
}
_VERDICT_GRAVITY = {
    Verdict.FALSE: 2,
    Verdict.MISSING_CONTEXT: 3,
    Verdict.UNPROVEN: 4,
    Verdict.MOSTLY_TRUE: 5,
    Verdict.TRUE: 5,
}
_STATEMENT_GRAVITY = {
    StatementState.OPPOSITE: 4,
    StatementState.NEAR: 5,
    StatementState.DENIAL: 5,
    StatementState.NOT_CHECKED: 8,
    StatementState.NOT_CHECKABLE: 9,
}


def answer(message: str) -> Answer:
    """Say what is known of each part of `message`, and why.

    Raises `MessageEmpty` when it holds nothing but white space, `MessageTooLong` above
    `LIMITS.characters` code points, `MessageUnreadable` for the source of a web page, and what the
    index raises when it can't be read. A message with more parts than the limits is answered in
    part and says so (`truncated`).
    """
    started = time.perf_counter()
    if not message.strip():
        raise MessageEmpty("The message is empty.")
    if len(message) > LIMITS.characters:
        raise MessageTooLong(
            f"The message has {len(message)} characters; {LIMITS.characters} are allowed.",
            length=len(message),
            limit=LIMITS.characters,
        )
    if _WEB_PAGE.match(message):
        raise MessageUnreadable("The message is the source of a web page.")
    parts = split(message, LIMITS)
    findings: list[Finding] = [*names.findings(parts), *statements.findings(parts)]
    index = held()
    return Answer(
        message=message,
        findings=tuple(sorted(findings, key=_gravity)),
        truncated=parts.truncated,
        coverage=Coverage(
            checks=index.checks,
            organisations=organisation_count(),
            scam_names=scam_name_count(),
            meaning_pending=max(0, index.checks - index.with_meaning),
        ),
        seconds=time.perf_counter() - started,
    )


def warm_up() -> None:
    """Load what the first answer needs, so that no reader waits for it.

    A desk that can't answer yet says so to whoever asks it; here that is only logged.
    """
    try:
        answer("Câu này và soi.example được tra thử để người đọc đầu tiên khỏi đợi.")
    except Exception as error:
        told = complaint(error)
        if told is None:
            raise
        log.warning("not warmed up: %s", told.code)


def is_warning(finding: Finding) -> bool:
    """True for a finding that should stop somebody from believing or paying."""
    if isinstance(finding, NameFinding):
        return _NAME_GRAVITY[finding.state] <= _NAME_GRAVITY[NameState.LOOKALIKE]
    if finding.state is StatementState.CHECKED:
        return finding.check is not None and finding.check.verdict in (
            Verdict.FALSE,
            Verdict.MISSING_CONTEXT,
        )
    return finding.state is StatementState.OPPOSITE


def _gravity(finding: Finding) -> tuple[int, int]:
    """Smaller is graver; equals keep the order of the message."""
    if isinstance(finding, NameFinding):
        return _NAME_GRAVITY[finding.state], finding.name.span.start
    return _statement_gravity(finding), finding.statement.span.start


def _statement_gravity(finding: StatementFinding) -> int:
    if finding.state is StatementState.CHECKED and finding.check is not None:
        # A check whose verdict is on no known scale may say anything: it is shown early.
        return _VERDICT_GRAVITY[finding.check.verdict] if finding.check.verdict else 3
    return _STATEMENT_GRAVITY[finding.state]
