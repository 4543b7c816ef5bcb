"""Say in the reader's language what went wrong: what happened, why, and what to do.

In: an exception. Out: a `Complaint` with a stable code and the statuses that the API and the
command use, or None for a fault of ours that must not be dressed up. docs/reference/errors.md lists
them all.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.utils.translation import get_language, gettext

from soi.core import ledger
from soi.core.errors import SoiError
from soi.core.formats import SENTENCES, Code, FormatError
from soi.core.ledger import LedgerError


@dataclass(frozen=True, slots=True)
class Complaint:
    """An error as a person reads it."""

    code: str
    what: str
    why: str
    next: str
    http_status: int
    exit_status: int


Sentences = tuple[str, str, str]


def complaint(error: BaseException) -> Complaint | None:
    """The complaint for `error`, None when it is a fault that nobody foresaw."""
    if isinstance(error, SoiError):
        what, why, then = (
            (sentence(error.code), str(error), "")
            if isinstance(error, FormatError | LedgerError)
            else _holding_invalid(error)
            if error.code == "holding_invalid"
            else _incident_invalid(error)
            if error.code == "incident_invalid"
            else _sentences(error.code, str(error))
        )
        return Complaint(error.code, what, why, then, error.http_status, error.exit_status)
    for matches, code, http_status, exit_status in _FOREIGN:
        if matches(error):
            what, why, then = _sentences(code, str(error))
            return Complaint(code, what, why, then, http_status, exit_status)
    return None


def sentence(code: str) -> str:
    """What a reader's refusal code means and what to do, in the active language."""
    of_the_log = code in set(ledger.Code)
    vietnamese, english = (
        ledger.SENTENCES[ledger.Code(code)] if of_the_log else SENTENCES[Code(code)]
    )
    return english if get_language() == "en" else vietnamese


def reason(code: str) -> tuple[str, str, str]:
    """What a code that stands beside something says in the active language.

    What happened, why, what to do: for instance of the problem of a capture.
    """
    if code in set(Code) | set(ledger.Code):
        return sentence(code), "", ""
    return _sentences(code, code)


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _says(*words: str) -> Callable[[BaseException], bool]:
    return lambda error: (
        isinstance(error, OperationalError) and any(word in str(error).lower() for word in words)
    )


_FOREIGN: tuple[tuple[Callable[[BaseException], bool], str, int, int], ...] = (
    (lambda error: isinstance(error, RequestDataTooBig), "message_too_long", 413, 2),
    (_says("disk is full", "no space left", "disk i/o error"), "disk_full", 507, 4),
    (
        lambda error: isinstance(error, OSError) and error.errno in _NO_ROOM,
        "disk_full",
        507,
        4,
    ),
    (_says("locked", "lock timeout", "deadlock"), "database_locked", 503, 4),
    (_says("readonly", "read-only"), "database_read_only", 503, 4),
    (
        _says("no such table", "does not exist", "unable to open database file"),
        "database_not_migrated",
        503,
        4,
    ),
    (lambda error: isinstance(error, OperationalError), "database_unavailable", 503, 4),
)


def _holding_invalid(error: SoiError) -> Sentences:
    reason = str(error.params.get("reason", ""))
    known = {
        "day_to_come": gettext("That day is still to come."),
        "day_before": gettext("It was not theirs yet on that day."),
        "day_impossible": gettext("It can't have been on that day."),
        "day_unreadable": gettext("Write a day as year-month-day."),
        "other_identifier": gettext("Another identifier is another account: declare it anew."),
        "not_an_account": gettext("Only a confirmed account can get another name."),
        "theirs_already": gettext("It belongs to that organisation already."),
        "offered_already": gettext("It is offered to an organisation already."),
        "nothing_in_doubt": gettext("Nothing about it is in doubt."),
        "not_of_the_desk": gettext("Only people of the desk can be named; others by their post."),
        "role_without_register": gettext("The role of that person does not include the register."),
        "holders_missing": gettext("Say who holds the keys: 1 to 12 people of the desk or posts."),
        "post_unknown": gettext("That is none of the posts of the list."),
        "proof_unsuited": gettext("A holding of this kind can't be proved in that way."),
        "anchor_not_official": gettext(
            "The site that it leans on is not an official one of theirs today."
        ),
        "use_unknown": gettext("Say whether it is in use, confirmed only, or dormant."),
    }
    why = sentence(reason) if reason in set(Code) else known.get(reason, str(error))
    what = gettext("This can't be kept of a holding")
    return what, why, gettext("Look at it again and send it once more.")


def _incident_invalid(error: SoiError) -> Sentences:
    known = {
        "one_thing": gettext("An incident is about one account of theirs or one name like it."),
        "kind_of_another": gettext("What happened does not go with what it is about."),
        "kind_unknown": gettext("Say what happened: choose one of the kinds."),
        "not_confirmed": gettext("It is not confirmed as theirs yet."),
        "name_dismissed": gettext("People of the desk found that this name imitates nobody."),
        "of_another": gettext("The name could be taken for another organisation's."),
        "since_to_come": gettext("That time is still to come."),
        "since_too_old": gettext("That is more than ten years ago."),
        "since_unreadable": gettext("That is no date and time."),
        "too_long": gettext("The text is too long."),
        "reason_missing": gettext("Say it in words."),
        "no_such_step": gettext("An incident of this kind has no such step."),
        "too_many_captures": gettext("It has as many captures as one incident can have."),
        "no_such_capture": gettext("That capture is not among its evidence."),
    }
    why = known.get(str(error.params.get("reason", "")), str(error))
    what = gettext("This can't be kept of an incident")
    return what, why, gettext("Look at it again and send it once more.")


def _sentences(code: str, message: str) -> Sentences:
    known = {
        "message_empty": (
            gettext("There is no message"),
            gettext("Nothing, or nothing but white space, was sent."),
            gettext("Paste the message, a link, an account name or a number."),
        ),
        "message_too_long": (
            gettext("The message is too long"),
            gettext("More was sent than the desk reads at once (50,000 characters)."),
            gettext("Paste the part that matters, or send it in pieces."),
        ),
        "message_unreadable": (
            gettext("The message can't be read as text"),
            gettext("It is not UTF-8 text, or it is the source of a web page."),
            gettext("Paste the text itself, or save it as UTF-8."),
        ),
        "file_unreadable": (
            gettext("The file can't be read"),
            message,
            gettext("Check its name and its rights."),
        ),
        "request_invalid": (
            gettext("The request is not what the API takes"),
            message,
            gettext("Compare it with the document at /api/v1/openapi.json."),
        ),
        "request_unreadable": (
            gettext("The request can't be read"),
            gettext("Its body is not JSON in UTF-8."),
            gettext("Compare it with the document at /api/v1/openapi.json."),
        ),
        "address_unknown": (
            gettext("There is nothing at this address"),
            gettext("The API has no such address."),
            gettext("Compare it with the document at /api/v1/openapi.json."),
        ),
        "method_not_allowed": (
            gettext("This address takes another method"),
            gettext(
                "What is public is read by GET. A message is sent by POST, so that it stands in no "
                "address and no log."
            ),
            gettext("Compare it with the document at /api/v1/openapi.json."),
        ),
        "webhook_unknown": (
            gettext("There is no such webhook"),
            gettext("No endpoint has that number, or it was removed."),
            gettext("Look at the list of webhooks again."),
        ),
        "webhook_invalid": (
            gettext("This webhook can't be entered so"),
            message,
            gettext(
                "It needs an https address of a public host, a label of up to 100 characters, and "
                "at least one kind of event. An overlap of secrets lasts up to 30 days."
            ),
        ),
        "webhook_state_refused": (
            gettext("The webhook is paused"),
            gettext("Nothing is sent to it until somebody lets it go on."),
            gettext("Let it go on first."),
        ),
        "webhook_delivery_unknown": (
            gettext("There is no such message to send again"),
            gettext("This endpoint has none with that number, or it is waiting already."),
            gettext("Look at the messages of the webhook again."),
        ),
        "webhook_secret_unreadable": (
            gettext("The secret of this webhook can't be opened"),
            gettext("It was sealed with another secret key of the desk."),
            gettext("Give it a new secret, tell the receiver, and let it go on."),
        ),
        "cursor_invalid": (
            gettext("The cursor can't be used"),
            gettext("It is not one that this list gave, or the filters are others now."),
            gettext("Take next_cursor as it came, with the same filters; or begin without one."),
        ),
        "check_unknown": (
            gettext("There is no such check"),
            gettext("No check has that number; one that was withdrawn is among the corrections."),
            gettext("Look at the list of checks again."),
        ),
        "file_unwritable": (
            gettext("The file can't be written"),
            message,
            gettext("Check that its folder is there, and its rights."),
        ),
        "rate_limited": (
            gettext("Too many messages in a short time"),
            gettext("To keep the desk fast for everybody, answers are limited per minute."),
            gettext("Wait a minute and try again."),
        ),
        "tip_unknown": (
            gettext("There is no such tip"),
            gettext("The link is wrong or too old, or no tip has that number."),
            gettext("Look whether the link is whole. If it is lost, send the message again."),
        ),
        "tips_limited": (
            gettext("Too many tips from one place"),
            gettext("So that nobody can crowd out others, each may send so much in a day."),
            gettext("Send it again tomorrow. Nothing that was sent before is lost."),
        ),
        "tips_full": (
            gettext("The desk can take no more tips for now"),
            gettext("Too many are waiting, and none is thrown away to make room."),
            gettext("Keep the message and send it again in a day or two."),
        ),
        "sent_from_elsewhere": (
            gettext("This was not sent from the desk's own page"),
            gettext("Another site told your browser to send it, so it was not taken."),
            gettext("If you mean to send it, send it from the page of the desk."),
        ),
        "idempotency_key_invalid": (
            gettext("The idempotency key can't be used"),
            gettext("It must have 16 to 255 visible ASCII characters."),
            gettext("Make a random one for each tip, for instance a UUID."),
        ),
        "idempotency_key_reused": (
            gettext("The idempotency key stands for another message"),
            gettext("A key names one tip; the message that came with it first was another one."),
            gettext("Make a new key for each tip, and repeat it only with the same message."),
        ),
        "contact_invalid": (
            gettext("The contact can't be taken"),
            gettext("It is longer than 200 characters, or holds no letter and no digit."),
            gettext("Write one address or number, or leave it empty."),
        ),
        "contact_unreadable": (
            gettext("The contact can't be opened"),
            gettext("It was sealed with another secret key, or its bytes were changed."),
            gettext("The keeper of the desk sets the secret key that was in use when it came."),
        ),
        "tip_state_refused": (
            gettext("The tip can't go there from where it stands"),
            gettext("From each state only some others can be reached."),
            gettext("Look at the tip again: somebody else may have moved it."),
        ),
        "form_unknown": (
            gettext("These wordings can't be moved together"),
            gettext("Some are gone, or they do not stand under one claim."),
            gettext("Load the claim again and choose among its wordings."),
        ),
        "move_unknown": (
            gettext("There is nothing to take back"),
            gettext("Somebody took it back already, or it never was."),
            gettext("Load the claim again and look where its wordings stand."),
        ),
        "suggestion_unknown": (
            gettext("There is no such suggestion"),
            gettext("What it named is gone, or the address is wrong."),
            gettext("Load the queue again."),
        ),
        "tip_link_invalid": (
            gettext("The link can't be used"),
            gettext("It must be the web address of a published check."),
            gettext("Give an address that begins with https:// or http://."),
        ),
        "capture_unknown": (
            gettext("There is no such capture"),
            gettext("No captured source has that number."),
            gettext("Look at the list of captures again."),
        ),
        "capture_url_invalid": (
            gettext("This address can't be captured"),
            gettext("Only public pages and files are, at addresses with https:// or http://."),
            gettext("Copy the address from the browser, without a name or password in it."),
        ),
        "capture_file_missing": (
            gettext("A file of this capture is missing"),
            gettext("It was kept, but is no longer in the folder of captures."),
            gettext("The keeper of the desk restores that folder from a copy."),
        ),
        "capture_file_altered": (
            gettext("A file of this capture was changed"),
            gettext("It no longer has the hash that it was kept under, so it proves nothing."),
            gettext("The keeper of the desk restores that folder from a copy."),
        ),
        "fetch_url_invalid": (
            gettext("The way leads to no address of the public web"),
            gettext(
                "Only https:// and http:// with the name of a public site are fetched, no figures"
                " and no names of this network."
            ),
            gettext("Copy the address from the browser."),
        ),
        "fetch_port_refused": (
            gettext("This port is not fetched from"),
            gettext("Web pages stand at the ports 80, 443, 8080 and 8443."),
            gettext("Copy the address from the browser, or save the page and bring it as a file."),
        ),
        "fetch_address_refused": (
            gettext("This name leads inside a network"),
            gettext("Its address is not one of the public Internet, so nothing was asked there."),
            gettext("If the site is public, tell whoever runs it that its name is set up wrongly."),
        ),
        "fetch_host_unknown": (
            gettext("There is no site of this name"),
            gettext("The name does not exist, or has no address."),
            gettext(
                "Look at the address again. If the site is gone, look for a copy in a web archive."
            ),
        ),
        "fetch_host_unresolved": (
            gettext("The name of the site could not be looked up"),
            gettext("The servers that know names did not answer in time."),
            gettext("Try again in a few minutes."),
        ),
        "fetch_unreachable": (
            gettext("The site does not answer"),
            gettext("No connection could be made, or it broke."),
            gettext("Try again later, or save the page in your browser and bring it as a file."),
        ),
        "fetch_tls_failed": (
            gettext("No secure connection could be made"),
            gettext(
                "The certificate of the site is missing, out of date or made out to another name."
            ),
            gettext(
                "Look at the site in your browser. If you trust it all the same, save the page "
                "and bring it as a file."
            ),
        ),
        "fetch_too_slow": (
            gettext("The site is too slow"),
            gettext("It did not send everything in time."),
            gettext("Try again later, or save the page in your browser and bring it as a file."),
        ),
        "fetch_too_large": (
            gettext("What stands there is too large"),
            gettext("It has more bytes than are taken, packed or unpacked."),
            gettext("Look for the page that describes it, or for a smaller form of it."),
        ),
        "fetch_too_many_redirects": (
            gettext("The address leads on and on"),
            gettext(
                "One redirect follows another, or they lead in a circle, as with sites that want "
                "a cookie first."
            ),
            gettext(
                "Copy the address that the browser shows in the end, or bring the page as a file."
            ),
        ),
        "fetch_reply_broken": (
            gettext("The answer of the site is broken"),
            gettext("It was cut off, or is not what the web speaks."),
            gettext("Try again later, or save the page in your browser and bring it as a file."),
        ),
        "fetch_encoding_refused": (
            gettext("The answer is packed in an unknown way"),
            gettext("The site did not keep to the ways of packing that it was asked for."),
            gettext("Save the page in your browser and bring it as a file."),
        ),
        "fetch_type_refused": (
            gettext("This kind of file is not taken"),
            gettext(
                "Pages, PDF files, texts and images are; the site says that this is something else."
            ),
            gettext("Look for the page that describes it."),
        ),
        "fetch_not_found": (
            gettext("Nothing stands at this address"),
            gettext("The site says that there is nothing there, or nothing any more."),
            gettext("Look at the address again, or look for a copy in a web archive."),
        ),
        "fetch_forbidden": (
            gettext("The site does not let everybody in"),
            gettext("It wants a sign-in or a payment, or it turns programs away."),
            gettext("Save the page in your browser and bring it as a file."),
        ),
        "fetch_busy": (
            gettext("The site is busy"),
            gettext("It asks to come back later."),
            gettext("Try again in an hour."),
        ),
        "fetch_server_failed": (
            gettext("The site has a fault"),
            gettext("It says so itself."),
            gettext("Try again later, or look for a copy in a web archive."),
        ),
        "fetch_status_refused": (
            gettext("The site gave no page"),
            gettext("It answered in a way that is no success."),
            gettext("Look at the address in your browser; save the page and bring it as a file."),
        ),
        "fetch_redirected_elsewhere": (
            gettext("The address leads to somebody else's site"),
            gettext("What lies there is not the word of whom it was expected from."),
            gettext("Ask the publisher; if it has moved, add the new address as a source."),
        ),
        "fetch_interrupted": (
            gettext("Every try was cut short"),
            gettext("The program was stopped each time before the source had come."),
            gettext(
                "Fetch it again; if it happens again, save the page in your browser and bring it "
                "as a file."
            ),
        ),
        "page_empty": (
            gettext("The page holds no text"),
            gettext("It is empty, or it shows its text only to browsers that run its scripts."),
            gettext("Print the page to a PDF in your browser and bring it as a file."),
        ),
        "page_sign_in": (
            gettext("The page only asks to sign in"),
            gettext("What was asked for stands behind a sign-in."),
            gettext("Sign in with your browser, save the page and bring it as a file."),
        ),
        "page_gone": (
            gettext("The page says that nothing is there"),
            gettext(
                "The site answers as if all were well, but the page is an error page or the front"
                " page."
            ),
            gettext(
                "Look at the address again, or look for a copy in a web archive. If the page is "
                "right, accept it."
            ),
        ),
        "page_consent": (
            gettext("The page only asks for consent"),
            gettext("A notice on cookies or terms stands before what was asked for."),
            gettext("Answer it in your browser, save the page and bring it as a file."),
        ),
        "page_challenge": (
            gettext("The site wants to see a person"),
            gettext("It sent a test that tells people from programs."),
            gettext("Open the page in your browser, save it and bring it as a file."),
        ),
        "page_unreadable": (
            gettext("The file can't be read"),
            gettext("It is broken, or would take too much time or memory. Its bytes are kept."),
            gettext("Look for another form of it, for instance a PDF made anew."),
        ),
        "page_locked": (
            gettext("The PDF wants a password"),
            gettext("Its text can't be read without one. Its bytes are kept."),
            gettext("Look for a copy without a password."),
        ),
        "capture_file_empty": (
            gettext("The file is empty"),
            gettext("It holds no byte."),
            gettext("Save it again and bring it once more."),
        ),
        "capture_file_too_large": (
            gettext("The file is too large"),
            gettext("More than 20 MB is not taken."),
            gettext("Bring the pages that matter, or a smaller picture."),
        ),
        "capture_file_kind_refused": (
            gettext("This kind of file is not taken"),
            gettext(
                "Pages, PDF files, texts and pictures (PNG, JPEG, GIF, WebP) are, by their bytes "
                "and not by their names."
            ),
            gettext("Print it to a PDF and bring that."),
        ),
        "capture_file_unreadable": (
            gettext("The file can't be read"),
            gettext("It is broken, wants a password, or would take too much time or memory."),
            gettext("Print it to a PDF and bring that."),
        ),
        "capture_state_refused": (
            gettext("That can't be done with this capture"),
            gettext("What is captured stays as it is; what nothing came of can't be accepted."),
            gettext("Look at the capture again: somebody else may have changed it."),
        ),
        "timestamp_failed": (
            gettext("No timestamp could be taken"),
            gettext("The timestamping authority did not answer, or its reply does not hold."),
            gettext("The keeper of the desk looks at SOI_TIMESTAMP_URL and SOI_TIMESTAMP_ROOTS."),
        ),
        "screenshot_unavailable": (
            gettext("This machine takes no pictures of pages"),
            gettext("Chromium or the package that drives it is not installed."),
            gettext("If pictures are wanted, the keeper of the desk installs both."),
        ),
        "screenshot_failed": (
            gettext("No picture of the page could be taken"),
            gettext("The browser gave none in time. The capture is whole without it."),
            gettext("Print the page to a PDF and bring that, if a picture is needed."),
        ),
        "not_allowed": (
            gettext("Your role does not include this"),
            gettext("At the desk each role may do some things, and yours may not do this one."),
            gettext("Ask an editor or an administrator of the desk."),
        ),
        "person_unknown": (
            gettext("There is no such person at the desk"),
            gettext("Nobody has that number or address, or they were switched off."),
            gettext("Look at the list of people again."),
        ),
        "invitation_unknown": (
            gettext("This invitation can't be used"),
            gettext("The link is not whole, was used or withdrawn, or is too old."),
            gettext("Ask an administrator of the desk for a new one."),
        ),
        "reset_link_unknown": (
            gettext("This link for a new password can't be used"),
            gettext("It is not whole, was used, or is older than a day."),
            gettext("Ask an administrator of the desk for a new one."),
        ),
        "last_administrator": (
            gettext("This is the last administrator"),
            gettext("Nobody would be left who can invite people and change their roles."),
            gettext("Make somebody else an administrator first."),
        ),
        "email_taken": (
            gettext("Somebody at the desk has this address"),
            gettext("An address stands for one person."),
            gettext("Use another one, or sign in with it."),
        ),
        "person_invalid": (
            gettext("This can't be kept of a person"),
            gettext("A name has 1 to 100 characters; an address looks like name@example.org."),
            gettext("Look at it again and send it once more."),
        ),
        "second_factor_unreadable": (
            gettext("The second step can't be checked"),
            gettext("It was sealed with another secret key of the desk."),
            gettext("The keeper of the desk sets the secret key that was in use, or resets it."),
        ),
        "claim_unknown": (
            gettext("There is no such claim"),
            gettext("No claim of the desk has that number."),
            gettext("Look at the queue again."),
        ),
        "claim_state_refused": (
            gettext("The claim does not stand where this can be done"),
            gettext("It was closed, merged, published or withdrawn, perhaps a moment ago."),
            gettext("Look at the claim again: somebody else may have moved it."),
        ),
        "claim_taken": (
            gettext("Somebody else works on this claim"),
            gettext("One person has it at a time, so that nothing is written twice."),
            gettext("Help them with the draft, or ask them to hand it over."),
        ),
        "field_invalid": (
            gettext("A field can't be saved like this"),
            gettext("It is too long, empty where it may not be, or holds no known word."),
            gettext("Mend it and save again. What you have typed is still there."),
        ),
        "draft_stale": (
            gettext("Somebody else has changed the same"),
            gettext("Since you opened the page, the same field was saved by somebody else."),
            gettext("Both wordings are kept. Compare them and choose, then save again."),
        ),
        "version_unknown": (
            gettext("There is no such version"),
            gettext("The draft never had a version with that number."),
            gettext("Load the page again; copy long text first."),
        ),
        "evidence_unknown": (
            gettext("There is no such piece of evidence"),
            gettext("It was removed, or belongs to another claim."),
            gettext("Load the page again; older versions of the draft still show it."),
        ),
        "evidence_limited": (
            gettext("No more sources can be added"),
            gettext("A check has at most 100 sources."),
            gettext("Remove one that says the same as another."),
        ),
        "gates_open": (
            gettext("Something is missing before this can be approved or published"),
            gettext("The rules of the desk are a list, and not everything on it is met."),
            gettext("Open the list beside the draft: it says what is missing and leads there."),
        ),
        "digest_stale": (
            gettext("This is no longer what the draft says"),
            gettext("Somebody has changed it since you read it. Approval is for exact words."),
            gettext("Read the draft again as it is now."),
        ),
        "same_person": (
            gettext("You can't decide on this alone"),
            gettext("You wrote it or changed it last. Nothing goes out on one person's word."),
            gettext("Ask somebody else to read it, and to approve or answer it."),
        ),
        "recused": (
            gettext("You have left this claim to others"),
            gettext("Whoever has a part in a matter does not write or approve its check."),
            gettext("Tell the others what you know in another way, openly."),
        ),
        "edition_unknown": (
            gettext("There is no such edition"),
            gettext("The check was never published, or has fewer editions."),
            gettext("Look at the list of published checks."),
        ),
        "challenge_unknown": (
            gettext("There is no such challenge"),
            gettext("No challenge has that number."),
            gettext("Look at the list of challenges again."),
        ),
        "challenge_decided": (
            gettext("The challenge has its answer"),
            gettext("What was answered in public stays as it was answered."),
            gettext("If the answer was wrong, correct the check and say so there."),
        ),
        "challenge_not_met": (
            gettext("The check still says what was challenged"),
            gettext("A challenge is upheld when the check has been corrected or withdrawn."),
            gettext("Publish the correction first, then answer the challenge."),
        ),
        "challenges_limited": (
            gettext("No more challenges of this check are taken for now"),
            gettext("Many are waiting for an answer already, and none is thrown away."),
            gettext("Send it again in a few days."),
        ),
        "publisher_is_own": (
            gettext("This is the desk's own site"),
            gettext("What stands under the desk's name is approved by two people here."),
            gettext("Write the check at the desk; import checks of other publishers."),
        ),
        "source_invalid": (
            gettext("The source can't be set up like that"),
            gettext(
                "Its publishers have to be allowed first, its address has to be public, and hours "
                "are from 1 to 720."
            ),
            gettext("Change what is named, and send it again."),
        ),
        "source_known": (
            gettext("That address is a source already"),
            gettext("Each address is looked at once, for all its publishers."),
            gettext("Change or remove the source that is there."),
        ),
        "source_unknown": (
            gettext("There is no such source"),
            gettext("The number is wrong, or somebody has removed it."),
            gettext("Look at the list of sources again."),
        ),
        "source_busy": (
            gettext("Somebody is looking at that source"),
            gettext("Two looks at once would undo each other's work."),
            gettext("Wait a few minutes and try again."),
        ),
        "quarantined_unknown": (
            gettext("There is no such item in the quarantine"),
            gettext("The number is wrong, or the source was removed."),
            gettext("Look at the source again."),
        ),
        "quarantined_decided": (
            gettext("Somebody has decided on this item already"),
            gettext("It was let in or dismissed a moment ago."),
            gettext("Look at the source again."),
        ),
        "quarantined_unreadable": (
            gettext("This can't be let in"),
            gettext("What came is no check as it stands, and nothing is guessed."),
            gettext("Tell the publisher what is wrong; once it is mended it comes by itself."),
        ),
        "publisher_still_not_allowed": (
            gettext("The publisher is not on the allow list"),
            gettext("Nobody's checks are taken until the desk allows the publisher."),
            gettext("Allow the publisher first with `soi publishers allow`, then let it in."),
        ),
        "form_stale": (
            gettext("This form is too old"),
            gettext("You have signed in or out since it was opened, or it came from elsewhere."),
            gettext("Go back, load the page again and send it once more; copy long text first."),
        ),
        "lookalike_unknown": (
            gettext("There is no such name before the desk"),
            gettext("The number is wrong, or the name was removed with the demonstration."),
            gettext("Look at the queue of names again."),
        ),
        "lookalike_decided": (
            gettext("Somebody has decided on this name already"),
            gettext("What others rely on is not overwritten in passing."),
            gettext("Read what was decided and why; undo it first if it is wrong."),
        ),
        "lookalike_not_decided": (
            gettext("There is nothing to undo"),
            gettext("Nobody has decided on this name, or it was undone already."),
            gettext("Look at the name again."),
        ),
        "lookalike_is_official": (
            gettext("This name is an organisation's own"),
            gettext("The register says so, and the register is believed."),
            gettext("Dismiss the name, or correct the register if it is wrong."),
        ),
        "nothing_chosen": (
            gettext("Nothing was chosen"),
            gettext("A decision needs at least one name, and what it is."),
            gettext("Tick the names and choose what they are."),
        ),
        "name_invalid": (
            gettext("This name can't be read"),
            gettext("It is no web address, no e-mail address and no account name."),
            gettext("Write it as you saw it, for an account with its platform."),
        ),
        "decision_reason_invalid": (
            gettext("The reason can't be kept"),
            gettext("A decision needs a reason in words, of at most 500 characters."),
            gettext("Write in a sentence what you saw."),
        ),
        "recovery_code_mistyped": (
            gettext("The code was mistyped"),
            gettext("It has 28 digits that fit one another; one is missing, wrong or swapped."),
            gettext("Compare it with your paper, group by group."),
        ),
        "recovery_code_wrong": (
            gettext("This code opens nothing here"),
            gettext("It is another desk's, or a newer one has taken its place."),
            gettext("Look for the newest paper, or ask the desk: an editor can publish, too."),
        ),
        "notice_unknown": (
            gettext("There is no such notice"),
            gettext("The number is wrong, or the notice was never published."),
            gettext("Look at the list of notices."),
        ),
        "notice_state_refused": (
            gettext("The notice can't go there from where it stands"),
            gettext("What is over stays over, and what was never published can't be taken back."),
            gettext("Look at the notice again: somebody else may have moved it."),
        ),
        "notice_invalid": (
            gettext("The notice can't be like this"),
            message,
            gettext("Look at the accounts, the time and the words again."),
        ),
        "notice_altered": (
            gettext("The notice is not what was signed"),
            gettext("Its record was changed in the database, so it is not published."),
            gettext("The keeper of the desk looks into it; report the account as compromised."),
        ),
        "practice_question_gone": (
            gettext("This question has run out"),
            gettext("What it asked is no longer so, or the link is not whole."),
            gettext("Take the one below instead."),
        ),
        "incident_unknown": (
            gettext("There is no such incident"),
            gettext("The number is wrong, or it went with the demonstration."),
            gettext("Look at the list of incidents."),
        ),
        "incident_known": (
            gettext("Such an incident is open already"),
            gettext("One of the same kind is open about the same account or name."),
            gettext("Go on there; close it first if it is another story."),
        ),
        "incident_state_refused": (
            gettext("This can't be done about the incident as it stands"),
            gettext("It is closed, or somebody else was faster."),
            gettext("Look at it again; what is closed can be opened again."),
        ),
        "only_for_fraud": (
            gettext("Nothing is prepared for a platform here"),
            gettext(
                "A platform is asked to act on impersonation, hijacking and phishing alone, "
                "never on a view, on criticism or on parody (rule C8)."
            ),
            gettext("If it was fraud after all, close this incident and open another one."),
        ),
        "not_confirmed_yet": (
            gettext("Nobody of the desk has confirmed it yet"),
            gettext(
                "A report goes out only against a name that people of the desk have looked at "
                "and found to imitate, or about an account that is confirmed as theirs."
            ),
            gettext("Let the desk decide on the name first."),
        ),
        "bundle_too_large": (
            gettext("The evidence is too large for one bundle"),
            gettext("Its captures are more than 250 MB together."),
            gettext("Take captures out that show the same, then make it again."),
        ),
        "stream_address_invalid": (
            gettext("The stream can't be followed"),
            gettext("Its address must begin with wss:// or ws://."),
            gettext("Look at the address again."),
        ),
        "scam_list_unknown": (
            gettext("There is no such list"),
            gettext("No list of known scams has that name."),
            gettext("`soi watch lists list` shows the names of all lists."),
        ),
        "scam_list_invalid": (
            gettext("The list can't be kept like this"),
            message,
            gettext("Look at the days and hours again."),
        ),
        "organisation_unknown": (
            gettext("There is no such organisation"),
            gettext("No organisation of the register has that short name."),
            gettext("Look for it in the directory."),
        ),
        "organisation_taken": (
            gettext("An organisation has this short name"),
            gettext("A short name stands for one organisation, for good."),
            gettext("Choose another one, or look after the one that is there."),
        ),
        "holding_unknown": (
            gettext("There is no such holding"),
            gettext("No holding of this organisation has that number."),
            gettext("Look at the organisation's holdings again."),
        ),
        "holding_known": (
            gettext("The organisation has this already"),
            gettext("It stands in its register under the same name."),
            gettext("Look at it there; what has ended can be declared again."),
        ),
        "holding_elsewhere": (
            gettext("Another organisation has this"),
            gettext("It is confirmed as another organisation's own, and can't be both."),
            gettext("Let that organisation hand it over, or retire it there first."),
        ),
        "holding_state_refused": (
            gettext("The holding can't go there from where it stands"),
            gettext("From each state only some others can be reached."),
            gettext("Look at it again: somebody else may have changed it."),
        ),
        "not_their_keeper": (
            gettext("You do not keep this organisation's accounts"),
            gettext("A keeper sees the organisations that they were appointed to."),
            gettext("Ask the desk's register people to appoint you."),
        ),
        "proof_unknown": (
            gettext("There is no such proof"),
            gettext("The organisation has no proof of that number, or only people can see it."),
            gettext("Look at the proofs of the holding again."),
        ),
        "handover_unknown": (
            gettext("There is no such handover"),
            gettext("It was answered or taken back, or it is offered to somebody else."),
            gettext("Look at what is offered again."),
        ),
        "index_busy": (
            gettext("The search is being rebuilt"),
            gettext("Another process is writing the index."),
            gettext("Try again in a minute."),
        ),
        "index_damaged": (
            gettext("The search can't be read"),
            gettext("Its files are damaged. Nothing is lost: they are made from the database."),
            gettext("The keeper of the desk runs `soi index rebuild`."),
        ),
        "index_unreachable": (
            gettext("The search does not answer"),
            gettext("The server that keeps the desk's index is away or too slow."),
            gettext("Try again in a moment; the keeper of the desk looks after that server."),
        ),
        "index_failed": (
            gettext("The search does not work"),
            gettext("What keeps its index failed."),
            gettext("Try again in a moment; its keeper finds the reason in the log."),
        ),
        "index_forbidden": (
            gettext("The search can't be read"),
            gettext("The desk may not read or write its index."),
            gettext("The keeper of the desk mends the rights of the data folder, or the key."),
        ),
        "page_failed": (
            gettext("A page of the site can't be made"),
            message,
            gettext("Open it on the running desk to see what is wrong, then export again."),
        ),
        "log_key_missing": (
            gettext("The public log can't be written"),
            gettext("The desk has no key to sign it with."),
            gettext("The keeper of the desk runs `soi init`."),
        ),
        "log_key_kept": (
            gettext("The key of the public log was not changed"),
            gettext("It is given by a setting, or there is no other key to sign with."),
            gettext("Change the setting, or make a new key first: `soi log new-key`."),
        ),
        "log_differs": (
            gettext("The public log differs from the journal or from what is public"),
            message,
            gettext("Keep a copy of everything, then find out who changed what."),
        ),
        "log_witness_unknown": (
            gettext("No witness is set"),
            gettext("A cosignature counts only if its key is known beforehand."),
            gettext("Put the keys of the witnesses into SOI_LOG_WITNESSES."),
        ),
        "disk_full": (
            gettext("The disk is full"),
            gettext("Nothing was stored half: what was there before is whole."),
            gettext("Make room, then do it again."),
        ),
        "database_locked": (
            gettext("The database is busy"),
            gettext("Another process is writing to it and did not finish in time."),
            gettext("Try again in a moment."),
        ),
        "database_read_only": (
            gettext("The database can't be written"),
            gettext("It is read-only for the desk."),
            gettext("The keeper of the desk mends the rights of the data folder."),
        ),
        "database_not_migrated": (
            gettext("The desk is not set up"),
            gettext("The database is missing, or it lacks its tables."),
            gettext("Run `soi init`."),
        ),
        "database_unavailable": (
            gettext("The database does not answer"),
            gettext("The desk could not reach its records."),
            gettext("Try again in a moment; its keeper finds the reason in the log."),
        ),
    }
    return known.get(code, (message, "", ""))
