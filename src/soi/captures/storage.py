"""Keep bytes under their own SHA-256, and give them back only if they still have it.

In: bytes. Out: their digest, once they are on the disk for good; later the same bytes. A file is
written beside its place, flushed, given its name and the name flushed too: killed at any moment, a
digest that was returned leads to whole bytes, and a half-written file has no name that is looked
for. The same bytes lie there once, whoever keeps them. Nothing is ever removed here.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from django.conf import settings

from soi.captures.errors import FileAltered, FileMissing

_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".unfinished-"


def keep(content: bytes) -> str:
    """Keep `content`; when this returns it is on the disk. Returns its SHA-256 in hex.

    Raises `OSError`, for instance when the disk is full; then nothing has changed.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not _is_whole(path, digest):
        _write(path, content)
    return digest


def kept(digest: str) -> bytes:
    """The bytes that were kept under `digest`.

    Raises `FileMissing`, and `FileAltered` if they are no longer what they were.
    """
    try:
        content = path_of(digest).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileMissing(f"{digest} is not in the folder of captures.", digest=digest) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise FileAltered(f"{digest} is not what it was when it was kept.", digest=digest)
    return content


def path_of(digest: str) -> Path:
    """Where the bytes of that digest lie, or would. Raises `ValueError` for what is no digest."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError("That is no SHA-256 in hex.")
    return Path(settings.SOI_CAPTURES_DIR) / digest[:2] / digest[2:4] / digest


def _is_whole(path: Path, digest: str) -> bool:
    """True if the very bytes lie there already; a damaged file is written again."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except (FileNotFoundError, NotADirectoryError):
        return False


def _write(path: Path, content: bytes) -> None:
    _make_folders(path.parent)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.chmod(0o440)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _flush_names(path.parent)


def _make_folders(folder: Path) -> None:
    """Make the folder and those above it; a new one is on the disk when this returns."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    folder.mkdir(mode=0o750, exist_ok=True)
    _flush_names(folder.parent)


def _flush_names(folder: Path) -> None:
    """Have the names in a folder survive a loss of power, not only the content behind them."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
