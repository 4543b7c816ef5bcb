"""What is known of a message's statements.

Each statement is looked up by itself, and the message once as a whole: a long forward may spread
one claim over several sentences. A check is shown once, at the statement that matches it best.
"""

from __future__ import annotations

from soi.answer.types import CheckCard, StatementFinding, StatementState
from soi.claims.queries import CheckRow
from soi.core.matching import Match, Relation, judge
from soi.core.text import Parts, Span, Statement, has_words, language_of
from soi.index.queries import Query, candidates

WHOLE_MESSAGE = 1000
"""How many characters of the message are looked up as a whole: the embedder reads no more."""

_STATES = {
    Relation.SAME: StatementState.CHECKED,
    Relation.OPPOSITE: StatementState.OPPOSITE,
    Relation.DENIAL: StatementState.DENIAL,
    Relation.OTHER_NUMBER: StatementState.NEAR,
    Relation.OTHER_NAME: StatementState.NEAR,
    Relation.NEAR: StatementState.NEAR,
}


def findings(parts: Parts) -> list[StatementFinding]:
    """One finding for each statement that says something, by its best match."""
    asked = [statement for statement in parts.statements if has_words(statement.text)]
    if len(asked) > 1:
        asked.append(_whole(parts.message))
    found = candidates([Query(statement.text, statement.language) for statement in asked])
    judged = [
        _finding(statement, judge(statement.text, statement.language, each.candidates), each.checks)
        for statement, each in zip(asked, found, strict=True)
    ]
    whole = judged.pop() if len(asked) > 1 else None
    return _merged(judged, whole)


def _whole(message: str) -> Statement:
    text = message[:WHOLE_MESSAGE]
    return Statement(span=Span(0, len(text)), text=text, language=language_of(text))


def _finding(
    statement: Statement, matches: tuple[Match, ...], checks: dict[str, CheckRow]
) -> StatementFinding:
    best = next((match for match in matches if match.relation in _STATES), None)
    if best is None:
        return StatementFinding(statement, StatementState.NOT_CHECKED, None, None, ())
    return StatementFinding(
        statement=statement,
        state=_STATES[best.relation],
        check=check_card(checks[best.candidate.id]),
        probability=best.probability,
        reasons=best.reasons,
    )


def _merged(
    judged: list[StatementFinding], whole: StatementFinding | None
) -> list[StatementFinding]:
    """Show each check once; let the whole message speak only where no statement matched its check.

    A statement that only repeats a check shown elsewhere says nothing new and is left out.
    """
    best: dict[str, StatementFinding] = {}
    for finding in judged:
        if finding.check and _weight(finding) > _weight(best.get(finding.check.ref)):
            best[finding.check.ref] = finding
    shown = [f for f in judged if f.check is None or best[f.check.ref] is f]
    if whole is not None and whole.check and whole.state is not StatementState.NEAR:
        rival = best.get(whole.check.ref)
        if _weight(whole) > _weight(rival):
            shown = [f for f in shown if f is not rival]
            shown.append(whole)
    return shown


def _weight(finding: StatementFinding | None) -> tuple[bool, float]:
    """How much a finding says: more than nearness first, then its probability."""
    if finding is None:
        return (False, -1.0)
    return (finding.state is not StatementState.NEAR, finding.probability or 0.0)


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
