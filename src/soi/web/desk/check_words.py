"""Say the charter's gates and the fields of a check in the reader's language.

In: codes of `soi.checking.types` and names of fields. Out: words, and the place on the workbench
where somebody can do what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from soi.checking.gates import GateResult
from soi.checking.types import EditionKind, Gate, Harm, SourceKind, Stance, Topic

Text = str | Promise


@dataclass(frozen=True, slots=True)
class GateWords:
    """One gate as a list shows it."""

    text: Text
    place: str
    """The id of the element where it can be met, "" when it is met elsewhere."""


GATES: Final = {
    Gate.IS_CHECKABLE: GateWords(
        _("It is a statement of fact that can be checked, not a view"), "is_checkable"
    ),
    Gate.WORDING_IS_FAIR: GateWords(
        _("The person who said it would call the wording fair"), "is_fair"
    ),
    Gate.SELECTION_IS_GIVEN: GateWords(_("It says why this claim was chosen"), "selected_because"),
    Gate.SOURCES_ARE_INDEPENDENT: GateWords(
        _("At least two sources of different publishers"), "evidence"
    ),
    Gate.SOURCE_IS_PRIMARY: GateWords(_("At least one source is primary"), "evidence"),
    Gate.SOURCES_ARE_CAPTURED: GateWords(_("Every source is kept as a copy"), "evidence"),
    Gate.QUOTES_ARE_FOUND: GateWords(
        _("Every source is quoted, and the quote stands in the copy"), "evidence"
    ),
    Gate.INTERESTS_ARE_STATED: GateWords(
        _("The interest of every source in the matter is stated"), "evidence"
    ),
    Gate.VERDICT_IS_GIVEN: GateWords(_("A verdict is chosen"), "verdict"),
    Gate.EXPLANATION_IS_GIVEN: GateWords(_("Title, summary and explanation are written"), "title"),
    Gate.PRIVATE_PEOPLE_ARE_MASKED: GateWords(
        _("No private person, number or mailbox can be read"), "is_masked"
    ),
    Gate.OWN_INTEREST_IS_SHOWN: GateWords(
        _("It says whether the desk’s own owner is concerned"), "concerns_owner"
    ),
    Gate.CORRECTION_IS_EXPLAINED: GateWords(
        _("The correction says what kind it is, and what has changed"), "correction_kind"
    ),
    Gate.SECOND_PERSON_APPROVED: GateWords(_("A second person has approved exactly this text"), ""),
}

FIELDS: Final[dict[str, Text]] = {
    "wording": _("The claim"),
    "language": _("Language of the claim"),
    "title": _("Title"),
    "summary": _("Summary"),
    "explanation": _("Explanation"),
    "verdict": _("Verdict"),
    "selected_because": _("Why this claim was chosen"),
    "claimed_on": _("When it was said"),
    "topics": _("Topics"),
    "is_checkable": _("It can be checked"),
    "is_fair": _("The wording is fair"),
    "is_masked": _("Private people are masked"),
    "concerns_owner": _("The owner’s own interest"),
    "correction_kind": _("Kind of correction"),
    "correction_note": _("What has changed, and why"),
    "correction": _("Correction"),
    "evidence": _("Evidence"),
    "edition": _("Edition"),
    "publisher": _("Who stands behind it"),
    "stance": _("What it says of the claim"),
    "kind": _("How near it is"),
    "interest": _("Its interest in the matter"),
    "is_owners": _("The desk’s owner controls it"),
    "quote": _("The passage that is quoted"),
}

TOPICS: Final[dict[str, Text]] = {
    Topic.HEALTH: _("Health"),
    Topic.ELECTION: _("Elections"),
    Topic.LEGAL: _("Law"),
    Topic.MONEY: _("Money"),
    Topic.DISASTER: _("Disasters"),
    Topic.SCHOOL: _("Schools"),
    Topic.OTHER: pgettext_lazy("topic", "Other"),
}
STANCES: Final[dict[str, Text]] = {
    Stance.SUPPORTS: _("supports the claim"),
    Stance.REFUTES: _("refutes the claim"),
    Stance.CONTEXT: _("gives context"),
}
KINDS: Final[dict[str, Text]] = {
    SourceKind.PRIMARY: _("primary: the document, the data or the person itself"),
    SourceKind.SECONDARY: _("secondary: somebody who reports it"),
}
CORRECTIONS: Final[dict[str, Text]] = {
    EditionKind.MINOR: _("minor: nothing that changes what a reader understands"),
    EditionKind.UPDATE: _("update: something new is known"),
    EditionKind.SUBSTANTIAL: _("substantial: something was wrong"),
    EditionKind.WITHDRAWAL: _("withdrawal: the check no longer stands, and nothing new is said"),
}
HARMS: Final[dict[int, Text]] = {
    Harm.UNSET: _("not judged yet"),
    Harm.LOW: _("low"),
    Harm.MEDIUM: _("medium"),
    Harm.HIGH: _("high"),
}


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate with its words and where it stands."""

    result: GateResult
    text: Text
    place: str


def gate_rows(gates: tuple[GateResult, ...]) -> list[GateRow]:
    """The gates as a checklist; one that a source stands in the way of leads to that source."""
    return [
        GateRow(
            each,
            GATES[each.gate].text,
            f"source-{each.evidence[0]}" if each.evidence else GATES[each.gate].place,
        )
        for each in gates
    ]


def field_words(name: str) -> Text:
    """What a field is called on screen."""
    return FIELDS.get(name, name)
