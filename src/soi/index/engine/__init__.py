"""Engines of the index: words and meaning in, candidates out; no Django in here."""

from soi.index.engine.base import Applied, Engine, Entry, Hit, Vector
from soi.index.engine.embedded import EmbeddedEngine
from soi.index.engine.errors import (
    EngineError,
    EntryRejected,
    IndexBusy,
    IndexDamaged,
    IndexDiskFull,
    IndexForbidden,
    IndexUnreachable,
)

__all__ = [
    "Applied",
    "EmbeddedEngine",
    "Engine",
    "EngineError",
    "Entry",
    "EntryRejected",
    "Hit",
    "IndexBusy",
    "IndexDamaged",
    "IndexDiskFull",
    "IndexForbidden",
    "IndexUnreachable",
    "Vector",
]
