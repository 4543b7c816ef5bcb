"""`soi check` as a newcomer and as a script use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from soi.cli.program import soi

pytestmark = pytest.mark.django_db


def _run(*arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(soi, ["check", *arguments], input=given, env={"LANG": "en_US.UTF-8"})


@pytest.mark.usefixtures("demo_desk")
def test_a_scam_is_said_and_the_status_warns():
    result = _run("songxanhbank-vn.test", "--language", "en")
    assert result.exit_code == 3
    assert "Known scam" in result.stdout


@pytest.mark.usefixtures("demo_desk")
def test_a_clean_message_ends_with_zero():
    assert _run("https://songxanhbank.example/", "--language", "en").exit_code == 0


@pytest.mark.usefixtures("demo_desk")
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_answer_is_in_the_language_asked_for(language: str):
    word = {"vi": "Lừa đảo", "en": "Known scam"}[language]
    assert word in _run("songxanhbank-vn.test", "--language", language).stdout


@pytest.mark.usefixtures("demo_desk")
def test_standard_input_a_file_and_text_give_the_same_answer(tmp_path: Path):
    text = "Vào songxanhbank-vn.test ngay"
    file = tmp_path / "message.txt"
    file.write_text(text, encoding="utf-8")
    answers = []
    for result in (
        _run(text, "--json"),
        _run("-", "--json", given=text.encode()),
        _run("--file", str(file), "--json"),
    ):
        found = json.loads(result.stdout)
        found.pop("seconds")
        answers.append(found)
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["findings"][0]["state"] == "known_scam"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (b"", "message_empty"),
        (b" \n", "message_empty"),
        (b"\xff\xfe tin", "message_unreadable"),
        (b"<html><body>x</body></html>", "message_unreadable"),
        (b"a" * 50_001, "message_too_long"),
        (b"a" * 3_000_000, "message_too_long"),
    ],
)
def test_what_cannot_be_read_is_named_on_standard_error(given: bytes, code: str):
    result = _run("-", given=given)
    assert result.exit_code == 2
    assert code in result.stderr
    assert not result.stdout


def test_a_missing_file_is_named(tmp_path: Path):
    result = _run("--file", str(tmp_path / "nowhere.txt"))
    assert result.exit_code == 2
    assert "nowhere.txt" in result.stderr or "file_unreadable" in result.stderr


def test_neither_text_nor_file_is_a_wrong_call():
    assert _run().exit_code == 2
    assert _run("x", "--file", "y").exit_code == 2


@pytest.mark.usefixtures("demo_desk")
def test_a_message_cannot_drive_the_terminal():
    result = _run("-", given="Bấm \x1b[2J\x1b]0;x\x07 songxanhbank-vn.test \u202e".encode())
    assert "\x1b[2J" not in result.stdout
    assert "\x1b]" not in result.stdout
    assert "\u202e" not in result.stdout
