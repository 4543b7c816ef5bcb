"""Tokens as sparse vectors whose inner product is BM25.

In: tokens, made elsewhere. Out: numbered terms with weights. Of BM25's formula (Robertson and
Zaragoza 2009) a document's side, how often a term occurs in how long a text, is put into the
document's weights here; how rare the term is among all entries is left to the server, which knows
it (its `idf` modifier uses the same logarithm as the embedded engine). A query weighs each term 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from soi.index.engine.words import MAX_TERMS

K1, B = 1.2, 0.75
"""As in the embedded engine."""

AVERAGE_LENGTH = 250
"""Tokens of an entry as BM25 sees the average one.

Weights are stored, so the average can't move with the collection. Measured means: 350 for checks
with a summary, 180 and 208 for two collections of short ones.
"""

_TERMS_READ = 2048
"""So many distinct tokens of a query are looked at: a megabyte of text must not cost as much."""


class Weights(NamedTuple):
    """A sparse vector; no term stands twice."""

    terms: list[int]
    values: list[float]


@lru_cache(maxsize=1 << 17)
def term(token: str) -> int:
    """The number of a token: the first 32 bits of its BLAKE2b, the same for ever and everywhere.

    Two tokens may share a number and count as one then. Among 100,000 different tokens one such
    pair is expected, among a million 116: a candidate too many now and then, which the judge, who
    reads the texts, turns down.
    """
    digest = blake2b(token.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "little")


def document_weights(tokens: Sequence[str]) -> Weights:
    """The document's side of BM25 for each term of an entry."""
    counts = Counter(term(token) for token in tokens if token)
    norm = K1 * (1 - B + B * counts.total() / AVERAGE_LENGTH)
    return Weights(
        list(counts),
        [round(count * (K1 + 1) / (count + norm), 6) for count in counts.values()],
    )


def query_terms(tokens: Iterable[str]) -> list[int]:
    """The distinct terms of a query, in the order in which they first occur."""
    distinct = islice(dict.fromkeys(tokens), _TERMS_READ)
    return list(dict.fromkeys(term(token) for token in distinct if token))


def said_in(documents: Iterable[Weights]) -> Counter[int]:
    """In how many of the entries each term occurs."""
    return Counter(number for weights in documents for number in weights.terms)


def rarest(terms: Sequence[int], entries: Mapping[int, int]) -> list[int]:
    """The `MAX_TERMS` of the terms that are in the fewest entries, none that is in no entry."""
    known = [number for number in terms if entries.get(number)]
    return sorted(known, key=entries.__getitem__)[:MAX_TERMS]
