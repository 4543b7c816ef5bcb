"""`soi tips`: files in, a look at what the desk has, and word to senders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from soi.cli.program import soi
from soi.intake import actions, queries
from soi.intake.models import Receipt, Tip
from soi.intake.types import Channel, Reason
from soi.journal.models import Event

pytestmark = pytest.mark.django_db

CLAIM = "Từ ngày mai, cầu Bến Sậy đóng cửa 3 tháng để sửa chữa lớn."


def run(*arguments: object) -> Result:
    return CliRunner().invoke(soi, ["tips", *map(str, arguments)], env={"LANG": "en_US.UTF-8"})


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def jsonl(path: Path, *rows: Any) -> Path:
    return written(path, "\n".join(json.dumps(row, ensure_ascii=False) for row in rows))


def send(message: str = CLAIM, **options: Any) -> int:
    return actions.receive(message, channel=Channel.API, by="test", **options).tip_id


@pytest.mark.parametrize(
    "content",
    [
        f'text\n"{CLAIM}"\n"{CLAIM} 2"\n',
        f"\ufeffid;text\n1;{CLAIM}\n2;{CLAIM} 2\n",
        "\n".join(json.dumps({"text": text}) for text in (CLAIM, f"{CLAIM} 2")),
    ],
)
def test_a_file_is_taken_in_and_counts_once(tmp_path: Path, content: str) -> None:
    path = written(tmp_path / "tips", content)

    assert "2 added, 0 repeated, 0 known, 0 refused" in run("import", path).stdout
    assert "0 added, 0 repeated, 2 known, 0 refused" in run("import", path).stdout
    assert [tip.reach for tip in Tip.objects.all()] == [1, 1]
    assert set(Tip.objects.values_list("channel", flat=True)) == {"file"}
    assert Receipt.objects.count() == 2


def test_a_tip_is_taken_in_from_the_line_and_its_status_page_is_told(tmp_path: Path) -> None:
    said = run("add", CLAIM).stdout.splitlines()
    again = run("add", "--file", written(tmp_path / "tip.txt", CLAIM)).stdout.splitlines()

    [tip] = Tip.objects.all()
    assert (tip.text, tip.channel, tip.reach) == (CLAIM, "command", 2)
    assert said[0] == again[0] == f"tip {tip.pk}: received"
    assert said[1] != again[1]
    for line in (said[1], again[1]):
        assert Client().get(line.removeprefix("http://localhost:8000")).status_code == 200


@pytest.mark.parametrize("arguments", [(), (CLAIM, "--file", "x"), ("",), ("\udcff",)])
def test_what_is_no_message_is_no_tip(arguments: tuple[str, ...]) -> None:
    assert run("add", *arguments).exit_code == 2
    assert not Tip.objects.exists()


def test_a_file_that_has_grown_adds_what_is_new(tmp_path: Path) -> None:
    rows = [{"id": f"m{number}", "text": f"{CLAIM} {number}"} for number in range(250)]
    run("import", jsonl(tmp_path / "old.jsonl", *rows[:201]))

    assert (
        "49 added, 0 repeated, 201 known"
        in run("import", jsonl(tmp_path / "new.jsonl", *rows)).stdout
    )
    assert Tip.objects.count() == 250


def test_the_same_message_in_two_rows_is_one_tip_that_came_twice(tmp_path: Path) -> None:
    result = run("import", jsonl(tmp_path / "x", {"text": CLAIM}, {"text": CLAIM.upper()}))

    assert "1 added, 1 repeated" in result.stdout
    assert Tip.objects.get().reach == 2


def test_refused_rows_are_counted_by_reason_and_reported(tmp_path: Path) -> None:
    path = written(
        tmp_path / "x.jsonl",
        "\n".join(
            [
                json.dumps({"id": "a", "text": CLAIM}),
                "{broken",
                json.dumps({"text": ""}),
                json.dumps({"text": 5}),
                json.dumps({"text": CLAIM, "sender": "Lan"}),
                json.dumps({"text": "a" * 50_001}),
                json.dumps({"id": "a", "text": "Một tin khác hẳn"}),
                json.dumps({"id": "\ud800", "text": f"{CLAIM} \ud800 8"}),
                "[]",
                "",
            ]
        ),
    )
    report = tmp_path / "report.csv"

    result = run("import", path, "--report", report)

    assert result.exit_code == 0
    assert "2 added, 0 repeated, 0 known, 7 refused" in result.stdout
    for code in (
        "broken_json",
        "message_empty",
        "field_type",
        "field_unknown",
        "message_too_long",
        "idempotency_key_reused",
    ):
        assert code in result.stdout
        assert code in report.read_text(encoding="utf-8")
    assert "There is no message" in result.stdout
    assert len(report.read_text(encoding="utf-8").splitlines()) == 8


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xff\xfet\x00", "not_utf8"),
        (b"PK\x03\x04", "not_utf8"),
        (b"body\nx\n", "columns"),
        (b"text,sender\nx,y\n", "columns"),
        (b"\x00\x01\x02", "not_utf8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, code: str) -> None:
    result = run("import", written(tmp_path / "x", content))

    assert result.exit_code == 2
    assert code in result.stderr
    assert not Tip.objects.exists()


def test_what_stood_before_a_cut_is_stored(tmp_path: Path) -> None:
    content = f'text\n"{CLAIM}"\n'.encode() + b"\xff\xfe\n" + CLAIM.encode()

    result = run("import", written(tmp_path / "x.csv", content))

    assert result.exit_code == 2
    assert "1 added" in result.stdout
    assert "not_utf8" in result.stderr
    assert Tip.objects.count() == 1


@pytest.mark.parametrize("row", ['"open', "a,b", "a\0b", "x" * 1_000_001])
def test_a_wrong_row_stops_only_itself(tmp_path: Path, row: str) -> None:
    result = run("import", written(tmp_path / "x.csv", f'text\n"{CLAIM}"\n{row}\n'))

    assert result.exit_code == 0
    assert "1 added, 0 repeated, 0 known, 1 refused" in result.stdout


def test_a_missing_file_and_an_unknown_tip_are_named(tmp_path: Path) -> None:
    assert run("import", tmp_path / "nowhere").exit_code == 2
    result = run("show", 999)
    assert result.exit_code == 2
    assert "tip_unknown" in result.stderr


def test_the_list_shows_the_newest_first_and_says_what_it_leaves_out() -> None:
    ids = [send(f"{CLAIM} {number}") for number in range(3)]
    actions.close(ids[0], Reason.OPINION, by="an")

    shown = run("list", "--limit", 1).stdout.splitlines()
    assert shown[0].split()[:3] == [str(ids[2]), "1×", "received"]
    assert shown[1].startswith("2 more")
    closed = run("list", "--state", "not_checkable").stdout.splitlines()
    assert [line.split()[0] for line in closed] == [str(ids[0])]
    assert run("list", "--state", "published").stdout == "No tip is here.\n"


def test_a_tip_is_shown_with_its_names_and_without_what_drives_a_terminal() -> None:
    tip_id = send("Dòng một \x1b[31m đỏ\u202e xem https://ben-say.test/\nDòng hai")
    send("Dòng một \x1b[31m đỏ\u202e xem https://ben-say.test/\nDòng hai")

    shown = run("show", tip_id).stdout

    assert "came: 2× (receipts: api 2)" in shown
    assert "link: https://ben-say.test/" in shown
    assert "  Dòng hai" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_a_contact_is_shown_only_when_asked_for_and_that_is_written_down() -> None:
    tip_id = send(contact="lan@hopthu.example")

    hidden = run("show", tip_id).stdout
    assert "hopthu" not in hidden
    assert "contacts: 1" in hidden
    assert not Event.objects.filter(verb="contact.read").exists()
    assert "contact: lan@hopthu.example" in run("show", tip_id, "--contact").stdout
    assert Event.objects.get(verb="contact.read").actor.startswith("cli:")


def test_a_tip_is_moved_and_its_sender_sees_it() -> None:
    taken = actions.receive(CLAIM, channel=Channel.PAGE, by="test")

    def standing() -> tuple[str, str, str]:
        found = queries.standing_with_token(taken.token)
        return found.state.value, found.reason.value if found.reason else "", found.link

    assert run("check", taken.tip_id).stdout == f"tip {taken.tip_id}: checking\n"
    assert standing() == ("checking", "", "")
    link = "https://soi.example/checks/7/"
    assert run("answer", taken.tip_id, link).exit_code == 0
    assert standing() == ("published", "", link)
    run("check", taken.tip_id)
    assert run("close", taken.tip_id, "--reason", "opinion").exit_code == 0
    assert standing() == ("not_checkable", "opinion", "")
    assert [event.verb for event in Event.objects.order_by("seq")][1:] == [
        "tip.checking", "tip.published", "tip.checking", "tip.closed"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", 0), "tip_unknown"),
        (("answer", "ID", "javascript:alert(1)"), "tip_link_invalid"),
    ],
)
def test_a_move_that_is_refused_changes_nothing(arguments: tuple[Any, ...], code: str) -> None:
    tip_id = send()

    done = run(*(tip_id if each == "ID" else each for each in arguments))

    assert (done.exit_code, f"[{code}]" in done.stderr) == (2, True)
    assert Tip.objects.get().state == "received"


def test_a_closed_tip_is_not_closed_again() -> None:
    tip_id = send()
    run("close", tip_id, "--reason", "satire")

    assert "[tip_state_refused]" in run("close", tip_id, "--reason", "opinion").stderr
    assert Tip.objects.get().reason == "satire"
