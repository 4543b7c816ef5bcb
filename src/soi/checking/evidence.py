"""Change the evidence of a check: cite a capture, say what it says, put it in its place."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from soi.captures import queries as captures
from soi.checking import rules, scratch
from soi.checking.access import claim_for
from soi.checking.content import Content, Source, content_of, sources_of, words_of
from soi.checking.drafting import Fields, Saved, Work, begin, content_at, current, merged, store
from soi.checking.errors import Conflict, DraftStale, EvidenceUnknown, TooMuchEvidence
from soi.checking.models import Draft, Evidence
from soi.checking.types import SourceKind, Stance
from soi.people.types import Member, Permission


@transaction.atomic
def add_evidence(claim_id: int, *, capture_id: int, fields: Fields, by: Member) -> int:
    """Cite a capture, which may still be waiting; returns the number of the piece of evidence.

    What the draft has already in the very same words is not added again. Raises `CaptureUnknown`,
    `TooMuchEvidence` and what `save_draft` raises of claims and fields.
    """
    values = {name: rules.source_value(name, value) for name, value in fields.items()}
    work = begin(claim_id, by=by)
    capture = captures.capture_with_id(capture_id)
    known = sources_of(work.content)
    new = replace(
        Source(0, capture.id, stance=Stance.CONTEXT.value, kind=SourceKind.SECONDARY.value),
        **values,
    )
    for each in known:
        if each.capture == capture.id and _says_the_same(each, new):
            return each.id
    _check_room(known)
    row = Evidence.objects.create(claim=work.claim, capture_id=capture.id)
    _store(work, [*known, replace(new, id=row.pk)], "evidence.added")
    return row.pk


def check_can_cite(claim_id: int, *, by: Member) -> None:
    """Return if `add_evidence` would take another source now: asked before one is fetched for it.

    Raises `TooMuchEvidence`, and what `save_draft` raises of claims.
    """
    claim = claim_for(by, claim_id, to=Permission.WRITE_CHECK)
    rules.check_editable(claim.state)
    draft = Draft.objects.filter(claim=claim.id).first()
    if draft is not None:
        _check_room(sources_of(current(draft)))


def _check_room(known: Sequence[Source]) -> None:
    if len(known) >= rules.EVIDENCE_LIMIT:
        raise TooMuchEvidence(
            f"A check has at most {rules.EVIDENCE_LIMIT} sources.", limit=rules.EVIDENCE_LIMIT
        )


def change_evidence(
    claim_id: int, evidence_id: int, *, version: int, fields: Fields, by: Member
) -> Saved:
    """Save what a form says of a source over the draft's version that it was opened with.

    Raises `EvidenceUnknown`, and `DraftStale` like `save_draft`; also when somebody has removed the
    source since: then nothing stands against what was to be saved.
    """
    values = {name: rules.source_value(name, value) for name, value in fields.items()}
    try:
        with transaction.atomic():
            work = begin(claim_id, by=by)
            base = _source(content_at(work, version), evidence_id)
            if base is None:
                raise _unknown(evidence_id)
            now = _source(work.content, evidence_id)
            if now is None:
                raise _removed(work, values)
            changes = merged(dataclasses.asdict(base), dataclasses.asdict(now), values, work)
            changed = replace(now, **changes)
            sources = [changed if each.id == evidence_id else each for each in _sources(work)]
            saved = _store(work, sources, "evidence.changed")
            scratch.forget(claim_id, [_kept_as(evidence_id, name) for name in values], by=by)
            return saved
    except DraftStale:
        typed = {_kept_as(evidence_id, name): value for name, value in values.items()}
        scratch.keep_refused(claim_id, version=version, fields=typed, by=by)
        raise


@transaction.atomic
def remove_evidence(claim_id: int, evidence_id: int, *, by: Member) -> Saved:
    """Cite a source no more; older versions keep it. Raises `EvidenceUnknown`."""
    work = begin(claim_id, by=by)
    _index(work, evidence_id)
    Evidence.objects.filter(pk=evidence_id).update(is_cited=False)
    rest = [each for each in _sources(work) if each.id != evidence_id]
    return _store(work, rest, "evidence.removed")


@transaction.atomic
def move_evidence(claim_id: int, evidence_id: int, *, place: int, by: Member) -> Saved:
    """Put a source at a place of the list, from 0; beyond its ends is at its ends.

    Raises `EvidenceUnknown`.
    """
    work = begin(claim_id, by=by)
    sources = list(_sources(work))
    moved = sources.pop(_index(work, evidence_id))
    sources.insert(max(0, min(place, len(sources))), moved)
    return _store(work, sources, "evidence.moved")


def _kept_as(evidence_id: int, name: str) -> str:
    """The name of a source's field in the scratch."""
    return f"evidence.{evidence_id}.{name}"


def _sources(work: Work) -> tuple[Source, ...]:
    return sources_of(work.content)


def _source(content: Content, evidence_id: int) -> Source | None:
    return next((each for each in sources_of(content) if each.id == evidence_id), None)


def _index(work: Work, evidence_id: int) -> int:
    for index, each in enumerate(_sources(work)):
        if each.id == evidence_id:
            return index
    raise _unknown(evidence_id)


def _unknown(evidence_id: int) -> EvidenceUnknown:
    return EvidenceUnknown(f"The draft has no evidence {evidence_id}.", evidence=evidence_id)


def _removed(work: Work, values: Fields) -> DraftStale:
    return DraftStale(
        "Somebody else has removed the source.",
        conflicts=tuple(Conflict(name, None, value) for name, value in values.items()),
        version=work.draft.version,
        by=work.draft.edited_by_id,
    )


def _says_the_same(known: Source, new: Source) -> bool:
    """True if a form that is sent twice would add what it has added before."""
    written = ("stance", "kind", "interest", "is_owners", "quote")
    own_words = ("title", "publisher")  # which the capture fills where they are empty
    return all(getattr(known, name) == getattr(new, name) for name in written) and all(
        getattr(new, name) in ("", getattr(known, name)) for name in own_words
    )


def _store(work: Work, sources: Sequence[Source], verb: str) -> Saved:
    words, edition = words_of(work.content), work.content["edition"]
    return store(work, content_of(work.claim.pk, edition, words, sources), verb)
