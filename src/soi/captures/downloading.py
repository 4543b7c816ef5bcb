"""Bring a large file of the public web onto the disk, with memory for one piece of it.

In: a URL, the file that it is to become, what the server said of the last one that was brought.
Out: the file, unpacked; or that nothing has changed since; or a `FetchFailed`. The way there is
that of `soi.captures.fetching`, with its limits. What broke off is continued the next time, if the
server says that the bytes are still the same ones; else it begins anew.

Bytes come as they are packed and are unpacked afterwards, within a limit of their own: a bomb fills
neither memory nor disk.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from soi.captures.addresses import PUBLIC, Policy
from soi.captures.bodies import Unpacking, charset_of
from soi.captures.errors import FetchFailed
from soi.captures.fetching import Limits, headers_of, reaching
from soi.captures.problems import Problem, problem_of_status
from soi.captures.transport import Reply

LARGE_FILES: Final = Limits(seconds=1800.0, size=500_000_000)
"""Half an hour and 500 MB, packed and unpacked alike."""

_PIECE = 8192
"""Packed bytes that are unpacked at a time: a thousandfold is still little."""
_LAYERS = 2
"""A packed file that the server packs once more."""
_GZIP = b"\x1f\x8b"
_RANGE = re.compile(r"bytes (\d{1,15})-\d{1,15}/(?:\d{1,15}|\*)")
_VALIDATOR = re.compile(r"[\x21-\x7e ]{1,200}")

Progress = Callable[[int], object]
"""Called with how many bytes are here, now and then."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server calls the version of a file (RFC 9110, section 8.8)."""

    etag: str = ""
    last_modified: str = ""

    @classmethod
    def of(cls, reply: Reply) -> Validators:
        """Those of a reply; what can't be sent back is left out."""
        found = (reply.header(name).strip() for name in ("etag", "last-modified"))
        return cls(*(text if _VALIDATOR.fullmatch(text) else "" for text in found))

    @property
    def strong(self) -> str:
        """What says that bytes are the same ones, "" where nothing does."""
        return "" if self.etag.startswith("W/") else self.etag or self.last_modified


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that was brought, or that nothing new was there (`is_new`)."""

    url: str
    """Where it was found in the end."""
    validators: Validators
    is_new: bool
    size: int = 0
    charset: str = ""
    """Python's name of the charset that the server names, "" when it names none."""
    continued_from: int = 0


def download(
    url: str,
    path: Path,
    *,
    known: Validators = Validators(),
    limits: Limits = LARGE_FILES,
    policy: Policy = PUBLIC,
    may_come_from: Callable[[str], bool] = lambda url: True,
    progress: Progress = lambda done: None,
) -> Downloaded:
    """Bring what stands at `url` to `path`, unpacked; an old file there is replaced by a whole one.

    Nothing is written when the server says that it is still the version `known`. Raises
    `FetchFailed`: for what `fetch` raises it for, and for a file that lies where it may not come
    from (`fetch_redirected_elsewhere`). A part that can be continued stays beside `path`.
    """
    part = _Part.beside(path, url)
    with reaching(url, limits, policy, headers=_asked(known, part), keeps=False) as found:
        target, reply, _, _ = found
        if not may_come_from(target.url):
            raise FetchFailed(Problem.REDIRECTED_ELSEWHERE, f"It leads to {target.host}.")
        validators = Validators.of(reply)
        if reply.status == 304:
            part.remove()
            return Downloaded(target.url, known, is_new=False)
        start = _begin(part, reply, validators)
        _write(part, reply, start, limits.size, progress)
    size = _unpack(part, path, limits.size)
    charset = charset_of(reply.header("content-type"))
    return Downloaded(target.url, validators, True, size, charset, continued_from=start)


@dataclass(slots=True)
class _Part:
    """What has come so far, and of which version it is a part."""

    file: Path
    about: Path
    url: str
    validators: Validators = Validators()
    encoding: str = ""

    @classmethod
    def beside(cls, path: Path, url: str) -> _Part:
        part = cls(path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.about"), url)
        with suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads(part.about.read_text(encoding="utf-8"))
            if said["url"] == url:
                part.validators = Validators(**said["validators"])
                part.encoding = said["encoding"]
        return part

    @property
    def size(self) -> int:
        """Bytes that can be continued."""
        if not self.validators.strong or not self.file.exists():
            return 0
        return self.file.stat().st_size

    def begin(self, validators: Validators, encoding: str) -> None:
        self.validators, self.encoding = validators, encoding
        self.file.unlink(missing_ok=True)
        said = {"url": self.url, "validators": asdict(validators), "encoding": encoding}
        self.about.write_text(json.dumps(said), encoding="utf-8")

    def remove(self) -> None:
        self.file.unlink(missing_ok=True)
        self.about.unlink(missing_ok=True)


def _asked(known: Validators, part: _Part) -> tuple[tuple[str, str], ...]:
    asked = headers_of("")
    if known.etag:
        asked += (("If-None-Match", known.etag),)
    elif known.last_modified:
        asked += (("If-Modified-Since", known.last_modified),)
    if part.size:
        asked += (("Range", f"bytes={part.size}-"), ("If-Range", part.validators.strong))
    return asked


def _begin(part: _Part, reply: Reply, validators: Validators) -> int:
    """Where the bytes of this reply begin."""
    encoding = reply.header("content-encoding")
    if reply.status == 206 and part.size:
        found = _RANGE.fullmatch(reply.header("content-range").strip())
        if found and int(found[1]) == part.size and encoding == part.encoding:
            return part.size
    if reply.status in (206, 416):
        part.remove()
        raise FetchFailed(Problem.REPLY_BROKEN, "It can't be continued; the next time begins anew.")
    if problem := problem_of_status(reply.status):
        raise FetchFailed(problem, f"The server answered {reply.status}.", status=reply.status)
    part.begin(validators, encoding)
    return 0


def _write(part: _Part, reply: Reply, start: int, limit: int, progress: Progress) -> None:
    done = start
    try:
        with part.file.open("ab") as stream:
            for piece in reply.body(limit - start):
                stream.write(piece)
                done += len(piece)
                progress(done)
    except FetchFailed as error:
        if error.problem is Problem.TOO_LARGE:
            part.remove()
        raise


def _unpack(part: _Part, path: Path, limit: int) -> int:
    """Undo each layer of packing, the server's and the file's own; returns the size."""
    encoding = part.encoding
    try:
        for _ in range(_LAYERS + 1):
            with part.file.open("rb") as stream:
                head = stream.read(len(_GZIP))
            if not encoding and head == _GZIP:
                encoding = "gzip"
            if encoding.strip().lower() in ("", "identity"):
                break
            _unpack_once(part.file, encoding, limit)
            encoding = ""
        else:
            raise FetchFailed(Problem.ENCODING_REFUSED, "The file is packed again and again.")
        part.file.replace(path)
    finally:
        part.remove()
    return path.stat().st_size


def _unpack_once(file: Path, encoding: str, limit: int) -> None:
    fresh = file.with_name(f"{file.name}.unpacked")
    try:
        with file.open("rb") as packed, fresh.open("wb") as stream:
            unpacking = Unpacking(encoding, limit, stream.write)
            while piece := packed.read(_PIECE):
                unpacking.feed(piece)
            unpacking.whole()
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
