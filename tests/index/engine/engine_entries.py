"""Entries that every test can make again from an id."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from soi.index.engine import EmbeddedEngine, Engine, Entry, Hit, Vector

DIMENSION = 64


def opened(directory: Path, patience: float = 10.0) -> EmbeddedEngine:
    return EmbeddedEngine(directory, dimension=DIMENSION, patience=patience)


def unit(seed: int, edition: int = 0) -> Vector:
    """A unit vector that depends on the numbers alone, exact in half precision to 1e-3."""
    vector = np.random.default_rng([seed, edition]).normal(size=DIMENSION).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def entry(id_: int, *tokens: str, edition: int = 0) -> Entry:
    """An entry with a token and a vector of its own, and `tokens` besides."""
    return Entry(id_, "vi", (own_token(id_, edition), *tokens), unit(id_, edition))


def own_token(id_: int, edition: int = 0) -> str:
    return f"own{id_}x{edition}"


def by_words(engine: Engine, *tokens: str, k: int = 10) -> list[int]:
    return [hit.id for hit in engine.search(tokens, None, k)]


def by_meaning(engine: Engine, vector: Vector, k: int = 1) -> list[int]:
    return [hit.id for hit in engine.search([], vector, k)]


def hit_of(engine: Engine, id_: int, edition: int = 0) -> Hit:
    """The hit of an entry found by both its own token and its own vector."""
    [hit] = [
        hit
        for hit in engine.search([own_token(id_, edition)], unit(id_, edition), 1)
        if hit.id == id_
    ]
    return hit


def holds(engine: Engine, id_: int, edition: int = 0) -> bool:
    """True if both channels know this edition of the entry and rank it first."""
    hits = engine.search([own_token(id_, edition)], unit(id_, edition), 1)
    return any(
        hit.id == id_
        and hit.words_rank == 1
        and hit.meaning_rank == 1
        and hit.meaning is not None
        and hit.meaning > 0.99
        for hit in hits
    )
