"""Candidates for statements: what the answer asks of the index."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from threading import Lock

from soi.claims import queries as claims
from soi.claims.queries import CheckRow
from soi.core.matching import Candidate, Look, asked_text, meaning_text
from soi.core.meaning import Embedder, Understood, understand
from soi.core.text import Language, index_tokens
from soi.index import actions, engines
from soi.index.engine import Hit, IndexBusy, IndexDamaged
from soi.journal.queries import last_mark, seq_of

log = logging.getLogger(__name__)

CANDIDATES = 50
"""How many each channel gives: recall at 50 is what candidates are measured by."""

_EMBEDDED_ON_THE_WAY = 3
"""So many candidates without a vector get one while somebody waits: about 10 ms each."""


@dataclass(frozen=True, slots=True)
class Query:
    """A text to find checks for."""

    text: str
    language: Language
    understood: Understood | None = None
    """Its meaning where that is known already; else the text is embedded."""


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of one query, their checks by candidate id, and what the query means."""

    candidates: tuple[Candidate, ...]
    checks: dict[str, CheckRow]
    understood: Understood

    @property
    def look(self) -> Look | None:
        """What the judge needs to look closely; None if the embedder can't tell words."""
        return Look(self.understood, _claims_understood) if self.understood.words else None


@dataclass(frozen=True, slots=True)
class Held:
    """How much the index holds."""

    checks: int
    with_meaning: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How much the index holds and how far it follows the database."""

    checks: int
    with_meaning: int
    is_current: bool


def candidates(queries: Sequence[Query]) -> list[Found]:
    """The checks that each query could be about, best fused rank first.

    A check that was stored before this call is found by words. An index that turns out to be
    damaged is rebuilt and asked again; raises `IndexBusy` only when another process is doing that.
    """
    if not queries:
        return []
    understood = _understood(queries)
    try:
        return _search(queries, understood)
    except IndexDamaged as error:
        log.warning("the index is damaged and is rebuilt from the database: %s", error)
        actions.rebuild(wait=False)
        return _search(queries, understood)


def state() -> Hashable | None:
    """Equal as long as the same texts find the same checks; None while the index lags behind.

    It names the last event about checks, the engine, its build, and what each channel holds. What
    was found between two equal states holds as long as the state does.
    """
    mark, engine = last_mark("check"), engines.engine()
    try:
        applied = engine.applied()
    except IndexDamaged:  # `candidates` sees to it
        return None
    if applied.words_seq != seq_of(mark):
        return None
    return mark, applied, applied.build, engine


def meanings(texts: Sequence[str]) -> list[Understood]:
    """What texts mean, as `candidates` would make it out."""
    return understand(engines.embedder(), [asked_text(text) for text in texts]) if texts else []


def held() -> Held:
    """How much the index holds now; whether that is all costs more to tell (`standing`)."""
    applied = engines.engine().applied()
    return Held(applied.words_count, applied.meaning_count)


def standing() -> Standing:
    """What the index holds now."""
    applied = engines.engine().applied()
    return Standing(
        checks=applied.words_count,
        with_meaning=applied.meaning_count,
        is_current=actions.has_followed_words(last_mark("check"))
        and applied.meaning_count == applied.words_count,
    )


def _understood(queries: Sequence[Query]) -> list[Understood]:
    unknown = iter(meanings([query.text for query in queries if query.understood is None]))
    return [query.understood or next(unknown) for query in queries]


class _Kept:
    """Claims as they were understood lately: in an outbreak the same few come up again and again.

    Each takes about 40 kB. Safe to share between threads.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, str], Understood] = OrderedDict()

    def understood(self, embedder: Embedder, texts: Sequence[str]) -> list[Understood]:
        """What `embedder` makes of texts, made anew for those not kept."""
        names = [(embedder.name, text) for text in texts]
        with self._lock:
            known = {name: self._kept[name] for name in names if name in self._kept}
        new = [name for name in dict.fromkeys(names) if name not in known]
        if new:
            made = understand(embedder, [text for _, text in new])
            known |= zip(new, made, strict=True)
        with self._lock:
            for name in known:
                self._kept[name] = known[name]
                self._kept.move_to_end(name)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return [known[name] for name in names]


_kept = _Kept(500)


def _claims_understood(texts: Sequence[str]) -> list[Understood]:
    return _kept.understood(engines.embedder(), texts)


def _search(queries: Sequence[Query], understood: Sequence[Understood]) -> list[Found]:
    """One search. `IndexDamaged` also when the index has ids that the database can't have given."""
    mark = last_mark("check")
    is_current = _catch_up(mark)
    engine = engines.engine()
    hits = [
        engine.search(index_tokens(query.text, query.language), each.vector, CANDIDATES)
        for query, each in zip(queries, understood, strict=True)
    ]
    ids = {hit.id for found in hits for hit in found}
    checks = claims.checks_by_id(ids)
    if is_current and len(checks) < len(ids) and last_mark("check") == mark:
        raise IndexDamaged("the index holds checks that the database does not")
    return [_found(found, checks, each) for found, each in zip(hits, understood, strict=True)]


def _catch_up(mark: str) -> bool:
    """Follow what was stored up to `mark`; if another process is at it, its work will do.

    True if the index has seen all of that.
    """
    try:
        if not actions.has_followed_words(mark):
            actions.follow_words(wait=False)
    except IndexBusy:
        log.info("the index is being brought up to date by another process")
        return False
    return True


def _found(hits: Sequence[Hit], checks: dict[int, CheckRow], understood: Understood) -> Found:
    # A hit without a row was removed after the search began.
    rows = {str(hit.id): checks[hit.id] for hit in hits if hit.id in checks}
    found = [hit for hit in hits if hit.id in checks]
    new = _meanings_of_new([hit for hit in found if hit.meaning is None], checks, understood)
    return Found(
        candidates=tuple(
            _candidate(hit, new.get(hit.id, hit.meaning), checks[hit.id]) for hit in found
        ),
        checks=rows,
        understood=understood,
    )


def _meanings_of_new(
    hits: Sequence[Hit], checks: dict[int, CheckRow], understood: Understood
) -> dict[int, float]:
    """The cosines of the best hits that the worker has not embedded yet.

    A check that was published a moment ago is judged as it will be later, not by its words alone.
    """
    best = sorted(hits, key=lambda hit: hit.words_rank or len(hits) + 1)[:_EMBEDDED_ON_THE_WAY]
    texts = [meaning_text(c.claim, c.title, c.summary) for c in (checks[hit.id] for hit in best)]
    if not texts:
        return {}
    cosines = engines.embedder().passages(texts) @ understood.vector
    return {hit.id: float(cosine) for hit, cosine in zip(best, cosines, strict=True)}


def _candidate(hit: Hit, meaning: float | None, row: CheckRow) -> Candidate:
    return Candidate(
        id=str(hit.id),
        claim=row.claim,
        title=row.title,
        summary=row.summary,
        language=row.language,
        words=hit.words,
        words_rank=hit.words_rank,
        meaning=meaning,
        meaning_rank=hit.meaning_rank,
    )
