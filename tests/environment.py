"""The environment of every test, set before Django reads its settings (`-p tests.environment`).

The database is SQLite unless DATABASE_URL names another; the embedder's files are built once into
the user's cache folder, or SOI_CACHE_DIR. Nothing else of the machine's own desk is seen.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_SCRATCH = Path(tempfile.mkdtemp(prefix="soi-tests-"))
atexit.register(shutil.rmtree, _SCRATCH, ignore_errors=True)
(_SCRATCH / "static").mkdir()  # where `soi init` collects static files; empty will do

for _name in list(os.environ):
    # A developer's own desk must not change what is tested.
    if _name.startswith("SOI_") and _name not in {"SOI_CACHE_DIR", "SOI_SCREENSHOTS"}:
        del os.environ[_name]
os.environ["SOI_DATA_DIR"] = str(_SCRATCH)
os.environ["SOI_SECRET_KEY"] = "for-tests-only"
os.environ["SOI_LOG_KEY"] = (
    "PRIVATE+KEY+desk.example/log+bf7825e8+AQcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH"
)
