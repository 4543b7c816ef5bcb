"""A web server for tests that fetch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from webserver import Web, reply, serving

from soi.captures import reader, reading
from tests.captures import pages


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process: one of its own for each takes half a second."""

    def asked(content: bytes, kind: str, charset: str) -> dict[str, Any] | None:
        try:
            read = reader.read_pdf(content) if kind == "pdf" else reader.read_page(content, charset)
        except Exception:
            return None
        return read

    monkeypatch.setattr(reading, "_asked_of_reader", asked)


@pytest.fixture(autouse=True)
def no_pictures(settings: Any) -> None:
    """Pages are drawn where a test asks for it: a browser takes seconds."""
    settings.SOI_CHROMIUM = ""


@pytest.fixture
def web() -> Iterator[Web]:
    """A newspaper with one story at `/`."""
    with serving({"/": reply(pages.article())}) as started:
        yield started
