"""`soi check` as a process and on a terminal: statuses, hostile text, a desk that is not ready."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from checks import check_record
from click.testing import CliRunner, Result
from desks import Desk
from django.db import OperationalError
from django.utils import translation
from factories import list_scam, store_check

from soi.answer.answering import LIMITS
from soi.claims import queries
from soi.claims.actions import allow_publisher, store_checks
from soi.cli.program import soi
from soi.core.formats import ScamKind
from soi.index import actions as index

DRIVES_A_TERMINAL = "\x1b]0;mine\x07 \x1b[2J \x9b31m \u202e \x08\x08 \x7f \r"


@pytest.fixture(autouse=True)
def language_comes_back() -> Iterator[None]:
    """The command sets the language of its process; here that is the tests' own."""
    with translation.override(translation.get_language()):
        yield


def run(*arguments: str, given: bytes | None = None, language: str = "en_US.UTF-8") -> Result:
    environment = {"LC_ALL": language, "LC_MESSAGES": None, "LANG": None}
    return CliRunner().invoke(soi, ["check", *arguments], input=given, env=environment)


def drives(text: str) -> list[str]:
    return [c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs"}]


@pytest.mark.django_db
@pytest.mark.parametrize("option", [[], ["--json"]])
def test_neither_message_nor_feed_nor_list_drives_the_terminal(option: list[str]) -> None:
    claim = "Uống nước lá ổi mỗi sáng chữa khỏi bệnh tiểu đường."
    fields = ("publisher_name", "title", "summary", "verdict_words", "licence")
    allow_publisher(site="evil.example", name=DRIVES_A_TERMINAL, by="test")
    hostile = dict.fromkeys(fields, DRIVES_A_TERMINAL)
    record = check_record(publisher_site="evil.example", verdict=None, claim=claim, **hostile)
    store_checks([record], by="test")
    index.follow()
    list_scam(ScamKind.HOST, "xau.test")

    result = run("-", *option, given=f"{claim}\n{DRIVES_A_TERMINAL} http://xau.test/a\n".encode())

    assert result.exit_code == 3
    assert "xau.test" in result.stdout
    assert drives(result.stdout) == []


@pytest.mark.django_db
def test_what_json_escapes_is_the_same_when_it_is_read() -> None:
    message = "Câu này có \x9b và \u202e ở giữa chừng nhé."

    found = json.loads(run("-", "--json", given=message.encode()).stdout)["findings"]

    assert [finding["text"] for finding in found] == [message]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "word"),
    [("en_GB.UTF-8", "Unknown"), ("vi_VN.UTF-8", "Chưa"), ("C.UTF-8", "Chưa"), ("", "Chưa")],
)
def test_the_terminal_says_which_language(language: str, word: str) -> None:
    assert word in run("khong-ai-biet.test", language=language).stdout


@pytest.mark.django_db
def test_an_option_goes_before_the_terminals_language() -> None:
    assert "Unknown" in run("khong-ai-biet.test", "--language", "en", language="vi_VN").stdout


@pytest.mark.django_db
def test_a_statement_is_not_said_twice() -> None:
    said = "Thư viện phường mở cửa tới mười giờ đêm."

    assert run(said).stdout.count(said) == 1


@pytest.mark.django_db
def test_the_publishers_page_is_named() -> None:
    claim = "Uống nước lá ổi mỗi sáng chữa khỏi bệnh tiểu đường."
    store_check(claim, url="https://soisang.example/la-oi")

    assert "https://soisang.example/la-oi" in run(claim).stdout


@pytest.mark.django_db
@pytest.mark.parametrize("given", [b"a\0b xau.test", "\ufeffxau.test".encode(), b"\0\0\0xau.test"])
def test_bytes_that_editors_leave_behind_are_no_obstacle(given: bytes) -> None:
    list_scam(ScamKind.HOST, "xau.test")

    assert run("-", given=given).exit_code == 3


@pytest.mark.django_db
def test_the_longest_message_is_read_and_one_more_is_not() -> None:
    longest = "ạ" * LIMITS.characters

    assert run("-", given=longest.encode()).exit_code == 0
    assert "message_too_long" in run("-", given=(longest + "ạ").encode()).stderr


@pytest.mark.django_db
def test_a_large_file_is_too_long_and_not_unreadable(tmp_path: Path) -> None:
    file = tmp_path / "big.txt"
    file.write_text("ạ" * 1_000_001, encoding="utf-8")

    result = run("--file", str(file))

    assert result.exit_code == 2
    assert "message_too_long" in result.stderr


@pytest.mark.django_db
def test_ten_thousand_links_are_answered_in_part_and_said_so() -> None:
    links = " ".join(f"a{n}.vn" for n in range(10_000))[: LIMITS.characters]

    result = run("-", given=links.encode())

    assert result.exit_code == 0
    assert "only its first part was looked at" in result.stdout


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["nowhere.txt", ".", "a" * 300])
def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, name: str) -> None:
    result = run("--file", str(tmp_path / name))

    assert result.exit_code == 2
    assert "file_unreadable" in result.stderr
    assert not result.stdout


@pytest.mark.django_db
def test_a_busy_desk_asks_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*given: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(queries, "checks_by_id", locked)
    result = run("Một câu có đủ chữ để tra.")

    assert result.exit_code == 4
    assert "[database_locked]" in result.stderr
    assert not result.stdout


@pytest.mark.parametrize("folder_is_there", [True, False])
def test_a_desk_that_is_not_set_up_says_what_to_run(tmp_path: Path, folder_is_there: bool) -> None:
    folder = tmp_path if folder_is_there else tmp_path / "nowhere"

    ended = Desk(folder).soi("check", "xau.test")

    assert ended.status == 4
    assert "[database_not_migrated]" in ended.err
    assert "soi init" in ended.err
    assert not ended.out


def test_settings_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    ended = Desk(tmp_path, database_url="nonsense://").soi("check", "xau.test")

    assert ended.status != 0
    assert "DATABASE_URL" in ended.err
