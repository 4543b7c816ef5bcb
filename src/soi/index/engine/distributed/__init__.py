"""The distributed engine: the same interface on a Qdrant server. Needs the extra `distributed`."""

from soi.index.engine.distributed.engine import DistributedEngine, connect

__all__ = ["DistributedEngine", "connect"]
