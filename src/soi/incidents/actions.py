"""All writes of notices and recovery keys.

A notice is signed when it is prepared, with everything but the time. To publish it takes a member
of the desk or one of the organisation's keepers who is signed in, or whoever has the recovery code:
no session, no second step. Publishing switches the register in the same transaction, so answers,
pages and files say it at once. Undoing leaves the notice public with its reason.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from soi.core.formats import HoldingState
from soi.core.ledger import LedgerError
from soi.core.ledger.keys import Signer, read_key
from soi.core.ledger.notes import read_note, write_note
from soi.incidents import handling, queries, rules, statements
from soi.incidents.codes import RecoveryCode, new_code, read_code
from soi.incidents.errors import (
    NoticeAltered,
    NoticeInvalid,
    NoticeUnknown,
    RecoveryCodeWrong,
)
from soi.incidents.models import Drill, Notice, RecoveryKey
from soi.incidents.types import KeyRow, Named, NoticeRow, NoticeState
from soi.journal.actions import Entry, append
from soi.register import lifecycle
from soi.register.errors import HoldingInvalid, HoldingUnknown, StateRefused
from soi.register.queries import all_holdings_of, holding_with_id, known_organisation
from soi.register.types import HoldingRow

SALT_BYTES = 16
LONGEST_PRACTICE = 3600
"""Seconds after which a drill tells nothing of how quick somebody is."""


@dataclass(frozen=True, slots=True)
class Kit:
    """What an organisation keeps on paper: shown once, and kept nowhere."""

    code: str
    key: KeyRow
    notices: tuple[NoticeRow, ...]


@transaction.atomic
def make_kit(organisation: str, *, by: str) -> Kit:
    """Make a recovery code, and a signed notice for everything that could be taken over.

    The code that there was opens nothing any more; notices that were prepared are signed anew, and
    those that are missing are made. Raises `OrganisationUnknown` and, while nothing is confirmed
    that could be taken over, `NoticeInvalid`.
    """
    known = known_organisation(organisation)
    now, today = timezone.now(), timezone.localdate()
    holdings = all_holdings_of(organisation)
    takeable = [each for each in holdings if rules.can_be_taken(each, on=today)]
    if not takeable:
        raise NoticeInvalid("Nothing of it is confirmed yet.", reason="nothing_confirmed")
    _withdraw(organisation, by=by)
    code, key, signer = _new_key(organisation, is_demo=known.is_demo, at=now, by=by)
    entries = [Entry("recovery_key.made", "recovery_key", key.pk)]
    kept = _sign_anew(organisation, key, signer)
    entries += [_entry("notice.prepared", notice, before) for notice, before in kept]
    warned_of = {frozenset(named["id"] for named in notice.untrusted) for notice, _ in kept}
    for holding in takeable:
        if frozenset({holding.id}) in warned_of:
            continue
        trusted = rules.real_ones(holding, holdings, on=today)
        notice = _prepared(
            key, signer, [rules.named(holding)], [rules.named(each) for each in trusted], by=by
        )
        entries.append(_entry("notice.prepared", notice, ""))
    append(entries, by=by)
    return Kit(str(code), queries.key_row(key), tuple(_waiting(organisation)))


def _waiting(organisation: str) -> list[NoticeRow]:
    found = queries.notices_of(organisation)
    return [row for row in found if row.state is NoticeState.PREPARED]


def _new_key(
    organisation: str, *, is_demo: bool, at: dt.datetime, by: str
) -> tuple[RecoveryCode, RecoveryKey, Signer]:
    code = new_code()
    while RecoveryKey.objects.filter(handle=code.handle).exists():
        code = new_code()
    salt = secrets.token_bytes(SALT_BYTES)
    signer = code.signer(_key_name(organisation, code), salt)
    key = RecoveryKey.objects.create(
        organisation=organisation,
        handle=code.handle,
        salt=salt,
        key=str(signer.key),
        made_at=at,
        made_by=by,
        is_demo=is_demo,
    )
    return code, key, signer


def _key_name(organisation: str, code: RecoveryCode) -> str:
    return f"{organisation}/recovery/{code.handle}"


def _withdraw(organisation: str, *, by: str) -> None:
    old = RecoveryKey.objects.select_for_update().filter(
        organisation=organisation, withdrawn_at=None
    )
    entries = [Entry("recovery_key.withdrawn", "recovery_key", each.pk) for each in old]
    old.update(withdrawn_at=timezone.now(), withdrawn_by=by)
    append(entries, by=by)


def _sign_anew(organisation: str, key: RecoveryKey, signer: Signer) -> list[tuple[Notice, str]]:
    """The prepared notices, signed with a new key, each with what it was before."""
    changed = []
    found = Notice.objects.select_for_update(of=("self",)).select_related("key")
    for notice in found.filter(organisation=organisation, state=NoticeState.PREPARED):
        before = queries.public_digest(queries.row_of(notice))
        notice.key = key
        notice.prepared_note = _signed(_text(notice), signer)
        notice.save(update_fields=["key", "prepared_note"])
        changed.append((notice, before))
    return changed


def _prepared(
    key: RecoveryKey,
    signer: Signer,
    untrusted: Sequence[Named],
    trusted: Sequence[Named],
    *,
    by: str,
    words: str = "",
    words_en: str = "",
) -> Notice:
    rules.check_sides(untrusted, trusted)
    notice = Notice(
        organisation=key.organisation,
        key=key,
        untrusted=[asdict(each) for each in untrusted],
        trusted=[asdict(each) for each in trusted],
        words=rules.line(words, rules.WORDS_LIMIT),
        words_en=rules.line(words_en, rules.WORDS_LIMIT),
        prepared_at=timezone.now().replace(microsecond=0),
        prepared_by=by,
        is_demo=key.is_demo,
    )
    notice.prepared_note = _signed(_text(notice), signer)
    notice.save()
    return notice


def _signed(text: str, signer: Signer) -> str:
    return bytes(write_note(text, signer)).decode()


def _prepared_text(notice: Notice) -> str:
    """The text that was signed, if it is whole and says what the desk would publish.

    Raises `NoticeAltered`: whoever could write into the database must not choose what is trusted.
    """
    try:
        note = read_note(notice.prepared_note.encode())
        is_signed = bool(note.signed_by([read_key(notice.key.key)]))
    except LedgerError as error:
        raise NoticeAltered(f"Notice {notice.pk}: {error.code}.", notice=notice.pk) from error
    if not is_signed or note.text != _text(notice, desk=statements.desk_in(note.text)):
        raise NoticeAltered(f"Notice {notice.pk} is not what was signed.", notice=notice.pk)
    return note.text


def _text(notice: Notice, *, desk: str = "") -> str:
    row = queries.row_of(notice)
    return statements.prepared_text(
        desk=desk or settings.SOI_BASE_URL,
        organisation=row.organisation,
        at=row.prepared_at,
        untrusted=row.untrusted,
        trusted=row.trusted,
        words=row.words,
        words_en=row.words_en,
    )


@transaction.atomic
def prepare(
    typed: str,
    untrusted: Sequence[int],
    trusted: Sequence[int],
    *,
    by: str,
    words: str = "",
    words_en: str = "",
) -> NoticeRow:
    """Prepare one more notice of several holdings, or with words of one's own.

    Takes the recovery code, which signs it. Raises `RecoveryCodeMistyped`, `RecoveryCodeWrong`,
    `HoldingUnknown` and `NoticeInvalid`.
    """
    key, signer = _opened(typed)
    today = timezone.localdate()
    taken = [holding_with_id(key.organisation, each) for each in dict.fromkeys(untrusted)]
    real = [holding_with_id(key.organisation, each) for each in dict.fromkeys(trusted)]
    for holding in (*taken, *real):
        if not rules.can_be_taken(holding, on=today):
            raise NoticeInvalid("It is not confirmed as theirs.", reason="not_confirmed")
    notice = _prepared(
        key,
        signer,
        [rules.named(each) for each in taken],
        [rules.named(each) for each in real],
        by=by,
        words=words,
        words_en=words_en,
    )
    append([_entry("notice.prepared", notice, "")], by=by)
    return queries.row_of(notice)


def kit_behind(typed: str) -> tuple[KeyRow, list[NoticeRow]]:
    """Whose code it is, and what it can publish or take back. Nothing is written.

    Raises `RecoveryCodeMistyped` and `RecoveryCodeWrong`.
    """
    key, _ = _opened(typed)
    rows = queries.notices_of(key.organisation)
    open_states = (NoticeState.PREPARED, NoticeState.PUBLISHED)
    return queries.key_row(key), [row for row in rows if row.state in open_states]


def _opened(typed: str) -> tuple[RecoveryKey, Signer]:
    """The key that a code opens. A wrong handle and a wrong secret are told apart by nobody."""
    code = read_code(typed)
    key = RecoveryKey.objects.filter(handle=code.handle, withdrawn_at=None).first()
    salt = bytes(key.salt) if key else bytes(SALT_BYTES)
    signer = code.signer(_key_name(key.organisation if key else "-", code), salt)
    if key is None or str(signer.key) != key.key:
        raise RecoveryCodeWrong("The code opens nothing here.")
    return key, signer


def publish_with_code(typed: str, notice_id: int, *, since: dt.datetime) -> NoticeRow:
    """Publish a prepared notice with the recovery code alone, signed with since when.

    Publishing again changes nothing. Raises `RecoveryCodeMistyped`, `RecoveryCodeWrong`,
    `NoticeUnknown`, `NoticeInvalid` and `NoticeStateRefused`.
    """
    key, signer = _opened(typed)
    return _publish(notice_id, since, signer, organisation=key.organisation, by=_actor(key))


def publish(notice_id: int, *, since: dt.datetime, by: str) -> NoticeRow:
    """Publish a prepared notice as somebody who is signed in; raises as the other."""
    return _publish(notice_id, since, None, organisation="", by=by)


def _actor(key: RecoveryKey) -> str:
    return f"recovery:{key.handle}"


@transaction.atomic
def _publish(
    notice_id: int, since: dt.datetime, signer: Signer | None, *, organisation: str, by: str
) -> NoticeRow:
    notice = _locked(notice_id, organisation)
    if notice.state == NoticeState.PUBLISHED:
        return queries.row_of(notice)
    rules.check_step(NoticeState(notice.state), NoticeState.PUBLISHED)
    now = timezone.now().replace(microsecond=0)
    prepared = _prepared_text(notice)
    before = queries.public_digest(queries.row_of(notice))
    notice.since, notice.published_at = rules.since_when(since, now=timezone.now()), now
    notice.state, notice.published_by = NoticeState.PUBLISHED.value, by
    if signer:
        text = statements.published_text(prepared, since=notice.since, at=now)
        notice.note = _signed(text, signer)
    notice.switched = _switch(notice, timezone.localdate(notice.since), by=by)
    handling.note_published(notice, by=by)
    notice.save()
    append([_entry("notice.published", notice, before)], by=by)
    return queries.row_of(notice)


def _switch(notice: Notice, day: dt.date, *, by: str) -> list[int]:
    """Call the holdings compromised in the register; returns which were not so before.

    What the organisation has given up meanwhile, or never was confirmed, stays as it is: a warning
    must not fail because one of its accounts is gone.
    """
    switched = []
    for named in queries.row_of(notice).untrusted:
        holding = _still_theirs(notice.organisation, named.id)
        if holding is None:
            continue
        since = max(day, holding.valid_from or day)
        try:
            lifecycle.report_compromised(notice.organisation, named.id, since=since, by=by)
        except (StateRefused, HoldingInvalid):
            continue
        switched.append(named.id)
    return switched


def _still_theirs(organisation: str, holding_id: int) -> HoldingRow | None:
    try:
        found = holding_with_id(organisation, holding_id)
    except HoldingUnknown:
        return None
    return found if rules.is_still_theirs(found) else None


def drill_with_code(typed: str, notice_id: int, *, seconds: int | None = None) -> NoticeRow:
    """Do everything that publishing with the code would do, and publish nothing.

    Raises as `publish_with_code`. `seconds` is how long it took.
    """
    key, _ = _opened(typed)
    return _drill(notice_id, key.organisation, seconds, by=_actor(key))


@transaction.atomic
def _drill(notice_id: int, organisation: str, seconds: int | None, *, by: str) -> NoticeRow:
    notice = _locked(notice_id, organisation)
    rules.check_step(NoticeState(notice.state), NoticeState.PUBLISHED)
    _prepared_text(notice)
    is_known = seconds is not None and 0 <= seconds <= LONGEST_PRACTICE
    Drill.objects.create(
        notice=notice, at=timezone.now(), by=by, seconds=seconds if is_known else None
    )
    append([Entry("notice.drilled", "notice_drill", notice.pk)], by=by)
    return queries.row_of(notice)


def end_with_code(typed: str, notice_id: int, *, reason: str, was_right: bool) -> NoticeRow:
    """Take a notice back with the recovery code alone; see `end` and `retract`."""
    key, _ = _opened(typed)
    return _over(notice_id, reason, key.organisation, was_right=was_right, by=_actor(key))


def end(notice_id: int, *, reason: str, by: str) -> NoticeRow:
    """Say that what a notice warned of is over: from today on its holdings are theirs again.

    That they were not until then stays known. Raises `NoticeUnknown`, `NoticeInvalid` and
    `NoticeStateRefused`.
    """
    return _over(notice_id, reason, "", was_right=True, by=by)


def retract(notice_id: int, *, reason: str, by: str) -> NoticeRow:
    """Say that a notice was a false alarm: its holdings were theirs all the time.

    The notice stays public with the reason. Raises as `end`.
    """
    return _over(notice_id, reason, "", was_right=False, by=by)


@transaction.atomic
def _over(notice_id: int, reason: str, organisation: str, *, was_right: bool, by: str) -> NoticeRow:
    notice = _locked(notice_id, organisation)
    state = NoticeState.ENDED if was_right else NoticeState.RETRACTED
    rules.check_step(NoticeState(notice.state), state)
    notice.reason = rules.line(reason, rules.REASON_LIMIT, needed=True)
    before = queries.public_digest(queries.row_of(notice))
    notice.state, notice.ended_by = state.value, by
    notice.ended_at = timezone.now().replace(microsecond=0)
    notice.save()
    _switch_back(notice, was_right=was_right, by=by)
    verb = "notice.ended" if was_right else "notice.retracted"
    append([_entry(verb, notice, before)], by=by)
    return queries.row_of(notice)


def _switch_back(notice: Notice, *, was_right: bool, by: str) -> None:
    warned_of = queries.notices_about(notice.switched)
    for holding_id in notice.switched:
        holding = holding_with_id(notice.organisation, holding_id)
        if holding.state is not HoldingState.COMPROMISED or holding_id in warned_of:
            continue  # it came back by itself, or somebody else warns of it still
        day = timezone.localdate() if was_right else holding.compromised_from
        lifecycle.recover(notice.organisation, holding_id, day=day or timezone.localdate(), by=by)


@transaction.atomic
def discard(notice_id: int, *, by: str) -> None:
    """Give up a notice that was never published. Raises `NoticeUnknown`, `NoticeStateRefused`."""
    notice = _locked(notice_id, "")
    rules.check_step(NoticeState(notice.state), NoticeState.DISCARDED)
    before = queries.public_digest(queries.row_of(notice))
    notice.state = NoticeState.DISCARDED.value
    notice.save(update_fields=["state"])
    append([Entry("notice.discarded", "notice", notice.pk, before=before)], by=by)


@transaction.atomic
def withdraw_key(organisation: str, *, by: str) -> None:
    """Let the recovery code of an organisation open nothing any more: it was lost or seen.

    Prepared notices can still be published by people who are signed in.
    """
    _withdraw(organisation, by=by)


def _locked(notice_id: int, organisation: str) -> Notice:
    """A notice, of one organisation where one is told. Raises `NoticeUnknown`."""
    found = None
    if 0 < notice_id < 2**63:
        rows = Notice.objects.select_for_update(of=("self",)).select_related("key")
        found = rows.filter(pk=notice_id).first()
    if found is None or organisation not in ("", found.organisation):
        raise NoticeUnknown(f"There is no notice {notice_id}.", notice=notice_id)
    return found


def _entry(verb: str, notice: Notice, before: str) -> Entry:
    after = queries.public_digest(queries.row_of(notice))
    return Entry(verb, "notice", notice.pk, before=before, after=after)


@transaction.atomic
def remove_demo(*, by: str) -> int:
    """Remove the demonstration's notices and keys; returns how many notices."""
    gone = list(Notice.objects.filter(is_demo=True).select_related("key"))
    entries = [
        Entry(
            "notice.removed", "notice", each.pk, before=queries.public_digest(queries.row_of(each))
        )
        for each in gone
    ]
    Notice.objects.filter(is_demo=True).delete()
    RecoveryKey.objects.filter(is_demo=True).delete()
    append(entries, by=by)
    return len(gone)
