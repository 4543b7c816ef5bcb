"""What is known of a message's statements.

Each statement is looked up by itself. Where none of several is a checked claim, the message is
looked up as a whole, too: a long forward may spread one claim over several sentences. A check is
shown once, at the statement that matches it best.
"""

from __future__ import annotations

from collections.abc import Sequence

from soi.answer.types import CheckCard, StatementFinding, StatementState
from soi.claims.queries import CheckRow
from soi.core.matching import Match, Relation, judge
from soi.core.meaning import joined
from soi.core.text import Parts, Span, Statement, has_words, language_of
from soi.index.queries import Found, Query, candidates

WHOLE_MESSAGE = 1000
"""How many characters of the message are looked up as a whole."""

NEAR_AT_LEAST = 0.05
"""Below this probability of being the same, a near check is noise to a reader: greetings and small
talk in the demonstration's messages score up to .03, claims that really are near above .07."""

_STATES = {
    Relation.SAME: StatementState.CHECKED,
    Relation.OPPOSITE: StatementState.OPPOSITE,
    Relation.DENIAL: StatementState.DENIAL,
    Relation.OTHER_NUMBER: StatementState.NEAR,
    Relation.OTHER_NAME: StatementState.NEAR,
    Relation.NEAR: StatementState.NEAR,
}


def findings(parts: Parts) -> list[StatementFinding]:
    """One finding for each statement that says something, by its best match.

    A statement that only repeats a check shown elsewhere says nothing new and is left out.
    """
    asked = [statement for statement in parts.statements if has_words(statement.text)]
    found = _found(asked)
    judged = [_finding(statement, each) for statement, each in zip(asked, found, strict=True)]
    if len(asked) > 1 and not any(f.state is StatementState.CHECKED for f in judged):
        whole = _whole(parts.message, asked, found)
        if _is_about(whole):
            judged.append(whole)
    return _each_check_once(judged)


def _found(asked: Sequence[Statement]) -> list[Found]:
    return candidates([Query(statement.text, statement.language) for statement in asked])


def _whole(message: str, asked: Sequence[Statement], found: Sequence[Found]) -> StatementFinding:
    """The finding of the message's beginning, its meaning put together from its statements'."""
    text = message[:WHOLE_MESSAGE]
    whole = Statement(span=Span(0, len(text)), text=text, language=language_of(text))
    near = [each for each in asked if each.span.start < WHOLE_MESSAGE] or asked[:1]
    vector = joined([each.vector for each in found[: len(near)]], [len(each.text) for each in near])
    return _finding(whole, *candidates([Query(text, whole.language, vector)]))


def _finding(statement: Statement, found: Found) -> StatementFinding:
    matches = judge(statement.text, statement.language, found.candidates)
    best = next((match for match in matches if _says_something(match)), None)
    if best is None:
        return StatementFinding(statement, StatementState.NOT_CHECKED, None, None, ())
    return StatementFinding(
        statement=statement,
        state=_STATES[best.relation],
        check=check_card(found.checks[best.candidate.id]),
        probability=best.probability,
        reasons=best.reasons,
    )


def _says_something(match: Match) -> bool:
    """True for a match that a reader can use: not for one that merely shares a few words."""
    if match.relation is Relation.NEAR:
        return match.probability >= NEAR_AT_LEAST
    return match.relation in _STATES


def _is_about(finding: StatementFinding) -> bool:
    """True for a finding that says more than that some check is near."""
    return finding.state not in (StatementState.NEAR, StatementState.NOT_CHECKED)


def _each_check_once(judged: list[StatementFinding]) -> list[StatementFinding]:
    best: dict[str, StatementFinding] = {}
    for finding in judged:
        if finding.check and _weight(finding) > _weight(best.get(finding.check.ref)):
            best[finding.check.ref] = finding
    return [f for f in judged if f.check is None or best[f.check.ref] is f]


def _weight(finding: StatementFinding | None) -> tuple[bool, float]:
    """How much a finding says: more than nearness first, then its probability."""
    if finding is None:
        return (False, -1.0)
    return (_is_about(finding), finding.probability or 0.0)


def check_card(row: CheckRow) -> CheckCard:
    """The check as an answer shows it."""
    return CheckCard(
        ref=str(row.id),
        claim=row.claim,
        title=row.title,
        summary=row.summary,
        verdict=row.verdict,
        verdict_words=row.verdict_words,
        publisher_name=row.publisher_name,
        publisher_site=row.publisher_site,
        url=row.url,
        language=row.language,
        published_on=row.published_on,
        modified_on=row.modified_on,
        licence=row.licence,
        is_demo=row.is_demo,
    )
