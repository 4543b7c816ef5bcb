"""What every test shares: a desk of its own that touches nothing of the machine's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def own_desk(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Folders of the index and the captures, a cache and plain static files for each test."""
    from django.core.cache import cache

    settings.SOI_INDEX_DIR = tmp_path / "index"
    settings.SOI_CAPTURES_DIR = tmp_path / "captures"
    settings.SOI_IMPORTS_DIR = tmp_path / "imports"
    settings.SOI_LOG_DIR = tmp_path / "log"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def zeal_sees_queries() -> None:
    """`zeal_context` does nothing unless zeal is started, and it is no app of the desk's."""
    from zeal.constants import initialize_app_registry
    from zeal.patch import patch

    initialize_app_registry()
    patch()


@pytest.fixture(scope="session", autouse=True)
def flush_of_what_is_kept() -> Iterator[None]:
    """Tests that commit are cleaned up after by emptying every table, append-only ones too."""
    from django.db import connection

    from tests.past import changeable_checking, changeable_incidents, changeable_journal

    flush = connection.ops.execute_sql_flush

    def emptied(statements: Any) -> None:
        with changeable_journal(), changeable_checking(), changeable_incidents():
            flush(statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "execute_sql_flush", emptied)
        yield


class RememberingEmbedder:
    """The real embedder, asked once for each text: the demonstration is embedded once a run."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.name, self.dimensions = inner.name, inner.dimensions
        self._known: dict[str, Any] = {}

    def query(self, text: str) -> Any:
        return self.inner.query(text)

    def queries(self, texts: Any) -> Any:
        return self.inner.queries(texts)

    def understand(self, texts: Any) -> Any:
        return self.inner.understand(texts)

    def passages(self, texts: Any, *, progress: Any = None) -> Any:
        missing = list(dict.fromkeys(text for text in texts if text not in self._known))
        self._known.update(zip(missing, self.inner.passages(missing), strict=True))
        rows = [self._known[text] for text in texts]
        return rows if rows else self.inner.passages([])


@pytest.fixture(scope="session")
def remembering_embedder() -> RememberingEmbedder:
    from django.conf import settings

    from soi.core.meaning import load_embedder

    return RememberingEmbedder(
        load_embedder(settings.SOI_EMBEDDER, cache_dir=Path(settings.SOI_CACHE_DIR))
    )


@pytest.fixture
def demo_desk(
    db: None, remembering_embedder: RememberingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demonstration desk, loaded and found by words and meaning."""
    from soi import demo
    from soi.index import actions, engines

    monkeypatch.setattr(engines, "embedder", lambda: remembering_embedder)
    demo.load()
    actions.follow()
