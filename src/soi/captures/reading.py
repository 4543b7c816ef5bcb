"""Have the text of a captured file read, in bounded time and memory, whatever the file is.

In: bytes of a known kind. Out: a `Reading` with text, title and publisher as plain lines, and signs
of what is no source for `soi.captures.walls`. Pages and PDFs are read by `soi.captures.reader` in a
process of its own: what kills it, or takes it too long, is a file that can't be read, and no more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Any, Final

from soi.captures import kinds
from soi.captures.bodies import text_of
from soi.captures.reader import OUTPUT, TEXT
from soi.core.formats.plain import cut, plain_line
from soi.core.text import clean

PATIENCE: Final = 60.0
"""Seconds by the wall for what may take 20 by the processor."""
REST: Final = "\n\f\n"
"""Stands in a text between the main part of a page and what else is seen on it."""

_TITLE = 500
_PUBLISHER = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read in a file."""

    text: str = ""
    """Without unseen characters, in NFC; of a page the main part, then `REST` and the rest."""
    title: str = ""
    publisher: str = ""
    passwords: int = 0
    """Fields for a password."""
    scripts: int = 0
    challenges: tuple[str, ...] = ()
    """Names of services that tell people from programs."""
    unscripted: str = ""
    """What a page says to those who run no scripts."""
    is_locked: bool = False
    """A PDF that wants a password."""
    is_readable: bool = True
    """False when the file is broken, or would take too much time or memory."""

    @property
    def main(self) -> str:
        """The text without what stands around it on a page."""
        return main_of(self.text)


def main_of(text: str) -> str:
    """The main part of a stored text."""
    return text.partition(REST)[0]


def read(content: bytes, kind: str, *, charset: str = "") -> Reading:
    """Read a file of a kind that `kinds.kind_of` gave. Never raises for what the file holds."""
    if kind in kinds.PICTURES:
        return Reading()
    if kind == kinds.PLAIN:
        return Reading(text=clean(text_of(content, charset)[:TEXT]).strip())
    found = _asked_of_reader(content, "pdf" if kind == kinds.PDF else "page", charset)
    return Reading(is_readable=False) if found is None else reading_from(found)


def reading_from(found: dict[str, Any]) -> Reading:
    """What the reader says, as plain text and lines."""
    main, rest = clean(_text(found, "text")).strip(), clean(_text(found, "rest")).strip()
    # A form feed becomes a line end when a text is cleaned: none is left but ours.
    return Reading(
        text=f"{main}{REST}{rest}" if rest else main,
        title=cut(plain_line(_text(found, "title")), _TITLE),
        publisher=cut(plain_line(_text(found, "publisher")), _PUBLISHER),
        passwords=_number(found, "passwords"),
        scripts=_number(found, "scripts"),
        challenges=tuple(str(each) for each in found.get("challenges", ())),
        unscripted=_text(found, "unscripted"),
        is_locked=found.get("is_locked") is True,
    )


def _asked_of_reader(content: bytes, kind: str, charset: str) -> dict[str, Any] | None:
    """What the reader says; None when it did not live to say it."""
    header = json.dumps({"kind": kind, "charset": charset}).encode()
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(header + b"\n" + content)
        given.seek(0)
        try:
            ended = subprocess.run(
                [sys.executable, "-P", "-m", "soi.captures.reader"],
                stdin=given,
                stdout=said,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONHASHSEED": "0"},
                cwd=tempfile.gettempdir(),
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        said.seek(0)
        written = said.read(OUTPUT + 1)
    if ended.returncode or len(written) > OUTPUT:
        return None
    try:
        found = json.loads(written)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name, "")
    return value if isinstance(value, str) else ""


def _number(found: dict[str, Any], name: str) -> int:
    value = found.get(name, 0)
    return value if isinstance(value, int) else 0
