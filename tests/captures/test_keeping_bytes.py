"""The folder of captures gives back the very bytes that it was given, or says that it can't."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from soi.captures import storage
from soi.captures.errors import FileAltered, FileMissing

CONTENT = "Cầu Bến Sậy mở lại từ ngày 3 tháng 12.".encode()


def names(settings: Any) -> list[str]:
    return [each.name for each in Path(settings.SOI_CAPTURES_DIR).rglob("*") if each.is_file()]


@pytest.mark.parametrize("content", [CONTENT, b"", bytes(range(256)) * 5000])
def test_what_was_kept_comes_back_under_its_sha_256(content: bytes) -> None:
    digest = storage.keep(content)

    assert digest == hashlib.sha256(content).hexdigest()
    assert storage.kept(digest) == content


def test_the_same_bytes_lie_there_once(settings: Any) -> None:
    assert storage.keep(CONTENT) == storage.keep(CONTENT)
    assert len(names(settings)) == 1


@pytest.mark.parametrize("damage", [b"", CONTENT[:-1], CONTENT.replace(b"3", b"4")])
def test_a_changed_file_is_said_and_never_given_out(damage: bytes) -> None:
    digest = storage.keep(CONTENT)
    path = storage.path_of(digest)
    path.chmod(0o600)
    path.write_bytes(damage)

    with pytest.raises(FileAltered):
        storage.kept(digest)


def test_keeping_the_bytes_again_mends_a_changed_file() -> None:
    path = storage.path_of(storage.keep(CONTENT))
    path.chmod(0o600)
    path.write_bytes(b"half")

    assert storage.kept(storage.keep(CONTENT)) == CONTENT


def test_a_lost_file_is_said() -> None:
    digest = storage.keep(CONTENT)
    storage.path_of(digest).unlink()

    with pytest.raises(FileMissing):
        storage.kept(digest)


@pytest.mark.parametrize("digest", ["", "../../secret.key", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_nothing_but_a_digest_names_a_file(digest: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        storage.kept(digest)


def test_a_full_disk_leaves_nothing_half(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    storage.keep(b"another")
    monkeypatch.setattr(storage.os, "fsync", full)

    with pytest.raises(OSError, match="No space"):
        storage.keep(CONTENT)
    assert names(settings) == [hashlib.sha256(b"another").hexdigest()]
