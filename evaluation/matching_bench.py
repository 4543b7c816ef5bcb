"""Run the product's own path over a corpus: tokens, vectors, engine, candidates.

In: checks and queries. Out: candidates as `soi.index` would hand them to the judge. The engine is
built in a temporary directory; vectors are kept on disk by the digest of what they were made from.
Nothing here scores an answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from evaluation.matching_data import Check, language_from
from soi.core.matching import Candidate, Look
from soi.core.matching.passages import asked_text, meaning_text, words_text
from soi.core.meaning import Embedder, Matrix, Understood, Vector, together, understand
from soi.core.text import Language, has_words, index_tokens, language_of, split
from soi.index.engine import EmbeddedEngine, Entry

CANDIDATES = 50
"""How many the index hands over from each channel, as in the product."""

WHOLE_MESSAGE = 1000
"""Characters of a message that are looked up as a whole, as in the product."""

_CLAIMS_KEPT = 5000
"""Claims that stay understood, 40 kB each."""

Progress = Callable[[int], None]
"""Hears how many texts of the present batch have been embedded."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A text that the product looks up for a message: one statement, or the whole."""

    text: str
    language: Language
    whole: bool
    start: int = 0
    """Where it begins in the message."""


def lookups(message: str) -> list[Lookup]:
    """What `soi.answer` looks up: each statement, and the whole when there are several."""
    asked = [
        Lookup(statement.text, statement.language, whole=False, start=statement.span.start)
        for statement in split(message).statements
        if has_words(statement.text)
    ]
    if len(asked) == 1:
        return [Lookup(asked[0].text, asked[0].language, whole=True)]
    text = message[:WHOLE_MESSAGE]
    return [Lookup(text, language_of(text), whole=True), *asked]


def understandings(
    asked: Sequence[Sequence[Lookup]], vectors: Vectors
) -> Iterator[list[Understood]]:
    """What each message's look-ups mean: as in the product, a message of several statements has its
    meaning from theirs."""
    for every in asked:
        own = every[1:] if len(every) > 1 else every
        found = vectors.understood([each.text for each in own])
        if own is not every:
            near = [each for each in own if each.start < WHOLE_MESSAGE] or own[:1]
            whole = together(found[: len(near)], [len(each.text) for each in near])
            found = [whole, *found]
        yield found


class Vectors:
    """Embeds texts, and keeps the vectors on disk for the next run."""

    def __init__(self, embedder: Embedder, cache_dir: Path, progress: Progress) -> None:
        self._embedder = embedder
        self._directory = cache_dir / "evaluation-vectors"
        self._progress = progress
        self._understood: dict[str, Understood] = {}
        self._directory.mkdir(parents=True, exist_ok=True)

    def queries(self, texts: Sequence[str]) -> Matrix:
        """The vectors of texts that are looked up."""
        return self._kept("query", texts, lambda: self._embedder.queries(texts))

    def understood(self, texts: Sequence[str]) -> list[Understood]:
        """What messages mean as the product makes it out: with their marks put back."""
        return understand(self._embedder, [asked_text(text) for text in texts])

    def look(self, statement: Understood) -> Look | None:
        """What the judge needs to look closely at checks for this statement."""
        return Look(statement, self.claims) if statement.words else None

    def claims(self, texts: Sequence[str]) -> list[Understood]:
        """What claims mean, as texts that are looked up; kept for the next statement."""
        new = [text for text in dict.fromkeys(texts) if text not in self._understood]
        if len(self._understood) + len(new) > _CLAIMS_KEPT:
            self._understood.clear()
            new = list(dict.fromkeys(texts))
        self._understood |= zip(new, understand(self._embedder, new), strict=True)
        return [self._understood[text] for text in texts]

    def passages(self, texts: Sequence[str]) -> Matrix:
        """The vectors of texts to be found."""
        return self._kept("passage", texts, lambda: self._passages(texts))

    def _passages(self, texts: Sequence[str]) -> Matrix:
        return self._embedder.passages(texts, progress=self._progress)

    def _kept(self, role: str, texts: Sequence[str], embed: Callable[[], Matrix]) -> Matrix:
        digest = hashlib.sha256(f"{self._embedder.name}\0{role}".encode())
        for text in texts:
            digest.update(b"\0" + text.encode("utf-8", "replace"))
        path = self._directory / f"{digest.hexdigest()[:32]}.npy"
        if path.exists():
            kept: Matrix = np.load(path).astype(np.float32)
            return kept
        vectors = embed()
        self._progress(len(texts))
        np.save(path, vectors.astype(np.float16))
        return vectors


class Bench:
    """A corpus in the product's engine."""

    def __init__(self, checks: Sequence[Check], vectors: Vectors, directory: Path) -> None:
        self.checks = tuple(checks)
        self._number = {check.id: number for number, check in enumerate(self.checks)}
        self._vectors = vectors
        self._engine = EmbeddedEngine(directory)
        embedded = vectors.passages([_meaning(check) for check in self.checks])
        self._engine.rebuild(
            (_entry(n, check, embedded[n]) for n, check in enumerate(self.checks)),
            words_seq=len(self.checks),
            meaning_seq=len(self.checks),
        )

    def candidates(
        self, text: str, language: Language, vector: Vector, without: Sequence[str] = ()
    ) -> list[Candidate]:
        """What the index finds for one text, best fused first; `without` are as if not held."""
        tokens = index_tokens(text, language)
        hits = self._engine.search(tokens, vector, CANDIDATES + len(without))
        gone = {self._number[id_] for id_ in without if id_ in self._number}
        found = [hit for hit in hits if hit.id not in gone]
        words = _closed(sorted(hit.words_rank for hit in found if hit.words_rank))
        meaning = _closed(sorted(hit.meaning_rank for hit in found if hit.meaning_rank))
        return [
            self._candidate(
                hit.id,
                hit.words,
                words.get(hit.words_rank or 0),
                hit.meaning,
                meaning.get(hit.meaning_rank or 0),
            )
            for hit in found
        ]

    def _candidate(
        self,
        number: int,
        words: float | None,
        words_rank: int | None,
        meaning: float | None,
        meaning_rank: int | None,
    ) -> Candidate:
        check = self.checks[number]
        return Candidate(
            check.id, check.claim, check.title, check.summary, check.language,
            words, words_rank, meaning, meaning_rank,
        )  # fmt: skip


def _closed(ranks: Sequence[int]) -> dict[int, int]:
    """The ranks counted anew from 1, so that a removed check leaves no gap."""
    return {old: new for new, old in enumerate(ranks, start=1)}


def _meaning(check: Check) -> str:
    return meaning_text(check.claim, check.title, check.summary)


def _entry(number: int, check: Check, vector: Vector) -> Entry:
    language = language_from(check.language)
    words = words_text(check.claim, check.title, check.summary)
    return Entry(number, check.language, index_tokens(words, language), vector)


@contextmanager
def bench(checks: Sequence[Check], vectors: Vectors) -> Iterator[Bench]:
    """A bench in a temporary directory."""
    with TemporaryDirectory(prefix="soi-evaluation-") as directory:
        yield Bench(checks, vectors, Path(directory) / "index")
