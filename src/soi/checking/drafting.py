"""Change what a check says, several people at once.

Every change makes a revision and ends the approvals of what was said before. A form is saved over
the version that it was opened with: a field that only one of two people changed is taken, one that
both changed is refused with both wordings, and what was typed stays in the scratch.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from soi.captures import queries as captures
from soi.captures.types import Capture, CaptureState
from soi.checking import rules, scratch, standing
from soi.checking.access import locked_claim
from soi.checking.content import (
    Content,
    changed_fields,
    content_of,
    read,
    sources_of,
    words_of,
    written,
)
from soi.checking.errors import Conflict, DraftStale, FieldInvalid, VersionUnknown
from soi.checking.models import Approval, Claim, Draft, Evidence, Revision
from soi.checking.types import ClaimState
from soi.journal.actions import Entry, append
from soi.people.types import Member, Permission

Fields = Mapping[str, object]

_CORRECTION: Final = ("correction_kind", "correction_note")


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft after a change."""

    version: int
    digest: str
    changed: tuple[str, ...]
    """The fields that differ from the version before; none when it said so already."""


@dataclass(frozen=True, slots=True)
class Work:
    """A locked claim with its draft, while somebody changes it."""

    claim: Claim
    draft: Draft
    content: Content
    """What the draft says."""
    person: int
    actor: str
    """The same person for the journal, or the machine that does something in their stead."""


def save_draft(claim_id: int, *, version: int, fields: Fields, by: Member) -> Saved:
    """Save what a form says over `version`, the one that it was opened with (0 for the first).

    Fields that somebody else has changed since, and the form did not, keep what they changed.
    Raises `DraftStale` when both have changed one: then nothing is saved, both wordings are in the
    error, and what was to be saved is kept in the scratch of `by`. Raises `FieldInvalid`,
    `ClaimUnknown`, `ClaimStateRefused`, `Recused`, `NotAllowed` and `VersionUnknown`.
    """
    values = {name: rules.word_value(name, value) for name, value in fields.items()}
    try:
        with transaction.atomic():
            work = begin(claim_id, by=by)
            now = words_of(work.content)
            base = words_of(content_at(work, version))
            changes = merged(dataclasses.asdict(base), dataclasses.asdict(now), values, work)
            words = dataclasses.replace(now, **changes)
            edition = work.content["edition"]
            if edition == 1 and (words.correction_kind or words.correction_note):
                raise FieldInvalid("There is no edition yet to correct.", field="correction_kind")
            content = content_of(work.claim.pk, edition, words, sources_of(work.content))
            saved = store(work, content, "draft.saved")
            scratch.forget(claim_id, values, by=by)
            return saved
    except DraftStale:
        scratch.keep_refused(claim_id, version=version, fields=values, by=by)
        raise


@transaction.atomic
def restore_version(claim_id: int, *, version: int, by: Member) -> Saved:
    """Let the words of the draft be again what they were at `version`; sources stay as they are.

    What was said in between stays in the history, so that it can be restored in turn. What is
    being written of a correction stays too. Raises `ClaimUnknown`, `ClaimStateRefused`, `Recused`,
    `NotAllowed` and `VersionUnknown`.
    """
    work = begin(claim_id, by=by)
    now, then = words_of(work.content), words_of(content_at(work, version))
    kept = {name: getattr(now, name) for name in _CORRECTION}
    words = dataclasses.replace(then, **kept)
    content = content_of(work.claim.pk, work.content["edition"], words, sources_of(work.content))
    return store(work, content, "draft.restored")


def begin(claim_id: int, *, by: Member) -> Work:
    """Lock a claim and its draft to be changed; whoever changes it first is the draft's author."""
    claim = locked_claim(by, claim_id, to=Permission.WRITE_CHECK)
    rules.check_editable(ClaimState(claim.state))
    draft = Draft.objects.select_for_update().filter(claim=claim).first()
    if draft is None:
        return Work(claim, *_first(claim, by), by.id, by.actor)
    return Work(claim, draft, current(draft), by.id, by.actor)


def current(draft: Draft) -> Content:
    """What a draft says."""
    found = Revision.objects.filter(claim=draft.claim_id, version=draft.version)
    return read(found.values_list("content", flat=True).get())


def content_at(work: Work, version: int) -> Content:
    """What the draft said at a version. Raises `VersionUnknown`."""
    if version == work.draft.version:
        return work.content
    wanted = version if 0 <= version < 2**31 else -1
    found = Revision.objects.filter(claim=work.claim, version=wanted)
    for plain in found.values_list("content", flat=True):
        return read(plain)
    raise VersionUnknown(f"The draft has no version {version}.", version=version)


def merged(base: Fields, now: Fields, values: Fields, work: Work) -> dict[str, Any]:
    """The changes of a form that was opened at `base` and is saved over `now`.

    Raises `DraftStale` when both have changed one field, each to something else.
    """
    changed = {name for name, value in values.items() if value not in (base[name], now[name])}
    # True == 1 and "" == "", but no field mixes types: comparing values is enough.
    conflicts = tuple(
        Conflict(name, now[name], values[name])
        for name in values
        if name in changed and now[name] != base[name]
    )
    if conflicts:
        raise DraftStale(
            "Somebody else has changed the same.",
            conflicts=conflicts,
            version=work.draft.version,
            by=work.draft.edited_by_id,
        )
    return {name: values[name] for name in changed}


def store(work: Work, content: Content, verb: str) -> Saved:
    """Make what `content` says the draft's next version, and end what was approved before.

    Nothing happens when the draft says so already.
    """
    known = captures.captures_with_ids({each["capture"] for each in content["evidence"]})
    content = _take_in_all(content, known)
    plain, digest = written(content)
    draft, before = work.draft, work.draft.digest
    if digest == before:
        return Saved(draft.version, digest, ())
    now = timezone.now()
    ended = Approval.objects.filter(
        claim=work.claim, voided_at__isnull=True, edition__isnull=True
    ).update(voided_at=now)
    published = standing.last_content(work.claim.pk)
    found = standing.gathered(work.claim.pk, content, published, known=known)
    draft.version += 1
    draft.digest, draft.edited_by_id, draft.edited_at = digest, work.person, now
    draft.open_gates = len(found.open_gates)
    draft.approvals_needed = found.approvals_needed
    draft.save()
    changed = changed_fields(work.content, content)
    _revise(work.claim, draft, plain, changed, work.person, now)
    if {"wording", "language"} & set(changed):
        work.claim.wording, work.claim.language = content["wording"], content["language"]
        work.claim.save(update_fields=["wording", "language"])
    entry = Entry(verb, "claim", work.claim.pk, before=before, after=digest)
    voided = Entry("approval.voided", "claim", work.claim.pk, before=before, after=digest)
    append([entry, *[voided] * ended], by=work.actor)
    return Saved(draft.version, digest, tuple(changed))


def take_in_captures(*, by: str) -> int:
    """Let drafts name the bytes of their captures that have come since; says how many drafts.

    For the worker: a source may be cited before it is fetched. Safe to run at any time.
    """
    waiting = Evidence.objects.filter(is_cited=True, is_taken_in=False)
    cited = list(waiting.values_list("claim", "capture"))
    known = captures.captures_with_ids(capture for _, capture in cited)
    # A page that only says "sign in" has bytes too, and has failed until somebody accepts it.
    ready = {claim for claim, capture in cited if known[capture].state is CaptureState.CAPTURED}
    return sum(_take_in(claim_id, by) for claim_id in sorted(ready))


@transaction.atomic
def _take_in(claim_id: int, by: str) -> bool:
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    draft = Draft.objects.select_for_update().get(claim=claim)
    # Whoever edited it last had asked for the capture to be cited, or saw it cited.
    work = Work(claim, draft, current(draft), draft.edited_by_id, by)
    return bool(store(work, work.content, "evidence.captured").changed)


def _take_in_all(content: Content, known: Mapping[int, Capture]) -> Content:
    """The content with what is known of its captures by now."""
    found = standing.with_captures(content, known)
    new = [
        now["id"]
        for was, now in zip(content["evidence"], found["evidence"], strict=True)
        if now["sha256"] != was["sha256"]
    ]
    if new:
        Evidence.objects.filter(pk__in=new).update(is_taken_in=True)
    return found


def _first(claim: Claim, by: Member) -> tuple[Draft, Content]:
    """The draft before the first change: what a form shows that is opened at version 0."""
    content = standing.blank(claim)
    plain, digest = written(content)
    draft = Draft.objects.create(
        claim=claim,
        digest=digest,
        written_by_id=by.id,
        edited_by_id=by.id,
        edited_at=timezone.now(),
    )
    _revise(claim, draft, plain, [], by.id, draft.edited_at)
    return draft, content


def _revise(
    claim: Claim, draft: Draft, plain: str, changed: list[str], person: int, at: dt.datetime
) -> None:
    Revision.objects.create(
        claim=claim,
        version=draft.version,
        content=plain,
        digest=draft.digest,
        changed=changed,
        by_id=person,
        at=at,
    )


def go_on(draft: Draft, content: Content, published: Content) -> None:
    """Let a draft whose edition was published be the draft of the next one. No person edited it."""
    plain, digest = written(content)
    changed = changed_fields(published, content)
    draft.version += 1
    draft.digest, draft.open_gates = digest, 1  # nobody has said what the next one corrects
    draft.save()
    _revise(draft.claim, draft, plain, changed, draft.edited_by_id, timezone.now())
