"""What an answer says, in the reader's language: one place for the page, the API and the terminal.

In: findings and their codes. Out: sentences by gettext in the active language. A finding says what,
then why, then what to do. Text that came from the message or a check is only ever quoted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext, pgettext

from soi.answer.types import (
    CheckCard,
    Coverage,
    Finding,
    HoldingCard,
    NameFinding,
    NameState,
    NoteCode,
    NoticeCard,
    ScamCard,
    StatementFinding,
    StatementState,
)
from soi.core.checkable import StatementType
from soi.core.formats import Verdict
from soi.core.lookalike import LookalikeReason
from soi.core.matching import Reason, ReasonCode
from soi.core.text import BankAccount, Email, Handle, Link, Phone


@dataclass(frozen=True, slots=True)
class Line:
    """One reason: a short label, a sentence, and what it quotes of the message and of the check."""

    code: str
    label: str
    text: str
    message_quote: str = ""
    check_quote: str = ""


PLATFORM_NAMES: Final = {
    "facebook": "Facebook", "zalo": "Zalo", "tiktok": "TikTok", "youtube": "YouTube",
    "telegram": "Telegram", "x": "X", "instagram": "Instagram", "mastodon": "Mastodon",
    "bluesky": "Bluesky",
}  # fmt: skip
"""Platforms as they write themselves."""


class Named(Protocol):
    """A holding, however a notice carries it."""

    @property
    def platform(self) -> str:
        """Where an account is, "" for everything else."""

    @property
    def value(self) -> str:
        """As the organisation writes it."""


def verdict_word(verdict: Verdict | None) -> str:
    """The verdict in one or two words; None has the publisher's own words only."""
    words = {
        Verdict.TRUE: gettext("True"),
        Verdict.MOSTLY_TRUE: gettext("Mostly true"),
        Verdict.MISSING_CONTEXT: gettext("Missing context"),
        Verdict.FALSE: gettext("False"),
        Verdict.UNPROVEN: gettext("Unproven"),
    }
    return words[verdict] if verdict else gettext("In the publisher's words")


def state_word(finding: Finding) -> str:
    """The finding's state in one or two words, for its tag."""
    if isinstance(finding, NameFinding):
        return _name_states()[finding.state]
    if finding.state is StatementState.CHECKED and finding.check is not None:
        if finding.check.verdict is None:
            return finding.check.verdict_words
        return verdict_word(finding.check.verdict)
    return {
        StatementState.CHECKED: gettext("Checked"),
        StatementState.OPPOSITE: gettext("Says the opposite"),
        StatementState.NEAR: gettext("Near, not the same"),
        StatementState.DENIAL: gettext("A correction"),
        StatementState.NOT_CHECKED: gettext("Not checked"),
        StatementState.NOT_CHECKABLE: gettext("No statement of fact"),
    }[finding.state]


def _name_states() -> dict[NameState, str]:
    return {
        NameState.OFFICIAL: gettext("Official"),
        NameState.OFFICIAL_UNTIL: gettext("No longer official"),
        NameState.COMPROMISED: gettext("Compromised"),
        NameState.KNOWN_SCAM: gettext("Known scam"),
        NameState.LOOKALIKE: gettext("Lookalike"),
        NameState.HIDDEN_TARGET: gettext("Hidden target"),
        NameState.UNKNOWN: gettext("Unknown"),
    }


def kind_word(finding: Finding) -> str:
    """What sort of thing the finding is about."""
    if isinstance(finding, StatementFinding):
        return gettext("Statement")
    match finding.name:
        case Link():
            return gettext("Link")
        case Email():
            return gettext("E-mail address")
        case Handle():
            return gettext("Account")
        case Phone():
            return gettext("Phone number")
        case BankAccount():
            return gettext("Bank account")


def organisation_name(holding: HoldingCard) -> str:
    """The organisation's name in the active language."""
    if get_language() == "en" and holding.organisation_name_en:
        return holding.organisation_name_en
    return holding.organisation_name


def headline(finding: Finding) -> str:
    """What is found, in one sentence."""
    if isinstance(finding, NameFinding):
        return _name_headline(finding)
    check = finding.check
    if check is None:
        return finding.statement.text
    if finding.state is StatementState.CHECKED:
        return check.claim
    if finding.state is StatementState.OPPOSITE:
        return gettext("The message says the opposite of a checked claim")
    if finding.state is StatementState.DENIAL:
        return gettext("The message passes on a correction that has been checked")
    return gettext("Not checked; there is a check on a near, but another, claim")


def _name_headline(finding: NameFinding) -> str:
    holding = finding.holding
    values = {
        "kind": kind_word(finding),
        "organisation": organisation_name(holding) if holding else "",
        "brand": organisation_name(holding)
        if holding
        else (finding.lookalike.brand if finding.lookalike else gettext("an organisation")),
        "date": day(holding.valid_to) if holding else "",
        "since": day(holding.compromised_from) if holding else "",
    }
    if NoteCode.ONE_DIGIT_OFF in finding.notes:
        return gettext("%(kind)s: almost the number of %(brand)s, but not theirs") % values
    sentence = {
        NameState.OFFICIAL: gettext("%(kind)s: really belongs to %(organisation)s"),
        NameState.OFFICIAL_UNTIL: gettext("%(kind)s: belonged to %(organisation)s until %(date)s")
        if holding and holding.valid_to
        else gettext("%(kind)s: is not yet in use by %(organisation)s"),
        NameState.COMPROMISED: gettext(
            "%(kind)s: belongs to %(organisation)s, but is in other hands since %(since)s"
        ),
        NameState.KNOWN_SCAM: gettext("%(kind)s: on a list of known scams"),
        NameState.LOOKALIKE: gettext("%(kind)s: imitates %(brand)s"),
        NameState.HIDDEN_TARGET: gettext("%(kind)s: hides where it leads"),
        NameState.UNKNOWN: gettext("%(kind)s: unknown here"),
    }[finding.state]
    return sentence % values


def explanation(finding: Finding) -> str:
    """What is known beside the headline, in the check's own words; "" when nothing is."""
    if isinstance(finding, StatementFinding):
        if finding.state is StatementState.NOT_CHECKABLE:
            return _without_fact(finding.type)
        if finding.check is None:
            return gettext("No check on this is known here. That says nothing about its truth.")
        if finding.state is StatementState.CHECKED:
            return finding.check.summary or finding.check.title
        if finding.state is StatementState.NEAR:
            return gettext("The verdict of that check does not carry over to this message.")
        return ""
    return ""


def _without_fact(type_: StatementType | None) -> str:
    """Why there is nothing to be true or false; says nothing of whoever wrote it (charter C1)."""
    if type_ is None:
        return ""
    return {
        StatementType.FACT: "",
        StatementType.OPINION: gettext(
            "It reads as an opinion. Only statements of fact are judged."
        ),
        StatementType.PREDICTION: gettext(
            "It says how something will be, which can't be true or false yet."
        ),
        StatementType.QUESTION: gettext("It asks, and claims nothing."),
        StatementType.INSTRUCTION: gettext(
            "It tells somebody to do something, and claims nothing."
        ),
        StatementType.GREETING: gettext("It greets or thanks, and claims nothing."),
        StatementType.SATIRE: gettext("It reads as a joke that is not meant to be believed."),
    }[type_]


def reasons(finding: Finding) -> list[Line]:
    """Why, line by line."""
    if isinstance(finding, StatementFinding):
        return [_reason_line(reason) for reason in finding.reasons]
    lines = _holding_lines(finding)
    if finding.notice:
        lines.append(_notice_line(finding.notice))
    lines += [_scam_line(scam) for scam in finding.scams]
    if finding.lookalike:
        lines += imitation_lines(finding.lookalike.reasons, finding.lookalike.details)
    return lines + [_note_line(note) for note in finding.notes]


def _reason_line(reason: Reason) -> Line:
    label, text = {
        ReasonCode.WORDS_AGREE: (gettext("Agrees"), gettext("rare words that both share")),
        ReasonCode.MEANING_AGREES: (gettext("Agrees"), gettext("the same meaning in other words")),
        ReasonCode.NUMBERS_AGREE: (gettext("Agrees"), gettext("the same quantities")),
        ReasonCode.NUMBERS_DIFFER: (gettext("Differs"), gettext("another quantity")),
        ReasonCode.DATES_DIFFER: (gettext("Differs"), gettext("another date")),
        ReasonCode.NAMES_AGREE: (gettext("Agrees"), gettext("the same names")),
        ReasonCode.NAMES_DIFFER: (gettext("Differs"), gettext("another place or name")),
        ReasonCode.POLARITY_DIFFERS: (gettext("Differs"), gettext("one says yes, the other no")),
        ReasonCode.ANTONYM: (gettext("Differs"), gettext("words of opposite meaning")),
        ReasonCode.DENIES: (gettext("Differs"), gettext("the message denies the claim")),
        ReasonCode.OPINION: (gettext("Note"), gettext("the message gives an opinion")),
        ReasonCode.OTHER_LANGUAGE: (gettext("Note"), gettext("compared across languages")),
        ReasonCode.NO_DIACRITICS: (
            gettext("Note"),
            gettext("the message has no diacritics; compared both ways"),
        ),
        ReasonCode.BELOW_THRESHOLD: (
            gettext("Note"),
            gettext("not sure enough to call it the same claim"),
        ),
    }[reason.code]
    return Line(reason.code, label, text, reason.statement_quote, reason.check_quote)


def _holding_lines(finding: NameFinding) -> list[Line]:
    holding = finding.holding
    if holding is None:
        return []
    name = organisation_name(holding)
    if finding.state is NameState.LOOKALIKE:
        text = gettext("The real one of %(organisation)s is %(value)s")
        return [
            Line(
                "real_one",
                gettext("Real one"),
                text % {"organisation": name, "value": holding.value},
            )
        ]
    line = Line("registered", gettext("Register"), _standing_sentence(holding, name))
    return [line]


def _standing_sentence(holding: HoldingCard, name: str) -> str:
    values = {
        "value": holding.value,
        "organisation": name,
        "verified": day(holding.verified_on),
        "until": day(holding.valid_to),
    }
    if holding.valid_to:
        return gettext("%(value)s is registered as %(organisation)s's until %(until)s") % values
    if holding.verified_on:
        return (
            gettext("%(value)s is registered as %(organisation)s's, verified on %(verified)s")
            % values
        )
    return gettext("%(value)s is registered as %(organisation)s's") % values


def _notice_line(notice: NoticeCard) -> Line:
    values = {"since": moment(notice.since), "real": real_ones(notice.trusted)}
    if notice.trusted:
        text = gettext("They say themselves: do not trust it since %(since)s. Trust only %(real)s.")
    else:
        text = gettext("They say themselves: do not trust it since %(since)s.")
    words = notice.words_en if get_language() == "en" and notice.words_en else notice.words
    said = " ".join(filter(None, (text % values, words)))
    return Line("notice", gettext("Notice"), said)


def real_ones(named: Iterable[Named]) -> str:
    """What a notice says to trust, in one line."""
    return ", ".join(named_text(each) for each in named)


def named_text(named: Named) -> str:
    """A holding as a notice names it: with its platform where it has one."""
    platform = PLATFORM_NAMES.get(named.platform, named.platform)
    return f"{named.value} ({platform})" if platform else named.value


def attribution(check: CheckCard) -> str:
    """That a check is another publisher's, and where and when it was brought from.

    "" for what this desk itself has published.
    """
    if check.is_own:
        return ""
    if not check.brought_on:  # it came before the desk wrote down from where
        return gettext("another publisher’s check")
    host = urlsplit(check.origin).hostname
    if not host:
        return gettext("another publisher’s check, brought here as a file on %(day)s") % {
            "day": day(check.brought_on)
        }
    return gettext("another publisher’s check, brought here from %(host)s on %(day)s") % {
        "host": host,
        "day": day(check.brought_on),
    }


def moment(at: dt.datetime) -> str:
    """A time in the active language, in the desk's time zone."""
    return format_date(timezone.localtime(at), pgettext("date and time format", "j M Y, H:i"))


def _scam_line(scam: ScamCard) -> Line:
    values = {"list": scam.list_name, "licence": scam.licence, "value": scam.value}
    if scam.listed_on and not scam.licence:
        # No licence comes with what the desk found out itself.
        text = gettext("People of “%(list)s” looked at %(value)s on %(since)s: it serves fraud")
        values["since"] = day(scam.listed_on)
    elif scam.listed_on:
        text = gettext("%(value)s has been on the list “%(list)s” (%(licence)s) since %(since)s")
        values["since"] = day(scam.listed_on)
    else:
        text = gettext("%(value)s is on the list “%(list)s” (%(licence)s), undated")
    return Line("listed", gettext("Listed"), text % values)


def imitation_lines(reasons: Iterable[LookalikeReason], details: Mapping[str, str]) -> list[Line]:
    """Why a name could be taken for another, line by line."""
    values = {"lure": "", "suffix": "", "official": "", **details}
    texts = {
        LookalikeReason.BRAND_IN_OTHER_DOMAIN: gettext(
            "the name stands inside a domain that somebody else registered"
        ),
        LookalikeReason.LURE_WORD: gettext("words that scams like to add: “%(lure)s”"),
        LookalikeReason.ONE_LETTER_OFF: gettext("one letter is changed, missing or too many"),
        LookalikeReason.CONFUSABLE_LETTERS: gettext("letters or digits that look like others"),
        LookalikeReason.OTHER_SUFFIX: gettext("another ending: “.%(suffix)s”"),
        LookalikeReason.OFFICIAL_NAME_EMBEDDED: gettext(
            "the real address “%(official)s” is written into another one"
        ),
        LookalikeReason.FREE_HOSTING: gettext("on free hosting, where anybody can open a site"),
        LookalikeReason.HYPHEN_SPLIT: gettext("the name is split by hyphens"),
    }
    return [Line(reason, gettext("Why"), texts[reason] % values) for reason in reasons]


def _note_line(note: NoteCode) -> Line:
    text = {
        NoteCode.CALLER_ID_SPOOFABLE: gettext(
            "A number on the display can be forged: call back yourself, "
            "never trust an incoming call for it."
        ),
        NoteCode.SENDER_SPOOFABLE: gettext("A sender's address can be forged."),
        NoteCode.SHARED_HOST: gettext(
            "Anybody can open a page there: that the platform is real proves nothing."
        ),
        NoteCode.PLATFORM_NOT_SAID: gettext(
            "The message does not say on which platform: "
            "elsewhere the same name may be somebody else's."
        ),
        NoteCode.DORMANT: gettext(
            "It is theirs, but they do not use it at present: a message from it is unusual."
        ),
        NoteCode.LISTED_BUT_OFFICIAL: gettext(
            "A scam list names it although it is official; "
            "lists do err, and the register is believed."
        ),
        NoteCode.UNKNOWN_IS_NOT_SAFE: gettext("Unknown does not mean safe."),
        NoteCode.DESK_CONFIRMED: gettext("People at the desk looked at it: it imitates."),
        NoteCode.ONE_DIGIT_OFF: gettext(
            "One digit is changed, missing or too many, or two are swapped: it is not their number."
        ),
        NoteCode.LOOKS_DIFFERENT: gettext(
            "The link is written so that it looks like another address than the one it leads to."
        ),
    }[note]
    return Line(note, gettext("Note"), text)


def advice(finding: Finding) -> str:
    """What to do now."""
    if isinstance(finding, NameFinding):
        if NoteCode.ONE_DIGIT_OFF in finding.notes:
            return gettext("Don't call it and don't pay there; use the real one.")
        return {
            NameState.OFFICIAL: gettext(
                "You can check it yourself in the list of official accounts."
            ),
            NameState.OFFICIAL_UNTIL: gettext(
                "Don't use it; look for today's in the official list."
            ),
            NameState.COMPROMISED: gettext("Don't trust anything that comes from it for now."),
            NameState.KNOWN_SCAM: gettext("Don't open it, don't call, don't pay, don't forward."),
            NameState.LOOKALIKE: gettext(
                "Don't enter anything there; go to the real one yourself."
            ),
            NameState.HIDDEN_TARGET: gettext("Don't enter anything behind a link like this."),
            NameState.UNKNOWN: gettext("Ask the organisation by a way that you already know."),
        }[finding.state]
    if finding.state is StatementState.CHECKED and finding.check is not None:
        if finding.check.verdict in (Verdict.FALSE, Verdict.MISSING_CONTEXT):
            return gettext("Don't forward it; send the check instead.")
        return gettext("Read the check before you pass it on.")
    if finding.state is StatementState.OPPOSITE:
        return gettext("Read the check: the message turns it round.")
    if finding.state is StatementState.NOT_CHECKED:
        return gettext("Look for the source before you forward it.")
    if finding.state is StatementState.NOT_CHECKABLE:
        return _advice_without_fact(finding.type)
    return gettext("Read the check and compare.")


def _advice_without_fact(type_: StatementType | None) -> str:
    if type_ is StatementType.INSTRUCTION:
        return gettext("Don't follow it before you know who asks, and why.")
    if type_ is StatementType.PREDICTION:
        return gettext("Ask who announces it, and how they know.")
    if type_ is StatementType.SATIRE:
        return gettext("Don't pass it on as true.")
    return gettext("Nothing to check here.")


def certainty(finding: StatementFinding) -> str:
    """How sure the match is, in words and as a figure; "" without a match."""
    if finding.probability is None or finding.state is not StatementState.CHECKED:
        return ""
    words = gettext("very sure") if finding.probability >= 0.97 else gettext("sure")
    return pgettext("certainty of a match", "%(words)s (%(figure)s)") % {
        "words": words,
        "figure": number_format(finding.probability, decimal_pos=2),
    }


def day(date: dt.date | None) -> str:
    """A date in the active language, "" for none."""
    return format_date(date, pgettext("date format", "j M Y")) if date else ""


def nothing_found() -> str:
    """For a message without any part that can be looked up."""
    return gettext("Nothing here that can be looked up.")


def was_truncated() -> str:
    """For a message of which only a part was looked at."""
    return gettext("The message is long: only its first part was looked at.")


def looked_up_in(coverage: Coverage) -> str:
    """What the answer rests on, so that "not checked" can be weighed."""
    return gettext(
        "Looked up in %(checks)s checks, %(organisations)s organisations "
        "and %(scams)s known scam names."
    ) % {
        "checks": number_format(coverage.checks, force_grouping=True),
        "organisations": number_format(coverage.organisations, force_grouping=True),
        "scams": number_format(coverage.scam_names, force_grouping=True),
    }
