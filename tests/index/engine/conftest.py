"""Engines to run the contract on, and processes that can be killed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine_entries import DIMENSION, opened
from engine_processes import Nursery
from exact_engine import ExactEngine

from soi.index.engine import EmbeddedEngine, Engine, vectors

_MEMORY = Path("/dev/shm")  # noqa: S108 - only names made by tempfile are used inside


def _coded(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The embedded engine as it is beyond a hundred thousand vectors: bits first, then vectors."""
    monkeypatch.setattr(vectors, "EXACT_LIMIT", 1)
    monkeypatch.setattr(vectors, "RERANK", 4)
    return opened(directory / "index")


ENGINES: dict[str, Callable[[Path, pytest.MonkeyPatch], Engine]] = {
    "exact": lambda directory, _: ExactEngine(DIMENSION),
    "embedded": lambda directory, _: opened(directory / "index"),
    "coded": _coded,
}


@pytest.fixture(params=sorted(ENGINES))
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Engine:
    return ENGINES[request.param](tmp_path, monkeypatch)


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A directory in memory where there is one: every write waits for its disk several times."""
    if not os.access(_MEMORY, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=_MEMORY) as directory:
        yield Path(directory)


@pytest.fixture
def embedded(tmp_path: Path) -> EmbeddedEngine:
    return opened(tmp_path / "index")


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery
