"""Logs in memory: every write waits for its disk several times."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_processes import Nursery

_MEMORY = Path("/dev/shm")  # noqa: S108 - only names made by tempfile are used inside


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A directory in memory where there is one."""
    if not os.access(_MEMORY, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=_MEMORY) as directory:
        yield Path(directory)


@pytest.fixture(scope="session")
def log_nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery
