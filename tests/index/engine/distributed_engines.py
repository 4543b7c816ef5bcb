"""Distributed engines to test: on the client's local mode, and on the server of QDRANT_URL.

Local mode answers the same calls inside this process, without a network: it proves what we ask and
how we read the answers. What a server does with the same requests is proven only against one.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from engine_entries import DIMENSION

from soi.index.engine.lock import WriterLock

if TYPE_CHECKING:
    from soi.index.engine.distributed import DistributedEngine

NAME = "soi-test"


def require_client() -> None:
    """Skip the test, saying why, where the optional client is not installed."""
    pytest.importorskip(
        "qdrant_client", reason="qdrant-client is not installed: the extra `distributed` brings it"
    )


def local_client() -> Any:
    require_client()
    from qdrant_client import QdrantClient

    return QdrantClient(":memory:")


def distributed(
    client: Any, directory: Path, *, name: str = NAME, **options: Any
) -> DistributedEngine:
    from soi.index.engine.distributed import DistributedEngine

    lock = WriterLock(directory / "lock", patience=10)
    return DistributedEngine(
        client, name=name, lock=lock, **{"dimension": DIMENSION, "recipe": "", **options}
    )


@contextmanager
def on_a_server(directory: Path) -> Iterator[DistributedEngine]:
    """An engine on a real server, under a name of its own that is removed afterwards."""
    require_client()
    url = os.environ.get("QDRANT_URL", "")
    if not url:
        pytest.skip("QDRANT_URL names no server: only the client's local mode was tested")
    from soi.index.engine.distributed import connect

    client, name = connect(url, os.environ.get("QDRANT_API_KEY", "")), f"soi-{secrets.token_hex(6)}"
    try:
        yield distributed(client, directory, name=name)
    finally:
        for each in client.get_collections().collections:
            if each.name.startswith(f"{name}-"):
                client.delete_collection(each.name)
        client.close()
