"""The words and signs of the register on screen: states, kinds, proofs, why one does not hold.

In: the codes of `soi.register`. Out: words in the reader's language. Nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from soi.answer.complaints import complaint
from soi.core.errors import SoiError

Word = str | Promise


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign and a word, with a tone that a style may colour (a class of `soi.css`, or "")."""

    sign: str
    tone: str
    word: Word


STATES: Final = {
    "proposed": Mark("○", "", pgettext_lazy("holding", "Proposed")),
    "verified": Mark("✓", "true", pgettext_lazy("holding", "Verified")),
    "active": Mark("●", "true", pgettext_lazy("holding", "In use")),
    "dormant": Mark("◐", "partly", pgettext_lazy("holding", "Dormant")),
    "retired": Mark("–", "", pgettext_lazy("holding", "Retired")),
    "compromised": Mark("✕", "false", pgettext_lazy("holding", "In other hands")),
    "doubted": Mark("?", "false", pgettext_lazy("holding", "In doubt")),
}
STANDINGS: Final = {
    "official": Mark("✓", "true", pgettext_lazy("holding", "Official")),
    "proposed": Mark("○", "", pgettext_lazy("holding", "Not confirmed")),
    "coming": Mark("◐", "partly", pgettext_lazy("holding", "Not yet theirs")),
    "ended": Mark("◐", "partly", pgettext_lazy("holding", "No longer theirs")),
    "compromised": Mark("✕", "false", pgettext_lazy("holding", "In other hands")),
    "doubted": Mark("?", "false", pgettext_lazy("holding", "In doubt")),
}
KINDS: Final[dict[str, Word]] = {
    "domain": pgettext_lazy("one holding", "Domain"),
    "subdomain": pgettext_lazy("one holding", "Site on another's domain"),
    "account": pgettext_lazy("one holding", "Account on a platform"),
    "phone": pgettext_lazy("one holding", "Phone number or hotline"),
    "sms_sender": pgettext_lazy("one holding", "Sender of text messages"),
    "email": pgettext_lazy("one holding", "E-mail address"),
    "email_domain": pgettext_lazy("one holding", "Domain of e-mail"),
    "bank_account": pgettext_lazy("one holding", "Bank account"),
    "app": pgettext_lazy("one holding", "App"),
    "address": pgettext_lazy("one holding", "Address of an office"),
}
PROOFS: Final[dict[str, Word]] = {
    "dns_txt": pgettext_lazy("proof", "DNS record"),
    "well_known": pgettext_lazy("proof", "file on the site"),
    "meta_tag": pgettext_lazy("proof", "tag on the first page"),
    "trust_txt": pgettext_lazy("proof", "trust.txt both ways"),
    "trust_member": pgettext_lazy("proof", "trust.txt of an association"),
    "trust_social": pgettext_lazy("proof", "trust.txt and profile"),
    "trust_contact": pgettext_lazy("proof", "contact in trust.txt"),
    "rel_me": pgettext_lazy("proof", "rel=me both ways"),
    "profile_code": pgettext_lazy("proof", "code in the profile"),
    "bluesky": pgettext_lazy("proof", "Bluesky name"),
    "android_links": pgettext_lazy("proof", "app link of Android"),
    "apple_links": pgettext_lazy("proof", "app link of Apple"),
    "in_person": pgettext_lazy("proof", "seen in person by two"),
}
RESULTS: Final = {
    "": Mark("…", "", pgettext_lazy("proof", "Not run yet")),
    "holds": Mark("✓", "true", pgettext_lazy("proof", "Holds")),
    "denied": Mark("✕", "false", pgettext_lazy("proof", "Not there")),
    "untold": Mark("?", "partly", pgettext_lazy("proof", "Can't be told")),
}
PROBLEMS: Final[dict[str, Word]] = {
    "dns_unreachable": _("The DNS servers did not answer."),
    "dns_disagrees": _("The DNS servers do not agree."),
    "dns_malformed": _("The answer of DNS can't be read."),
    "code_missing": _("The code is not there."),
    "link_missing": _("The official side does not name it."),
    "link_back_missing": _("It does not name the official side."),
    "led_elsewhere": _("The address leads to another site."),
    "file_unreadable": _("The file can't be read."),
    "anchor_not_official": _("The site that it leans on is not official today."),
    "name_mismatch": _("The identifier answers to another name."),
    "other_identifier": _("The account under this name has another identifier."),
    "second_missing": _("A second person has to see it."),
}
ROLES: Final[dict[str, Word]] = {
    "management": pgettext_lazy("post", "management"),
    "communications": pgettext_lazy("post", "communications"),
    "customer_service": pgettext_lazy("post", "customer service"),
    "it": pgettext_lazy("post", "IT"),
    "finance": pgettext_lazy("post", "finance"),
    "legal": pgettext_lazy("post", "legal"),
    "agency": pgettext_lazy("post", "an agency"),
}
TWO_FACTOR: Final = {
    "on": Mark("✓", "true", _("Second step on")),
    "off": Mark("✕", "false", _("No second step")),
    "unknown": Mark("?", "partly", _("Second step not known")),
    "none_there": Mark("–", "", _("Nothing to sign in to")),
}
CHANGES: Final[dict[str, Word]] = {
    "organisation.declared": _("The organisation's names were entered or changed"),
    "holding.declared": _("Declared"),
    "holding.changed": _("Changed"),
    "holding.verified": _("Verified"),
    "holding.proved": _("Its proofs changed"),
    "holding.lapsed": _("Its proofs stayed away: no longer official"),
    "holding.retired": _("Given up"),
    "holding.compromised": _("Reported as in other hands"),
    "holding.recovered": _("Got back"),
    "holding.renamed": _("Got another name"),
    "holding.doubted": _("Somebody else was seen under its name"),
    "holding.settled": _("The doubt was settled"),
    "holding.offered": _("Offered to another organisation"),
    "holding.offer_withdrawn": _("The offer was taken back"),
    "holding.declined": _("The offer was declined"),
    "holding.handed_over": _("Handed over to another organisation"),
    "holding.taken_over": _("Taken over from another organisation"),
    "holding.withdrawn": _("The proposal was withdrawn"),
    "holding.removed": _("Removed with the demonstration"),
}


YES: Final[Word] = pgettext_lazy("field", "yes")
NO: Final[Word] = pgettext_lazy("field", "no")
FIELDS: Final[dict[str, Word]] = {
    "name": pgettext_lazy("field", "name"),
    "name_en": pgettext_lazy("field", "name in English"),
    "aliases": pgettext_lazy("field", "other names"),
    "value": pgettext_lazy("field", "written as"),
    "platform_id": pgettext_lazy("field", "identifier"),
    "bank": pgettext_lazy("field", "bank"),
    "state": pgettext_lazy("field", "state"),
    "proved_by": pgettext_lazy("field", "proofs"),
    "is_vouched": pgettext_lazy("field", "on the desk's word"),
    "handed_to": pgettext_lazy("field", "handed to"),
    "note": pgettext_lazy("field", "note"),
    "valid_from": pgettext_lazy("field", "theirs since"),
    "valid_to": pgettext_lazy("field", "theirs until"),
    "compromised_from": pgettext_lazy("field", "in other hands since"),
    "doubted_from": pgettext_lazy("field", "in doubt since"),
    "lapsed_from": pgettext_lazy("field", "proofs lapsed on"),
}


class _Coded(SoiError):
    """Carries the code of a fetch to its sentence."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def problem_words(code: str) -> Word:
    """Why a proof did not hold, in one sentence."""
    if code in PROBLEMS:
        return PROBLEMS[code]
    told = complaint(_Coded(code)) if code else None
    return told.what if told else code
