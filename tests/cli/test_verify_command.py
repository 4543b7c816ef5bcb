"""`soi verify` as a stranger uses it: with a file, a key, and nothing of the desk."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from soi.cli.verify import verify_command
from soi.core.ledger import (
    Algorithm,
    CardCode,
    Leaf,
    LeafKind,
    Log,
    Signer,
    digest,
    sign_handover,
)

NAME = "so.bankiemchung.example/log"
OLD, NEW = Signer(NAME, b"\x01" * 32), Signer(NAME, b"\x02" * 32)
WITNESS = Signer("witness.example/w", b"\x03" * 32, Algorithm.COSIGNATURE)
KEY = str(OLD.key)
CONTENT = {"claim": "Cầu Bến Sậy đã sập trong đêm qua", "verdict": "false"}
AT = dt.datetime(2026, 3, 1, 8, 15, tzinfo=dt.UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A log of five leaves, a proof of the third, what it stands for, and an older checkpoint."""
    log = Log(tmp_path / "log", [OLD])
    log.append([Leaf(LeafKind.NOTICE, str(n), AT, bytes(32)) for n in (1, 2)])
    (tmp_path / "older").write_bytes((tmp_path / "log/checkpoint").read_bytes())
    log.append([Leaf(LeafKind.EDITION, "17.2", AT, digest(CONTENT))])
    log.append([Leaf(LeafKind.CORRECTION, "17.3", AT, bytes(32))] * 2)
    (tmp_path / "proof.json").write_bytes(log.proof(2).as_json())
    (tmp_path / "proof.tlog-proof").write_bytes(log.proof(2).as_text())
    (tmp_path / "content.json").write_text(json.dumps(CONTENT, indent=2), "utf-8")
    return tmp_path


def run(*arguments: object, key: str = KEY, language: str = "en") -> Result:
    given = [*map(str, arguments), "--key", key, "--language", language]
    return CliRunner().invoke(verify_command, given)


def test_the_code_of_a_share_card_is_compared_with_the_proof(desk: Path) -> None:
    code = CardCode("https://desk.example", "17.2", digest(CONTENT))
    result = run(desk / "proof.json", "--code", code)
    assert result.exit_code == 0
    assert "share card" in result.stdout

    for other in (replace(code, id="17.3"), replace(code, sha256=bytes(32))):
        result = run(desk / "proof.json", "--code", other)
        assert result.exit_code == 1
        assert "log_code_differs" in result.stdout
    assert "log_code_invalid" in run(desk / "proof.json", "--code", "https://x.example").stdout
    assert run(desk / "log", "--code", code).exit_code == 2


@pytest.mark.parametrize("name", ["proof.json", "proof.tlog-proof"])
def test_a_proof_file_is_proved(desk: Path, name: str) -> None:
    result = run(desk / name)
    assert result.exit_code == 0
    assert "PROVED" in result.stdout
    assert "edition 17.2" in result.stdout
    assert "This does NOT prove" in result.stdout
    assert "not that it is right" in result.stdout


def test_a_whole_log_is_proved(desk: Path) -> None:
    result = run(desk / "log", "--since", desk / "older")
    assert result.exit_code == 0
    assert "All 5 leaves" in result.stdout
    assert "(2 leaves) the log only grew" in result.stdout


def test_the_report_is_in_vietnamese_by_default(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    result = CliRunner().invoke(verify_command, [str(desk / "proof.json"), "--key", KEY])
    assert "ĐÃ CHỨNG MINH" in result.stdout
    assert "Điều này KHÔNG chứng minh" in result.stdout


def test_the_content_is_compared(desk: Path) -> None:
    assert (
        "exactly what was logged"
        in run(desk / "proof.json", "--content", desk / "content.json").stdout
    )
    (desk / "content.json").write_text(json.dumps(CONTENT | {"verdict": "true"}), "utf-8")
    result = run(desk / "proof.json", "--content", desk / "content.json")
    assert result.exit_code == 1
    assert "[log_proof_wrong]" in result.stdout


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_changed_proof_is_not_proved(desk: Path, language: str) -> None:
    changed = (desk / "proof.json").read_text("utf-8").replace("17.2", "17.4")
    (desk / "proof.json").write_text(changed, "utf-8")
    result = run(desk / "proof.json", language=language)
    assert result.exit_code == 1
    head = {"vi": "KHÔNG CHỨNG MINH ĐƯỢC", "en": "NOT PROVED"}[language]
    assert result.stdout.startswith(head)
    assert "[log_proof_wrong]" in result.stdout


def test_a_changed_log_is_not_proved(desk: Path) -> None:
    (desk / "log/tile/0/000.p/5").write_bytes(bytes(160))
    result = run(desk / "log")
    assert result.exit_code == 1
    assert "[log_damaged]" in result.stdout


def test_another_key_proves_nothing(desk: Path) -> None:
    result = run(desk / "proof.json", key=str(NEW.key))
    assert result.exit_code == 1
    assert "[log_signature_missing]" in result.stdout


def test_witnesses_that_are_named_have_to_have_signed(desk: Path) -> None:
    named = ("--witness", str(WITNESS.key))
    result = run(desk / "log", *named)
    assert result.exit_code == 1
    assert "[log_witnesses_missing]" in result.stdout
    assert run(desk / "log", *named, "--quorum", 0).exit_code == 0
    log = Log(desk / "log", [OLD])
    note = log.checkpoint().note.signed_with(WITNESS, at=1_800_000_000)
    log.add_cosignatures(note.signatures[1:], [WITNESS.key])
    result = run(desk / "log", *named)
    assert result.exit_code == 0
    assert "witness.example/w" in result.stdout


def test_the_old_key_leads_to_the_new_one(desk: Path) -> None:
    log = Log(desk / "log", [NEW, OLD])
    checkpoint = log.checkpoint().checkpoint
    (desk / "handover").write_bytes(bytes(sign_handover(checkpoint, OLD, NEW)))
    log.sign_again()
    assert run(desk / "log").exit_code == 0
    Log(desk / "log", [NEW]).append([Leaf(LeafKind.NOTICE, "9", AT, bytes(32))])
    assert run(desk / "log").exit_code == 1
    assert run(desk / "log", "--handover", desk / "handover").exit_code == 0
    forged = bytes(sign_handover(checkpoint, NEW, OLD))
    (desk / "handover").write_bytes(forged)
    assert run(desk / "log", "--handover", desk / "handover").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["log"],
        ["log", "--key", "not a key"],
        ["log", "--key", str(WITNESS.key)],
        ["log", "--key", KEY, "--quorum", "1"],
        ["log", "--key", KEY, "--quorum", "-1"],
        ["log", "--key", KEY, "--witness", KEY],
        ["log", "--key", KEY, "--content", "content.json"],
        ["proof.json", "--key", KEY, "--since", "older"],
        ["log", "--key", KEY, "--whatever"],
    ],
)
def test_a_wrong_call_ends_with_two(
    desk: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(desk)
    assert CliRunner().invoke(verify_command, arguments).exit_code == 2


def test_what_can_not_be_read_ends_with_three(desk: Path) -> None:
    assert run(desk / "nowhere").exit_code == 3
    assert "COULD NOT BE READ" in run(desk / "nowhere").stdout
    assert "KHÔNG ĐỌC ĐƯỢC" in run(desk / "nowhere", language="vi").stdout
    assert run(desk / "proof.json", "--content", desk / "nowhere").exit_code == 3
    assert run(desk / "log", "--since", desk / "nowhere").exit_code == 3
    os.mkfifo(desk / "pipe")
    assert run(desk / "pipe").exit_code == 3
    assert run("/dev/zero").exit_code == 3
    (desk / "log/tile/0/000.p/5").unlink()
    (desk / "log/tile/0/000.p/5").mkdir()
    assert run(desk / "log").exit_code == 3


@pytest.mark.parametrize("content", [b"", b"\xff", b"{}", b"[" * 100_000, b" " * 3_000_000])
def test_a_file_that_is_no_proof_is_not_proved(desk: Path, content: bytes) -> None:
    (desk / "proof.json").write_bytes(content)
    result = run(desk / "proof.json")
    assert result.exit_code == 1
    assert "[log_proof_invalid]" in result.stdout


def test_a_directory_without_a_log_is_not_proved(desk: Path) -> None:
    (desk / "empty").mkdir()
    result = run(desk / "empty")
    assert result.exit_code == 1
    assert "[log_damaged]" in result.stdout


def test_a_directory_with_a_log_in_it_has_to_be_the_site_of_that_log(desk: Path) -> None:
    result = run(desk)
    assert result.exit_code == 1
    assert "[log_site_differs]" in result.stdout
    assert "claims/17/2/edition.json is missing" in result.stdout


def test_json_says_the_same_for_programs(desk: Path) -> None:
    data = json.loads(run(desk / "proof.json", "--json").stdout)
    assert data["proved"] is True
    assert data["findings"] == ["signed", "included"]
    assert set(data["not_proved"]) >= {"true", "time", "key", "newest"}
    assert data["leaf"]["id"] == "17.2"
    assert (data["index"], data["size"], data["keys"]) == (2, 5, [KEY])
    assert json.loads(run(desk / "log", "--json").stdout)["kinds"] == {
        "notice": 2,
        "edition": 1,
        "correction": 2,
    }
    refused = json.loads(run(desk / "proof.json", "--json", key=str(NEW.key)).stdout)
    assert (refused["proved"], refused["code"]) == (False, "log_signature_missing")
    assert json.loads(run(desk / "nowhere", "--json").stdout)["code"] == "file_unreadable"


def test_it_needs_neither_django_nor_settings_nor_the_network(desk: Path) -> None:
    program = (
        "import sys\n"
        "for name in ('django', 'ninja', 'psycopg', 'numpy', 'socket', 'ssl', 'sqlite3'):\n"
        "    sys.modules[name] = None\n"
        "from soi.cli.verify import verify_command\n"
        "verify_command()\n"
    )
    environment = {name: os.environ[name] for name in ("PATH",)}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", program, "log", "--key", KEY],
        cwd=desk,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "ĐÃ CHỨNG MINH" in done.stdout
