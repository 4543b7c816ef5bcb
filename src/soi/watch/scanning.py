"""Read a stream of names to its end and put before the desk what could be taken for another.

In: a file, standard input, or stretches of names from elsewhere. Out: how much was read and found.
Memory is flat: a stretch, and what was found since the last write. What is found and how far was
read are stored together, so that a process that is killed goes on where it stopped, with nothing
missing and nothing double. The reader waits for the writer, but for a stretch or two that it reads
ahead: that is all the back-pressure there is.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from soi.core.lookalike import NameKind, scan
from soi.core.lookalike.model import shipped_model
from soi.watch import noting, rules
from soi.watch.ahead import ahead
from soi.watch.models import Stream
from soi.watch.noting import Found, Place
from soi.watch.rules import Identity
from soi.watch.streams import Readable, Stretch, stretches
from soi.watch.types import Name

WRITE_AFTER = 2.0
"""Seconds of reading after which is written what was found, however little it is."""
WRITE_AT = 500
"""Findings after which is written at once."""
HEAD = 4096
"""Bytes by which a file is known again."""

Progress = Callable[[int], object]
"""Called with how far was read."""


@dataclass(slots=True)
class Scanned:
    """What a scan read and found; `started_at` is 0 unless it went on where another stopped."""

    names: int = 0
    found: int = 0
    added: int = 0
    refused: int = 0
    started_at: int = 0
    position: int = 0


def scan_file(
    path: Path, *, by: str, source: str = "", again: bool = False, progress: Progress | None = None
) -> Scanned:
    """Scan a file from where an earlier scan of it stopped, or from its beginning with `again`.

    A file that grew is read on from its old end; another file in its place, known by its first
    bytes, from the beginning. Raises `FormatError` (`not_utf8`) and `OSError`.
    """
    source = rules.source_name("file", source or str(path.resolve()))
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        start = 0 if again else _known_position(source, head, path.stat().st_size)
        stream.seek(start)
        found = stretches(stream, today=timezone.localdate(), start=start)
        return scan_stretches(
            found, source=source, by=by, start=start, head=head, progress=progress
        )


def scan_pipe(
    stream: Readable, *, by: str, source: str = "stdin", progress: Progress | None = None
) -> Scanned:
    """Scan what comes through a pipe, to its end. A pipe has no past: nothing can be read again.

    What was found is written when the pipe falls silent as well. Raises `FormatError`
    (`not_utf8`).
    """
    found = ahead(stretches(stream, today=timezone.localdate()), patience=WRITE_AFTER)
    return scan_stretches(found, source=rules.source_name("pipe", source), by=by, progress=progress)


def scan_stretches(
    found: Iterable[Stretch | None], *, source: str, by: str, start: int = 0, head: bytes = b"",
    progress: Progress | None = None,
) -> Scanned:  # fmt: skip
    """Scan stretches of names as they come; what was found is written every few seconds.

    None says that nothing has come for a while: then it is written at once.
    The register is looked at anew with every write: an organisation that is added during a long
    scan is watched over from then on.
    """
    scanned = Scanned(started_at=start, position=start)
    writer = _Writer(source, by, head, scanned)
    for stretch in found:
        if stretch is None:
            writer.catch_up()
            continue
        writer.take(stretch)
        if progress:
            progress(stretch.end)
    writer.catch_up()
    return scanned


class _Writer:
    """Holds what was found until it is written together with the place up to which was read."""

    def __init__(self, source: str, by: str, head: bytes, scanned: Scanned) -> None:
        self._source, self._by, self._head, self._scanned = source, by, head, scanned
        self._register = noting.compiled()
        self._threshold = shipped_model().watch
        self._found: list[tuple[Identity, Found]] = []
        self._names = 0
        self._is_behind = True
        self._written_at = time.monotonic()

    def take(self, stretch: Stretch) -> None:
        """Judge the names of a stretch."""
        self._is_behind = True
        day = stretch.seen_on or timezone.localdate()
        for scored in scan(stretch.names, self._register):
            if scored and scored.lookalike.probability >= self._threshold:
                identity = rules.identity_of(Name(NameKind.HOST, scored.lookalike.name))
                if identity:
                    self._found.append((identity, (scored.lookalike, day)))
        self._names += len(stretch.names)
        self._scanned.refused += stretch.refused
        self._scanned.position = stretch.end
        if len(self._found) >= WRITE_AT or time.monotonic() - self._written_at >= WRITE_AFTER:
            self.write()

    def catch_up(self) -> None:
        """Store what is not stored yet, if there is any."""
        if self._is_behind:
            self.write()

    def write(self) -> None:
        """Store what was found so far and how far was read."""
        scanned = self._scanned
        head = self._head[: scanned.position]
        digest = hashlib.sha256(head).hexdigest() if head else ""
        place = Place(self._source, scanned.position, self._names, digest, len(head))
        added = noting.keep(self._found, source=self._source, by=self._by, place=place)
        scanned.names += self._names
        scanned.found += len({identity for identity, _ in self._found})
        scanned.added += added
        self._found, self._names, self._is_behind = [], 0, False
        self._register = noting.compiled()
        self._written_at = time.monotonic()


def _known_position(source: str, head: bytes, size: int) -> int:
    """How far this very file was read, 0 when it was not, or is another one now."""
    known = Stream.objects.filter(source=source).first()
    if known is None or known.position > size:
        return 0
    same = hashlib.sha256(head[: known.head_length]).hexdigest() == known.head
    return known.position if same and known.head_length else 0
