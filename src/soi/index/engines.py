"""This process's engine and embedder, made once and shared by its threads."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from soi.core.meaning import Embedder, load_embedder
from soi.index.engine import EmbeddedEngine, Engine


def embedder() -> Embedder:
    """The embedder that the settings choose; the first call loads it."""
    return _embedder(settings.SOI_EMBEDDER, Path(settings.SOI_CACHE_DIR))


def engine() -> Engine:
    """The engine on the index directory of that embedder.

    Vectors of different embedders can't be compared, so each embedder has a directory of its own
    and a change of embedder starts from an empty index that follows the journal from its start.
    """
    return _engine(directory())


def directory() -> Path:
    """Where the engine of the chosen embedder keeps its files."""
    return Path(settings.SOI_INDEX_DIR) / embedder().name.replace("/", "-")


@lru_cache(maxsize=4)
def _embedder(variant: str, cache_dir: Path) -> Embedder:
    return load_embedder(variant, cache_dir=cache_dir)


@lru_cache(maxsize=4)
def _engine(path: Path) -> Engine:
    return EmbeddedEngine(path / "engine")
