"""All writes of intake: take tips in, move them on, keep and erase contacts."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from soi.core.text import language_of
from soi.intake import floods, queries, rules, sealing
from soi.intake.errors import KeyReused, TipUnknown
from soi.intake.models import Contact, Receipt, Tip
from soi.intake.naming import names_in
from soi.intake.types import Channel, Reason, State
from soi.journal.actions import Entry, append
from soi.masking import masked

TOKEN_BYTES = 24
"""192 random bits: nobody guesses another's status link."""

_TRIES = 5
_ERASED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A tip that is on the disk."""

    token: str
    """Opens the status page, and is kept nowhere; "" for a row of a file that was known already."""
    tip_id: int
    state: State
    received_at: dt.datetime
    is_new: bool
    """False when the desk had this tip already."""
    is_replay: bool
    """True when the idempotency key was known: nothing was counted again."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """One tip on its way in, read and masked."""

    text: str
    digest: str
    key_digest: str | None
    contact: str
    channel: Channel
    by: str
    source: str
    at: dt.datetime


def receive(
    message: str,
    *,
    channel: Channel,
    by: str,
    source: str = "",
    key: str = "",
    contact: str = "",
) -> Acknowledgement:
    """Take a tip in; when this returns outside a transaction, it is committed.

    The same message (`rules.comparable`) is one tip, and counts once a day from one source. With an
    idempotency `key` the same call may be made any number of times and is taken once; each gets a
    status link of its own. `source` is `floods.source_of` a request, "" for the desk's own files.

    Raises `MessageEmpty`, `MessageTooLong`, `ContactInvalid`, `KeyInvalid`, `KeyReused`,
    `TooManyTips` and `QueueFull`; then nothing is stored.
    """
    key_digest = rules.digest_of_key(key)
    contact = rules.contact_line(contact)
    readable = rules.readable(message)
    floods.admit(source)
    text = masked(readable)
    digest = rules.digest_of(text)
    sent = _Sent(text, digest, key_digest, contact, channel, by, source, timezone.now())
    # Two at once may both find nothing and both add: the second then finds what the first added.
    for tries_left in reversed(range(_TRIES)):
        try:
            taken = _take(sent)
        except IntegrityError:
            if not tries_left:
                raise
        else:
            break
    if not taken.is_replay:
        floods.note_counted(source, digest)
    return taken


def _take(sent: _Sent) -> Acknowledgement:
    """One try. Raises `IntegrityError` when another process was faster."""
    if sent.key_digest:
        for known in Tip.objects.filter(receipts__key_digest=sent.key_digest):
            return _replay(sent, known)
    tip = next(iter(Tip.objects.filter(digest=sent.digest)), None)
    if tip is None:
        floods.take_place(sent.source)
    is_counted = tip is None or not floods.has_counted(sent.source, sent.digest)
    with transaction.atomic():
        verb = "tip.repeated" if tip else "tip.received"
        stored = tip or _new_tip(sent)
        if tip and is_counted:
            Tip.objects.filter(pk=tip.pk).update(reach=F("reach") + 1, last_received_at=sent.at)
        token, receipt = _new_receipt(sent, stored, sent.key_digest, is_counted=is_counted)
        after = _standing(stored) if tip is None else ""
        entries = [_entry(verb, stored, after=after)] if is_counted else []
        if sent.contact:
            _keep_contact(sent, receipt)
            entries.append(Entry("contact.kept", "tip", stored.pk))
        append(entries, by=sent.by)
    return Acknowledgement(token, stored.pk, State(stored.state), sent.at, tip is None, False)


def _replay(sent: _Sent, tip: Tip) -> Acknowledgement:
    """Answer again what was answered before, with another link: the first one is kept nowhere."""
    if tip.digest != sent.digest:
        raise KeyReused("The key stands for another message.")
    # Behind a file nobody waits for a link.
    token = (
        "" if sent.channel is Channel.FILE else _new_receipt(sent, tip, None, is_counted=False)[0]
    )
    return Acknowledgement(token, tip.pk, State(tip.state), sent.at, False, True)


def _new_tip(sent: _Sent) -> Tip:
    return Tip.objects.create(
        digest=sent.digest,
        text=sent.text,
        language=language_of(sent.text).value,
        names=names_in(sent.text),
        channel=sent.channel,
        received_at=sent.at,
        last_received_at=sent.at,
    )


def _new_receipt(
    sent: _Sent, tip: Tip, key_digest: str | None, *, is_counted: bool
) -> tuple[str, Receipt]:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    receipt = Receipt.objects.create(
        tip=tip,
        token_digest=rules.digest_of_token(token),
        key_digest=key_digest,
        channel=sent.channel,
        received_at=sent.at,
        is_counted=is_counted,
        is_noted=not is_counted,
    )
    return token, receipt


def _keep_contact(sent: _Sent, receipt: Receipt) -> None:
    Contact.objects.create(
        receipt=receipt,
        sealed=sealing.seal(sent.contact, bound_to=receipt.token_digest),
        erase_at=sent.at + dt.timedelta(days=settings.SOI_CONTACT_DAYS),
    )


def begin_checking(tip_id: int, *, by: str) -> None:
    """Say to its senders that a tip is being checked; also again, after it was closed.

    Who tells them something by hand, in this way or another, has the last word: what becomes of the
    tip's claims is not told any more. Raises `TipUnknown` and `StateRefused`.
    """
    _move(tip_id, State.CHECKING, "tip.checking", by=by)


def answer_with(tip_id: int, link: str, *, by: str) -> None:
    """Point a tip's senders to the published check that answers it.

    Raises `TipUnknown`, `StateRefused` and `LinkInvalid`.
    """
    link = rules.published_link(link)
    _move(tip_id, State.PUBLISHED, "tip.published", link=link, by=by)


def close(tip_id: int, reason: Reason, *, by: str) -> None:
    """Close a tip as not checkable, and say why. Raises `TipUnknown` and `StateRefused`."""
    _move(tip_id, State.NOT_CHECKABLE, "tip.closed", reason=reason.value, by=by)


@transaction.atomic
def _move(
    tip_id: int, following: State, verb: str, *, by: str, reason: str = "", link: str = ""
) -> None:
    tip = Tip.objects.select_for_update().filter(pk=tip_id).first()
    if tip is None:
        raise TipUnknown(f"There is no tip {tip_id}.", tip=tip_id)
    rules.check_following(State(tip.state), following)
    before = _standing(tip)
    tip.state, tip.reason, tip.link = following, reason, link
    tip.is_told_by_hand = True
    tip.save(update_fields=["state", "reason", "link", "is_told_by_hand"])
    append([_entry(verb, tip, before=before, after=_standing(tip))], by=by)


@transaction.atomic
def read_contacts(tip_id: int, *, by: str) -> list[str]:
    """The contacts that a tip's senders left, opened; that somebody read them is written down.

    Raises `TipUnknown` and `ContactUnreadable`.
    """
    queries.tip_with_id(tip_id)
    contacts = queries.opened_contacts(tip_id)
    if contacts:
        append([Entry("contact.read", "tip", tip_id)], by=by)
    return contacts


def erase_due_contacts(*, by: str) -> int:
    """Erase every contact whose day has come; returns how many. Safe to run at any time, twice too.

    A batch is one transaction: what a kill leaves behind is erased by the next call.
    """
    erased = 0
    while batch := _erase_batch(by):
        erased += batch
    return erased


@transaction.atomic
def _erase_batch(by: str) -> int:
    # Locked, so that two workers do not both write down that they erased one contact.
    due = Contact.objects.select_for_update(of=("self",)).filter(erase_at__lte=timezone.now())
    gone = list(due.select_related("receipt").order_by("erase_at")[:_ERASED_AT_ONCE])
    Contact.objects.filter(pk__in=[contact.pk for contact in gone]).delete()
    append([Entry("contact.erased", "tip", each.receipt.tip_id) for each in gone], by=by)
    return len(gone)


def _standing(tip: Tip) -> str:
    return rules.digest_of_standing(tip.digest, tip.state, tip.reason, tip.link)


def _entry(verb: str, tip: Tip, *, before: str = "", after: str = "") -> Entry:
    return Entry(verb, "tip", tip.pk, before=before, after=after)
