"""A desk as a newcomer has it: `soi init`, `soi demo load`, `soi serve`; and a browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from looking import CHROMIUM, launch
from playwright.sync_api import Browser, sync_playwright

START_SECONDS = 60


@pytest.fixture(autouse=True)
def own_desk() -> None:
    """The desk under test is another process: nothing to set up in this one."""


@pytest.fixture(scope="session")
def desk_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of the running desk, for commands that are given beside it."""
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    folder = tmp_path_factory.mktemp("desk")
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {
        "SOI_DATA_DIR": str(folder),
        "SOI_DESK_NAME": "Bàn kiểm chứng Sông Xanh",
        "SOI_DESK_OWNER": "Hội người tiêu dùng Sông Xanh",
        "SOI_DESK_FUNDING": "phí hội viên",
        "SOI_ANSWERS_PER_MINUTE": "1000",
    }
    return environment


@pytest.fixture(scope="session")
def desk(desk_environment: dict[str, str]) -> Iterator[str]:
    """The address of a running demonstration desk."""
    environment, folder = desk_environment, Path(desk_environment["SOI_DATA_DIR"])
    soi = [sys.executable, "-m", "soi.cli"]
    for command in (["init"], ["demo", "load"]):
        subprocess.run([*soi, *command], env=environment, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            [*soi, "serve", "--port", str(port)], env=environment, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/healthz", server, folder / "serve.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # our own server
                return
        except (urllib.error.URLError, OSError):
            if server.poll() is not None:
                break
            time.sleep(0.2)
    pytest.fail(f"the desk did not start:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def browser(desk: str) -> Iterator[Browser]:
    """One browser for all tests of this folder."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: SOI_SCREENSHOTS, else a folder of the test's own."""
    folder = Path(os.environ.get("SOI_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
