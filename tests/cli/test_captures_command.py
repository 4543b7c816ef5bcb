"""`soi captures` keeps sources, shows them and proves them whole."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from webserver import reply, serving

from soi.captures import actions, queries, storage
from soi.cli.program import soi
from tests.captures import pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(soi, ["captures", *arguments])

    return run


@pytest.fixture
def story(tmp_path: Path) -> str:
    path = tmp_path / "trang.html"
    path.write_text(pages.article(), encoding="utf-8")
    return str(path)


def test_a_file_is_kept_and_shown_with_its_hashes(run: Any, story: str) -> None:
    added = run("add", story)
    assert added.exit_code == 0, added.output
    assert "capture 1: captured" in added.output
    assert "publisher: Báo Sông Xanh" in added.output

    shown = run("show", "1", "--text").output
    assert f"content: sha256 {queries.capture_with_id(1).sha256}" in shown
    assert "  Xe khách đi vòng qua cầu Sông Xanh." in shown
    assert "1 captured" in run("list").output


def test_an_address_is_fetched_now_or_left_to_the_worker(
    run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serving({"/": reply(pages.article())}) as web:
        fetch = functools.partial(actions.fetch, policy=web.policy)
        monkeypatch.setattr("soi.cli.captures.actions.fetch", fetch)

        assert "waiting" in run("add", "--later", web.url()).output
        assert run("add", web.url()).exit_code == 0
        missing = run("add", web.url("/nowhere"))
        web.says["/busy"] = reply("x", status="503 Busy")
        busy = run("add", web.url("/busy"))

    assert (missing.exit_code, busy.exit_code) == (2, 4)
    assert "Nothing stands at this address [fetch_not_found]" in missing.output
    warc = tmp_path / "nguon.warc.gz"
    run("show", "2", "--warc", str(warc))
    assert warc.read_bytes() == queries.record_of(2)


def test_what_is_refused_is_said_with_its_code(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.exe"
    path.write_bytes(b"MZ\x90\0")
    for arguments, code in (
        (("add", str(path)), "capture_file_kind_refused"),
        (("add", "ftp://tin.example/"), "capture_url_invalid"),
        (("show", "7"), "capture_unknown"),
        (("accept", "7"), "capture_unknown"),
    ):
        ended = run(*arguments)
        assert ended.exit_code == 2
        assert f"[{code}]" in ended.output


def test_a_wall_is_told_and_can_be_accepted(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "trang.html"
    path.write_text(pages.SIGN_INS["en"], encoding="utf-8")

    added = run("add", str(path))
    assert added.exit_code == 2
    assert "The page only asks to sign in [page_sign_in]" in added.output
    assert "capture 1: captured" in run("accept", "1").output


def test_lost_and_altered_files_are_found(run: Any, story: str) -> None:
    run("add", story)
    assert run("verify").output == "2 files, 0 lost or altered\n"

    digests = queries.digests_of(1)
    storage.path_of(digests["content"]).unlink()
    text = storage.path_of(digests["text"])
    text.chmod(0o600)
    text.write_bytes(b"x")

    found = run("verify")
    assert found.exit_code == 4
    assert "capture 1, content: A file of this capture is missing" in found.output
    assert "capture 1, text: A file of this capture was changed" in found.output
