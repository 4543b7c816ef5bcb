"""What every test shares: a desk of its own that touches nothing of the machine's.

The database is SQLite unless DATABASE_URL names another. The embedder is the real one; its files
are built once into the cache folder of the user (or SOI_CACHE_DIR).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_SCRATCH = tempfile.mkdtemp(prefix="soi-tests-")
os.environ["SOI_DATA_DIR"] = _SCRATCH
os.environ["SOI_SECRET_KEY"] = "for-tests-only"
for _name in list(os.environ):
    # A developer's own desk must not change what is tested.
    if _name.startswith("SOI_") and _name not in {"SOI_DATA_DIR", "SOI_SECRET_KEY", "SOI_CACHE_DIR"}:
        del os.environ[_name]


@pytest.fixture(autouse=True)
def own_desk(settings: Any, tmp_path: Path) -> Iterator[None]:
    """An index folder, a cache and plain static files for each test."""
    from django.core.cache import cache

    settings.SOI_INDEX_DIR = tmp_path / "index"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    cache.clear()
    yield
    cache.clear()
