"""The evidence of an incident as one zip, for a platform or the police (charter rule C8: of fraud).

In: an incident that may be reported. Out: the same bytes as long as nothing is added to it: files
are stored as they are, in one order, with one date. `SHA256SUMS` inside names every other file, so
that anybody can verify the whole with `sha256sum -c`; its own SHA-256 names the bundle. What the
incident is about is described, never who did it. Memory holds one file at a time.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, cast

from django.conf import settings

from soi.captures import storage
from soi.captures.errors import FileAltered, FileMissing
from soi.captures.queries import digests_with_ids
from soi.captures.types import Capture
from soi.core.formats.table import guarded
from soi.core.ledger import canonical_json
from soi.incidents import following, handling, statements
from soi.incidents.errors import BundleTooLarge
from soi.incidents.statements import moment
from soi.incidents.types import PUBLIC, Happening, IncidentRow, NoticeRow
from soi.journal.queries import Asked, events_in_order
from soi.register import keeping
from soi.register.keeping import ProofRow
from soi.register.queries import all_holdings_of
from soi.register.rules import CONFIRMED
from soi.register.types import HoldingRow
from soi.watch.queries import sightings_of
from soi.watch.types import LookalikeRow

FORM = "soi evidence 1"
BUNDLE_LIMIT = 250_000_000
"""Bytes of all files together."""
LIST = "SHA256SUMS"
_SIGHTINGS = 100
_NAMES = {
    "text/html": "content.html.txt",  # shown when it is opened, and not run
    "application/pdf": "content.pdf",
    "text/plain": "content.txt",
    "image/png": "content.png",
    "image/jpeg": "content.jpg",
    "image/gif": "content.gif",
    "image/webp": "content.webp",
}
_OTHERS = {
    "text": "text.txt",
    "record": "record.warc.gz",
    "screenshot": "screenshot.png",
    "timestamp": "timestamp.tsr",
}
_README = """\
Evidence of an incident / Chứng cứ của một sự cố

incident.json       what happened, to which official account, against what
timeline.csv        what was done, when, by whom (by number)
journal.csv         the events of the desk's journal
captures/           copies of pages as they were kept: what came, its text, the record of how it
                    came (WARC), a picture, a signed time (RFC 3161). Pages end in .txt so that
                    opening one runs nothing.
notices/            what the organisation said in public, signed
manifest.json       every file with its SHA-256, and what could not be put in
SHA256SUMS          the same for a program:

    sha256sum -c SHA256SUMS

Mọi tệp đều có mã băm trong SHA256SUMS; lệnh trên kiểm tra tất cả. Trang web được lưu với đuôi .txt
để mở ra xem mà không chạy gì.
"""


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file of a bundle; `read` gives its bytes again."""

    path: str
    sha256: str
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything that a bundle holds, in order, before a byte of it is handed out."""

    name: str
    files: tuple[BundleFile, ...]
    digest: str
    """SHA-256 in hex of its list of hashes."""

    def stream(self) -> Iterator[bytes]:
        """The zip, piece by piece. Raises `FileMissing` and `FileAltered` if a copy has changed."""
        sink = _Sink()
        with zipfile.ZipFile(cast(BinaryIO, sink), "w", zipfile.ZIP_STORED) as archive:
            for each in self.files:
                about = zipfile.ZipInfo(each.path, date_time=(1980, 1, 1, 0, 0, 0))
                about.external_attr, about.create_system = 0o100644 << 16, 3
                archive.writestr(about, each.read())
                yield sink.taken()
        yield sink.taken()


class _Sink:
    """Where a zip is written: keeps the file that is being written, and hands on what is done.

    The writer goes back only to the head of that file, to fill in its size.
    """

    def __init__(self) -> None:
        self._start, self._buffer = 0, io.BytesIO()

    def write(self, data: bytes) -> int:
        return self._buffer.write(data)

    def tell(self) -> int:
        return self._start + self._buffer.tell()

    def seek(self, place: int, whence: int = 0) -> int:
        self._buffer.seek(place - self._start if whence == 0 else place, whence)
        return self.tell()

    def seekable(self) -> bool:
        return True

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        data = self._buffer.getvalue()
        self._start, self._buffer = self._start + len(data), io.BytesIO()
        return data


def bundle_of(number: int) -> Bundle:
    """The evidence of an incident, every kept file compared with its hash.

    A copy that is lost or altered is left out, and the manifest says so. Raises `IncidentUnknown`,
    `OnlyForFraud` (charter C8), `NotConfirmedYet` and `BundleTooLarge`. Writes nothing: whoever
    hands it out calls `handling.note_prepared` first.
    """
    row = following.incident_with_id(number)
    held, seen = handling.check_may_prepare(row)
    captures = following.captures_of(number)
    notices = [each for each in following.notices_in(row) if each.state in PUBLIC]
    kept, copies, left_out = _kept_files(captures)
    files = [
        _made("README.txt", _README.encode()),
        _made("incident.json", canonical_json(_story(row, held, seen))),
        _made("timeline.csv", _timeline(number)),
        _made("journal.csv", _journal(number, notices)),
        *(file for each in notices for file in _notice(each)),
        *kept,
    ]
    manifest = {
        "form": FORM,
        "desk": settings.SOI_BASE_URL,
        "desk_name": settings.SOI_DESK_NAME,
        "incident": number,
        "kind": row.kind.value,
        "captures": copies,
        "files": [{"path": e.path, "sha256": e.sha256, "size": e.size} for e in files],
        "left_out": left_out,
    }
    files.append(_made("manifest.json", canonical_json(manifest)))
    listed = "".join(f"{each.sha256}  {each.path}\n" for each in files).encode()
    files.append(_made(LIST, listed))
    _check_size(sum(each.size for each in files))
    return Bundle(f"incident-{number}.zip", tuple(files), hashlib.sha256(listed).hexdigest())


def _made(path: str, content: bytes) -> BundleFile:
    return BundleFile(path, hashlib.sha256(content).hexdigest(), len(content), lambda: content)


def _check_size(size: int) -> None:
    if size > BUNDLE_LIMIT:
        raise BundleTooLarge(f"More than {BUNDLE_LIMIT} bytes.", limit=BUNDLE_LIMIT)


def _kept_files(
    captures: Sequence[Capture],
) -> tuple[list[BundleFile], list[dict[str, Any]], list[dict[str, Any]]]:
    """The files of captures, what is said of each capture, and what could not be put in."""
    files: list[BundleFile] = []
    copies: list[dict[str, Any]] = []
    left_out: list[dict[str, Any]] = []
    digests = digests_with_ids([each.id for each in captures])
    for each in captures:
        copies.append(_copy(each))
        for name, digest in digests.get(each.id, {}).items():
            try:
                size = len(storage.kept(digest))
            except (FileMissing, FileAltered) as error:
                left_out.append({"capture": each.id, "file": name, "why": error.code})
                continue
            shown = _OTHERS.get(name) or _NAMES.get(each.media_type, "content.bin")
            path = f"captures/{each.id}/{shown}"
            files.append(BundleFile(path, digest, size, partial(storage.kept, digest)))
            _check_size(sum(file.size for file in files))
    return files, copies, left_out


def _copy(capture: Capture) -> dict[str, Any]:
    return {
        "capture": capture.id,
        "state": capture.state.value,
        "problem": capture.problem,
        "asked_for": capture.requested_url or capture.file_name,
        "found_at": capture.url,
        "captured": moment(capture.captured_at) if capture.captured_at else None,
        "media_type": capture.media_type,
        "sha256": capture.sha256,
        "title": capture.title,
        "timestamped": moment(capture.timestamped_at) if capture.timestamped_at else None,
    }


def _story(row: IncidentRow, held: HoldingRow | None, seen: LookalikeRow | None) -> dict[str, Any]:
    """The incident with the official holdings that it concerns and the name that imitates them."""
    proofs = keeping.proofs_of(row.organisation)
    official = official_holdings(row, held)
    return following.record_of(row) | {
        "official": [_official(each, proofs.get(each.id, [])) for each in official],
        "lookalike": _lookalike(seen) if seen else None,
    }


def official_holdings(row: IncidentRow, held: HoldingRow | None) -> list[HoldingRow]:
    """The holdings that an incident concerns: the one that it is about, whatever its state.

    Of an incident about a name the organisation's confirmed ones, at most 20.
    """
    if held is not None:
        return [held]
    found = all_holdings_of(row.organisation)
    return [each for each in found if each.state in CONFIRMED][:20]


def _official(holding: HoldingRow, proofs: Sequence[ProofRow]) -> dict[str, Any]:
    return {
        "holding": holding.id,
        "kind": holding.kind.value,
        "platform": holding.platform,
        "value": holding.value,
        "platform_id": holding.platform_id,
        "state": holding.state.value,
        "compromised_from": str(holding.compromised_from) if holding.compromised_from else None,
        "desk_vouches": holding.is_vouched,
        "proofs": [
            {"kind": each.kind.value, "held": moment(each.held_at), "where": each.where}
            for each in proofs
            if each.counts and each.held_at
        ],
    }


def _lookalike(row: LookalikeRow) -> dict[str, Any]:
    return {
        "name": row.key,
        "kind": row.kind.value,
        "platform": row.platform,
        "state": row.state.value,
        "reasons": [each.value for each in row.reasons],
        "first_seen": str(row.first_seen_on),
        "seen": [
            {"on": str(each.seen_on), "source": each.source}
            for each in sightings_of(row.id)[:_SIGHTINGS]
        ],
    }


def _timeline(number: int) -> bytes:
    """What was done; that something was prepared is left out, or no two bundles were the same."""
    return _table(
        ("at", "by", "what", "step", "number", "words"),
        (
            (
                moment(each.at),
                each.by,
                each.what.value,
                each.step.value if each.step else "",
                each.number or "",
                guarded(each.words),
            )
            for each in following.timeline_of(number)
            if each.what is not Happening.PREPARED
        ),
    )


def _journal(number: int, notices: Sequence[NoticeRow]) -> bytes:
    asked = [Asked(subject="incident", subject_id=number)]
    asked += [Asked(subject="notice", subject_id=each.id) for each in notices]
    found = sorted((e for each in asked for e in events_in_order(each)), key=lambda e: e.seq)
    return _table(
        ("seq", "at", "actor", "verb", "subject", "id", "before", "after"),
        (
            (e.seq, moment(e.at), e.actor, e.verb, e.subject, e.subject_id, e.before, e.after)
            for e in found
        ),
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return stream.getvalue().encode()


def _notice(row: NoticeRow) -> Iterator[BundleFile]:
    yield _made(f"notices/{row.id}/record.json", canonical_json(statements.record_of(row)))
    yield _made(f"notices/{row.id}/note.txt", (row.note or row.prepared_note).encode())
