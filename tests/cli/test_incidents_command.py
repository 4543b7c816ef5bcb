"""`soi incidents`, and what the terminal says once a notice is published."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone, translation
from factories import declare

from soi.cli.program import soi
from soi.core.formats import HoldingKind
from soi.incidents import actions, codes, following, handling
from soi.incidents.types import IncidentKind, StepWord
from soi.register.queries import all_holdings_of

pytestmark = pytest.mark.django_db

BANK = "hoamaibank"


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(codes, "COST", 2**4)  # slow on purpose; the tests are not about that
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")
    with translation.override("en"):
        yield


def holding() -> int:
    return next(row.id for row in all_holdings_of(BANK) if row.value == "hoamaibank")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(soi, [str(each) for each in arguments])


def said(*arguments: object) -> str:
    ended = run("incidents", *arguments)
    assert ended.exit_code == 0, ended.output
    return ended.output


def test_one_is_opened_listed_and_shown() -> None:
    assert said("list") == "No incident is here.\n"
    line = said("open", BANK, "--kind", "hijack", "--holding", holding(), "--words", "Mất\x1b[2J")
    assert "hoamaibank, next stop_using due" in line
    number = int(line.split()[0])
    handling.skip_step(number, StepWord.RECOVER, reason="Nền tảng xoá", by="person:1")
    shown = said("show", number)
    assert "step recover: skipped" in shown
    assert "\x1b" not in shown
    assert "opened" in shown
    assert said("list", "--kind", "phishing") == "No incident is here.\n"
    assert said("list", "--overdue") == "No incident is here.\n"
    assert f"{number:7}   open" in said("list", "--state", "open", "--organisation", BANK)


def test_a_late_step_is_marked(time_machine: object) -> None:
    said("open", BANK, "--kind", "hijack", "--holding", holding(), "--words", "Mất", "--since",
         "2026-01-01")  # fmt: skip
    (row,) = following.incidents(following.Asked())[:5]
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=20))  # type: ignore[attr-defined]
    assert f"{row.id:7} ! open" in said("list", "--overdue")
    assert "step stop_using: OVERDUE" in said("show", row.id)


def test_a_name_that_is_typed_comes_before_the_desk() -> None:
    line = said(
        "open", BANK, "--kind", "impersonation", "--name", "@hoamai_vn", "--platform", "x",
        "--words", "Giả danh",
    )  # fmt: skip
    assert "hoamai_vn" in line


@pytest.mark.parametrize("about", [[], ["--holding", 1, "--name", "a.top"]])
def test_it_is_about_one_thing(about: list[object]) -> None:
    ended = run("incidents", "open", BANK, "--kind", "hijack", "--words", "x", *about)
    assert ended.exit_code == 2


def test_the_bundle_is_written_whole_and_written_down(tmp_path: Path) -> None:
    number = handling.open_incident(
        BANK, IncidentKind.HIJACK, words="Mất", by="t", holding=holding()
    )
    path = tmp_path / "out.zip"
    told = said("bundle", number, path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    (made,) = following.prepared_of(number)
    assert made.digest in told


@pytest.mark.parametrize("kind", [IncidentKind.MISUSE, IncidentKind.ANOMALY])
def test_c8_no_command_gives_a_bundle_of_what_is_no_fraud(
    kind: IncidentKind, tmp_path: Path
) -> None:
    number = handling.open_incident(BANK, kind, words="Lạ", by="t", holding=holding())
    ended = run("incidents", "bundle", number, tmp_path / "out.zip")
    assert (ended.exit_code, "[only_for_fraud]" in ended.output) == (2, True)
    assert list(tmp_path.iterdir()) == []
    assert not following.prepared_of(number)


def test_one_that_is_not_there_is_said(tmp_path: Path) -> None:
    for arguments in (["show", 99], ["bundle", 99, tmp_path / "x.zip"]):
        ended = run("incidents", *arguments)
        assert (ended.exit_code, "[incident_unknown]" in ended.output) == (2, True)


def test_the_terminal_says_what_a_notice_says_from_its_publication_to_its_end() -> None:
    kit = actions.make_kit(BANK, by="test")
    notice = next(each.id for each in kit.notices if each.untrusted[0].value == "hoamaibank")
    before = run("check", "facebook.com/hoamaibank", "--language", "en")
    assert before.exit_code == 0
    assert "hoamaibank.example" not in before.output
    actions.publish_with_code(kit.code, notice, since=timezone.now())
    warned = run("check", "facebook.com/hoamaibank", "--language", "en")
    assert warned.exit_code == 3
    assert "hoamaibank.example" in warned.output
    actions.end_with_code(kit.code, notice, reason="Báo nhầm", was_right=False)
    after = run("check", "facebook.com/hoamaibank", "--language", "en")
    assert (after.exit_code, after.output) == (0, before.output)
