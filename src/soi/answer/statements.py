"""What is known of a message's statements.

Each statement is looked up by itself. Where none of several is a checked claim, the message is
looked up as a whole, too: a long forward may spread one claim over several sentences. A check is
shown once, at the statement that matches it best. What was found for a text is remembered for
minutes (`soi.answer.repeats`), the text is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from soi.answer.repeats import Repeats
from soi.answer.types import CheckCard, StatementFinding, StatementState
from soi.claims.queries import CheckRow, checks_by_id
from soi.core.checkable import StatementType, statement_type
from soi.core.matching import Match, Reason, Relation, judge
from soi.core.meaning import Understood, Vector, together
from soi.core.text import Normalised, Parts, Span, Statement, has_words, language_of
from soi.core.text.unwrapped import unwrapped
from soi.index.queries import Found, Query, candidates, meanings, state

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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A text to look up, in the form in which it is looked up."""

    statement: Statement
    seen: Normalised
    among: tuple[_Asked, ...] = ()
    """The statements that its meaning is put together from; none for a statement itself."""

    @property
    def name(self) -> str:
        """What tells it from every text for which something else might be found."""
        texts = [each.seen.text for each in (self, *self.among)]
        return "\0".join([self.statement.language, *texts])


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What was found for a text, without a word of it: reasons point into it by place."""

    state: StatementState
    check: str = ""
    judged: int = 0
    """The hash of the check's words that were judged."""
    probability: float | None = None
    reasons: tuple[Reason, ...] = ()
    type: StatementType | None = None


_remembered: Repeats[_Outcome] = Repeats()


def findings(parts: Parts) -> list[StatementFinding]:
    """One finding for each statement that says something, by its best match.

    A statement that only repeats a check shown elsewhere says nothing new and is left out.
    """
    asked = [_asked(each) for each in parts.statements if has_words(each.text)]
    if not asked:
        return []
    lookup = _Lookup()
    judged = lookup.findings(asked)
    if len(asked) > 1 and not any(f.state is StatementState.CHECKED for f in judged):
        [whole] = lookup.findings([_whole(parts.message, asked)])
        if _is_about(whole):
            judged.append(whole)
    return _each_check_once(judged)


def forget() -> None:
    """Forget what was found for earlier messages, as happens by itself within minutes."""
    _remembered.forget()


def _asked(statement: Statement) -> _Asked:
    return _Asked(statement, unwrapped(statement.text))


def _whole(message: str, asked: Sequence[_Asked]) -> _Asked:
    """The message's beginning, its meaning put together from its statements'."""
    text = message[:WHOLE_MESSAGE]
    statement = Statement(span=Span(0, len(text)), text=text, language=language_of(text))
    near = [each for each in asked if each.statement.span.start < WHOLE_MESSAGE] or asked[:1]
    return _Asked(statement, unwrapped(text), tuple(near))


class _Lookup:
    """Look up the texts of one message: what is remembered is taken, the rest is found anew."""

    def __init__(self) -> None:
        self._state = state()
        self._rows: dict[str, CheckRow] = {}
        self._understood: dict[str, Understood] = {}

    def findings(self, asked: Sequence[_Asked]) -> list[StatementFinding]:
        """One finding for each text."""
        outcomes = self._remembered(asked)
        new = [each for each in asked if each.name not in outcomes]
        if new:
            outcomes |= self._found(new)
        return [self._finding(each, outcomes[each.name]) for each in asked]

    def _remembered(self, asked: Sequence[_Asked]) -> dict[str, _Outcome]:
        """What is remembered; not where the check is gone, or changed since the state was asked."""
        if self._state is None:
            return {}
        recalled = {each.name: _remembered.recall(each.name, self._state) for each in asked}
        outcomes = {name: outcome for name, outcome in recalled.items() if outcome}
        ids = {int(outcome.check) for outcome in outcomes.values() if outcome.check}
        rows = checks_by_id(ids) if ids else {}
        self._rows |= {str(id_): row for id_, row in rows.items()}
        return {name: outcome for name, outcome in outcomes.items() if self._holds(outcome)}

    def _holds(self, outcome: _Outcome) -> bool:
        row = self._rows.get(outcome.check)
        return not outcome.check or (row is not None and _hash(row) == outcome.judged)

    def _found(self, asked: Sequence[_Asked]) -> dict[str, _Outcome]:
        """What is found anew; remembered if nothing changed in the meantime."""
        queries = [
            Query(each.seen.text, each.statement.language, self._whole(each)) for each in asked
        ]
        outcomes = {}
        for each, found in zip(asked, candidates(queries), strict=True):
            outcomes[each.name] = _outcome(each, found)
            self._understood[each.name] = found.understood
            self._rows |= found.checks
        if self._state is not None and state() == self._state:
            for name, outcome in outcomes.items():
                _remembered.keep(name, self._state, outcome)
        return outcomes

    def _whole(self, asked: _Asked) -> Understood | None:
        """What a whole message means, from what its statements do; None for a statement."""
        if not asked.among:
            return None
        texts = {each.name: each.seen.text for each in asked.among}
        unknown = {name: text for name, text in texts.items() if name not in self._understood}
        self._understood |= zip(unknown, meanings(list(unknown.values())), strict=True)
        parts = [self._understood[each.name] for each in asked.among]
        return together(parts, [len(each.seen.text) for each in asked.among])

    def _finding(self, asked: _Asked, outcome: _Outcome) -> StatementFinding:
        return StatementFinding(
            statement=asked.statement,
            state=outcome.state,
            check=check_card(self._rows[outcome.check]) if outcome.check else None,
            probability=outcome.probability,
            reasons=tuple(_quoting(asked, reason) for reason in outcome.reasons),
            type=outcome.type,
        )


def _outcome(asked: _Asked, found: Found) -> _Outcome:
    matches = judge(asked.seen.text, asked.statement.language, found.candidates, look=found.look)
    best = next((match for match in matches if _says_something(match)), None)
    if best is None:
        return _unchecked(asked, found.understood.vector)
    return _Outcome(
        state=_STATES[best.relation],
        check=best.candidate.id,
        judged=_hash(found.checks[best.candidate.id]),
        probability=best.probability,
        reasons=tuple(replace(reason, statement_quote="") for reason in best.reasons),
    )


def _hash(row: CheckRow) -> int:
    """Another one where the judge could say something else; only within this process."""
    return hash((row.claim, row.title, row.summary, row.language))


def _unchecked(asked: _Asked, vector: Vector) -> _Outcome:
    """Nothing was found: what is surely no statement of fact could not be checked, either."""
    judged = statement_type(asked.seen.text, asked.statement.language, vector)
    if judged.checkable is False:
        return _Outcome(StatementState.NOT_CHECKABLE, type=judged.type)
    return _Outcome(StatementState.NOT_CHECKED)


def _quoting(asked: _Asked, reason: Reason) -> Reason:
    """The reason with its place in the statement as it was written, and the words there."""
    if reason.statement_span is None:
        return reason
    span = asked.seen.span(reason.statement_span.start, reason.statement_span.end)
    quote = asked.statement.text[span.start : span.end]
    return replace(reason, statement_span=span, statement_quote=quote)


def _says_something(match: Match) -> bool:
    """True for a match that a reader can use: not for one that merely shares a few words."""
    if match.relation is Relation.NEAR:
        return match.probability >= NEAR_AT_LEAST
    return match.relation in _STATES


def _is_about(finding: StatementFinding) -> bool:
    """True for a finding that says more than that some check is near."""
    return finding.state not in (
        StatementState.NEAR, StatementState.NOT_CHECKED, StatementState.NOT_CHECKABLE
    )  # fmt: skip


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
        is_own=row.is_own,
        origin=row.origin,
        brought_on=timezone.localdate(row.brought_at) if row.brought_at else None,
    )
