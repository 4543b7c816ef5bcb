"""`soi captures` keeps sources, shows them and proves them whole."""

from __future__ import annotations

import functools
import re
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


def number_in(output: str) -> str:
    """The number of the capture that a command has just shown."""
    return re.findall(r"^capture (\d+):", output, re.MULTILINE)[-1]


@pytest.fixture
def story(tmp_path: Path) -> str:
    path = tmp_path / "trang.html"
    path.write_text(pages.article(), encoding="utf-8")
    return str(path)


def test_a_file_is_kept_and_shown_with_its_hashes(run: Any, story: str) -> None:
    added = run("add", story)
    assert added.exit_code == 0, added.output
    number = number_in(added.output)
    assert f"capture {number}: captured" in added.output
    assert "publisher: Báo Sông Xanh" in added.output

    shown = run("show", number, "--text").output
    assert f"content: sha256 {queries.capture_with_id(int(number)).sha256}" in shown
    assert "  Xe khách đi vòng qua cầu Sông Xanh." in shown
    assert f"{number} captured" in run("list").output


def test_an_address_is_fetched_now_or_left_to_the_worker(
    run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serving({"/": reply(pages.article())}) as web:
        fetch = functools.partial(actions.fetch, policy=web.policy)
        monkeypatch.setattr("soi.cli.captures.actions.fetch", fetch)

        assert "waiting" in run("add", "--later", web.url()).output
        number = number_in(run("add", web.url()).output)
        assert "captured" in run("show", number).output
        missing = run("add", web.url("/nowhere"))
        web.says["/busy"] = reply("x", status="503 Busy")
        busy = run("add", web.url("/busy"))

    assert (missing.exit_code, busy.exit_code) == (2, 4)
    assert "Nothing stands at this address [fetch_not_found]" in missing.output
    warc = tmp_path / "nguon.warc.gz"
    run("show", number, "--warc", str(warc))
    assert warc.read_bytes() == queries.record_of(int(number))


def test_what_is_refused_is_said_with_its_code(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.exe"
    path.write_bytes(b"MZ\x90\0")
    for arguments, code in (
        (("add", str(path)), "capture_file_kind_refused"),
        (("add", "ftp://tin.example/"), "capture_url_invalid"),
        (("show", "999999"), "capture_unknown"),
        (("accept", "999999"), "capture_unknown"),
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
    number = number_in(added.output)
    assert f"capture {number}: captured" in run("accept", number).output


def test_lost_and_altered_files_are_found(run: Any, story: str) -> None:
    number = number_in(run("add", story).output)
    assert run("verify").output == "2 files, 0 lost or altered\n"

    digests = queries.digests_of(int(number))
    storage.path_of(digests["content"]).unlink()
    text = storage.path_of(digests["text"])
    text.chmod(0o600)
    text.write_bytes(b"x")

    found = run("verify")
    assert found.exit_code == 4
    assert f"capture {number}, content: A file of this capture is missing" in found.output
    assert f"capture {number}, text: A file of this capture was changed" in found.output


def test_a_source_is_watched_and_what_was_found_is_listed(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving({"/": reply(pages.article())}) as web:
        for name in ("fetch", "look"):
            patched = functools.partial(getattr(actions, name), policy=web.policy)
            monkeypatch.setattr(f"soi.cli.captures.actions.{name}", patched)
        number = number_in(run("add", web.url()).output)

        assert "watched: not looked at yet" in run("watch", number).output
        del web.says["/"]
        assert "watched: gone" in run("watch", number, "--now").output

    assert f"{number} captured gone" in run("list", "--seen", "gone").output
    assert ": gone" in run("show", number).output
    assert "watched" not in run("watch", number, "--off").output
