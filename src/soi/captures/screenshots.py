"""Have a captured page drawn by the machine's Chromium, when it has one.

In: the bytes of a page, its address, a policy. Out: a PNG, or a `ScreenshotFailed`. The page is
drawn from the bytes that were captured, without its scripts, by `soi.captures.photographer` in a
process that reaches no network. The styles, pictures and fonts that the page names are fetched
here, under the policy and limits of every fetch. Of a file that somebody brought none is fetched.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings

from soi.captures.addresses import Policy
from soi.captures.errors import FetchFailed, ScreenshotFailed
from soi.captures.fetching import Limits, fetch

PROGRAM: tuple[str, ...] = ("-m", "soi.captures.photographer")
SECONDS: float = 90.0
"""For one picture, whatever the browser does."""
PIECES: int = 150
TOTAL: Final = 30_000_000
PIECE: Final = Limits(
    seconds=10.0,
    size=5_000_000,
    types=frozenset(
        {"text/css", "image/*", "font/*"}
        | {
            "application/font-woff",
            "application/font-woff2",
            "application/x-font-ttf",
            "application/octet-stream",
        }
    ),
)
"""How much of what a page names is fetched."""
PICTURE: Final = 30_000_000
_LINE = 2 * PICTURE
_LEAVING = 10.0
_PNG = b"\x89PNG\r\n\x1a\n"
_FILE = "http://file.invalid/"


def is_possible() -> bool:
    """True if the machine has Chromium, and the desk the package that drives it."""
    return bool(
        settings.SOI_CHROMIUM and Path(settings.SOI_CHROMIUM).exists() and find_spec("playwright")
    )


def picture_of(content: bytes, *, url: str, charset: str, policy: Policy, agent: str) -> bytes:
    """The page as a PNG. Raises `ScreenshotFailed`."""
    page = {
        "url": url.partition("#")[0] or _FILE,
        "content": base64.b64encode(content).decode(),
        "content_type": f"text/html; charset={charset}" if charset else "text/html",
        "chromium": settings.SOI_CHROMIUM,
    }
    pieces = _Pieces(policy, agent, room=TOTAL if url else 0)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-P", *PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "PATH": os.environ.get("PATH", ""),
                "TMPDIR": folder,
                "HOME": folder,
            },
            cwd=folder,
            start_new_session=True,
        )
        watchdog = threading.Timer(SECONDS, _end, (process,))
        watchdog.start()
        try:
            return _talk(process, page, pieces)
        finally:
            watchdog.cancel()
            _end(process)
            with suppress(OSError):  # what was still to be said to it
                process.communicate()


def _talk(process: subprocess.Popen[bytes], page: dict[str, str], pieces: _Pieces) -> bytes:
    """Give the page, answer questions, and take the picture."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018  # both are pipes
    try:
        _say(process.stdin, page)
        while heard := _heard(process.stdout):
            if "picture" in heard:
                picture = base64.b64decode(str(heard["picture"]))
                if picture.startswith(_PNG) and len(picture) <= PICTURE:
                    _leave(process)
                    return picture
                break
            _say(process.stdin, pieces.given(str(heard.get("wanted", ""))))
    except (OSError, ValueError) as error:
        raise ScreenshotFailed("The browser broke off.") from error
    raise ScreenshotFailed("The browser gave no picture.")


@dataclass(slots=True)
class _Pieces:
    """What a page names, fetched each once, up to a number and a size."""

    policy: Policy
    agent: str
    room: int
    _count: int = 0
    _known: dict[str, dict[str, str]] = field(default_factory=dict)

    def given(self, url: str) -> dict[str, str]:
        """The piece at `url` for the browser; empty when it is not to be had."""
        if url not in self._known:
            self._known[url] = self._fetched(url)
        return self._known[url]

    def _fetched(self, url: str) -> dict[str, str]:
        self._count += 1
        if self._count > PIECES or self.room <= 0:
            return {}
        try:
            found = fetch(url, PIECE, self.policy, agent=self.agent)
        except FetchFailed:
            return {}
        self.room -= len(found.content)
        return {
            "content": base64.b64encode(found.content).decode(),
            "content_type": found.media_type or "application/octet-stream",
        }


def _say(stream: IO[bytes], message: dict[str, str]) -> None:
    stream.write(json.dumps(message).encode() + b"\n")
    stream.flush()


def _heard(stream: IO[bytes]) -> dict[str, Any]:
    """The next message, {} at the end. Raises `ValueError` for what is none."""
    line = stream.readline(_LINE)
    heard = json.loads(line) if line else {}
    if not isinstance(heard, dict):
        raise ValueError("no message")
    return heard


def _leave(process: subprocess.Popen[bytes]) -> None:
    """Let the browser end by itself, so that it leaves nothing behind."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(_LEAVING)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and the browser that it has started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
