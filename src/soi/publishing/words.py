"""Say in the reader's language what the words of a check mean: topics, stances, corrections.

For pages, feeds and cards alike, so that all of them say the same.
"""

from __future__ import annotations

from django.utils.translation import gettext, pgettext

from soi.answer.wording import verdict_word
from soi.checking.public import EditionRow
from soi.checking.types import ChallengeState, EditionKind, SourceKind, Stance, Topic
from soi.core.formats import Verdict


def topic(value: str) -> str:
    """A topic; the word itself when it is none that is known."""
    known = {
        Topic.HEALTH: gettext("Health"),
        Topic.ELECTION: gettext("Elections"),
        Topic.LEGAL: gettext("Law"),
        Topic.MONEY: gettext("Money"),
        Topic.DISASTER: gettext("Disasters"),
        Topic.SCHOOL: gettext("School"),
        Topic.OTHER: gettext("Other topics"),
    }
    return known[Topic(value)] if value in set(Topic) else value


def stance(value: str) -> str:
    """What a source says of the claim."""
    known = {
        Stance.SUPPORTS: gettext("Supports the claim"),
        Stance.REFUTES: gettext("Refutes the claim"),
        Stance.CONTEXT: gettext("Gives context"),
    }
    return known[Stance(value)] if value in set(Stance) else value


def source_kind(value: str) -> str:
    """How near a source is to what happened."""
    known = {
        SourceKind.PRIMARY: gettext("primary source"),
        SourceKind.SECONDARY: gettext("secondary source"),
    }
    return known[SourceKind(value)] if value in set(SourceKind) else value


def edition_kind(kind: EditionKind) -> str:
    """What an edition is to the one before it."""
    return {
        EditionKind.FIRST: gettext("First edition"),
        EditionKind.MINOR: gettext("Minor correction"),
        EditionKind.UPDATE: gettext("Update"),
        EditionKind.SUBSTANTIAL: gettext("Substantial correction"),
        EditionKind.WITHDRAWAL: gettext("Withdrawal"),
    }[kind]


def challenge_state(state: ChallengeState) -> str:
    """What became of an objection."""
    return {
        ChallengeState.OPEN: gettext("Waits for an answer"),
        ChallengeState.UPHELD: gettext("Upheld: the check was corrected"),
        ChallengeState.REJECTED: gettext("Answered: the check stands"),
        ChallengeState.SET_ASIDE: gettext("No objection to the check"),
    }[state]


def field(name: str) -> str:
    """A field of a check, where two editions are compared; the name itself for a new one."""
    known = {
        "wording": gettext("Claim"),
        "language": gettext("Language"),
        "title": pgettext("field of a check", "Title"),
        "summary": gettext("Summary"),
        "explanation": gettext("Explanation"),
        "verdict": gettext("Verdict"),
        "selected_because": gettext("Why it was checked"),
        "claimed_on": gettext("Claimed on"),
        "topics": gettext("Topics"),
        "concerns_owner": gettext("Concerns the desk’s owner"),
        "evidence": gettext("Evidence"),
    }
    return known.get(name, name)


def verdict(row: EditionRow) -> str:
    """The verdict of an edition, or that it was withdrawn."""
    if row.is_withdrawn:
        return gettext("Withdrawn")
    return verdict_word(Verdict(row.words.verdict) if row.words.verdict else None)


def headline(row: EditionRow) -> str:
    """An edition in one line, as feeds and pictures have it: verdict and claim."""
    return gettext("%(verdict)s: %(claim)s") % {
        "verdict": verdict(row),
        "claim": row.words.wording,
    }
