"""This process's engine and embedder, made once and shared by its threads.

`SOI_INDEX_URL` chooses the engine: none is the embedded one, whose files lie in the data folder;
the address of a Qdrant server is the distributed one, which several machines may share.
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from soi.core.meaning import Embedder, load_embedder
from soi.index.database_lock import DatabaseLock
from soi.index.engine import EmbeddedEngine, Engine
from soi.index.engine.lock import WriterLock

_PATIENCE = 10.0


def embedder() -> Embedder:
    """The embedder that the settings choose; the first call loads it."""
    return _embedder(settings.SOI_EMBEDDER, Path(settings.SOI_CACHE_DIR))


def engine() -> Engine:
    """The engine that the settings choose, on the index of that embedder.

    Vectors of different embedders can't be compared, so each embedder has an index of its own
    and a change of embedder starts from an empty index that follows the journal from its start.
    """
    url = _index_url()
    if not url:
        return _engine(directory())
    return _distributed(
        url,
        getattr(settings, "SOI_INDEX_KEY", ""),
        _index_name(),
        getattr(settings, "SOI_INDEX_SHARDS", 1),
        getattr(settings, "SOI_INDEX_REPLICAS", 1),
        directory(),
        connection.vendor == "postgresql",
    )


def directory() -> Path:
    """Where this machine keeps what belongs to the index of the chosen embedder."""
    return Path(settings.SOI_INDEX_DIR) / embedder().name.replace("/", "-")


def alone_of_all_machines(*, wait: bool) -> AbstractContextManager[None]:
    """A block that one machine of the desk is in at a time; `IndexBusy` unless `wait`.

    Nothing to wait for where the index, or the database, is this machine's own.
    """
    if not _index_url() or connection.vendor != "postgresql":
        return nullcontext()
    return DatabaseLock(f"{_index_name()} is followed", None if wait else 0).held()


@lru_cache(maxsize=4)
def _embedder(variant: str, cache_dir: Path) -> Embedder:
    return load_embedder(variant, cache_dir=cache_dir)


@lru_cache(maxsize=4)
def _engine(path: Path) -> Engine:
    return EmbeddedEngine(path / "engine")


@lru_cache(maxsize=4)
def _distributed(
    url: str, key: str, name: str, shards: int, replicas: int, path: Path, is_shared: bool
) -> Engine:
    try:
        from soi.index.engine.distributed import DistributedEngine, connect
    except ModuleNotFoundError as error:
        raise ImproperlyConfigured(
            f"SOI_INDEX_URL is set, but the Python package {error.name} is not installed: "
            "install Soi with its extra `distributed`, or unset SOI_INDEX_URL."
        ) from error
    lock = DatabaseLock(name, _PATIENCE) if is_shared else WriterLock(path / "lock", _PATIENCE)
    try:
        client = connect(url, key)
        return DistributedEngine(client, name=name, lock=lock, shards=shards, replicas=replicas)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"SOI_INDEX_URL is {url!r} and SOI_INDEX_NAME gives {name!r}: {error}"
        ) from error


def _index_url() -> str:
    return getattr(settings, "SOI_INDEX_URL", "")


def _index_name() -> str:
    """What the collections of this desk and embedder begin with on the server."""
    name = getattr(settings, "SOI_INDEX_NAME", "soi")
    return f"{name}-{re.sub(r'[^0-9A-Za-z_.-]', '-', embedder().name)}"
