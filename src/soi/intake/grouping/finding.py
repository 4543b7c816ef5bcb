"""Find the claims that a statement could be about, by the same engine as checks are found.

In: a statement and its vector. Out: candidates for the judge. The index holds every form that
stands under a claim and every wording that the desk gave to one, whatever became of the claim: a
tip of a closed claim is told so, and opens no other. It lies beside the index of checks, is made
from the table `Findable`, and is made again when it is lost. Only the worker writes it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.db import transaction

from soi.core.matching import Candidate, asked_text, meaning_text
from soi.core.meaning import Vector
from soi.core.text import Language, index_tokens
from soi.index import engines
from soi.index.engine import EmbeddedEngine, Entry, Hit, IndexDamaged
from soi.intake.models import Findable, Form

log = logging.getLogger(__name__)

CANDIDATES = 12
"""So many of each channel go to the judge. More of them cost time and, among texts as short as
these, find nothing: see docs/reference/benchmarks.md."""

_BATCH = 1000
_EMBEDDED_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Known:
    """A text under a claim that a statement is compared with."""

    claim: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement that is looked up."""

    text: str
    language: Language
    vector: Vector


def candidates(asked: Sequence[Asked]) -> list[list[tuple[Candidate, Known]]]:
    """For each statement the texts that it could say the same as, with the claims they stand under.

    One query for all of them.
    """
    engine = _engine()
    hits = [
        engine.search(index_tokens(each.text, each.language), each.vector, CANDIDATES)
        for each in asked
    ]
    known = _known({hit.id for found in hits for hit in found})
    return [
        [(_candidate(hit, known[hit.id]), known[hit.id]) for hit in found if hit.id in known]
        for found in hits
    ]


def follow() -> None:
    """Bring the index up to date: forms that were put under a claim since are found from now on."""
    _embed_forms()
    _renew_embedding()
    try:
        _apply()
    except IndexDamaged as error:
        log.warning("the index of claims is damaged and is made again: %s", error)
        _rebuild()


def reword(wordings: dict[int, tuple[str, str]]) -> None:
    """Let claims be found by the wording (text and language) that the desk has given them."""
    kept = dict(Findable.objects.filter(claim__in=wordings).values_list("claim", "text"))
    as_form = set(
        Form.objects.filter(
            claim__in=wordings, text__in=[text for text, _ in wordings.values()]
        ).values_list("claim", "text")
    )
    new = [
        (claim, text, language)
        for claim, (text, language) in wordings.items()
        if kept.get(claim) != text and (claim, text) not in as_form
    ]
    vectors = _vectors([text for _, text, _ in new])
    with transaction.atomic():
        Findable.objects.filter(claim__in=[claim for claim, _, _ in new]).delete()
        _add(
            Findable(claim_id=claim, text=text, language=language, vector=_packed(vector))
            for (claim, text, language), vector in zip(new, vectors, strict=True)
        )


def _embed_forms() -> None:
    """Make findable what stands under a claim and is not yet."""
    while forms := list(
        Form.objects.filter(claim__isnull=False, findable__isnull=True).order_by("pk")[
            :_EMBEDDED_AT_ONCE
        ]
    ):
        vectors = _vectors([form.text for form in forms])
        _add(
            Findable(form=form, text=form.text, language=form.language, vector=_packed(vector))
            for form, vector in zip(forms, vectors, strict=True)
        )


def _renew_embedding() -> None:
    """Replace what another embedder made: its vectors can't be compared with ours."""
    name = engines.embedder().name
    while old := list(Findable.objects.exclude(embedder=name).order_by("pk")[:_EMBEDDED_AT_ONCE]):
        vectors = _vectors([row.text for row in old])
        with transaction.atomic():
            Findable.objects.filter(pk__in=[row.pk for row in old]).delete()
            _add(
                Findable(
                    claim_id=row.claim_id,
                    form_id=row.form_id,
                    text=row.text,
                    language=row.language,
                    vector=_packed(vector),
                )
                for row, vector in zip(old, vectors, strict=True)
            )


def _add(rows: Iterator[Findable]) -> None:
    name = engines.embedder().name
    made = list(rows)
    for row in made:
        row.embedder = name
    Findable.objects.bulk_create(made)


def _apply() -> None:
    engine = _engine()
    last = Findable.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if engine.applied().words_seq > last:
        raise IndexDamaged("the index has seen texts that the database does not have")
    while batch := list(
        Findable.objects.filter(pk__gt=engine.applied().words_seq).order_by("pk")[:_BATCH]
    ):
        last = batch[-1].pk
        engine.upsert([_entry(row) for row in batch], words_seq=last, meaning_seq=last)


def _rebuild() -> None:
    last = Findable.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rows = Findable.objects.filter(pk__lte=last).order_by("pk").iterator(chunk_size=_BATCH)
    _engine().rebuild((_entry(row) for row in rows), words_seq=last, meaning_seq=last)


def _entry(row: Findable) -> Entry:
    return Entry(
        row.pk,
        row.language,
        index_tokens(row.text, language_of(row.language)),
        np.frombuffer(bytes(row.vector), "<f2").astype(np.float32),
    )


def _known(ids: set[int]) -> dict[int, Known]:
    """What the hits are; what was replaced or stands under no claim any more is left out."""
    found = Findable.objects.filter(pk__in=ids).values_list(
        "pk", "claim", "form__claim", "text", "language"
    )
    return {
        pk: Known(claim or form_claim, text, language)
        for pk, claim, form_claim, text, language in found
        if claim or form_claim
    }


def _candidate(hit: Hit, known: Known) -> Candidate:
    return Candidate(
        id=str(hit.id),
        claim=known.text,
        title="",
        summary="",
        language=known.language,
        words=hit.words,
        words_rank=hit.words_rank,
        meaning=hit.meaning,
        meaning_rank=hit.meaning_rank,
    )


def _vectors(texts: Sequence[str]) -> list[Vector]:
    if not texts:
        return []
    return list(engines.embedder().passages([meaning_text(asked_text(t), "", "") for t in texts]))


def _packed(vector: Vector) -> bytes:
    return vector.astype("<f2").tobytes()


def language_of(code: str) -> Language:
    """The language that is stored by its code."""
    return Language(code) if code in set(Language) else Language.OTHER


def _engine() -> EmbeddedEngine:
    return _engine_at(engines.directory() / "claims")


@lru_cache(maxsize=4)
def _engine_at(path: Path) -> EmbeddedEngine:
    return EmbeddedEngine(path)
