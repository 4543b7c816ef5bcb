"""One embedder of each sort for all tests; the graph is built once a machine, not once a run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from soi.core.meaning import Embedder, load_embedder


@pytest.fixture(scope="session")
def cache_dir() -> Path:
    return Path(os.environ.get("SOI_CACHE_DIR") or Path.home() / ".cache" / "soi")


@pytest.fixture(scope="session")
def embedder(cache_dir: Path) -> Embedder:
    return load_embedder("int8", cache_dir=cache_dir)


@pytest.fixture(scope="session")
def reference(cache_dir: Path) -> Embedder:
    return load_embedder("nano", cache_dir=cache_dir)
