"""A file that somebody brings is kept as it is, or refused with a code; never half."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

from soi.captures import actions, queries
from soi.captures.errors import FileEmpty, FileKindRefused, FileTooLarge, FileUnreadable
from soi.captures.problems import Problem
from soi.captures.types import CaptureState
from soi.journal.queries import last_mark
from tests.captures import pages
from tests.captures.test_reading_files import PNG, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]


def kept(name: str, content: bytes) -> int:
    return actions.keep_file(name, io.BytesIO(content), by="an")


@pytest.mark.parametrize(
    ("name", "content", "kind", "text"),
    [
        ("thong-bao.pdf", pdf("Bridge closed."), "application/pdf", "Bridge closed."),
        ("anh.png", PNG, "image/png", ""),
        ("ghi-chep.txt", "Cầu đóng cửa.".encode(), "text/plain", "Cầu đóng cửa."),
        ("trang.html", pages.article().encode(), "text/html", "Không ai bị thương"),
        ("anh.png", pages.article().encode(), "text/html", "Không ai bị thương"),
    ],
)
def test_a_file_is_kept_as_what_its_bytes_are(
    name: str, content: bytes, kind: str, text: str
) -> None:
    found = queries.capture_with_id(kept(name, content))

    assert (found.state, found.problem) == (CaptureState.CAPTURED, "")
    assert (found.file_name, found.requested_url, found.url) == (name, "", "")
    assert (found.media_type, found.size) == (kind, len(content))
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert queries.content_of(found.id).data == content
    assert text in queries.text_of(found.id)
    assert queries.record_of(found.id) == b""


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.txt", b"", FileEmpty),
        ("a.pdf", b"PK\x03\x04 a spreadsheet", FileKindRefused),
        ("a.html", b"MZ\x90\0", FileKindRefused),
        ("a.png", b"\x00" * 100, FileKindRefused),
        ("a.pdf", b"%PDF-1.7 and no more", FileUnreadable),
        ("a.pdf", pdf("Secret.", password="x"), FileUnreadable),
    ],
)
def test_a_file_that_cannot_be_a_source_is_refused_and_leaves_nothing(
    settings: Any, name: str, content: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        kept(name, content)
    assert not last_mark("capture")
    assert not Path(settings.SOI_CAPTURES_DIR).exists()


def test_a_file_without_end_is_read_to_the_limit_and_no_further(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            assert size > 0
            self.given += size
            return b"x" * size

    monkeypatch.setattr(actions, "FILE_LIMIT", 1000)
    endless = Endless()
    with pytest.raises(FileTooLarge):
        actions.keep_file("a.txt", endless, by="an")  # type: ignore[arg-type]
    assert endless.given == 1001


def test_a_saved_page_that_only_says_sign_in_is_told(web: Any) -> None:
    found = queries.capture_with_id(kept("trang.html", pages.SIGN_INS["vi, a portal"].encode()))
    assert (found.state, found.problem) == (CaptureState.FAILED, Problem.SIGN_IN)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\An\\anh.png", "anh.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\nb\x00.txt", "a b.txt"),
        ("", "file"),
        ("/", "file"),
        ("..", ".."),
        ("a" * 999 + ".txt", "a" * 254 + "…"),
        ("<script>.txt", "<script>.txt"),
    ],
)
def test_the_name_of_a_file_is_one_line_and_never_a_path(name: str, shown: str) -> None:
    assert queries.capture_with_id(kept(name, b"Mot doan van.")).file_name == shown
