"""The words and signs of incidents on screen: kinds, steps, what to do, the timeline.

In: the codes of `soi.incidents`. Out: words in the reader's language. Nothing here decides
anything.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from soi.web.ui.register_words import Mark, Word

KINDS: Final = {
    "impersonation": Mark("✕", "false", pgettext_lazy("incident", "Impersonation")),
    "hijack": Mark("✕", "false", pgettext_lazy("incident", "Taken over")),
    "phishing": Mark("✕", "false", pgettext_lazy("incident", "Phishing")),
    "misuse": Mark("◐", "partly", pgettext_lazy("incident", "Misuse")),
    "anomaly": Mark("?", "unproven", pgettext_lazy("incident", "Anomaly")),
}
EXPLAINED: Final[dict[str, Word]] = {
    "impersonation": _("Somebody pretends to be the organisation under a name like its own."),
    "hijack": _("An account, domain or number of its own is in other hands."),
    "phishing": _("A name like its own takes people's money, passwords or numbers."),
    "misuse": _("Its name or account is used for what it is not for, and nobody is defrauded."),
    "anomaly": _("Something is odd, and nobody knows yet what it is."),
}
STATES: Final = {
    "open": Mark("●", "act", pgettext_lazy("incident", "Open")),
    "closed": Mark("–", "", pgettext_lazy("incident", "Closed")),
}
STEPS: Final[dict[str, Word]] = {
    "stop_using": pgettext_lazy("step", "Stop using it"),
    "tell_keeper": pgettext_lazy("step", "Tell the keeper"),
    "tell_platform": pgettext_lazy("step", "Tell the platform"),
    "tell_public": pgettext_lazy("step", "Tell the public"),
    "recover": pgettext_lazy("step", "Get it back"),
    "confirm": pgettext_lazy("step", "Confirm that it is over"),
}
HINTS: Final[dict[str, Word]] = {
    "stop_using": _("Post nothing there, take links to it off your pages, end its sessions."),
    "tell_keeper": _("By telephone or in person, not by the account that is concerned."),
    "tell_platform": _("With the report and the evidence below."),
    "tell_public": _("Say what not to trust since when, and what to trust instead."),
    "recover": _("New passwords and keys, a second step, nobody else signed in; then prove it."),
    "confirm": _("Look again as a stranger would: is it gone, or yours again?"),
}
STEP_STATES: Final = {
    "open": Mark("○", "", pgettext_lazy("step", "To do")),
    "done": Mark("✓", "true", pgettext_lazy("step", "Done")),
    "skipped": Mark("–", "", pgettext_lazy("step", "Skipped")),
    "overdue": Mark("!", "false", pgettext_lazy("step", "Overdue")),
}
HAPPENED: Final[dict[str, Word]] = {
    "opened": pgettext_lazy("timeline", "Opened"),
    "step_done": pgettext_lazy("timeline", "Done"),
    "step_skipped": pgettext_lazy("timeline", "Skipped"),
    "step_undone": pgettext_lazy("timeline", "Waits again"),
    "noted": pgettext_lazy("timeline", "Note"),
    "capture_added": pgettext_lazy("timeline", "Capture added"),
    "capture_dropped": pgettext_lazy("timeline", "Capture taken out"),
    "notice_linked": pgettext_lazy("timeline", "Notice published"),
    "prepared": pgettext_lazy("timeline", "Prepared for the platform"),
    "closed": pgettext_lazy("timeline", "Closed"),
    "reopened": pgettext_lazy("timeline", "Opened again"),
}
FORMS: Final[dict[str, Word]] = {
    "bundle": _("Bundle of evidence"),
    "report": _("Report to the platform"),
}
ASKED: Final[dict[str, Word]] = {
    "impersonation": _("Please close the account or name that pretends to be us."),
    "hijack": _("Please lock the account and give it back to us."),
    "phishing": _("Please close the name: it takes people's money, passwords or numbers."),
}
