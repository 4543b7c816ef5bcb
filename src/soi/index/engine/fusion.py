"""Put the findings of both channels in one order.

In: what each channel found. Out: hits, best first, by reciprocal rank fusion: an entry scores the
sum of 1 / (60 + rank) over the channels that found it (Cormack, Clarke and Büttcher, "Reciprocal
rank fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009).
"""

from __future__ import annotations

from soi.index.engine.base import Hit
from soi.index.engine.generation import Scored

RANK_CONSTANT = 60
"""As in the paper: it keeps one channel's first place from outvoting agreement of both."""


def fused(found: Scored) -> list[Hit]:
    """The union of both channels, best fused rank first; the lower id first when equal."""
    words = _ranked(found.words)
    meaning = _ranked(found.meaning)
    hits = []
    for id_ in words.keys() | meaning.keys():
        words_rank, words_score = words.get(id_, (None, None))
        meaning_rank, cosine = meaning.get(id_, (None, found.cosines.get(id_)))
        hits.append(Hit(id_, words_score, words_rank, cosine, meaning_rank))
    return sorted(hits, key=lambda hit: (-_score(hit), hit.id))


def _ranked(found: list[tuple[int, float]]) -> dict[int, tuple[int, float]]:
    return {id_: (rank, score) for rank, (id_, score) in enumerate(found, start=1)}


def _score(hit: Hit) -> float:
    ranks = (hit.words_rank, hit.meaning_rank)
    return sum(1 / (RANK_CONSTANT + rank) for rank in ranks if rank is not None)
