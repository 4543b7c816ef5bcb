"""Engines to run the contract on, and processes that can be killed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from distributed_engines import distributed, local_client, on_a_server, require_client
from engine_entries import DIMENSION, opened
from engine_processes import Nursery
from exact_engine import ExactEngine

from soi.index.engine import EmbeddedEngine, Engine, vectors

if TYPE_CHECKING:
    from qdrant_client import QdrantClient
    from qdrant_stand_in import StandIn

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
    "distributed": lambda directory, _: distributed(local_client(), directory),
}
BY_HTTP, ON_A_SERVER = "distributed by HTTP", "distributed on a server"


@pytest.fixture(params=[*sorted(ENGINES), BY_HTTP, ON_A_SERVER])
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    if request.param == ON_A_SERVER:
        with on_a_server(tmp_path) as engine:
            yield engine
    elif request.param == BY_HTTP:
        yield distributed(request.getfixturevalue("network")[1], tmp_path)
    else:
        yield ENGINES[request.param](tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def one_network() -> Iterator[tuple[StandIn, QdrantClient]]:
    """A stand-in for a server, and a client that reaches it by HTTP: both take a while to make."""
    require_client()
    from qdrant_stand_in import stand_in

    from soi.index.engine.distributed import connect

    with stand_in() as server, closing(connect(server.url, "secret")) as client:
        yield server, client


@pytest.fixture
def network(one_network: tuple[StandIn, QdrantClient]) -> tuple[StandIn, QdrantClient]:
    """The same, with nothing stored."""
    one_network[0].forget()
    return one_network


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
