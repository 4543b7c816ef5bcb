"""`soi watch`: what a person at the terminal sees and does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils import translation
from factories import declare

from soi.cli.program import soi
from soi.core.formats import HoldingKind
from soi.watch.queries import lookalikes, scam_lists, streams, waiting_count
from soi.watch.types import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    with translation.override("en"):
        yield


def _run(*arguments: object, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(soi, ["watch", *map(str, arguments)], input=given)


def _said(*arguments: object, given: str | bytes | None = None) -> str:
    ended = _run(*arguments, given=given)
    assert ended.exit_code == 0, ended.output
    return ended.output


def _waiting(path: Path, *names: str) -> list[int]:
    path.write_text("\n".join(names) + "\n")
    _said("names", path)
    return sorted(row.id for row in lookalikes()[:50])


def test_a_file_of_names_ends_in_the_queue(tmp_path: Path) -> None:
    path = tmp_path / "names"
    path.write_text("hoamaibank-login.top\nthoi-tiet.example\nnothing here\n")
    told = _said("names", path)
    assert "2 names read, 1 could be taken for others, 1 of them new, 1 lines named nothing" in told
    queue = _said("queue")
    assert "!" in queue
    assert "hoamaibank-login.top ~ hoamaibank (combo)" in queue


def test_names_come_through_a_pipe(tmp_path: Path) -> None:
    told = _said("names", "-", "--source", "zone file", given="hoamaibank-login.top\n")
    assert "1 names read" in told
    assert streams()[0].source == "pipe:zone file"


def test_a_second_scan_says_where_it_went_on(tmp_path: Path) -> None:
    path = tmp_path / "names"
    _waiting(path, "hoamaibank-login.top")
    assert "continued at byte 21" in _said("names", path)
    assert "1 names read" in _said("names", path, "--again")


def test_a_name_is_shown_decided_on_and_undone(tmp_path: Path) -> None:
    (number,) = _waiting(tmp_path / "names", "hoamaibank-login.top")
    told = _said("show", number)
    assert "reasons: brand_in_other_domain, lure_word" in told
    assert "seen: " in told
    assert "1 confirmed" in _said("confirm", number, "--as", "scam", "--reason", "Asks for codes")
    assert "Asks for codes" in _said("show", number)
    assert "No name is here." in _said("queue")
    assert "hoamaibank-login.top" in _said("queue", "--state", "scam")
    assert "waiting" in _said("undo", number)
    assert "undone by" in _said("show", number)
    assert "1 dismissed" in _said("dismiss", number, "--reason", "A fan page")


def test_campaigns_are_shown_instead_of_names(tmp_path: Path) -> None:
    _waiting(tmp_path / "names", "hoamaibank-login1.top", "hoamaibank-login2.top")
    told = _said("queue", "--campaigns")
    assert "2 waiting of     2" in told
    assert "hoamaibanklogin" in told
    assert "No campaign is here." in _said("queue", "--campaigns", "--organisation", "khac")


def test_a_long_queue_says_how_many_more_there_are(tmp_path: Path) -> None:
    _waiting(tmp_path / "names", *(f"hoamaibank-login{number}.top" for number in range(5)))
    assert "3 more: --limit" in _said("queue", "--limit", 2)


def test_an_unknown_number_ends_with_2_and_a_sentence() -> None:
    ended = _run("confirm", "999", "--as", "scam", "--reason", "x")
    assert ended.exit_code == 2
    assert "soi: There is no such name before the desk [lookalike_unknown]" in ended.output


def test_a_decision_on_what_was_decided_ends_with_2_and_a_sentence(tmp_path: Path) -> None:
    (number,) = _waiting(tmp_path / "names", "hoamaibank-login.top")
    _said("dismiss", number, "--reason", "A fan page")
    ended = _run("dismiss", number, "--reason", "Again")
    assert ended.exit_code == 2
    assert "[lookalike_decided]" in ended.output


def test_an_export_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    (number,) = _waiting(tmp_path / "names", "hoamaibank-login.top")
    _said("confirm", number, "--as", "scam", "--reason", "Asks for codes")
    path = tmp_path / "hosts"
    assert "1 names written" in _said("export", path, "--form", "hosts")
    assert "0.0.0.0 hoamaibank-login.top\n" in path.read_text()
    before = path.read_text()
    ended = _run("export", path, "--form", "hosts", "--list", "Nowhere")
    assert ended.exit_code == 2
    assert "[scam_list_unknown]" in ended.output
    assert path.read_text() == before
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_an_export_goes_to_standard_output_alone(tmp_path: Path) -> None:
    (number,) = _waiting(tmp_path / "names", "hoamaibank-login.top")
    _said("confirm", number, "--as", "lookalike", "--reason", "Imitates")
    ended = _run("export", "-", "--form", "hosts", "--lookalikes")
    assert "0.0.0.0 hoamaibank-login.top\n" in ended.stdout
    assert "names written" not in ended.stdout
    assert "1 names written" in ended.stderr


def test_what_could_drive_the_terminal_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "names\x1b[31m"
    _waiting(path, "hoamaibank-login.top")
    (row,) = lookalikes(states=list(State))[:5]
    assert "\x1b" not in _said("show", row.id)


class TestLists:
    def test_a_list_is_added_listed_and_ended(self, tmp_path: Path) -> None:
        path = tmp_path / "list.txt"
        path.write_text("qua-tang.example\nwww.hoamaibank.example\ncom.vn\n")
        about = ["--name", "List", "--licence", "CC0", "--keep-days", 30, "--every", 24]
        told = _said("lists", "add", path, *about)
        assert "2 added, 0 updated, 0 unchanged, 1 refused, 1 official" in told
        assert "official: www.hoamaibank.example (host) is hoamaibank's own" in told
        listed = _said("lists", "list")
        assert f"List: 2 names, 0 expired, fetched {scam_lists()[0].fetched_on}, CC0" in listed
        assert f"read every 24 h from {path}" in listed
        assert "www.hoamaibank.example" in _said("lists", "conflicts")
        assert "List: 2 names expired" in _said("lists", "expire", "List")
        assert "No list names what is official." in _said("lists", "conflicts")

    def test_a_list_that_is_not_there_ends_with_2_and_a_sentence(self) -> None:
        ended = _run("lists", "expire", "Nowhere")
        assert ended.exit_code == 2
        assert "[scam_list_unknown]" in ended.output

    def test_no_list_is_said_to_be_none(self) -> None:
        assert "No list is here." in _said("lists", "list")

    def test_importing_by_hand_keeps_the_schedule_and_the_days(self, tmp_path: Path) -> None:
        path = tmp_path / "list.txt"
        path.write_text("qua-tang.example\n")
        about = ["--name", "List", "--licence", "CC0"]
        _said("lists", "add", path, *about, "--keep-days", 30, "--every", 24)
        ended = CliRunner().invoke(soi, ["import", "scams", str(path), *about])
        assert ended.exit_code == 0, ended.output
        (row,) = scam_lists()
        assert (row.keep_days, row.every_hours, row.path) == (30, 24, str(path))


def test_nothing_waits_on_an_empty_desk() -> None:
    assert waiting_count() == 0
    assert "No name is here." in _said("queue")
