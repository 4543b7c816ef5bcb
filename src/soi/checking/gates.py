"""Decide what is missing before a check may be published: the charter as a list.

In: what the check says, what is known of its captures, who approved. Out: every gate in the order
of the work, met or not, with what stands in its way. Nothing here reads the database.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from soi.checking.content import Content, Source, Words, words_of
from soi.checking.types import SENSITIVE, EditionKind, Gate, SourceKind
from soi.core.text import fold

INDEPENDENT_SOURCES: Final = 2
"""Charter rule C2."""

CHARTER: Final = {
    Gate.IS_CHECKABLE: "C1",
    Gate.WORDING_IS_FAIR: "C1",
    Gate.SELECTION_IS_GIVEN: "C2",
    Gate.SOURCES_ARE_INDEPENDENT: "C2",
    Gate.SOURCE_IS_PRIMARY: "C2",
    Gate.SOURCES_ARE_CAPTURED: "C2",
    Gate.QUOTES_ARE_FOUND: "C2",
    Gate.INTERESTS_ARE_STATED: "C2",
    Gate.VERDICT_IS_GIVEN: "C10",
    Gate.EXPLANATION_IS_GIVEN: "C2",
    Gate.PRIVATE_PEOPLE_ARE_MASKED: "C4",
    Gate.OWN_INTEREST_IS_SHOWN: "C9",
    Gate.CORRECTION_IS_EXPLAINED: "C5",
    Gate.SECOND_PERSON_APPROVED: "C3",
}
"""The rule of the charter that each gate enforces."""

_NOT_MINOR: Final = ("wording", "verdict", "concerns_owner")
"""Fields whose change a reader must be told of as more than a slip of the pen."""


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """What a gate asks of the capture behind a source."""

    is_captured: bool
    has_text: bool
    quote_is_found: bool
    """True too when there is no quote to be found."""


@dataclass(frozen=True, slots=True)
class GateResult:
    """One gate: whether it is met, and what stands in its way."""

    gate: Gate
    is_met: bool
    evidence: tuple[int, ...] = ()
    """The pieces of evidence that stand in its way."""
    count: int = 0
    """How many are missing, where that can be counted."""

    @property
    def charter(self) -> str:
        """The rule of the charter that the gate enforces."""
        return CHARTER[self.gate]


def gates(
    content: Content,
    words: Words,
    sources: Sequence[Source],
    captures: Mapping[int, CaptureFacts],
    *,
    published: Content | None,
    shows_private: bool,
    approvals: int,
) -> list[GateResult]:
    """Every gate in the order of the work, met or not.

    `captures` holds the facts of each source by the source's id; `published` is the last edition's
    content; `shows_private` is true while `shown` has a private number or mailbox; `approvals`
    counts those of exactly this content. A withdrawal only says why, and needs the second person.
    """
    approved = _missing(Gate.SECOND_PERSON_APPROVED, approvals_needed(words.topics) - approvals)
    masked = GateResult(Gate.PRIVATE_PEOPLE_ARE_MASKED, words.is_masked and not shows_private)
    corrected = (
        [GateResult(Gate.CORRECTION_IS_EXPLAINED, _is_explained(content, words, published))]
        if published
        else []
    )
    if is_withdrawal(words, published):
        return [masked, *corrected, approved]
    return [
        GateResult(Gate.IS_CHECKABLE, words.is_checkable),
        GateResult(Gate.WORDING_IS_FAIR, words.is_fair),
        GateResult(Gate.SELECTION_IS_GIVEN, bool(words.selected_because)),
        *_evidence_gates(sources, captures),
        GateResult(Gate.VERDICT_IS_GIVEN, bool(words.verdict)),
        GateResult(
            Gate.EXPLANATION_IS_GIVEN, bool(words.title and words.summary and words.explanation)
        ),
        masked,
        _own_interest(words, sources),
        *corrected,
        approved,
    ]


def approvals_needed(topics: Collection[str]) -> int:
    """How many others must approve a check on these topics."""
    return 2 if SENSITIVE.intersection(topics) else 1


def is_withdrawal(words: Words, published: Content | None) -> bool:
    """True while the next edition would only say that the check no longer stands."""
    return published is not None and words.correction_kind == EditionKind.WITHDRAWAL


def shown(words: Words, sources: Sequence[Source]) -> str:
    """All that readers will see of an edition, as one text, to look for what must be masked.

    Of a withdrawal, too: its record and its history hold every word of it.
    """
    return "\n".join(
        [
            words.wording,
            words.title,
            words.summary,
            words.explanation,
            words.selected_because,
            words.correction_note,
            *(f"{each.title}\n{each.publisher}\n{each.interest}\n{each.quote}" for each in sources),
        ]
    )


def _evidence_gates(
    sources: Sequence[Source], captures: Mapping[int, CaptureFacts]
) -> list[GateResult]:
    def lacking(gate: Gate, ids: list[int]) -> GateResult:
        return GateResult(gate, bool(sources) and not ids, tuple(ids), len(ids))

    # Two that are written differently by case or marks only are one publisher, and the same bytes
    # are one source, whoever they are said to be of.
    named = [each for each in sources if each.publisher]
    publishers = {fold(each.publisher) for each in named}
    copies = {each.sha256 or each.capture for each in named}
    independent = min(len(publishers), len(copies))
    return [
        _missing(Gate.SOURCES_ARE_INDEPENDENT, INDEPENDENT_SOURCES - independent),
        GateResult(Gate.SOURCE_IS_PRIMARY, any(_is_primary(each) for each in sources)),
        lacking(
            Gate.SOURCES_ARE_CAPTURED,
            [each.id for each in sources if not (each.sha256 and captures[each.id].is_captured)],
        ),
        lacking(
            Gate.QUOTES_ARE_FOUND,
            [each.id for each in sources if not _is_quoted(each, captures[each.id])],
        ),
        lacking(Gate.INTERESTS_ARE_STATED, [each.id for each in sources if not each.interest]),
    ]


def _is_primary(source: Source) -> bool:
    return source.kind == SourceKind.PRIMARY


def _is_quoted(source: Source, facts: CaptureFacts) -> bool:
    """A source with a text is quoted, and the quote stands in it. A picture can't be quoted."""
    if not facts.has_text:
        return facts.is_captured and not source.quote
    return bool(source.quote) and facts.quote_is_found


def _missing(gate: Gate, count: int) -> GateResult:
    return GateResult(gate, count <= 0, count=max(0, count))


def _own_interest(words: Words, sources: Sequence[Source]) -> GateResult:
    """Said either way; and if it is the owner's matter, on a document that is not the owner's."""
    foreign = any(_is_primary(each) and not each.is_owners for each in sources)
    is_met = words.concerns_owner is False or (words.concerns_owner is True and foreign)
    return GateResult(Gate.OWN_INTEREST_IS_SHOWN, is_met)


def _is_explained(content: Content, words: Words, published: Content | None) -> bool:
    if not words.correction_kind or not words.correction_note:
        return False
    if published is None:
        return True
    if words.correction_kind == EditionKind.WITHDRAWAL:
        return _says_nothing_new(content, published)
    if words.correction_kind != EditionKind.MINOR:
        return True
    before = words_of(published)
    # After a withdrawal there is nothing that a slip of the pen could be corrected in.
    was_withdrawn = before.correction_kind == EditionKind.WITHDRAWAL
    return not was_withdrawn and all(content[name] == published[name] for name in _NOT_MINOR)


def _says_nothing_new(content: Content, published: Content) -> bool:
    """Whether a withdrawal only takes back: it passes none of the gates that a new word would.

    What should not have been public may be taken out or masked with it.
    """
    return (
        content["verdict"] in ("", published["verdict"])
        and content["concerns_owner"] == published["concerns_owner"]
        and all(source in published["evidence"] for source in content["evidence"])
    )
